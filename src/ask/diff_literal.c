#include "config.h"

#include "ask/diff_literal.h"

#include <math.h>
#include <string.h>

#include "base/jsontext.h"
#include "base/numtext.h"
#include "base/utf8.h"
#include "syn/name.h"
#include "syn/unparse.h"

/* Longer texts are written as bytes. */
#define TEXT_MAX 4096u

void diff_put_hex(struct buf *out, struct bytes bytes) {
    buf_puts(out, "hex(\"");
    char *at = buf_reserve(out, 2 * bytes.len + 1);
    out->len += (size_t)(jsontext_hex(at, bytes) - at);
    buf_puts(out, "\")");
}

static void put_name(struct buf *out, const struct program *program, uint32_t name) {
    struct bytes text = program_text(program, name);
    struct buf ended = {0};
    buf_put(&ended, text.at, text.len);
    name_put(out, buf_text(&ended), false);
    buf_free(&ended);
}

static void put_integer(struct buf *out, const struct program *program,
                        const struct program_type *t, int128 value) {
    const struct program_enumerator *item = NULL;
    char text[INT128_TEXT_MAX];
    if (t->names != PROGRAM_NONE && !program->enums.at[t->names].flags) {
        item = program_enumerator(program, t->names, value);
    }
    if (item) {
        put_name(out, program, item->name);
    } else {
        buf_put(out, text, int128_text(value, text));
    }
}

/* Numbers of variable length, and such with odd forms, can be stored in more than one way. */
static bool is_shortest(const struct program_type *t, const struct bytes *stored) {
    if (!stored || stored->len == 0) {
        return false;
    }
    const unsigned char *at = stored->at, last = at[stored->len - 1];
    if (stored->len == 1) {
        return true;
    }
    unsigned char before = at[stored->len - 2];
    switch ((enum type_varint)t->varint) {
    case VARINT_ULEB:
    case VARINT_ZIGZAG:
        return last != 0;
    case VARINT_SLEB:
        return !(last == 0 && !(before & 0x40)) && !(last == 0x7f && (before & 0x40));
    case VARINT_VLQ:
        return at[0] != 0x80;
    }
    return false;
}

static bool put_float(struct buf *out, const struct program_type *t, double value) {
    char text[NUMTEXT_MAX + 1];
    if (!isfinite(value) || (t->bits != 32 && t->bits != 64) || t->bfloat) {
        return false;
    }
    char *end = t->bits == 32 ? numtext_float(text, (float)value) : numtext_double(text, value);
    const char *exponent = memchr(text, 'e', (size_t)(end - text));
    size_t digits = exponent ? (size_t)(exponent - text) : (size_t)(end - text);
    buf_put(out, text, digits);
    if (exponent) { /* a number with an exponent has a dot */
        buf_puts(out, memchr(text, '.', digits) ? "" : ".0");
        buf_put(out, exponent, (size_t)(end - exponent));
    }
    return true;
}

/* What is stored behind the text itself. */
static bool tail_of(const struct sketch_node *node, const struct bytes *stored, struct bytes *out) {
    if (!stored || node->cut || node->bytes.len > stored->len ||
        (node->bytes.len > 0 && memcmp(stored->at, node->bytes.at, node->bytes.len) != 0)) {
        return false;
    }
    *out = bytes_of(stored->at + node->bytes.len, stored->len - node->bytes.len);
    return true;
}

static bool is_zero(struct bytes bytes) {
    size_t i = 0;
    while (i < bytes.len && bytes.at[i] == 0) {
        i++;
    }
    return i == bytes.len;
}

static bool put_text(struct buf *out, const struct program_type *t, const struct sketch_node *node,
                     const struct bytes *stored, const struct sketch_node *old_node,
                     const struct bytes *old) {
    struct bytes tail, old_tail;
    bool same =
        tail_of(node, stored, &tail) && node->bytes.len <= TEXT_MAX && utf8_valid(node->bytes);
    if (same && t->cut) {
        same = is_zero(tail);
    } else if (same) { /* a terminator */
        same = tail_of(old_node, old, &old_tail) && bytes_equal(tail, old_tail);
    }
    if (same) {
        struct ast literal = {.kind = AST_STRING, .text = node->bytes};
        unparse_expr(&literal, out);
    }
    return same;
}

static bool put_bool(struct buf *out, const struct sketch_node *node, const struct bytes *stored) {
    unsigned set = 0; /* bytes that are not zero, and one more where one is more than 1 */
    for (size_t i = 0; stored && i < stored->len; i++) {
        set += (stored->at[i] > 0) + (stored->at[i] > 1);
    }
    if (set <= 1) {
        buf_puts(out, node->boolean ? "true" : "false");
    }
    return set <= 1;
}

bool diff_put_literal(struct buf *out, const struct program *program,
                      const struct sketch_node *node, const struct bytes *stored,
                      const struct sketch_node *old_node, const struct bytes *old) {
    const struct program_type *t =
        node->type == PROGRAM_NONE ? NULL : &program->types.at[node->type];
    if (!t || node->kind != SKETCH_VALUE) {
        return false;
    }
    switch ((enum vm_kind)node->vkind) {
    case VM_BOOL:
        return put_bool(out, node, stored);
    case VM_INT:
        if (t->kind == TYPE_VARINT && (!is_shortest(t, stored) || !is_shortest(t, old))) {
            return false;
        }
        put_integer(out, program, t, node->integer);
        return true;
    case VM_FLOAT:
        return put_float(out, t, node->number);
    case VM_TEXT:
        return put_text(out, t, node, stored, old_node, old);
    case VM_WIDE:
    case VM_BYTES:
    case VM_ABSENT:
    case VM_PLACE:
    case VM_FRAME:
    case VM_LIST:
        break;
    }
    return false;
}
