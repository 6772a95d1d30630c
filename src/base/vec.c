#include "config.h"

#include "base/vec.h"

#include "base/mem.h"

#define VEC_FIRST 8u

void *vec_more(void *at, uint32_t n, uint32_t *cap, size_t size, struct arena *arena) {
    uint32_t wanted = *cap ? *cap * 2 : VEC_FIRST;
    size_t total;
    if (*cap > UINT32_MAX / 2 || __builtin_mul_overflow(wanted, size, &total)) {
        mem_exhausted();
    }
    *cap = wanted;
    return arena_regrow(arena, at, n * size, total);
}
