#include "config.h"

#include "base/library.h"

#ifdef LATE_LIBRARIES
#include <dlfcn.h>
#endif

#include "base/mem.h"

static const struct {
    const char *name;
    const char *file; /* of library.def */
} libraries[] = {
#define LIBRARY(name, NAME) [LIBRARY_OF_##name] = {#name, LIBRARY_##NAME},
#include "base/library.def"
#undef LIBRARY
};

const char *library_name(enum library library) {
    return libraries[library].name;
}

#ifdef LATE_LIBRARIES

/* Loaded once however often it is asked for, and for good. */
static void *load(enum library library) {
    const char *file = libraries[library].file;
    return file ? dlopen(file, RTLD_LAZY | RTLD_LOCAL) : NULL;
}

bool library_there(enum library library) {
    return load(library);
}

const void *library_find(_Atomic(const void *) *found, enum library library,
                         const char *const *names, size_t n) {
    const void *known = atomic_load_explicit(found, memory_order_acquire);
    void *handle = known ? NULL : load(library);
    if (!handle) {
        return known;
    }
    void **addresses = mem_alloc(n * sizeof *addresses);
    for (size_t i = 0; i < n; i++) {
        addresses[i] = dlsym(handle, names[i]);
        if (!addresses[i]) {
            mem_free(addresses);
            return NULL;
        }
    }
    /* another thread may have been faster; what it found is the same */
    if (!atomic_compare_exchange_strong(found, &known, addresses)) {
        mem_free(addresses);
        return known;
    }
    return addresses;
}

#else

bool library_there(enum library library) {
    return libraries[library].file;
}

#endif
