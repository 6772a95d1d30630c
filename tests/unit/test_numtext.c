#include "config.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/int128.h"
#include "base/numtext.h"
#include "check.h"

static const char *text_uint(uint64_t v) {
    static char text[NUMTEXT_MAX + 1];
    *numtext_uint(text, v) = '\0';
    return text;
}

static const char *text_int(int64_t v) {
    static char text[NUMTEXT_MAX + 1];
    *numtext_int(text, v) = '\0';
    return text;
}

static const char *text_hex(uint64_t v, unsigned min_digits) {
    static char text[NUMTEXT_MAX + 1];
    *numtext_hex(text, v, min_digits) = '\0';
    return text;
}

static const char *text_double(double v) {
    static char text[NUMTEXT_MAX + 1];
    *numtext_double(text, v) = '\0';
    return text;
}

static const char *text_float(float v) {
    static char text[NUMTEXT_MAX + 1];
    *numtext_float(text, v) = '\0';
    return text;
}

/* xorshift64 (Marsaglia 2003): the same numbers in every run. */
static uint64_t random_next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void test_integers(void) {
    CHECK_TEXT(text_uint(0), "0");
    CHECK_TEXT(text_uint(UINT64_MAX), "18446744073709551615");
    CHECK_TEXT(text_int(INT64_MIN), "-9223372036854775808");
    CHECK_TEXT(text_int(INT64_MAX), "9223372036854775807");
    CHECK_TEXT(text_int(-1), "-1");
    CHECK_TEXT(text_hex(0, 0), "0");
    CHECK_TEXT(text_hex(0, 4), "0000");
    CHECK_TEXT(text_hex(0xabc, 2), "abc");
    CHECK_TEXT(text_hex(0xabc, 8), "00000abc");
    CHECK_TEXT(text_hex(UINT64_MAX, 0), "ffffffffffffffff");
    CHECK_TEXT(text_hex(1, 99), "0000000000000001");
    /* every number of digits from both sides, against printf */
    char want[64];
    for (uint64_t power = 1;; power *= 10) {
        for (uint64_t v = power - 1; v != power + 2; v++) {
            snprintf(want, sizeof want, "%llu", (unsigned long long)v);
            CHECK_TEXT(text_uint(v), want);
        }
        if (power > UINT64_MAX / 10) {
            break;
        }
    }
    uint64_t state = 1;
    uint32_t wrong = 0;
    for (int i = 0; i < 200000; i++) {
        uint64_t v = random_next(&state) >> (i % 64);
        snprintf(want, sizeof want, "%llu", (unsigned long long)v);
        wrong += strcmp(text_uint(v), want) != 0;
        snprintf(want, sizeof want, "%lld", (long long)v);
        wrong += strcmp(text_int((int64_t)v), want) != 0;
        snprintf(want, sizeof want, "%0*llx", i % 17, (unsigned long long)v);
        wrong += strcmp(text_hex(v, (unsigned)i % 17), want) != 0;
    }
    CHECK_INT(wrong, 0);
}

