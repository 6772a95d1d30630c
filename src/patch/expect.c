#include "config.h"

#include "patch/expect.h"

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"

/* A table with open addressing, of numbers of expectations + 1. */
struct expect {
    struct arena arena; /* texts */
    struct expectation *at;
    uint32_t n, cap;
    uint32_t *slots;
    uint32_t slot_n; /* a power of two, more than half of it empty; 0 at first */
};

struct expect *expect_new(void) {
    return mem_zalloc(1, sizeof(struct expect));
}

void expect_free(struct expect *expect) {
    if (expect) {
        arena_free(&expect->arena);
        mem_free(expect->at);
        mem_free(expect->slots);
        mem_free(expect);
    }
}

void expect_clear(struct expect *expect) {
    arena_free(&expect->arena);
    expect->n = 0;
    if (expect->slots) {
        memset(expect->slots, 0, expect->slot_n * sizeof *expect->slots);
    }
}

static uint64_t hash(enum expect_kind kind, uint32_t member, uint64_t start) {
    uint64_t h = start * UINT64_C(0x9e3779b97f4a7c15);
    h ^= ((uint64_t)member << 3 | kind) * UINT64_C(0xbf58476d1ce4e5b9);
    return h ^ h >> 29;
}

/* The slot in which it is, or would be. */
static uint32_t *slot_of(const struct expect *expect, enum expect_kind kind, uint32_t member,
                         uint64_t start) {
    uint32_t mask = expect->slot_n - 1;
    for (uint32_t i = (uint32_t)hash(kind, member, start) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &expect->slots[i];
        const struct expectation *e = *slot ? &expect->at[*slot - 1] : NULL;
        if (!e || (e->kind == kind && e->member == member && e->start == start)) {
            return slot;
        }
    }
}

static void grow(struct expect *expect) {
    expect->cap = expect->cap ? 2 * expect->cap : 64;
    expect->at = mem_realloc(expect->at, expect->cap, sizeof *expect->at);
    mem_free(expect->slots);
    expect->slot_n = 4 * expect->cap;
    expect->slots = mem_zalloc(expect->slot_n, sizeof *expect->slots);
    for (uint32_t i = 0; i < expect->n; i++) {
        const struct expectation *e = &expect->at[i];
        *slot_of(expect, e->kind, e->member, e->start) = i + 1;
    }
}

static const char *copy(struct expect *expect, const char *text) {
    return text ? arena_strndup(&expect->arena, text, strlen(text)) : NULL;
}

void expect_add(struct expect *expect, const struct expectation *expectation) {
    if (expect->n == expect->cap) {
        grow(expect);
    }
    uint32_t *slot = slot_of(expect, expectation->kind, expectation->member, expectation->start);
    if (!*slot) {
        *slot = ++expect->n;
    }
    struct expectation *e = &expect->at[*slot - 1];
    *e = *expectation;
    e->met = e->kind == EXPECT_NOTHING;
    e->path = copy(expect, expectation->path);
    e->why = copy(expect, expectation->why);
}

bool expect_meet(struct expect *expect, enum expect_kind kind, uint32_t member, uint64_t start,
                 uint64_t value) {
    uint32_t *slot = expect->n ? slot_of(expect, kind, member, start) : NULL;
    if (!slot || !*slot) {
        return false;
    }
    struct expectation *e = &expect->at[*slot - 1];
    e->met = kind == EXPECT_NOTHING ? value == 0 : e->met || e->value == value;
    return true;
}

const struct expectation *expect_unmet(const struct expect *expect) {
    for (uint32_t i = 0; i < expect->n; i++) {
        if (!expect->at[i].met) {
            return &expect->at[i];
        }
    }
    return NULL;
}

bool expect_empty(const struct expect *expect) {
    return expect->n == 0;
}
