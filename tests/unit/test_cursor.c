#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "base/int128.h"
#include "check.h"
#include "io/cursor.h"

/* Expected values were made with Python: int.from_bytes, struct.pack and its integers. */

#define OF(literal) cursor_of((const uint8_t *)(literal), sizeof(literal) - 1)

/* Compares 128-bit values in halves, so that both are printed. */
static void check_wide(int line, uint128 got, uint128 want) {
    check_int(__FILE__, line, (long long)(uint64_t)(got >> 64), (long long)(uint64_t)(want >> 64));
    check_int(__FILE__, line, (long long)(uint64_t)got, (long long)(uint64_t)want);
}
#define CHECK_WIDE(got, want) check_wide(__LINE__, (uint128)(got), (uint128)(want))

static void check_fault(int line, struct cursor_fault got, struct cursor_fault want) {
    check_int(__FILE__, line, got.trouble, want.trouble);
    check_int(__FILE__, line, (long long)got.off, (long long)want.off);
    check_int(__FILE__, line, (long long)got.wanted, (long long)want.wanted);
    check_int(__FILE__, line, (long long)got.there, (long long)want.there);
}
#define CHECK_FAULT(got, ...) check_fault(__LINE__, (got), (struct cursor_fault){__VA_ARGS__})

static uint128 wide(uint64_t high, uint64_t low) {
    return (uint128)high << 64 | low;
}

static void test_places(void) {
    struct cursor c = OF("0123456789");
    struct cursor_fault fault;
    CHECK_INT(cursor_tell(&c), 0);
    CHECK_INT(cursor_remaining(&c), 10);
    CHECK(cursor_skip(&c, 4, &fault));
    CHECK_INT(cursor_tell(&c), 4);
    CHECK(!cursor_skip(&c, 7, &fault));
    CHECK_FAULT(fault, CURSOR_SHORT, 4, 7, 6);
    CHECK(!cursor_skip(&c, UINT64_MAX, &fault));
    CHECK_FAULT(fault, CURSOR_SHORT, 4, UINT64_MAX, 6);
    CHECK_INT(cursor_tell(&c), 4);
    CHECK(cursor_seek(&c, 10, &fault));
    CHECK_INT(cursor_remaining(&c), 0);
    CHECK(!cursor_seek(&c, 11, &fault));
    CHECK_FAULT(fault, CURSOR_OUTSIDE, 10, 11, 10);
    CHECK(!cursor_seek(&c, UINT64_MAX, NULL));
    CHECK_INT(cursor_tell(&c), 10);
}

static void test_region(void) {
    struct cursor c = OF("0123456789");
    struct cursor sub;
    struct cursor_fault fault;
    CHECK(cursor_seek(&c, 3, NULL));
    CHECK(cursor_region(&c, 4, &sub, &fault));
    CHECK_INT(cursor_tell(&c), 3);
    CHECK_INT(cursor_tell(&sub), 3);
    CHECK_INT(cursor_remaining(&sub), 4);
    CHECK(!cursor_seek(&sub, 2, &fault));
    CHECK_FAULT(fault, CURSOR_OUTSIDE, 3, 2, 7);
    CHECK(!cursor_seek(&sub, 8, &fault));
    CHECK(cursor_seek(&sub, 7, &fault));
    CHECK(!cursor_skip(&sub, 1, &fault));
    CHECK_FAULT(fault, CURSOR_SHORT, 7, 1, 0);

    struct cursor inner = OF("xy");
    CHECK(!cursor_region(&sub, 1, &inner, &fault));
    CHECK_FAULT(fault, CURSOR_OUTSIDE, 7, 8, 7);
    CHECK(!cursor_region(&c, UINT64_MAX, &inner, &fault));
    CHECK_FAULT(fault, CURSOR_OUTSIDE, 3, UINT64_MAX, 10);
    CHECK_INT(cursor_remaining(&inner), 2);
    CHECK(cursor_region(&sub, 0, &inner, &fault));
    CHECK_INT(cursor_remaining(&inner), 0);
}

