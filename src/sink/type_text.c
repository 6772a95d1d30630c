#include "config.h"

#include "sink/type_text.h"

#include "sink/form.h"
#include "vm/value.h"

static const struct program_type *type_of(const struct program *program, uint32_t type) {
    return type == PROGRAM_NONE ? NULL : &program->types.at[type];
}

/* Of an array what its elements are, however many dimensions down. */
static const struct program_type *innermost(const struct program *program, uint32_t type) {
    const struct program_type *t = type_of(program, type);
    while (t && t->kind == TYPE_ARRAY) {
        t = type_of(program, t->of);
    }
    return t;
}

static void put_number_type(struct buf *line, const struct program *program,
                            const struct program_type *t) {
    struct bytes name = program_text(
        program, t->names == PROGRAM_NONE ? PROGRAM_NONE : program->enums.at[t->names].name);
    if (name.len) {
        buf_put(line, name.at, name.len);
    } else if (t->kind == TYPE_FLOAT) {
        if (t->bits == 32 || t->bits == 64) {
            buf_puts(line, t->bits == 32 ? "float" : "double");
        } else {
            buf_printf(line, "%s%u", t->bfloat ? "bfloat" : "float", t->bits);
        }
    } else if (t->kind == TYPE_VARINT) {
        static const char *const varints[] = {
            [VARINT_ULEB] = "uleb128",
            [VARINT_SLEB] = "sleb128",
            [VARINT_VLQ] = "vlq",
            [VARINT_ZIGZAG] = "zigzag",
        };
        buf_puts(line, varints[t->varint]);
    } else if (t->kind == TYPE_CODED) {
        buf_printf(line, "%s(%u)", t->varint == CODING_BCD ? "bcd" : "zigzag", t->bits / 8u);
    } else if (t->is_bool) {
        buf_puts(line, "bool");
    } else {
        buf_puts(line, t->is_signed ? "int" : "uint");
        if (t->bits) {
            buf_printf(line, "%u", t->bits);
        }
    }
}

/* "[3]", or "[]" where only the data says how many. */
static void put_count(struct buf *line, int64_t bits, int64_t each) {
    buf_putc(line, '[');
    if (bits >= 0 && each > 0) {
        form_integer(line, bits / each);
    }
    buf_putc(line, ']');
}

static void put_element_type(struct buf *line, const struct program *program,
                             const struct program_type *t) {
    if (t->kind == TYPE_STRUCT) {
        struct bytes name = program_text(program, program->structs.at[t->of].name);
        name = name.len ? name : bytes_text("struct");
        buf_put(line, name.at, name.len);
    } else if (t->kind == TYPE_TEXT) {
        buf_puts(line, t->nul_ended ? "cstring" : t->cut ? "char" : "string");
    } else if (t->kind == TYPE_BYTES) {
        buf_puts(line, "byte");
    } else {
        put_number_type(line, program, t);
    }
}

void type_put_name(struct buf *line, const struct program *program, uint32_t type) {
    const struct program_type *outer = type_of(program, type), *t = innermost(program, type);
    if (t) {
        put_element_type(line, program, t);
    } else {
        buf_puts(line, outer ? "switch" : "list");
    }
}

void type_put_counts(struct buf *line, const struct program *program, uint32_t type,
                     uint64_t count) {
    const struct program_type *outer = type_of(program, type), *t = innermost(program, type);
    if (outer && outer->kind == TYPE_ARRAY) {
        buf_putc(line, '[');
        if (count != VM_UNKNOWN) {
            form_integer(line, (int128)count);
        }
        buf_putc(line, ']');
        for (const struct program_type *of = type_of(program, outer->of);
             of && of->kind == TYPE_ARRAY; of = type_of(program, of->of)) {
            put_count(line, of->bit_size, of->stride);
        }
    }
    if (t && (t->kind == TYPE_BYTES || (t->kind == TYPE_TEXT && !t->nul_ended))) {
        put_count(line, t->bit_size, 8);
    }
}
