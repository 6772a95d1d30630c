#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/int128.h"
#include "base/intern.h"
#include "base/jsontext.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/real.h"
#include "base/text16.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "check.h"

static bool is_zero(const void *at, size_t len) {
    const unsigned char *byte = at;
    while (len > 0 && *byte == 0) {
        byte++;
        len--;
    }
    return len == 0;
}

static void test_arena(void) {
    struct arena arena = {0};
    CHECK(arena_alloc(&arena, 0) != NULL);
    for (size_t size = 1; size < 100000; size = size * 3 + 1) {
        char *at = arena_alloc(&arena, size);
        CHECK_INT((uintptr_t)at % _Alignof(max_align_t), 0);
        CHECK(is_zero(at, size));
        memset(at, 0xff, size);
    }
    CHECK_TEXT(arena_strndup(&arena, "abcdef", 3), "abc");
    CHECK_TEXT(arena_strndup(&arena, NULL, 0), "");
    CHECK_TEXT(arena_printf(&arena, "%d-%s", 42, "x"), "42-x");
    CHECK_INT(((char *)arena_array(&arena, 3, 5))[14], 0);
    arena_free(&arena);
    CHECK_INT(arena.total, 0);
    CHECK(arena.chunk == NULL);
    CHECK_TEXT(arena_strndup(&arena, "again", 5), "again");
    arena_free(&arena);
}

/* What was given out last grows where it is, unless its chunk is full; anything else moves. What it held goes along. */
static void test_arena_regrow(void) {
    struct arena arena = {0};
    char *first = arena_regrow(&arena, NULL, 0, 3);
    memcpy(first, "abc", 3);
    char *grown = arena_regrow(&arena, first, 3, 1000);
    CHECK(grown == first);
    char *next = arena_strndup(&arena, "next", 4);
    memset(grown, 'x', 1000);
    CHECK_TEXT(next, "next");
    char *moved = arena_regrow(&arena, grown, 1000, 1001);
    CHECK(moved != grown);
    CHECK_BYTES(moved, 1000, grown, 1000);
    moved = arena_regrow(&arena, moved, 1001, 10 << 20); /* larger than any chunk there is */
    CHECK_BYTES(moved, 1000, grown, 1000);
    memset(moved, 'y', 10 << 20);
    CHECK_TEXT(next, "next");
    arena_free(&arena);
    CHECK_INT(arena.total, 0);
}

static void test_arena_mark(void) {
    struct arena arena = {0};
    char *kept = arena_strndup(&arena, "kept", 4);
    struct arena_mark mark = arena_mark(&arena);
    size_t total = arena.total;
    for (int i = 0; i < 1000; i++) {
        memset(arena_alloc(&arena, 1000), 0xff, 1000);
    }
    arena_release(&arena, mark);
    CHECK_INT(arena.total, total);
    CHECK_TEXT(kept, "kept");
    /* what was used before comes back cleared */
    CHECK(is_zero(arena_alloc(&arena, 1000), 1000));
    CHECK_TEXT(kept, "kept");
    arena_release(&arena, (struct arena_mark){0});
    CHECK(arena.chunk == NULL);
}

enum { EXHAUSTED = 41 };

/* Called by mem_exhausted. */
void sonde_memory_exhausted(void) {
    _exit(EXHAUSTED);
}

/* Runs body in a child whose standard error is closed, and gives its exit status. */
static int status_of(void (*body)(void)) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        body();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void exhaust_realloc(void) {
    mem_free(mem_realloc(NULL, SIZE_MAX / 2, 3));
}

static void exhaust_arena(void) {
    struct arena arena = {0};
    arena_array(&arena, SIZE_MAX / 4, 5);
}

static void exhaust_arena_size(void) {
    struct arena arena = {0};
    volatile size_t size = SIZE_MAX - 3; /* which the compiler would warn of */
    arena_alloc_unset(&arena, size);
}

static void exhaust_buf(void) {
    struct buf buf = {0};
    buf_putc(&buf, 'x');
    buf_reserve(&buf, SIZE_MAX);
}

