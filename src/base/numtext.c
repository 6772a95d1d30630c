#include "config.h"

#include "base/numtext.h"

#include <string.h>

/* clang-format off */
#define ONE(a, b, c) {{'0' + (a), '0' + (b), '0' + (c)}, (a) ? 0 : (b) ? 8 : 16},
#define TEN(a, b) ONE(a, b, 0) ONE(a, b, 1) ONE(a, b, 2) ONE(a, b, 3) ONE(a, b, 4) \
                  ONE(a, b, 5) ONE(a, b, 6) ONE(a, b, 7) ONE(a, b, 8) ONE(a, b, 9)
#define HUNDRED(a) TEN(a, 0) TEN(a, 1) TEN(a, 2) TEN(a, 3) TEN(a, 4) TEN(a, 5) TEN(a, 6) TEN(a, 7) TEN(a, 8) TEN(a, 9)

const struct numtext_three numtext_threes[1000] = {
    HUNDRED(0) HUNDRED(1) HUNDRED(2) HUNDRED(3) HUNDRED(4) HUNDRED(5) HUNDRED(6) HUNDRED(7) HUNDRED(8) HUNDRED(9)
};
/* clang-format on */

/* Writes the three digits of v < 1000. */
static inline char *put_three(char *out, uint32_t v) {
    memcpy(out, &numtext_threes[v], sizeof numtext_threes[v]);
    return out + 3;
}

/* Writes the six digits of v < 10^6. */
static inline char *put_six(char *out, uint32_t v) {
    out = put_three(out, v / 1000);
    return put_three(out, v % 1000);
}

/* Writes v < 10^9 without leading zeros. */
static inline char *put_small(char *out, uint32_t v) {
    if (v < 1000) {
        return numtext_small(out, v);
    }
    if (v < 1000000) {
        out = numtext_small(out, v / 1000);
        return put_three(out, v % 1000);
    }
    out = numtext_small(out, v / 1000000);
    return put_six(out, v % 1000000);
}

/* Writes the nine digits of v < 10^9. */
static inline char *put_nine(char *out, uint32_t v) {
    out = put_three(out, v / 1000000);
    return put_six(out, v % 1000000);
}

char *numtext_large(char *out, uint64_t v) {
    const uint32_t e9 = 1000000000;
    if (v < e9) {
        return put_small(out, (uint32_t)v);
    }
    uint64_t high = v / e9;
    if (high < e9) {
        out = put_small(out, (uint32_t)high);
    } else {
        out = numtext_small(out, (uint32_t)(high / e9));
        out = put_nine(out, (uint32_t)(high % e9));
    }
    return put_nine(out, (uint32_t)(v % e9));
}

char *numtext_hex(char *out, uint64_t v, unsigned min_digits) {
    static const char digits[] = "0123456789abcdef";
    unsigned n = v ? (67 - (unsigned)__builtin_clzll(v)) / 4 : 1;
    if (n < min_digits) {
        n = min_digits < 16 ? min_digits : 16;
    }
    for (unsigned i = n; i > 0; i--) {
        out[i - 1] = digits[v & 15];
        v >>= 4;
    }
    return out + n;
}