/* Literals from Python's repr. */
static void test_double_known(void) {
    CHECK_TEXT(text_double(0.0), "0.0");
    CHECK_TEXT(text_double(-0.0), "-0.0");
    CHECK_TEXT(text_double(1.5), "1.5");
    CHECK_TEXT(text_double(-100.0), "-100.0");
    CHECK_TEXT(text_double(0.1), "0.1");
    CHECK_TEXT(text_double(0.1 + 0.2), "0.30000000000000004");
    CHECK_TEXT(text_double(1.0 / 3), "0.3333333333333333");
    CHECK_TEXT(text_double(12.05), "12.05");
    CHECK_TEXT(text_double(1234.007), "1234.007");
    CHECK_TEXT(text_double(0.001), "0.001");
    CHECK_TEXT(text_double(0.0001), "0.0001");
    CHECK_TEXT(text_double(0.00012345), "0.00012345");
    CHECK_TEXT(text_double(0.00001), "1e-05");
    CHECK_TEXT(text_double(1.23e-05), "1.23e-05");
    CHECK_TEXT(text_double(1e15), "1000000000000000.0");
    CHECK_TEXT(text_double(9007199254740991.0), "9007199254740991.0");
    CHECK_TEXT(text_double(9007199254740992.0), "9007199254740992.0");
    CHECK_TEXT(text_double(9999999999999998.0), "9999999999999998.0");
    CHECK_TEXT(text_double(1e16), "1e+16");
    CHECK_TEXT(text_double(123456789012345678.0), "1.2345678901234568e+17");
    CHECK_TEXT(text_double(1e22), "1e+22");
    CHECK_TEXT(text_double(1e23), "1e+23");
    CHECK_TEXT(text_double(9.5e-100), "9.5e-100");
    CHECK_TEXT(text_double(5e-324), "5e-324");
    CHECK_TEXT(text_double(1.5e-323), "1.5e-323");
    CHECK_TEXT(text_double(2.2250738585072014e-308), "2.2250738585072014e-308");
    CHECK_TEXT(text_double(-1.7976931348623157e308), "-1.7976931348623157e+308");
    CHECK_TEXT(text_double(2e-44), "2e-44");
    CHECK_TEXT(text_double(9.007199254740993e22), "9.007199254740994e+22");
    CHECK_TEXT(text_double((double)NAN), "NaN");
    CHECK_TEXT(text_double(-(double)NAN), "NaN");
    CHECK_TEXT(text_double((double)INFINITY), "Infinity");
    CHECK_TEXT(text_double(-(double)INFINITY), "-Infinity");
}

/* Literals from Python: the shortest '%.{n}g' that struct.pack('<f') makes the same bytes of, laid out as repr does. */
static void test_float_known(void) {
    CHECK_TEXT(text_float(0.0f), "0.0");
    CHECK_TEXT(text_float(-0.0f), "-0.0");
    CHECK_TEXT(text_float(0.1f), "0.1");
    CHECK_TEXT(text_float(-2.5f), "-2.5");
    CHECK_TEXT(text_float(1.0f / 3), "0.33333334");
    CHECK_TEXT(text_float(3.14159274f), "3.1415927");
    CHECK_TEXT(text_float(16777216.0f), "16777216.0");
    CHECK_TEXT(text_float(1073741824.0f), "1073741800.0");
    CHECK_TEXT(text_float(1e16f), "1e+16");
    CHECK_TEXT(text_float(1e-5f), "1e-05");
    CHECK_TEXT(text_float(FLT_MAX), "3.4028235e+38");
    CHECK_TEXT(text_float(FLT_MIN), "1.1754944e-38");
    CHECK_TEXT(text_float(1.4e-45f), "1e-45");
    CHECK_TEXT(text_float((float)NAN), "NaN");
    CHECK_TEXT(text_float((float)INFINITY), "Infinity");
    CHECK_TEXT(text_float(-(float)INFINITY), "-Infinity");
}

/* The significant digits of a text, and the power of ten of the first; 0 and nothing for a zero. */
static int digits_of(const char *text, char *digits) {
    int exponent = 0;
    size_t n = 0;
    bool point = false;
    for (; *text && *text != 'e'; text++) {
        if (*text == '.') {
            point = true;
        } else if (*text != '-') {
            if (n > 0 || *text != '0') {
                digits[n++] = *text;
                exponent += !point;
            } else {
                exponent -= point;
            }
        }
    }
    while (n > 0 && digits[n - 1] == '0') {
        n--;
    }
    digits[n] = '\0';
    return n > 0 ? exponent - 1 + (*text ? atoi(text + 1) : 0) : 0;
}

/* Whether the C library agrees, whose printf and strtod round correctly: the least precision of
 * printf that reads back has the same digits. From the number of digits on that every decimal keeps
 * through the format, which are 15 and 6 but for subnormals, that is a matter of a few tries: below
 * it zeros follow. Where a power of two has a shorter decimal in its lopsided interval that is not
 * the nearest of its length, printf does not find that: fewer digits are right, too. */
