#include "config.h"

#include "base/encoding.h"
#include "base/utf8.h"

#include "check.h"

/* The encodings against Python 3.11's codecs, whose values the tables hold. */

#define BYTES(text)                                                                                \
    { (const unsigned char *)(text), sizeof(text) - 1 }

static const struct {
    const char *encoding;
    struct bytes stored;
    const char *text;
} good[] = {
    {"UTF-8",
     BYTES("Gr\xc3\xbc\xc3\x9f"
           "e, \xe4\xb8\x96\xe7\x95\x8c \xf0\x9f\x8e\xb5"),
     "Gr\xc3\xbc\xc3\x9f"
     "e, \xe4\xb8\x96\xe7\x95\x8c \xf0\x9f\x8e\xb5"},
    {"UTF-16LE", BYTES("A\x00\xdf\x00\xac <\xd8\xb5\xdf"), "A\xc3\x9f\xe2\x82\xac\xf0\x9f\x8e\xb5"},
    {"UTF-16BE",
     BYTES("\x00"
           "A\x00\xdf \xac\xd8<\xdf\xb5"),
     "A\xc3\x9f\xe2\x82\xac\xf0\x9f\x8e\xb5"},
    {"UTF-32LE", BYTES("A\x00\x00\x00\xdf\x00\x00\x00\xac \x00\x00\xb5\xf3\x01\x00"),
     "A\xc3\x9f\xe2\x82\xac\xf0\x9f\x8e\xb5"},
    {"UTF-32BE",
     BYTES("\x00\x00\x00"
           "A\x00\x00\x00\xdf\x00\x00 \xac\x00\x01\xf3\xb5"),
     "A\xc3\x9f\xe2\x82\xac\xf0\x9f\x8e\xb5"},
    {"utf-7", BYTES("Hi Mom +Jjo!"), "Hi Mom \xe2\x98\xba!"},
    {"SHIFT_JIS",
     BYTES("\x83"
           "e\x83X\x83g\x8a\xbf\x8e\x9a ABC"),
     "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88\xe6\xbc\xa2\xe5\xad\x97 ABC"},
    {"EUC-JP", BYTES("\xc6\xfc\xcb\xdc\xb8\xec\xa5\xc6\xa5\xad\xa5\xb9\xa5\xc8"),
     "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x83\x86\xe3\x82\xad\xe3\x82\xb9\xe3\x83\x88"},
    {"ISO-2022-JP", BYTES("\x1b$BF|K\x5c\x1b(BABC\x1b$B8l\x1b(B"),
     "\xe6\x97\xa5\xe6\x9c\xac"
     "ABC\xe8\xaa\x9e"},
    {"GB18030",
     BYTES("\xd6\xd0\xce\xc4\xa2\xe3\x94"
           "9\xfc"
           "6"),
     "\xe4\xb8\xad\xe6\x96\x87\xe2\x82\xac\xf0\x9f\x98\x80"},
    {"BIG5",
     BYTES("\xc1"
           "c\xc5\xe9\xa4\xa4\xa4\xe5"),
     "\xe7\xb9\x81\xe9\xab\x94\xe4\xb8\xad\xe6\x96\x87"},
    {"EUC-KR", BYTES("\xc7\xd1\xb1\xb9\xbe\xee"), "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4"},
    {"KOI8-R", BYTES("\xf0\xd2\xc9\xd7\xc5\xd4, \xcd\xc9\xd2"),
     "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, \xd0\xbc\xd0\xb8\xd1\x80"},
    {"CP437",
     BYTES("\x80"
           "a va, \xb0\xb1\xb2\xe1"),
     "\xc3\x87"
     "a va, \xe2\x96\x91\xe2\x96\x92\xe2\x96\x93\xc3\x9f"},
    {"CP1252",
     BYTES("\x93na\xefve\x94 \x80"
           "5"),
     "\xe2\x80\x9cna\xc3\xafve\xe2\x80\x9d \xe2\x82\xac"
     "5"},
    {"CP1251", BYTES("\xd1\xfa\xe5\xf8\xfc"), "\xd0\xa1\xd1\x8a\xd0\xb5\xd1\x88\xd1\x8c"},
    {"ISO-8859-1", BYTES("\xe9t\xe9 \xff"), "\xc3\xa9t\xc3\xa9 \xc3\xbf"},
    {"ISO-8859-15", BYTES("5 \xa4 \xbduvre"), "5 \xe2\x82\xac \xc5\x93uvre"},
    {"IBM037", BYTES("\xc8\x85\x93\x93\x96k@\xe6\x96\x99\x93\x84@\xf1\xf2\xf3"),
     "Hello, World 123"},
    {"CP500", BYTES("\xc5\xc2\xc3\xc4\xc9\xc3@J\xa7Z"), "EBCDIC [x]"},
    {"MACINTOSH", BYTES("caf\x8e \xa0"), "caf\xc3\xa9 \xe2\x80\xa0"},
    {"TIS-620", BYTES("\xc0\xd2\xc9\xd2\xe4\xb7\xc2"),
     "\xe0\xb8\xa0\xe0\xb8\xb2\xe0\xb8\xa9\xe0\xb8\xb2\xe0\xb9\x84\xe0\xb8\x97\xe0\xb8\xa2"},
};

