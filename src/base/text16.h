/* Sixteen bytes of text looked at together. Each function returns a bit for each byte, the first byte's lowest. */
#ifndef BASE_TEXT16_H
#define BASE_TEXT16_H

#include <stdint.h>
#include <string.h>

#include "base/number.h"

typedef signed char text16 __attribute__((vector_size(16)));

static inline text16 text16_load(const void *at) {
    text16 v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline void text16_store(void *at, text16 v) {
    memcpy(at, &v, sizeof v);
}

static inline text16 text16_each(char c) {
    signed char s = (signed char)c;
    return (text16){s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s};
}

/* Of bytes that are -1 or 0, on any machine: each byte's low bit goes to the highest byte of a product, to a place of its own. */
static inline uint32_t text16_bits_anywhere(text16 mask) {
    const uint64_t low = UINT64_C(0x0101010101010101), gather = UINT64_C(0x0102040810204080);
    uint8_t bytes[sizeof mask];
    memcpy(bytes, &mask, sizeof bytes);
    uint64_t front = number_load64(bytes, false) & low;
    uint64_t back = number_load64(bytes + 8, false) & low;
    return (uint32_t)(front * gather >> 56 | (back * gather >> 56) << 8);
}

/* The same as quickly as it can be. */
static inline uint32_t text16_bits(text16 mask) {
#ifdef __SSE2__
    typedef char bytes16 __attribute__((vector_size(16)));
    return (uint32_t)__builtin_ia32_pmovmskb128((bytes16)mask);
#else
    return text16_bits_anywhere(mask);
#endif
}

/* What is '"', `mark` or no printable ASCII. */
static inline uint32_t text16_special(text16 v, char mark) {
    text16 special = (v < text16_each(0x20)) | (v == text16_each(0x7f)) | (v == text16_each('"')) |
                     (v == text16_each(mark));
    return text16_bits(special);
}

#endif
