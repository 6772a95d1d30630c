/* Silence: for sinks that are told of what is wrong, or of nothing at all. What is fine is passed over as fast as it can be. */
#ifndef SINK_SILENT_H
#define SINK_SILENT_H

#include "code/style.h"
#include "vm/event.h"

/* For a table of functions. */
#define SILENT_OPS .pass = silent_pass, .blocks = silent_blocks, .runs = true

bool silent_pass(struct vm_sink *sink, const struct vm_event *rest, const struct vm_row *row);
void silent_blocks(struct vm_sink *sink, const struct vm_blocks *blocks);

/* Programs for such sinks are made with this style: fields at fixed places are tried together. */
const struct code_style *silent_style(void);

#endif
