/* Numbers and strings of Kaitai's expressions. */
#include "config.h"

#include "ksy/expr_build.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"

static struct ksy_expr *literal(struct expr_build *build, enum ksy_expr_kind kind,
                                struct span place) {
    return expr_node(build, kind, place, NULL, NULL, NULL);
}

__attribute__((format(printf, 4, 5))) static void
mistake(struct expr_build *build, enum diag_code code, struct span place, const char *format, ...) {
    if (!build->failed) {
        va_list args;
        va_start(args, format);
        struct buf text = {0};
        buf_vprintf(&text, format, args);
        va_end(args);
        yaml_report_part(build->diags, code, build->scalar,
                         yaml_part(build->scalar, place.lo, place.hi), "%s", buf_text(&text));
        buf_free(&text);
    }
    build->failed = true;
}

/* -- numbers ----------------------------------------------------------------------------------- */

/* The value of a digit up to base 36, or 99. */
static unsigned digit_value(unsigned char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 10u;
    }
    return c >= 'A' && c <= 'Z' ? c - 'A' + 10u : 99;
}

/* The base that a prefix stands for; 10 for none. */
static unsigned prefix_base(struct bytes text) {
    if (text.len < 2 || text.at[0] != '0') {
        return 10;
    }
    switch (text.at[1]) {
    case 'x':
    case 'X':
        return 16;
    case 'o':
    case 'O':
        return 8;
    case 'b':
    case 'B':
        return 2;
    default:
        return 10;
    }
}

struct ksy_expr *expr_integer(struct expr_build *build, struct span place, struct bytes text) {
    struct ksy_expr *node = literal(build, KSY_INT, place);
    unsigned base = prefix_base(text);
    size_t digits = 0;
    for (size_t i = base == 10 ? 0 : 2; i < text.len; i++) {
        unsigned digit = digit_value(text.at[i]);
        if (text.at[i] == '_') {
            continue;
        }
        if (digit >= base) {
            mistake(build, DIAG_NUMBER, place, "'%c' is no digit of a base %u number", text.at[i],
                    base);
            return node;
        }
        digits++;
        if (!int128_mul(node->integer, base, &node->integer) ||
            !int128_add(node->integer, digit, &node->integer)) {
            mistake(build, DIAG_NUMBER_RANGE, place,
                    "this number is too large: integers go up to 2^127 - 1");
            return node;
        }
    }
    if (digits == 0) {
        mistake(build, DIAG_NUMBER, place, "digits are missing behind '%.2s'",
                (const char *)text.at);
    } else if (base == 10 && text.len > 1 && text.at[0] == '0') {
        mistake(build, DIAG_NUMBER, place, "a decimal number does not begin with 0");
    }
    return node;
}

struct ksy_expr *expr_float(struct expr_build *build, struct span place, struct bytes text) {
    struct ksy_expr *node = literal(build, KSY_FLOAT, place);
    struct buf plain = {0}; /* as strtod wants it */
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '.') {
            buf_puts(&plain, localeconv()->decimal_point);
        } else {
            buf_putc(&plain, (char)text.at[i]);
        }
    }
    node->number = strtod(buf_text(&plain), NULL);
    buf_free(&plain);
    if (!isfinite(node->number)) {
        mistake(build, DIAG_NUMBER_RANGE, place, "this number is too large for a double");
    }
    return node;
}

/* -- strings ----------------------------------------------------------------------------------- */

struct ksy_expr *expr_plain_text(struct expr_build *build, struct span place, struct bytes text) {
    struct ksy_expr *node = literal(build, KSY_STRING, place);
    node->text = bytes_of(arena_strndup(build->arena, (const char *)text.at + 1, text.len - 2),
                          text.len - 2);
    return node;
}

/* A string under way: what is left of it from off to end. */
struct escapes {
    struct expr_build *build;
    struct span place;
    const unsigned char *at;
    uint32_t off, end;
    char *out;
    size_t out_len;
};

