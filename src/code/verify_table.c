#include "config.h"

#include "code/verify_table.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "sema/builtins.h"

/* Rows own disjoint stretches of the tables they refer to (a struct its members, a block its fields), in the order of
 * the rows: so each stretch is looked at once. */

#define ARGS_MAX        255u /* of a call or a struct */
#define BLOCK_DEPTH_MAX 256u

struct tables {
    const struct program *program;
    struct verify_why why;
};

bool verify_refuse(struct verify_why why, const char *format, ...) {
    if (why.len > 0) {
        va_list args;
        va_start(args, format);
        vsnprintf(why.text, why.len, format, args);
        va_end(args);
    }
    return false;
}

static bool is_text(const struct tables *t, uint32_t constant) {
    return constant < t->program->data.n;
}

static bool is_text_or_none(const struct tables *t, uint32_t constant) {
    return constant == PROGRAM_NONE || is_text(t, constant);
}

static bool is_member_or_none(const struct tables *t, uint32_t member) {
    return member == PROGRAM_NONE || member < t->program->members.n;
}

static bool is_pc_or_none(const struct tables *t, uint32_t pc) {
    return pc == PROGRAM_NONE || pc < t->program->code.n;
}

/* Whether first..first+count begins at or behind *end and lies within n; *end goes behind it. */
static bool take_stretch(uint32_t first, uint32_t count, uint32_t n, uint32_t *end) {
    if (count == 0) {
        return first <= n;
    }
    if (first < *end || first > n || count > n - first) {
        return false;
    }
    *end = first + count;
    return true;
}

/* types */

static bool is_number_size(const struct program_type *type) {
    if (type->kind == TYPE_FLOAT) {
        bool width = type->bits == 16 ||
                     (!type->bfloat && (type->bits == 32 || type->bits == 64 || type->bits == 80));
        return width && type->bit_size == type->bits;
    }
    if (type->packed) {
        return type->bits <= 128 &&
               (type->bits ? type->bit_size == type->bits : type->bit_size <= 0);
    }
    return type->bits >= 8 && type->bits <= 128 && type->bits % 8 == 0 &&
           type->bit_size == type->bits;
}

/* An array of structs of which is known what they consist of. */
static bool may_hop(const struct program *p, const struct program_type *array) {
    const struct program_type *of = array->of < p->types.n ? &p->types.at[array->of] : NULL;
    return of && of->kind == TYPE_STRUCT && of->of < p->structs.n && array->stride < 0 &&
           p->structs.at[of->of].stretch_count > 0;
}

/* What rows of one kind have of their own. */
static bool check_kind(const struct tables *t, const struct program_type *type) {
    const struct program *p = t->program;
    switch ((enum type_kind)type->kind) {
    case TYPE_INT:
    case TYPE_FLOAT:
        return is_number_size(type);
    case TYPE_VARINT:
        return type->varint <= VARINT_ZIGZAG && type->bit_size == -1;
    case TYPE_CODED:
        return type->varint <= CODING_BCD && type->bits >= 8 && type->bits <= 152 &&
               type->bits % 8 == 0 && type->bit_size == type->bits && !type->packed &&
               (type->varint == CODING_BCD || type->bits <= 128);
    case TYPE_TEXT:
    case TYPE_BYTES:
        return (type->bit_size == -1 || (type->bit_size % 8 == 0 && !type->nul_ended)) &&
               type->until <= (UNTIL_INCLUDED | UNTIL_LEFT | UNTIL_OPTIONAL);
    case TYPE_STRUCT:
        return type->of < p->structs.n && type->bit_size == p->structs.at[type->of].bit_size;
    case TYPE_ARRAY: /* elements of one size are of one type */
        return (type->of == PROGRAM_NONE ? type->stride == -1 : type->of < p->types.n) &&
               (!type->hops || may_hop(p, type));
    }
    return false;
}

