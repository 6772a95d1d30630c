#include "config.h"

#include "patch/encode.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/numtext.h"
#include "patch/encode_internal.h"
#include "sink/type_text.h"

/* Of text and bytes so many are shown in a message. */
#define SHOWN_MAX 32u

bool encode_fail(struct buf *why, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_clear(why);
    buf_vprintf(why, format, args);
    va_end(args);
    return false;
}

static void put_integer(const struct encode_field *field, const struct vm_value *value,
                        struct buf *out) {
    char text[INT128_TEXT_MAX];
    const struct program_enumerator *item =
        value->kind == VM_INT && value->names != PROGRAM_NONE
            ? program_enumerator(field->program, value->names, value->integer)
            : NULL;
    if (item) {
        struct bytes name = program_text(field->program, item->name);
        buf_printf(out, "%.*s (", (int)name.len, (const char *)name.at);
    }
    buf_put(out, text,
            value->kind == VM_WIDE ? uint128_text((uint128)value->integer, text)
                                   : int128_text(value->integer, text));
    buf_puts(out, item ? ")" : "");
}

/* Text in quotes, its controls as escapes. */
static void put_text(struct bytes text, struct buf *out) {
    buf_putc(out, '"');
    size_t n = text.len;
    for (size_t i = SHOWN_MAX; n > SHOWN_MAX && i > 0; i--) {
        if ((text.at[i] & 0xc0) != 0x80) { /* a character's first byte */
            n = i;
        }
    }
    for (size_t i = 0; i < n; i++) {
        unsigned char c = text.at[i];
        if (c < 0x20 || c == 0x7f) {
            buf_printf(out, "\\x%02x", c);
        } else {
            buf_puts(out, c == '"' || c == '\\' ? "\\" : "");
            buf_putc(out, (char)c);
        }
    }
    buf_puts(out, n < text.len ? "…\"" : "\"");
}

static void put_bytes(struct bytes bytes, struct buf *out) {
    buf_puts(out, bytes.len ? "" : "no bytes");
    for (size_t i = 0; i < bytes.len && i < SHOWN_MAX; i++) {
        buf_printf(out, "%s%02x", i ? " " : "", bytes.at[i]);
    }
    buf_puts(out, bytes.len > SHOWN_MAX ? " …" : "");
}

void encode_put_value(const struct encode_field *field, const struct vm_value *value,
                      struct buf *out) {
    char text[NUMTEXT_MAX];
    switch ((enum vm_kind)value->kind) {
    case VM_ABSENT:
        buf_puts(out, "nothing");
        break;
    case VM_BOOL:
        buf_puts(out, value->boolean ? "true" : "false");
        break;
    case VM_INT:
    case VM_WIDE:
        put_integer(field, value, out);
        break;
    case VM_FLOAT:
        buf_put(out, text, (size_t)(numtext_double(text, value->number) - text));
        break;
    case VM_TEXT:
        put_text(value->bytes, out);
        break;
    case VM_BYTES:
        put_bytes(value->bytes, out);
        break;
    case VM_PLACE:
    case VM_FRAME:
        buf_puts(out, "a struct or an array");
        break;
    case VM_LIST:
        buf_puts(out, "a list");
        break;
    }
}

void encode_put_type(const struct encode_field *field, struct buf *out) {
    const struct program_type *t = encode_type(field);
    if (t->packed && t->names == PROGRAM_NONE && !t->is_bool) {
        buf_printf(out, "%u %sbit%s", field->bits, t->is_signed ? "signed " : "",
                   field->bits == 1 ? "" : "s");
        return;
    }
    type_put_name(out, field->program, field->type);
    type_put_counts(out, field->program, field->type, VM_UNKNOWN);
}

bool encode_mismatch(const struct encode_field *field, const struct vm_value *value,
                     const char *wanted, struct buf *why) {
    buf_clear(why);
    encode_put_type(field, why);
    buf_printf(why, " wants %s, got ", wanted);
    encode_put_value(field, value, why);
    return false;
}

bool encode_value(const struct encode_field *field, const struct vm_value *value, struct buf *out,
                  struct buf *why) {
    size_t before = out->len;
    bool fine = false;
    switch ((enum type_kind)encode_type(field)->kind) {
    case TYPE_INT:
    case TYPE_FLOAT:
    case TYPE_VARINT:
    case TYPE_CODED:
        fine = encode_number(field, value, out, why);
        break;
    case TYPE_TEXT:
    case TYPE_BYTES:
        fine = encode_run(field, value, out, why);
        break;
    case TYPE_STRUCT:
    case TYPE_ARRAY:
        fine = encode_fail(why, "a struct or an array is no single value");
        break;
    }
    out->len = fine ? out->len : before;
    return fine;
}