/* The byte that an escape of one letter stands for, or -1. */
static int simple_escape(unsigned char c) {
    static const char letters[] = "abtnvfre'\"\\";
    static const char bytes[] = "\a\b\t\n\v\f\r\x1b'\"\\";
    const char *at = c == '\0' ? NULL : strchr(letters, c);
    return at ? bytes[at - letters] : -1;
}

static void bad_escape(struct escapes *text, uint32_t from, uint32_t to, const char *message) {
    struct span place = {text->place.lo + from, text->place.lo + to};
    mistake(text->build, DIAG_ESCAPE, place, "%s", message);
    text->off = text->end;
}

static void put_character(struct escapes *text, uint32_t from, uint32_t code) {
    size_t len = utf8_encode(code, text->out + text->out_len);
    if (len == 0) {
        bad_escape(text, from, text->off, "there is no such character in Unicode");
    }
    text->out_len += len;
}

/* The digits of an octal escape, as many as there are. */
static void octal_escape(struct escapes *text, uint32_t from) {
    uint32_t code = 0;
    while (text->off < text->end && digit_value(text->at[text->off]) < 8) {
        code = code > 0x10ffff ? code : code * 8 + digit_value(text->at[text->off]);
        text->off++;
    }
    put_character(text, from, code);
}

/* Four hex digits at off; UINT32_MAX where they are not there. */
static uint32_t four_digits(const struct escapes *text, uint32_t off) {
    uint32_t code = 0;
    for (uint32_t i = off; i < off + 4; i++) {
        unsigned digit = i < text->end ? digit_value(text->at[i]) : 99;
        if (digit > 15) {
            return UINT32_MAX;
        }
        code = code << 4 | digit;
    }
    return code;
}

/* The digits behind "\u"; two in a row may be a UTF-16 pair. */
static void unicode_escape(struct escapes *text, uint32_t from) {
    uint32_t code = four_digits(text, text->off);
    if (code == UINT32_MAX) {
        bad_escape(text, from, text->off, "'\\u' takes exactly four hex digits");
        return;
    }
    text->off += 4;
    bool pair = code >= 0xd800 && code < 0xdc00 && text->off + 6 <= text->end &&
                memcmp(text->at + text->off, "\\u", 2) == 0;
    uint32_t low = pair ? four_digits(text, text->off + 2) : UINT32_MAX;
    if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        text->off += 6;
    }
    put_character(text, from, code);
}

/* The escape whose backslash is at off; a character stands behind it. */
static void take_escape(struct escapes *text) {
    uint32_t from = text->off;
    unsigned char c = text->at[from + 1];
    int byte = simple_escape(c);
    text->off = from + 2;
    if (byte >= 0) {
        text->out[text->out_len++] = (char)byte;
    } else if (c == 'u') {
        unicode_escape(text, from);
    } else if (digit_value(c) < 8) {
        text->off = from + 1;
        octal_escape(text, from);
    } else {
        bad_escape(text, from, from + 2,
                   "unknown escape sequence; a backslash itself is written '\\\\'");
    }
}

struct ksy_expr *expr_text(struct expr_build *build, struct span place, struct bytes written,
                           uint32_t quote) {
    struct ksy_expr *node = literal(build, KSY_STRING, place);
    /* no escape stands for more bytes than it is written with */
    struct escapes text = {.build = build,
                           .place = place,
                           .at = written.at,
                           .off = quote,
                           .end = (uint32_t)written.len - quote,
                           .out = arena_alloc(build->arena, written.len + 1)};
    while (text.off < text.end) {
        if (text.at[text.off] == '\\') {
            take_escape(&text);
        } else {
            text.out[text.out_len++] = (char)text.at[text.off++];
        }
    }
    node->text = bytes_of(text.out, text.out_len);
    return node;
}

struct ksy_expr *expr_texts(struct expr_build *build, struct span place, struct expr_list list) {
    if (list.first == list.last) {
        return list.first;
    }
    struct buf text = {0};
    for (const struct ksy_expr *item = list.first; item; item = item->next) {
        buf_put(&text, item->text.at, item->text.len);
    }
    struct ksy_expr *node = literal(build, KSY_STRING, place);
    node->text = bytes_of(arena_strndup(build->arena, text.at, text.len), text.len);
    buf_free(&text);
    return node;
}