static bool check_type(const struct tables *t, uint32_t i) {
    const struct program_type *type = &t->program->types.at[i];
    bool array = type->kind == TYPE_ARRAY, of_struct = type->kind == TYPE_STRUCT;
    bool shape = type->kind <= TYPE_ARRAY && (array || !type->hops) && type->form < FORM_COUNT &&
                 type->order <= ORDER_BIG && type->bitorder <= ORDER_BIG &&
                 type->file <= FILE_SOURCE;
    bool sizes = type->bit_size >= -1 && type->stride >= -1;
    bool refers = (type->names == PROGRAM_NONE || type->names < t->program->enums.n) &&
                  is_text_or_none(t, type->encoding) && is_text_or_none(t, type->terminator);
    bool code = is_pc_or_none(t, type->skip_pc) && is_pc_or_none(t, type->emit_pc) &&
                (array ? is_pc_or_none(t, type->step_pc) : type->step_pc == PROGRAM_NONE) &&
                (array ? is_pc_or_none(t, type->count_pc) : type->count_pc == PROGRAM_NONE) &&
                (of_struct ? is_pc_or_none(t, type->args_pc) : type->args_pc == PROGRAM_NONE);
    if (!shape || !sizes || !refers || !code || !check_kind(t, type)) {
        return verify_refuse(t->why, "type %u: %s", i,
                             !shape    ? "no such kind, form or order"
                             : !sizes  ? "a size below -1"
                             : !refers ? "no such enum, encoding or terminator"
                             : !code   ? "a function that its kind does not have, or no such pc"
                                       : "its size or what it is made of does not fit its kind");
    }
    return true;
}

/* No array is its own element, however far down. */
static bool check_nesting(const struct tables *t) {
    const struct program *p = t->program;
    struct arena scratch = {0};
    uint32_t *seen_by = arena_array(&scratch, p->types.n, sizeof *seen_by);
    bool good = true;
    for (uint32_t i = 0; i < p->types.n && good; i++) {
        uint32_t at = i;
        while (at != PROGRAM_NONE && p->types.at[at].kind == TYPE_ARRAY && seen_by[at] == 0) {
            seen_by[at] = i + 1;
            at = p->types.at[at].of;
        }
        if (at != PROGRAM_NONE && p->types.at[at].kind == TYPE_ARRAY && seen_by[at] == i + 1) {
            good = verify_refuse(t->why, "type %u: an array of itself", at);
        }
    }
    arena_free(&scratch);
    return good;
}

/* structs and members */

/* Beyond these what makes a run may overflow. */
#define STRETCH_BITS_MAX (UINT64_C(1) << 32)
#define STRETCH_PER_MAX  (UINT64_C(1) << 16)
#define STRETCH_MORE_MAX (INT64_C(1) << 31)

/* A number that is read with one load. */
static bool is_stored(const struct program_type *t) {
    return t->kind == TYPE_INT && !t->packed && t->bits >= 8 && t->bits <= 64 && t->bits % 8 == 0;
}

/* A stretch, and in front of it the others of its struct, the first of which is at `first`. */
static bool check_stretch(const struct program *p, const struct program_stretch *first,
                          const struct program_stretch *s) {
    bool bytes = s->bit_size % 8 == 0 && s->bit_size <= STRETCH_BITS_MAX;
    if (s->type == PROGRAM_NONE) {
        return bytes;
    }
    const struct program_type *t = s->type < p->types.n ? &p->types.at[s->type] : NULL;
    const struct program_stretch *in = s->in <= (size_t)(s - first) ? first + s->in : NULL;
    return bytes && t && is_stored(t) && in && s->bit_off % 8 == 0 && s->bit_off <= in->bit_size &&
           t->bits <= in->bit_size - s->bit_off && s->base % 8 == 0 && s->base <= s->bit_size &&
           s->per % 8 == 0 && s->per > 0 && s->per <= STRETCH_PER_MAX && s->more % 8 == 0 &&
           s->more >= -STRETCH_MORE_MAX && s->more <= STRETCH_MORE_MAX;
}

