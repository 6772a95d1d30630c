#include "config.h"

#include "base/vec.h"

#include <string.h>

#include "base/mem.h"

#define VEC_FIRST 8u

void *vec_grow(void *at, uint32_t n, uint32_t *cap, size_t size, struct arena *arena) {
    if (n == *cap) {
        if (*cap > UINT32_MAX / 2) {
            mem_exhausted();
        }
        uint32_t wanted = *cap ? *cap * 2 : VEC_FIRST;
        void *moved = arena_array(arena, wanted, size);
        if (n > 0) {
            memcpy(moved, at, n * size);
        }
        *cap = wanted;
        return moved;
    }
    /* the place may hold what an element taken off the end left there */
    memset((char *)at + n * size, 0, size);
    return at;
}
