#include "config.h"

#include "base/number.h"

void number_store(uint8_t *at, unsigned width, bool big, uint128 v) {
    for (unsigned i = 0; i < width; i++) {
        at[big ? width - 1 - i : i] = (uint8_t)v;
        v >>= 8;
    }
}

uint128 number_bits(const uint8_t *at, uint64_t bit_off, unsigned n, bool msb) {
    if (n == 0) {
        return 0;
    }
    at += bit_off / 8;
    unsigned skip = (unsigned)(bit_off % 8);
    unsigned bytes = (skip + n + 7) / 8;    /* 1..17 */
    unsigned unused = bytes * 8 - skip - n; /* bits behind the last one, in its byte */
    if (bytes <= 8) {
        uint64_t word = number_load(at, bytes, msb) >> (msb ? unused : skip);
        return word & UINT64_MAX >> (64 - n);
    }
    uint128 mask = ~(uint128)0 >> (128 - n);
    if (bytes <= 16) {
        return number_load128(at, bytes, msb) >> (msb ? unused : skip) & mask;
    }
    /* 17 bytes only when skip and unused are both 1..7, so neither shift below is by 128 or 0 bits */
    if (msb) {
        uint128 word = number_load128(at, 16, true) << (8 - unused);
        return (word | at[16] >> unused) & mask;
    }
    uint128 word = number_load128(at, 16, false) >> skip;
    return (word | (uint128)at[16] << (128 - skip)) & mask;
}

static double number_double(uint64_t bits) {
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

double number_half(uint16_t bits) {
    uint64_t sign = (uint64_t)(bits >> 15) << 63;
    unsigned exponent = bits >> 10 & 0x1f;
    uint64_t fraction = bits & 0x3ff;
    if (exponent == 0) {
        double v = (double)fraction * 0x1p-24;
        return sign ? -v : v;
    }
    uint64_t wide = exponent == 0x1f ? 0x7ff : exponent + (1023 - 15);
    return number_double(sign | wide << 52 | fraction << 42);
}

double number_bfloat(uint16_t bits) {
    /* the upper half of a binary32 */
    uint32_t wide = (uint32_t)bits << 16;
    float v;
    memcpy(&v, &wide, sizeof v);
    return (double)v;
}

double number_float80(const uint8_t le[10]) {
    uint64_t mantissa = number_load64(le, false);
    unsigned head = (unsigned)number_load16(le + 8, false);
    uint64_t sign = (uint64_t)(head >> 15) << 63;
    int exponent = (int)(head & 0x7fff) - 16383;
    const uint64_t infinity = 0x7ff0000000000000u;
    if ((head & 0x7fff) == 0) {
        return number_double(sign); /* zero, and denormals, which are far below the least double */
    }
    if (mantissa >> 63 == 0) {
        return number_double(sign | infinity | UINT64_C(1) << 51);
    }
    if ((head & 0x7fff) == 0x7fff) {
        uint64_t payload = mantissa << 1 ? UINT64_C(1) << 51 | (mantissa & INT64_MAX) >> 11 : 0;
        return number_double(sign | infinity | payload);
    }
    if (exponent > 1023) {
        return number_double(sign | infinity);
    }
    /* A normal double keeps 53 of the 64 bits, a subnormal one fewer. */
    int drop = exponent >= -1022 ? 11 : 11 + (-1022 - exponent);
    if (drop > 64) {
        return number_double(sign);
    }
    uint64_t kept = (uint64_t)((uint128)mantissa >> drop);
    uint128 half = (uint128)1 << (drop - 1);
    uint128 rest = mantissa & (half * 2 - 1);
    kept += rest > half || (rest == half && (kept & 1));
    /* The top bit of a normal number's kept bits is added onto the exponent, and so is the carry of rounding up, which
     * makes the next binade, the least normal number, or infinity of what it leaves. */
    uint64_t base = exponent >= -1022 ? (uint64_t)(exponent + 1022) << 52 : 0;
    return number_double(sign | (base + kept));
}

int number_bcd(const uint8_t *at, unsigned width, bool big, bool msb, uint128 *out) {
    uint128 value = 0;
    for (unsigned i = 0; i < 2 * width; i++) {
        unsigned byte = at[big ? i / 2 : width - 1 - i / 2];
        bool upper = (i % 2 == 0) == (big == msb);
        unsigned digit = upper ? byte >> 4 : byte & 15;
        if (digit > 9) {
            return (int)digit;
        }
        value = value * 10 + digit;
    }
    *out = value;
    return -1;
}

/* The number nearest to v, ties to even, with so many bits for exponent and fraction, each fewer than in a binary64: the
 * reverse of number_half and number_float80. */
static uint64_t narrow(double v, unsigned exponent_bits, unsigned fraction_bits) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    uint64_t sign = bits >> 63 << (exponent_bits + fraction_bits);
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    uint64_t infinity = ((UINT64_C(1) << exponent_bits) - 1) << fraction_bits;
    int bias = (1 << (exponent_bits - 1)) - 1, exponent = (int)(bits >> 52 & 0x7ff) - 1023;
    if (exponent == 1024) {
        uint64_t payload = fraction >> (52 - fraction_bits);
        uint64_t quiet = fraction && payload == 0 ? UINT64_C(1) << (fraction_bits - 1) : 0;
        return sign | infinity | payload | quiet;
    }
    if (exponent > bias) {
        return sign | infinity;
    }
    uint64_t mantissa = fraction | UINT64_C(1) << 52;
    unsigned drop = 52 - fraction_bits;
    drop += exponent < 1 - bias ? (unsigned)(1 - bias - exponent) : 0;
    if (drop > 53) { /* below half of the least one; subnormals of a binary64 are */
        return sign;
    }
    uint64_t kept = mantissa >> drop, rest = mantissa & ((UINT64_C(1) << drop) - 1);
    uint64_t half = UINT64_C(1) << (drop - 1);
    kept += rest > half || (rest == half && (kept & 1));
    /* a normal number's leading bit adds one to the exponent, and so does a carry */
    uint64_t base = exponent >= 1 - bias ? (uint64_t)(exponent + bias - 1) << fraction_bits : 0;
    return sign | (base + kept);
}

