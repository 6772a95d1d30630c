/* Replacing the contents of a file in one step: whoever reads it sees the old or the new ones, whole,
 * also when the system stops in between. */
#ifndef IO_REPLACE_H
#define IO_REPLACE_H

#include <stdbool.h>

#include "base/bytes.h"

/* Writes a new file beside the one at path and puts it in its place, with the same permissions. A
 * symbolic link stays, and what it leads to is replaced. False on failure, with errno set; then the
 * file is as it was. */
bool replace_file(const char *path, struct bytes contents);

/* Writes a file that must not be there yet, nor anything else of that name (EEXIST). False on failure, with errno set;
 * then there is none. */
bool replace_new(const char *path, struct bytes contents);

#endif
