/* Walking: the files that operands mean, where a folder stands for all that is in it. */
#ifndef CLI_WALK_H
#define CLI_WALK_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/vec.h"

struct walk_file {
    const char *path;
    bool named; /* it is an operand itself */
};

struct walk {
    VEC(struct walk_file) at;
};

/* Adds what an operand means: the operand itself, or, where folders are walked and it is one, the regular files in and below
 * it, by name; links in it are not followed. Gives CLI_FINE, or CLI_ENVIRONMENT where a folder could not be read, which was
 * told. The paths live in the arena, or are the operand. */
int walk_add(struct walk *walk, struct arena *arena, const char *operand, bool folders);

#endif