static void test_mem(void) {
    void *at = mem_alloc(0);
    CHECK(at != NULL);
    mem_free(at);
    at = mem_zalloc(7, 3);
    CHECK(is_zero(at, 21));
    at = mem_realloc(at, 1000, 4);
    CHECK(is_zero(at, 21));
    mem_free(at);
    char *copy = mem_strdup("copy");
    CHECK_TEXT(copy, "copy");
    mem_free(copy);
    mem_free(NULL);
    CHECK_INT(status_of(mem_exhausted), EXHAUSTED);
    CHECK_INT(status_of(exhaust_realloc), EXHAUSTED);
    CHECK_INT(status_of(exhaust_arena), EXHAUSTED);
    CHECK_INT(status_of(exhaust_arena_size), EXHAUSTED);
    CHECK_INT(status_of(exhaust_buf), EXHAUSTED);
}

static void test_vec(void) {
    struct arena arena = {0};
    VEC(uint64_t) numbers = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        uint64_t *number = vec_push(&numbers, &arena);
        CHECK_INT(*number, 0);
        *number = i + 1;
    }
    CHECK_INT(numbers.n, 1000);
    bool kept = true;
    for (uint32_t i = 0; i < numbers.n; i++) {
        kept = kept && numbers.at[i] == i + 1;
    }
    CHECK(kept);
    numbers.n = 10;
    CHECK_INT(*vec_push(&numbers, &arena), 0);
    CHECK_INT(numbers.at[9], 10);
    arena_free(&arena);
}

static void test_buf(void) {
    struct buf buf = {0};
    CHECK_TEXT(buf_text(&buf), "");
    buf_puts(&buf, "one");
    buf_putc(&buf, ' ');
    buf_put(&buf, "two!", 3);
    buf_put(&buf, NULL, 0);
    buf_fill(&buf, '-', 5);
    buf_printf(&buf, "%d%%", 100);
    CHECK_TEXT(buf_text(&buf), "one two-----100%");
    CHECK_INT(buf_bytes(&buf).len, 16);
    buf_clear(&buf);
    CHECK_TEXT(buf_text(&buf), "");
    /* texts around the size of what is left, so that the second try of printf is needed, too */
    for (int width = 50; width < 300; width++) {
        struct buf wide = {0};
        buf_printf(&wide, "%*d|", width, 7);
        CHECK_INT(wide.len, width + 1);
        CHECK_INT(strcspn(buf_text(&wide), "7"), width - 1);
        CHECK_INT(buf_text(&wide)[width], '|');
        buf_free(&wide);
    }
    memset(buf_reserve(&buf, 100000), 'x', 100000);
    buf.len += 100000;
    CHECK_INT(strlen(buf_text(&buf)), 100000);
    buf_free(&buf);
    CHECK(buf.at == NULL);
}

static void test_intern(void) {
    struct arena arena = {0};
    struct intern *intern = intern_new(&arena);
    static const char *first[5000];
    char name[32];
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "name%d", i);
        first[i] = intern_text(intern, name);
        CHECK_TEXT(first[i], name);
    }
    bool same = true;
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "name%d....", i);
        same = same && intern_add(intern, name, strlen(name) - 4) == first[i];
    }
    CHECK(same);
    const char *with_nul = intern_add(intern, "a\0b", 3);
    CHECK(with_nul != intern_add(intern, "a\0c", 3));
    CHECK(with_nul != intern_text(intern, "a"));
    CHECK(with_nul == intern_add(intern, "a\0b", 3));
    CHECK_BYTES(with_nul, 4, "a\0b", 4);
    CHECK(intern_text(intern, "") == intern_add(intern, NULL, 0));
    arena_free(&arena);
}

