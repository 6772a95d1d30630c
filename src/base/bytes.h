/* A borrowed run of bytes: pointer and length, owned by somebody else, not NUL-ended. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct bytes {
    const unsigned char *at; /* may be NULL when len is 0 */
    size_t len;
};

static inline struct bytes bytes_of(const void *at, size_t len) {
    return (struct bytes){at, len};
}

static inline struct bytes bytes_text(const char *text) {
    return (struct bytes){(const unsigned char *)text, strlen(text)};
}

static inline bool bytes_equal(struct bytes a, struct bytes b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Those behind the first `from` ones, of which there are as many at least. */
static inline struct bytes bytes_from(struct bytes bytes, size_t from) {
    return bytes_of(from ? bytes.at + from : bytes.at,
                    bytes.len - from); /* NULL + 0 is undefined */
}

#endif
