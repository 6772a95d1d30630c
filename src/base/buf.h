/* Growable byte buffer on the heap: text and bytes under construction. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/bytes.h"

struct buf {
    char *at; /* NULL while empty; not NUL-ended unless buf_text was called */
    size_t len;
    size_t cap;
};

/* A zeroed struct buf is an empty buffer. */

/* Makes room for n more bytes and returns where they go; the caller adds what it wrote to len. buf_try_reserve gives NULL
 * where there is no memory for them, and leaves the buffer as it was. */
char *buf_reserve(struct buf *buf, size_t n);
char *buf_try_reserve(struct buf *buf, size_t n);
void buf_put(struct buf *buf, const void *at, size_t len);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_fill(struct buf *buf, char c, size_t n);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Ends the contents with a NUL that len does not count, and returns them; valid until the next change. */
const char *buf_text(struct buf *buf);
static inline struct bytes buf_bytes(const struct buf *buf) {
    return bytes_of(buf->at, buf->len);
}

/* Those behind the first `from` ones. */
static inline struct bytes buf_bytes_from(const struct buf *buf, size_t from) {
    return bytes_from(buf_bytes(buf), from);
}

/* Empties the buffer and keeps its memory; gives the memory back. */
void buf_clear(struct buf *buf);
void buf_free(struct buf *buf);

#endif