/* No struct is nothing: walks over many come to an end. */
static bool check_stretches(const struct program *p, uint32_t at, uint32_t n) {
    if (n > PROGRAM_STRETCHES_MAX || at > p->stretches.n || n > p->stretches.n - at) {
        return false;
    }
    const struct program_stretch *first = n ? &p->stretches.at[at] : NULL; /* there may be none */
    bool good = !first || first->bit_size > 0;
    for (uint32_t i = 0; i < n && good; i++) {
        good = check_stretch(p, first, first + i);
    }
    return good;
}

static bool check_struct(const struct tables *t, uint32_t i, uint32_t *members_end) {
    const struct program_struct *s = &t->program->structs.at[i];
    if (!is_text_or_none(t, s->name) || !is_text_or_none(t, s->doc) ||
        !is_pc_or_none(t, s->dump_pc) || !is_pc_or_none(t, s->skip_pc)) {
        return verify_refuse(t->why, "struct %u: no such constant or pc", i);
    }
    if (!take_stretch(s->member_first, s->member_count, t->program->members.n, members_end)) {
        return verify_refuse(t->why, "struct %u: its members are not there", i);
    }
    if (!check_stretches(t->program, s->stretch_first, s->stretch_count)) {
        return verify_refuse(t->why, "struct %u: what it consists of is wrong", i);
    }
    if (s->slots > s->member_count || s->params > ARGS_MAX || s->bit_size < -1) {
        return verify_refuse(t->why, "struct %u: a number of slots, parameters or bits too large",
                             i);
    }
    return true;
}

static bool check_member(const struct tables *t, uint32_t i) {
    const struct program *p = t->program;
    const struct program_member *m = &p->members.at[i];
    if (m->owner >= p->structs.n || i < p->structs.at[m->owner].member_first ||
        i - p->structs.at[m->owner].member_first >= p->structs.at[m->owner].member_count) {
        return verify_refuse(t->why, "member %u: not among its owner's members", i);
    }
    if (m->slot != PROGRAM_NONE && m->slot >= p->structs.at[m->owner].slots) {
        return verify_refuse(t->why, "member %u: its owner has no such slot", i);
    }
    if (!is_text(t, m->name) || !is_text_or_none(t, m->doc) || m->kind > MEMBER_LET ||
        (m->type != PROGRAM_NONE && m->type >= p->types.n) || m->bit_off < -1) {
        return verify_refuse(t->why, "member %u: no such name, kind or type, or a bad offset", i);
    }
    if (!is_pc_or_none(t, m->locate_pc) || !is_pc_or_none(t, m->locate_end_pc) ||
        !is_pc_or_none(t, m->let_pc)) {
        return verify_refuse(t->why, "member %u: no such pc", i);
    }
    return true;
}

/* enums */

/* dense[value - low] is 0 or 1 + an item of the enum. */
static bool check_dense(const struct tables *t, const struct program_enum *e, uint32_t *end) {
    int128 high;
    if (!take_stretch(e->dense, e->dense_count, t->program->dense.n, end) ||
        !int128_add(e->dense_low, e->dense_count, &high)) {
        return false;
    }
    for (uint32_t i = 0; i < e->dense_count; i++) {
        if (t->program->dense.at[e->dense + i] > e->count) {
            return false;
        }
    }
    return true;
}

static bool check_enum(const struct tables *t, uint32_t i, uint32_t *items_end,
                       uint32_t *dense_end) {
    const struct program_enum *e = &t->program->enums.at[i];
    if (!is_text_or_none(t, e->name) ||
        !take_stretch(e->first, e->count, t->program->items.n, items_end)) {
        return verify_refuse(t->why, "enum %u: its name or its items are not there", i);
    }
    if (!check_dense(t, e, dense_end)) {
        return verify_refuse(t->why, "enum %u: its dense table is wrong", i);
    }
    for (uint32_t k = 0; k < e->count; k++) {
        const struct program_enumerator *item = &t->program->items.at[e->first + k];
        if (!is_text(t, item->name) || !is_text_or_none(t, item->doc)) {
            return verify_refuse(t->why, "enum %u: an item without a name", i);
        }
        if (!e->flags && k > 0 && item[-1].value > item->value) {
            return verify_refuse(t->why, "enum %u: its items are not sorted", i);
        }
    }
    return true;
}

