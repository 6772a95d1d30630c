#include "config.h"

#include <math.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "sink/ksdump_print.h"

/* A struct or array that is open. */
struct level {
    bool is_array;
    bool any; /* something was written in it */
};

struct json_printer {
    struct ksdump_printer base; /* first */
    struct level *levels;
    uint32_t n, cap;
};

static void new_line(struct json_printer *p) {
    out_putc(p->base.out, '\n');
    out_fill(p->base.out, ' ', (size_t)2 * p->n);
}

/* One character of a string, as the gem json escapes it. */
static void put_code(struct out *out, uint32_t code) {
    static const char escapes[] = "btnvfr";
    char *at = out_room(out, 8);
    if (code == '"' || code == '\\') {
        *at++ = '\\';
        *at++ = (char)code;
        out->len += 2;
    } else if (code >= '\b' && code <= '\r' && code != '\v') {
        *at++ = '\\';
        *at++ = escapes[code - '\b'];
        out->len += 2;
    } else if (code < 0x20) {
        out_printf(out, "\\u%04x", (unsigned)code);
    } else {
        out->len += utf8_encode(code, at);
    }
}

static void put_string(struct out *out, struct bytes text) {
    out_putc(out, '"');
    for (size_t i = 0; i < text.len;) {
        uint32_t code;
        int len = utf8_decode(text.at + i, text.len - i, &code);
        put_code(out, code);
        i += (size_t)(len < 0 ? -len : len);
    }
    out_putc(out, '"');
}

static void put_float(struct out *out, double number) {
    bool quoted = !isfinite(number);
    char *at = out_room(out, KSDUMP_FLOAT_ROOM + 2), *start = at;
    if (quoted) {
        *at++ = '"';
    }
    at = ksdump_float(at, number);
    if (quoted) {
        *at++ = '"';
    }
    out->len += (size_t)(at - start);
}

static void put_value(struct out *out, const struct ksdump_item *item) {
    switch (item->kind) {
    case KSDUMP_NULL:
        out_puts(out, "null");
        break;
    case KSDUMP_BOOL:
        out_puts(out, item->boolean ? "true" : "false");
        break;
    case KSDUMP_INT:
        out_put(out, item->text.at, item->text.len);
        break;
    case KSDUMP_FLOAT:
        put_float(out, item->number);
        break;
    case KSDUMP_TEXT:
        put_string(out, item->text);
        break;
    case KSDUMP_BYTES:
        out_putc(out, '"');
        ksdump_put_hex(out, item->text);
        out_putc(out, '"');
        break;
    }
}

/* What stands before a struct, array or value. */
static void begin(struct json_printer *p, const struct ksdump_item *item) {
    if (p->n == 0) {
        return;
    }
    struct level *level = &p->levels[p->n - 1];
    if (level->any) {
        out_putc(p->base.out, ',');
    }
    level->any = true;
    new_line(p);
    if (!level->is_array) {
        put_string(p->base.out, item->name);
        out_puts(p->base.out, ": ");
    }
}

static void open_level(struct json_printer *p, bool is_array) {
    if (p->n == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 32;
        p->levels = mem_realloc(p->levels, p->cap, sizeof *p->levels);
    }
    p->levels[p->n++] = (struct level){.is_array = is_array};
    out_putc(p->base.out, is_array ? '[' : '{');
}

static void close_level(struct json_printer *p) {
    struct level level = p->levels[--p->n];
    if (level.is_array && !level.any) {
        out_putc(p->base.out, '\n');
    }
    new_line(p);
    out_putc(p->base.out, level.is_array ? ']' : '}');
    if (p->n == 0) {
        out_putc(p->base.out, '\n');
    }
}

static void put(struct ksdump_printer *printer, const struct ksdump_item *item) {
    struct json_printer *p = (struct json_printer *)printer;
    switch (item->what) {
    case KSDUMP_STRUCT:
    case KSDUMP_ARRAY:
        begin(p, item);
        open_level(p, item->what == KSDUMP_ARRAY);
        break;
    case KSDUMP_STRUCT_END:
    case KSDUMP_ARRAY_END:
        close_level(p);
        break;
    case KSDUMP_VALUE:
        begin(p, item);
        put_value(p->base.out, item);
        break;
    }
}

static void free_printer(struct ksdump_printer *printer) {
    mem_free(((struct json_printer *)printer)->levels);
    mem_free(printer);
}

struct ksdump_printer *ksdump_json_new(struct out *out) {
    struct json_printer *p = mem_zalloc(1, sizeof *p);
    p->base = (struct ksdump_printer){put, free_printer, out};
    return &p->base;
}
