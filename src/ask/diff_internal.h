/* What the parts of a comparison share. */
#ifndef ASK_DIFF_INTERNAL_H
#define ASK_DIFF_INTERNAL_H

#include "ask/diff.h"

enum diff_op_kind { OP_SAME, OP_PAIR, OP_GONE, OP_NEW, OP_MOVED, OP_BULK };

/* What became of some elements of an array, one behind the other. */
struct diff_op {
    uint8_t kind;     /* enum diff_op_kind */
    bool differs;     /* MOVED: it is changed, too */
    uint64_t a, b, n; /* the first on each side (NEW: a is where they would stand), how many */
    uint64_t m;       /* BULK: how many in B */
};

struct diff_scope;

/* A pair of arrays. */
struct diff_array {
    uint32_t node[2];
    struct diff_op *ops; /* in the order they are told */
    uint64_t n, cap;
    uint64_t fill_op, fill_at;    /* the next element that is to become a child */
    struct diff_scope **children; /* elements that are looked into, in order; owned until taken */
    uint32_t child_n, child_cap, taken;
};

/* A pair of scopes, or one that has no counterpart. */
struct diff_scope {
    struct sketch_scope *side[2];
    struct diff_array *arrays;
    uint32_t n, cap;
};

struct diff {
    struct diff_options options;
    struct sketch *sketch[2];
    struct diff_result result;
    struct buf path[2];
    bool telling; /* else arrays are aligned */
};

/* -- arrays -- */

/* Aligns the elements of a pair of arrays. */
void diff_align(struct diff *diff, const struct diff_scope *scope, struct diff_array *array);

/* The place of an element. */
void diff_place(const struct sketch_scope *scope, const struct sketch_node *array, uint64_t index,
                uint64_t *start, uint64_t *end);

/* -- bytes that no field describes -- */

/* Tells those of a scope that differ, with the scope's path in diff->path; true if any do. With telling false they are
 * only looked for. */
bool diff_gaps(struct diff *diff, const struct diff_scope *scope, bool telling);

/* -- telling -- */

void diff_tell(struct diff *diff, const struct diff_change *change);

/* Adds a member's name to a path; its length before. */
size_t diff_push_name(struct diff *diff, unsigned side, const struct sketch_node *node);

#endif