/* blocks */

/* Bytes or text that a run of the stretch is. */
static bool is_run(const struct program_type *type, const struct program_stretch *s,
                   uint64_t bit_off) {
    return s && s->type != PROGRAM_NONE && bit_off == s->base && type->bit_size < 0 &&
           (type->kind == TYPE_BYTES || (type->kind == TYPE_TEXT && !type->nul_ended));
}

static bool check_field(const struct tables *t, const struct program_block *b,
                        const struct program_field *f) {
    const struct program *p = t->program;
    bool flat = b->stretch_count > 0;
    const struct program_stretch *s = flat && f->stretch < b->stretch_count
                                          ? &p->stretches.at[b->stretch_first + f->stretch]
                                          : NULL;
    if (flat ? !s || f->checks : f->stretch) {
        return false;
    }
    uint64_t bit_size = s ? s->bit_size : b->bit_size;
    if (f->what > FIELD_PLACED || f->type >= p->types.n || !is_member_or_none(t, f->member) ||
        !is_text_or_none(t, f->text) || f->bit_off > bit_size) {
        return false;
    }
    const struct program_type *type = &p->types.at[f->type];
    if (f->what == FIELD_PLACED) {
        return type->kind == TYPE_TEXT && type->nul_ended && f->checks == 0;
    }
    if (f->what != FIELD_VALUE) {
        return type->kind == TYPE_STRUCT && f->member != PROGRAM_NONE && f->checks == 0;
    }
    if (f->checks > 0 && (f->check >= p->checks.n || f->checks > p->checks.n - f->check)) {
        return false;
    }
    if (is_run(type, s, f->bit_off)) {
        return b->runs;
    }
    return type->kind != TYPE_STRUCT && type->kind != TYPE_ARRAY && type->kind != TYPE_CODED &&
           (b->runs || f->stretch == 0) && type->bit_size >= 0 &&
           (uint64_t)type->bit_size <= bit_size - f->bit_off;
}

/* Whether a number of whole bytes is in a block where it says. */
static bool check_number(const struct tables *t, const struct program_block *b, uint32_t number,
                         uint64_t off) {
    const struct program_type *type =
        number < t->program->types.n ? &t->program->types.at[number] : NULL;
    return type && is_stored(type) && off % 8 == 0 && off <= b->bit_size &&
           type->bits <= b->bit_size - off;
}

/* Whether the numbers that say what of a block lies elsewhere are in it. */
static bool check_elsewhere(const struct tables *t, const struct program_block *b) {
    const struct program *p = t->program;
    if ((b->placed != PROGRAM_NONE && !check_number(t, b, b->placed, b->placed_off)) ||
        b->unless_count > BLOCK_UNLESS_MAX || b->unless_first > p->unless.n ||
        b->unless_count > p->unless.n - b->unless_first) {
        return false;
    }
    for (uint32_t i = b->unless_first; i < b->unless_first + b->unless_count; i++) {
        if (!check_number(t, b, p->unless.at[i].type, p->unless.at[i].bit_off)) {
            return false;
        }
    }
    return true;
}

/* Whether there is so much of the stretch behind the spot, or behind all of them, where nothing is. */
static bool check_spot(const struct tables *t, const struct program_block *b,
                       const struct program_spot *spot, uint64_t bits) {
    const struct program_stretch *s =
        spot->in < b->stretch_count ? &t->program->stretches.at[b->stretch_first + spot->in] : NULL;
    uint64_t size = s ? s->bit_size : 0;
    return spot->in <= b->stretch_count && bits <= size && spot->off <= (size - bits) / 8;
}

