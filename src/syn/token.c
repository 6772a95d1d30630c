#include "config.h"

#include "syn/token.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/utf8.h"
#include "text/diag.h"

const char *token_name(struct build *build, const char *text, size_t len) {
    return intern_add(build->parser->intern, text, len);
}

const char *token_quoted(struct build *build, struct span span, const char *text, size_t len) {
    if (!utf8_valid(bytes_of(text, len))) {
        diag_report(build->parser->diags, DIAG_UTF8, span, "this name is not UTF-8");
    }
    return token_name(build, text + 1, len - 2);
}

/* The span of len bytes of a token, from its byte off. */
static struct span part(struct span span, size_t off, size_t len) {
    return (struct span){(uint32_t)(span.lo + off), (uint32_t)(span.lo + off + len)};
}

static struct ast *literal(struct build *build, enum ast_kind kind, struct span span,
                           const char *text, size_t len) {
    struct ast *node = ast_node(build, kind, span, NULL, NULL, NULL);
    node->name = token_name(build, text, len);
    node->name_span = span;
    return node;
}

/* -- numbers ----------------------------------------------------------------------------------- */

/* That many digits fit 64 bits in any base. */
#define SHORT_DIGITS 16

/* The value of a digit up to base 36, or 99. */
static unsigned digit_value(char c) {
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'z') {
        return (unsigned)(c - 'a') + 10;
    }
    return c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A') + 10 : 99;
}

/* The base that a prefix like 0x stands for, or 0. */
static unsigned prefix_base(const char *text, size_t len) {
    if (len < 2 || text[0] != '0') {
        return 0;
    }
    switch (text[1]) {
    case 'x':
        return 16;
    case 'o':
        return 8;
    case 'b':
        return 2;
    default:
        return 0;
    }
}

/* Reports what is wrong with the digit at off, which the base does not have. */
static void bad_digit(struct build *build, struct span span, const char *text, size_t len,
                      size_t off, unsigned base) {
    struct diags *diags = build->parser->diags;
    const char c = text[off];
    if (base == 10 && off == 1 && text[0] == '0' && (c == 'X' || c == 'O' || c == 'B')) {
        diag_report(diags, DIAG_NUMBER, span, "the prefix of a number is written small: '0%c'",
                    c - 'A' + 'a');
    } else if (base == 10 && (c == 'e' || c == 'E')) {
        diag_report(diags, DIAG_NUMBER, span,
                    "a number with an exponent needs a dot with digits on both sides, as in 1.0e5");
    } else if (base == 10 && digit_value(c) > 9 && strspn(text + off, "uUlL") == len - off) {
        diag_report(diags, DIAG_NUMBER, part(span, off, len - off),
                    "a number has no suffix: integers are exact and of any size");
    } else {
        diag_report(diags, DIAG_NUMBER, part(span, off, 1), "'%c' is no digit of a base %u number",
                    c, base);
    }
}

/* Adds the digits from off to *value; false when something was reported. */
static bool add_digits(struct build *build, struct span span, const char *text, size_t len,
                       size_t off, unsigned base, int128 *value) {
    bool digit_before = off > 0; /* the prefix counts: 0x_ff reads well */
    for (size_t i = off; i < len; i++) {
        if (text[i] == '_') {
            if (!digit_before || i + 1 == len) {
                diag_report(build->parser->diags, DIAG_NUMBER, part(span, i, 1),
                            "'_' stands between two digits only");
                return false;
            }
            digit_before = false;
            continue;
        }
        digit_before = true;
        unsigned digit = digit_value(text[i]);
        if (digit >= base) {
            bad_digit(build, span, text, len, i, base);
            return false;
        }
        if (!int128_mul(*value, base, value) || !int128_add(*value, digit, value)) {
            diag_report(build->parser->diags, DIAG_NUMBER_RANGE, span,
                        "this number is too large: integers go up to 2^127 - 1");
            return false;
        }
    }
    return true;
}

static void report_leading_zero(struct build *build, struct span span, const char *text,
                                size_t len) {
    size_t zeros = strspn(text, "0_");
    if (zeros >= len || strcspn(text + zeros, "89") < len - zeros) {
        diag_report(build->parser->diags, DIAG_NUMBER, span,
                    "a decimal number does not begin with 0");
    } else {
        diag_report(build->parser->diags, DIAG_NUMBER, span,
                    "a decimal number does not begin with 0; an octal one is written 0o%.*s",
                    (int)(len - zeros), text + zeros);
    }
}

