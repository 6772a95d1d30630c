/* Repack: edits of bytes that a transform made of others, which are made anew then: the reverse of zlib and its like over
 * what the edits leave. */
#ifndef PATCH_REPACK_H
#define PATCH_REPACK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "vm/value.h"

/* What a transform made, with the edits in it, and what it was made of. */
struct repack {
    const struct vm_space *space; /* while the program runs that told of it */
    struct buf plain;
    const char *transform;
    struct bytes key; /* of the arena */
    unsigned left, group;
    uint64_t off, len; /* bytes of the document that it was made of */
};

struct repacks {
    VEC(struct repack *) at;
};

/* Puts bytes in place of others in what a transform made straight of the document's bytes. A length may change only at its
 * end. False where it can't be done: *why. */
bool repack_put(struct repacks *repacks, struct arena *arena, const uint8_t *document,
                const struct vm_space *space, uint64_t off, uint64_t len, struct bytes bytes,
                struct buf *why);

/* The bytes that the transform makes that of; false where there are none: *why. */
bool repack_bytes(const struct repack *repack, struct buf *out, struct buf *why);

void repacks_free(struct repacks *repacks); /* they are empty then; the arena is the caller's */

#endif
