/* What an output format contributes to a program: the text around fields, so that a block of fixed places is written by
 * walking a table. A format without a style gets events only. */
#ifndef CODE_STYLE_H
#define CODE_STYLE_H

#include <stdbool.h>

#include "base/buf.h"

struct code_style {
    /* Appends what stands before a member's value; first: nothing of its struct was written before it. */
    void (*member)(struct buf *out, const char *name, bool first);
    /* Appends what stands before an element's value. */
    void (*element)(struct buf *out, bool first);
    void (*struct_open)(struct buf *out);
    void (*struct_close)(struct buf *out);
    void (*array_open)(struct buf *out);
    void (*array_close)(struct buf *out);
    bool
        scattered; /* members that are absent leave nothing behind, and a text may come from elsewhere */
};

#endif
