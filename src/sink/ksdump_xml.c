#include "config.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "sink/ksdump_print.h"

/* A struct or array that is open, and what its elements are called. */
struct level {
    bool is_array;
    bool begun;   /* its opening tag is written: an array's waits for the first element */
    size_t name;  /* in names: its own, with "-" for "_" */
    size_t child; /* behind it, up to end: an array's elements' */
    size_t end;
};

struct xml_printer {
    struct ksdump_printer base; /* first */
    struct level *levels;
    uint32_t n, cap;
    struct buf names; /* of those that are open */
};

static void put_code(struct out *out, uint32_t code) {
    /* what windows-1252 has at 0x80–0x9f: Builder takes these controls for it; 0: no character */
    static const uint16_t windows[32] = {
        0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};
    if (code >= 0x80 && code < 0xa0 && windows[code - 0x80]) {
        code = windows[code - 0x80];
    }
    bool control = code < 0x20 && code != '\t' && code != '\n' && code != '\r';
    if (control || code == 0xfffe || code == 0xffff) {
        code = UTF8_REPLACEMENT;
    }
    switch (code) {
    case '<':
        out_puts(out, "&lt;");
        break;
    case '>':
        out_puts(out, "&gt;");
        break;
    case '&':
        out_puts(out, "&amp;");
        break;
    default:
        out->len += utf8_encode(code, out_room(out, UTF8_MAX));
    }
}

static void put_text(struct out *out, struct bytes text) {
    for (size_t i = 0; i < text.len;) {
        uint32_t code;
        int len = utf8_decode(text.at + i, text.len - i, &code);
        put_code(out, code);
        i += (size_t)(len < 0 ? -len : len);
    }
}

/* Appends a name with "-" for each "_" that is neither at its front nor at its end. */
static void add_name(struct buf *names, struct bytes name) {
    size_t front = 0, end = name.len;
    while (front < end && name.at[front] == '_') {
        front++;
    }
    while (end > front && name.at[end - 1] == '_') {
        end--;
    }
    for (size_t i = 0; i < name.len; i++) {
        bool inner = i >= front && i < end && (name.at[i] == '_' || name.at[i] == ' ');
        buf_putc(names, inner ? '-' : (char)name.at[i]);
    }
}

static struct bytes name_between(const struct xml_printer *p, size_t from, size_t to) {
    return bytes_of(p->names.at + from, to - from);
}

static struct bytes own_name(const struct xml_printer *p, const struct level *level) {
    return name_between(p, level->name, level->child);
}

static void put_open(struct xml_printer *p, struct bytes name, const char *attribute,
                     const char *close) {
    out_putc(p->base.out, '<');
    out_put(p->base.out, name.at, name.len);
    out_puts(p->base.out, attribute);
    out_puts(p->base.out, close);
}

static void put_close(struct xml_printer *p, struct bytes name) {
    out_puts(p->base.out, "</");
    out_put(p->base.out, name.at, name.len);
    out_puts(p->base.out, ">\n");
}

static void indent(struct xml_printer *p, uint32_t depth) {
    out_fill(p->base.out, ' ', (size_t)2 * depth);
}

/* Writes the tag of an array that gets its first element. */
static void begin_array(struct xml_printer *p) {
    struct level *level = p->n ? &p->levels[p->n - 1] : NULL;
    if (level && !level->begun) {
        level->begun = true;
        indent(p, p->n - 1);
        put_open(p, own_name(p, level), " type=\"array\"", ">\n");
    }
}

/* Appends the name of what comes next to names. */
static void add_item_name(struct xml_printer *p, const struct ksdump_item *item) {
    const struct level *level = p->n ? &p->levels[p->n - 1] : NULL;
    if (!level) {
        buf_puts(&p->names, "hash");
    } else if (level->is_array) {
        size_t len = level->end - level->child;
        buf_reserve(&p->names, len); /* which may move them */
        buf_put(&p->names, p->names.at + level->child, len);
    } else {
        add_name(&p->names, item->name);
    }
}

