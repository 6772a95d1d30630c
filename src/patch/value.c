#include "config.h"

#include "patch/value.h"

#include <math.h>
#include <string.h>

#include "sema/sema.h"

static bool fail(struct buf *why, const char *text) {
    buf_clear(why);
    buf_puts(why, text);
    return false;
}

static struct vm_value of_bytes(enum vm_kind kind, struct bytes bytes) {
    struct vm_value v = vm_absent();
    v.kind = (uint8_t)kind;
    v.bytes = bytes;
    return v;
}

static int digit(unsigned char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Pairs of hexadecimal digits; false where the text is something else. */
static bool read_hex(struct arena *arena, struct bytes text, struct bytes *out) {
    uint8_t *bytes = arena_alloc(arena, text.len / 2 + 1);
    for (size_t i = 0; i + 1 < text.len; i += 2) {
        int high = digit(text.at[i]), low = digit(text.at[i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    *out = bytes_of(bytes, text.len / 2);
    return text.len % 2 == 0;
}

/* "0x" and hexadecimal digits of up to 128 bits, a sign in front. */
static bool read_hex_number(struct bytes text, bool *negative, uint128 *out) {
    *negative = text.len > 0 && text.at[0] == '-';
    size_t at = *negative;
    *out = 0;
    if (text.len < at + 3 || text.at[at] != '0' || text.at[at + 1] != 'x') {
        return false;
    }
    for (at += 2; at < text.len; at++) {
        int d = digit(text.at[at]);
        if (d < 0 || *out >> 124 != 0) {
            return false;
        }
        *out = *out << 4 | (unsigned)d;
    }
    return true;
}

/* A number of more than 64 bits as a document has it. */
static bool read_wide(struct bytes text, struct vm_value *out) {
    bool negative;
    uint128 bits, most = (uint128)1 << 127;
    if (!read_hex_number(text, &negative, &bits) || (negative && bits > most)) {
        return false;
    }
    *out = vm_int((int128)(negative ? ~bits + 1 : bits));
    out->kind = !negative && bits >= most ? VM_WIDE : VM_INT;
    return true;
}

/* A text in the display form of the field; itself where the form has none of its own. */
static bool read_form(struct arena *arena, const struct program_type *t, enum sema_vkind kind,
                      struct bytes text, struct vm_value *out, bool *written, struct buf *why) {
    struct sema_expr e;
    const char *form = program_form_text((enum type_form)t->form);
    *written = false;
    if (!sema_read_form(arena, form, kind, text, &e)) {
        buf_clear(why);
        buf_printf(why, "\"%.*s\" can't be read as %s", (int)(text.len < 40 ? text.len : 40),
                   (const char *)text.at, form);
        return false;
    }
    switch (e.kind) {
    case E_INT:
        *out = vm_int(e.integer);
        *written = true;
        break;
    case E_FLOAT:
        *out = vm_float(e.number);
        *written = true;
        break;
    default: /* E_TEXT */
        *written = e.text.at != text.at;
        *out = of_bytes(VM_BYTES, e.text);
        break;
    }
    return true;
}

static bool of_text(struct arena *arena, const struct program_type *t, struct bytes text,
                    struct vm_value *out, struct buf *why) {
    bool written;
    switch ((enum type_kind)t->kind) {
    case TYPE_FLOAT:
        if (bytes_equal(text, bytes_text("NaN"))) {
            *out = vm_float(NAN);
            return true;
        }
        if (bytes_equal(text, bytes_text("Infinity")) ||
            bytes_equal(text, bytes_text("-Infinity"))) {
            *out = vm_float(text.at[0] == '-' ? -INFINITY : INFINITY);
            return true;
        }
        return read_form(arena, t, SEMA_V_FLOAT, text, out, &written, why) &&
               (written || fail(why, "a number is wanted here, got text"));
    case TYPE_INT:
    case TYPE_VARINT:
    case TYPE_CODED:
        if (t->names == PROGRAM_NONE) {
            if (read_wide(text, out)) {
                return true;
            }
            if (!read_form(arena, t, SEMA_V_INT, text, out, &written, why)) {
                return false;
            }
            if (written) {
                return true;
            }
        }
        *out = of_bytes(VM_TEXT, text); /* a name, or what the field can't be */
        return true;
    case TYPE_BYTES: {
        struct bytes bytes;
        bool form = read_form(arena, t, SEMA_V_BYTES, text, out, &written, why);
        if (form && written) {
            return true;
        }
        if (!read_hex(arena, text, &bytes)) {
            return form ? fail(why, "bytes are written as pairs of hexadecimal digits") : false;
        }
        *out = of_bytes(VM_BYTES, bytes);
        return true;
    }
    case TYPE_TEXT:
    case TYPE_STRUCT:
    case TYPE_ARRAY:
        break;
    }
    *out = of_bytes(VM_TEXT, text);
    return true;
}

/* Names of flags, and numbers for bits without one, as one text with '|' between them, or a number. */
static bool of_flags(struct arena *arena, const struct program *program,
                     const struct program_type *t, const struct content *list, struct vm_value *out,
                     struct buf *why) {
    const struct program_enum *e = &program->enums.at[t->names];
    uint128 bits = 0;
    (void)arena;
    for (uint32_t i = 0; i < list->n; i++) {
        const struct content *item = &list->at[i];
        const struct program_enumerator *found = NULL;
        uint128 other = 0;
        bool negative, hex = item->kind == CONTENT_TEXT &&
                             read_hex_number(item->bytes, &negative, &other) && !negative;
        for (uint32_t k = 0; item->kind == CONTENT_TEXT && !found && k < e->count; k++) {
            const struct program_enumerator *one = &program->items.at[e->first + k];
            found = bytes_equal(program_text(program, one->name), item->bytes) ? one : NULL;
        }
        if (!found && !hex && item->kind != CONTENT_INT) {
            struct bytes name = item->kind == CONTENT_TEXT ? item->bytes : bytes_of("", 0);
            buf_clear(why);
            buf_printf(why, "'%.*s' is no flag here", (int)name.len, (const char *)name.at);
            return false;
        }
        bits |= found ? (uint128)found->value : hex ? other : (uint128)item->integer;
    }
    *out = vm_int((int128)bits);
    return true;
}

/* What an object of typed JSON says of one value; NULL: nothing. */
static const struct content *typed_value(const struct content *object) {
    static const char *const names[] = {"$value", "$bytes", "$float"};
    const struct content *found = NULL;
    for (size_t i = 0; !found && i < sizeof names / sizeof *names; i++) {
        found = content_member(object, bytes_text(names[i]));
    }
    return found && found->kind != CONTENT_OBJECT ? found : NULL;
}

bool value_of_content(struct arena *arena, const struct program *program, uint32_t type,
                      const struct content *given, struct vm_value *out, struct buf *why) {
    const struct program_type *t = &program->types.at[type];
    switch ((enum content_kind)given->kind) {
    case CONTENT_BOOL:
        *out = vm_bool(given->boolean);
        return true;
    case CONTENT_INT:
    case CONTENT_WIDE:
        *out = vm_int(given->integer);
        out->kind = given->kind == CONTENT_WIDE ? VM_WIDE : VM_INT;
        if (t->kind == TYPE_FLOAT) {
            *out = vm_float(given->kind == CONTENT_WIDE ? (double)(uint128)given->integer
                                                        : (double)given->integer);
        }
        return true;
    case CONTENT_FLOAT:
        *out = vm_float(given->real);
        return true;
    case CONTENT_TEXT:
        if (given->literal && t->kind == TYPE_BYTES) {
            *out = of_bytes(VM_BYTES, given->bytes);
            return true;
        }
        return of_text(arena, t, given->bytes, out, why);
    case CONTENT_BYTES:
        *out = of_bytes(VM_BYTES, given->bytes);
        return true;
    case CONTENT_LIST:
        if (t->names != PROGRAM_NONE && program->enums.at[t->names].flags) {
            return of_flags(arena, program, t, given, out, why);
        }
        break;
    case CONTENT_OBJECT: {
        const struct content *typed = typed_value(given);
        if (typed) {
            return value_of_content(arena, program, type, typed, out, why);
        }
        break;
    }
    case CONTENT_NOTHING:
        break;
    }
    buf_clear(why);
    buf_printf(why, "one value is wanted here, got %s",
               content_kind_text((enum content_kind)given->kind));
    return false;
}
