#include "config.h"

#include "code/disasm_table.h"

#include <inttypes.h>

#include "base/int128.h"
#include "sema/builtins.h"

/* How many bytes of a constant are shown. */
#define TEXT_SHOWN 48u

static void put_text(const struct program *p, uint32_t text, struct buf *out) {
    struct bytes bytes = program_text(p, text);
    buf_put(out, bytes.at, bytes.len);
}

static void put_int(struct buf *out, int128 value) {
    char text[INT128_TEXT_MAX];
    buf_put(out, text, int128_text(value, text));
}

void disasm_pad(struct buf *out, size_t line_start, size_t column) {
    size_t at = out->len - line_start;
    buf_fill(out, ' ', at < column ? column - at : 1);
}

/* names */

void disasm_struct(const struct program *program, uint32_t id, struct buf *out) {
    if (id == PROGRAM_NONE) {
        buf_putc(out, '-');
    } else if (program->structs.at[id].name == PROGRAM_NONE) {
        buf_printf(out, "struct %" PRIu32, id);
    } else {
        put_text(program, program->structs.at[id].name, out);
    }
}

void disasm_member(const struct program *program, uint32_t id, struct buf *out) {
    if (id == PROGRAM_NONE) {
        buf_putc(out, '-');
        return;
    }
    disasm_struct(program, program->members.at[id].owner, out);
    buf_putc(out, '.');
    put_text(program, program->members.at[id].name, out);
}

void disasm_enum(const struct program *program, uint32_t id, struct buf *out) {
    if (id == PROGRAM_NONE) {
        buf_putc(out, '-');
    } else if (program->enums.at[id].name == PROGRAM_NONE) {
        buf_printf(out, "enum %" PRIu32, id);
    } else {
        put_text(program, program->enums.at[id].name, out);
    }
}

void disasm_text(const struct program *program, uint32_t id, struct buf *out) {
    if (id == PROGRAM_NONE) {
        buf_putc(out, '-');
        return;
    }
    struct bytes bytes = program->data.at[id];
    buf_putc(out, '"');
    for (size_t i = 0; i < bytes.len && i < TEXT_SHOWN; i++) {
        unsigned char c = bytes.at[i];
        if (c == '"' || c == '\\') {
            buf_putc(out, '\\');
        }
        if (c >= 0x20 && c < 0x7f) {
            buf_putc(out, (char)c);
        } else {
            buf_printf(out, "\\x%02x", c);
        }
    }
    buf_puts(out, bytes.len > TEXT_SHOWN ? "…\"" : "\"");
}

static const char *order_text(const struct program_type *t) {
    static const char *const bytes[] = {"", " little", " big"};
    static const char *const bits[] = {"", " lsb", " msb"};
    return t->packed && t->bitorder != ORDER_AMBIENT ? bits[t->bitorder] : bytes[t->order];
}

static void put_number(const struct program *p, const struct program_type *t, struct buf *out) {
    bool is_float = t->kind == TYPE_FLOAT;
    if (t->is_bool) {
        buf_puts(out, "bool");
    } else {
        buf_puts(out, t->bfloat ? "bf" : is_float ? "f" : t->is_signed ? "i" : "u");
    }
    if (t->bits == 0) {
        buf_putc(out, '?');
    } else if (!t->is_bool || t->bits != 8) {
        buf_printf(out, "%u", t->bits);
    }
    buf_puts(out, t->packed ? " packed" : "");
    buf_puts(out, order_text(t));
    if (t->names != PROGRAM_NONE) {
        buf_putc(out, ' ');
        disasm_enum(p, t->names, out);
    }
}

static void put_until(const struct program_type *t, struct buf *out) {
    buf_puts(out, t->until & UNTIL_INCLUDED ? " included" : "");
    buf_puts(out, t->until & UNTIL_LEFT ? " left" : "");
    buf_puts(out, t->until & UNTIL_OPTIONAL ? " optional" : "");
}

