/* Stretches: a set of numbers from so much up to so much, as sorted runs that neither touch nor overlap.
 *
 * What is added waits in a list, which is sorted and merged into the runs when it is a quarter as long: whatever the order
 * in which n runs come, that takes n log n. What is in a set already and added again goes to another set, too, where one is
 * named. Where there are too many runs, the last ones are given up: the set is exact up to `cut`, and has nothing behind it. */
#ifndef ASK_STRETCH_H
#define ASK_STRETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STRETCHES_MAX ((size_t)1 << 22) /* runs of a set, unless it says otherwise */

struct stretch {
    uint64_t lo, hi; /* lo … hi - 1 */
};

/* A zeroed struct is an empty set. */
struct stretches {
    struct stretch *at; /* sorted; complete once the set is settled; owned */
    size_t n;
    struct stretch *fresh; /* still to be merged; owned */
    size_t fresh_n, fresh_cap;
    struct stretches *twice; /* gets what was there already; NULL: nobody asks */
    size_t most;             /* runs; 0: STRETCHES_MAX */
    bool full;               /* there were more: */
    uint64_t cut;
};

void stretches_add(struct stretches *set, uint64_t lo, uint64_t hi); /* an empty run is fine */
void stretches_settle(struct stretches *set);
/* Nothing counts from there on. */
void stretches_cut(struct stretches *set, uint64_t at);
/* Adds a settled set's runs to another set, which has nothing behind its cut from then on, either. */
void stretches_add_all(struct stretches *set, const struct stretches *other);
/* How many numbers are in a settled set. */
uint64_t stretches_total(const struct stretches *set);
void stretches_clear(struct stretches *set); /* and gives the memory back */

#endif
