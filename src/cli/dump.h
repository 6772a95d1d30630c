/* Dumping: running schemas over files, for the commands that show what is in them. */
#ifndef CLI_DUMP_H
#define CLI_DUMP_H

#include <stdbool.h>

#include "cli/format.h"
#include "cli/pick.h"
#include "cli/queue.h"
#include "io/out.h"
#include "vm/vm.h"

struct dump_schema; /* a compiled schema and its program; private */

struct dump {
    struct pick pick;
    struct format_options format;
    struct vm_limits limits;
    const char *each; /* the records' path, or NULL */
    bool headings;    /* name each file in front of its tree */
    uint32_t jobs;    /* threads at work, 1 … QUEUE_JOBS_MAX, or 0: see limits_jobs */
    struct out *out;
    /* private */
    struct queue *queue;
    const struct dump_schema *shown; /* the schema of the file before */
    bool failed;                     /* writing has */
};

/* Shows files, one behind the other; tells what is wrong. The status is the worst of theirs: CLI_FINE, CLI_FINDINGS (some
 * finding, or no schema fits), CLI_USAGE (the records asked for are not there), CLI_SCHEMA, CLI_DATA (some fault) or
 * CLI_ENVIRONMENT. Several files are decoded at a time; a large one with records that are all alike is by several
 * threads, where the format is one of records. */
int dump_files(struct dump *dump, char *const *paths, uint32_t n);

/* Frees all but the options; the struct out is the caller's. */
void dump_end(struct dump *dump);

#endif
