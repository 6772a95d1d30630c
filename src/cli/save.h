/* Save: bytes that a command made or took out, written to where -o says. */
#ifndef CLI_SAVE_H
#define CLI_SAVE_H

#include <stdbool.h>

#include "base/bytes.h"
#include "io/out.h"
#include "io/replace.h"

/* Whether the output may be written, which else is told: it is standard output ("-"), not there, or (force) a file to be
 * replaced that is not the one read. */
bool save_is_free(const char *output, bool force, const char *input);

/* What is being written: a file that stands there when all of it does, or standard output. */
struct saving {
    struct out out; /* to write to */
    /* private */
    const char *output;
    bool in_file;
    struct replacing file;
};

/* Begins; CLI_FINE, or what is wrong, which was told: CLI_USAGE where the output is not free, CLI_ENVIRONMENT. Only what was
 * begun is to be ended. */
int save_begin(struct saving *saving, const char *output, bool force, const char *input);

/* Ends it; keep: the file is put in its place, else none is. The status, or what is worse, which was told. */
int save_end(struct saving *saving, int status, bool keep);

/* Writes all of the bytes in one step, or to standard output; CLI_FINE, CLI_USAGE where it is not free, or
 * CLI_ENVIRONMENT, which was told. */
int save_bytes(const char *output, bool force, const char *input, struct bytes bytes);

#endif
