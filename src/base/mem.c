#include "config.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

_Noreturn void mem_exhausted(void) {
    if (sonde_memory_exhausted) {
        sonde_memory_exhausted();
    }
    abort();
}

void *mem_alloc(size_t size) {
    void *at = malloc(size ? size : 1);
    if (!at) {
        mem_exhausted();
    }
    return at;
}

void *mem_zalloc(size_t n, size_t size) {
    /* calloc checks the product */
    void *at = n == 0 || size == 0 ? calloc(1, 1) : calloc(n, size);
    if (!at) {
        mem_exhausted();
    }
    return at;
}

void *mem_realloc(void *old, size_t n, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(n, size, &total)) {
        mem_exhausted();
    }
    void *at = realloc(old, total ? total : 1);
    if (!at) {
        mem_exhausted();
    }
    return at;
}

void *mem_try_realloc(void *old, size_t size) {
    return realloc(old, size ? size : 1);
}

char *mem_strdup(const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(mem_alloc(size), text, size);
}

void mem_free(void *at) {
    free(at);
}
