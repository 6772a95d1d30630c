#include "config.h"

#include "code/container.h"

#include <string.h>

#include "base/number.h"

/* Storing and restoring are one description of each row: a codec that has an out writes what the row holds, one that
 * has not fills the row from its bytes. */
struct codec {
    struct buf *out;     /* NULL: restoring */
    struct bytes left;   /* restoring: what was not read yet */
    struct arena *arena; /* restoring: where constants go */
    bool ok;             /* restoring: the bytes sufficed so far */
};

static const char magic[8] = {'s', 'o', 'n', 'd', 'e', 'p', 'r', 'g'};

static uint64_t pass(struct codec *c, uint64_t value, unsigned width) {
    if (c->out) {
        uint8_t bytes[8];
        number_store(bytes, width, false, value);
        buf_put(c->out, bytes, width);
        return value;
    }
    if (!c->ok || c->left.len < width) {
        c->ok = false;
        return 0;
    }
    value = number_load(c->left.at, width, false);
    c->left.at += width;
    c->left.len -= width;
    return value;
}

static void pass_u8(struct codec *c, uint8_t *at) {
    *at = (uint8_t)pass(c, *at, 1);
}

static void pass_bool(struct codec *c, bool *at) {
    *at = pass(c, *at, 1) != 0;
}

static void pass_u16(struct codec *c, uint16_t *at) {
    *at = (uint16_t)pass(c, *at, 2);
}

static void pass_u32(struct codec *c, uint32_t *at) {
    *at = (uint32_t)pass(c, *at, 4);
}

static void pass_u64(struct codec *c, uint64_t *at) {
    *at = pass(c, *at, 8);
}

static void pass_i64(struct codec *c, int64_t *at) {
    *at = (int64_t)pass(c, (uint64_t)*at, 8);
}

static void pass_int(struct codec *c, int128 *at) {
    uint128 value = (uint128)*at;
    uint64_t low = pass(c, (uint64_t)value, 8);
    uint64_t high = pass(c, (uint64_t)(value >> 64), 8);
    *at = (int128)((uint128)high << 64 | low);
}

static void pass_float(struct codec *c, double *at) {
    uint64_t bits;
    memcpy(&bits, at, sizeof bits);
    bits = pass(c, bits, 8);
    memcpy(at, &bits, sizeof bits);
}

static void pass_span(struct codec *c, struct span *at) {
    pass_u32(c, &at->lo);
    pass_u32(c, &at->hi);
}

/* Like those of the generator, restored constants are followed by a NUL that len does not count. */
static void pass_data(struct codec *c, struct bytes *at) {
    size_t len = (size_t)pass(c, at->len, 4);
    if (c->out) {
        buf_put(c->out, at->at, at->len);
        return;
    }
    if (!c->ok || len > c->left.len) {
        c->ok = false;
        len = 0;
    }
    *at = bytes_of(arena_strndup(c->arena, (const char *)c->left.at, len), len);
    c->left.at += len;
    c->left.len -= len;
}

static void pass_inst(struct codec *c, struct program_inst *at) {
    pass_u32(c, &at->op);
    pass_u32(c, &at->a);
    pass_u32(c, &at->b);
    pass_u32(c, &at->member);
}

static void pass_type(struct codec *c, struct program_type *at) {
    pass_u8(c, &at->kind);
    pass_u8(c, &at->form);
    pass_u8(c, &at->order);
    pass_u8(c, &at->bitorder);
    pass_u8(c, &at->varint);
    pass_u8(c, &at->limit);
    pass_u8(c, &at->until);
    pass_bool(c, &at->is_signed);
    pass_bool(c, &at->is_bool);
    pass_bool(c, &at->bfloat);
    pass_bool(c, &at->packed);
    pass_bool(c, &at->cut);
    pass_bool(c, &at->nul_ended);
    pass_bool(c, &at->placed);
    pass_bool(c, &at->chained);
    pass_bool(c, &at->apart);
    pass_bool(c, &at->needs_prev);
    pass_bool(c, &at->hops);
    pass_u8(c, &at->file);
    pass_u16(c, &at->bits);
    pass_u32(c, &at->names);
    pass_u32(c, &at->of);
    pass_u32(c, &at->encoding);
    pass_u32(c, &at->terminator);
    pass_bool(c, &at->terminator_raw);
    pass_bool(c, &at->elastic);
    pass_i64(c, &at->bit_size);
    pass_i64(c, &at->stride);
    pass_u32(c, &at->skip_pc);
    pass_u32(c, &at->step_pc);
    pass_u32(c, &at->count_pc);
    pass_u32(c, &at->args_pc);
    pass_u32(c, &at->emit_pc);
}

