#include "config.h"

#include "base/crc_fold.h"

/* Folding (Gopal and others, "Fast CRC computation for generic polynomials using PCLMULQDQ instruction", Intel, 2009): sixteen bytes
 * are a polynomial H * x^64 + L. With n more bits behind them they count as much as H * (x^(n+64) mod P) + L * (x^n mod P) does
 * there: two products without carries, which are added to the sixteen bytes that are there. At last sixteen are left, whose CRC is
 * that of all.
 *
 * P is taken as one of degree 64, times a power of x, as the register of crc.c has it; so any width is handled alike. Where
 * bytes are taken from their lowest bit, products come out multiplied by x, and the powers are by one smaller. */

#if defined __x86_64__ && defined __GNUC__

#include <cpuid.h>
#include <immintrin.h>

#define TARGET __attribute__((target("pclmul,ssse3")))

/* Asked of the processor itself: __builtin_cpu_supports has a constructor ask it for all it knows, at each start of the
 * program. In a virtual machine that takes as long as 200,000 instructions. */
bool crc_fold_works(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_PCLMUL) && (c & bit_SSSE3);
}

/* The sixteen bytes as a polynomial, and back. */
TARGET static __m128i turned(__m128i bytes, bool reflect) {
    const __m128i back = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return reflect ? bytes : _mm_shuffle_epi8(bytes, back);
}

TARGET static __m128i load(const uint8_t *at, bool reflect) {
    return turned(_mm_loadu_si128((const __m128i *)(const void *)at), reflect);
}

/* H stands in the low half where bytes are taken from their lowest bit, else in the high one. */
TARGET static __m128i halves(uint64_t high, uint64_t low, bool reflect) {
    return reflect ? _mm_set_epi64x((int64_t)low, (int64_t)high)
                   : _mm_set_epi64x((int64_t)high, (int64_t)low);
}

TARGET static __m128i fold(__m128i from, __m128i powers, __m128i onto) {
    __m128i low = _mm_clmulepi64_si128(from, powers, 0x00);
    __m128i high = _mm_clmulepi64_si128(from, powers, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), onto);
}

TARGET struct bytes crc_fold(const struct crc_folds *folds, uint64_t reg, struct bytes data,
                             uint8_t out[16]) {
    const uint8_t *p = data.at, *end = p + data.len;
    bool reflect = folds->reflect;
    __m128i far = halves(folds->far[0], folds->far[1], reflect);
    __m128i near = halves(folds->near[0], folds->near[1], reflect);
    __m128i a = _mm_xor_si128(load(p, reflect), halves(reg, 0, reflect));
    __m128i b = load(p + 16, reflect), c = load(p + 32, reflect), d = load(p + 48, reflect);
    for (p += 64; end - p >= 64; p += 64) {
        a = fold(a, far, load(p, reflect));
        b = fold(b, far, load(p + 16, reflect));
        c = fold(c, far, load(p + 32, reflect));
        d = fold(d, far, load(p + 48, reflect));
    }
    a = fold(fold(fold(a, near, b), near, c), near, d);
    for (; end - p >= 16; p += 16) {
        a = fold(a, near, load(p, reflect));
    }
    _mm_storeu_si128((__m128i *)(void *)out, turned(a, reflect));
    return bytes_of(p, (size_t)(end - p));
}

#else

bool crc_fold_works(void) {
    return false;
}

struct bytes crc_fold(const struct crc_folds *folds, uint64_t reg, struct bytes data,
                      uint8_t out[16]) {
    (void)folds;
    (void)reg;
    (void)out;
    return data; /* nobody asks */
}

#endif
