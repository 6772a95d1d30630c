/* Shortest text of binary floating point: Raffaello Giulietti, "The Schubfach way to render
 * doubles" (2020).
 *
 * A number v = c * 2^q lies in the interval of the reals that round to it. Of the decimals d * 10^k
 * for the one k where the interval holds at least one and at most ten or so of them, the nearest to
 * v is taken, unless one of the two with one digit fewer is inside, too. All is computed on 4 * v *
 * 10^-k as integers, with a sticky bit for what is cut off. */
#include "config.h"

#include "base/numtext.h"

#include <stdbool.h>
#include <string.h>

#include "base/int128.h"

#define NUMTEXT_POW10_MIN (-292)
#define NUMTEXT_POW10_MAX 324

struct numtext_pow10 {
    uint64_t high;
    uint64_t low;
};

static const struct numtext_pow10 numtext_pow10[] = {
#define NUMTEXT_POW10(high, low) {high, low},
#include "base/numtext_pow10.def"
#undef NUMTEXT_POW10
};

_Static_assert(sizeof numtext_pow10 / sizeof *numtext_pow10 ==
                   NUMTEXT_POW10_MAX - NUMTEXT_POW10_MIN + 1,
               "one line for each power");

/* digits * 10^exponent */
struct numtext_decimal {
    uint64_t digits;
    int exponent;
};

/* floor(log10(2^q)), or floor(log10(3/4 * 2^q)) when the lower neighbour is closer; exact for |q| <= 1500. */
static int numtext_log10(int q, bool closer) {
    return (q * 1262611 - (closer ? 524031 : 0)) >> 22;
}

/* floor(log2(10^k)), exact for |k| <= 1233. */
static int numtext_log2(int k) {
    return (k * 1741647) >> 19;
}

/* g * c / 2^128, its last bit set when that is not whole (rounding to odd, as the paper calls it). The table's numbers
 * are rounded up, so a fraction that is no more than that shows as 1 at most. */
static uint64_t numtext_scale(struct numtext_pow10 g, uint64_t c) {
    uint64_t carried = (uint64_t)((uint128)g.low * c >> 64);
    uint128 product = (uint128)g.high * c + carried;
    return (uint64_t)(product >> 64) | ((uint64_t)product > 1);
}

/* The shortest decimal of c * 2^q, c > 0; closer: the number below is half as far away as the one above, which is so
 * for the least c of a binade. c < 2^53 and -1074 <= q <= 971, so it does for both formats. */
static struct numtext_decimal numtext_shortest(uint64_t c, int q, bool closer) {
    uint64_t odd = c & 1; /* the ends of the interval round to v only when c is even */
    int k = numtext_log10(q, closer);
    int h = q + numtext_log2(-k) + 1;
    struct numtext_pow10 g = numtext_pow10[-k - NUMTEXT_POW10_MIN];
    uint64_t middle = numtext_scale(g, 4 * c << h);
    uint64_t lower = numtext_scale(g, (4 * c - (closer ? 1 : 2)) << h) + odd;
    uint64_t upper = numtext_scale(g, (4 * c + 2) << h) - odd;
    uint64_t s = middle / 4;
    if (s >= 10) {
        uint64_t tens = s / 10;
        bool below_in = lower <= 40 * tens;
        bool above_in = 40 * tens + 40 <= upper;
        if (below_in != above_in) {
            return (struct numtext_decimal){tens + above_in, k + 1};
        }
    }
    bool below_in = lower <= 4 * s;
    bool above_in = 4 * s + 4 <= upper;
    if (below_in != above_in) {
        return (struct numtext_decimal){s + above_in, k};
    }
    uint64_t half = 4 * s + 2;
    bool up = middle > half || (middle == half && (s & 1));
    return (struct numtext_decimal){s + up, k};
}

/* "d.ddde+xx" of n digits, of which the first is worth 10^exponent. */
static char *numtext_scientific(char *out, const char *digits, unsigned n, int exponent) {
    *out++ = digits[0];
    if (n > 1) {
        *out++ = '.';
        memcpy(out, digits + 1, n - 1);
        out += n - 1;
    }
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    unsigned size = (unsigned)(exponent < 0 ? -exponent : exponent);
    if (size < 10) {
        *out++ = '0';
    }
    return numtext_uint(out, size);
}

