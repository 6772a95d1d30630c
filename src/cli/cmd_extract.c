#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/command.h"
#include "cli/pass.h"
#include "cli/talk.h"
#include "io/replace.h"
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
    struct out out; /* standard output; of fields, what is written */
    /* of fields */
    const char *input, *path; /* being asked for */
    struct place_sink *places;
    uint64_t told, met;
};

static bool goes_to_stdout(const struct extract *extract) {
    return strcmp(extract->output, "-") == 0;
}

static bool replaces(const struct extract *extract) {
    return extract->force && access(extract->output, F_OK) == 0;
}

/* Whether the output may be written: it is not there, or is a file to be replaced that is not the one read. */
static bool is_free(const struct extract *extract, const char *input) {
    struct stat there, read;
    if (lstat(extract->output, &there) != 0) {
        return true; /* what is wrong beside that tells itself */
    }
    if (!extract->force) {
        talk("'%s' is there already: --force replaces it", extract->output);
        return false;
    }
    if (stat(extract->output, &there) != 0 || !S_ISREG(there.st_mode)) {
        talk("'%s' is no file that can be replaced; '-o -' writes to standard output",
             extract->output);
        return false;
    }
    bool from_stdin = strcmp(input, "-") == 0;
    if ((from_stdin ? fstat(STDIN_FILENO, &read) : stat(input, &read)) == 0 &&
        read.st_dev == there.st_dev && read.st_ino == there.st_ino) {
        talk("'%s' is the file that is read", extract->output);
        return false;
    }
    return true;
}

static int write_bytes(struct extract *extract, const struct pass *pass) {
    struct bytes bytes = bytes_of(pass->data + pass->from, (size_t)(pass->to - pass->from));
    if (goes_to_stdout(extract)) {
        out_put(&extract->out, bytes.at, bytes.len);
        return CLI_FINE;
    }
    if (!(replaces(extract) ? replace_file : replace_new)(extract->output, bytes)) {
        int error = errno;
        uint64_t lost;
        if (!input_lost(pass->input, &lost)) { /* else that is told */
            talk_failed("write", extract->output, error);
        }
        return CLI_ENVIRONMENT;
    }
    return CLI_FINE;
}

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
    out_open(&extract->out, STDOUT_FILENO);
    int status = pass_begin(&pass, operands[0], &range, &extract->out);
    if (status == CLI_FINE) {
        status = set_length(&pass, operands[2]) ? write_bytes(extract, &pass) : CLI_USAGE;
        out_flush(&extract->out);
        status = pass_end(&pass, status);
    }
    return command_close(&extract->out, status);
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

/* Asks for the fields and writes them to fd; whether all that was asked for is there in *whole. */
static int write_fields(struct extract *extract, int fd, bool *whole) {
    out_open(&extract->out, fd);
    int status = ask_one(&extract->ask, extract->input, &extract->out);
    if (extract->met > extract->told) {
        status = command_worse(status, CLI_USAGE);
    } else if (extract->met == 0 && status == CLI_FINDINGS && extract->path) {
        talk("%s: %s has no value, so nothing is written", extract->input, extract->path);
    }
    bool written = fd == STDOUT_FILENO || out_flush(&extract->out);
    *whole = written && extract->told > 0 && extract->told == extract->met;
    if (!written) {
        errno = out_error(&extract->out);
        talk_failed("write", extract->output, errno);
        status = CLI_ENVIRONMENT;
    }
    if (fd == STDOUT_FILENO) {
        return command_close(&extract->out, status);
    }
    out_close(&extract->out);
    return status;
}

static int take_fields(struct extract *extract) {
    bool whole;
    if (!pick_name(&extract->ask.pick, extract->ask.schema)) {
        return CLI_USAGE;
    }
    if (goes_to_stdout(extract)) {
        return write_fields(extract, STDOUT_FILENO, &whole);
    }
    struct replacing file;
    if (!replace_begin(&file, extract->output, !replaces(extract))) {
        talk_failed("write", extract->output, errno);
        return CLI_ENVIRONMENT;
    }
    int status = write_fields(extract, file.fd, &whole);
    if (!replace_end(&file, whole) && whole) {
        talk_failed("write", extract->output, errno);
        status = CLI_ENVIRONMENT;
    }
    return status;
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
    if (!goes_to_stdout(extract) && !is_free(extract, operands[0])) {
        return CLI_USAGE;
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
