/* Alignment, held against a longest common subsequence by dynamic programming and a longest ascending one by patience. */
#include "config.h"

#include "ask/align.h"

#include <stdlib.h>

#include "base/mem.h"
#include "check.h"

static uint64_t next_random(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* The textbook's table, a row at a time. */
static uint32_t longest(const uint64_t *a, uint32_t n, const uint64_t *b, uint32_t m) {
    uint32_t *row = mem_zalloc(m + 1, sizeof *row);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t before = 0;
        for (uint32_t j = 1; j <= m; j++) {
            uint32_t keep = row[j];
            row[j] = a[i] == b[j - 1] ? before + 1 : row[j - 1] > row[j] ? row[j - 1] : row[j];
            before = keep;
        }
    }
    uint32_t result = row[m];
    mem_free(row);
    return result;
}

/* How many have a counterpart; they must be equal and in order. */
static uint32_t check_way(const uint64_t *a, uint32_t n, const uint64_t *b, uint32_t m,
                          const uint32_t *to) {
    uint32_t count = 0, next = 0, wrong = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (to[i] != ALIGN_NONE) {
            wrong += to[i] >= m || to[i] < next || a[i] != b[to[i]];
            next = to[i] + 1;
            count++;
        }
    }
    CHECK_INT(wrong, 0);
    return count;
}

static void test_random(void) {
    uint64_t state = 1;
    uint64_t a[64], b[64];
    uint32_t to[64];
    for (unsigned turn = 0; turn < 20000; turn++) {
        uint32_t n = (uint32_t)(next_random(&state) % 64), m = (uint32_t)(next_random(&state) % 64);
        uint64_t values = 1 + next_random(&state) % (turn % 2 ? 3 : 40);
        for (uint32_t i = 0; i < 64; i++) {
            a[i] = next_random(&state) % values;
            b[i] = turn % 3 ? next_random(&state) % values : a[(i + turn) % 64];
        }
        CHECK(align_sequences(a, n, b, m, to));
        CHECK_INT(check_way(a, n, b, m, to), longest(a, n, b, m));
    }
}

static uint64_t *numbers(uint32_t n, uint64_t values, uint64_t *state) {
    uint64_t *made = mem_alloc(n * sizeof *made);
    for (uint32_t i = 0; i < n; i++) {
        made[i] = values ? next_random(state) % values : i;
    }
    return made;
}

static void test_long(void) {
    uint64_t state = 2;
    uint32_t n = 3000;
    uint32_t *to = mem_alloc(n * sizeof *to);
    for (uint64_t values = 2; values < 3000; values *= 6) {
        uint64_t *a = numbers(n, values, &state), *b = numbers(n, values, &state);
        CHECK(align_sequences(a, n, b, n, to));
        CHECK_INT(check_way(a, n, b, n, to), longest(a, n, b, n));
        mem_free(a);
        mem_free(b);
    }
    mem_free(to);
}

static void shuffle(uint64_t *at, uint32_t n, uint64_t *state) {
    for (uint32_t i = n - 1; i > 0; i--) {
        uint32_t j = (uint32_t)(next_random(state) % (i + 1));
        uint64_t keep = at[i];
        at[i] = at[j];
        at[j] = keep;
    }
}

/* Heaps of cards, each with a lower one on top: as many as the longest ascending run has. */
static uint32_t patience(const uint64_t *at, uint32_t n) {
    uint64_t *tops = mem_alloc(n * sizeof *tops);
    uint32_t heaps = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t h = 0;
        while (h < heaps && tops[h] < at[i]) {
            h++;
        }
        tops[h] = at[i];
        heaps += h == heaps;
    }
    mem_free(tops);
    return heaps;
}

/* All elements are in both, in another order: far too many differences, few pairs. */
static void test_shuffled(void) {
    uint64_t state = 3;
    uint32_t n = 20000;
    uint64_t *a = numbers(n, 0, &state), *b = numbers(n, 0, &state);
    uint32_t *to = mem_alloc(n * sizeof *to);
    shuffle(b, n, &state);
    CHECK(align_sequences(a, n, b, n, to));
    CHECK_INT(check_way(a, n, b, n, to), patience(b, n));
    mem_free(a);
    mem_free(b);
    mem_free(to);
}

/* Too different: only what both begin and end with is aligned. */
static void test_given_up(void) {
    uint64_t state = 4;
    uint32_t n = 120000;
    uint64_t *a = numbers(n, 4, &state), *b = numbers(n, 4, &state);
    uint32_t *to = mem_alloc(n * sizeof *to);
    for (uint32_t i = 0; i < 10; i++) {
        b[i] = a[i];
        b[n - 1 - i] = a[n - 1 - i];
    }
    b[10] = a[10] ^ 1;
    b[n - 11] = a[n - 11] ^ 1;
    CHECK(!align_sequences(a, n, b, n, to));
    CHECK_INT(check_way(a, n, b, n, to), 20);
    mem_free(a);
    mem_free(b);
    mem_free(to);
}

static void test_keys(void) {
    /*              0  1  2  3  4  5 */
    uint64_t a[] = {1, 2, 3, 4, 5, 2};
    uint64_t b[] = {2, 3, 5, 4, 6, 2, 2};
    uint32_t to[6];
    bool moved[6];
    align_keys(a, 6, b, 7, to, moved);
    static const uint32_t want[] = {ALIGN_NONE, 0, 1, 3, 2, 5};
    for (unsigned i = 0; i < 6; i++) {
        CHECK_INT(to[i], want[i]);
    }
    CHECK(!moved[0] && !moved[1] && !moved[2] && !moved[5]);
    CHECK_INT(moved[3] + moved[4], 1);
    align_keys(a, 0, b, 7, to, moved);
    align_keys(a, 6, b, 0, to, moved);
    CHECK_INT(to[5], ALIGN_NONE);
}

CHECK_MAIN("align", {"random", test_random}, {"long", test_long}, {"shuffled", test_shuffled},
           {"given up", test_given_up}, {"keys", test_keys})