static void push(struct xml_printer *p, const struct level *level) {
    if (p->n == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 32;
        p->levels = mem_realloc(p->levels, p->cap, sizeof *p->levels);
    }
    p->levels[p->n++] = *level;
}

static void open_struct(struct xml_printer *p, const struct ksdump_item *item) {
    struct level level = {.begun = true, .name = p->names.len};
    begin_array(p);
    add_item_name(p, item);
    level.child = level.end = p->names.len;
    indent(p, p->n);
    put_open(p, own_name(p, &level), "", ">\n");
    push(p, &level);
}

static void open_array(struct xml_printer *p, const struct ksdump_item *item) {
    struct level level = {.is_array = true, .name = p->names.len};
    struct buf word = {0};
    begin_array(p);
    add_item_name(p, item);
    level.child = p->names.len;
    ksdump_singular(&word, own_name(p, &level));
    buf_put(&p->names, word.at, word.len);
    buf_free(&word);
    level.end = p->names.len;
    push(p, &level);
}

static void close_level(struct xml_printer *p) {
    const struct level *level = &p->levels[--p->n];
    indent(p, p->n);
    if (level->begun) {
        put_close(p, own_name(p, level));
    } else {
        put_open(p, own_name(p, level), " type=\"array\"", "/>\n");
    }
    p->names.len = level->name;
}

static void put_value(struct xml_printer *p, const struct ksdump_item *item) {
    static const char *const attributes[] = {
        [KSDUMP_NULL] = " nil=\"true\"",
        [KSDUMP_BOOL] = " type=\"boolean\"",
        [KSDUMP_INT] = " type=\"integer\"",
        [KSDUMP_FLOAT] = " type=\"float\"",
        [KSDUMP_TEXT] = "",
        [KSDUMP_BYTES] = "",
    };
    struct out *out = p->base.out;
    size_t before = p->names.len;
    begin_array(p);
    indent(p, p->n);
    add_item_name(p, item);
    struct bytes name = name_between(p, before, p->names.len);
    put_open(p, name, attributes[item->kind], item->kind == KSDUMP_NULL ? "/>\n" : ">");
    switch (item->kind) {
    case KSDUMP_NULL:
        break;
    case KSDUMP_BOOL:
        out_puts(out, item->boolean ? "true" : "false");
        break;
    case KSDUMP_INT:
    case KSDUMP_TEXT:
        put_text(out, item->text);
        break;
    case KSDUMP_FLOAT: {
        char *at = out_room(out, KSDUMP_FLOAT_ROOM);
        out->len += (size_t)(ksdump_float(at, item->number) - at);
        break;
    }
    case KSDUMP_BYTES:
        ksdump_put_hex(out, item->text);
        break;
    }
    if (item->kind != KSDUMP_NULL) {
        put_close(p, name);
    }
    p->names.len = before;
}

static void put(struct ksdump_printer *printer, const struct ksdump_item *item) {
    struct xml_printer *p = (struct xml_printer *)printer;
    switch (item->what) {
    case KSDUMP_STRUCT:
        open_struct(p, item);
        break;
    case KSDUMP_ARRAY:
        open_array(p, item);
        break;
    case KSDUMP_STRUCT_END:
    case KSDUMP_ARRAY_END:
        close_level(p);
        break;
    case KSDUMP_VALUE:
        put_value(p, item);
        break;
    }
}

static void free_printer(struct ksdump_printer *printer) {
    struct xml_printer *p = (struct xml_printer *)printer;
    buf_free(&p->names);
    mem_free(p->levels);
    mem_free(p);
}

struct ksdump_printer *ksdump_xml_new(struct out *out) {
    struct xml_printer *p = mem_zalloc(1, sizeof *p);
    p->base = (struct ksdump_printer){put, free_printer, out};
    out_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return &p->base;
}