static bool is_shortest(const char *text, double v, bool is_float) {
    char want[64];
    char got_digits[64];
    char want_digits[64];
    bool subnormal = fabs(v) < (is_float ? (double)FLT_MIN : DBL_MIN);
    int most = is_float ? 9 : 17;
    for (int n = subnormal ? 1 : is_float ? 6 : 15; n <= most; n++) {
        snprintf(want, sizeof want, "%.*e", n - 1, v);
        if (is_float ? (double)strtof(want, NULL) == v : strtod(want, NULL) == v) {
            break;
        }
    }
    int got_exponent = digits_of(text, got_digits);
    int want_exponent = digits_of(want, want_digits);
    int binary;
    bool power = fabs(frexp(v, &binary)) == 0.5;
    return got_exponent == want_exponent && (strcmp(got_digits, want_digits) == 0 ||
                                             (power && strlen(got_digits) < strlen(want_digits)));
}

static uint32_t check_double(double v) {
    const char *text = text_double(v);
    if (strtod(text, NULL) == v && is_shortest(text, v, false)) {
        return 0;
    }
    fprintf(stderr, "%.17g: %s\n", v, text);
    return 1;
}

static uint32_t check_float(float v) {
    const char *text = text_float(v);
    if (strtof(text, NULL) == v && is_shortest(text, (double)v, true)) {
        return 0;
    }
    fprintf(stderr, "%.9g: %s\n", (double)v, text);
    return 1;
}

#define RANDOM_TRIES 400000

static void test_double_bits(void) {
    uint64_t state = 2;
    uint32_t wrong = 0;
    for (int i = 0; i < RANDOM_TRIES; i++) {
        uint64_t bits = random_next(&state);
        double v;
        memcpy(&v, &bits, sizeof v);
        wrong += isfinite(v) ? check_double(v) : 0;
    }
    CHECK_INT(wrong, 0);
}

static void test_double_fractions(void) {
    uint64_t state = 3;
    uint32_t wrong = 0;
    for (int i = 0; i < RANDOM_TRIES; i++) {
        uint64_t r = random_next(&state);
        wrong += check_double((double)(r >> 11) * 0x1p-53);
        wrong += check_double((double)(r >> (i % 40 + 24)) / 1000);
        wrong += check_double((double)(r >> (i % 40 + 24)) / 1e7);
    }
    CHECK_INT(wrong, 0);
}

static void test_double_whole(void) {
    uint64_t state = 4;
    uint32_t wrong = 0;
    for (int i = 0; i < RANDOM_TRIES; i++) {
        wrong += check_double((double)(int64_t)random_next(&state) * (i % 2 ? 1 : 0x1p-9));
    }
    CHECK_INT(wrong, 0);
}

/* Powers of two, where the lower neighbour is closer, powers of ten, and the neighbours of both. */
static void test_double_edges(void) {
    uint32_t wrong = 0;
    for (int e = -1074; e <= 1023; e++) {
        double v = ldexp(1.0, e);
        wrong += check_double(v) + check_double(nextafter(v, 0.0));
        wrong += e < 1023 ? check_double(nextafter(v, (double)INFINITY)) : 0;
    }
    for (int e = -323; e <= 308; e++) {
        char text[16];
        snprintf(text, sizeof text, "1e%d", e);
        double v = strtod(text, NULL);
        wrong += check_double(v) + check_double(nextafter(v, 0.0));
        wrong += check_double(nextafter(v, (double)INFINITY));
    }
    CHECK_INT(wrong, 0);
}

static void test_float_random(void) {
    uint64_t state = 5;
    uint32_t wrong = 0;
    for (int i = 0; i < RANDOM_TRIES; i++) {
        uint64_t r = random_next(&state);
        uint32_t bits = (uint32_t)(r >> 32);
        float v;
        memcpy(&v, &bits, sizeof v);
        wrong += isfinite(v) ? check_float(v) : 0;
        wrong += check_float((float)(r >> 40) * 0x1p-24f);
        wrong += check_float((float)(r >> (i % 24 + 40)) / 1000);
    }
    for (int e = -149; e <= 127; e++) {
        float v = ldexpf(1.0f, e);
        wrong += check_float(v) + check_float(nextafterf(v, 0.0f));
        wrong += e < 127 ? check_float(nextafterf(v, INFINITY)) : 0;
    }
    CHECK_INT(wrong, 0);
}