static bool check_sums(const struct tables *t, const struct program_block *b) {
    const struct program *p = t->program;
    bool good = b->sum_count <= BLOCK_SUMS_MAX && b->sum_first <= p->sums.n &&
                b->sum_count <= p->sums.n - b->sum_first;
    for (uint32_t i = 0; good && i < b->sum_count; i++) {
        const struct program_sum *s = &p->sums.at[b->sum_first + i];
        const struct program_type *type = s->type < p->types.n ? &p->types.at[s->type] : NULL;
        good = s->builtin < BUILTIN_COUNT && builtin_sums(s->builtin) && type && is_stored(type) &&
               check_spot(t, b, &s->number, type->bits) && s->range_count <= SUM_RANGES_MAX &&
               s->range_first <= p->ranges.n && s->range_count <= p->ranges.n - s->range_first;
        for (uint32_t k = 0; good && k < s->range_count; k++) {
            const struct program_range *r = &p->ranges.at[s->range_first + k];
            good = check_spot(t, b, &r->from, 0) && check_spot(t, b, &r->to, 0);
        }
    }
    return good;
}

static bool check_block(const struct tables *t, uint32_t i, uint32_t *fields_end) {
    const struct program_block *b = &t->program->blocks.at[i];
    if (!take_stretch(b->first, b->count, t->program->fields.n, fields_end) ||
        !is_text_or_none(t, b->tail) || b->bit_size > INT64_MAX) {
        return verify_refuse(t->why, "block %u: its fields or its tail are not there", i);
    }
    if (!check_stretches(t->program, b->stretch_first, b->stretch_count)) {
        return verify_refuse(t->why, "block %u: what it consists of is wrong", i);
    }
    if (!check_elsewhere(t, b)) {
        return verify_refuse(t->why, "block %u: what lies elsewhere is not said by a number in it",
                             i);
    }
    if (!check_sums(t, b)) {
        return verify_refuse(t->why, "block %u: what is a sum, or of what, is not in it", i);
    }
    uint32_t entered[BLOCK_DEPTH_MAX], depth = 0; /* the types of the structs entered */
    for (uint32_t k = 0; k < b->count; k++) {
        const struct program_field *f = &t->program->fields.at[b->first + k];
        if (!check_field(t, b, f)) {
            return verify_refuse(t->why, "block %u: field %u is wrong or lies outside", i, k);
        }
        if (f->what == FIELD_PLACED && b->placed == PROGRAM_NONE) {
            return verify_refuse(t->why, "block %u: nothing leads to field %u", i, k);
        }
        bool enters = f->what == FIELD_ENTER, leaves = f->what == FIELD_LEAVE;
        if ((enters && depth == BLOCK_DEPTH_MAX) ||
            (leaves && (depth == 0 || entered[depth - 1] != f->type))) {
            return verify_refuse(t->why, "block %u: field %u nests badly", i, k);
        }
        if (enters) {
            entered[depth++] = f->type;
        }
        depth -= leaves;
    }
    return depth == 0 || verify_refuse(t->why, "block %u: a struct is not left", i);
}

/* Whether all of a block is in front of who comes across it. */
static bool is_gathered(const struct program_block *block) {
    return block->placed == PROGRAM_NONE && block->unless_count == 0;
}

/* The number that tells the kind lies in all of them; each is a struct by itself. */
static bool check_flat(const struct tables *t, uint32_t i) {
    const struct program *p = t->program;
    const struct program_flat *f = &p->flats.at[i];
    const struct program_type *type = f->type < p->types.n ? &p->types.at[f->type] : NULL;
    bool good = f->kind_first <= p->kinds.n && f->kind_count <= p->kinds.n - f->kind_first &&
                (f->type == PROGRAM_NONE ||
                 (type && is_stored(type) && f->bit_off % 8 == 0 && f->bit_off <= INT64_MAX));
    for (uint32_t k = 0; k < f->kind_count && good; k++) {
        uint32_t block = p->kinds.at[f->kind_first + k].block;
        const struct program_block *b = block < p->blocks.n ? &p->blocks.at[block] : NULL;
        good = block == PROGRAM_NONE || (b && b->whole && b->stretch_count > 0 && is_gathered(b));
        if (good && b && type) {
            uint64_t head = p->stretches.at[b->stretch_first].bit_size;
            good = f->bit_off <= head && type->bits <= head - f->bit_off;
        }
    }
    return good || verify_refuse(t->why, "flat %u: its kinds or what tells them are wrong", i);
}

