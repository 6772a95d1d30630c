#include "config.h"

#include "cli/command.h"
#include "cli/talk.h"

static int run(const struct command *command, char **words) {
    struct options options = options_begin(command->options, words);
    int id = options_next(&options);
    if (id != OPTIONS_DONE) {
        return command_end(command, id);
    }
    if (options.operand_count == 0) {
        return command_help_all();
    }
    if (options.operand_count > 1) {
        return command_usage(command, "help is about one command at a time");
    }
    const struct command *about = command_find(options.operands[0]);
    if (about) {
        return command_help(about);
    }
    struct buf near = {0};
    talk("there is no command '%s'%s", options.operands[0],
         command_suggestion(options.operands[0], &near));
    buf_free(&near);
    return CLI_USAGE;
}

const struct command cmd_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "Tell how a command is used, or what commands there are",
    .run = run,
};
