#include "config.h"

#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define BUF_FIRST 64u

char *buf_try_reserve(struct buf *buf, size_t n) {
    if (n > buf->cap - buf->len || !buf->at) {
        if (n > SIZE_MAX - buf->len) {
            return NULL;
        }
        size_t cap = buf->cap > SIZE_MAX / 2 ? SIZE_MAX : buf->cap * 2;
        if (cap < buf->len + n) {
            cap = buf->len + n;
        }
        if (cap < BUF_FIRST) {
            cap = BUF_FIRST;
        }
        char *at = mem_try_realloc(buf->at, cap);
        if (!at) {
            return NULL;
        }
        buf->at = at;
        buf->cap = cap;
    }
    return buf->at + buf->len;
}

char *buf_reserve(struct buf *buf, size_t n) {
    char *at = buf_try_reserve(buf, n);
    if (!at) {
        mem_exhausted();
    }
    return at;
}

void buf_put(struct buf *buf, const void *at, size_t len) {
    if (len > 0) {
        memcpy(buf_reserve(buf, len), at, len);
        buf->len += len;
    }
}

void buf_puts(struct buf *buf, const char *text) {
    buf_put(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c) {
    *buf_reserve(buf, 1) = c;
    buf->len++;
}

void buf_fill(struct buf *buf, char c, size_t n) {
    memset(buf_reserve(buf, n), c, n);
    buf->len += n;
}

void buf_printf(struct buf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

void buf_vprintf(struct buf *buf, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    char *out = buf_reserve(buf, 1);
    size_t room = buf->cap - buf->len;
    int len = vsnprintf(out, room, format, args);
    if (len > 0) {
        if ((size_t)len >= room) {
            /* vsnprintf wants room for a NUL, too */
            vsnprintf(buf_reserve(buf, (size_t)len + 1), (size_t)len + 1, format, again);
        }
        buf->len += (size_t)len;
    }
    va_end(again);
}

const char *buf_text(struct buf *buf) {
    *buf_reserve(buf, 1) = '\0';
    return buf->at;
}

void buf_clear(struct buf *buf) {
    buf->len = 0;
}

void buf_free(struct buf *buf) {
    mem_free(buf->at);
    *buf = (struct buf){0};
}