static void put_element(const struct program *p, const struct program_type *t, struct buf *out) {
    static const char *const varints[] = {"uleb128", "sleb128", "vlq", "zigzag"};
    switch ((enum type_kind)t->kind) {
    case TYPE_INT:
    case TYPE_FLOAT:
        put_number(p, t, out);
        break;
    case TYPE_VARINT:
        buf_puts(out, varints[t->varint]);
        break;
    case TYPE_CODED:
        buf_printf(out, "%s%u%s", t->varint == CODING_BCD ? "bcd" : "zigzag", t->bits,
                   order_text(t));
        break;
    case TYPE_TEXT:
        buf_puts(out, t->nul_ended ? "cstring" : t->cut ? "char[]" : "string");
        if (t->encoding != PROGRAM_NONE) {
            buf_putc(out, ' ');
            put_text(p, t->encoding, out);
        }
        put_until(t, out);
        break;
    case TYPE_BYTES:
        buf_puts(out, "byte[]");
        put_until(t, out);
        break;
    case TYPE_STRUCT:
        disasm_struct(p, t->of, out);
        break;
    case TYPE_ARRAY: /* of a switch: its elements differ */
        buf_puts(out, "switch");
        break;
    }
}

void disasm_type(const struct program *program, uint32_t id, struct buf *out) {
    if (id == PROGRAM_NONE) {
        buf_putc(out, '-');
        return;
    }
    uint32_t dims = 0;
    const struct program_type *t = &program->types.at[id];
    for (; t->kind == TYPE_ARRAY; dims++) {
        if (t->of == PROGRAM_NONE) {
            dims++;
            break;
        }
        t = &program->types.at[t->of];
    }
    put_element(program, t, out);
    buf_puts(out, dims && t->kind != TYPE_ARRAY && t->kind != TYPE_STRUCT ? " " : "");
    while (dims-- > 0) {
        buf_puts(out, "[]");
    }
}

/* sizes and places: whole bytes, or bits where they are not whole */
static void put_size(struct buf *out, int64_t bits) {
    if (bits < 0) {
        buf_puts(out, "?");
    } else if (bits % 8 == 0) {
        buf_printf(out, "%" PRId64, bits / 8);
    } else {
        buf_printf(out, "%" PRId64 " bits", bits);
    }
}

/* tables */

static void put_members(const struct program *p, const struct program_struct *s, struct buf *out) {
    for (uint32_t i = 0; i < s->member_count; i++) {
        const struct program_member *m = &p->members.at[s->member_first + i];
        size_t line = out->len;
        buf_puts(out, "    ");
        if (m->bit_off >= 0) {
            buf_puts(out, "+");
            put_size(out, m->bit_off);
        }
        disasm_pad(out, line, 14);
        put_text(p, m->name, out);
        disasm_pad(out, line, 34);
        if (m->kind == MEMBER_LET) {
            buf_puts(out, "let");
        } else if (m->type == PROGRAM_NONE) {
            buf_puts(out, "as a switch says");
        } else {
            disasm_type(p, m->type, out);
        }
        if (m->slot != PROGRAM_NONE) {
            disasm_pad(out, line, 60);
            buf_printf(out, "slot %" PRIu32, m->slot);
        }
        buf_putc(out, '\n');
    }
}

/* What a struct consists of: so many bytes, and a run of which a number tells how long it is. */
static void put_stretches(const struct program *p, uint32_t first, uint32_t n, struct buf *out) {
    for (uint32_t i = 0; i < n; i++) {
        const struct program_stretch *at = &p->stretches.at[first + i];
        buf_puts(out, "    stretch ");
        buf_printf(out, "%" PRIu32 ": ", i);
        put_size(out, (int64_t)at->bit_size);
        if (at->type != PROGRAM_NONE) {
            buf_puts(out, ", then from ");
            put_size(out, (int64_t)at->base);
            buf_printf(out, " on %" PRIu64 " * ", at->per / 8);
            disasm_type(p, at->type, out);
            buf_printf(out, " at %" PRIu32 "+%" PRIu64, at->in, at->bit_off / 8);
            if (at->more) {
                buf_printf(out, " + %" PRId64, at->more / 8);
            }
        }
        buf_putc(out, '\n');
    }
}

