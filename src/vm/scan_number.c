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

void scan_test_range(struct scan_test *test, int128 low, int128 high, bool negated) {
    const struct scan_number *number = &test->number;
    unsigned bits = 8 * number->width;
    uint64_t mask = UINT64_MAX >> (64 - bits);
    int128 least = number->flip ? -((int128)1 << (bits - 1)) : 0;
    int128 most = least + (int128)mask;
    low = low < least ? least : low;
    high = high > most ? most : high;
    test->none = false;
    if (low > high) { /* no number is in it: all or none */
        test->none = !negated;
        test->low = 0;
        test->span = mask;
        return;
    }
    test->low = (uint64_t)low & mask;
    test->span = (uint64_t)(high - low);
    if (negated) { /* the others are a range, too, as stored numbers go round */
        test->none = test->span == mask;
        test->low = (test->low + test->span + 1) & mask;
        test->span = mask - test->span - 1;
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

/* Whether a stored number is in the range. */
__attribute__((always_inline)) static inline bool is_in(uint64_t v, uint64_t low, uint64_t span,
                                                        unsigned width) {
    switch (width) {
    case 1:
        return (uint8_t)(v - low) <= (uint8_t)span;
    case 2:
        return (uint16_t)(v - low) <= (uint16_t)span;
    case 4:
        return (uint32_t)(v - low) <= (uint32_t)span;
    default:
        return ((v - low) & UINT64_MAX >> (64 - 8 * width)) <= span;
    }
}

/* first: none has been tried before. The loops look at one element after the other, and have no copies of themselves: so the
 * processor foresees what is asked for next. */
__attribute__((always_inline)) static inline void narrow(const struct scan_test *test, bool first,
                                                         uint8_t *held, const uint8_t *at,
                                                         uint64_t stride, uint64_t n,
                                                         unsigned width, bool big) {
    uint64_t low = test->low, span = test->span;
    if (first) {
        for (uint64_t i = 0; i < n; i++) {
            held[i] = is_in(number_load(at + i * stride, width, big), low, span, width);
        }
        return;
    }
    for (uint64_t i = 0; i < n; i++) {
        held[i] &= is_in(number_load(at + i * stride, width, big), low, span, width);
    }
}

/* Puts them into an array of that type. held: NULL, in a loop of its own, for all. */
#define TAKE(type)                                                                                 \
    do {                                                                                           \
        type *to = out;                                                                            \
        if (!held) {                                                                               \
            for (uint64_t i = 0; i < n; i++) {                                                     \
                to[i] = (type)((number_load(at + i * stride, width, big) ^ flip) - flip);          \
            }                                                                                      \
            break;                                                                                 \
        }                                                                                          \
        for (uint64_t i = 0, k = 0; i < n; k += held[i++]) { /* who holds is hard to foresee */    \
            to[k] = (type)((number_load(at + i * stride, width, big) ^ flip) - flip);              \
        }                                                                                          \
    } while (false)

__attribute__((always_inline)) static inline void take(void *out, const uint8_t *held,
                                                       const uint8_t *at, uint64_t stride,
                                                       uint64_t n, uint64_t flip, unsigned width,
                                                       bool big) {
    if (width == 1) {
        TAKE(uint8_t);
    } else if (width == 2) {
        TAKE(uint16_t);
    } else if (width <= 4) {
        TAKE(uint32_t);
    } else {
        TAKE(uint64_t);
    }
}

__attribute__((always_inline)) static inline void take_wide(int64_t *out, const uint8_t *at,
                                                            uint64_t stride, uint64_t n,
                                                            uint64_t flip, unsigned width,
                                                            bool big) {
    for (uint64_t i = 0; i < n; i++) {
        out[i] = (int64_t)((number_load(at + i * stride, width, big) ^ flip) - flip);
    }
}

unsigned scan_number_room(const struct scan_number *number) {
    return number->real         ? sizeof(double)
           : number->width <= 2 ? number->width
           : number->width <= 4 ? 4
                                : 8;
}

static double real_of(uint64_t stored, unsigned width) {
    uint32_t half = (uint32_t)stored;
    float narrow_one;
    double wide_one;
    memcpy(&narrow_one, &half, sizeof narrow_one);
    memcpy(&wide_one, &stored, sizeof wide_one);
    return width == 4 ? (double)narrow_one : wide_one;
}

static void take_reals(const struct scan_number *number, const uint8_t *held, const uint8_t *at,
                       uint64_t stride, uint64_t n, uint64_t found, double out[SCAN_BLOCK]) {
    int64_t stored[SCAN_BLOCK];
    uint64_t k = 0;
    at += number->off;
    BY_WIDTH(number, take_wide, stored, at, stride, n, 0)
    for (uint64_t i = 0; i < n && k < found; i++) {
        out[k] = real_of((uint64_t)stored[i], number->width);
        k += !held || held[i];
    }
}

void scan_numbers(const struct scan_number *number, const uint8_t *held, const uint8_t *at,
                  uint64_t stride, uint64_t n, uint64_t found, uint64_t out[SCAN_BLOCK]) {
    if (number->real) {
        take_reals(number, held, at, stride, n, found, (double *)(void *)out);
        return;
    }
    at += number->off;
    BY_WIDTH(number, take, out, held, at, stride, n, number->flip)
}

void scan_lane(const struct scan_number *number, const uint8_t *at, uint64_t stride, uint64_t n,
               int64_t out[SCAN_BLOCK]) {
    at += number->off;
    BY_WIDTH(number, take_wide, out, at, stride, n, number->flip)
}

static void try_real(const struct scan_test *test, bool first, uint8_t *held, const uint8_t *at,
                     uint64_t stride, uint64_t n) {
    double v[SCAN_BLOCK], than = test->than;
    take_reals(&test->number, NULL, at, stride, n, n, v);
    for (uint64_t i = 0; i < n; i++) {
        bool less = v[i]<than, more = v[i]> than, same = v[i] == than;
        bool holds = test->op == OP_EQ   ? same
                     : test->op == OP_NE ? !same
                     : test->op == OP_LT ? less
                     : test->op == OP_GT ? more
                     : test->op == OP_LE ? less || same
                                         : more || same;
        held[i] = holds && (first || held[i]);
    }
}

void scan_test_try(const struct scan_test *test, bool first, uint8_t *held, const uint8_t *at,
                   uint64_t stride, uint64_t n) {
    if (test->number.real) {
        try_real(test, first, held, at, stride, n);
        return;
    }
    if (test->none) {
        memset(held, 0, n);
        return;
    }
    at += test->number.off;
    BY_WIDTH(&test->number, narrow, test, first, held, at, stride, n)
}
