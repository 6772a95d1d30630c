#include "config.h"

#include "base/int128.h"

#include <string.h>

#include "base/numtext.h"

bool int128_shl(int128 a, int128 n, int128 *out) {
    if (n < 0) {
        return false;
    }
    if (a == 0) {
        *out = 0;
        return true;
    }
    if (n > 127) {
        return false;
    }
    /* -1 << 127 is INT128_MIN, but 2^127 itself is no int128: shift unsigned, then look whether it shifts back */
    int128 r = (int128)((uint128)a << (unsigned)n);
    if (r >> (unsigned)n != a) {
        return false;
    }
    *out = r;
    return true;
}

bool int128_shr(int128 a, int128 n, int128 *out) {
    if (n < 0) {
        return false;
    }
    /* gcc and clang shift signed numbers arithmetically, which is floor */
    *out = a >> (n > 127 ? 127u : (unsigned)n);
    return true;
}

/* 10^19, the greatest power that fits 64 bits. */
#define E19 UINT64_C(10000000000000000000)

size_t uint128_text(uint128 v, char *out) {
    char *end = out;
    if (v <= UINT64_MAX) {
        end = numtext_uint(out, (uint64_t)v);
    } else {
        end += uint128_text(v / E19, out);
        char digits[NUMTEXT_MAX];
        size_t n = (size_t)(numtext_uint(digits, (uint64_t)(v % E19)) - digits);
        memset(end, '0', 19 - n);
        memcpy(end + 19 - n, digits, n);
        end += 19;
    }
    *end = '\0';
    return (size_t)(end - out);
}

size_t int128_text(int128 v, char *out) {
    if (v >= 0) {
        return uint128_text((uint128)v, out);
    }
    *out = '-';
    return 1 + uint128_text(-(uint128)v, out + 1);
}