static void test_empty(void) {
    struct cursor c = cursor_of(NULL, 0);
    struct bytes bytes;
    struct cursor_fault fault;
    uint128 v;
    CHECK(cursor_bytes(&c, 0, &bytes, NULL));
    CHECK_INT(bytes.len, 0);
    CHECK(!cursor_cstring(&c, UINT64_MAX, &bytes, &fault));
    CHECK_FAULT(fault, CURSOR_UNTERMINATED, 0, UINT64_MAX, 0);
    CHECK(!cursor_uint(&c, 1, true, &v, &fault));
    CHECK_FAULT(fault, CURSOR_SHORT, 0, 1, 0);
    CHECK(!cursor_uint(&c, 16, false, &v, NULL));
}

static void test_integers(void) {
    static const uint8_t at[] = {0xf0, 0xe1, 0xd2, 0xc3, 0xb4, 0xa5, 0x96, 0x87,
                                 0x78, 0x69, 0x5a, 0x4b, 0x3c, 0x2d, 0x1e, 0x0f};
    static const struct {
        uint64_t big_high, big_low, little_high, little_low;
    } want[] = {
        {0, 0xf0, 0, 0xf0},
        {0, 0xf0e1, 0, 0xe1f0},
        {0, 0xf0e1d2, 0, 0xd2e1f0},
        {0, 0xf0e1d2c3, 0, 0xc3d2e1f0},
        {0, 0xf0e1d2c3b4, 0, 0xb4c3d2e1f0},
        {0, 0xf0e1d2c3b4a5, 0, 0xa5b4c3d2e1f0},
        {0, 0xf0e1d2c3b4a596, 0, 0x96a5b4c3d2e1f0},
        {0, 0xf0e1d2c3b4a59687, 0, 0x8796a5b4c3d2e1f0},
        {0xf0, 0xe1d2c3b4a5968778, 0x78, 0x8796a5b4c3d2e1f0},
        {0xf0e1, 0xd2c3b4a596877869, 0x6978, 0x8796a5b4c3d2e1f0},
        {0xf0e1d2, 0xc3b4a5968778695a, 0x5a6978, 0x8796a5b4c3d2e1f0},
        {0xf0e1d2c3, 0xb4a5968778695a4b, 0x4b5a6978, 0x8796a5b4c3d2e1f0},
        {0xf0e1d2c3b4, 0xa5968778695a4b3c, 0x3c4b5a6978, 0x8796a5b4c3d2e1f0},
        {0xf0e1d2c3b4a5, 0x968778695a4b3c2d, 0x2d3c4b5a6978, 0x8796a5b4c3d2e1f0},
        {0xf0e1d2c3b4a596, 0x8778695a4b3c2d1e, 0x1e2d3c4b5a6978, 0x8796a5b4c3d2e1f0},
        {0xf0e1d2c3b4a59687, 0x78695a4b3c2d1e0f, 0x0f1e2d3c4b5a6978, 0x8796a5b4c3d2e1f0},
    };
    for (unsigned width = 1; width <= 16; width++) {
        uint128 v = 0;
        uint64_t word = 0;
        struct cursor c = cursor_of(at, sizeof at);
        CHECK(cursor_uint(&c, width, true, &v, NULL));
        CHECK_WIDE(v, wide(want[width - 1].big_high, want[width - 1].big_low));
        CHECK_INT(cursor_tell(&c), width);
        CHECK(cursor_seek(&c, 0, NULL));
        CHECK(cursor_uint(&c, width, false, &v, NULL));
        CHECK_WIDE(v, wide(want[width - 1].little_high, want[width - 1].little_low));
        if (width <= 8) {
            CHECK(cursor_seek(&c, 0, NULL));
            CHECK(cursor_load(&c, width, true, &word));
            CHECK_INT(word, want[width - 1].big_low);
            CHECK_INT(cursor_tell(&c), width);
        }
    }
}

