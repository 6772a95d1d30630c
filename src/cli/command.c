#include "config.h"

#include "cli/command.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/talk.h"
#include "text/diag.h"

const struct command *const commands[COMMAND_COUNT] = {
    &cmd_dump,    &cmd_get,      &cmd_where,   &cmd_at,       &cmd_select, &cmd_diff,
    &cmd_verify,  &cmd_coverage, &cmd_check,   &cmd_test,     &cmd_fmt,    &cmd_import,
    &cmd_layout,  &cmd_disasm,   &cmd_schemas, &cmd_identify, &cmd_find,   &cmd_grep,
    &cmd_strings, &cmd_hex,      &cmd_encode,  &cmd_extract,  &cmd_hash,   &cmd_info,
    &cmd_set,     &cmd_patch,    &cmd_fix,     &cmd_poke,     &cmd_apply,  &cmd_undo,
    &cmd_recover, &cmd_bytediff, &cmd_version, &cmd_help,
};

const struct command *command_find(const char *name) {
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

const char *command_suggestion(const char *name, struct buf *out) {
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i]->name;
    }
    return diag_suggestion(out, name, names, COMMAND_COUNT);
}

int command_end(const struct command *command, int ended) {
    if (ended == OPTIONS_HELP) {
        return command_help(command);
    }
    talk_more("see 'sonde help %s'", command->name);
    return CLI_USAGE;
}

int command_usage(const struct command *command, const char *what) {
    talk("%s", what);
    talk_more("usage: sonde %s %s", command->name, command->operands);
    return CLI_USAGE;
}

int command_help(const struct command *command) {
    struct buf text = {0};
    buf_printf(&text, "usage: sonde %s %s\n\n%s.\n", command->name, command->operands,
               command->summary);
    if (command->about) {
        buf_printf(&text, "\n%s", command->about);
    }
    buf_puts(&text, "\nOptions:\n");
    options_help(command->options, &text);
    int status = command_print(&text, CLI_FINE);
    buf_free(&text);
    return status;
}

int command_help_all(void) {
    struct buf text = {0};
    buf_puts(&text, "usage: sonde [COMMAND] [OPTION]... [OPERAND]...\n\n"
                    "Show what is in binary files, by schemas that read like C structs.\n\n"
                    "Commands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        buf_printf(&text, "  %-9s %s\n", commands[i]->name, commands[i]->summary);
    }
    buf_puts(
        &text,
        "\n'sonde FILE' is 'sonde dump FILE'. 'sonde help COMMAND' tells a command's options.\n\n"
        "Exit status: 0 fine, 1 findings, 2 usage, 3 the schema is wrong, 4 the data is\n"
        "damaged or truncated, 5 the environment failed.\n");
    int status = command_print(&text, CLI_FINE);
    buf_free(&text);
    return status;
}

int command_close(struct out *out, int status) {
    out_close(out);
    int error = out_error(out);
    if (error == 0 || error == EPIPE) {
        return status;
    }
    talk("can't write to standard output: %s", strerror(error));
    return CLI_ENVIRONMENT;
}

int command_print(const struct buf *text, int status) {
    struct out out;
    out_open(&out, STDOUT_FILENO);
    out_put(&out, text->at, text->len);
    return command_close(&out, status);
}
