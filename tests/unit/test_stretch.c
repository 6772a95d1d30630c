#include "config.h"

#include <string.h>

#include "ask/stretch.h"
#include "check.h"

/* Sets of stretches against a table of how often each number was added. */

#define NUMBERS 600u

static uint32_t step(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* The runs of numbers that were added at least so often, up to `below`. */
static size_t runs_of(const unsigned *times, unsigned least, uint64_t below, struct stretch *runs) {
    size_t n = 0;
    for (uint64_t i = 0; i < below; i++) {
        if (times[i] < least) {
            continue;
        }
        if (n > 0 && runs[n - 1].hi == i) {
            runs[n - 1].hi = i + 1;
        } else {
            runs[n++] = (struct stretch){i, i + 1};
        }
    }
    return n;
}

static bool same(const struct stretches *set, const struct stretch *runs, size_t n) {
    return set->n == n && (n == 0 || memcmp(set->at, runs, n * sizeof *runs) == 0);
}

static void at_random(void) {
    for (uint32_t seed = 0; seed < 200; seed++) {
        struct stretches twice = {0}, set = {.twice = &twice};
        unsigned times[NUMBERS] = {0};
        struct stretch runs[NUMBERS];
        uint32_t state = seed;
        for (uint32_t i = 0; i < 20 + seed * 5; i++) {
            uint32_t lo = step(&state) % NUMBERS, len = step(&state) % (1 + seed % 40);
            uint32_t hi = lo + len < NUMBERS ? lo + len : NUMBERS;
            stretches_add(&set, lo, hi);
            for (uint32_t k = lo; k < hi; k++) {
                times[k]++;
            }
            if (seed % 3 == 0 && i % 7 == 0) {
                stretches_settle(&set);
            }
        }
        stretches_settle(&set);
        stretches_settle(&twice);
        size_t n = runs_of(times, 1, NUMBERS, runs);
        uint64_t total = 0;
        for (size_t i = 0; i < n; i++) {
            total += runs[i].hi - runs[i].lo;
        }
        CHECK(same(&set, runs, n));
        CHECK_INT(stretches_total(&set), total);
        CHECK(same(&twice, runs, runs_of(times, 2, NUMBERS, runs)));
        stretches_clear(&set);
        stretches_clear(&twice);
    }
}

/* Where runs are given up, what is left is all there is before the cut. */
static void too_many(void) {
    for (uint32_t seed = 0; seed < 200; seed++) {
        struct stretches set = {.most = 1 + seed % 9};
        unsigned times[NUMBERS] = {0};
        struct stretch runs[NUMBERS];
        uint32_t state = seed;
        for (uint32_t i = 0; i < 120; i++) {
            uint32_t lo = step(&state) % (NUMBERS - 4), hi = lo + 1 + step(&state) % 3;
            stretches_add(&set, lo, hi);
            for (uint32_t k = lo; k < hi; k++) {
                times[k]++;
            }
            if (i % 5 == 0) {
                stretches_settle(&set);
            }
        }
        stretches_settle(&set);
        CHECK(set.full);
        CHECK(set.n <= set.most);
        CHECK(same(&set, runs, runs_of(times, 1, set.cut, runs)));
        stretches_clear(&set);
    }
}

CHECK_MAIN("stretch", {"at random", at_random}, {"too many", too_many})
