/* What the steps of a plan are, for those who make and walk them (scalar_plan.c, scalar_plan_write.c). */
#ifndef SINK_SCALAR_STEP_H
#define SINK_SCALAR_STEP_H

#include "sink/scalar_plan.h"

enum step_kind {
    STEP_UINT8,
    STEP_UINT16,
    STEP_UINT32,
    STEP_UINT64,
    STEP_UINT, /* other widths up to 64 bits */
    STEP_INT8,
    STEP_INT16,
    STEP_INT32,
    STEP_INT64,
    STEP_INT, /* other widths, and big-endian ones */
    STEP_UINT16_BIG,
    STEP_UINT32_BIG,
    STEP_UINT64_BIG,
    STEP_WIDE, /* more than 64 bits, or packed */
    STEP_BOOL,
    STEP_LABEL,      /* an enum of up to 64 bits with a table of its texts */
    STEP_BITS,       /* packed within one byte, unsigned */
    STEP_BITS_LABEL, /* an enum of these */
    STEP_NAMED,      /* other enums, flags */
    STEP_FLOAT16,
    STEP_BFLOAT16,
    STEP_FLOAT32,
    STEP_FLOAT64,
    STEP_FLOAT80,
    STEP_TEXT, /* UTF-8 */
    STEP_BYTES,
    STEP_PIECES,      /* text or bytes of more than SCALAR_PIECE bytes, or in another encoding */
    STEP_RUN,         /* ... bytes */
    STEP_PLACED,      /* printable ASCII from elsewhere */
    STEP_TO_END_TEXT, /* up to the end of its stretch: UTF-8, */
    STEP_TO_END,      /* and what else there is */
};

/* Fields of more bytes are no part of an element's room. */
#define SCALAR_PIECE 1024u

/* The plans of the program's blocks in a surrounding, those made so far. */
const struct scalar_plan **scalar_plans_known(struct scalar_plans *plans,
                                              const struct program *program,
                                              const struct vm_ambient *ambient);

#endif
