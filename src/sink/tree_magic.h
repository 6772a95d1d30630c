/* Magic numbers that structs begin with. Decoding one is no event: a tree finds them by what the
 * program says. */
#ifndef SINK_TREE_MAGIC_H
#define SINK_TREE_MAGIC_H

#include "code/program.h"
#include "vm/value.h"

#define TREE_MAGICS_MAX 64u

/* Those of a program; the first so many. */
struct tree_magics {
    struct {
        uint32_t of; /* struct */
        struct bytes bytes;
    } at[TREE_MAGICS_MAX];
    uint32_t n;
};

void tree_magics_init(struct tree_magics *magics, const struct program *program);

/* The magic number of struct `of` whose bytes lie at start (bits) of space; empty when there is
 * none. */
struct bytes tree_magic_find(const struct tree_magics *magics, uint32_t of,
                             const struct vm_space *space, uint64_t start);

#endif