/* Whether a number is of few digits, all of them as they should be; most are. */
static bool is_short_number(const char *text, size_t len, unsigned base, int128 *value) {
    size_t off = base ? 2 : 0;
    uint64_t sum = 0;
    if (len == off || len - off > SHORT_DIGITS || (!base && len > 1 && text[0] == '0')) {
        return false;
    }
    base = base ? base : 10;
    for (size_t i = off; i < len; i++) {
        unsigned digit = digit_value(text[i]);
        if (digit >= base) {
            return false;
        }
        sum = sum * base + digit;
    }
    *value = sum;
    return true;
}

struct ast *token_integer(struct build *build, struct span span, const char *text, size_t len) {
    struct ast *node = literal(build, AST_INT, span, text, len);
    unsigned base = prefix_base(text, len);
    int128 value = 0;
    if (is_short_number(text, len, base, &value)) {
        node->integer = value;
        return node;
    }
    if (base != 0 && len == 2) {
        diag_report(build->parser->diags, DIAG_NUMBER, span, "digits are missing behind '%s'",
                    node->name);
        return node;
    }
    if (!add_digits(build, span, text, len, base != 0 ? 2 : 0, base != 0 ? base : 10, &value)) {
        return node;
    }
    if (base == 0 && len > 1 && text[0] == '0') {
        report_leading_zero(build, span, text, len);
        return node;
    }
    node->integer = value;
    return node;
}

/* The text of a FLOAT as strtod wants it: no '_', the locale's decimal point. NULL where a '_' or a
 * letter stands wrong. */
static const char *plain_float(struct build *build, const char *text, size_t len) {
    const char *point = localeconv()->decimal_point;
    size_t point_len = strlen(point);
    char *plain = arena_alloc(build->parser->arena, len + point_len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool digit = c >= '0' && c <= '9';
        if (c == '.') {
            memcpy(plain + n, point, point_len);
            n += point_len;
        } else if (c == '_') {
            if (digit_value(text[i - 1]) > 9 || i + 1 == len || digit_value(text[i + 1]) > 9) {
                return NULL;
            }
        } else if (digit || c == 'e' || c == 'E' || c == '+' || c == '-') {
            plain[n++] = c;
        } else {
            return NULL;
        }
    }
    return plain;
}

struct ast *token_float(struct build *build, struct span span, const char *text, size_t len) {
    struct ast *node = literal(build, AST_FLOAT, span, text, len);
    const char *plain = text[0] == '.' ? NULL : plain_float(build, text, len);
    char *end = NULL;
    double value = plain ? strtod(plain, &end) : 0;
    if (!plain || *end != '\0') {
        diag_report(build->parser->diags, DIAG_NUMBER, span,
                    "this is no number: '%s' (one with a dot needs digits on both sides of it)",
                    node->name);
    } else if (!isfinite(value)) {
        diag_report(build->parser->diags, DIAG_NUMBER_RANGE, span,
                    "this number is too large for a double");
    } else {
        node->number = value;
    }
    return node;
}

struct ast *token_address(struct build *build, struct span span, const char *text, size_t len) {
    struct ast *node = literal(build, AST_INT, span, text, len);
    uint8_t at[4];
    if (address_ipv4(bytes_of(text, len), at)) {
        node->integer = (int128)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
        node->flag = true;
    } else {
        diag_report(build->parser->diags, DIAG_NUMBER, span,
                    "this is no number, nor an IPv4 address: four numbers up to 255 with dots "
                    "between them, without zeros in front, as in 192.0.2.1");
    }
    return node;
}

/* -- strings and characters -------------------------------------------------------------------- */

/* A literal under way. */
struct literal {
    struct build *build;
    struct span span; /* of the whole literal */
    const char *text; /* as written, quotes included */
    size_t end;       /* offset of the closing quote, or of the text's end */
    size_t off;       /* what comes next */
    char *out;
    size_t out_len;
    bool raw; /* it has a \x byte */
};

static void escape_error(struct literal *lit, size_t from, size_t to, const char *message) {
    diag_report(lit->build->parser->diags, DIAG_ESCAPE, part(lit->span, from, to - from), "%s",
                message);
}

/* How many hex digits stand at off, at most max; their value goes to *value. */
static size_t hex_digits(const struct literal *lit, size_t off, size_t max, uint32_t *value) {
    size_t n = 0;
    *value = 0;
    while (n < max && off + n < lit->end && digit_value(lit->text[off + n]) < 16) {
        *value = *value << 4 | digit_value(lit->text[off + n]);
        n++;
    }
    return n;
}

/* \xHH, the 'x' at off - 1. */
static void escape_byte(struct literal *lit, size_t from) {
    uint32_t value;
    size_t n = hex_digits(lit, lit->off, 2, &value);
    lit->off += n;
    if (n < 2) {
        escape_error(lit, from, lit->off, "'\\x' takes exactly two hex digits");
        return;
    }
    lit->raw = true;
    lit->out[lit->out_len++] = (char)(unsigned char)value;
}

