#include "config.h"

#include <inttypes.h>

#include "cli/ask.h"
#include "cli/command.h"
#include "cli/pass.h"
#include "cli/save.h"
#include "cli/talk.h"
#include "sink/place.h"

enum extract_option { OPT_OUTPUT = ASK_OPTIONS, OPT_FORCE, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    ASK_OPTION_LIST,
    [OPT_OUTPUT] = {'o', "output", "FILE", "write them to FILE; \"-\" is standard output"},
    [OPT_FORCE] = {0, "force", NULL, "replace FILE if it is there"},
};

struct extract {
    struct ask ask;
    const char *output;
    bool force;
    struct saving saving;
    /* of fields */
    const char *input, *path; /* being asked for */
    struct place_sink *places;
    uint64_t told, met;
};

/* Sets the pass's end behind so many bytes; they must all be there. */
static bool set_length(struct pass *pass, const char *text) {
    uint64_t length;
    if (!pass_number(text, &length)) {
        talk("'%s' is no number of bytes", text);
        return false;
    }
    if (length > pass->to - pass->from) {
        talk("%s: there are no %s bytes at 0x%" PRIx64 ", only %" PRIu64, input_name(pass->input),
             text, pass->from, pass->to - pass->from);
        return false;
    }
    pass->to = pass->from + length;
    return true;
}

static int take_out(struct extract *extract, char **operands) {
    struct pass pass;
    struct pass_range range = {.from = operands[1]};
    int status = pass_begin(&pass, operands[0], &range, &extract->saving.out);
    if (status != CLI_FINE) {
        return status;
    }
    if (!set_length(&pass, operands[2])) {
        return pass_end(&pass, CLI_USAGE);
    }
    status = save_begin(&extract->saving, extract->output, extract->force, operands[0]);
    if (status == CLI_FINE) {
        uint64_t lost;
        out_put(&extract->saving.out, pass.data + pass.from, (size_t)(pass.to - pass.from));
        out_flush(&extract->saving.out); /* so that it is known what was lost */
        status = save_end(&extract->saving, CLI_FINE, !input_lost(pass.input, &lost));
    }
    return pass_end(&pass, status);
}

/* fields */

static struct vm_sink *begin(struct ask *ask, const struct ask_question *question,
                             const char *file) {
    struct extract *extract = ask->own;
    struct place_options options = {.format = PLACE_RAW, .path = question->text};
    (void)file;
    extract->path = question->text;
    extract->places = place_new(ask->out, &options);
    return place_sink(extract->places);
}

static uint64_t end(struct ask *ask, struct vm_sink *sink) {
    struct extract *extract = ask->own;
    uint64_t told = place_told(extract->places), met = place_met(extract->places);
    (void)sink;
    ask_tell_left_out(extract->places, extract->path);
    place_free(extract->places);
    extract->told += told;
    extract->met += met;
    return told;
}

static int take_fields(struct extract *extract) {
    if (!pick_name(&extract->ask.pick, extract->ask.schema)) {
        return CLI_USAGE;
    }
    int status = save_begin(&extract->saving, extract->output, extract->force, extract->input);
    if (status != CLI_FINE) {
        return status;
    }
    status = ask_one(&extract->ask, extract->input, &extract->saving.out);
    if (extract->met > extract->told) {
        status = command_worse(status, CLI_USAGE);
    } else if (extract->met == 0 && status == CLI_FINDINGS && extract->path) {
        talk("%s: %s has no value, so nothing is written", extract->input, extract->path);
    }
    return save_end(&extract->saving, status, extract->told > 0 && extract->told == extract->met);
}

/* Paths begin with no digit and no minus. */
static bool is_offset(const char *word) {
    return *word == '-' || (*word >= '0' && *word <= '9');
}

static int extract_from(struct extract *extract, const struct command *command,
                        const struct options *options) {
    char **operands = options->operands;
    uint32_t n = options->operand_count;
    bool range = extract->ask.paths.n == 0 && n > 1 && is_offset(operands[1]);
    if (range ? n != 3 : extract->ask.paths.n > 0 ? n != 1 : n < 2) {
        return command_usage(command,
                             "extract takes a file, and an offset and a length or paths of fields");
    }
    if (!extract->output) {
        return command_usage(command, "where are the bytes to be written? -o FILE, or -o -");
    }
    if (range) {
        return take_out(extract, operands);
    }
    for (uint32_t i = 1; i < n; i++) {
        *vec_push(&extract->ask.paths, &extract->ask.pick.arena) = operands[i];
    }
    extract->input = operands[0];
    return take_fields(extract);
}

static bool take_option(void *of, const struct options *options, int id) {
    struct extract *extract = of;
    extract->output = id == OPT_OUTPUT ? options->value : extract->output;
    extract->force = extract->force || id == OPT_FORCE;
    return id >= ASK_OPTIONS || ask_option(&extract->ask, options, id);
}

static int run(const struct command *command, char **words) {
    struct extract extract = {.ask = {.tell = GEN_TELL_PLACES, .begin = begin, .end = end}};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &extract);
    extract.ask.own = &extract;
    int status =
        id == OPTIONS_DONE ? extract_from(&extract, command, &options) : command_end(command, id);
    pick_end(&extract.ask.pick);
    return status;
}

const struct command cmd_extract = {
    .name = "extract",
    .operands = "[OPTION]... FILE OFFSET LENGTH|PATH... -o OUT",
    .summary = "Write a part of a file to another one",
    .about = "OFFSET and LENGTH are digits, or 0x and hexadecimal digits; behind \"--\" a\n"
             "negative offset is counted from the end. What begins with no digit and no minus\n"
             "is a PATH as for 'sonde get': the bytes of a field, or of several laid end to end.\n"
             "A file that is there is replaced only with --force, in one step. FILE \"-\" is\n"
             "standard input.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
