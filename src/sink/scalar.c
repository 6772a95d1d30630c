#include "config.h"

#include "sink/scalar.h"

#include <math.h>
#include <string.h>

#include "base/jsontext.h"
#include "base/numtext.h"
#include "base/utf8.h"

/* Text and bytes of values are written in pieces of so many bytes. */
#define PIECE 16384u

static char *put_literal(char *out, const char *text) {
    size_t len = strlen(text);
    memcpy(out, text, len);
    return out + len;
}

static char *put_quote(char *out, enum scalar_dialect dialect) {
    *out = '"';
    return out + (dialect == SCALAR_JSON);
}

static char *put_hex(char *out, uint128 value) {
    out = put_literal(out, "0x");
    uint64_t high = (uint64_t)(value >> 64);
    if (high) {
        out = numtext_hex(out, high, 1);
    }
    return numtext_hex(out, (uint64_t)value, high ? 16 : 1);
}

char *scalar_uint(char *out, uint128 value, enum scalar_dialect dialect) {
    if (value <= UINT64_MAX) {
        return numtext_uint(out, (uint64_t)value);
    }
    return put_quote(put_hex(put_quote(out, dialect), value), dialect);
}

char *scalar_int(char *out, int128 value, enum scalar_dialect dialect) {
    if (value >= 0) {
        return scalar_uint(out, (uint128)value, dialect);
    }
    if (value >= INT64_MIN) {
        return numtext_int(out, (int64_t)value);
    }
    out = put_quote(out, dialect);
    *out++ = '-';
    return put_quote(put_hex(out, -(uint128)value), dialect);
}

char *scalar_double(char *out, double value, enum scalar_dialect dialect) {
    if (isfinite(value)) {
        return numtext_double(out, value);
    }
    return put_quote(numtext_double(put_quote(out, dialect), value), dialect);
}

char *scalar_float(char *out, float value, enum scalar_dialect dialect) {
    if (isfinite(value)) {
        return numtext_float(out, value);
    }
    return put_quote(numtext_float(put_quote(out, dialect), value), dialect);
}

/* text */

static bool needs_quotes(struct bytes text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.at[i];
        if (c == '"' || c == ',' || c == '\r' || c == '\n') {
            return true;
        }
    }
    return false;
}

/* A cell's characters: what is no UTF-8 replaced, quotes doubled. */
static char *put_cell(char *out, struct bytes text) {
    for (size_t i = 0; i < text.len;) {
        unsigned char c = text.at[i];
        if (c < 0x80) {
            if (c == '"') {
                *out++ = '"';
            }
            *out++ = (char)c;
            i++;
            continue;
        }
        uint32_t code;
        int len = utf8_decode(text.at + i, text.len - i, &code);
        out += utf8_encode(code, out);
        i += (size_t)(len < 0 ? -len : len);
    }
    return out;
}

char *scalar_text(char *out, struct bytes text, enum scalar_dialect dialect) {
    if (dialect == SCALAR_JSON) {
        return jsontext_string(out, text, NULL);
    }
    if (!needs_quotes(text)) {
        return put_cell(out, text);
    }
    *out++ = '"';
    out = put_cell(out, text);
    *out++ = '"';
    return out;
}

/* How much of the front of text makes a piece that ends where no UTF-8 sequence goes on. */
static size_t piece_of(struct bytes text) {
    if (text.len <= PIECE) {
        return text.len;
    }
    size_t len = PIECE;
    for (unsigned i = 1; i < UTF8_MAX && (text.at[len] & 0xc0) == 0x80; i++) {
        len--;
    }
    return len;
}

void scalar_put_text(struct out *out, struct bytes text, enum scalar_dialect dialect) {
    if (text.len <= PIECE) {
        char *at = out_room(out, SCALAR_TEXT_ROOM(text.len));
        out->len += (size_t)(scalar_text(at, text, dialect) - at);
        return;
    }
    bool quoted = dialect == SCALAR_JSON || needs_quotes(text);
    if (quoted) {
        out_putc(out, '"');
    }
    while (text.len > 0) {
        struct bytes piece = bytes_of(text.at, piece_of(text));
        char *at = out_room(out, SCALAR_TEXT_ROOM(PIECE));
        if (dialect == SCALAR_CSV) {
            out->len += (size_t)(put_cell(at, piece) - at);
        } else { /* less its own quotes */
            size_t len = (size_t)(jsontext_string(at, piece, NULL) - at) - 2;
            memmove(at, at + 1, len);
            out->len += len;
        }
        text = bytes_from(text, piece.len);
    }
    if (quoted) {
        out_putc(out, '"');
    }
}

