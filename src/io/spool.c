#include "config.h"

#include "io/spool.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/temporary.h"

enum { FIRST_ROOM = 64 * 1024 };

/* Reads up to len bytes, fewer at the end only. Waits where a non-blocking descriptor was inherited. */
static bool read_full(int fd, uint8_t *at, size_t len, size_t *got) {
    *got = 0;
    while (*got < len) {
        ssize_t n = read(fd, at + *got, len - *got);
        if (n == 0) {
            return true;
        }
        if (n > 0) {
            *got += (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd ready = {.fd = fd, .events = POLLIN};
            if (poll(&ready, 1, -1) < 0 && errno != EINTR) {
                return false;
            }
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

static bool write_full(int fd, const uint8_t *at, size_t len) {
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n >= 0) {
            at += n;
            len -= (size_t)n;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

/* Writes the used bytes of the chunk, then what is left of fd by way of the chunk, and maps the file that results. */
static bool fill_and_map(int fd, int file, uint8_t *chunk, size_t used, struct spool *spool) {
    uint64_t total = 0;
    while (used > 0) {
        if (!write_full(file, chunk, used)) {
            return false;
        }
        total += used;
        if (!read_full(fd, chunk, SPOOL_MEMORY, &used)) {
            return false;
        }
    }
    if (total > PTRDIFF_MAX) {
        errno = EFBIG;
        return false;
    }
    void *at = mmap(NULL, (size_t)total, PROT_READ, MAP_PRIVATE, file, 0);
    if (at == MAP_FAILED) {
        return false;
    }
    *spool = (struct spool){.at = at, .len = (size_t)total, .is_mapped = true};
    return true;
}

static bool spool_to_file(int fd, uint8_t *chunk, size_t used, struct spool *spool) {
    int file = temporary_open(NULL);
    if (file < 0) {
        return false;
    }
    bool done = fill_and_map(fd, file, chunk, used, spool);
    int saved = errno;
    close(file);
    errno = saved;
    return done;
}

bool spool_read(int fd, struct spool *spool) {
    size_t cap = FIRST_ROOM;
    uint8_t *at = mem_alloc(cap);
    size_t used;
    bool ok = read_full(fd, at, cap, &used);
    while (ok && used == cap && cap < SPOOL_MEMORY) {
        uint8_t *more = mem_try_realloc(at, cap * 2);
        ok = more;
        if (more) {
            size_t got;
            at = more;
            cap *= 2;
            ok = read_full(fd, at + used, cap - used, &got);
            used += got;
        }
    }
    bool is_all = ok && used < cap;
    if (is_all && used > 0) {
        *spool = (struct spool){.at = at, .len = used};
        return true;
    }
    if (is_all) {
        *spool = (struct spool){0};
    } else if (ok) {
        ok = spool_to_file(fd, at, used, spool);
    }
    int saved = errno;
    mem_free(at);
    errno = saved;
    return ok;
}
