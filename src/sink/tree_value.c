#include "config.h"

#include "sink/tree_value.h"

#include "base/numtext.h"
#include "sink/form.h"
#include "sink/type_text.h"

enum {
    BYTES_WHOLE = 16, /* so many bytes are shown to the last */
    BYTES_BEGIN = 8,  /* else so many, and how many there are */
    TEXT_LEAST = 8,   /* columns of a text that are shown in any case */
    ITEM_TEXT = 40,
};

static const struct program_type *type_of(const struct program *program, uint32_t type) {
    return type == PROGRAM_NONE ? NULL : &program->types.at[type];
}

static void put_length(struct buf *line, size_t len) {
    tree_mark(line, TREE_DIM);
    buf_putc(line, '(');
    form_count(line, len);
    buf_puts(line, len == 1 ? " byte)" : " bytes)");
    tree_mark(line, TREE_PLAIN);
}

/* The text, or, where that takes more columns, a beginning and the length. */
static void put_text(struct buf *line, const struct vm_value *value, bool utf8, unsigned columns) {
    size_t len = value->raw.at ? value->raw.len : value->bytes.len;
    size_t start = line->len;
    tree_mark(line, TREE_STRING);
    buf_putc(line, '"');
    if (!tree_put_quoted(line, value->bytes, utf8, columns > 2 ? columns - 2 : 0)) {
        struct buf length = {0};
        put_length(&length, len);
        unsigned beside = tree_columns(buf_bytes(&length)) + 3 + tree_signs(utf8)->ellipsis_columns;
        line->len = start;
        tree_mark(line, TREE_STRING);
        buf_putc(line, '"');
        tree_put_quoted(line, value->bytes, utf8,
                        columns > beside + TEXT_LEAST ? columns - beside : TEXT_LEAST);
        buf_puts(line, tree_signs(utf8)->ellipsis);
        buf_puts(line, "\" ");
        buf_put(line, length.at, length.len);
        buf_free(&length);
        return;
    }
    buf_putc(line, '"');
    tree_mark(line, TREE_PLAIN);
}

static void put_bytes(struct buf *line, struct bytes bytes, bool utf8) {
    size_t shown = bytes.len <= BYTES_WHOLE ? bytes.len : BYTES_BEGIN;
    for (size_t i = 0; i < shown; i++) {
        buf_printf(line, "%02x ", bytes.at[i]);
    }
    if (shown < bytes.len) {
        buf_printf(line, "%s ", tree_signs(utf8)->ellipsis);
    }
    if (shown < bytes.len || shown == 0) {
        put_length(line, bytes.len);
    } else {
        line->len--;
    }
}

static unsigned bits_of(const struct program_type *t, const struct vm_value *value) {
    if (t && t->bits) {
        return t->bits;
    }
    bool packed = t && t->packed && value->space && value->end > value->start &&
                  value->end - value->start <= 128;
    return packed ? (unsigned)(value->end - value->start) : 0;
}

/* A number as its type's form wants it, or in decimal digits; whether the form had a text. */
static bool put_number(struct buf *line, const struct program_type *t,
                       const struct vm_value *value) {
    if (t && t->form != FORM_PLAIN &&
        form_text(line, (enum type_form)t->form, value, bits_of(t, value))) {
        return true;
    }
    form_integer(line, value->integer);
    return false;
}

static void put_raw(struct buf *line, const struct program_type *t, const struct vm_value *value) {
    tree_mark(line, TREE_DIM);
    buf_puts(line, " (");
    put_number(line, t, value);
    buf_putc(line, ')');
    tree_mark(line, TREE_PLAIN);
}

static void put_enum(struct buf *line, const struct program *program, const struct program_type *t,
                     const struct vm_value *value, bool brief) {
    const struct program_enumerator *item =
        program_enumerator(program, value->names, value->integer);
    struct bytes name =
        program_text(program, item ? item->name : program->enums.at[value->names].name);
    if (item) {
        tree_mark(line, TREE_NAMED);
        buf_put(line, name.at, name.len);
        tree_mark(line, TREE_PLAIN);
        if (!brief) {
            put_raw(line, t, value);
        }
        return;
    }
    put_number(line, t, value);
    if (!brief) {
        tree_mark(line, TREE_DIM);
        buf_puts(line, name.len ? " (not in " : " (not named");
        buf_put(line, name.at, name.len);
        buf_putc(line, ')');
        tree_mark(line, TREE_PLAIN);
    }
}