static void test_signed(void) {
    int128 v;
    struct cursor c = OF("\xff\xff\x80\x7f\xff\xff\xfe\x80\x00\x00");
    CHECK(cursor_int(&c, 1, true, &v, NULL));
    CHECK_WIDE(v, -1);
    CHECK(cursor_int(&c, 2, true, &v, NULL));
    CHECK_WIDE(v, -128);
    CHECK(cursor_int(&c, 1, true, &v, NULL));
    CHECK_WIDE(v, 127);
    CHECK(cursor_int(&c, 3, true, &v, NULL));
    CHECK_WIDE(v, -2);
    CHECK(cursor_int(&c, 3, true, &v, NULL));
    CHECK_WIDE(v, -8388608);
    struct cursor least = OF("\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    CHECK(cursor_int(&least, 16, true, &v, NULL));
    CHECK_WIDE(v, wide(UINT64_C(1) << 63, 0));
    CHECK(v < 0);
}

static void test_floats(void) {
    static const struct {
        const char *bytes;
        unsigned width;
        double want;
    } cases[] = {
        {"\xbe\x00", 2, -1.5},
        {"\x04\x00", 2, 0x1p-14},
        {"\x00\x01", 2, 0x1p-24},
        {"\x7c\x00", 2, INFINITY},
        {"\x40\x49\x0f\xdb", 4, 0x1.921fb6p+1},
        {"\x7f\x80\x00\x00", 4, INFINITY},
        {"\xc0\x05\xbf\x0a\x8b\x14\x57\x69", 8, -2.718281828459045},
        {"\x7e\x37\xe4\x3c\x88\x00\x75\x9c", 8, 1e300},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double v = 0;
        struct cursor c = cursor_of((const uint8_t *)cases[i].bytes, cases[i].width);
        CHECK(cursor_float(&c, cases[i].width, true, &v, NULL));
        CHECK(memcmp(&v, &cases[i].want, sizeof v) == 0);

        uint8_t turned[8];
        for (unsigned k = 0; k < cases[i].width; k++) {
            turned[k] = (uint8_t)cases[i].bytes[cases[i].width - 1 - k];
        }
        c = cursor_of(turned, cases[i].width);
        CHECK(cursor_float(&c, cases[i].width, false, &v, NULL));
        CHECK(memcmp(&v, &cases[i].want, sizeof v) == 0);
        CHECK_INT(cursor_remaining(&c), 0);
    }
    double v;
    struct cursor nan = OF("\x7e\x01");
    CHECK(cursor_float(&nan, 2, true, &v, NULL));
    CHECK(isnan(v));
}

enum encoding { ULEB, SLEB, VLQ, VLQ9, VLQ4 };

static bool read_varint(struct cursor *c, enum encoding encoding, int128 *out,
                        struct cursor_fault *fault) {
    switch (encoding) {
    case ULEB:
        return cursor_uleb128(c, out, fault);
    case SLEB:
        return cursor_sleb128(c, out, fault);
    case VLQ:
        return cursor_vlq(c, 0, out, fault);
    case VLQ9:
        return cursor_vlq(c, 9, out, fault);
    case VLQ4:
        return cursor_vlq(c, 4, out, fault);
    }
    return false;
}

#define F9 "\xff\xff\xff\xff\xff\xff\xff\xff\xff"
#define Z9 "\x80\x80\x80\x80\x80\x80\x80\x80\x80"
#define V(encoding, literal, high, low)                                                            \
    { encoding, literal, sizeof(literal) - 1, high, low }

static void test_varints(void) {
    static const struct {
        enum encoding encoding;
        const char *at;
        size_t len;
        uint64_t high, low;
    } cases[] = {
        V(ULEB, "\x00", 0, 0),
        V(ULEB, "\x7f", 0, 127),
        V(ULEB, "\x80\x01", 0, 128),
        V(ULEB, "\xe5\x8e\x26", 0, 624485),
        V(ULEB, "\xe5\x8e\xa6\x80\x80\x00", 0, 624485),
        V(ULEB, F9 "\x01", 0, UINT64_MAX),
        V(ULEB, F9 F9 "\x01", INT64_MAX, UINT64_MAX),
        V(ULEB, Z9 Z9 "\x00", 0, 0),
        V(SLEB, "\x00", 0, 0),
        V(SLEB, "\x7f", UINT64_MAX, UINT64_MAX),
        V(SLEB, "\xff\xff\x7f", UINT64_MAX, UINT64_MAX),
        V(SLEB, "\x3f", 0, 63),
        V(SLEB, "\xc0\x00", 0, 64),
        V(SLEB, "\x40", UINT64_MAX, (uint64_t)-64),
        V(SLEB, "\xbf\x7f", UINT64_MAX, (uint64_t)-65),
        V(SLEB, "\xc0\xbb\x78", UINT64_MAX, (uint64_t)-123456),
        V(SLEB, F9 "\x00", 0, INT64_MAX),
        V(SLEB, Z9 "\x7f", UINT64_MAX, UINT64_C(1) << 63),
        V(SLEB, F9 F9 "\x7f", UINT64_MAX, UINT64_MAX),
        V(SLEB, F9 F9 "\x01", INT64_MAX, UINT64_MAX),
        V(SLEB, Z9 Z9 "\x7e", UINT64_C(1) << 63, 0),
        V(VLQ, "\x00", 0, 0),
        V(VLQ, "\x7f", 0, 127),
        V(VLQ, "\x81\x00", 0, 128),
        V(VLQ, "\xff\x7f", 0, 16383),
        V(VLQ, "\x81\x80\x00", 0, 16384),
        V(VLQ, "\xff\xff\xff\x7f", 0, 268435455),
        V(VLQ, "\x81" F9 "\xff\xff\xff\xff\xff\xff\xff\xff\x7f", INT64_MAX, UINT64_MAX),
        V(VLQ, Z9 Z9 "\x05", 0, 5),
        V(VLQ9, "\x7f", 0, 127),
        V(VLQ9, "\xff\xff\xff\xff\xff\xff\xff\x7f", 0, (UINT64_C(1) << 56) - 1),
        V(VLQ9, "\x80\xc0\x80\x80\x80\x80\x80\x80\x00", 0, UINT64_C(1) << 56),
        V(VLQ9, F9, 0, UINT64_MAX),
        V(VLQ9, "\xc0\x80\x80\x80\x80\x80\x80\x80\x01", 0, 0x8000000000000001),
        V(VLQ4, "\x80\x80\x80\xff", 0, 255),
        V(VLQ4, "\xff\xff\xff\xff", 0, (1 << 29) - 1),
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        /* Bytes in front and behind show that exactly the number is read. */
        uint8_t at[32] = {0xff};
        memcpy(at + 1, cases[i].at, cases[i].len);
        memset(at + 1 + cases[i].len, 0xff, sizeof at - 1 - cases[i].len);
        struct cursor c = cursor_of(at, sizeof at);
        int128 v = 0;
        CHECK(cursor_skip(&c, 1, NULL));
        CHECK(read_varint(&c, cases[i].encoding, &v, NULL));
        CHECK_WIDE(v, wide(cases[i].high, cases[i].low));
        CHECK_INT(cursor_tell(&c), 1 + cases[i].len);
    }
}

static void test_varints_too_wide(void) {
    static const struct {
        enum encoding encoding;
        const char *at;
        size_t len;
        uint64_t wanted;
    } cases[] = {
        {ULEB, F9 F9 "\x02", 19, 19},        {ULEB, F9 F9 "\x03", 19, 19},
        {ULEB, Z9 Z9 "\x80\x00", 20, 20},    {SLEB, Z9 Z9 "\x02", 19, 19},
        {SLEB, Z9 Z9 "\x7c", 19, 19},        {SLEB, Z9 Z9 "\x3e", 19, 19},
        {SLEB, F9 F9 "\xff\x7f", 20, 20},    {VLQ, "\x82" Z9 Z9 "\x00", 20, 20},
        {VLQ, F9 F9 "\xff\xff\x00", 21, 20}, {VLQ, Z9 Z9 "\x80\x01", 20, 20},
        {VLQ, "\x83" F9 Z9 "\x00", 20, 20},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cursor c = cursor_of((const uint8_t *)cases[i].at, cases[i].len);
        struct cursor_fault fault = {0};
        int128 v = 77;
        CHECK(!read_varint(&c, cases[i].encoding, &v, &fault));
        CHECK_FAULT(fault, CURSOR_TOO_WIDE, 0, cases[i].wanted, cases[i].len);
        CHECK_INT(cursor_tell(&c), 0);
        CHECK_INT(v, 77);
    }
    /* A byte limit does not widen the result. */
    struct cursor c = OF("\x83" F9 Z9 "\x80\x80\x80");
    struct cursor_fault fault = {0};
    int128 v;
    CHECK(!cursor_vlq(&c, 22, &v, &fault));
    CHECK_INT(fault.trouble, CURSOR_TOO_WIDE);
}

static void test_strings(void) {
    struct cursor c = OF("ab\0\0cdef");
    struct bytes out;
    struct cursor_fault fault;
    CHECK(!cursor_cstring(&c, 1, &out, &fault));
    CHECK_FAULT(fault, CURSOR_UNTERMINATED, 0, 1, 8);
    CHECK(cursor_cstring(&c, 2, &out, &fault));
    CHECK_BYTES(out.at, out.len, "ab", 2);
    CHECK_INT(cursor_tell(&c), 3);
    CHECK(cursor_cstring(&c, 0, &out, &fault));
    CHECK_INT(out.len, 0);
    CHECK_INT(cursor_tell(&c), 4);
    CHECK(!cursor_cstring(&c, 0, &out, &fault));
    CHECK(!cursor_cstring(&c, UINT64_MAX, &out, &fault));
    CHECK_FAULT(fault, CURSOR_UNTERMINATED, 4, UINT64_MAX, 4);
    CHECK(!cursor_cstring(&c, 4, &out, &fault));
    CHECK(cursor_bytes(&c, 3, &out, &fault));
    CHECK_BYTES(out.at, out.len, "cde", 3);
    CHECK(!cursor_bytes(&c, 2, &out, &fault));
    CHECK_FAULT(fault, CURSOR_SHORT, 7, 2, 1);
    CHECK(!cursor_bytes(&c, UINT64_MAX, &out, &fault));

    /* The NUL behind the region is not the region's. */
    struct cursor text = OF("abc");
    struct cursor sub;
    CHECK(cursor_region(&text, 3, &sub, NULL));
    CHECK(!cursor_cstring(&sub, UINT64_MAX, &out, NULL));
}

static uint128 naive_bits(const uint8_t *at, uint64_t bit_off, unsigned n, bool msb) {
    uint128 v = 0;
    for (unsigned i = 0; i < n; i++) {
        uint64_t bit = bit_off + i;
        unsigned one = at[bit / 8] >> (msb ? 7 - bit % 8 : bit % 8) & 1u;
        v = msb ? v << 1 | one : v | (uint128)one << i;
    }
    return v;
}

static void test_bits(void) {
    struct cursor c = OF("\xff\xb5\x3c\x7e");
    struct cursor_fault fault;
    uint128 v;
    CHECK(cursor_skip(&c, 1, NULL));
    CHECK(cursor_bits(&c, 0, 3, true, &v, NULL));
    CHECK_WIDE(v, 5); /* 101 of 10110101 */
    CHECK(cursor_bits(&c, 5, 6, true, &v, NULL));
    CHECK_WIDE(v, 0x29); /* 101 001 */
    CHECK(cursor_bits(&c, 0, 3, false, &v, NULL));
    CHECK_WIDE(v, 5);
    CHECK(cursor_bits(&c, 5, 6, false, &v, NULL));
    CHECK_WIDE(v, 0x25); /* 0x3cb5 >> 5 & 63 */
    CHECK_INT(cursor_tell(&c), 1);
    CHECK(!cursor_bits(&c, 23, 2, true, &v, &fault));
    CHECK_FAULT(fault, CURSOR_SHORT, 3, 2, 1);
    CHECK(!cursor_bits(&c, 64, 1, true, &v, &fault));
    CHECK_FAULT(fault, CURSOR_SHORT, 9, 1, 0);
    CHECK(!cursor_bits(&c, UINT64_MAX, 128, false, &v, NULL));
}

static void test_bits_property(void) {
    enum { LEN = 24 };
    uint8_t *at = malloc(LEN);
    CHECK(at != NULL);
    uint32_t random = 2463534242u; /* Marsaglia's xorshift */
    for (unsigned round = 0; at && round < 4; round++) {
        for (unsigned i = 0; i < LEN; i++) {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            at[i] = (uint8_t)(random >> 24);
        }
        struct cursor c = cursor_of(at, LEN);
        unsigned wrong = 0;
        for (unsigned off = 0; off < LEN * 8 + 10; off++) {
            for (unsigned n = 1; n <= 128; n++) {
                for (int msb = 0; msb < 2; msb++) {
                    uint128 v = 99;
                    bool fits = off + n <= LEN * 8;
                    uint128 want = fits ? naive_bits(at, off, n, msb) : 99;
                    wrong += cursor_bits(&c, off, n, msb, &v, NULL) != fits || v != want;
                }
            }
        }
        CHECK_INT(wrong, 0);
    }
    free(at);
}

enum { READS = 16 * 4 + 3 + 5 + 4 };

/* The reads of the cut test, by number; false when the read fails. */
static bool read_numbered(struct cursor *c, unsigned number, struct cursor_fault *fault) {
    uint128 u;
    int128 i;
    double d;
    struct bytes bytes;
    struct cursor sub;
    if (number < 64) {
        unsigned width = number % 16 + 1;
        bool big = number & 16;
        return number < 32 ? cursor_uint(c, width, big, &u, fault)
                           : cursor_int(c, width, big, &i, fault);
    }
    number -= 64;
    if (number < 3) {
        return cursor_float(c, 2u << number, true, &d, fault);
    }
    number -= 3;
    if (number < 5) {
        return read_varint(c, (enum encoding)number, &i, fault);
    }
    switch (number - 5) {
    case 0:
        return cursor_bytes(c, 11, &bytes, fault);
    case 1:
        return cursor_cstring(c, UINT64_MAX, &bytes, fault);
    case 2:
        return cursor_region(c, 7, &sub, fault) && cursor_skip(c, 7, fault);
    default:
        return cursor_bits(c, 3, 53, true, &u, fault) && cursor_skip(c, 7, fault);
    }
}

/* Every read at every cut of a buffer, in memory of exactly that size: one that fails moves nothing, and reads fail
 * exactly while the cut is before the end of what they read uncut. */
static void test_cuts(void) {
    static const uint8_t whole[] = {0x81, 0x92, 0xa3, 0xb4, 0xc5, 0xd6, 0xe7, 0xf8, 0x89, 0x9a,
                                    0xab, 0xbc, 0xcd, 0xde, 0xef, 0x80, 0x91, 0x22, 0x00, 0x01};
    for (unsigned number = 0; number < READS; number++) {
        struct cursor uncut = cursor_of(whole, sizeof whole);
        CHECK(read_numbered(&uncut, number, NULL));
        uint64_t need = cursor_tell(&uncut);
        for (size_t cut = 0; cut <= sizeof whole; cut++) {
            uint8_t *at = malloc(cut ? cut : 1);
            if (!at) {
                CHECK(at != NULL);
                return;
            }
            memcpy(at, whole, cut);
            struct cursor c = cursor_of(cut ? at : at + 1, cut);
            struct cursor_fault fault = {.off = 99};
            bool fits = read_numbered(&c, number, &fault);
            CHECK(fits == (cut >= need));
            CHECK_INT(cursor_tell(&c), fits ? need : 0);
            CHECK_INT(fault.off, fits ? 99 : 0);
            free(at);
        }
    }
}

CHECK_MAIN("cursor", {"places", test_places}, {"region", test_region}, {"empty", test_empty},
           {"integers", test_integers}, {"signed", test_signed}, {"floats", test_floats},
           {"varints", test_varints}, {"varints too wide", test_varints_too_wide},
           {"strings", test_strings}, {"bits", test_bits}, {"bits property", test_bits_property},
           {"cuts", test_cuts})
