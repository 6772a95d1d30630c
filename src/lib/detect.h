/* Detection: which schema a file is for, by its bytes or else by its name. */
#ifndef LIB_DETECT_H
#define LIB_DETECT_H

#include "base/arena.h"
#include "base/vec.h"
#include "io/input.h"
#include "lib/find.h"
#include "lib/header.h"

/* The schemas there are, by name. */
struct detect {
    VEC(struct header) at;
};

/* How an answer was found. */
enum detect_by { DETECT_NOTHING, DETECT_BYTES, DETECT_NAME };

struct detect_answer {
    enum detect_by by;
    const struct header *header; /* NULL for NOTHING; the first by name where several fit alike */
    const struct header *other;  /* another one that fits as well, or NULL */
};

/* Reads the headers of all schemas of the folders; those that can't be read are left out. */
struct detect detect_read(const struct find_folders *folders, struct arena *arena);

/* Finds the schema whose detect statement holds with the most bytes; of several alike, one that a files pattern names.
 * Where no statement holds, the schema with the longest files pattern that the file's name (without its folders) fits,
 * upper and lower case alike. */
struct detect_answer detect_schema(const struct detect *detect, const struct input *input);

#endif
