/* Finding schemas: where they are, and which file a name means.
 *
 * The folders are, in this order, those of -I, those of the environment variables SONDE_PATH and KSPATH (lists with
 * colons; the second is where Kaitai Struct's tools look for specifications), and the one that schemas are installed in. Paths and lists live in the arena given. */
#ifndef LIB_FIND_H
#define LIB_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "sema/sema.h"

/* The folders under construction: those of -I are pushed by the command as it reads its options. */
struct find_folders {
    VEC(const char *) at;
};

struct find_schema {
    const char *name; /* the file's, without ".sonde" or ".ksy" */
    const char *path;
};

struct find_list {
    VEC(struct find_schema) at;
};

/* Adds the folders that are always looked into behind those there are. */
void find_add_known(struct find_folders *folders, struct arena *arena);

/* The same as sema wants them for imports. */
struct sema_search find_search(const struct find_folders *folders);

/* All schemas of the folders, sorted by name; of several of one name the one in the first folder, and there
 * ".sonde" before ".ksy". A folder that can't be
 * read has none. */
struct find_list find_all(const struct find_folders *folders, struct arena *arena);

/* The path of the schema that an argument means: the argument itself where it has a slash, ends in ".sonde" or ".ksy" or is
 * "-" (standard input); else that of the schema of this name, or NULL where there is none. */
const char *find_file(const struct find_folders *folders, struct arena *arena,
                      const char *argument);

/* Appends that there is no schema of that name: "there is no schema 'pgn'; did you mean 'png'?" */
void find_put_unknown(const struct find_folders *folders, struct arena *arena, const char *name,
                      struct buf *out);

#endif
