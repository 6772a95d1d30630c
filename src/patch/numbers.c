#include "config.h"

#include "patch/numbers.h"

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"

struct numbers {
    struct arena arena; /* bytes and texts */
    struct number *at;
    uint32_t n, cap;
    uint32_t *slots; /* open addressing, of places in at + 1 */
    uint32_t slot_n; /* a power of two, more than half of it empty */
    bool changed;
};

struct numbers *numbers_new(void) {
    return mem_zalloc(1, sizeof(struct numbers));
}

void numbers_free(struct numbers *numbers) {
    if (numbers) {
        arena_free(&numbers->arena);
        mem_free(numbers->at);
        mem_free(numbers->slots);
        mem_free(numbers);
    }
}

static uint32_t *slot_of(const struct numbers *numbers, uint64_t start) {
    uint64_t h = start * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t mask = numbers->slot_n - 1;
    for (uint32_t i = (uint32_t)(h >> 32) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &numbers->slots[i];
        if (!*slot || numbers->at[*slot - 1].start == start) {
            return slot;
        }
    }
}

static void index_all(struct numbers *numbers) {
    memset(numbers->slots, 0, numbers->slot_n * sizeof *numbers->slots);
    for (uint32_t i = 0; i < numbers->n; i++) {
        *slot_of(numbers, numbers->at[i].start) = i + 1;
    }
}

static void grow(struct numbers *numbers) {
    numbers->cap = numbers->cap ? 2 * numbers->cap : 64;
    numbers->at = mem_realloc(numbers->at, numbers->cap, sizeof *numbers->at);
    numbers->slot_n = 4 * numbers->cap;
    numbers->slots = mem_realloc(numbers->slots, numbers->slot_n, sizeof *numbers->slots);
    index_all(numbers);
}

void numbers_pass_begin(struct numbers *numbers) {
    numbers->changed = false;
    for (uint32_t i = 0; i < numbers->n; i++) {
        numbers->at[i].fresh = false;
    }
}

bool numbers_pass_end(struct numbers *numbers) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < numbers->n; i++) {
        if (numbers->at[i].fresh) {
            numbers->at[kept++] = numbers->at[i];
        }
    }
    if (kept != numbers->n) {
        numbers->n = kept;
        index_all(numbers);
        numbers->changed = true;
    }
    return numbers->changed;
}

const struct number *numbers_at(const struct numbers *numbers, uint64_t start) {
    uint32_t *slot = numbers->n ? slot_of(numbers, start) : NULL;
    return slot && *slot ? &numbers->at[*slot - 1] : NULL;
}

static const char *copy(struct numbers *numbers, const char *text) {
    return text ? arena_strndup(&numbers->arena, text, strlen(text)) : NULL;
}

void numbers_put(struct numbers *numbers, const struct number *number) {
    if (numbers->n == numbers->cap) {
        grow(numbers);
    }
    uint32_t *slot = slot_of(numbers, number->start);
    struct number *old = *slot ? &numbers->at[*slot - 1] : NULL;
    if (old && bytes_equal(old->bytes, number->bytes)) {
        old->fresh = true;
        return;
    }
    if (!old) {
        *slot = ++numbers->n;
        old = &numbers->at[*slot - 1];
    }
    *old = *number;
    old->fresh = true;
    old->bytes.at = (const uint8_t *)arena_strndup(&numbers->arena, (const char *)number->bytes.at,
                                                   number->bytes.len);
    old->path = copy(numbers, number->path);
    old->follows = copy(numbers, number->follows);
    numbers->changed = true;
}

uint32_t numbers_count(const struct numbers *numbers) {
    return numbers->n;
}

const struct number *numbers_get(const struct numbers *numbers, uint32_t i) {
    return &numbers->at[i];
}
