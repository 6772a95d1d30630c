#include "config.h"

#include "cli/command.h"
#include "cli/script.h"

enum fix_option { SCRIPT_FILE_IDS, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    CHANGE_OPTION_ROWS,
    SCRIPT_FILE_ROWS,
};

static bool take_option(void *of, const struct options *options, int id) {
    return script_option(of, options, id);
}

static int run(const struct command *command, char **words) {
    struct script_change script = {.name = "<fix>", .mend = true};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &script), status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count != 1) {
        status = command_usage(command, "fix takes one file");
    } else {
        return script_run(&script, options.operands[0]);
    }
    script_end(&script);
    return status;
}

const struct command cmd_fix = {
    .name = "fix",
    .operands = "[OPTION]... FILE",
    .summary = "Give computed fields of a file the values they must have",
    .about = "Checksums, totals, copies: each field that a schema computes ('= …') and that is\n"
             "wrong gets its value, and what is computed from that in its turn. Nothing else\n"
             "changes. The status is 1 where one can't be mended.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