static void put_structs(const struct program *p, struct buf *out) {
    buf_puts(out, p->structs.n
                      ? "structs: where a member lies, its type, the slot that remembers it\n"
                      : "");
    for (uint32_t i = 0; i < p->structs.n; i++) {
        const struct program_struct *s = &p->structs.at[i];
        buf_puts(out, "  ");
        disasm_struct(p, i, out);
        buf_puts(out, ": ");
        put_size(out, s->bit_size);
        buf_puts(out, s->bit_size < 0 || s->bit_size % 8 == 0 ? " bytes" : "");
        buf_puts(out, s->params ? ", parameters: " : "");
        if (s->params) {
            buf_printf(out, "%" PRIu32, s->params);
        }
        buf_puts(out, i == p->root ? ", the root\n" : "\n");
        put_members(p, s, out);
        put_stretches(p, s->stretch_first, s->stretch_count, out);
    }
}

static void put_types(const struct program *p, struct buf *out) {
    buf_puts(out, p->types.n
                      ? "\ntypes: bytes of a value, shown as, bytes from element to element\n"
                      : "");
    for (uint32_t i = 0; i < p->types.n; i++) {
        const struct program_type *t = &p->types.at[i];
        size_t line = out->len;
        buf_printf(out, "  %-6" PRIu32, i);
        disasm_type(p, i, out);
        disasm_pad(out, line, 34);
        put_size(out, t->bit_size);
        disasm_pad(out, line, 46);
        buf_puts(out, t->form == FORM_PLAIN ? "-" : program_form_text((enum type_form)t->form));
        if (t->kind == TYPE_ARRAY) {
            disasm_pad(out, line, 56);
            put_size(out, t->stride);
            buf_puts(out, t->placed ? " placed" : "");
            buf_puts(out, t->chained ? " chained" : "");
            buf_puts(out, t->apart ? " apart" : "");
            buf_puts(out, t->needs_prev ? " needs-prev" : "");
            buf_puts(out, t->hops ? " hops" : "");
        }
        static const char *const files[] = {"", " isolated", " isolated-source"};
        buf_puts(out, files[t->file]);
        buf_putc(out, '\n');
    }
}

static void put_enums(const struct program *p, struct buf *out) {
    buf_puts(out, p->enums.n ? "\nenums\n" : "");
    for (uint32_t i = 0; i < p->enums.n; i++) {
        const struct program_enum *e = &p->enums.at[i];
        buf_puts(out, "  ");
        disasm_enum(p, i, out);
        buf_puts(out, e->flags ? ": flags" : e->dense_count ? ": a table from value to name" : "");
        buf_putc(out, '\n');
        for (uint32_t k = 0; k < e->count; k++) {
            const struct program_enumerator *item = &p->items.at[e->first + k];
            size_t line = out->len;
            buf_puts(out, "    ");
            put_int(out, item->value);
            disasm_pad(out, line, 14);
            put_text(p, item->name, out);
            buf_putc(out, '\n');
        }
    }
}

static void put_field(const struct program *p, const struct program_field *f, struct buf *out) {
    static const char *const what[] = {"value", "enter", "leave", "placed"};
    size_t line = out->len;
    buf_puts(out, "    +");
    put_size(out, (int64_t)f->bit_off);
    disasm_pad(out, line, 14);
    disasm_type(p, f->type, out);
    disasm_pad(out, line, 34);
    buf_puts(out, what[f->what]);
    disasm_pad(out, line, 42);
    disasm_member(p, f->member, out);
    if (f->index != PROGRAM_NONE) {
        buf_printf(out, "[%" PRIu32 "]", f->index);
    }
    for (uint32_t i = 0; i < f->checks; i++) {
        struct bytes formula = program_text(p, p->checks.at[f->check + i].formula);
        buf_printf(out, " require %.*s", (int)formula.len, (const char *)formula.at);
    }
    if (f->text != PROGRAM_NONE) {
        disasm_pad(out, line, 64);
        disasm_text(p, f->text, out);
    }
    buf_putc(out, '\n');
}

