/* Spool: everything that a descriptor without a size has to say, kept so that it can be read at any place.
 *
 * Fewer than SPOOL_MEMORY bytes stay in memory; others go to an unlinked temporary file (in $TMPDIR, else /tmp) that is
 * mapped at the end. Private to this folder. */
#ifndef IO_SPOOL_H
#define IO_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPOOL_MEMORY ((size_t)8 << 20)

struct spool {
    uint8_t *at;    /* the bytes; NULL when there are none */
    size_t len;     /* in bytes */
    bool is_mapped; /* whether at is a map of the temporary file (else heap memory) */
};

/* Reads fd to its end; fd stays open. The bytes are the caller's: munmap(at, len) when mapped, mem_free(at) when not.
 * False with errno set when reading fails or the temporary file can't be made, filled or mapped. */
bool spool_read(int fd, struct spool *spool);

#endif
