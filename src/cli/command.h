/* Commands: the table of what sonde can do, and what all commands share. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/buf.h"
#include "cli/options.h"
#include "io/out.h"

/* How the process ends. Of several files the largest one counts. */
enum cli_status {
    CLI_FINE = 0,
    CLI_FINDINGS = 1, /* a check failed, or no schema is known for a file */
    CLI_USAGE = 2,    /* the command line is wrong */
    CLI_SCHEMA = 3,   /* the schema is wrong */
    CLI_DATA = 4,     /* the data is damaged or truncated */
    CLI_ENVIRONMENT =
        5, /* input, output or the system failed (also when memory is exhausted, see main.c) */
};

struct command {
    const char *name;
    const char *operands; /* for the usage line */
    const char *summary;  /* one line */
    const char *about;    /* further lines for help, each ended by '\n'; may be NULL */
    struct option_table options;
    /* words: what stands behind the command, ended by NULL. Returns an enum cli_status. */
    int (*run)(const struct command *command, char **words);
};

extern const struct command cmd_dump;
extern const struct command cmd_diff;
extern const struct command cmd_verify;
extern const struct command cmd_coverage;
extern const struct command cmd_get;
extern const struct command cmd_where;
extern const struct command cmd_select;
extern const struct command cmd_at;
extern const struct command cmd_check;
extern const struct command cmd_test;
extern const struct command cmd_fmt;
extern const struct command cmd_import;
extern const struct command cmd_layout;
extern const struct command cmd_disasm;
extern const struct command cmd_schemas;
extern const struct command cmd_identify;
extern const struct command cmd_find;
extern const struct command cmd_grep;
extern const struct command cmd_strings;
extern const struct command cmd_hex;
extern const struct command cmd_encode;
extern const struct command cmd_extract;
extern const struct command cmd_hash;
extern const struct command cmd_info;
extern const struct command cmd_set;
extern const struct command cmd_patch;
extern const struct command cmd_fix;
extern const struct command cmd_poke;
extern const struct command cmd_apply;
extern const struct command cmd_undo;
extern const struct command cmd_recover;
extern const struct command cmd_bytediff;
extern const struct command cmd_version;
extern const struct command cmd_help;

/* In the order help lists them. */
extern const struct command *const commands[];
#define COMMAND_COUNT 34

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);

/* "; did you mean 'dump'?" or ""; stands in out. */
const char *command_suggestion(const char *name, struct buf *out);

/* What to do when options_next has ended a loop with OPTIONS_HELP or OPTIONS_WRONG: help on standard output, or where to
 * find it; the status to end with. */
int command_end(const struct command *command, int ended);

/* Tells that the operands are not what they should be; CLI_USAGE. */
int command_usage(const struct command *command, const char *what);

/* Writes a command's help, or that of all, to standard output; the status to end with. */
int command_help(const struct command *command);
int command_help_all(void);

/* The larger of two statuses. */
static inline int command_worse(int a, int b) {
    return a > b ? a : b;
}

/* Closes the output. A failed write is told and makes the status CLI_ENVIRONMENT; a reader that went away is none: the
 * status stays what it was. */
int command_close(struct out *out, int status);

/* Writes text to standard output; the status to end with, as command_close gives it. */
int command_print(const struct buf *text, int status);

#endif
