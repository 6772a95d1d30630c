/* Verifying: many files are decoded, several at a time, and what is wrong with them is told in their order.
 *
 * The caller's thread opens files and finds their schemas, each of which is compiled once; the others run programs over
 * them. What a file's run has to tell is kept until it is the file's turn; where that becomes much, the run waits for its
 * turn and tells it at once. */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/pick.h"
#include "cli/walk.h"
#include "io/out.h"
#include "vm/vm.h"

struct verify {
    struct pick pick; /* quiet; pick_name was called */
    struct vm_limits limits;
    bool json;
    uint32_t jobs; /* files at a time, 1 … QUEUE_JOBS_MAX; 0: one for each processor */
    struct out *out;
    uint64_t verified; /* files so far */
    uint64_t passed;   /* that no schema is for */
    /* private */
    bool failed; /* writing has */
};

/* Verifies the files; the status is the worst of theirs: CLI_FINE, CLI_FINDINGS (some finding, or no schema is for a file
 * that was named), CLI_USAGE (arguments of a root struct), CLI_SCHEMA, CLI_DATA (some fault) or CLI_ENVIRONMENT. */
int verify_files(struct verify *verify, const struct walk *files);

#endif
