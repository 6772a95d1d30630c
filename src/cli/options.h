/* Options: the words behind a command, taken apart by the command's table of options.
 *
 *     struct options options = options_begin(&command->options, args);
 *     int ended = options_all(&options, take_option, &what);     // … options->value …
 *
 * Options and operands may stand in any order; "--" makes operands of all that follows, and "-" alone is an operand. An
 * option is its place in the table. "-abc" is "-a -b -c" where a and b take no value; a value is given as "-fVALUE",
 * "-f VALUE", "-f=VALUE", "--format=VALUE" or "--format VALUE". Every command knows -h and --help. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct option {
    char letter;       /* 0: only the long form */
    const char *name;  /* without dashes */
    const char *value; /* what help calls its value; NULL: it takes none */
    const char *about; /* for help; lines end with '\n' but for the last */
};

struct option_table {
    const struct option *at;
    uint32_t n;
};

enum {
    OPTIONS_DONE = -1,  /* nothing is left */
    OPTIONS_HELP = -2,  /* -h or --help */
    OPTIONS_WRONG = -3, /* a mistake, which was told */
};

#define OPTIONS_SHOWN_MAX 64

struct options {
    struct option_table table;
    char **next;         /* the words left, ended by NULL */
    const char *cluster; /* what is left of a word of short options, or NULL */
    bool plain;          /* "--" was met */
    const char *value;   /* of the option just returned; NULL where it takes none */
    char shown
        [OPTIONS_SHOWN_MAX]; /* the option just returned as it was written, cut to fit: for messages */
    char **operands;         /* met so far; kept at the front of the words */
    uint32_t operand_count;
};

/* words is ended by NULL; its order is changed. */
struct options options_begin(struct option_table table, char **words);

/* The next option's place in the table, or one of the numbers above. */
int options_next(struct options *options);

/* Hands each option to take, whose first argument is of and which gives false for one that is wrong and was told of. Gives
 * one of the numbers above. */
int options_all(struct options *options,
                bool (*take)(void *of, const struct options *options, int id), void *of);

/* The value of the option just returned as a number in min..max; false where it is none, which was told. */
bool options_number(const struct options *options, uint64_t min, uint64_t max, uint64_t *out);

/* The value as one of the n words, by its place; -1 where it is none, which was told. */
int options_choice(const struct options *options, const char *const *words, uint32_t n);

/* Appends a line (or more) for each option, -h included. */
void options_help(struct option_table table, struct buf *out);

#endif
