#include "config.h"

#include "ask/pattern.h"

#include <string.h>
#include <strings.h>

#include "ask/pattern_number.h"
#include "base/encoding.h"
#include "base/mem.h"

struct reader {
    struct arena *arena;
    struct pattern *pattern;
    bool fold;
    const char *why; /* what is wrong; NULL while nothing is */
};

static bool fail(struct reader *r, const char *why) {
    r->why = why;
    return false;
}

static int digit_of(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool is_hex(char c) {
    return c == '?' || digit_of(c) >= 0;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* Pairs of digits with blanks between them. */
static bool read_hex(struct reader *r, const char *text) {
    size_t len = strlen(text), n = 0;
    uint8_t *value = arena_alloc(r->arena, len / 2 + 1), *mask = arena_alloc(r->arena, len / 2 + 1);
    bool wild = false;
    for (const char *p = text; *p;) {
        if (is_blank(*p)) {
            p++;
            continue;
        }
        if (!is_hex(p[0]) || !is_hex(p[1])) {
            return fail(r, arena_printf(r->arena,
                                        "'%s' is no bytes: each is two hexadecimal digits, "
                                        "or ? for any digit",
                                        text));
        }
        for (unsigned i = 0; i < 2; i++, p++) {
            bool any = *p == '?';
            value[n] = (uint8_t)(value[n] << 4 | (any ? 0 : digit_of(*p)));
            mask[n] = (uint8_t)(mask[n] << 4 | (any ? 0 : 15));
            wild = wild || any;
        }
        n++;
    }
    r->pattern->value = bytes_of(value, n);
    r->pattern->mask = wild ? mask : NULL;
    return true;
}

/* One escape, p behind its backslash; returns what is behind it, or NULL. */
static const char *read_escape(const char *p, char *out) {
    static const char names[] = "nrtab0\\\"'", values[] = "\n\r\t\a\b\0\\\"'";
    if (*p == 'x') {
        if (digit_of(p[1]) < 0 || digit_of(p[2]) < 0) {
            return NULL;
        }
        *out = (char)(digit_of(p[1]) << 4 | digit_of(p[2]));
        return p + 3;
    }
    const char *name = *p ? strchr(names, *p) : NULL;
    if (!name) {
        return NULL;
    }
    *out = values[name - names];
    return p + 1;
}

/* Text from its opening quote on. */
static bool read_quoted(struct reader *r, const char *text, struct bytes *out) {
    char *made = arena_alloc(r->arena, strlen(text));
    size_t n = 0;
    const char *p = text + 1;
    while (*p && *p != '"') {
        if (*p != '\\') {
            made[n++] = *p++;
            continue;
        }
        p = read_escape(p + 1, &made[n++]);
        if (!p) {
            return fail(r, arena_printf(r->arena,
                                        "%s: the escapes in text are \\n \\r \\t \\a \\b \\0 \\\\ "
                                        "\\\" \\' and \\xHH",
                                        text));
        }
    }
    if (p[0] != '"' || p[1] != '\0') {
        return fail(
            r,
            arena_printf(r->arena, "%s: the quote at the front has to be closed at the end", text));
    }
    *out = bytes_of(made, n);
    return true;
}

/* The text with all its ASCII letters in one case, whatever the locale thinks of them. */
static struct bytes in_case(struct arena *arena, struct bytes text, bool upper) {
    char *made = arena_alloc(arena, text.len);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.at[i];
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        made[i] = (char)(!letter ? c : upper ? c & ~0x20 : c | 0x20);
    }
    return bytes_of(made, text.len);
}

/* Text in the encoding, NULL: the bytes as they are. False where it has no such text. */
static bool encode(struct arena *arena, const struct encoding *encoding, struct bytes text,
                   struct bytes *out) {
    *out = text;
    if (!encoding) {
        return true;
    }
    struct buf made = {0};
    bool fine = encoding_encode(encoding, text, bytes_of(NULL, 0), &made);
    *out = bytes_of(arena_strndup(arena, made.len ? made.at : "", made.len), made.len);
    buf_free(&made);
    return fine;
}

/* Upper and lower case of a letter differ in one bit, which then does not count. */
static bool fold_text(struct reader *r, const struct encoding *encoding, struct bytes text) {
    struct bytes upper, lower;
    if (!encode(r->arena, encoding, in_case(r->arena, text, true), &upper) ||
        !encode(r->arena, encoding, in_case(r->arena, text, false), &lower) ||
        upper.len != lower.len) {
        return false;
    }
    uint8_t *mask = arena_alloc(r->arena, lower.len);
    bool any = false;
    for (size_t i = 0; i < lower.len; i++) {
        uint8_t differ = upper.at[i] ^ lower.at[i];
        if (differ & (differ - 1)) {
            return false;
        }
        mask[i] = (uint8_t)~differ;
        any = any || differ;
    }
    r->pattern->value = lower;
    r->pattern->mask = any ? mask : NULL;
    return true;
}

static bool take_text(struct reader *r, const struct encoding *encoding, struct bytes text) {
    bool fine = r->fold ? fold_text(r, encoding, text)
                        : encode(r->arena, encoding, text, &r->pattern->value);
    if (!fine) {
        return fail(r, arena_printf(r->arena, "'%.*s' can't be written in %s", (int)text.len,
                                    (const char *)text.at, encoding_name(encoding)));
    }
    return true;
}

/* Whether two names of encodings are the same but for case and dashes. */
static bool is_same_name(const char *a, struct bytes b) {
    size_t i = 0;
    for (;; a++, i++) {
        while (*a == '-' || *a == '_') {
            a++;
        }
        while (i < b.len && (b.at[i] == '-' || b.at[i] == '_')) {
            i++;
        }
        if (*a == '\0' || i == b.len) {
            return *a == '\0' && i == b.len;
        }
        if (strncasecmp(a, (const char *)b.at + i, 1) != 0) {
            return false;
        }
    }
}

/* The name that an encoding has in the table, for one that is written without its dashes. */
static struct bytes common_name(struct bytes name) {
    unsigned n;
    const char *const *names = encoding_common_names(&n);
    for (unsigned i = 0; i < n; i++) {
        if (is_same_name(names[i], name)) {
            return bytes_text(names[i]);
        }
    }
    return bytes_of(NULL, 0);
}

/* NAME:text and NAME:"text" with the name of an encoding; *is says whether it is one. */
static bool read_encoded(struct reader *r, const char *text, bool *is) {
    const char *colon = strchr(text, ':');
    *is = false;
    if (!colon || colon == text) {
        return true;
    }
    struct bytes name = bytes_of(text, (size_t)(colon - text));
    struct bytes known = common_name(name);
    bool quoted = colon[1] == '"';
    if (known.len == 0 && !quoted) {
        return true;
    }
    struct encodings *encodings = encodings_new();
    const struct encoding *encoding = encodings_find(encodings, known.len ? known : name);
    bool fine = true;
    if (encoding) {
        *is = true;
        struct bytes plain = bytes_text(colon + 1);
        fine = (!quoted || read_quoted(r, colon + 1, &plain)) && take_text(r, encoding, plain);
    }
    encodings_free(encodings);
    return fine;
}

/* Two or more pairs of digits with blanks around them. */
static bool looks_like_hex(const char *text) {
    unsigned pairs = 0;
    while (*text) {
        if (is_blank(*text)) {
            text++;
        } else if (is_hex(text[0]) && is_hex(text[1]) && (is_blank(text[2]) || !text[2])) {
            text += 2;
            pairs++;
        } else {
            return false;
        }
    }
    return pairs > 1;
}

/* 0x and nothing but digits. */
static bool looks_like_number(const char *text) {
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && text[2] &&
           strspn(text + 2, "0123456789abcdefABCDEF?") == strlen(text + 2);
}

/* Text that a person may have meant for something else: nothing but pairs of digits, or a word before a colon. */
static bool looks_meant(const char *text) {
    size_t len = strlen(text), word = strcspn(text, ":");
    bool digits = len % 2 == 0 && strspn(text, "0123456789abcdefABCDEF?") == len;
    return digits || (word > 0 && text[word] == ':');
}

static bool read_kind(struct reader *r, const char *text) {
    struct bytes plain = bytes_text(text);
    bool is_encoded = false;
    if (text[0] == '"') {
        return read_quoted(r, text, &plain) && take_text(r, NULL, plain);
    }
    if (strncmp(text, "text:", 5) == 0) {
        return take_text(r, NULL, bytes_text(text + 5));
    }
    bool prefixed = strncmp(text, "hex:", 4) == 0;
    bool is_hexadecimal = prefixed || looks_like_number(text) || looks_like_hex(text);
    struct pattern_number number;
    bool is_number = !is_hexadecimal && pattern_number_read(&number, r->arena, text);
    if (r->fold && (is_hexadecimal || is_number)) {
        return fail(r, "upper and lower case are about text, and this is none");
    }
    if (is_hexadecimal) {
        return read_hex(r, prefixed ? text + 4 : looks_like_number(text) ? text + 2 : text);
    }
    if (is_number) {
        r->pattern->value =
            bytes_of(arena_strndup(r->arena, (const char *)number.at, number.len), number.len);
        return !number.why || fail(r, number.why);
    }
    if (!read_encoded(r, text, &is_encoded) || is_encoded) {
        return r->why == NULL;
    }
    r->pattern->guessed = looks_meant(text);
    return take_text(r, NULL, plain);
}

static void find_literal(struct pattern *pattern) {
    size_t start = 0;
    for (size_t i = 0; i <= pattern->value.len; i++) {
        if (i == pattern->value.len || pattern->mask[i] != 0xff) {
            if (i - start > pattern->literal_len) {
                pattern->literal_off = start;
                pattern->literal_len = i - start;
            }
            start = i + 1;
        }
    }
}

/* The shortest period: the length without the longest border (Knuth, Morris and Pratt, 1977). */
static size_t period_of(struct bytes value) {
    size_t *border = mem_zalloc(value.len + 1, sizeof *border), k = 0;
    for (size_t i = 1; i < value.len; i++) {
        while (k > 0 && value.at[i] != value.at[k]) {
            k = border[k];
        }
        k += value.at[i] == value.at[k];
        border[i + 1] = k;
    }
    size_t period = value.len - border[value.len];
    mem_free(border);
    return period;
}

bool pattern_read(struct pattern *pattern, struct arena *arena, const char *text, bool fold,
                  const char **why) {
    *pattern = (struct pattern){.period = 1};
    struct reader r = {.arena = arena, .pattern = pattern, .fold = fold};
    bool fine = read_kind(&r, text);
    if (fine && pattern->value.len == 0) {
        fine = fail(&r, "the pattern is empty: it would be found everywhere");
    }
    *why = r.why;
    if (!fine) {
        return false;
    }
    if (pattern->mask) {
        find_literal(pattern);
    } else {
        pattern->literal_len = pattern->value.len;
        pattern->period = period_of(pattern->value);
    }
    return true;
}
