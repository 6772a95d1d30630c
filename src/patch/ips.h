/* IPS patches ("International Patching System"): bytes at offsets below 16 MiB, runs of one byte, and (as later programs
 * write) a length that the file is cut to. They do not say which file they are for. */
#ifndef PATCH_IPS_H
#define PATCH_IPS_H

#include "base/buf.h"
#include "patch/splice.h"

bool ips_is(struct bytes patch);

/* Puts what the patch does to the bytes at old, of which the edits are, into them. False where it is damaged: *why. */
bool ips_read(struct bytes patch, struct bytes old, struct patch_edits *edits, const char **why);

/* Appends the patch that makes `to` of `from`; false where there is none: *why. */
bool ips_write(struct buf *out, struct bytes from, struct bytes to, const char **why);

#endif
