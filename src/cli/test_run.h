/* Running a test: a schema's test as a program over its input, and how each of its statements went. */
#ifndef CLI_TEST_RUN_H
#define CLI_TEST_RUN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "cli/compile.h"
#include "sema/script.h"

/* A statement that did not go as it should. */
struct test_failure {
    struct span span;
    const char *message;
    const char *element; /* the element that the loop around it was at, or "" */
};

/* A fault or finding met while decoding. */
struct test_met {
    const char *kind;
    const char *path;
    const char *message;
    const char *where; /* "at 0x10 of what zlib made; png.sonde:77" */
};

struct test_outcome {
    VEC(struct test_failure) failures;
    VEC(struct test_met) met;
    uint64_t failure_count, met_count; /* those beyond the ones kept, too */
    struct buf printed; /* what it printed, each line ended by '\n'; test_done frees it */
};

/* So many of each are kept; of failures of one statement, so many. */
#define TEST_KEPT        16
#define TEST_KEPT_OF_ONE 3

/* Runs a test of a compiled schema; what is told of it lives in arena. Gives CLI_FINE, CLI_FINDINGS (it failed) or
 * CLI_ENVIRONMENT (a file of its input can't be read, which is a failure too, and was told). */
int test_run(struct compiled *compiled, const struct sema_test *test, struct arena *arena,
             struct test_outcome *outcome);

void test_done(struct test_outcome *outcome);

#endif