static void test_map(void) {
    struct arena arena = {0};
    struct map map = {0};
    static char keys[3000];
    CHECK(map_get(&map, keys, NULL) == NULL);
    for (size_t i = 0; i < sizeof keys; i++) {
        map_put(&map, &arena, &keys[i], NULL, &keys[i]);
        map_put(&map, &arena, &keys[i], &keys[0], &keys[sizeof keys - 1 - i]);
    }
    CHECK_INT(map.n, 2 * sizeof keys);
    bool found = true;
    for (size_t i = 0; i < sizeof keys; i++) {
        found = found && map_get(&map, &keys[i], NULL) == &keys[i] &&
                map_get(&map, &keys[i], &keys[0]) == &keys[sizeof keys - 1 - i];
    }
    CHECK(found);
    CHECK(map_get(&map, &keys[0], &keys[1]) == NULL);
    map_put(&map, &arena, &keys[5], NULL, &keys[7]);
    CHECK(map_get(&map, &keys[5], NULL) == &keys[7]);
    CHECK_INT(map.n, 2 * sizeof keys);
    for (uint32_t n = 0; n < 40; n++) {
        map_reserve(&map, &arena, n);
        uint32_t cap = map.cap;
        for (uint32_t i = 0; i < n; i++) {
            map_put(&map, &arena, &keys[i], NULL, &keys[i]);
        }
        CHECK_INT(map.n, n);
        CHECK_INT(map.cap, cap);
        CHECK(map_get(&map, &keys[n], NULL) == NULL);
        CHECK(n == 0 || map_get(&map, &keys[n - 1], NULL) == &keys[n - 1]);
    }
    arena_free(&arena);
}

static const char *text128(int128 v) {
    static char text[INT128_TEXT_MAX];
    size_t len = int128_text(v, text);
    CHECK_INT(len, strlen(text));
    return text;
}

static void test_int128_text(void) {
    CHECK_TEXT(text128(0), "0");
    CHECK_TEXT(text128(-1), "-1");
    CHECK_TEXT(text128(UINT64_MAX), "18446744073709551615");
    CHECK_TEXT(text128((int128)UINT64_MAX + 1), "18446744073709551616");
    CHECK_TEXT(text128(INT128_MAX), "170141183460469231731687303715884105727");
    CHECK_TEXT(text128(INT128_MIN), "-170141183460469231731687303715884105728");
    CHECK_TEXT(text128((int128)1000000000000000000 * 1000000000000000000),
               "1000000000000000000000000000000000000");
    char text[INT128_TEXT_MAX];
    CHECK_INT(uint128_text((uint128)-1, text), 39);
    CHECK_TEXT(text, "340282366920938463463374607431768211455");
}

static void test_int128_shift(void) {
    int128 r = 77;
    CHECK(int128_shl(1, 126, &r) && r == INT128_MAX / 2 + 1);
    CHECK(int128_shl(-1, 127, &r) && r == INT128_MIN);
    CHECK(int128_shl(0, INT128_MAX, &r) && r == 0);
    r = 77;
    CHECK(!int128_shl(1, 127, &r));
    CHECK(!int128_shl(-1, 128, &r));
    CHECK(!int128_shl(-2, 127, &r));
    CHECK(!int128_shl(3, 126, &r));
    CHECK(!int128_shl(1, -1, &r));
    CHECK(!int128_shr(1, -1, &r));
    CHECK_INT(r, 77);
    CHECK(int128_shr(-5, 1, &r) && r == -3);
    CHECK(int128_shr(5, 1, &r) && r == 2);
    CHECK(int128_shr(INT128_MIN, 127, &r) && r == -1);
    CHECK(int128_shr(INT128_MIN, INT128_MAX, &r) && r == -1);
    CHECK(int128_shr(INT128_MAX, 128, &r) && r == 0);
}

static void test_int128_checked(void) {
    int128 r = 77;
    CHECK(!int128_add(INT128_MAX, 1, &r));
    CHECK(!int128_sub(INT128_MIN, 1, &r));
    CHECK(!int128_mul(INT128_MIN, -1, &r));
    CHECK(!int128_div(INT128_MIN, -1, &r));
    CHECK(!int128_div(1, 0, &r));
    CHECK(!int128_rem(INT128_MIN, -1, &r));
    CHECK(!int128_rem(1, 0, &r));
    CHECK_INT(r, 77);
    CHECK(int128_div(-7, 2, &r) && r == -3);
    CHECK(int128_rem(-7, 2, &r) && r == -1);
}

static const uint8_t counting[18] = {0x81, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
                                     0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0xf1, 0x12};

