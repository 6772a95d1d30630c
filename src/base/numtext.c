#include "config.h"

#include "base/numtext.h"

#include <string.h>

/* 00 to 99, one behind the other. */
static const char numtext_pairs[] = "00010203040506070809"
                                    "10111213141516171819"
                                    "20212223242526272829"
                                    "30313233343536373839"
                                    "40414243444546474849"
                                    "50515253545556575859"
                                    "60616263646566676869"
                                    "70717273747576777879"
                                    "80818283848586878889"
                                    "90919293949596979899";

static void numtext_pair(char *out, uint32_t v) {
    memcpy(out, numtext_pairs + 2 * v, 2);
}

/* Writes v < 100 without a leading zero. */
static char *numtext_first(char *out, uint32_t v) {
    if (v < 10) {
        *out = (char)('0' + v);
        return out + 1;
    }
    numtext_pair(out, v);
    return out + 2;
}

/* Writes v < 10^8 without leading zeros. */
static char *numtext_small(char *out, uint32_t v) {
    if (v < 100) {
        return numtext_first(out, v);
    }
    if (v < 10000) {
        out = numtext_first(out, v / 100);
        numtext_pair(out, v % 100);
        return out + 2;
    }
    uint32_t high = v / 10000;
    if (high < 100) {
        out = numtext_first(out, high);
    } else {
        out = numtext_first(out, high / 100);
        numtext_pair(out, high % 100);
        out += 2;
    }
    uint32_t low = v % 10000;
    numtext_pair(out, low / 100);
    numtext_pair(out + 2, low % 100);
    return out + 4;
}

/* Writes the eight digits of v < 10^8. */
static char *numtext_eight(char *out, uint32_t v) {
    uint32_t high = v / 10000;
    uint32_t low = v % 10000;
    numtext_pair(out, high / 100);
    numtext_pair(out + 2, high % 100);
    numtext_pair(out + 4, low / 100);
    numtext_pair(out + 6, low % 100);
    return out + 8;
}

char *numtext_uint(char *out, uint64_t v) {
    const uint32_t e8 = 100000000;
    if (v < e8) {
        return numtext_small(out, (uint32_t)v);
    }
    uint64_t high = v / e8;
    if (high < e8) {
        out = numtext_small(out, (uint32_t)high);
    } else {
        out = numtext_small(out, (uint32_t)(high / e8));
        out = numtext_eight(out, (uint32_t)(high % e8));
    }
    return numtext_eight(out, (uint32_t)(v % e8));
}

char *numtext_int(char *out, int64_t v) {
    if (v < 0) {
        *out++ = '-';
        return numtext_uint(out, -(uint64_t)v);
    }
    return numtext_uint(out, (uint64_t)v);
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