/* \u{HEX}, the 'u' at off - 1. */
static void escape_code_point(struct literal *lit, size_t from) {
    uint32_t value = 0;
    size_t n = 0;
    if (lit->off < lit->end && lit->text[lit->off] == '{') {
        n = hex_digits(lit, lit->off + 1, 6, &value);
    }
    size_t close = lit->off + 1 + n;
    if (n == 0 || close >= lit->end || lit->text[close] != '}') {
        escape_error(lit, from, lit->off,
                     "'\\u' takes one to six hex digits in braces, as in '\\u{e9}'");
        return;
    }
    lit->off = close + 1;
    char utf8[UTF8_MAX];
    size_t len = utf8_encode(value, utf8);
    if (len == 0) {
        escape_error(lit, from, lit->off, "there is no such character in Unicode");
        return;
    }
    memcpy(lit->out + lit->out_len, utf8, len);
    lit->out_len += len;
}

/* The byte that a one-letter escape stands for, or -1. */
static int simple_escape(char c) {
    static const char letters[] = "ntr\\\"'abfve";
    static const char bytes[] = "\n\t\r\\\"'\a\b\f\v\x1b";
    const char *at = c == '\0' ? NULL : strchr(letters, c);
    return at ? bytes[at - letters] : -1;
}

/* Takes the escape whose backslash is at off. */
static void take_escape(struct literal *lit) {
    size_t from = lit->off;
    if (from + 1 >= lit->end) {
        lit->off = lit->end;
        escape_error(lit, from, lit->end, "a backslash at the end of a string");
        return;
    }
    char c = lit->text[from + 1];
    lit->off = from + 2;
    int byte = simple_escape(c);
    if (byte >= 0) {
        lit->out[lit->out_len++] = (char)byte;
    } else if (c == 'x') {
        escape_byte(lit, from);
    } else if (c == 'u') {
        escape_code_point(lit, from);
    } else if (c >= '0' && c <= '9') {
        bool more = lit->off < lit->end && digit_value(lit->text[lit->off]) < 10;
        if (c == '0' && !more) {
            lit->out[lit->out_len++] = '\0';
        } else {
            escape_error(
                lit, from, lit->off,
                "octal escapes do not exist (but '\\0', and no digit behind it): a byte is "
                "written '\\x' and two hex digits");
        }
    } else {
        while (lit->off < lit->end && ((unsigned char)lit->text[lit->off] & 0xc0) == 0x80) {
            lit->off++;
        }
        diag_report(lit->build->parser->diags, DIAG_ESCAPE, part(lit->span, from, lit->off - from),
                    "unknown escape sequence; a backslash itself is written '\\\\'");
    }
}

/* Takes the character at off, which is no backslash. */
static void take_character(struct literal *lit) {
    const unsigned char *at = (const unsigned char *)lit->text + lit->off;
    uint32_t code;
    int n = utf8_decode(at, lit->end - lit->off, &code);
    size_t len = (size_t)(n < 0 ? -n : n);
    struct diags *diags = lit->build->parser->diags;
    if (n < 0) {
        diag_report(
            diags, DIAG_UTF8, part(lit->span, lit->off, len),
            "this text is not UTF-8; a byte of any value is written '\\x' and two hex digits");
    } else if ((code < 0x20 && code != '\t') || code == 0x7f) {
        diag_report(diags, DIAG_CHARACTER, part(lit->span, lit->off, len),
                    "a control character in a string is written '\\x%02x'", (unsigned)code);
    }
    memcpy(lit->out + lit->out_len, at, len);
    lit->out_len += len;
    lit->off += len;
}

static struct literal literal_start(struct build *build, struct span span, const char *text,
                                    size_t len, bool closed) {
    /* no escape stands for more bytes than it is written with */
    return (struct literal){.build = build,
                            .span = span,
                            .text = text,
                            .end = closed ? len - 1 : len,
                            .off = 1,
                            .out = arena_alloc(build->parser->arena, len + 1)};
}

static void take_one(struct literal *lit) {
    if (lit->text[lit->off] == '\\') {
        take_escape(lit);
    } else {
        take_character(lit);
    }
}

/* Takes printable ASCII as it stands. */
static void take_plain(struct literal *lit) {
    size_t n = 0;
    for (; lit->off + n < lit->end; n++) {
        char c = lit->text[lit->off + n];
        if (c < ' ' || c > '~' || c == '\\') {
            break;
        }
        lit->out[lit->out_len + n] = c;
    }
    lit->off += n;
    lit->out_len += n;
}

/* Reports a missing quote. The scanner stopped at the line's end. */
static void open_literal(struct build *build, struct span span, char quote) {
    diag_report(build->parser->diags, DIAG_STRING_OPEN, part(span, 0, 1),
                "the closing %c is missing on this line", quote);
}

