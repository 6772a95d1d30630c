#include "config.h"

#include "ksy/yaml.h"

#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

/* So much of a key is shown in a path. */
#define YAML_KEY_SHOWN 64

struct yaml *yaml_get(const struct yaml *map, const char *key) {
    if (!map || map->kind != YAML_MAP) {
        return NULL;
    }
    for (struct yaml *value = map->first; value; value = value->next) {
        if (strcmp(value->key, key) == 0) {
            return value;
        }
    }
    return NULL;
}

static const char *plain_text(const struct yaml *node) {
    return node->kind == YAML_SCALAR && !node->quoted ? (const char *)node->text.at : NULL;
}

bool yaml_is_null(const struct yaml *node) {
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    const char *text = plain_text(node);
    for (size_t i = 0; text && i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool yaml_bool(const struct yaml *node, bool *out) {
    static const char *const words[2][3] = {{"false", "False", "FALSE"}, {"true", "True", "TRUE"}};
    const char *text = plain_text(node);
    for (unsigned i = 0; text && i < 6; i++) {
        if (strcmp(text, words[i / 3][i % 3]) == 0) {
            *out = i / 3;
            return true;
        }
    }
    return false;
}

static unsigned digit_value(char c) {
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return (unsigned)(c - 'a') + 10;
    }
    return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 16;
}

/* The base that the digits at *text are written in; *text moves behind the prefix. */
static unsigned number_base(const char **text) {
    static const struct {
        char letter;
        unsigned base;
    } bases[] = {{'x', 16}, {'o', 8}, {'b', 2}};
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        if ((*text)[0] == '0' && (*text)[1] == bases[i].letter) {
            *text += 2;
            return bases[i].base;
        }
    }
    return 10;
}

bool yaml_integer(const struct yaml *node, int128 *out) {
    const char *text = plain_text(node);
    if (!text || strlen(text) != node->text.len) {
        return false;
    }
    bool negative = *text == '-';
    text += *text == '-' || *text == '+';
    unsigned base = number_base(&text);
    /* a leading zero is octal to YAML 1.1 and decimal to 1.2 */
    if (digit_value(*text) >= base || (base == 10 && text[0] == '0' && text[1])) {
        return false;
    }
    int128 value = 0;
    for (; *text; text++) {
        if (*text == '_') {
            continue;
        }
        unsigned digit = digit_value(*text);
        if (digit >= base || value > (int128)UINT64_MAX) {
            return false;
        }
        value = value * base + digit;
    }
    if (value > (negative ? (int128)1 << 63 : (int128)UINT64_MAX)) {
        return false;
    }
    *out = negative ? -value : value;
    return true;
}

bool yaml_is_float(const struct yaml *node) {
    const char *text = plain_text(node);
    if (!text || strlen(text) != node->text.len) {
        return false;
    }
    text += *text == '-' || *text == '+';
    size_t whole = strspn(text, "0123456789_");
    const char *at = text + whole;
    size_t part = 0;
    if (*at == '.') {
        part = strspn(++at, "0123456789_");
        at += part;
    } else if (*at != 'e' && *at != 'E') {
        return false;
    }
    if (whole + part == 0 || *text == '_') {
        return false;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '-' || *at == '+';
        size_t digits = strspn(at, "0123456789");
        return digits > 0 && at[digits] == '\0';
    }
    return *at == '\0';
}

const struct yaml *yaml_at(const struct yaml *root, struct span span) {
    const struct yaml *found = root;
    for (const struct yaml *child = root->first; child;) {
        uint32_t lo = child->key ? child->key_span.lo : child->span.lo;
        bool there = lo <= span.lo && span.hi <= child->span.hi;
        found = there ? child : found;
        child = there ? child->first : child->next;
    }
    return found;
}

void yaml_path(const struct yaml *node, struct buf *out) {
    const struct yaml *way[YAML_DEPTH_MAX + 2];
    unsigned n = 0;
    for (; node && node->up && n < YAML_DEPTH_MAX + 2; node = node->up) {
        way[n++] = node;
    }
    if (n == 0) {
        buf_putc(out, '/');
    }
    while (n > 0) {
        const struct yaml *step = way[--n];
        if (step->key) {
            size_t len = strlen(step->key);
            buf_putc(out, '/');
            buf_put(out, step->key, len < YAML_KEY_SHOWN ? len : YAML_KEY_SHOWN);
            buf_puts(out, len > YAML_KEY_SHOWN ? "..." : "");
        } else {
            buf_printf(out, "/%u", (unsigned)step->index);
        }
    }
}

struct span yaml_part(const struct yaml *scalar, uint32_t from, uint32_t to) {
    if (scalar->straight == UINT32_MAX) {
        return scalar->span;
    }
    return (struct span){scalar->straight + from, scalar->straight + to};
}

__attribute__((format(printf, 5, 0))) static struct diag *
report(struct diags *diags, enum diag_code code, const struct yaml *node, struct span span,
       const char *format, va_list args) {
    struct buf text = {0};
    yaml_path(node, &text);
    buf_puts(&text, ": ");
    buf_vprintf(&text, format, args);
    struct diag *diag = diag_report(diags, code, span, "%s", buf_text(&text));
    buf_free(&text);
    return diag;
}

struct diag *yaml_report(struct diags *diags, enum diag_code code, const struct yaml *node,
                         bool at_key, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct diag *diag =
        report(diags, code, node, at_key && node->key ? node->key_span : node->span, format, args);
    va_end(args);
    return diag;
}

struct diag *yaml_report_part(struct diags *diags, enum diag_code code, const struct yaml *node,
                              struct span part, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct diag *diag = report(diags, code, node, part, format, args);
    va_end(args);
    return diag;
}
