/* Output: one large buffer before a file descriptor (or a memory buffer, or a function).
 *
 * Sinks write into the buffer directly: out_room gives room, the sink adds to len. A pipe is given room for a whole buffer,
 * so that its reader works while the next one is filled. A failed write is remembered, later output is dropped, and
 * out_error tells; a closed pipe (EPIPE) is one such error that the command line ends quietly on, given that it ignores
 * SIGPIPE. Interrupted and short writes go on; a non-blocking fd is waited for. */
#ifndef IO_OUT_H
#define IO_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

/* Takes len bytes over; 0, or an errno: the output has failed. */
typedef int out_taker(void *taker, const char *at, size_t len);

struct out {
    char *at;   /* the buffer */
    size_t len; /* bytes waiting in it */
    size_t cap;
    int fd; /* -1: none of the system's */
    struct buf *memory;
    out_taker *take; /* with taker: the function and what it is given, or NULL */
    void *taker;
    size_t most;    /* the buffer grows so far before it is handed on; 0: not at all */
    bool is_wide;   /* a pipe was given room for long writes, if it could be */
    int error;      /* errno of the first failed write, 0 while all is well */
    uint64_t total; /* bytes handed on so far, those waiting not counted */
};

/* A buffer of 256 KiB before fd; before a struct buf that everything is appended to at each flush. */
void out_open(struct out *out, int fd);
void out_memory(struct out *out, struct buf *memory);

/* The same before a function. */
void out_function(struct out *out, out_taker *take, void *taker);

/* A buffer that grows, up to most bytes, before a function, which gets what is more than that. */
void out_growing(struct out *out, size_t most, out_taker *take, void *taker);

/* Flushes and gives the buffer back; false when any write failed. fd stays open. error and total may still be read. */
bool out_close(struct out *out);

/* Hands on what waits in the buffer; false when this or an earlier write failed. */
bool out_flush(struct out *out);

/* Room for n more bytes at the returned address (n may exceed the buffer: it grows); the caller adds what it wrote to
 * out->len. */
static inline char *out_room(struct out *out, size_t n);
char *out_make_room(struct out *out, size_t n);
static inline char *out_room(struct out *out, size_t n) {
    return out->cap - out->len >= n ? out->at + out->len : out_make_room(out, n);
}

/* Appends bytes; a long run goes to fd straight from where it lies. */
void out_put(struct out *out, const void *at, size_t len);
void out_puts(struct out *out, const char *text);
void out_fill(struct out *out, char c, size_t n);
void out_printf(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void out_putc(struct out *out, char c) {
    *out_room(out, 1) = c;
    out->len++;
}

/* Whether writing failed; errno's value then. */
static inline int out_error(const struct out *out) {
    return out->error;
}

#endif
