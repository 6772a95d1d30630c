#include "config.h"

#include "base/intern.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

#define INTERN_FIRST 512u

struct intern_entry {
    const char *text; /* NULL in a free place */
    uint32_t len;
    uint32_t hash;
};

struct intern {
    struct arena *arena;
    struct intern_entry *at; /* open addressing, linear probing, at most 3/4 full */
    size_t n;
    size_t cap; /* a power of two */
};

struct intern *intern_new(struct arena *arena) {
    struct intern *intern = arena_alloc(arena, sizeof *intern);
    intern->arena = arena;
    intern->cap = INTERN_FIRST;
    intern->at = arena_array(arena, intern->cap, sizeof *intern->at);
    return intern;
}

static uint64_t intern_mix(uint64_t hash, uint64_t piece) {
    hash = (hash ^ piece) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

/* Eight bytes at a time; what is left is read from both its ends, which may overlap: with its length that tells it from all others. */
static uint32_t intern_hash(const char *text, size_t len) {
    const uint8_t *at = (const uint8_t *)text;
    uint64_t hash = len;
    for (; len > 8; at += 8, len -= 8) {
        hash = intern_mix(hash, number_load64(at, false));
    }
    uint64_t rest = 0;
    if (len >= 4) {
        rest = number_load32(at, false) | number_load32(at + len - 4, false) << 32;
    } else if (len > 0) {
        rest = at[0] | (uint64_t)at[len / 2] << 8 | (uint64_t)at[len - 1] << 16;
    }
    return (uint32_t)intern_mix(intern_mix(hash, rest), 0);
}

static void intern_resize(struct intern *intern) {
    if (intern->cap > SIZE_MAX / 2) {
        mem_exhausted();
    }
    size_t cap = intern->cap * 2;
    struct intern_entry *at = arena_array(intern->arena, cap, sizeof *at);
    for (size_t i = 0; i < intern->cap; i++) {
        if (intern->at[i].text) {
            size_t place = intern->at[i].hash & (cap - 1);
            while (at[place].text) {
                place = (place + 1) & (cap - 1);
            }
            at[place] = intern->at[i];
        }
    }
    intern->at = at;
    intern->cap = cap;
}

const char *intern_add(struct intern *intern, const char *text, size_t len) {
    if (intern->n >= intern->cap / 4 * 3) {
        intern_resize(intern);
    }
    if (len > UINT32_MAX) {
        mem_exhausted();
    }
    uint32_t hash = intern_hash(text, len);
    size_t place = hash & (intern->cap - 1);
    for (; intern->at[place].text; place = (place + 1) & (intern->cap - 1)) {
        const struct intern_entry *entry = &intern->at[place];
        if (entry->hash == hash && entry->len == len &&
            (len == 0 || memcmp(entry->text, text, len) == 0)) {
            return entry->text;
        }
    }
    intern->at[place] = (struct intern_entry){
        .text = arena_strndup(intern->arena, text, len),
        .len = (uint32_t)len,
        .hash = hash,
    };
    intern->n++;
    return intern->at[place].text;
}

const char *intern_text(struct intern *intern, const char *text) {
    return intern_add(intern, text, strlen(text));
}
