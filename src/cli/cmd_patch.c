#include "config.h"

#include <errno.h>

#include "cli/command.h"
#include "cli/script.h"
#include "cli/talk.h"

enum patch_option { SCRIPT_OPTION_IDS, OPT_EXPRESSION, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    CHANGE_OPTION_ROWS,
    SCRIPT_OPTION_ROWS,
    [OPT_EXPRESSION] = {'e', "expression", "SCRIPT",
                        "the script itself; may be repeated: there is no\nfile of it then"},
};

struct patch {
    struct script_change script;
    bool inlined;
};

static bool take_option(void *of, const struct options *options, int id) {
    struct patch *patch = of;
    if (id != OPT_EXPRESSION) {
        return script_option(&patch->script, options, id);
    }
    patch->inlined = true;
    buf_printf(&patch->script.text, "%s\n", options->value);
    return true;
}

/* Takes the script from a file. */
static int read_script(struct script_change *script, const char *path) {
    struct input *input = input_read(path, SOURCE_MAX);
    if (!input) {
        talk_failed("read the script", path, errno);
        return CLI_ENVIRONMENT;
    }
    buf_put(&script->text, input_data(input), (size_t)input_size(input));
    script->name = input_name(input)[0] == '<' ? "<stdin>" : path;
    input_close(input);
    return CLI_FINE;
}

static int run(const struct command *command, char **words) {
    struct patch patch = {.script.name = "<script>"};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &patch), status = CLI_FINE;
    uint32_t n = options.operand_count, wanted = patch.inlined ? 1 : 2;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (n != wanted) {
        status =
            command_usage(command, n == 0       ? "which file is to be changed?"
                                   : n < wanted ? "a script stands behind the file, or -e gives it"
                                   : patch.inlined ? "beside -e there is no file of the script"
                                                   : "one file and one script are enough");
    } else {
        status = patch.inlined ? CLI_FINE : read_script(&patch.script, options.operands[1]);
        if (status == CLI_FINE) {
            return script_run(&patch.script, options.operands[0]);
        }
    }
    script_end(&patch.script);
    return status;
}

const struct command cmd_patch = {
    .name = "patch",
    .operands = "[OPTION]... FILE SCRIPT",
    .summary = "Change a file by a script",
    .about =
        "A script has statements: set, delete, insert, append, replace, require, let, print,\n"
        "for (x : PATH) { … }. Each sees the file as those before have left it; all of them\n"
        "happen, or none. \"-\" is a script on standard input.\n"
        "The status is 1 where something that is required does not hold, a value does not fit\n"
        "or a field is not there, 3 for a script that is wrong.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