uint16_t number_to_half(double v) {
    return (uint16_t)narrow(v, 5, 10);
}

uint16_t number_to_bfloat(double v) {
    return (uint16_t)narrow(v, 8, 7);
}

void number_to_float80(double v, uint8_t le[10]) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    uint64_t mantissa = bits << 12 >> 1;
    int exponent = (int)(bits >> 52 & 0x7ff);
    if (exponent == 0 && mantissa) { /* the leading bit goes to the top */
        int zeros = __builtin_clzll(mantissa);
        mantissa <<= zeros;
        exponent = 1 - zeros;
    }
    bool zero = mantissa == 0 && exponent == 0;
    unsigned head = zero ? 0 : exponent == 0x7ff ? 0x7fff : (unsigned)(exponent + (16383 - 1023));
    number_store(le, 8, false, zero ? 0 : mantissa | UINT64_C(1) << 63);
    number_store(le + 8, 2, false, head | (unsigned)(bits >> 63) << 15);
}

bool number_to_bcd(uint8_t *at, unsigned width, bool big, bool msb, uint128 v) {
    uint128 rest = v;
    for (unsigned i = 0; i < 2 * width; i++) {
        rest /= 10;
    }
    if (rest > 0) {
        return false;
    }
    for (unsigned i = 2 * width; i-- > 0; v /= 10) {
        uint8_t *byte = &at[big ? i / 2 : width - 1 - i / 2], digit = (uint8_t)(v % 10);
        bool upper = (i % 2 == 0) == (big == msb);
        *byte = (uint8_t)(upper ? (*byte & 0x0f) | digit << 4 : (*byte & 0xf0) | digit);
    }
    return true;
}

void number_put_bits(uint8_t *at, uint64_t bit_off, unsigned n, bool msb, uint128 v) {
    for (unsigned i = 0; i < n; i++) {
        uint64_t bit = bit_off + i;
        bool one = v >> (msb ? n - 1 - i : i) & 1;
        uint8_t mask = (uint8_t)(1u << (msb ? 7 - bit % 8 : bit % 8));
        at[bit / 8] = (uint8_t)(one ? at[bit / 8] | mask : at[bit / 8] & ~mask);
    }
}
