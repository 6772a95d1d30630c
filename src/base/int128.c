#include "config.h"

#include "base/int128.h"

#include <string.h>

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

size_t uint128_text(uint128 v, char *out) {
    char digits[INT128_TEXT_MAX];
    size_t at = sizeof digits;
    uint128 rest = v;
    do {
        /* a 64-bit division is many times faster than a 128-bit one */
        if (rest <= UINT64_MAX) {
            uint64_t small = (uint64_t)rest;
            digits[--at] = (char)('0' + small % 10);
            rest = small / 10;
        } else {
            digits[--at] = (char)('0' + (unsigned)(rest % 10));
            rest /= 10;
        }
    } while (rest > 0);
    size_t len = sizeof digits - at;
    memcpy(out, digits + at, len);
    out[len] = '\0';
    return len;
}

size_t int128_text(int128 v, char *out) {
    if (v >= 0) {
        return uint128_text((uint128)v, out);
    }
    *out = '-';
    return 1 + uint128_text(-(uint128)v, out + 1);
}
