#include "config.h"
#include "cli/change.h"
#include "cli/command.h"
#include "cli/open.h"
#include "cli/patchfile.h"

enum apply_option { CHANGE_OPTION_IDS, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {CHANGE_OPTION_ROWS};

static bool take_option(void *of, const struct options *options, int id) {
    return change_take(of, options, id);
}

static int run(const struct command *command, char **words) {
    struct change change = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &change);
    if (id != OPTIONS_DONE) {
        return command_end(command, id);
    }
    if (options.operand_count != 2) {
        return command_usage(command, "apply takes a file, and the patch for it");
    }
    struct input *patch = open_input(options.operands[1]);
    if (!patch) {
        return CLI_ENVIRONMENT;
    }
    int status = patchfile_apply(&change, options.operands[0], patch);
    input_close(patch);
    return status;
}

const struct command cmd_apply = {
    .name = "apply",
    .operands = "[OPTION]... FILE PATCH",
    .summary = "Change a file as a patch of its bytes says",
    .about = "PATCH is a hex patch (as bytediff, --dry-run and --save-undo write them), an IPS\n"
             "or a BPS patch; its first bytes tell. Status 1: the file is not the one it is\n"
             "for; nothing changes then. Of IPS patches nothing tells which file they are\n"
             "for. --force replaces an OUT that is there.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
