#include "config.h"

#include "io/out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"

enum {
    BUFFER_SIZE = 256 * 1024,
    PIPE_ROOM = 2 * BUFFER_SIZE,
    LONG_RUN = 64 * 1024, /* from here on a second system call costs less than copying */
    PRINT_ROOM = 256,     /* what most of out_printf's texts fit in */
};

static void open_buffer(struct out *out, int fd, struct buf *memory) {
    *out =
        (struct out){.at = mem_alloc(BUFFER_SIZE), .cap = BUFFER_SIZE, .fd = fd, .memory = memory};
}

/* Whether there is room for n more bytes in the buffer, which grows for that if it may. */
static bool has_room(struct out *out, size_t n) {
    if (out->cap - out->len >= n) {
        return true;
    }
    if (out->most < out->len || out->most - out->len < n) {
        return false;
    }
    size_t cap = out->cap < out->most / 2 ? 2 * out->cap : out->most;
    out->cap = cap - out->len < n ? out->most : cap;
    out->at = mem_realloc(out->at, out->cap, 1);
    return true;
}

void out_open(struct out *out, int fd) {
    open_buffer(out, fd, NULL);
}

void out_memory(struct out *out, struct buf *memory) {
    open_buffer(out, -1, memory);
}

void out_function(struct out *out, out_taker *take, void *taker) {
    open_buffer(out, -1, NULL);
    out->take = take;
    out->taker = taker;
}

void out_growing(struct out *out, size_t most, out_taker *take, void *taker) {
    size_t cap = most < BUFFER_SIZE ? most : BUFFER_SIZE;
    *out = (struct out){
        .at = mem_alloc(cap), .cap = cap, .fd = -1, .most = most, .take = take, .taker = taker};
}

/* Waits until fd takes bytes again; false when waiting fails. */
static bool wait_writable(int fd) {
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    return poll(&ready, 1, -1) >= 0 || errno == EINTR;
}

/* Steps both parts over n written bytes. */
static void step_over(struct iovec part[2], size_t n) {
    for (int i = 0; i < 2; i++) {
        size_t step = n < part[i].iov_len ? n : part[i].iov_len;
        part[i].iov_base = (char *)part[i].iov_base + step;
        part[i].iov_len -= step;
        n -= step;
    }
}

/* Writes both parts; returns 0 or the errno of the write that failed, with the parts showing what is left. */
static int write_parts(struct out *out, struct iovec part[2]) {
    while (part[0].iov_len > 0 || part[1].iov_len > 0) {
        int first = part[0].iov_len == 0;
        ssize_t n = writev(out->fd, part + first, 2 - first);
        if (n > 0) {
            out->total += (size_t)n;
            step_over(part, (size_t)n);
        } else if (n == 0) {
            return EIO; /* a device that takes nothing and names no reason: trying again would not end */
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait_writable(out->fd)) {
                return errno;
            }
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

/* A pipe that holds what is written at once lets its reader and us work at the same time. Where the system has no such
 * room to give, the pipe stays as it is. */
static void widen_pipe(struct out *out) {
#if defined(F_GETPIPE_SZ) && defined(F_SETPIPE_SZ)
    int size = fcntl(out->fd, F_GETPIPE_SZ);
    if (size > 0 && size < PIPE_ROOM) {
        fcntl(out->fd, F_SETPIPE_SZ, PIPE_ROOM);
    }
#endif
    out->is_wide = true;
}

/* Hands the buffer's bytes on, and the len bytes at at behind them. Returns how many of the latter the system could not
 * read: those of a mapped file's lost pages (input.h), which only a fault of our own turns into zeros. */
static size_t hand_on(struct out *out, const void *at, size_t len) {
    size_t waiting = out->len;
    out->len = 0;
    if (out->error) {
        return 0;
    }
    if (out->memory) {
        buf_put(out->memory, out->at, waiting);
        buf_put(out->memory, at, len);
        out->total += waiting + len;
        return 0;
    }
    if (out->take) {
        int failed = waiting ? out->take(out->taker, out->at, waiting) : 0;
        failed = failed || !len ? failed : out->take(out->taker, at, len);
        out->total += failed ? 0 : waiting + len;
        out->error = failed;
        return 0;
    }
    if (!out->is_wide && waiting + len >= LONG_RUN) {
        widen_pipe(out);
    }
    /* writev's parts are not const, though it only reads them */
    union {
        const void *in;
        void *out;
    } run = {.in = at};
    struct iovec part[2] = {{out->at, waiting}, {run.out, len}};
    int error = write_parts(out, part);
    if (error == EFAULT && part[0].iov_len == 0) {
        return part[1].iov_len;
    }
    out->error = error;
    return 0;
}

bool out_flush(struct out *out) {
    if (out->len > 0) {
        hand_on(out, "", 0);
    }
    return out->error == 0;
}

bool out_close(struct out *out) {
    bool ok = out_flush(out);
    mem_free(out->at);
    out->at = NULL;
    out->cap = 0;
    return ok;
}

char *out_make_room(struct out *out, size_t n) {
    if (!has_room(out, n)) {
        out_flush(out);
    }
    if (out->cap < n) {
        out->at = mem_realloc(out->at, n, 1);
        out->cap = n;
    }
    return out->at + out->len;
}

/* Appends by way of the buffer alone. */
static void copy_in(struct out *out, const char *at, size_t len) {
    while (len > 0) {
        size_t room = out->cap - out->len;
        if (room == 0) {
            out_make_room(out, 1);
            continue;
        }
        size_t n = len < room ? len : room;
        memcpy(out->at + out->len, at, n);
        out->len += n;
        at += n;
        len -= n;
    }
}

void out_put(struct out *out, const void *at, size_t len) {
    if (len >= LONG_RUN && (!has_room(out, len) || (out->len == 0 && !out->most))) {
        size_t unread = hand_on(out, at, len);
        at = (const char *)at + (len - unread);
        len = unread;
    }
    copy_in(out, at, len);
}

void out_puts(struct out *out, const char *text) {
    out_put(out, text, strlen(text));
}

void out_fill(struct out *out, char c, size_t n) {
    while (n > 0 && out->error == 0) {
        size_t room = out->cap - out->len;
        if (room == 0) {
            out_make_room(out, 1);
            continue;
        }
        size_t step = n < room ? n : room;
        memset(out->at + out->len, c, step);
        out->len += step;
        n -= step;
    }
}

void out_printf(struct out *out, const char *format, ...) {
    va_list args;
    char *at = out_room(out, PRINT_ROOM);
    va_start(args, format);
    int n = vsnprintf(at, out->cap - out->len, format, args);
    va_end(args);
    if (n < 0) {
        out->error = out->error ? out->error : errno;
        return;
    }
    if ((size_t)n >= out->cap - out->len) {
        at = out_room(out, (size_t)n + 1);
        va_start(args, format);
        vsnprintf(at, (size_t)n + 1, format, args);
        va_end(args);
    }
    out->len += (size_t)n;
}