/* Text that Python refuses, and the UnicodeDecodeError's start. */
static const struct {
    const char *encoding;
    struct bytes stored;
    size_t at;
} bad[] = {
    {"UTF-8",
     BYTES("ab\xff\xfe"
           "c"),
     2},
    {"UTF-8", BYTES("a\xe2\x82"), 1},
    {"UTF-8", BYTES("\xed\xa0\x80"), 0},
    {"ASCII", BYTES("abc\x80"), 3},
    {"UTF-16LE",
     BYTES("a\x00\x00\xd8"
           "b\x00"),
     2},
    {"UTF-16BE",
     BYTES("\x00"
           "a\xdc\x00\x00"
           "b"),
     2},
    {"UTF-16LE",
     BYTES("a\x00"
           "b\x00"
           "c"),
     4},
    {"UTF-16LE", BYTES("a\x00\x00\xd8"), 2},
    {"UTF-32LE", BYTES("a\x00\x00\x00\x00\x00\x11\x00"), 4},
    {"UTF-32BE", BYTES("\x00\x00\xd8\x00"), 0},
    {"SHIFT_JIS", BYTES("ok\x83\xff"), 2},
    {"SHIFT_JIS", BYTES("ok\x83"), 2},
    {"EUC-JP", BYTES("\xc6\xfc\xff"), 2},
    {"GB18030",
     BYTES("a\x81"
           "0\x81"),
     1},
    {"BIG5",
     BYTES("\xc1"
           "c\xff"),
     2},
    {"CP1252", BYTES("a\x81"), 1},
    {"EUC-KR", BYTES("\xc7\xd1\xc7"), 2},
    {"TIS-620", BYTES("\xa1\xff"), 1},
};

static void test_decode(void) {
    struct encodings *encodings = encodings_new();
    struct buf scratch = {0};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const struct encoding *e = encodings_find(encodings, bytes_text(good[i].encoding));
        size_t wrong = 0;
        CHECK(e != NULL);
        struct bytes got = encoding_decode(e, &scratch, good[i].stored, &wrong);
        CHECK_BYTES(got.at, got.len, good[i].text, strlen(good[i].text));
        CHECK(wrong == ENCODING_FINE);
    }
    buf_free(&scratch);
    encodings_free(encodings);
}

static void test_encode(void) {
    struct encodings *encodings = encodings_new();
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const struct encoding *e = encodings_find(encodings, bytes_text(good[i].encoding));
        struct buf made = {0};
        CHECK(encoding_encode(e, bytes_text(good[i].text), bytes_of("", 0), &made));
        if (strcmp(good[i].encoding, "utf-7") != 0) { /* has many ways to write the same */
            CHECK_BYTES(made.at, made.len, good[i].stored.at, good[i].stored.len);
        }
        buf_free(&made);
    }
    struct buf made = {0};
    const struct encoding *latin1 = encodings_find(encodings, bytes_text("iso-8859-1"));
    CHECK(!encoding_encode(latin1, bytes_text("a\xe2\x82\xac"), bytes_of("", 0), &made));
    const struct encoding *koi8 = encodings_find(encodings, bytes_text("KOI8-R"));
    CHECK(!encoding_encode(koi8, bytes_text("a\xe2\x82\xac"), bytes_of("", 0), &made));
    CHECK_INT(made.len, 0);
    buf_free(&made);
    encodings_free(encodings);
}

