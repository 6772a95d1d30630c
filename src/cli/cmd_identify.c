#include "config.h"

#include <unistd.h>

#include "cli/command.h"
#include "cli/find.h"
#include "cli/open.h"
#include "lib/detect.h"

enum identify_option { OPT_DIR, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_DIR] = {'I', "include", "DIR", "look for schemas in DIR first; may be repeated"},
};

static int identify(const struct detect *detect, const char *path, struct out *out) {
    out_flush(out); /* what is said stands behind what was found before */
    struct input *input = open_input(path);
    if (!input) {
        return CLI_ENVIRONMENT;
    }
    struct detect_answer answer = detect_schema(detect, input);
    if (answer.by == DETECT_NOTHING) {
        out_printf(out, "%s: unknown\n", input_name(input));
    } else {
        const char *title = answer.header->title;
        out_printf(out, "%s: %s", input_name(input), answer.header->name);
        if (*title) {
            out_printf(out, " (%s)", title);
        }
        out_puts(out, answer.by == DETECT_NAME ? ", by its name only\n" : "\n");
    }
    input_close(input);
    return answer.by == DETECT_NOTHING ? CLI_FINDINGS : CLI_FINE;
}

static int identify_all(struct arena *arena, struct find_folders *folders,
                        const struct options *options) {
    find_add_known(folders, arena);
    struct detect detect = detect_read(folders, arena);
    struct out out;
    out_open(&out, STDOUT_FILENO);
    int status = CLI_FINE;
    for (uint32_t i = 0; i < options->operand_count && !out_error(&out); i++) {
        status = command_worse(status, identify(&detect, options->operands[i], &out));
    }
    return command_close(&out, status);
}

static int run(const struct command *command, char **words) {
    struct arena arena = {0};
    struct find_folders folders = {0};
    struct options options = options_begin(command->options, words);
    int id;
    while ((id = options_next(&options)) >= 0) {
        switch ((enum identify_option)id) {
        case OPT_DIR:
            *vec_push(&folders.at, &arena) = options.value;
            break;
        case OPT_COUNT:
            break;
        }
    }
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count == 0) {
        status = command_usage(command, "which file is to be identified?");
    } else {
        status = identify_all(&arena, &folders, &options);
    }
    arena_free(&arena);
    return status;
}

const struct command cmd_identify = {
    .name = "identify",
    .operands = "[OPTION]... FILE...",
    .summary = "Tell which schema a file is for",
    .about = "By the detect statements of all schemas that are found, else by the file's\n"
             "name. Status 1: for some file there is none. \"-\" is standard input.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
