#include "config.h"

#include "ask/pattern_number.h"

#include <stdlib.h>
#include <string.h>

#include "base/int128.h"
#include "base/number.h"

struct type {
    bool is_signed, is_float;
    unsigned bits;
    bool ordered, big; /* its order is said, and which */
    const char *text;  /* behind the colon */
    int name_len;
};

/* "uint", "int" or "float", digits, perhaps "le" or "be", a colon. */
static bool read_type(struct type *type, const char *text) {
    static const char *const names[] = {"uint", "int", "float"};
    const char *p = NULL;
    for (unsigned i = 0; i < 3 && !p; i++) {
        size_t len = strlen(names[i]);
        if (strncmp(text, names[i], len) == 0) {
            p = text + len;
            *type = (struct type){.is_signed = i == 1, .is_float = i == 2};
        }
    }
    const char *digits = p;
    while (p && *p >= '0' && *p <= '9' && p - digits < 4) {
        type->bits = type->bits * 10 + (unsigned)(*p++ - '0');
    }
    if (!p || p == digits) {
        return false;
    }
    if (strncmp(p, "le:", 3) == 0 || strncmp(p, "be:", 3) == 0) {
        type->ordered = true;
        type->big = *p == 'b';
        p += 2;
    }
    type->text = p + 1;
    type->name_len = (int)(p - text);
    return *p == ':';
}

static unsigned digit_value(char c) {
    return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
           : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
           : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                  : 99;
}

/* An unsigned number in base 10, 16 (0x), 8 (0o) or 2 (0b); a ' or _ may part digits. */
static bool read_digits(const char *p, uint128 *out) {
    unsigned base = 10;
    if (p[0] == '0' && p[1] && strchr("xXoObB", p[1])) {
        base = p[1] == 'x' || p[1] == 'X' ? 16 : p[1] == 'o' || p[1] == 'O' ? 8 : 2;
        p += 2;
    }
    uint128 v = 0;
    bool any = false;
    for (; *p; p++) {
        if (any && (*p == '_' || *p == '\'') && p[1]) {
            continue;
        }
        unsigned digit = digit_value(*p);
        if (digit >= base || __builtin_mul_overflow(v, base, &v) ||
            __builtin_add_overflow(v, digit, &v)) {
            return false;
        }
        any = true;
    }
    *out = v;
    return any;
}

static bool read_integer(const struct type *type, uint128 *out) {
    bool minus = type->text[0] == '-';
    uint128 v, top = (uint128)1 << (type->bits - 1); /* what the top bit is worth */
    if (!read_digits(type->text + minus, &v)) {
        return false;
    }
    uint128 most = minus ? (type->is_signed ? top : 0) : type->is_signed ? top - 1 : top - 1 + top;
    *out = minus ? -v : v;
    return v <= most;
}

static bool read_float(const struct type *type, uint128 *out) {
    char *end;
    if (type->text[0] == '\0' || strchr(" \t\n\v\f\r", type->text[0])) {
        return false;
    }
    if (type->bits == 32) {
        float v = strtof(type->text, &end);
        uint32_t word;
        memcpy(&word, &v, sizeof word);
        *out = word;
    } else {
        double v = strtod(type->text, &end);
        uint64_t word;
        memcpy(&word, &v, sizeof word);
        *out = word;
    }
    return *end == '\0';
}

bool pattern_number_read(struct pattern_number *number, struct arena *arena, const char *text) {
    struct type type;
    *number = (struct pattern_number){0};
    if (!read_type(&type, text)) {
        return false;
    }
    bool is_width = type.is_float ? type.bits == 32 || type.bits == 64
                                  : type.bits >= 8 && type.bits <= 128 && type.bits % 8 == 0;
    uint128 v = 0;
    if (!is_width) {
        number->why = arena_printf(arena,
                                   "there is no type '%.*s': integers have 8 to 128 bits, whole "
                                   "bytes, and floats 32 or 64",
                                   type.name_len, text);
    } else if (!type.ordered && type.bits > 8) {
        number->why = arena_printf(arena, "in which order? %.*sle or %.*sbe", type.name_len, text,
                                   type.name_len, text);
    } else if (!(type.is_float ? read_float : read_integer)(&type, &v)) {
        number->why = arena_printf(arena, "'%s' is no %.*s", type.text, type.name_len, text);
    } else {
        number->len = type.bits / 8;
        number_store(number->at, (unsigned)number->len, type.big, v);
    }
    return true;
}