/* Whether what a check tests a number against is there. */
static bool is_test(const struct program *p, const struct program_check *c) {
    if (c->test == TEST_ENUM) {
        return c->wanted < p->enums.n;
    }
    uint32_t least = c->test == TEST_RANGE ? 2 : c->test == TEST_LIST || !c->test ? 0 : 1;
    return c->test < TEST_ENUM && c->wanted_n >= least && c->wanted <= p->ints.n &&
           c->wanted_n <= p->ints.n - c->wanted;
}

static bool check_check(const struct tables *t, uint32_t i) {
    const struct program_check *c = &t->program->checks.at[i];
    if (!is_test(t->program, c)) {
        return verify_refuse(t->why, "check %u: no such test, numbers or enum", i);
    }
    if (c->kind > CHECK_TIE_PLACE || c->shape > SHAPE_EXPR || !is_member_or_none(t, c->member) ||
        !is_text_or_none(t, c->message) || !is_text_or_none(t, c->formula)) {
        return verify_refuse(t->why, "check %u: no such kind, member or constant", i);
    }
    return true;
}

bool verify_tables(const struct program *program, struct verify_why why) {
    struct tables t = {.program = program, .why = why};
    uint32_t members = 0, items = 0, dense = 0, fields = 0;
    if (program->entry >= program->code.n || program->root >= program->structs.n) {
        return verify_refuse(why, "no entry or no root struct");
    }
    if (program->spans.n != program->code.n) {
        return verify_refuse(why, "not one span an instruction");
    }
    bool good = true;
    for (uint32_t i = 0; i < program->structs.n && good; i++) {
        good = check_struct(&t, i, &members);
    }
    for (uint32_t i = 0; i < program->members.n && good; i++) {
        good = check_member(&t, i);
    }
    for (uint32_t i = 0; i < program->types.n && good; i++) {
        good = check_type(&t, i);
    }
    for (uint32_t i = 0; i < program->enums.n && good; i++) {
        good = check_enum(&t, i, &items, &dense);
    }
    for (uint32_t i = 0; i < program->blocks.n && good; i++) {
        good = check_block(&t, i, &fields);
    }
    for (uint32_t i = 0; i < program->flats.n && good; i++) {
        good = check_flat(&t, i);
    }
    for (uint32_t i = 0; i < program->checks.n && good; i++) {
        good = check_check(&t, i);
    }
    return good && check_nesting(&t);
}

/* operands */

/* An index without a row is fine where nothing is decoded into a member, or a switch has yet to choose the type. */
static bool may_be_none(uint32_t op, bool second) {
    switch (op) {
    case OP_AT:
    case OP_WITHIN:
        return true;
    case OP_SPACE:
    case OP_REGION:
    case OP_RESYNC:
    case OP_LOOP:
    case OP_LOOP_HERE:
    case OP_EMIT_LET:
    case OP_EMIT_NOTHING:
        return !second;
    case OP_ARRAY_BEGIN:
    case OP_VALUE:
    case OP_RUN:
    case OP_RUN_REST:
    case OP_RUN_UNTIL:
    case OP_TIED:
        return second;
    default:
        return false;
    }
}

static uint64_t range_of(const struct program *p, enum program_operand operand) {
    switch (operand) {
    case OPERAND_NONE:
    case OPERAND_N:
    case OPERAND_UP: /* against the records there are, as the code is walked */
        return UINT64_MAX;
    case OPERAND_PC:
    case OPERAND_FUNCTION:
        return p->code.n;
    case OPERAND_INT:
        return p->ints.n;
    case OPERAND_FLOAT:
        return p->floats.n;
    case OPERAND_DATA:
        return p->data.n;
    case OPERAND_STRUCT:
        return p->structs.n;
    case OPERAND_MEMBER:
        return p->members.n;
    case OPERAND_TYPE:
        return p->types.n;
    case OPERAND_BLOCK:
        return p->blocks.n;
    case OPERAND_CHECK:
        return p->checks.n;
    case OPERAND_ENUM:
        return p->enums.n;
    case OPERAND_BUILTIN:
        return BUILTIN_COUNT;
    }
    return 0;
}

