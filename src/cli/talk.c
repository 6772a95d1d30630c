#include "config.h"

#include "cli/talk.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

/* One write for a line, so that lines of several processes do not mix. Where standard error fails there is nobody left
 * to tell. */
static void put(const char *at, size_t len) {
    while (len > 0) {
        ssize_t n = write(STDERR_FILENO, at, len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return;
        }
        at += n;
        len -= (size_t)n;
    }
}

void talk_put_safe(struct buf *out, struct bytes text) {
    for (size_t i = 0; i < text.len;) {
        uint32_t code;
        int len = utf8_decode(text.at + i, text.len - i, &code);
        if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
            code = UTF8_REPLACEMENT;
        }
        out->len += utf8_encode(code, buf_reserve(out, UTF8_MAX));
        i += (size_t)(len < 0 ? -len : len);
    }
}

__attribute__((format(printf, 2, 0))) static void say(const char *front, const char *format,
                                                      va_list args) {
    struct buf message = {0};
    struct buf line = {0};
    buf_vprintf(&message, format, args);
    buf_puts(&line, front);
    talk_put_safe(&line, buf_bytes(&message));
    buf_putc(&line, '\n');
    put(line.at, line.len);
    buf_free(&message);
    buf_free(&line);
}

void talk(const char *format, ...) {
    va_list args;
    va_start(args, format);
    say("sonde: ", format, args);
    va_end(args);
}

void talk_more(const char *format, ...) {
    va_list args;
    va_start(args, format);
    say("    ", format, args);
    va_end(args);
}

void talk_failed(const char *operation, const char *name, int error) {
    talk("can't %s '%s': %s", operation, name, strerror(error));
}

void talk_text(const struct buf *text) {
    put(text->at, text->len);
}
