#include "config.h"

#include "base/map.h"

#include "base/mem.h"

#define MAP_FIRST 8u

struct map_entry {
    const void *a;
    const void *b;
    void *value; /* NULL in a free place */
};

/* Both multipliers are odd and have their bits well spread; the high bits of the product are the good ones. */
static uint32_t map_hash(const void *a, const void *b) {
    uint64_t hash = (uint64_t)(uintptr_t)a * 0x9e3779b97f4a7c15u;
    hash = (hash ^ hash >> 32 ^ (uint64_t)(uintptr_t)b) * 0xd6e8feb86659fd93u;
    return (uint32_t)(hash >> 32);
}

/* The place of (a, b), or the free one where it would go. There is always a free one. */
static struct map_entry *map_find(const struct map *map, const void *a, const void *b) {
    uint32_t mask = map->cap - 1;
    uint32_t place = map_hash(a, b) & mask;
    while (map->at[place].value && (map->at[place].a != a || map->at[place].b != b)) {
        place = (place + 1) & mask;
    }
    return &map->at[place];
}

void *map_get(const struct map *map, const void *a, const void *b) {
    return map->cap == 0 ? NULL : map_find(map, a, b)->value;
}

void map_reserve(struct map *map, struct arena *arena, uint32_t n) {
    uint32_t cap = MAP_FIRST;
    while (cap / 4 * 3 < n) {
        if (cap > UINT32_MAX / 2) {
            mem_exhausted();
        }
        cap *= 2;
    }
    *map = (struct map){.at = arena_array(arena, cap, sizeof *map->at), .cap = cap};
}

static void map_resize(struct map *map, struct arena *arena) {
    if (map->cap > UINT32_MAX / 2) {
        mem_exhausted();
    }
    struct map grown = {.n = map->n, .cap = map->cap ? map->cap * 2 : MAP_FIRST};
    grown.at = arena_array(arena, grown.cap, sizeof *grown.at);
    for (uint32_t i = 0; i < map->cap; i++) {
        if (map->at[i].value) {
            *map_find(&grown, map->at[i].a, map->at[i].b) = map->at[i];
        }
    }
    *map = grown;
}

void map_put(struct map *map, struct arena *arena, const void *a, const void *b, void *value) {
    if (map->n >= map->cap / 4 * 3) {
        map_resize(map, arena);
    }
    struct map_entry *entry = map_find(map, a, b);
    if (!entry->value) {
        map->n++;
    }
    *entry = (struct map_entry){.a = a, .b = b, .value = value};
}
