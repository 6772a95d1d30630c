#include "config.h"

#include "patch/window.h"

#include <string.h>

#include "base/mem.h"

enum {
    WINDOW = 1 << 20, /* bytes that are gathered */
    GAP = 4096,       /* larger ones are not filled */
    ROOM = 64 << 10,  /* of a comb, so much at once: it is in the cache while it is put together */
};

void patch_window_begin(struct patch_window *window, const struct sys *sys, int fd,
                        struct bytes between) {
    *window =
        (struct patch_window){.sys = sys, .fd = fd, .between = between, .at = mem_alloc(WINDOW)};
}

void patch_window_end(struct patch_window *window) {
    mem_free(window->at);
}

bool patch_window_flush(struct patch_window *window) {
    bool fine = window->len == 0 ||
                sys_write_all(window->sys, window->fd, window->at, window->len, window->off);
    window->has_written = window->has_written || window->len > 0;
    window->len = 0;
    return fine;
}

/* Fills up to off, where that is near and what lies between is known. */
static bool reach(struct patch_window *window, uint64_t off) {
    uint64_t end = window->off + window->len;
    if (window->len > 0 && off == end) {
        return true;
    }
    if (window->len == 0 || off < end || off - end > GAP || off - end > WINDOW - window->len ||
        off > window->between.len) {
        return false;
    }
    memcpy(window->at + window->len, window->between.at + end, (size_t)(off - end));
    window->len += (size_t)(off - end);
    return true;
}

bool patch_window_put(struct patch_window *window, uint64_t off, const uint8_t *bytes,
                      uint64_t len) {
    if (!reach(window, off)) {
        if (!patch_window_flush(window)) {
            return false;
        }
        window->off = off;
    }
    while (len > 0) {
        if (window->len == WINDOW) {
            if (!patch_window_flush(window)) {
                return false;
            }
            window->off = off;
        }
        size_t n = WINDOW - window->len < len ? WINDOW - window->len : (size_t)len;
        memcpy(window->at + window->len, bytes, n);
        window->len += n;
        off += n;
        bytes += n;
        len -= n;
    }
    return true;
}

/* Room for the next len (<= WINDOW) bytes; NULL with errno set. */
static uint8_t *take_room(struct patch_window *window, uint64_t off, size_t len) {
    if (!reach(window, off) || len > WINDOW - window->len) {
        if (!patch_window_flush(window)) {
            return NULL;
        }
        window->off = off;
    }
    uint8_t *room = window->at + window->len;
    window->len += len;
    return room;
}

bool patch_window_put_comb(struct patch_window *window, uint64_t off, const uint8_t *old,
                           const struct comb *comb, bool *same) {
    struct comb_extent extent = comb_extent(comb);
    uint32_t first = (uint32_t)((extent.off - comb->base) / comb->stride);
    uint32_t end = (uint32_t)((extent.end - 1 - comb->base) / comb->stride) + 1;
    uint32_t most = comb->stride < ROOM ? (uint32_t)(ROOM / comb->stride) : 1;
    for (uint32_t n; first < end; first += n) {
        n = end - first < most ? end - first : most;
        uint64_t from = comb->base + first * comb->stride, to = from + n * comb->stride;
        from = from > extent.off ? from : extent.off;
        to = to < extent.end ? to : extent.end;
        uint8_t *room = take_room(window, off + (from - extent.off), (size_t)(to - from));
        if (!room) {
            return false;
        }
        memcpy(room, old + from, (size_t)(to - from));
        if (!comb_lay_over(comb, first, n, from, to, room) && same) {
            *same = false;
            return false;
        }
    }
    return true;
}
