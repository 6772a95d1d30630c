/* Numbers in memory: loads, stores, bit fields, small floats, and sums of sizes that come from files.
 *
 * Nothing here knows where a buffer ends: callers have checked that the bytes named are there. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/int128.h"

#define NUMBER_HOST_BIG (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

static inline uint64_t number_load16(const uint8_t *at, bool big) {
    uint16_t v;
    memcpy(&v, at, sizeof v);
    return big == NUMBER_HOST_BIG ? v : __builtin_bswap16(v);
}

static inline uint64_t number_load32(const uint8_t *at, bool big) {
    uint32_t v;
    memcpy(&v, at, sizeof v);
    return big == NUMBER_HOST_BIG ? v : __builtin_bswap32(v);
}

static inline uint64_t number_load64(const uint8_t *at, bool big) {
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return big == NUMBER_HOST_BIG ? v : __builtin_bswap64(v);
}

/* The unsigned number in the width (1..8) bytes at `at`. No other byte is read. */
static inline uint64_t number_load(const uint8_t *at, unsigned width, bool big) {
    switch (width) {
    case 1:
        return at[0];
    case 2:
        return number_load16(at, big);
    case 4:
        return number_load32(at, big);
    case 8:
        return number_load64(at, big);
    case 3:
        return big ? number_load16(at, true) << 8 | at[2]
                   : number_load16(at, false) | (uint64_t)at[2] << 16;
    default: {
        /* 5..7: two loads that overlap in the middle, where they agree */
        unsigned skip = width - 4;
        uint64_t front = number_load32(at, big);
        uint64_t back = number_load32(at + skip, big);
        return big ? front << 8 * skip | back : front | back << 8 * skip;
    }
    }
}

/* The unsigned number in the width (1..16) bytes at `at`. */
static inline uint128 number_load128(const uint8_t *at, unsigned width, bool big) {
    if (width <= 8) {
        return number_load(at, width, big);
    }
    unsigned rest = width - 8;
    if (big) {
        return (uint128)number_load(at, rest, true) << 64 | number_load64(at + rest, true);
    }
    return (uint128)number_load(at + 8, rest, false) << 64 | number_load64(at, false);
}

/* The two's complement number in the low bits (0..128) of v; what lies above them is passed over. */
static inline int128 number_sign(uint128 v, unsigned bits) {
    if (bits == 0) {
        return 0;
    }
    unsigned above = 128 - bits;
    return (int128)(v << above) >> above;
}

/* The signed number that an unsigned one stands for where 0, 1, 2, 3, 4 mean 0, -1, 1, -2, 2 (Protocol Buffers' sint). */
static inline int128 number_zigzag(uint128 v) {
    return (int128)(v >> 1 ^ -(v & 1));
}

/* Decimal digits, two a byte, in width (1..19) bytes at `at`. big: the first byte's digits are worth most; msb: a byte's
 * first digit, in that order, is its upper half. Returns -1, or the first half-byte met that is no digit. */
int number_bcd(const uint8_t *at, unsigned width, bool big, bool msb, uint128 *out);

/* Writes the low bits of v to 2, 4 or 8 bytes, in line. */
static inline void number_store16(uint8_t *at, bool big, uint64_t v) {
    uint16_t word = (uint16_t)v;
    word = big == NUMBER_HOST_BIG ? word : __builtin_bswap16(word);
    memcpy(at, &word, sizeof word);
}

static inline void number_store32(uint8_t *at, bool big, uint64_t v) {
    uint32_t word = (uint32_t)v;
    word = big == NUMBER_HOST_BIG ? word : __builtin_bswap32(word);
    memcpy(at, &word, sizeof word);
}

static inline void number_store64(uint8_t *at, bool big, uint64_t v) {
    uint64_t word = big == NUMBER_HOST_BIG ? v : __builtin_bswap64(v);
    memcpy(at, &word, sizeof word);
}

/* Writes the low 8 * width bits of v to the width (1..16) bytes at `at`. */
void number_store(uint8_t *at, unsigned width, bool big, uint128 v);

/* The unsigned number in n (0..128) bits from bit_off on, counted from `at`.
 *
 * msb: bit 0 is the top bit of the first byte, and earlier bits are worth more (as in network headers).
 * Otherwise: bit 0 is the low bit of the first byte, and later bits are worth more (as in deflate). Only bytes with
 * a bit of the number in them are read. */
uint128 number_bits(const uint8_t *at, uint64_t bit_off, unsigned n, bool msb);

/* IEEE 754 binary16 and bfloat16; both fit a double exactly. */
double number_half(uint16_t bits);
double number_bfloat(uint16_t bits);

/* The x87 80-bit extended number in 10 little-endian bytes (Intel SDM, volume 1, 4.2.2), rounded to the nearest double,
 * ties to even, out of range to infinity. The encodings that the 387 calls invalid (unnormals, pseudo-infinities) are
 * NaN, as for the processor. */
double number_float80(const uint8_t le[10]);

/* The other way: the nearest such number, ties to even; what is beyond the greatest one becomes infinity. NaN stays NaN,
 * with as much of its payload as there is room for. */
uint16_t number_to_half(double v);
uint16_t number_to_bfloat(double v);
void number_to_float80(double v, uint8_t le[10]); /* exact */

/* Writes v as number_bcd reads it, with zeros in front; false, and nothing written, when it has more than 2 * width
 * digits. */
bool number_to_bcd(uint8_t *at, unsigned width, bool big, bool msb, uint128 v);

/* Writes the low n (0..128) bits of v where number_bits reads them; no other bit is changed. */
void number_put_bits(uint8_t *at, uint64_t bit_off, unsigned n, bool msb, uint128 v);

/* Sum and product of sizes; false, and *out left alone, when they do not fit. */
static inline bool size_add(uint64_t a, uint64_t b, uint64_t *out) {
    uint64_t r;
    if (__builtin_add_overflow(a, b, &r)) {
        return false;
    }
    *out = r;
    return true;
}

static inline bool size_mul(uint64_t a, uint64_t b, uint64_t *out) {
    uint64_t r;
    if (__builtin_mul_overflow(a, b, &r)) {
        return false;
    }
    *out = r;
    return true;
}

#endif
