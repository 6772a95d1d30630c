#include "config.h"

#include "base/library.h"
#include "cli/command.h"

static int run(const struct command *command, char **words) {
    struct options options = options_begin(command->options, words);
    int id = options_next(&options);
    if (id != OPTIONS_DONE) {
        return command_end(command, id);
    }
    if (options.operand_count > 0) {
        return command_usage(command, "version takes no operands");
    }
    struct buf text = {0};
    buf_puts(&text, "sonde " PACKAGE_VERSION "\n");
    for (enum library library = 0; library < LIBRARY_COUNT; library++) {
        buf_printf(&text, "%-8s %s\n", library_name(library),
                   library_there(library) ? "yes" : "no");
    }
    buf_puts(&text, "schemas  " SONDE_SCHEMA_DIR "\n");
    int status = command_print(&text, CLI_FINE);
    buf_free(&text);
    return status;
}

const struct command cmd_version = {
    .name = "version",
    .operands = "",
    .summary = "Tell the version, what is built in, and where schemas are",
    .run = run,
};