static void test_bad(void) {
    struct encodings *encodings = encodings_new();
    struct buf scratch = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct encoding *e = encodings_find(encodings, bytes_text(bad[i].encoding));
        size_t wrong = ENCODING_FINE;
        struct bytes got = encoding_decode(e, &scratch, bad[i].stored, &wrong);
        CHECK_INT(wrong, bad[i].at);
        CHECK(memmem(got.at, got.len, "\xef\xbf\xbd", 3) != NULL);
    }
    buf_free(&scratch);
    encodings_free(encodings);
}

/* Python: b"\xff\xfeA\0".decode("utf-16") == "A"; without a mark the order is that of RFC 2781, 4.3. */
static void test_marks(void) {
    struct encodings *encodings = encodings_new();
    struct buf scratch = {0}, made = {0};
    const struct encoding *e = encodings_find(encodings, bytes_text("UTF-16"));
    size_t wrong;
    struct bytes got = encoding_decode(e, &scratch,
                                       bytes_of("\xff\xfe"
                                                "A\0",
                                                4),
                                       &wrong);
    CHECK_BYTES(got.at, got.len, "A", 1);
    got = encoding_decode(e, &scratch, bytes_of("\xfe\xff\0A", 4), &wrong);
    CHECK_BYTES(got.at, got.len, "A", 1);
    got = encoding_decode(e, &scratch, bytes_of("\0A", 2), &wrong);
    CHECK_BYTES(got.at, got.len, "A", 1);
    CHECK(encoding_encode(e, bytes_text("\n"),
                          bytes_of("\xff\xfe"
                                   "A\0",
                                   4),
                          &made));
    CHECK_BYTES(made.at, made.len, "\n\0", 2);
    e = encodings_find(encodings, bytes_text("UTF-32"));
    got = encoding_decode(e, &scratch,
                          bytes_of("\xff\xfe\0\0"
                                   "A\0\0\0",
                                   8),
                          &wrong);
    CHECK_BYTES(got.at, got.len, "A", 1);
    e = encodings_find(encodings, bytes_text("UTF-16LE")); /* a mark is a character there */
    got = encoding_decode(e, &scratch,
                          bytes_of("\xff\xfe"
                                   "A\0",
                                   4),
                          &wrong);
    CHECK_BYTES(got.at, got.len,
                "\xef\xbb\xbf"
                "A",
                4);
    buf_free(&scratch);
    buf_free(&made);
    encodings_free(encodings);
}

static void test_names(void) {
    struct encodings *encodings = encodings_new();
    CHECK(encodings_find(encodings, bytes_text("no-such-encoding")) == NULL);
    CHECK(encodings_find(encodings, bytes_text("ISO-8859-1//IGNORE")) == NULL);
    CHECK(encodings_find(encodings, bytes_of("UTF\0-8", 6)) == NULL);
    CHECK(encoding_is_utf8(encodings_find(encodings, bytes_of("", 0))));
    const struct encoding *e = encodings_find(encodings, bytes_text("koi8-r"));
    CHECK(e && e == encodings_find(encodings, bytes_text("KOI8-R")));
    CHECK(encodings_at(encodings, encodings_number(encodings, e)) == e);
    unsigned n;
    const char *const *names = encoding_common_names(&n);
    struct encodings *all = encodings_new();
    for (unsigned i = 0; i < n; i++) {
        CHECK(encodings_find(all, bytes_text(names[i])) != NULL);
    }
    encodings_free(all);
    encodings_free(encodings);
}

