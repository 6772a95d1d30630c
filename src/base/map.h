/* Hash map from a pair of pointers (compared as pointers: interned names, objects) to a pointer.
 * Lives in an arena; nothing is ever removed. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct map_entry;

struct map {
    struct map_entry *at; /* open addressing; cap is a power of two */
    uint32_t n;
    uint32_t cap;
};

/* A zeroed struct map is an empty map. */

/* The value under (a, b), or NULL. b may be NULL where one pointer is key enough. */
void *map_get(const struct map *map, const void *a, const void *b);

/* Makes room for n in an empty map: it is not grown until there are more. */
void map_reserve(struct map *map, struct arena *arena, uint32_t n);

/* Puts value (not NULL) under (a, b), in place of what was there. */
void map_put(struct map *map, struct arena *arena, const void *a, const void *b, void *value);

#endif