static void pass_struct(struct codec *c, struct program_struct *at) {
    pass_u32(c, &at->name);
    pass_u32(c, &at->doc);
    pass_u32(c, &at->member_first);
    pass_u32(c, &at->member_count);
    pass_u32(c, &at->slots);
    pass_u32(c, &at->params);
    pass_i64(c, &at->bit_size);
    pass_u32(c, &at->dump_pc);
    pass_u32(c, &at->skip_pc);
    pass_bool(c, &at->root);
    pass_bool(c, &at->outermost);
    pass_bool(c, &at->confined);
    pass_u32(c, &at->stretch_first);
    pass_u32(c, &at->stretch_count);
}

static void pass_stretch(struct codec *c, struct program_stretch *at) {
    pass_u64(c, &at->bit_size);
    pass_u64(c, &at->base);
    pass_u32(c, &at->type);
    pass_u32(c, &at->in);
    pass_u64(c, &at->bit_off);
    pass_u64(c, &at->per);
    pass_i64(c, &at->more);
}

static void pass_member(struct codec *c, struct program_member *at) {
    pass_u32(c, &at->name);
    pass_u32(c, &at->doc);
    pass_u32(c, &at->owner);
    pass_u32(c, &at->type);
    pass_u32(c, &at->slot);
    pass_u8(c, &at->kind);
    pass_i64(c, &at->bit_off);
    pass_u32(c, &at->locate_pc);
    pass_u32(c, &at->locate_end_pc);
    pass_u32(c, &at->let_pc);
    pass_span(c, &at->span);
}

static void pass_enum(struct codec *c, struct program_enum *at) {
    pass_u32(c, &at->name);
    pass_bool(c, &at->flags);
    pass_u32(c, &at->first);
    pass_u32(c, &at->count);
    pass_int(c, &at->dense_low);
    pass_u32(c, &at->dense);
    pass_u32(c, &at->dense_count);
}

static void pass_item(struct codec *c, struct program_enumerator *at) {
    pass_int(c, &at->value);
    pass_u32(c, &at->name);
    pass_u32(c, &at->doc);
}

static void pass_field(struct codec *c, struct program_field *at) {
    pass_u8(c, &at->what);
    pass_u32(c, &at->type);
    pass_u32(c, &at->member);
    pass_u32(c, &at->index);
    pass_u64(c, &at->bit_off);
    pass_u32(c, &at->stretch);
    pass_u32(c, &at->text);
    pass_u32(c, &at->check);
    pass_u32(c, &at->checks);
}

static void pass_block(struct codec *c, struct program_block *at) {
    pass_u32(c, &at->first);
    pass_u32(c, &at->count);
    pass_u64(c, &at->bit_size);
    pass_u32(c, &at->tail);
    pass_u32(c, &at->stretch_first);
    pass_u32(c, &at->stretch_count);
    pass_bool(c, &at->runs);
    pass_u32(c, &at->placed);
    pass_u64(c, &at->placed_off);
    pass_u32(c, &at->unless_first);
    pass_u32(c, &at->unless_count);
    pass_u32(c, &at->sum_first);
    pass_u32(c, &at->sum_count);
    pass_bool(c, &at->whole);
    pass_bool(c, &at->texts);
    pass_bool(c, &at->checked);
}

static void pass_unless(struct codec *c, struct program_unless *at) {
    pass_u32(c, &at->type);
    pass_u64(c, &at->bit_off);
    pass_u64(c, &at->raw);
}

static void pass_spot(struct codec *c, struct program_spot *at) {
    pass_u32(c, &at->in);
    pass_u64(c, &at->off);
}

static void pass_sum(struct codec *c, struct program_sum *at) {
    pass_u32(c, &at->builtin);
    pass_u32(c, &at->type);
    pass_spot(c, &at->number);
    pass_u32(c, &at->range_first);
    pass_u32(c, &at->range_count);
}

static void pass_range(struct codec *c, struct program_range *at) {
    pass_spot(c, &at->from);
    pass_spot(c, &at->to);
}

static void pass_flat(struct codec *c, struct program_flat *at) {
    pass_u32(c, &at->type);
    pass_u64(c, &at->bit_off);
    pass_u32(c, &at->kind_first);
    pass_u32(c, &at->kind_count);
}

