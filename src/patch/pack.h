/* Pack: the reverse of the schema language's transforms, by name: bytes that the transform makes these bytes of.
 *
 * There are many such bytes; those made here are what the format's own library writes by default. */
#ifndef PATCH_PACK_H
#define PATCH_PACK_H

#include <stdbool.h>

#include "base/buf.h"

/* What a transform takes beside the bytes. */
struct pack_args {
    struct bytes key; /* xor: of one byte at least */
    unsigned left,
        group; /* rotl, rotr: bits to the left, fewer than a group of 1 to 16 bytes has */
};

/* Appends them to out; false where it can't be done: *why. */
bool pack_bytes(const char *transform, const struct pack_args *args, struct bytes plain,
                struct buf *out, struct buf *why);

#endif