static bool is_leaf(const struct program *p, uint32_t type) {
    return p->types.at[type].kind != TYPE_STRUCT && p->types.at[type].kind != TYPE_ARRAY;
}

static bool is_array(const struct program *p, uint32_t type) {
    return p->types.at[type].kind == TYPE_ARRAY;
}

/* How many lanes a part of a scan takes off the stack, and puts there. */
static void lanes_of(enum program_op part, uint32_t *takes, uint32_t *puts) {
    bool adds = part == OP_LANE_NUMBER || part == OP_LANE_INT;
    bool ends = part == OP_LANE_TEST || part == OP_LANE_TAKE || part == OP_LANE_PUT;
    bool works = part == OP_LANE_OP || part == OP_LANE_IN || part == OP_LANE_CHOOSE;
    *takes = part == OP_LANE_CHOOSE ? 3 : part == OP_LANE_OP ? 2 : part == OP_LANE_IN || ends;
    *puts = adds || works;
}

static bool is_of_number(enum program_op part) {
    return (part >= OP_TEST_LEAST && part <= OP_TAKE) || part == OP_LANE_NUMBER;
}

static bool is_put(enum program_op part) {
    return part == OP_PUT || part == OP_LANE_PUT;
}

/* What a scan does: parts are about the number of a SCAN_OF in front of them, or put something into a field that a SCAN_INTO just
 * in front of them names, and no lane is left. */
static bool has_parts(const struct program *p, const struct program_inst *scan) {
    size_t behind = p->code.n - 1 - (size_t)(scan - p->code.at);
    bool ok = scan->b <= PROGRAM_PARTS_MAX && scan->b <= behind;
    bool number = false;
    uint32_t lanes = 0, takes, puts;
    for (uint32_t i = 1; ok && i <= scan->b; i++) {
        enum program_op op = scan[i].op;
        lanes_of(op, &takes, &puts);
        number |= op == OP_SCAN_OF;
        ok = op >= OP_SCAN_OF && op <= OP_LANE_PUT && (number || !is_of_number(op)) &&
             is_put(op) == (scan[i - 1].op == OP_SCAN_INTO) &&
             (scan->op == OP_SCAN_SET || !is_put(op)) && lanes >= takes &&
             lanes - takes + puts <= PROGRAM_LANES_MAX;
        lanes += puts - takes;
    }
    return ok && lanes == 0 && scan[scan->b].op != OP_SCAN_INTO;
}

/* A struct type that has the function wanted and takes so many arguments. */
static bool takes(const struct program *p, const struct program_inst *inst) {
    const struct program_type *type = &p->types.at[inst->a];
    if (type->kind != TYPE_STRUCT) {
        return false;
    }
    const struct program_struct *s = &p->structs.at[type->of];
    return inst->b == s->params &&
           (inst->op == OP_DECODE ? s->dump_pc : s->skip_pc) != PROGRAM_NONE;
}

/* Elements of an array that are one block each: whole bytes, and the block as large as the type. */
static bool fits_block(const struct program *p, uint32_t type, const struct program_block *block) {
    const struct program_type *t = &p->types.at[type];
    return is_gathered(block) && t->kind != TYPE_ARRAY &&
           block->whole == (t->kind == TYPE_STRUCT) && block->bit_size > 0 &&
           block->bit_size % 8 == 0 && block->stretch_count == 0 &&
           t->bit_size == (int64_t)block->bit_size;
}

static bool takes_arguments(const struct builtin_info *info, uint32_t n) {
    return n >= info->min && (info->max == 255 || n <= info->max);
}

