/* Layout listings: the structs of a schema as declarations with the place and size of each member beside it. */
#ifndef CLI_LAYOUT_H
#define CLI_LAYOUT_H

#include "base/buf.h"
#include "sema/model.h"

/* Appends a struct (or union), one line a member, with a comment that holds the offset from the struct's start and the
 * size: bytes, or bytes.bits for members that are packed into bits; "?" where the data decides, "@" for a member that has
 * a place of its own. Members that take no room (let, check, …) are left out. Structs written in place count from their
 * own start. */
void layout_put(struct buf *out, const struct sema_struct *of);

#endif
