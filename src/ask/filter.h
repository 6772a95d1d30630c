/* Filters: which fields count, by the names on the way to them: those at or below some paths, and not those at or below
 * some others. Elements of arrays have no names: a path goes through all of them. */
#ifndef ASK_FILTER_H
#define ASK_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"
#include "syn/ast.h"

/* Names of all paths together, at most. */
#define FILTER_STEPS_MAX 64u

struct filter_step {
    const char *name;
    bool anywhere; /* any names may stand in front of it */
    bool last;     /* of its path */
    bool only;     /* the path says what counts; else what does not */
};

struct filter {
    VEC(struct filter_step) steps;
    uint64_t first; /* set of the steps that paths begin with */
    bool only;      /* something says what counts: all else does not */
};

/* What is known at some place. */
struct filter_state {
    uint64_t next; /* set of the steps that the next name may be */
    bool in;       /* it is at or below a path of what counts */
    bool out;      /* it does not count, nor does what is below it */
};

/* Adds a path: names with dots, "**." and "[*]". NULL, or why it can't be taken. */
const char *filter_add(struct filter *filter, struct arena *arena, const struct ast *path,
                       bool only);

/* At the root. */
struct filter_state filter_begin(const struct filter *filter);

/* One name further. */
struct filter_state filter_go(const struct filter *filter, struct filter_state from,
                              const char *name, size_t len);

/* Whether a field there counts; whether anything below may differ in that from it. */
static inline bool filter_counts(const struct filter *filter, struct filter_state state) {
    return !state.out && (state.in || !filter->only);
}
static inline bool filter_is_settled(const struct filter *filter, struct filter_state state) {
    return state.out || (state.next == 0) || (filter->steps.n == 0);
}

#endif