static void pass_kind(struct codec *c, struct program_kind *at) {
    pass_int(c, &at->low);
    pass_int(c, &at->high);
    pass_u32(c, &at->block);
}

static void pass_check(struct codec *c, struct program_check *at) {
    pass_u8(c, &at->kind);
    pass_u8(c, &at->test);
    pass_u32(c, &at->wanted);
    pass_u32(c, &at->wanted_n);
    pass_u8(c, &at->shape);
    pass_bool(c, &at->apart);
    pass_u32(c, &at->member);
    pass_u32(c, &at->message);
    pass_u32(c, &at->formula);
    pass_span(c, &at->span);
}

/* Every table of a program, in the order they are stored: name, its rows' codec, the fewest bytes of a row. */
#define TABLES(TABLE)                                                                              \
    TABLE(code, pass_inst, 16)                                                                     \
    TABLE(spans, pass_span, 8)                                                                     \
    TABLE(ints, pass_int, 16)                                                                      \
    TABLE(floats, pass_float, 8)                                                                   \
    TABLE(data, pass_data, 4)                                                                      \
    TABLE(types, pass_type, 69)                                                                    \
    TABLE(structs, pass_struct, 50)                                                                \
    TABLE(stretches, pass_stretch, 48)                                                             \
    TABLE(members, pass_member, 49)                                                                \
    TABLE(enums, pass_enum, 37)                                                                    \
    TABLE(items, pass_item, 24)                                                                    \
    TABLE(dense, pass_u32, 4)                                                                      \
    TABLE(fields, pass_field, 37)                                                                  \
    TABLE(blocks, pass_block, 32)                                                                  \
    TABLE(unless, pass_unless, 20)                                                                 \
    TABLE(sums, pass_sum, 28)                                                                      \
    TABLE(ranges, pass_range, 24)                                                                  \
    TABLE(flats, pass_flat, 20)                                                                    \
    TABLE(kinds, pass_kind, 36)                                                                    \
    TABLE(checks, pass_check, 32)

void program_store(const struct program *program, struct buf *out) {
    struct codec c = {.out = out, .ok = true};
    buf_put(out, magic, sizeof magic);
    pass(&c, CONTAINER_VERSION, 4);
    pass(&c, OP_COUNT_, 4);
#define COUNT(table, row, size) pass(&c, program->table.n, 4);
    TABLES(COUNT)
#undef COUNT
    pass(&c, program->entry, 4);
    pass(&c, program->root, 4);
    /* rows go through a copy: the codec wants what it may write to */
#define STORE(table, row, size)                                                                    \
    for (uint32_t i = 0; i < program->table.n; i++) {                                              \
        __typeof__(*program->table.at) copy = program->table.at[i];                                \
        row(&c, &copy);                                                                            \
    }
    TABLES(STORE)
#undef STORE
}

/* A table's rows are made only when the bytes left can hold them all. */
static uint32_t bounded(struct codec *c, uint32_t n, uint32_t row_size) {
    if (!c->ok || n > c->left.len / row_size) {
        c->ok = false;
        return 0;
    }
    return n;
}

struct program *program_restore(struct arena *arena, struct bytes stored) {
    if (stored.len < sizeof magic || memcmp(stored.at, magic, sizeof magic) != 0) {
        return NULL;
    }
    struct codec c = {.arena = arena, .ok = true};
    c.left = bytes_from(stored, sizeof magic);
    if (pass(&c, 0, 4) != CONTAINER_VERSION || pass(&c, 0, 4) != OP_COUNT_) {
        return NULL;
    }
    struct program *program = arena_alloc(arena, sizeof *program);
    program->arena = arena;
#define COUNT(table, row, size) pass_u32(&c, &program->table.n);
    TABLES(COUNT)
#undef COUNT
    pass_u32(&c, &program->entry);
    pass_u32(&c, &program->root);
#define RESTORE(table, row, size)                                                                  \
    program->table.n = program->table.cap = bounded(&c, program->table.n, size);                   \
    program->table.at = arena_array(arena, program->table.n, sizeof *program->table.at);           \
    for (uint32_t i = 0; i < program->table.n; i++) {                                              \
        row(&c, &program->table.at[i]);                                                            \
    }
    TABLES(RESTORE)
#undef RESTORE
    return c.ok && c.left.len == 0 ? program : NULL;
}
