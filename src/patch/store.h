/* Store: memory for a set of edits, given out piece by piece and taken back all at once.
 *
 * The first STORE_MEMORY bytes are heap memory. What goes beyond lies in an unlinked temporary file that is mapped, so that
 * a million edits do not take the memory of the machine; what was given out never moves. */
#ifndef PATCH_STORE_H
#define PATCH_STORE_H

#include <stddef.h>
#include <stdint.h>

#define STORE_MEMORY ((uint64_t)8 << 20)

struct store_chunk;

struct store {
    struct store_chunk *chunk; /* newest, linked to older ones; NULL while empty */
    uint64_t total;            /* bytes of all chunks */
    int fd;                    /* the temporary file, once there is one */
    uint64_t file_len;
};

/* A zeroed struct store is an empty one. */

/* Room for size bytes, aligned for any object, not zeroed; NULL with errno set when the temporary file fails. */
void *store_alloc(struct store *store, size_t size);
void store_free(struct store *store);

#endif
