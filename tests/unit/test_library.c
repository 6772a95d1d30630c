#include "config.h"

#include <string.h>

#include "base/library.h"
#include "check.h"

static void test_names(void) {
    CHECK_INT(LIBRARY_COUNT, 10);
    CHECK_TEXT(library_name(LIBRARY_OF_zlib), "zlib");
    CHECK_TEXT(library_name(LIBRARY_OF_xxhash), "xxhash");
}

#ifdef HAVE_ZLIB

#include <zlib.h>

#define CALLS(CALL) CALL(zlibVersion) CALL(crc32)
LIBRARY_CALLS(zlib, CALLS)

/* The check value of CRC-32 is that of the nine digits. */
static void test_calls(void) {
    const struct zlib_calls *zlib = zlib_calls();
    CHECK(library_there(LIBRARY_OF_zlib));
    CHECK(zlib);
    if (zlib) {
        CHECK_INT(zlib->zlibVersion()[0], '1');
        CHECK_INT(zlib->crc32(0, (const Bytef *)"123456789", 9), 0xcbf43926);
    }
    CHECK(zlib == zlib_calls());
}

#else

static void test_calls(void) {
    CHECK(!library_there(LIBRARY_OF_zlib));
}

#endif

#ifdef LATE_LIBRARIES

/* A library without one of the names is as good as none, however often one asks. */
static void test_missing(void) {
    static const char *const names[] = {"zlibVersion", "sonde_has_no_such_function"};
    _Atomic(const void *) found = NULL;
    CHECK(!library_find(&found, LIBRARY_OF_zlib, names, 2));
    CHECK(!library_find(&found, LIBRARY_OF_zlib, names, 2));
    CHECK(!found);
}

#else

static void test_missing(void) {
}

#endif

CHECK_MAIN("library", {"names", test_names}, {"calls", test_calls}, {"missing", test_missing})