/* A natural number of up to 64 * WORDS bits, its low word first. */
#define WORDS 20

static void big_times_ten(uint64_t *big) {
    uint64_t carry = 0;
    for (int i = 0; i < WORDS; i++) {
        uint128 product = (uint128)big[i] * 10 + carry;
        big[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
    CHECK_INT(carry, 0);
}

static int big_size(const uint64_t *big) {
    int i = WORDS - 1;
    while (i > 0 && big[i] == 0) {
        i--;
    }
    return 64 * i + 64 - __builtin_clzll(big[i]);
}

/* Twice big, less by when that leaves something: one step of a long division; the bit of the quotient. */
static bool big_divide_step(uint64_t *big, const uint64_t *by) {
    uint64_t reduced[WORDS];
    uint64_t carry = 0;
    uint64_t borrow = 0;
    for (int i = 0; i < WORDS; i++) {
        uint64_t doubled = big[i] << 1 | carry;
        carry = big[i] >> 63;
        big[i] = doubled;
        uint128 rest = (uint128)doubled - by[i] - borrow;
        reduced[i] = (uint64_t)rest;
        borrow = (uint64_t)(rest >> 64) & 1;
    }
    if (borrow == 0) {
        memcpy(big, reduced, sizeof reduced);
    }
    return borrow == 0;
}

static const uint64_t pow10_table[][2] = {
#define NUMTEXT_POW10(high, low) {high, low},
#include "base/numtext_pow10.def"
#undef NUMTEXT_POW10
};

#define POW10_ZERO 292 /* the line of 10^0 */

/* The table again, by multiplication with ten and long division bit by bit. */
static void test_pow10_table(void) {
    uint32_t wrong = 0;
    uint64_t power[WORDS] = {1};
    CHECK_INT(sizeof pow10_table / sizeof *pow10_table, POW10_ZERO + 1 + 324);
    for (int k = 0; k <= 324; k++) {
        int size = big_size(power);
        uint128 up = 0; /* the top 128 bits of 10^k, and whether anything is below them */
        bool below = false;
        for (int bit = 0; bit < size; bit++) {
            uint64_t one = power[bit / 64] >> bit % 64 & 1;
            int place = bit - (size - 128);
            up |= place >= 0 ? (uint128)one << place : 0;
            below = below || (place < 0 && one);
        }
        up += below;
        const uint64_t *line = pow10_table[POW10_ZERO + k];
        wrong += line[0] != (uint64_t)(up >> 64) || line[1] != (uint64_t)up;
        if (k > 0 && k <= POW10_ZERO) {
            /* 2^(size - 1) / 10^k is below 1 and at least 1/2: its first 128 bits, rounded up (it is never whole) */
            uint64_t rest[WORDS] = {0};
            rest[(size - 1) / 64] = UINT64_C(1) << (size - 1) % 64;
            uint128 down = 0;
            for (int bit = 0; bit < 128; bit++) {
                down = down << 1 | big_divide_step(rest, power);
            }
            down += 1;
            line = pow10_table[POW10_ZERO - k];
            wrong += line[0] != (uint64_t)(down >> 64) || line[1] != (uint64_t)down;
        }
        big_times_ten(power);
    }
    CHECK_INT(wrong, 0);
}

CHECK_MAIN("numtext", {"integers", test_integers}, {"known doubles", test_double_known},
           {"known floats", test_float_known}, {"doubles of random bits", test_double_bits},
           {"fractions", test_double_fractions}, {"whole numbers", test_double_whole},
           {"powers and their neighbours", test_double_edges}, {"random floats", test_float_random},
           {"table of powers", test_pow10_table})
