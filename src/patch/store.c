#include "config.h"

#include "patch/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/temporary.h"

/* Bytes of a chunk; larger ones hold one piece each. */
enum { CHUNK = 1 << 20 };

struct store_chunk {
    struct store_chunk *older;
    uint8_t *at;
    size_t used, cap;
    bool is_mapped;
};

/* Maps cap more bytes of the temporary file; NULL with errno set. Its blocks are taken now: later a full disk would be
 * no error but a signal. */
static uint8_t *map_more(struct store *store, size_t cap) {
    if (store->file_len == 0) {
        store->fd = temporary_open(NULL);
        if (store->fd < 0) {
            return NULL;
        }
    }
    int error = posix_fallocate(store->fd, (off_t)store->file_len, (off_t)cap);
    if (error != 0) {
        if (store->file_len == 0) {
            close(store->fd);
        }
        errno = error;
        return NULL;
    }
    void *at =
        mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_SHARED, store->fd, (off_t)store->file_len);
    store->file_len += cap;
    return at == MAP_FAILED ? NULL : at;
}

static bool add_chunk(struct store *store, size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t cap = size <= CHUNK ? CHUNK : (size + page - 1) / page * page;
    bool is_mapped = store->total + cap > STORE_MEMORY;
    uint8_t *at = is_mapped ? map_more(store, cap) : mem_alloc(cap);
    if (!at) {
        return false;
    }
#ifdef MADV_DONTNEED
    /* the bytes stay in the file's pages, which are not the process's own */
    if (store->chunk && store->chunk->is_mapped) {
        madvise(store->chunk->at, store->chunk->cap, MADV_DONTNEED);
    }
#endif
#ifdef MADV_POPULATE_WRITE
    if (store
            ->chunk) { /* whoever needs a second one fills it: its pages all at once, rather than one by one */
        size_t off = (page - (uintptr_t)at % page) % page;
        madvise(at + off, (cap - off) / page * page, MADV_POPULATE_WRITE);
    }
#endif
    struct store_chunk *chunk = mem_alloc(sizeof *chunk);
    *chunk = (struct store_chunk){store->chunk, at, 0, cap, is_mapped};
    store->chunk = chunk;
    store->total += cap;
    return true;
}

void *store_alloc(struct store *store, size_t size) {
    size_t align = alignof(max_align_t);
    if (size > PTRDIFF_MAX - align) {
        errno = EFBIG;
        return NULL;
    }
    size = (size + align - 1) / align * align;
    if ((!store->chunk || size > store->chunk->cap - store->chunk->used) &&
        !add_chunk(store, size)) {
        return NULL;
    }
    void *at = store->chunk->at + store->chunk->used;
    store->chunk->used += size;
    return at;
}

void store_free(struct store *store) {
    for (struct store_chunk *chunk = store->chunk; chunk;) {
        struct store_chunk *older = chunk->older;
        if (chunk->is_mapped) {
            munmap(chunk->at, chunk->cap);
        } else {
            mem_free(chunk->at);
        }
        mem_free(chunk);
        chunk = older;
    }
    if (store->file_len > 0) {
        close(store->fd);
    }
    *store = (struct store){0};
}
