/* Showing how tests went: as lines for people, or as elements of a JSON array. */
#ifndef CLI_TEST_SHOW_H
#define CLI_TEST_SHOW_H

#include <stdbool.h>

#include "cli/test_run.h"

/* One line, and what did not hold below it; verbose: what was met while decoding in any case, not only when it failed. */
void test_show(struct buf *out, const struct compiled *compiled, const struct sema_test *test,
               const struct test_outcome *outcome, bool verbose, bool colour);

/* {"schema", "test", "passed", "failures": [{"file", "line", "column", "element", "message"}], "met": [{"kind", "path",
 * "message"}], "printed": [lines]} */
void test_show_json(struct buf *out, const struct compiled *compiled, const struct sema_test *test,
                    const struct test_outcome *outcome);

#endif
