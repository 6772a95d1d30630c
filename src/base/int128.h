/* 128-bit integers: the numbers of the schema language.
 *
 * Expressions compute with mathematical integers from -2^127 to 2^127-1; whatever leaves that range is an
 * error, never a wrapped value. The checked operations return false on overflow and then leave *out alone. */
#ifndef BASE_INT128_H
#define BASE_INT128_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#define INT128_MAX ((int128)(((uint128)1 << 127) - 1))
#define INT128_MIN (-INT128_MAX - 1)

/* Room for the longest decimal text of an int128, its sign and a NUL. */
#define INT128_TEXT_MAX 41

static inline bool int128_add(int128 a, int128 b, int128 *out) {
    int128 r;
    if (__builtin_add_overflow(a, b, &r)) {
        return false;
    }
    *out = r;
    return true;
}

static inline bool int128_sub(int128 a, int128 b, int128 *out) {
    int128 r;
    if (__builtin_sub_overflow(a, b, &r)) {
        return false;
    }
    *out = r;
    return true;
}

static inline bool int128_mul(int128 a, int128 b, int128 *out) {
    int128 r;
    if (__builtin_mul_overflow(a, b, &r)) {
        return false;
    }
    *out = r;
    return true;
}

/* Division and remainder truncate toward zero, as C's do; false for b == 0 and for INT128_MIN / -1. */
static inline bool int128_div(int128 a, int128 b, int128 *out) {
    if (b == 0 || (a == INT128_MIN && b == -1)) {
        return false;
    }
    *out = a / b;
    return true;
}

static inline bool int128_rem(int128 a, int128 b, int128 *out) {
    if (b == 0 || (a == INT128_MIN && b == -1)) {
        return false;
    }
    *out = a % b;
    return true;
}

/* The quotient rounded down, and the remainder that goes with it, of b's sign; false for b == 0, and where the quotient
 * does not fit. */
static inline bool int128_floor_div(int128 a, int128 b, int128 *out) {
    int128 q = 0;
    if (!int128_div(a, b, &q)) {
        return false;
    }
    *out = q - (a % b != 0 && (a < 0) != (b < 0));
    return true;
}

static inline bool int128_floor_mod(int128 a, int128 b, int128 *out) {
    if (b == 0 || b == -1) {
        *out = b ? 0 : *out;
        return b != 0;
    }
    int128 r = a % b;
    *out = r != 0 && (r < 0) != (b < 0) ? r + b : r;
    return true;
}

/* a * 2^n; false when n is negative or the product does not fit. */
bool int128_shl(int128 a, int128 n, int128 *out);

/* floor(a / 2^n); false when n is negative. */
bool int128_shr(int128 a, int128 n, int128 *out);

/* Writes the decimal text of v and a NUL to out (INT128_TEXT_MAX bytes); returns its length. */
size_t int128_text(int128 v, char *out);
size_t uint128_text(uint128 v, char *out);

#endif
