/* Reports: the faults and findings of one file, told on standard error for formats that are read by programs.
 *
 * A report stands between the machine and a sink for these two kinds of event alone: it gives the sink another table of
 * functions, in which the other entries are the sink's own, so that all else costs nothing. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdint.h>

#include "base/buf.h"
#include "io/input.h"
#include "io/out.h"
#include "vm/vm.h"

/* How many faults, and as many findings, are told one by one. */
#define REPORT_MAX 10

struct report {
    const char *file;
    const struct sources *sources; /* of the program: spans are in them */
    struct buf *said;              /* where what is told goes, or NULL: standard error */
    const struct vm_sink_ops *inner;
    uint64_t faults;
    uint64_t findings;
};

/* The table that the sink gets. It must not move while the sink uses it. */
struct report_ops {
    struct vm_sink_ops ops;
    struct report *report;
};

/* Puts where something is into an empty buffer: "at 0x10 of what zlib made; png.sonde:77". No space: no place in the
 * data; the sources may be NULL. */
void report_where(struct buf *out, const struct vm_space *space, uint64_t offset,
                  const struct sources *sources, struct span span);

/* Appends the line that tells a fault or a finding: "file: path: message (at 0x10; png.sonde:77)", fit for a terminal. */
void report_line(struct buf *out, const char *file, const struct sources *sources, const char *path,
                 const char *message, const struct vm_space *space, uint64_t offset,
                 struct span span);

/* Begins to listen to what goes to a sink; report_end gives the sink its own functions back and tells how many faults and
 * findings there were beyond those told. Of the report, file (for messages), sources (may be NULL) and said are set. */
void report_begin(struct report_ops *ops, struct report *report, struct vm_sink *sink);
void report_end(struct report_ops *ops, struct vm_sink *sink);

/* The status that a run over a file ends with, out being where its output went; what ended it early is told. */
int report_outcome(const struct vm_result *result, const struct input *input,
                   const struct out *out);

#endif