void scalar_put_bytes(struct out *out, struct bytes bytes, enum scalar_dialect dialect) {
    char *at = out_room(out, 2 * PIECE + 2);
    out->len += (size_t)(put_quote(at, dialect) - at);
    while (bytes.len > 0) {
        size_t len = bytes.len < PIECE ? bytes.len : PIECE;
        at = out_room(out, 2 * PIECE + 1);
        out->len += (size_t)(jsontext_hex(at, bytes_of(bytes.at, len)) - at);
        bytes = bytes_from(bytes, len);
    }
    at = out_room(out, 1);
    out->len += (size_t)(put_quote(at, dialect) - at);
}

/* names */

size_t scalar_named_room(const struct program *program, uint32_t names) {
    const struct program_enum *e = &program->enums.at[names];
    size_t longest = 0, all = 0;
    for (uint32_t i = 0; i < e->count; i++) {
        size_t room =
            SCALAR_TEXT_ROOM(program_text(program, program->items.at[e->first + i].name).len) + 1;
        longest = room > longest ? room : longest;
        all += room;
    }
    return (e->flags ? all : longest) + SCALAR_NUMBER_ROOM;
}

static char *put_flags(char *out, const struct program *program, const struct program_enum *e,
                       int128 value, enum scalar_dialect dialect) {
    bool json = dialect == SCALAR_JSON;
    uint128 bits = (uint128)value, told = 0;
    char *start = out;
    if (json) {
        *out++ = '[';
        start = out;
    }
    for (uint32_t i = 0; i < e->count; i++) {
        const struct program_enumerator *item = &program->items.at[e->first + i];
        uint128 mask = (uint128)item->value;
        if (mask == 0 || (bits & mask) != mask) {
            continue;
        }
        told |= mask;
        if (out != start) {
            *out++ = json ? ',' : '|';
        }
        out = scalar_text(out, program_text(program, item->name), dialect);
    }
    if (bits & ~told) {
        if (out != start) {
            *out++ = json ? ',' : '|';
        }
        out = put_quote(put_hex(put_quote(out, dialect), bits & ~told), dialect);
    }
    if (json) {
        *out++ = ']';
    }
    return out;
}

char *scalar_named(char *out, const struct program *program, uint32_t names, int128 value,
                   enum scalar_dialect dialect) {
    const struct program_enum *e = &program->enums.at[names];
    if (e->flags) {
        return put_flags(out, program, e, value, dialect);
    }
    const struct program_enumerator *item = program_enumerator(program, names, value);
    return item ? scalar_text(out, program_text(program, item->name), dialect)
                : scalar_int(out, value, dialect);
}

/* events */

/* Whether the number is stored in at most 32 bits, so that fewer digits tell it from its
 * neighbours. */
static bool is_single(const struct vm_event *event) {
    return event->type != PROGRAM_NONE &&
           event->program->types.at[event->type].kind == TYPE_FLOAT &&
           event->program->types.at[event->type].bits <= 32;
}

static char *put_number(char *at, const struct vm_event *event, enum scalar_dialect dialect) {
    const struct vm_value *value = event->value;
    if (value->kind == VM_BOOL) {
        return put_literal(at, value->boolean ? "true" : "false");
    }
    if (value->kind == VM_FLOAT) {
        return is_single(event) ? scalar_float(at, (float)value->number, dialect)
                                : scalar_double(at, value->number, dialect);
    }
    return value->kind == VM_WIDE ? scalar_uint(at, (uint128)value->integer, dialect)
                                  : scalar_int(at, value->integer, dialect);
}

static void put_name(struct out *out, const struct program *program, const struct vm_value *value,
                     enum scalar_dialect dialect) {
    size_t room = SCALAR_NUMBER_ROOM;
    if (program->enums.at[value->names].flags) {
        room = scalar_named_room(program, value->names);
    } else {
        const struct program_enumerator *item =
            program_enumerator(program, value->names, value->integer);
        room += item ? SCALAR_TEXT_ROOM(program_text(program, item->name).len) : 0;
    }
    char *at = out_room(out, room);
    out->len += (size_t)(scalar_named(at, program, value->names, value->integer, dialect) - at);
}

void scalar_put(struct out *out, const struct vm_event *event, enum scalar_dialect dialect) {
    const struct vm_value *value = event->value;
    switch ((enum vm_kind)value->kind) {
    case VM_TEXT:
        scalar_put_text(out, value->bytes, dialect);
        return;
    case VM_BYTES:
        scalar_put_bytes(out, value->bytes, dialect);
        return;
    case VM_INT:
        if (value->names != PROGRAM_NONE) {
            put_name(out, event->program, value, dialect);
            return;
        }
        break;
    case VM_BOOL:
    case VM_WIDE:
    case VM_FLOAT:
        break;
    case VM_ABSENT:
    case VM_PLACE:
    case VM_FRAME:
    case VM_LIST:
        if (dialect == SCALAR_JSON) {
            out_puts(out, "null");
        }
        return;
    }
    char *at = out_room(out, SCALAR_NUMBER_ROOM);
    out->len += (size_t)(put_number(at, event, dialect) - at);
}
