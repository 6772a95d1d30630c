/* Save: bytes that a command made or took out, written to where -o says. */
#ifndef CLI_SAVE_H
#define CLI_SAVE_H

#include <stdbool.h>

#include "base/bytes.h"

/* Whether the output may be written, which else is told: it is standard output ("-"), not there, or (force) a file to be
 * replaced that is not the one read. */
bool save_is_free(const char *output, bool force, const char *input);

/* Writes all of the bytes in one step, or to standard output; CLI_FINE, CLI_USAGE where it is not free, or
 * CLI_ENVIRONMENT, which was told. */
int save_bytes(const char *output, bool force, const char *input, struct bytes bytes);

#endif
