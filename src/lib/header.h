/* Headers: what a schema file says about itself and about the files it is for, read without compiling all of it.
 *
 * Usually only the statements schema, files, mime and detect are compiled, so that going through all installed schemas
 * takes little time; of a .ksy file everything is. What is wrong in a file is not told here: compiling it does. */
#ifndef LIB_HEADER_H
#define LIB_HEADER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/intern.h"
#include "lib/find.h"
#include "sema/model.h"

struct header {
    const char *name; /* the file's, without ".sonde" or ".ksy": what -s takes */
    const char *path;
    const char *title; /* "" where there is none */
    const struct sema_schema
        *says; /* files, mimes, detects, and nothing else that is sure to be there */
};

/* Reads the header of a schema; everything lives in arena, its names, shared by many, in that of `names`. False, with an empty one, where the file can't be read or has
 * errors. The folders are for imports. */
bool header_read(struct header *header, struct arena *arena, struct intern *names,
                 const struct find_folders *folders, const struct find_schema *schema);

#endif
