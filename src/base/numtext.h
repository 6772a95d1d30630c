/* Text of numbers, for the hot path: no locale, no format strings, no NUL behind the text.
 *
 * Every function writes to out, which has room for NUMTEXT_MAX bytes, and returns the end of what it wrote. */
#ifndef BASE_NUMTEXT_H
#define BASE_NUMTEXT_H

#include <stdint.h>

#include "base/number.h"

#define NUMTEXT_MAX 40

/* The three digits of each number below 1000, and how many bits the zeros in front of it take. */
struct numtext_three {
    char digits[3];
    uint8_t skip; /* 0, 8, 16 */
};
extern const struct numtext_three numtext_threes[1000];

/* Decimal digits of v < 1000. */
static inline char *numtext_small(char *out, uint32_t v) {
    uint8_t text[sizeof(struct numtext_three)];
    memcpy(text, &numtext_threes[v], sizeof text);
    uint32_t word = (uint32_t)number_load32(text, false);
    unsigned skip = word >> 24;
    number_store32((uint8_t *)out, false, word >> skip);
    return out + 3 - skip / 8;
}

/* Decimal digits. Most numbers are small: those are written without a jump or a call. */
char *numtext_large(char *out, uint64_t v);
static inline char *numtext_uint(char *out, uint64_t v) {
    return v < 1000 ? numtext_small(out, (uint32_t)v) : numtext_large(out, v);
}
static inline char *numtext_int(char *out, int64_t v) {
    *out = '-';
    return numtext_uint(out + (v < 0), v < 0 ? -(uint64_t)v : (uint64_t)v);
}

/* Lower-case hexadecimal digits without a prefix, zeros in front up to min_digits (at most 16; 0 counts as 1). */
char *numtext_hex(char *out, uint64_t v, unsigned min_digits);

/* The shortest decimal text that reads back as the same binary64 or binary32 number, and of those the nearest one:
 * "1.5", "100.0", "-0.0", "1e+16", "1e-05", laid out as Python's repr does it (an exponent when it is below -4 or above
 * 15, of at least two digits). What is not finite is "NaN", "Infinity" or "-Infinity". */
char *numtext_double(char *out, double v);
char *numtext_float(char *out, float v);

#endif