static char *numtext_decimal(char *out, struct numtext_decimal decimal) {
    char digits[NUMTEXT_MAX];
    unsigned n = (unsigned)(numtext_uint(digits, decimal.digits) - digits);
    int exponent = decimal.exponent + (int)n - 1;
    while (n > 1 && digits[n - 1] == '0') {
        n--;
    }
    if (exponent < -4 || exponent >= 16) {
        return numtext_scientific(out, digits, n, exponent);
    }
    if (exponent < 0) {
        /* 0.000ddd */
        memcpy(out, "0.0000", 6);
        out += 1 - exponent;
        memcpy(out, digits, n);
        return out + n;
    }
    unsigned whole = (unsigned)exponent + 1;
    if (n <= whole) {
        /* ddd000.0 */
        memcpy(out, digits, n);
        memset(out + n, '0', whole - n);
        memcpy(out + whole, ".0", 2);
        return out + whole + 2;
    }
    memcpy(out, digits, whole);
    out[whole] = '.';
    memcpy(out + whole + 1, digits + whole, n - whole);
    return out + n + 1;
}

/* The text of thousands / 1000. */
static char *numtext_thousandths(char *out, uint64_t thousands) {
    unsigned rest = (unsigned)(thousands % 1000);
    out = numtext_uint(out, thousands / 1000);
    *out++ = '.';
    *out++ = (char)('0' + rest / 100);
    if (rest % 100 != 0) {
        *out++ = (char)('0' + rest / 10 % 10);
        if (rest % 10 != 0) {
            *out++ = (char)('0' + rest % 10);
        }
    }
    return out;
}

static char *numtext_special(char *out, bool is_nan) {
    const char *text = is_nan ? "NaN" : "Infinity";
    size_t len = strlen(text);
    memcpy(out, text, len);
    return out + len;
}

char *numtext_double(char *out, double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    int exponent = (int)(bits >> 52 & 0x7ff);
    if (exponent == 0x7ff && fraction) {
        return numtext_special(out, true);
    }
    if (bits >> 63) {
        *out++ = '-';
        v = -v;
    }
    if (exponent == 0x7ff) {
        return numtext_special(out, false);
    }
    if (v < 0x1p53 && v == (double)(int64_t)v) {
        out = numtext_uint(out, (uint64_t)v);
        memcpy(out, ".0", 2);
        return out + 2;
    }
    /* Decimals of up to 15 digits are all different doubles, so one that reads back as v is the shortest. */
    if (v < 1e12) {
        uint64_t thousands = (uint64_t)(v * 1000 + 0.5);
        if (thousands > 0 && (double)thousands / 1000 == v) {
            return numtext_thousandths(out, thousands);
        }
    }
    bool normal = exponent > 0;
    uint64_t c = normal ? fraction | UINT64_C(1) << 52 : fraction;
    int q = (normal ? exponent : 1) - 1075;
    return numtext_decimal(out, numtext_shortest(c, q, fraction == 0 && exponent > 1));
}

char *numtext_float(char *out, float v) {
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    uint32_t fraction = bits & ((UINT32_C(1) << 23) - 1);
    int exponent = (int)(bits >> 23 & 0xff);
    if (exponent == 0xff && fraction) {
        return numtext_special(out, true);
    }
    if (bits >> 31) {
        *out++ = '-';
        v = -v;
    }
    if (exponent == 0xff) {
        return numtext_special(out, false);
    }
    if (v < 0x1p24f && v == (float)(int32_t)v) {
        out = numtext_uint(out, (uint32_t)v);
        memcpy(out, ".0", 2);
        return out + 2;
    }
    /* As above: decimals of up to 6 digits are all different binary32 numbers. */
    if (v < 1e3f) {
        uint32_t thousands = (uint32_t)(v * 1000 + 0.5f);
        if (thousands > 0 && (float)thousands / 1000 == v) {
            return numtext_thousandths(out, thousands);
        }
    }
    bool normal = exponent > 0;
    uint32_t c = normal ? fraction | UINT32_C(1) << 23 : fraction;
    int q = (normal ? exponent : 1) - 150;
    return numtext_decimal(out, numtext_shortest(c, q, fraction == 0 && exponent > 1));
}
