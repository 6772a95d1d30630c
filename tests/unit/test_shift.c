#include "config.h"

#include <stdlib.h>

#include "check.h"
#include "patch/expect.h"
#include "patch/shift.h"

/* Against a model: a row of labelled bytes in which the splices are made one by one. */

#define OLD_MAX  60u
#define NEW_BYTE 0xffff

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

struct row {
    uint32_t label[1024];
    size_t n;
};

static void splice(struct row *row, size_t at, uint64_t len, uint64_t new_len) {
    memmove(row->label + at + new_len, row->label + at + len,
            (row->n - at - len) * sizeof *row->label);
    for (uint64_t i = 0; i < new_len; i++) {
        row->label[at + i] = NEW_BYTE;
    }
    row->n += new_len - len;
}

static size_t find(const struct row *row, uint32_t label) {
    for (size_t i = 0; i < row->n; i++) {
        if (row->label[i] == label) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* Random splices that do not touch each other, in order of place; how many. */
static uint32_t make(uint32_t *state, struct patch_shift *at, uint32_t most) {
    uint32_t n = 0;
    uint64_t off = next_random(state) % 5;
    while (n < most && off + 6 < OLD_MAX) {
        uint64_t len = next_random(state) % 4, new_len = next_random(state) % 6;
        if (len != new_len) {
            at[n++] = (struct patch_shift){.off = off,
                                           .len = len,
                                           .new_len = new_len,
                                           .start = off * 8,
                                           .end = (off + len) * 8};
        }
        off += len + 1 + next_random(state) % 6;
    }
    return n;
}

static void test_places(void) {
    uint32_t state = 7;
    for (unsigned round = 0; round < 400; round++) {
        struct patch_shift all[16];
        uint32_t n = make(&state, all, 16), user_n = 0, derived_n = 0;
        struct patch_shift user[16], derived[16];
        struct row row = {.n = OLD_MAX};
        for (uint32_t i = 0; i < OLD_MAX; i++) {
            row.label[i] = i;
        }
        for (uint32_t i = n; i > 0; i--) { /* from the last one on, so that places hold */
            splice(&row, all[i - 1].off, all[i - 1].len, all[i - 1].new_len);
            if (next_random(&state) % 2) {
                user[user_n++] = all[i - 1];
            } else {
                derived[derived_n++] = all[i - 1];
            }
        }
        struct shifts *shifts = shifts_new(user, user_n);
        shifts_pass_begin(shifts);
        for (uint32_t i = 0; i < derived_n; i++) { /* some first with another length */
            const struct patch_shift *d = &derived[i];
            if (next_random(&state) % 2) {
                shifts_derive(shifts, d->off, d->len, d->new_len + 3, 1);
            }
        }
        for (uint32_t i = 0; i < derived_n; i++) {
            const struct patch_shift *d = &derived[i];
            shifts_derive(shifts, d->off, d->len, d->new_len, 1);
        }
        CHECK(shifts_pass_end(shifts) == (derived_n > 0));
        for (uint32_t label = 0; label < OLD_MAX; label++) {
            size_t at = find(&row, label);
            bool here = false; /* what comes in just there is no part of what lies in front */
            for (uint32_t i = 0; i < user_n; i++) {
                here = here || (user[i].len == 0 && user[i].off == label);
            }
            if (at != SIZE_MAX && !here) {
                CHECK_INT(shifts_at(shifts, label), (int64_t)at - (int64_t)label);
            }
            CHECK(shifts_gone(shifts, label * 8 + 1, label * 8 + 8) == (at == SIZE_MAX) ||
                  derived_n > 0);
        }
        for (uint32_t i = 0; i < user_n; i++) {
            shifts_meet(shifts, 0, user[i].start, user[i].end, false, 1);
        }
        CHECK_INT(shifts_within(shifts, 0, OLD_MAX, 0), (int64_t)row.n - OLD_MAX);
        shifts_pass_begin(shifts); /* a pass that finds none of them drops them */
        CHECK(shifts_pass_end(shifts) == (derived_n > 0));
        shifts_free(shifts);
    }
}

/* Two arrays of bytes, [0, 10) and [10, 20); elements come in where they meet. */
static void test_ends(void) {
    struct patch_shift at[] = {
        {.off = 10, .new_len = 3, .member = 1, .start = 0, .end = 80, .elements = 3},
        {.off = 10, .new_len = 5, .member = 2, .start = 80, .end = 160, .elements = 5},
    };
    struct shifts *shifts = shifts_new(at, 2);
    shifts_pass_begin(shifts);
    shifts_meet(shifts, 1, 0, 80, true, 2);
    CHECK_INT(shifts_within(shifts, 0, 10, 2), 3);
    CHECK_INT(shifts_at(shifts, 10), 3); /* where the second one begins */
    shifts_meet(shifts, 2, 80, 160, true, 4);
    CHECK_INT(shifts_within(shifts, 10, 20, 4), 5);
    CHECK_INT(shifts_within(shifts, 0, 20, 1), 8);
    CHECK_INT(shifts_elements(shifts, 1, 0), 3);
    CHECK_INT(shifts_elements(shifts, 2, 80), 5);
    CHECK_INT(shifts_elements(shifts, 2, 0), 0);
    shifts_free(shifts);
}

static void test_expect(void) {
    struct expect *expect = expect_new();
    CHECK(expect_empty(expect));
    for (uint64_t i = 0; i < 1000; i++) {
        struct expectation e = {
            .kind = i % 2 ? EXPECT_SIZE : EXPECT_COUNT, .member = 3, .start = i, .value = i * i};
        expect_add(expect, &e);
        expect_add(expect, &e); /* once */
    }
    CHECK(!expect_meet(expect, EXPECT_SIZE, 3, 2000, 1));
    for (uint64_t i = 0; i < 1000; i++) {
        CHECK(expect_meet(expect, i % 2 ? EXPECT_SIZE : EXPECT_COUNT, 3, i, i == 700 ? 1 : i * i));
    }
    const struct expectation *unmet = expect_unmet(expect);
    CHECK(unmet && unmet->start == 700);
    CHECK(expect_meet(expect, EXPECT_COUNT, 3, 700, 490000));
    CHECK(expect_unmet(expect) == NULL);
    expect_free(expect);
}

CHECK_MAIN("shift", {"places behind edits", test_places}, {"ends of arrays", test_ends},
           {"expectations", test_expect})