/* Every flag all of whose bits are there, and in hexadecimal the bits that none accounts for. */
static void put_flags(struct buf *line, const struct program *program, const struct program_type *t,
                      const struct vm_value *value, bool brief) {
    const struct program_enum *e = &program->enums.at[value->names];
    uint128 bits = (uint128)value->integer, told = 0;
    const char *bar = "";
    tree_mark(line, TREE_NAMED);
    for (uint32_t i = 0; i < e->count; i++) {
        const struct program_enumerator *item = &program->items.at[e->first + i];
        uint128 mask = (uint128)item->value;
        if (mask == 0 || (bits & mask) != mask) {
            continue;
        }
        struct bytes name = program_text(program, item->name);
        buf_puts(line, bar);
        buf_put(line, name.at, name.len);
        told |= mask;
        bar = "|";
    }
    tree_mark(line, TREE_PLAIN);
    if (told && bits & ~told) {
        buf_putc(line, '|');
        form_hex(line, (int128)(bits & ~told), 0);
    }
    if (!told) {
        form_hex(line, value->integer, bits_of(t, value));
    } else if (!brief) {
        tree_mark(line, TREE_DIM);
        buf_puts(line, " (");
        form_hex(line, value->integer, bits_of(t, value));
        buf_putc(line, ')');
        tree_mark(line, TREE_PLAIN);
    }
}

static void put_integer(struct buf *line, const struct program *program,
                        const struct program_type *t, const struct vm_value *value, bool brief) {
    if (value->names != PROGRAM_NONE) {
        (program->enums.at[value->names].flags ? put_flags : put_enum)(line, program, t, value,
                                                                       brief);
        return;
    }
    bool formed = put_number(line, t, value);
    bool decimal = t && t->kind == TYPE_CODED && t->varint == CODING_BCD;
    if (formed || brief || decimal || value->integer < 256) {
        return;
    }
    tree_mark(line, TREE_DIM);
    buf_puts(line, " (");
    form_hex(line, value->integer, 0);
    buf_putc(line, ')');
    tree_mark(line, TREE_PLAIN);
}

static void put_float(struct buf *line, const struct program_type *t,
                      const struct vm_value *value) {
    if (t && t->form != FORM_PLAIN && form_text(line, (enum type_form)t->form, value, t->bits)) {
        return;
    }
    char *at = buf_reserve(line, NUMTEXT_MAX);
    bool single = t && t->kind == TYPE_FLOAT && t->bits <= 32;
    char *end =
        single ? numtext_float(at, (float)value->number) : numtext_double(at, value->number);
    line->len += (size_t)(end - at);
}

static void put_any(struct buf *line, const struct program *program, uint32_t type,
                    const struct vm_value *value, bool utf8, unsigned columns, bool brief) {
    const struct program_type *t = type_of(program, type);
    switch ((enum vm_kind)value->kind) {
    case VM_ABSENT:
        tree_put(line, TREE_DIM, "absent");
        return;
    case VM_BOOL:
        buf_puts(line, value->boolean ? "true" : "false");
        return;
    case VM_INT:
        put_integer(line, program, t, value, brief);
        return;
    case VM_WIDE:
        if (!t || t->form == FORM_PLAIN || !form_text(line, (enum type_form)t->form, value, 128)) {
            form_hex(line, value->integer, 128);
        }
        return;
    case VM_FLOAT:
        put_float(line, t, value);
        return;
    case VM_TEXT:
    case VM_BYTES:
        if (t && t->form != FORM_PLAIN && value->bytes.len <= BYTES_WHOLE * 4 &&
            form_text(line, (enum type_form)t->form, value, 0)) {
            return;
        }
        if (value->kind == VM_TEXT) {
            put_text(line, value, utf8, columns);
        } else {
            put_bytes(line, value->bytes, utf8);
        }
        return;
    case VM_PLACE:
    case VM_FRAME:
    case VM_LIST:
        return;
    }
}

void tree_put_value(struct buf *line, const struct program *program, uint32_t type,
                    const struct vm_value *value, bool utf8, unsigned columns) {
    put_any(line, program, type, value, utf8, columns, false);
}

void tree_put_item(struct buf *line, const struct program *program, uint32_t type,
                   const struct vm_value *value, bool utf8) {
    put_any(line, program, type, value, utf8, ITEM_TEXT, true);
}

bool tree_is_item(const struct program *program, uint32_t type) {
    const struct program_type *t = type_of(program, type);
    bool number = t && (t->kind == TYPE_INT || t->kind == TYPE_FLOAT || t->kind == TYPE_VARINT ||
                        t->kind == TYPE_CODED);
    return number && form_is_number((enum type_form)t->form);
}

bool tree_is_item_value(const struct vm_value *value) {
    return value->kind == VM_INT || value->kind == VM_WIDE || value->kind == VM_FLOAT ||
           value->kind == VM_BOOL;
}

void tree_put_type(struct buf *line, const struct program *program, uint32_t type, uint64_t count) {
    tree_mark(line, TREE_TYPE);
    type_put_name(line, program, type);
    tree_mark(line, TREE_PLAIN);
    type_put_counts(line, program, type, count);
}
