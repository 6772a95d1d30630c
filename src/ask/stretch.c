#include "config.h"

#include "ask/stretch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FRESH_LEAST ((size_t)256)

void stretches_add(struct stretches *set, uint64_t lo, uint64_t hi) {
    hi = set->full && hi > set->cut ? set->cut : hi;
    if (lo >= hi) {
        return;
    }
    /* files are mostly read from the front to the back */
    if (set->fresh_n > 0 && set->fresh[set->fresh_n - 1].hi == lo) {
        set->fresh[set->fresh_n - 1].hi = hi;
        return;
    }
    if (set->fresh_n == set->fresh_cap) {
        stretches_settle(set);
        size_t cap = set->n / 4 > FRESH_LEAST ? set->n / 4 : FRESH_LEAST;
        if (cap > set->fresh_cap) {
            set->fresh_cap = cap;
            set->fresh = mem_realloc(set->fresh, cap, sizeof *set->fresh);
        }
    }
    set->fresh[set->fresh_n++] = (struct stretch){lo, hi};
}

static int compare(const void *a, const void *b) {
    const struct stretch *x = a, *y = b;
    return x->lo < y->lo ? -1 : x->lo > y->lo ? 1 : x->hi < y->hi ? -1 : x->hi > y->hi;
}

static bool in_order(const struct stretches *set) {
    for (size_t i = 1; i < set->fresh_n; i++) {
        if (set->fresh[i].lo < set->fresh[i - 1].lo) {
            return false;
        }
    }
    return true;
}

static void put(struct stretches *set, struct stretch *all, size_t *n, struct stretch run) {
    if (*n < (set->most ? set->most : STRETCHES_MAX)) {
        all[(*n)++] = run;
    } else if (!set->full || run.lo < set->cut) {
        set->full = true;
        set->cut = run.lo;
    }
}

/* Both lists are sorted by where runs begin: what is added begins within what was, behind it, or right at its end. */
static void merge(struct stretches *set, struct stretch *all) {
    size_t i = 0, k = 0, n = 0;
    struct stretch run = {0, 0};
    while (i < set->n || k < set->fresh_n) {
        bool old = k == set->fresh_n || (i < set->n && set->at[i].lo <= set->fresh[k].lo);
        struct stretch next = old ? set->at[i++] : set->fresh[k++];
        if (run.lo == run.hi) {
            run = next;
        } else if (next.lo > run.hi) {
            put(set, all, &n, run);
            run = next;
        } else {
            if (set->twice) {
                stretches_add(set->twice, next.lo, next.hi < run.hi ? next.hi : run.hi);
            }
            run.hi = next.hi > run.hi ? next.hi : run.hi;
        }
    }
    put(set, all, &n, run);
    mem_free(set->at);
    set->at = all;
    set->n = n;
    set->fresh_n = 0;
}

void stretches_settle(struct stretches *set) {
    if (set->fresh_n == 0) {
        return;
    }
    if (!in_order(set)) {
        qsort(set->fresh, set->fresh_n, sizeof *set->fresh, compare);
    }
    merge(set, mem_alloc((set->n + set->fresh_n) * sizeof *set->at));
}

void stretches_add_all(struct stretches *set, const struct stretches *other) {
    for (size_t i = 0; i < other->n; i++) {
        stretches_add(set, other->at[i].lo, other->at[i].hi);
    }
    if (other->full) {
        stretches_cut(set, other->cut);
    }
}

void stretches_cut(struct stretches *set, uint64_t at) {
    stretches_settle(set);
    while (set->n > 0 && set->at[set->n - 1].lo >= at) {
        set->n--;
    }
    if (set->n > 0 && set->at[set->n - 1].hi > at) {
        set->at[set->n - 1].hi = at;
    }
    set->cut = set->full && set->cut < at ? set->cut : at;
    set->full = true;
}

uint64_t stretches_total(const struct stretches *set) {
    uint64_t total = 0;
    for (size_t i = 0; i < set->n; i++) {
        total += set->at[i].hi - set->at[i].lo;
    }
    return total;
}

void stretches_clear(struct stretches *set) {
    mem_free(set->at);
    mem_free(set->fresh);
    *set = (struct stretches){.twice = set->twice, .most = set->most};
}
