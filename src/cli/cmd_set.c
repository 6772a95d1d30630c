#include "config.h"

#include <string.h>

#include "cli/command.h"
#include "cli/script.h"

enum set_option { SCRIPT_OPTION_IDS, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    CHANGE_OPTION_ROWS,
    SCRIPT_OPTION_ROWS,
};

static bool take_option(void *of, const struct options *options, int id) {
    return script_option(of, options, id);
}

static int run(const struct command *command, char **words) {
    struct script_change script = {.name = "<set>"};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &script), status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count < 2) {
        status = command_usage(command,
                               options.operand_count == 0
                                   ? "which file is to be changed?"
                                   : "what is to be set? 'PATH = VALUE' stands behind the file");
    } else {
        for (uint32_t i = 1; i < options.operand_count; i++) {
            bool comment = strstr(options.operands[i], "//") != NULL; /* the end may be in it */
            buf_printf(&script.text, comment ? "set %s\n;\n" : "set %s;\n", options.operands[i]);
        }
        return script_run(&script, options.operands[0]);
    }
    script_end(&script);
    return status;
}

const struct command cmd_set = {
    .name = "set",
    .operands = "[OPTION]... FILE 'PATH = VALUE'...",
    .summary = "Change fields of a file",
    .about =
        "A PATH is one as for get; one that leads to many fields sets them all:\n"
        "'records[$.kind == 3].level = 7'. The VALUE is any expression. Each is set in the file\n"
        "as those before have left it, and all of it happens, or nothing.\n"
        "The status is 1 where a value does not fit or a field is not there, 3 for a path or\n"
        "an expression that the schema can't have.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