static void test_number_load(void) {
    static const uint64_t big[] = {
        0x81,         0x8102,         0x810203,         0x81020304,
        0x8102030405, 0x810203040506, 0x81020304050607, 0x8102030405060708};
    static const uint64_t little[] = {
        0x81,         0x0281,         0x030281,         0x04030281,
        0x0504030281, 0x060504030281, 0x07060504030281, 0x0807060504030281};
    for (unsigned width = 1; width <= 8; width++) {
        /* a copy of exactly that size, for the address sanitizer to watch */
        uint8_t *at = mem_alloc(width);
        memcpy(at, counting, width);
        CHECK_INT(number_load(at, width, true), big[width - 1]);
        CHECK_INT(number_load(at, width, false), little[width - 1]);
        CHECK_INT((uint64_t)number_load128(at, width, true), big[width - 1]);
        mem_free(at);
    }
    uint128 v = number_load128(counting, 16, true);
    CHECK_INT((uint64_t)(v >> 64), 0x8102030405060708);
    CHECK_INT((uint64_t)v, 0x090a0b0c0d0e0f10);
    v = number_load128(counting, 16, false);
    CHECK_INT((uint64_t)(v >> 64), 0x100f0e0d0c0b0a09);
    CHECK_INT((uint64_t)v, 0x0807060504030281);
    v = number_load128(counting, 11, true);
    CHECK_INT((uint64_t)(v >> 64), 0x810203);
    CHECK_INT((uint64_t)v, 0x0405060708090a0b);
    v = number_load128(counting, 11, false);
    CHECK_INT((uint64_t)(v >> 64), 0x0b0a09);
    CHECK_INT((uint64_t)v, 0x0807060504030281);
}

static void test_number_store(void) {
    uint8_t at[16];
    for (unsigned width = 1; width <= 16; width++) {
        for (int big = 0; big < 2; big++) {
            number_store(at, width, big, number_load128(counting, width, big));
            CHECK_BYTES(at, width, counting, width);
        }
    }
    number_store(at, 3, true, 0x1234567);
    CHECK_BYTES(at, 3, "\x23\x45\x67", 3);
}

static void test_number_sign(void) {
    CHECK_INT(number_sign(0x80, 8), -128);
    CHECK_INT(number_sign(0x17f, 8), 127);
    CHECK_INT(number_sign(1, 1), -1);
    CHECK_INT(number_sign(5, 0), 0);
    CHECK_INT(number_sign(UINT64_MAX, 64), -1);
    CHECK(number_sign((uint128)1 << 127, 128) == INT128_MIN);
}

/* One bit at a time, as the header tells it. */
static uint128 slow_bits(const uint8_t *at, uint64_t bit_off, unsigned n, bool msb) {
    uint128 v = 0;
    for (unsigned i = 0; i < n; i++) {
        uint64_t bit = bit_off + i;
        unsigned place = (unsigned)(bit % 8);
        uint128 one = at[bit / 8] >> (msb ? 7 - place : place) & 1;
        v |= one << (msb ? n - 1 - i : i);
    }
    return v;
}

static void test_number_bits(void) {
    CHECK_INT(number_bits(counting, 0, 1, true), 1);
    CHECK_INT(number_bits(counting, 1, 14, true), 0x81);
    CHECK_INT(number_bits(counting, 4, 8, true), 0x10);
    CHECK_INT(number_bits(counting, 4, 8, false), 0x28);
    CHECK_INT(number_bits(counting, 128, 0, false), 0);
    bool same = true;
    for (unsigned off = 0; off < 144; off++) {
        for (unsigned n = 0; n <= 128 && off + n <= 144; n++) {
            size_t len = n ? (off + n + 7) / 8 : 0;
            uint8_t *at = mem_alloc(len);
            memcpy(at, counting, len);
            same = same && number_bits(at, off, n, true) == slow_bits(at, off, n, true) &&
                   number_bits(at, off, n, false) == slow_bits(at, off, n, false);
            mem_free(at);
        }
    }
    CHECK(same);
}

