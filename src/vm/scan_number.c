#include "config.h"

#include "vm/scan_number.h"

#include <string.h>

#include "base/number.h"

bool scan_number_set(struct scan_number *number, const struct program *program, uint32_t type,
                     int128 bit, int64_t size, struct vm_ambient ambient) {
    const struct program_type *t = &program->types.at[type];
    bool undecided = t->order == ORDER_AMBIENT && t->bits > 8 &&
                     ambient.endian == ORDER_UNDECIDED; /* whoever reads it faults */
    bool whole = t->kind == TYPE_INT && t->bits <= 64;
    bool real = t->kind == TYPE_FLOAT && !t->bfloat && (t->bits == 32 || t->bits == 64);
    if (undecided || !(whole || real) || t->packed || t->bits == 0 || t->bits % 8 != 0 || bit < 0 ||
        bit % 8 != 0 || bit > size - t->bits) {
        return false;
    }
    *number = (struct scan_number){.type = type,
                                   .off = (uint64_t)bit / 8,
                                   .width = t->bits / 8u,
                                   .big = vm_big_endian(t, ambient),
                                   .real = real,
                                   .flip = t->is_signed ? (uint64_t)1 << (t->bits - 1) : 0};
    return true;
}

void scan_test_range(struct scan_test *test, int128 low, int128 high) {
    const struct scan_number *number = &test->number;
    unsigned bits = 8 * number->width;
    int128 least = number->flip ? -((int128)1 << (bits - 1)) : 0;
    int128 most = least + (((int128)1 << bits) - 1);
    low = low < least ? least : low;
    high = high > most ? most : high;
    test->low = (uint64_t)(low - least);
    test->span = (uint64_t)(high - low);
    if (low > high) { /* no number is in it */
        test->negated = !test->negated;
        test->low = 0;
        test->span = UINT64_MAX;
    }
}

/* Calls run(…, width, big) with constants for the usual ones: one loop for each. */
#define BY_WIDTH(number, run, ...)                                                                 \
    switch ((number)->big ? -(int)(number)->width : (int)(number)->width) {                        \
    case 1:                                                                                        \
    case -1:                                                                                       \
        run(__VA_ARGS__, 1, false);                                                                \
        break;                                                                                     \
    case 2:                                                                                        \
        run(__VA_ARGS__, 2, false);                                                                \
        break;                                                                                     \
    case -2:                                                                                       \
        run(__VA_ARGS__, 2, true);                                                                 \
        break;                                                                                     \
    case 4:                                                                                        \
        run(__VA_ARGS__, 4, false);                                                                \
        break;                                                                                     \
    case -4:                                                                                       \
        run(__VA_ARGS__, 4, true);                                                                 \
        break;                                                                                     \
    case 8:                                                                                        \
        run(__VA_ARGS__, 8, false);                                                                \
        break;                                                                                     \
    default:                                                                                       \
        run(__VA_ARGS__, (number)->width, (number)->big);                                          \
        break;                                                                                     \
    }

__attribute__((always_inline)) static inline void narrow(const struct scan_test *test,
                                                         uint8_t *held, const uint8_t *at,
                                                         uint64_t stride, uint64_t n,
                                                         unsigned width, bool big) {
    uint64_t flip = test->number.flip, low = test->low, span = test->span;
    bool negated = test->negated;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t v = number_load(at + i * stride, width, big) ^ flip;
        held[i] &= (v - low <= span) != negated;
    }
}

/* held: NULL, in a loop of its own, for all. */
__attribute__((always_inline)) static inline void take(uint64_t *out, const uint8_t *held,
                                                       const uint8_t *at, uint64_t stride,
                                                       uint64_t n, uint64_t flip, unsigned width,
                                                       bool big) {
    uint64_t k = 0;
    if (!held) {
        for (uint64_t i = 0; i < n; i++) {
            out[i] = number_load(at + i * stride, width, big) ^ flip;
        }
        return;
    }
    for (uint64_t i = 0; i < n; i++) { /* without a jump: who holds is hard to foresee */
        out[k] = number_load(at + i * stride, width, big) ^ flip;
        k += held[i];
    }
}

void scan_integers(const struct scan_number *number, const uint8_t *held, const uint8_t *at,
                   uint64_t stride, uint64_t n, uint64_t out[SCAN_BLOCK]) {
    at += number->off;
    BY_WIDTH(number, take, out, held, at, stride, n, number->flip)
}

void scan_reals(const struct scan_number *number, const uint8_t *held, const uint8_t *at,
                uint64_t stride, uint64_t n, uint64_t found, double out[SCAN_BLOCK]) {
    uint64_t stored[SCAN_BLOCK];
    at += number->off;
    BY_WIDTH(number, take, stored, held, at, stride, n, 0)
    for (uint64_t i = 0; i < found; i++) {
        uint32_t narrow_bits = (uint32_t)stored[i];
        float narrow_one;
        memcpy(&narrow_one, &narrow_bits, sizeof narrow_one);
        if (number->width == 4) {
            out[i] = (double)narrow_one;
        } else {
            memcpy(&out[i], &stored[i], sizeof *out);
        }
    }
}

static void try_real(const struct scan_test *test, uint8_t *held, const uint8_t *at,
                     uint64_t stride, uint64_t n) {
    double v[SCAN_BLOCK], than = test->than;
    scan_reals(&test->number, NULL, at, stride, n, n, v);
    for (uint64_t i = 0; i < n; i++) {
        bool less = v[i]<than, more = v[i]> than, same = v[i] == than;
        held[i] &= test->op == OP_EQ   ? same
                   : test->op == OP_NE ? !same
                   : test->op == OP_LT ? less
                   : test->op == OP_GT ? more
                   : test->op == OP_LE ? less || same
                                       : more || same;
    }
}

void scan_test_try(const struct scan_test *test, uint8_t *held, const uint8_t *at, uint64_t stride,
                   uint64_t n) {
    if (test->number.real) {
        try_real(test, held, at, stride, n);
        return;
    }
    at += test->number.off;
    BY_WIDTH(&test->number, narrow, test, held, at, stride, n)
}
