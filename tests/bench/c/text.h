/* Text of integers and strings, the way one writes it by hand for a job that must be fast: two digits at a time from a
 * table, eight characters at a time looked through. Each function returns the end of what it wrote. */
#ifndef BENCH_TEXT_H
#define BENCH_TEXT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends a string literal. */
#define TEXT_LITERAL(out, literal)                                                                 \
    ((char *)memcpy(out, literal, sizeof(literal) - 1) + sizeof(literal) - 1)

static const char text_pairs[] = "00010203040506070809101112131415161718192021222324"
                                 "25262728293031323334353637383940414243444546474849"
                                 "50515253545556575859606162636465666768697071727374"
                                 "75767778798081828384858687888990919293949596979899";

static inline char *text_u32(char *out, uint32_t v) {
    char digits[10];
    char *at = digits + sizeof digits;
    while (v >= 100) {
        at -= 2;
        memcpy(at, text_pairs + 2 * (v % 100), 2);
        v /= 100;
    }
    if (v >= 10) {
        at -= 2;
        memcpy(at, text_pairs + 2 * v, 2);
    } else {
        *--at = (char)('0' + v);
    }
    size_t n = (size_t)(digits + sizeof digits - at);
    memcpy(out, at, n);
    return out + n;
}

/* The eight digits of v < 10^8, zeros in front included. */
static inline char *text_eight(char *out, uint32_t v) {
    uint32_t high = v / 10000;
    uint32_t low = v % 10000;
    memcpy(out, text_pairs + 2 * (high / 100), 2);
    memcpy(out + 2, text_pairs + 2 * (high % 100), 2);
    memcpy(out + 4, text_pairs + 2 * (low / 100), 2);
    memcpy(out + 6, text_pairs + 2 * (low % 100), 2);
    return out + 8;
}

static inline char *text_u64(char *out, uint64_t v) {
    const uint32_t e8 = 100000000;
    if (v <= UINT32_MAX) {
        return text_u32(out, (uint32_t)v);
    }
    uint64_t high = v / e8;
    if (high <= UINT32_MAX) {
        out = text_u32(out, (uint32_t)high);
    } else {
        out = text_u32(out, (uint32_t)(high / e8));
        out = text_eight(out, (uint32_t)(high % e8));
    }
    return text_eight(out, (uint32_t)(v % e8));
}

static inline char *text_i32(char *out, int32_t v) {
    if (v < 0) {
        *out++ = '-';
        return text_u32(out, -(uint32_t)v);
    }
    return text_u32(out, (uint32_t)v);
}

static inline char *text_i64(char *out, int64_t v) {
    if (v < 0) {
        *out++ = '-';
        return text_u64(out, -(uint64_t)v);
    }
    return text_u64(out, (uint64_t)v);
}

#define TEXT_EACH(byte) (0x0101010101010101 * (uint64_t)(byte))

/* The high bit of each byte of w that is '"', '\\' or no printable ASCII character; bytes behind the first such one may
 * be marked without a reason. */
static inline uint64_t text_special(uint64_t w) {
    uint64_t quote = w ^ TEXT_EACH('"');
    uint64_t slash = w ^ TEXT_EACH('\\');
    return (w | (w + TEXT_EACH(1)) | (w - TEXT_EACH(0x20)) | (quote - TEXT_EACH(1)) |
            (slash - TEXT_EACH(1))) &
           TEXT_EACH(0x80);
}

/* Appends a JSON string of printable ASCII characters; others, which no generator makes, end the program. */
static inline char *text_string(char *out, const uint8_t *text, size_t len) {
    *out++ = '"';
    size_t i = 0;
    for (uint64_t w; len - i >= 8; i += 8) {
        memcpy(&w, text + i, 8);
        if (text_special(w)) {
            break;
        }
        memcpy(out, &w, 8);
        out += 8;
    }
    for (; i < len; i++) {
        if (text[i] < 0x20 || text[i] >= 0x7f) {
            fputs("a character that is not printable ASCII\n", stderr);
            exit(1);
        }
        if (text[i] == '"' || text[i] == '\\') {
            *out++ = '\\';
        }
        *out++ = (char)text[i];
    }
    *out++ = '"';
    return out;
}

#endif
