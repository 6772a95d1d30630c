/* BPS patches (byuu's "beat", version 1): the new file as stretches of the old one, of itself, and new bytes, with CRC-32s of
 * the old file, the new file and the patch. */
#ifndef PATCH_BPS_H
#define PATCH_BPS_H

#include "base/buf.h"
#include "patch/splice.h"

bool bps_is(struct bytes patch);

/* How large the new file will be; false where the patch is damaged. */
bool bps_check(struct bytes patch, uint64_t *new_size);

/* Whether a patch that was checked is for these bytes. */
bool bps_is_for(struct bytes patch, struct bytes old);

/* Makes the new file in the new_size bytes at out, of a patch that is for the old bytes; false where it is damaged. */
bool bps_read(struct bytes patch, struct bytes old, uint8_t *out);

/* Appends the patch that makes `to` of `from`. */
void bps_write(struct buf *out, struct bytes from, struct bytes to);

#endif