/* What an instruction wants of its operands beyond that they are there. */
static bool operands_fit(const struct program *p, const struct program_inst *inst) {
    uint32_t a = inst->a, b = inst->b;
    switch (inst->op) {
    case OP_DECODE:
    case OP_PASS:
        return takes(p, inst);
    case OP_PARAM:
        return b < p->structs.at[a].params;
    case OP_BUILTIN:
    case OP_TRANSFORM:
        return takes_arguments(builtin_info(a), b);
    case OP_ARRAY_BEGIN:
        return is_array(p, a);
    case OP_BLOCKS:
    case OP_RECORDS:
        return fits_block(p, a, &p->blocks.at[b]);
    case OP_BLOCK:
        return is_gathered(&p->blocks.at[a]) && p->blocks.at[a].stretch_count == 0;
    case OP_PLACED:
        return p->blocks.at[a].whole && p->blocks.at[a].stretch_count == 0 &&
               p->blocks.at[a].bit_size > 0 && p->blocks.at[a].bit_size % 8 == 0;
    case OP_FLATS:
        return a < p->flats.n;
    case OP_LEAP:
        return p->ints.at[b] >= 0 && p->ints.at[b] <= INT64_MAX;
    case OP_LEAPS:
        return p->ints.at[a] > 0 && p->ints.at[a] <= INT64_MAX;
    case OP_OWN:
        return p->members.at[a].type != PROGRAM_NONE && is_leaf(p, p->members.at[a].type) &&
               p->members.at[a].bit_off >= 0;
    case OP_SCAN:
    case OP_SCAN_ALL:
    case OP_SCAN_TAKE:
    case OP_SCAN_SET:
        return has_parts(p, inst);
    case OP_SCAN_INTO:
        return p->members.at[a].type != PROGRAM_NONE && is_leaf(p, p->members.at[a].type);
    case OP_TEST_REAL:
        return b >= OP_EQ && b <= OP_GE;
    case OP_LANE_OP:
        return b >= OP_ADD && b <= OP_GE;
    case OP_TIED:
        return a < TIED_LOOP && (a != TIED_BLOCKS || (b != PROGRAM_NONE && is_array(p, b)));
    case OP_TIE:
    case OP_UNSOLVED:
    case OP_SOLVED:
        return p->checks.at[a].kind >= CHECK_TIE_SIZE;
    case OP_UNDO:
        return a <= UNDO_OR;
    case OP_LATER:
        return a <= QUANTITY_COUNT;
    case OP_VALUE:
    case OP_RUN:
    case OP_RUN_REST:
    case OP_RUN_UNTIL:
    case OP_SKIP_UNTIL:
    case OP_SKIP_VALUE:
        return is_leaf(p, a);
    default:
        return true;
    }
}

static bool check_inst(const struct program *p, const uint64_t *ranges, uint32_t pc,
                       struct verify_why why) {
    const struct program_inst *inst = &p->code.at[pc];
    if (inst->op >= OP_COUNT_) {
        return verify_refuse(why, "pc %u: no such instruction", pc);
    }
    const struct program_op_info *info = program_op_info(inst->op);
    bool a = inst->a < ranges[info->a] || (inst->a == PROGRAM_NONE && may_be_none(inst->op, false));
    bool b = inst->b < ranges[info->b] || (inst->b == PROGRAM_NONE && may_be_none(inst->op, true));
    if (!a || !b) {
        return verify_refuse(why, "pc %u: %s: operand %c is not there", pc, info->name,
                             a ? 'b' : 'a');
    }
    if (info->pops == PROGRAM_VARIES && inst->b > ARGS_MAX) {
        return verify_refuse(why, "pc %u: %s: too many arguments", pc, info->name);
    }
    if (inst->member != PROGRAM_NONE && inst->member >= p->members.n) {
        return verify_refuse(why, "pc %u: %s: for a member that is not there", pc, info->name);
    }
    return operands_fit(p, inst) ||
           verify_refuse(why, "pc %u: %s: an operand of the wrong kind", pc, info->name);
}

bool verify_operands(const struct program *program, struct verify_why why) {
    uint64_t ranges[OPERAND_UP + 1]; /* by kind of operand: what it must be below */
    for (unsigned i = 0; i <= OPERAND_UP; i++) {
        ranges[i] = range_of(program, (enum program_operand)i);
    }
    for (uint32_t pc = 0; pc < program->code.n; pc++) {
        if (!check_inst(program, ranges, pc, why)) {
            return false;
        }
    }
    return true;
}
