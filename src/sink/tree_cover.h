/* Cover: which bytes of a space were described, as a sorted set of stretches that do not touch.
 *
 * Exact up to a cap on the number of stretches; beyond it the set only says that it is full, and
 * nothing more can be said about what is missing. Neighbouring stretches merge, so fields in a row
 * are one stretch. */
#ifndef SINK_TREE_COVER_H
#define SINK_TREE_COVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/value.h"

#define TREE_COVER_MAX 16384u

struct tree_stretch {
    uint64_t lo; /* bytes lo..hi - 1 */
    uint64_t hi;
};

/* A zeroed struct is an empty set. */
struct tree_cover {
    struct tree_stretch *at; /* sorted; owned */
    size_t n;
    size_t cap;
    bool full; /* a stretch had no room: the set is of no use any more */
};

void tree_cover_add(struct tree_cover *cover, uint64_t lo, uint64_t hi);
/* Adds what of bytes lo..hi - 1 of a space lies in the input. */
void tree_cover_space(struct tree_cover *cover, const struct vm_space *space, uint64_t lo,
                      uint64_t hi);
void tree_cover_free(struct tree_cover *cover);

/* The first stretch at or behind `from` and before size that is not covered; false when there is
 * none. */
bool tree_cover_gap(const struct tree_cover *cover, uint64_t from, uint64_t size,
                    struct tree_stretch *gap);

#endif
