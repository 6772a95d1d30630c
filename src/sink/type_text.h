/* Names of types, as they are shown: "uint16", "chunk", "byte[]", "rgb[256]". */
#ifndef SINK_TYPE_TEXT_H
#define SINK_TYPE_TEXT_H

#include "base/buf.h"
#include "code/program.h"

/* Appends the name of a type, of an array that of its elements; type may be PROGRAM_NONE. */
void type_put_name(struct buf *line, const struct program *program, uint32_t type);

/* Appends what stands behind it: of an array "[count]", "[]" where that is VM_UNKNOWN; of a run of bytes or text its length. */
void type_put_counts(struct buf *line, const struct program *program, uint32_t type,
                     uint64_t count);

#endif
