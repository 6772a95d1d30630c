#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Libraries that are loaded when something first needs them: one that is loaded with the program costs every start of it
 * some 60 microseconds, whether it is used or not.
 *
 * A file that uses one includes the library's header, lists what it calls, and then has a function that gives pointers to
 * these:
 *
 *     #define CALLS(CALL) CALL(inflate) CALL(inflateEnd)
 *     LIBRARY_CALLS(zlib, CALLS)
 *
 *     const struct zlib_calls *zlib = zlib_calls(); // NULL: it can't be loaded
 *     if (zlib) zlib->inflate(...);
 *
 * What is a macro with arguments in that header, such as inflateInit2, is written out. With --disable-late-libraries, and
 * where configure does not find out what the shared libraries are called, they are linked, and the pointers lead there. */

enum library {
#define LIBRARY(name, NAME) LIBRARY_OF_##name,
#include "base/library.def"
#undef LIBRARY
    LIBRARY_COUNT
};

/* What sonde calls it, such as "zlib". */
const char *library_name(enum library library);

/* Whether sonde was built with it and, where it is loaded late, it can be loaded (which this does). */
bool library_there(enum library library);

/* The addresses of n names of a library, in their order: an array, which is kept in *found for the next call, and never
 * freed. Loads the library. NULL when it or one of the names is not there. Threads may call it at once. */
const void *library_find(_Atomic(const void *) *found, enum library library,
                         const char *const *names, size_t n);

#define LIBRARY_POINTER(function) __typeof__(&(function)) function;

#ifdef LATE_LIBRARIES

#define LIBRARY_TEXT(function)   #function
#define LIBRARY_QUOTED(function) LIBRARY_TEXT(function),
#define LIBRARY_CALLS(library, CALLS)                                                              \
    struct library##_calls {                                                                       \
        CALLS(LIBRARY_POINTER)                                                                     \
    };                                                                                             \
    static const struct library##_calls *library##_calls(void) {                                   \
        static const char *const names[] = {CALLS(LIBRARY_QUOTED)};                                \
        static _Atomic(const void *) found;                                                        \
        enum { COUNT = sizeof names / sizeof *names };                                             \
        _Static_assert(sizeof(struct library##_calls) == COUNT * sizeof(void *), "all pointers");  \
        return library_find(&found, LIBRARY_OF_##library, names, COUNT);                           \
    }

#else

#define LIBRARY_ADDRESS(function) .function = &(function),
#define LIBRARY_CALLS(library, CALLS)                                                              \
    struct library##_calls {                                                                       \
        CALLS(LIBRARY_POINTER)                                                                     \
    };                                                                                             \
    static const struct library##_calls *library##_calls(void) {                                   \
        static const struct library##_calls calls = {CALLS(LIBRARY_ADDRESS)};                      \
        return &calls;                                                                             \
    }

#endif

#endif
