/* Dumping: running schemas over files, for the commands that show what is in them. */
#ifndef CLI_DUMP_H
#define CLI_DUMP_H

#include <stdbool.h>

#include "cli/format.h"
#include "cli/pick.h"
#include "io/out.h"
#include "vm/vm.h"

struct dump_schema; /* a compiled schema and its program; private */

struct dump {
    struct pick pick;
    struct format_options format;
    struct vm_limits limits;
    const char *each; /* the records' path, or NULL */
    bool headings;    /* name each file in front of its tree */
    struct out *out;
    /* private */
    struct format_output output;         /* a stream goes on from file to file */
    const struct dump_schema *output_of; /* the schema it was opened for */
    bool began;                          /* something was written */
};

/* Shows one file; tells what is wrong. The status it gives is that of the file: CLI_FINE, CLI_FINDINGS (some finding, or no
 * schema fits), CLI_USAGE (the records asked for are not there), CLI_SCHEMA, CLI_DATA (some fault) or
 * CLI_ENVIRONMENT. */
int dump_file(struct dump *dump, const char *path);

/* Ends the output (the struct out is the caller's) and frees all but the options. */
void dump_end(struct dump *dump);

#endif
