/* Growable arrays of any element type, kept in an arena.
 *
 *     VEC(struct token) tokens = {0};
 *     *vec_push(&tokens, arena) = token;
 *     for (uint32_t i = 0; i < tokens.n; i++) use(&tokens.at[i]);
 *
 * An element's address is good until the next push. What a vector outgrows stays in the arena until that is freed. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdint.h>
#include <string.h>

#include "base/arena.h"

#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *at;                                                                                  \
        uint32_t n;                                                                                \
        uint32_t cap;                                                                              \
    }

/* Moves a full array of elements of size bytes to where there is room for more. */
void *vec_more(void *at, uint32_t n, uint32_t *cap, size_t size, struct arena *arena);

/* Makes room for one more element of size bytes; returns the (possibly moved) storage. The new element is zeroed. */
static inline void *vec_grow(void *at, uint32_t n, uint32_t *cap, size_t size,
                             struct arena *arena) {
    at = n == *cap ? vec_more(at, n, cap, size, arena) : at;
    memset((char *)at + n * size, 0, size);
    return at;
}

/* Appends an element that is written whole right away. */
#define vec_push_unset(v, arena)                                                                   \
    ((v)->at = (v)->n == (v)->cap ? vec_more((v)->at, (v)->n, &(v)->cap, sizeof *(v)->at, (arena)) \
                                  : (v)->at,                                                       \
     &(v)->at[(v)->n++])

/* Takes room for so many elements ahead, where many are to come: what is not filled is not touched. */
#define vec_reserve(v, count, arena)                                                               \
    ((v)->at = arena_alloc_unset((arena), (count) * sizeof *(v)->at), (v)->n = 0,                  \
     (v)->cap = (count))

/* Appends a zeroed element and gives its address. */
#define vec_push(v, arena)                                                                         \
    ((v)->at = vec_grow((v)->at, (v)->n, &(v)->cap, sizeof *(v)->at, (arena)), &(v)->at[(v)->n++])

#endif