static void put_spot(const struct program_spot *spot, struct buf *out) {
    buf_printf(out, "stretch %" PRIu32 " +%" PRIu64, spot->in, spot->off);
}

static void put_sums(const struct program *p, const struct program_block *b, struct buf *out) {
    for (uint32_t i = 0; i < b->sum_count; i++) {
        const struct program_sum *s = &p->sums.at[b->sum_first + i];
        buf_puts(out, "    ");
        disasm_type(p, s->type, out);
        buf_puts(out, " at ");
        put_spot(&s->number, out);
        buf_printf(out, " is the %s of", builtin_info(s->builtin)->text);
        for (uint32_t k = s->range_first; k < s->range_first + s->range_count; k++) {
            buf_puts(out, k > s->range_first ? ", " : " ");
            put_spot(&p->ranges.at[k].from, out);
            buf_puts(out, " to ");
            put_spot(&p->ranges.at[k].to, out);
        }
        buf_putc(out, '\n');
    }
}

static void put_blocks(const struct program *p, struct buf *out) {
    buf_puts(out, p->blocks.n
                      ? "\nblocks: place, type, what happens, to which member, the text before it\n"
                      : "");
    for (uint32_t i = 0; i < p->blocks.n; i++) {
        const struct program_block *b = &p->blocks.at[i];
        buf_printf(out, "  %" PRIu32 ": ", i);
        put_size(out, (int64_t)b->bit_size);
        buf_puts(out, b->bit_size % 8 ? "" : " bytes");
        buf_puts(out, b->whole ? ", a whole struct" : "");
        if (b->tail != PROGRAM_NONE) {
            buf_puts(out, ", then ");
            disasm_text(p, b->tail, out);
        }
        buf_putc(out, '\n');
        for (uint32_t k = 0; k < b->count; k++) {
            put_field(p, &p->fields.at[b->first + k], out);
        }
        put_stretches(p, b->stretch_first, b->stretch_count, out);
        put_sums(p, b, out);
    }
}

static void put_flats(const struct program *p, struct buf *out) {
    buf_puts(out, p->flats.n ? "\nflat structs: the number that tells the kind, its block\n" : "");
    for (uint32_t i = 0; i < p->flats.n; i++) {
        const struct program_flat *f = &p->flats.at[i];
        buf_printf(out, "  %" PRIu32 ":", i);
        if (f->type != PROGRAM_NONE) {
            buf_putc(out, ' ');
            disasm_type(p, f->type, out);
            buf_printf(out, " at +%" PRIu64, f->bit_off / 8);
        }
        buf_putc(out, '\n');
        for (uint32_t k = f->kind_first; k < f->kind_first + f->kind_count; k++) {
            const struct program_kind *kind = &p->kinds.at[k];
            size_t line = out->len;
            buf_puts(out, "    ");
            if (kind->low == INT128_MIN && kind->high == INT128_MAX) {
                buf_puts(out, "any");
            } else {
                put_int(out, kind->low);
                buf_puts(out, kind->low == kind->high ? "" : "..");
            }
            if (kind->low != kind->high && kind->high != INT128_MAX) {
                put_int(out, kind->high);
            }
            disasm_pad(out, line, 14);
            if (kind->block == PROGRAM_NONE) {
                buf_puts(out, "-\n");
            } else {
                buf_printf(out, "%" PRIu32 "\n", kind->block);
            }
        }
    }
}

void disasm_tables(const struct program *program, struct buf *out) {
    put_structs(program, out);
    put_types(program, out);
    put_enums(program, out);
    put_blocks(program, out);
    put_flats(program, out);
}