static uint64_t double_bits(double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

/* Values from Python's struct.unpack('<e'). */
static void test_number_half(void) {
    CHECK(number_half(0x3c00) == 1.0);
    CHECK(number_half(0xc000) == -2.0);
    CHECK(number_half(0x7bff) == 65504.0);
    CHECK(number_half(0x0400) == 6.103515625e-05);
    CHECK(number_half(0x03ff) == 6.097555160522461e-05);
    CHECK(number_half(0x8001) == -5.960464477539063e-08);
    CHECK(number_half(0x3555) == 0.333251953125);
    CHECK_INT(double_bits(number_half(0x8000)), 0x8000000000000000);
    CHECK_INT(double_bits(number_half(0xfc00)), 0xfff0000000000000);
    CHECK(number_half(0x7e00) != number_half(0x7e00));
    CHECK(number_half(0x7c01) != number_half(0x7c01));
    CHECK(number_bfloat(0x3f80) == 1.0);
    CHECK(number_bfloat(0xc049) == -3.140625);
    CHECK(number_bfloat(0x7f7f) == 3.3895313892515355e+38);
    CHECK(number_bfloat(0x0001) == 9.183549615799121e-41);
    CHECK(number_bfloat(0x7fc0) != number_bfloat(0x7fc0));
}

static uint64_t float80(uint16_t head, uint64_t mantissa) {
    uint8_t le[10];
    number_store(le, 8, false, mantissa);
    number_store(le + 8, 2, false, head);
    return double_bits(number_float80(le));
}

/* Values from Python: Fraction(mantissa) * 2**(exponent - 16446), made a float by division, which rounds correctly. */
static void test_number_float80(void) {
    CHECK_INT(float80(0x3fff, 0x8000000000000000), 0x3ff0000000000000); /* 1 */
    CHECK_INT(float80(0xc000, 0xc90fdaa22168c235), 0xc00921fb54442d18); /* -pi */
    CHECK_INT(float80(0x3fff, 0x8000000000000400), 0x3ff0000000000000); /* a tie, to even */
    CHECK_INT(float80(0x3fff, 0x8000000000000401), 0x3ff0000000000001);
    CHECK_INT(float80(0x3fff, 0x8000000000000c00), 0x3ff0000000000002); /* a tie, to even */
    CHECK_INT(float80(0x3fff, 0xffffffffffffffff), 0x4000000000000000); /* carries */
    CHECK_INT(float80(0x43fe, 0xfffffffffffffbff), 0x7fefffffffffffff); /* the largest double */
    CHECK_INT(float80(0x43fe, 0xfffffffffffffc00), 0x7ff0000000000000); /* rounds to infinity */
    CHECK_INT(float80(0x7ffe, 0x8000000000000000), 0x7ff0000000000000);
    CHECK_INT(float80(0x3c01, 0x8000000000000000), 0x0010000000000000); /* the least normal */
    CHECK_INT(float80(0x3c00, 0xffffffffffffffff), 0x0010000000000000); /* rounds up to it */
    CHECK_INT(float80(0x3c00, 0x8000000000000000), 0x0008000000000000); /* subnormal */
    CHECK_INT(float80(0x3bcd, 0x8000000000000000), 0x0000000000000001); /* the least one */
    CHECK_INT(float80(0x3bcc, 0x8000000000000000), 0x0000000000000000); /* half of it: a tie */
    CHECK_INT(float80(0x3bcc, 0x8000000000000001), 0x0000000000000001);
    CHECK_INT(float80(0x3bcb, 0xffffffffffffffff), 0x0000000000000000);
    CHECK_INT(float80(0x8000, 0x0000000000000000), 0x8000000000000000);
    CHECK_INT(float80(0x0000, 0x7fffffffffffffff), 0x0000000000000000);
    CHECK_INT(float80(0xffff, 0x8000000000000000), 0xfff0000000000000);
    CHECK_INT(float80(0x7fff, 0xc000000000000000), 0x7ff8000000000000);
    CHECK_INT(float80(0x7fff, 0x0000000000000000), 0x7ff8000000000000); /* pseudo-infinity */
    CHECK_INT(float80(0x3fff, 0x4000000000000000), 0x7ff8000000000000); /* unnormal */
}

static void check_rem(double a, double b) {
    double got = real_rem(a, b), want = fmod(a, b);
    if (isnan(want) ? !isnan(got) : memcmp(&got, &want, sizeof got) != 0) {
        fprintf(stderr, "%a rem %a: got %a, want %a\n", a, b, got, want);
        CHECK(false);
    }
}

/* Says the same as libm. */
static void test_real_rem(void) {
    static const double some[] = {0,           1,         3,      0.1,     10,        0x1p52,
                                  0x1p53 - 1,  0x1p-1074, 0x1p64, 0x1p128, 0x1p-1022, 0x1p1023,
                                  0x1.8p-1073, INFINITY,  NAN,    1e300};
    enum { N = sizeof some / sizeof *some };
    for (unsigned i = 0; i < 4 * N * N; i++) {
        double a = some[i / 4 % N], b = some[i / 4 / N];
        check_rem(i & 1 ? -a : a, i & 2 ? -b : b);
    }
    uint64_t state = 1;
    for (unsigned i = 0; i < 50000; i++) {
        uint64_t bits[2];
        for (unsigned k = 0; k < 2; k++) { /* Knuth, MMIX */
            state = state * 6364136223846793005u + 1442695040888963407u;
            bits[k] = state ^ state >> 31;
        }
        if (i % 2) { /* exponents close together */
            bits[1] =
                (bits[0] & ~((UINT64_C(1) << 57) - 1)) | (bits[1] & ((UINT64_C(1) << 57) - 1));
        }
        double a, b;
        memcpy(&a, &bits[0], sizeof a);
        memcpy(&b, &bits[1], sizeof b);
        check_rem(a, b);
    }
}

static void test_real_log2(void) {
    for (int i = -1022; i < 1024; i++) {
        CHECK(real_log2(ldexp(1, i)) == i);
    }
    for (double x = 0x1p-30; x < 0x1p30; x *= 1.0009765) {
        double want = log2(x), unit = fabs(want) > 1 ? fabs(want) : 1;
        CHECK(fabs(real_log2(x) - want) <= 4 * 0x1p-52 * unit);
    }
}

static void test_size(void) {
    uint64_t r = 77;
    CHECK(!size_add(UINT64_MAX, 1, &r));
    CHECK(!size_mul(UINT64_MAX / 2 + 1, 2, &r));
    CHECK_INT(r, 77);
    CHECK(size_add(UINT64_MAX - 1, 1, &r) && r == UINT64_MAX);
    CHECK(size_mul(UINT32_MAX, UINT32_MAX, &r) && r == 0xfffffffe00000001);
}

static void check_decode(int line, const char *text, int want, uint32_t want_code) {
    uint32_t code;
    size_t len = strlen(text);
    char *copy = mem_alloc(len); /* without the NUL, for the address sanitizer to watch */
    memcpy(copy, text, len);
    check_int(__FILE__, line, utf8_decode((unsigned char *)copy, len, &code), want);
    check_int(__FILE__, line, code, want_code);
    mem_free(copy);
}
#define CHECK_DECODE(text, want, code) check_decode(__LINE__, text, want, code)

/* The lengths of what is replaced are those of Python's decode('utf-8', 'replace'). */
static void test_utf8_decode(void) {
    CHECK_DECODE("A", 1, 'A');
    CHECK_DECODE("\xc2\x80", 2, 0x80);
    CHECK_DECODE("\xdf\xbf", 2, 0x7ff);
    CHECK_DECODE("\xe0\xa0\x80", 3, 0x800);
    CHECK_DECODE("\xe2\x82\xac!", 3, 0x20ac);
    CHECK_DECODE("\xef\xbf\xbf", 3, 0xffff);
    CHECK_DECODE("\xf0\x9f\x98\x80", 4, 0x1f600);
    CHECK_DECODE("\xf4\x8f\xbf\xbf", 4, 0x10ffff);
    CHECK_DECODE("\x80", -1, 0xfffd);
    CHECK_DECODE("\xc0\x80", -1, 0xfffd);
    CHECK_DECODE("\xc1\xbf", -1, 0xfffd);
    CHECK_DECODE("\xc3", -1, 0xfffd);
    CHECK_DECODE("\xc3(", -1, 0xfffd);
    CHECK_DECODE("\xe0\x9f\xbf", -1, 0xfffd);
    CHECK_DECODE("\xed\xa0\x80", -1, 0xfffd);
    CHECK_DECODE("\xe2\x82", -2, 0xfffd);
    CHECK_DECODE("\xe2\x82!", -2, 0xfffd);
    CHECK_DECODE("\xf0\x8f\xbf\xbf", -1, 0xfffd);
    CHECK_DECODE("\xf0\x9f", -2, 0xfffd);
    CHECK_DECODE("\xf0\x9f\x98", -3, 0xfffd);
    CHECK_DECODE("\xf4\x90\x80\x80", -1, 0xfffd);
    CHECK_DECODE("\xf5\x80\x80\x80", -1, 0xfffd);
    CHECK_DECODE("\xff", -1, 0xfffd);
}

static void test_utf8_encode(void) {
    uint32_t bad = 0;
    char text[UTF8_MAX];
    for (uint32_t code = 0; code < 0x110000; code++) {
        uint32_t back = 0;
        size_t len = utf8_encode(code, text);
        if (code >= 0xd800 && code <= 0xdfff) {
            bad += len != 0;
        } else {
            bad += utf8_decode((unsigned char *)text, len, &back) != (int)len || back != code;
        }
    }
    CHECK_INT(bad, 0);
    CHECK_INT(utf8_encode(0x110000, text), 0);
    CHECK_INT(utf8_encode(0x20ac, text), 3);
    CHECK_BYTES(text, 3, "\xe2\x82\xac", 3);
    CHECK_INT(utf8_encode(0x1f600, text), 4);
    CHECK_BYTES(text, 4, "\xf0\x9f\x98\x80", 4);
}

static void test_utf8_valid(void) {
    CHECK(utf8_valid(bytes_text("")));
    CHECK(utf8_valid(bytes_text("plain text of more than eight bytes")));
    CHECK(utf8_valid(bytes_text("z\xc3\xbcrich z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x98\x80")));
    CHECK(!utf8_valid(bytes_text("z\xfcrich and more text behind it")));
    CHECK(!utf8_valid(bytes_text("12345678\xc3")));
    CHECK(!utf8_valid(bytes_text("1234567\xed\xb0\x80")));
}

/* Values of wcwidth(3) in glibc 2.36's C.UTF-8, but for U+10FFFF, which has none there. */
static void test_utf8_width(void) {
    CHECK_INT(utf8_width('a'), 1);
    CHECK_INT(utf8_width(0xe9), 1);
    CHECK_INT(utf8_width(0xad), 1);
    CHECK_INT(utf8_width(0x0300), 0);
    CHECK_INT(utf8_width(0x036f), 0);
    CHECK_INT(utf8_width(0x0370), 1);
    CHECK_INT(utf8_width(0x05b0), 0);
    CHECK_INT(utf8_width(0x0e31), 0);
    CHECK_INT(utf8_width(0x10ff), 1);
    CHECK_INT(utf8_width(0x1100), 2);
    CHECK_INT(utf8_width(0x1160), 0);
    CHECK_INT(utf8_width(0x200b), 0);
    CHECK_INT(utf8_width(0x20ac), 1);
    CHECK_INT(utf8_width(0x3042), 2);
    CHECK_INT(utf8_width(0x4e00), 2);
    CHECK_INT(utf8_width(0x9fff), 2);
    CHECK_INT(utf8_width(0xac00), 2);
    CHECK_INT(utf8_width(0xfe0f), 0);
    CHECK_INT(utf8_width(0xff01), 2);
    CHECK_INT(utf8_width(0xff61), 1);
    CHECK_INT(utf8_width(0xfffd), 1);
    CHECK_INT(utf8_width(0x1f600), 2);
    CHECK_INT(utf8_width(0x20000), 2);
    CHECK_INT(utf8_width(0x10ffff), 1);
}

static void test_utf8_ascii_run(void) {
    char text[40];
    memset(text, 'x', sizeof text);
    CHECK_INT(utf8_ascii_run((unsigned char *)text, 0), 0);
    uint32_t wrong = 0;
    for (int c = 0; c < 256; c++) {
        bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
        for (size_t at = 0; at < sizeof text; at++) {
            text[at] = (char)c;
            for (size_t from = 0; from <= at; from++) {
                size_t want = (plain ? sizeof text : at) - from;
                wrong += utf8_ascii_run((unsigned char *)text + from, sizeof text - from) != want;
            }
            text[at] = "x!~ "[at % 4];
        }
    }
    CHECK_INT(wrong, 0);
}

static void check_json(int line, const char *text, size_t len, const char *want, bool want_bad) {
    bool bad = false;
    char *out = mem_alloc(JSONTEXT_ROOM(len));
    char *end = jsontext_string(out, bytes_of(text, len), &bad);
    check_bytes(__FILE__, line, out, (size_t)(end - out), want, strlen(want));
    check_int(__FILE__, line, bad, want_bad);
    mem_free(out);
}
#define CHECK_JSON(text, want, bad) check_json(__LINE__, text, sizeof(text) - 1, want, bad)

static void test_jsontext(void) {
    CHECK_JSON("", "\"\"", false);
    CHECK_JSON("plain text, long enough", "\"plain text, long enough\"", false);
    CHECK_JSON("\"\\/\b\f\n\r\t", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"", false);
    CHECK_JSON("\0\1\x1f\x7f", "\"\\u0000\\u0001\\u001f\\u007f\"", false);
    CHECK_JSON("\xc2\x80\xc2\x9f\xc2\xa0", "\"\\u0080\\u009f\xc2\xa0\"", false);
    CHECK_JSON("z\xc3\xbcrich \xf0\x9f\x98\x80", "\"z\xc3\xbcrich \xf0\x9f\x98\x80\"", false);
    CHECK_JSON("\xef\xbf\xbd", "\"\xef\xbf\xbd\"", false);
    /* Python: b'a\xffb\xe2\x82c\xed\xa0\x80'.decode('utf-8', 'replace') */
    CHECK_JSON("a\xff"
               "b\xe2\x82"
               "c\xed\xa0\x80",
               "\"a\xef\xbf\xbd"
               "b\xef\xbf\xbd"
               "c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"",
               true);
    char text[2 + 6];
    CHECK_INT(jsontext_string(text, bytes_text("\xff"), NULL) - text, 5);
}

static void test_jsontext_hex(void) {
    char text[8];
    char *end = jsontext_hex(text, bytes_of("\x00\x9f\xa0\xff", 4));
    CHECK_BYTES(text, (size_t)(end - text), "009fa0ff", 8);
    CHECK(jsontext_hex(text, bytes_of(NULL, 0)) == text);
    /* every byte at every place, against printf */
    unsigned char raw[40];
    char long_text[2 * sizeof raw], want[2 * sizeof raw + 1];
    uint32_t wrong = 0;
    for (unsigned n = 0; n < 256 * 41; n++) {
        size_t len = n / 256;
        for (size_t i = 0; i < len; i++) {
            raw[i] = (unsigned char)(n + 37 * i);
            snprintf(want + 2 * i, 3, "%02x", raw[i]);
        }
        wrong += jsontext_hex(long_text, bytes_of(raw, len)) != long_text + 2 * len;
        wrong += memcmp(long_text, want, 2 * len) != 0;
    }
    CHECK_INT(wrong, 0);
}

/* Each byte at each place, between plain ones. */
static void test_text16(void) {
    unsigned char text[16];
    uint32_t wrong = 0;
    for (unsigned i = 0; i < 16 * 256; i++) {
        unsigned at = i / 256;
        unsigned char c = (unsigned char)(i % 256);
        memset(text, 'a', sizeof text);
        text[at] = c;
        for (unsigned k = 0; k < 2; k++) {
            char mark = k ? ',' : '\\';
            bool special = c < 0x20 || c >= 0x7f || c == '"' || c == (unsigned char)mark;
            wrong += text16_special(text16_load(text), mark) != (special ? 1u << at : 0);
        }
        text16 mask = text16_load(text) == text16_each((char)c);
        wrong += text16_bits_anywhere(mask) != text16_bits(mask);
    }
    CHECK_INT(wrong, 0);
}

CHECK_MAIN("base", {"arena", test_arena}, {"arena regrow", test_arena_regrow},
           {"arena mark", test_arena_mark}, {"mem", test_mem}, {"vec", test_vec}, {"buf", test_buf},
           {"intern", test_intern}, {"map", test_map}, {"int128 text", test_int128_text},
           {"int128 shifts", test_int128_shift}, {"int128 checked", test_int128_checked},
           {"number load", test_number_load}, {"number store", test_number_store},
           {"number sign", test_number_sign}, {"number bits", test_number_bits},
           {"half and bfloat", test_number_half}, {"float80", test_number_float80},
           {"remainder", test_real_rem}, {"logarithm", test_real_log2}, {"sizes", test_size},
           {"utf8 decode", test_utf8_decode}, {"utf8 encode", test_utf8_encode},
           {"utf8 valid", test_utf8_valid}, {"utf8 width", test_utf8_width},
           {"ascii run", test_utf8_ascii_run}, {"json string", test_jsontext},
           {"hex", test_jsontext_hex}, {"sixteen bytes", test_text16})
