#include "config.h"

#include "base/intern.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

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

/* FNV-1a, 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv), its high half folded down for the mask. */
static uint32_t intern_hash(const char *text, size_t len) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    }
    return (uint32_t)(hash ^ hash >> 32);
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
