/* Literals: values of files as expressions of the language. */
#ifndef ASK_DIFF_LITERAL_H
#define ASK_DIFF_LITERAL_H

#include "ask/sketch.h"
#include "base/buf.h"

/* Appends the value as an expression that, put into a field of its type, gives the bytes that are stored: `stored`, with
 * `old` in the field before (both NULL where it is no whole bytes). False, with nothing appended, where no value does
 * surely. */
bool diff_put_literal(struct buf *out, const struct program *program,
                      const struct sketch_node *node, const struct bytes *stored,
                      const struct sketch_node *old_node, const struct bytes *old);

/* Appends hex("…"). */
void diff_put_hex(struct buf *out, struct bytes bytes);

#endif