/* A text of several steps of iconv, in pieces that fill no step, and the same without iconv. */
static void test_long(void) {
    struct encodings *encodings = encodings_new();
    struct buf scratch = {0}, raw = {0}, want = {0};
    for (int i = 0; i < 10000; i++) {
        buf_puts(&raw, "\xe9");
        buf_puts(&want, "\xc3\xa9");
    }
    static const char *const names[] = {"ISO-8859-1", "ISO-8859-15", "CP1252"};
    for (int i = 0; i < 3; i++) {
        size_t wrong;
        const struct encoding *e = encodings_find(encodings, bytes_text(names[i]));
        struct bytes got = encoding_decode(e, &scratch, buf_bytes(&raw), &wrong);
        CHECK_BYTES(got.at, got.len, want.at, want.len);
        struct bytes plain = bytes_text("plain"); /* stays where it is */
        CHECK(encoding_decode(e, &scratch, plain, &wrong).at == plain.at);
    }
    buf_free(&scratch);
    buf_free(&raw);
    buf_free(&want);
    encodings_free(encodings);
}

static size_t cut_len(struct encodings *encodings, const char *name, const char *raw, size_t len) {
    return encoding_cut(encodings_find(encodings, bytes_text(name)), bytes_of(raw, len)).len;
}

/* A NUL or a terminator is a whole unit at a unit's boundary. */
static void test_units(void) {
    struct encodings *encodings = encodings_new();
    CHECK_INT(cut_len(encodings, "UTF-8", "ab\0c", 4), 2);
    CHECK_INT(cut_len(encodings, "", "abc", 3), 3);
    CHECK_INT(cut_len(encodings, "utf-16le", "a\0\0b\0\0c\0", 8), 4);
    CHECK_INT(cut_len(encodings, "UTF-32LE", "a\0\0\0\0\0\0\0", 8), 4);
    CHECK_INT(cut_len(encodings, "UTF-16LE", "a\0b", 3), 3);
    CHECK_INT(cut_len(encodings, "UTF-16LE", NULL, 0), 0);
    CHECK_INT(cut_len(encodings, "UCS-2BE", "\1\0\0\1\0\0", 6), 4);
    CHECK_INT(cut_len(encodings, "UCS-4LE", "a\0\0\0\0\0\0\0", 8), 4);
    const struct encoding *e = encodings_find(encodings, bytes_text("UTF-16BE"));
    CHECK_INT(encoding_search(e, bytes_of("\1\0\x0a\0\0\x0a", 6), bytes_of("\0\x0a", 2)), 4);
    CHECK(encoding_search(e, bytes_of("\1\0\x0a", 3), bytes_of("\0\x0a", 2)) == ENCODING_FINE);
    CHECK(encoding_search(e, bytes_of("", 0), bytes_of("\0\x0a", 2)) == ENCODING_FINE);
    encodings_free(encodings);
}

/* Short texts of a few bytes, with those that may be odd, against what the words say. */
static void test_fine(void) {
    static const unsigned char some[] = {'a', 'b', ' ', 0, 0, 0xc3, 0xa9, 0x80};
    struct encodings *encodings = encodings_new();
    const struct encoding *utf8 = encodings_find(encodings, bytes_text("UTF-8"));
    struct buf scratch = {0};
    uint32_t state = 1, wrong = 0;
    for (unsigned i = 0; i < 200000; i++) {
        unsigned char raw[40];
        size_t len = i % 40, end = 0, behind = 0;
        for (size_t k = 0; k < len; k++) {
            state = state * 1664525 + 1013904223;
            raw[k] =
                k > 0 && raw[k - 1] == 0 && state >> 31 ? 0 : some[state >> 28 & (i % 3 ? 1 : 7)];
        }
        if (i % 3 && len > 4) {
            memset(raw + len - i % 4, 0, i % 4);
        }
        while (end < len && raw[end]) {
            end++;
        }
        for (behind = end; behind < len && (raw[behind] == 0 || raw[behind] == ' ');) {
            behind++;
        }
        bool fine = utf8_valid(bytes_of(raw, len)),
             cut = utf8_valid(bytes_of(raw, end)) && behind == len;
        wrong += encoding_is_fine(utf8, false, bytes_of(raw, len), &scratch) != fine;
        wrong += encoding_is_fine(utf8, true, bytes_of(raw, len), &scratch) != cut;
    }
    CHECK_INT(wrong, 0);
    buf_free(&scratch);
    encodings_free(encodings);
}

CHECK_MAIN("encoding", {"decode", test_decode}, {"encode", test_encode}, {"bad", test_bad},
           {"byte order marks", test_marks}, {"names", test_names}, {"long", test_long},
           {"units", test_units}, {"fine", test_fine})
