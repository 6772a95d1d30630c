/* Replacing the contents of a file in one step: whoever reads it sees the old or the new ones, whole,
 * also when the system stops in between. */
#ifndef IO_REPLACE_H
#define IO_REPLACE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"

/* A file that is being written, to stand at a path. */
struct replacing {
    int fd; /* what it is written to */
    /* private */
    char *path;
    struct buf temporary; /* empty: the file is new and stands there already */
};

/* Begins a file that stands in place of the one at path when it is done, with the same permissions; a symbolic link stays,
 * and what it leads to is replaced. fresh: one that must not be there yet, nor anything else of that name (EEXIST). False on
 * failure, with errno set. */
bool replace_begin(struct replacing *replacing, const char *path, bool fresh);

/* Ends it: keep puts it in place, durably; else all is as it was. False on failure, with errno set; then all is as it was,
 * too. */
bool replace_end(struct replacing *replacing, bool keep);

/* Both with contents that are at hand. */
bool replace_file(const char *path, struct bytes contents);
bool replace_new(const char *path, struct bytes contents);

#endif