struct ast *token_string(struct build *build, struct span span, const char *text, size_t len,
                         bool closed) {
    struct ast *node = literal(build, AST_STRING, span, text, len);
    if (!closed) {
        open_literal(build, span, '"');
        while (len > 1 && (text[len - 1] == '\r' || text[len - 1] == '\\')) {
            len--;
        }
    }
    struct literal lit = literal_start(build, span, text, len, closed);
    for (take_plain(&lit); lit.off < lit.end; take_plain(&lit)) {
        take_one(&lit);
    }
    node->text = bytes_of(lit.out, lit.out_len);
    node->flag = lit.raw;
    return node;
}

struct ast *token_char(struct build *build, struct span span, const char *text, size_t len,
                       bool closed) {
    struct ast *node = literal(build, AST_INT, span, text, len);
    if (!closed) {
        open_literal(build, span, '\'');
        return node;
    }
    struct literal lit = literal_start(build, span, text, len, true);
    uint32_t errors = build->parser->diags->errors;
    if (lit.off < lit.end) {
        take_one(&lit);
    }
    if (build->parser->diags->errors != errors) {
        return node;
    }
    if (lit.out_len == 0) {
        diag_report(build->parser->diags, DIAG_CHAR_LITERAL, span,
                    "there is no character between the quotes");
    } else if (lit.off < lit.end) {
        diag_report(build->parser->diags, DIAG_CHAR_LITERAL, span,
                    "more than one character between single quotes; a text is written in \"\"");
    } else if (lit.raw) {
        node->integer = (unsigned char)lit.out[0];
    } else {
        uint32_t code;
        utf8_decode((const unsigned char *)lit.out, lit.out_len, &code);
        node->integer = code;
    }
    return node;
}

/* -- what is no token -------------------------------------------------------------------------- */

/* Whether a code point is one of the quotes that word processors make. */
static bool is_curly_quote(uint32_t code) {
    return code == 0x2018 || code == 0x2019 || (code >= 0x201c && code <= 0x201e);
}

void token_stray(struct build *build, struct span span, const char *text, size_t len) {
    struct diags *diags = build->parser->diags;
    build->stray_end = span.hi;
    if (build->recovering) {
        return; /* part of what is skipped, and most often of the same mistake */
    }
    uint32_t code;
    int n = utf8_decode((const unsigned char *)text, len, &code);
    if (n < 0) {
        diag_report(diags, DIAG_UTF8, part(span, 0, (size_t)-n), "this text is not UTF-8");
        return;
    }
    struct span first = part(span, 0, (size_t)n);
    if (code < 0x20 || code == 0x7f) {
        diag_report(diags, DIAG_CHARACTER, first, "unexpected control character 0x%02x",
                    (unsigned)code);
    } else if (code == 0xfeff) {
        diag_report(diags, DIAG_CHARACTER, first, "a byte order mark stands at the start only");
    } else if (is_curly_quote(code)) {
        diag_report(diags, DIAG_CHARACTER, first,
                    "unexpected character '%.*s': quotes are plain \" and '", n, text);
    } else {
        diag_report(diags, DIAG_CHARACTER, first, "unexpected character '%.*s'", n, text);
    }
}

void token_hash(struct build *build, struct span span, const char *text, size_t len) {
    const char *hash = memchr(text, '#', len);
    struct diags *diags = build->parser->diags;
    struct diag *d = diag_report(diags, DIAG_CHARACTER, part(span, (size_t)(hash - text), 1),
                                 "unexpected character '#'");
    const char *word = hash + 1;
    while (*word == ' ' || *word == '\t') {
        word++;
    }
    diag_note(diags, d, span_none(),
              strncmp(word, "include", 7) == 0 ? "another schema is imported: 'import \"NAME\";'"
              : strncmp(word, "define", 6) == 0
                  ? "a constant is 'let NAME = VALUE;', a macro a function: 'let NAME(A) = VALUE;'"
                  : "there is no preprocessor; a comment begins with '//'");
}

void token_open_comment(struct build *build, struct span span) {
    diag_report(build->parser->diags, DIAG_COMMENT_OPEN, span, "the closing '*/' is missing");
}

void token_comment(struct build *build, struct build_doc comment, const char *text, size_t len) {
    bool doc = len >= 3 && memcmp(text, "///", 3) == 0 && (len == 3 || text[3] != '/');
    comment.comment = build->parser->comments ? build->parser->comments->n : 0;
    if (doc) {
        *vec_push(&build->docs, build->parser->arena) = comment;
    }
    struct parse_comments *comments = build->parser->comments;
    if (comments) {
        *vec_push(comments, build->parser->arena) =
            (struct parse_comment){.span = comment.span, .doc = doc};
    }
}
