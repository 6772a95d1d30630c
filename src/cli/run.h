/* One run of a program over an input: watched for progress and lost pages, and what is wrong told on standard error. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "base/buf.h"
#include "io/input.h"
#include "io/out.h"
#include "text/source.h"
#include "vm/vm.h"

struct run {
    const struct program *program;
    struct input *input;
    const struct out *out; /* where the sink writes */
    enum input_access access;
    const struct vm_limits *limits; /* NULL: the usual ones */
    const bool *enough; /* the run may end when it becomes true; NULL: it goes to the end */
    const struct sources
        *sources;     /* the schema's, for faults and findings; NULL: the sink shows them itself */
    struct buf *said; /* where these are told, or NULL: on standard error */
    bool quiet;       /* no progress is shown */
};

/* What it comes to is told by report_outcome, when the sink has been closed. */
struct vm_result run_program(const struct run *run, struct vm_sink *sink);

#endif
