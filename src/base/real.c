#include "config.h"

#include "base/real.h"

#include <stdint.h>
#include <string.h>

#include "base/int128.h"

/* Binary64 (IEEE 754): a sign, 11 bits of exponent, 52 of fraction. */
#define SIGN          (UINT64_C(1) << 63)
#define ONE           (UINT64_C(1) << 52) /* in front of the fraction, where the exponent is not 0 */
#define EXPONENT      0x7ff
#define EXPONENT_BIAS 1023

static uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double of_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* x, not negative, is *fraction * 2^(what is returned - 1075). */
static unsigned take_apart(uint64_t x, uint64_t *fraction) {
    unsigned exponent = (unsigned)(x >> 52);
    *fraction = (x & (ONE - 1)) | (exponent ? ONE : 0);
    return exponent ? exponent : 1;
}

/* As in long division, 64 digits at a time: a = r * 2^shift in units of b's last place. */
double real_rem(double a, double b) {
    uint64_t sign = bits_of(a) & SIGN, x = bits_of(a) & ~SIGN, y = bits_of(b) & ~SIGN;
    if (y == 0 || x >> 52 == EXPONENT || y > (uint64_t)EXPONENT << 52) {
        return a * b / (a * b);
    }
    if (x < y) {
        return a;
    }
    uint64_t r, divisor;
    unsigned shift = take_apart(x, &r), exponent = take_apart(y, &divisor);
    r %= divisor;
    for (shift -= exponent; shift > 0 && r > 0;) {
        unsigned step = shift < 64 ? shift : 64;
        r = (uint64_t)(((uint128)r << step) % divisor);
        shift -= step;
    }
    for (; r > 0 && r < ONE && exponent > 1; exponent--) {
        r <<= 1;
    }
    return of_bits(sign | (r < ONE ? r : ((uint64_t)exponent << 52) + (r - ONE)));
}

/* x is 2^exponent * m, m about 1, and ln m is 2 artanh((m - 1) / (m + 1)), of which the series ends with s^23 / 23: |s| is less
 * than 0.172, and what is left below 2^-60. */
double real_log2(double x) {
    const double log2_e = 0x1.71547652b82fep+0;
    uint64_t bits = bits_of(x);
    int exponent = (int)(bits >> 52) - EXPONENT_BIAS;
    double m = of_bits((bits & (ONE - 1)) | (uint64_t)EXPONENT_BIAS << 52);
    if (m > 0x1.6a09e667f3bcdp+0) { /* the root of 2 */
        m /= 2;
        exponent++;
    }
    double s = (m - 1) / (m + 1), sum = 0;
    for (int i = 23; i > 0; i -= 2) {
        sum = sum * s * s + 1.0 / i;
    }
    return exponent + 2 * s * sum * log2_e;
}
