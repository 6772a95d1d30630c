/* Headers: what a schema file says about itself and about the files it is for, read without compiling it.
 *
 * Only the statements schema, files, mime and detect are looked at, so that going through all installed schemas takes
 * little time. What is wrong in a file is not told here: compiling it does. */
#ifndef CLI_HEADER_H
#define CLI_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/vec.h"
#include "cli/find.h"

struct header_part {
    struct bytes pattern;
    int64_t offset; /* bytes; negative: from the end of the file */
};

/* One detect statement: all of its parts must hold. */
struct header_detect {
    VEC(struct header_part) parts;
};

struct header {
    const char *name;  /* the file's, without ".sonde": what -s takes */
    const char *path;
    const char *title; /* "" where there is none */
    VEC(const char *) files; /* patterns of file names */
    VEC(const char *) mimes;
    VEC(struct header_detect) detects; /* one must hold */
};

/* Reads the header of a schema; everything lives in arena. False where the file can't be read or is no schema. */
bool header_read(struct header *header, struct arena *arena, const struct find_schema *schema);

#endif
