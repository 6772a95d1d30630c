#include "config.h"

#include "code/gen_block.h"

#include <string.h>

/* Blocks: runs of fields at fixed offsets, checked against the bounds once and emitted by walking a table. With a text
 * format each field carries the text that stands before its value. */

static bool is_leaf_kind(enum sema_kind kind) {
    return kind != SEMA_STRUCT && kind != SEMA_SWITCH && kind != SEMA_ALIAS && kind != SEMA_BAD &&
           kind != SEMA_ZIGZAG && kind != SEMA_BCD;
}

static bool bare(const struct sema_decl *d) {
    return !d->at && !d->when && !d->sized && !d->from && !d->then && !d->until && !d->while_ &&
           !d->stride && !d->recover && gen_is_tested(d) && d->dims.n == 0 && d->bit_total > 0 &&
           !(d->encoding && d->encoding->kind != E_TEXT);
}

/* A struct is made one block up to so many fields, those of the structs in it counted, and so many levels; written out
 * within another block, which may hold it often, up to fewer. Larger ones are decoded by functions of their own. */
#define BLOCK_DEPTH_MAX  32
#define BLOCK_FIELDS_MAX 4096
#define BLOCK_INNER_MAX  64

static bool is_plain(struct gen *g, const struct sema_struct *s);

bool gen_block_is_bare(struct gen *g, const struct sema_decl *decl) {
    const struct sema_type *type = decl->type;
    if (!bare(decl)) {
        return false;
    }
    if (type->kind == SEMA_STRUCT) {
        return type->of->leaves <= BLOCK_INNER_MAX && is_plain(g, type->of);
    }
    return is_leaf_kind(type->kind);
}

bool gen_is_block_field(struct gen *g, const struct sema_member *m) {
    return m->kind == SEMA_M_FIELD && gen_block_is_bare(g, m->decl);
}

static bool look_whether_plain(struct gen *g, const struct sema_struct *s) {
    if (s->bit_size <= 0 || s->params.n || s->sized || s->is_union ||
        s->nesting > BLOCK_DEPTH_MAX || s->leaves > BLOCK_FIELDS_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < s->block.at.n; i++) {
        const struct sema_member *m = s->block.at.at[i];
        bool pad = m->kind == SEMA_M_PAD || m->kind == SEMA_M_SKIP;
        if (!pad && (!gen_is_block_field(g, m) || m->decl->equals || m->decl->in)) {
            return false;
        }
    }
    return true;
}

/* Whether a struct is nothing but fields at fixed places, and not too many: no checks, no names in other branches, no
 * parameters. */
static bool is_plain(struct gen *g, const struct sema_struct *s) {
    enum { UNKNOWN, NO, YES };
    uintptr_t known = (uintptr_t)map_get(&g->plain, s, NULL);
    if (known == UNKNOWN) {
        known = look_whether_plain(g, s) ? YES : NO;
        map_put(&g->plain, g->arena, s, NULL, (void *)known);
    }
    return known == YES;
}

static uint32_t take_text(struct block_builder *b) {
    if (!b->g->style || b->text.len == 0) {
        return PROGRAM_NONE;
    }
    uint32_t id = gen_data(b->g, buf_bytes(&b->text));
    buf_clear(&b->text);
    return id;
}

static struct program_field *add_field(struct block_builder *b, enum field_what what, uint32_t type,
                                       uint32_t member, uint64_t bit_off) {
    bool writes = what == FIELD_VALUE || what == FIELD_PLACED;
    uint32_t text = writes ? take_text(b) : PROGRAM_NONE;
    if (b->g->program->fields.n >= GEN_SIZE_MAX) {
        gen_refuse(b->g, "too many fields in its blocks");
    }
    struct program_field *f = vec_push(&b->g->program->fields, b->g->arena);
    *f = (struct program_field){.what = (uint8_t)what,
                                .type = type,
                                .member = member,
                                .index = PROGRAM_NONE,
                                .check = PROGRAM_NONE,
                                .bit_off = bit_off,
                                .stretch = b->stretch,
                                .text = text};
    b->block.count++;
    return f;
}

static void add_tests(struct block_builder *b, struct program_field *field,
                      const struct sema_decl *decl, const struct sema_member *m) {
    field->check = gen_tests(b->g, decl, m, &field->checks);
    b->block.checked = b->block.checked || field->checks > 0;
}

static void add_members(struct block_builder *b, const struct sema_struct *s, uint64_t bit_off);

void gen_block_name(struct block_builder *b, const struct sema_member *m) {
    if (b->g->style) {
        b->g->style->member(&b->text, m->name, b->first);
    }
    b->first = false;
}

struct program_field *gen_block_value(struct block_builder *b, uint32_t type, uint32_t member,
                                      uint64_t bit_off) {
    return add_field(b, FIELD_VALUE, type, member, bit_off);
}

void gen_block_decl(struct block_builder *b, const struct sema_member *m, struct sema_decl *decl,
                    uint64_t bit_off) {
    const struct code_style *style = b->g->style;
    uint32_t type = gen_type(b->g, decl, 0);
    gen_block_name(b, m);
    if (decl->type->kind != SEMA_STRUCT) {
        add_tests(b, gen_block_value(b, type, m->id, bit_off), decl, m);
        return;
    }
    add_field(b, FIELD_ENTER, type, m->id, bit_off);
    if (style) {
        style->struct_open(&b->text);
    }
    b->first = true;
    add_members(b, decl->type->of, bit_off);
    b->first = false;
    if (style) {
        style->struct_close(&b->text);
    }
    add_field(b, FIELD_LEAVE, type, m->id, bit_off + (uint64_t)decl->type->of->bit_size);
}

static void add_member(struct block_builder *b, const struct sema_member *m, uint64_t bit_off) {
    gen_block_decl(b, m, m->decl, bit_off);
}

static void add_members(struct block_builder *b, const struct sema_struct *s, uint64_t bit_off) {
    for (uint32_t i = 0; i < s->block.at.n; i++) {
        const struct sema_member *m = s->block.at.at[i];
        if (m->kind == SEMA_M_FIELD) {
            add_member(b, m, bit_off + (uint64_t)m->bit_off);
        }
    }
}

uint32_t gen_block_end(struct block_builder *b, int64_t bit_size) {
    if (b->block.whole && b->g->style) {
        b->g->style->struct_close(&b->text);
    }
    b->block.bit_size = (uint64_t)bit_size;
    b->block.texts = b->g->style != NULL;
    b->block.tail = take_text(b);
    uint32_t id = b->g->program->blocks.n;
    *vec_push(&b->g->program->blocks, b->g->arena) = b->block;
    buf_free(&b->text);
    return id;
}

struct block_builder gen_block_begin(struct gen *g, bool whole) {
    struct block_builder b = {.g = g, .first = true};
    b.block.first = g->program->fields.n;
    b.block.placed = PROGRAM_NONE;
    b.block.unless_first = g->program->unless.n;
    b.block.whole = whole;
    if (whole && g->style) {
        g->style->struct_open(&b.text);
    }
    return b;
}

uint32_t gen_struct_block(struct gen *g, struct sema_struct *s) {
    uint32_t known = (uint32_t)(uintptr_t)map_get(&g->blocks, s, NULL);
    if (known) {
        return known - 1;
    }
    struct block_builder b = gen_block_begin(g, true);
    add_members(&b, s, 0);
    uint32_t id = gen_block_end(&b, s->bit_size);
    map_put(&g->blocks, g->arena, s, NULL, (void *)(uintptr_t)(id + 1));
    return id;
}

uint32_t gen_columns_block(struct gen *g, const struct gen_place *places, uint32_t n,
                           int64_t bit_size) {
    for (uint32_t i = 0; i < n; i++) {
        const struct sema_decl *decl = places[i].member->decl;
        if (!bare(decl) || !is_leaf_kind(decl->type->kind) || decl->equals || decl->in ||
            decl->require) {
            return PROGRAM_NONE;
        }
    }
    struct block_builder b = gen_block_begin(g, false);
    for (uint32_t i = 0; i < n; i++) {
        const struct sema_member *m = places[i].member;
        add_field(&b, FIELD_VALUE, gen_type(g, m->decl, 0), m->id, places[i].bit_off);
    }
    return gen_block_end(&b, bit_size);
}

/* The members from bit offset base on, which the cursor stands at; their paddings lie between. */
uint32_t gen_run_block(struct gen *g, struct sema_member *const *members, uint32_t n,
                       int64_t base) {
    struct block_builder b = gen_block_begin(g, false);
    int64_t at = base;
    for (uint32_t i = 0; i < n; i++) {
        const struct sema_member *m = members[i];
        at += !gen_joins(m) && at % 8 != 0 ? 8 - at % 8 : 0;
        if (m->kind == SEMA_M_FIELD) {
            add_member(&b, m, (uint64_t)(at - base));
        }
        int128 skip;
        at += m->kind == SEMA_M_SKIP ? (sema_constant_int(m->expr, &skip) ? (int64_t)skip * 8 : 0)
                                     : m->decl->bit_total;
    }
    return gen_block_end(&b, at - base);
}

/* A field at a fixed place, or padding, of which nothing is asked. */
static bool is_simple(struct gen *g, const struct sema_member *m) {
    bool pad = m->kind == SEMA_M_PAD || m->kind == SEMA_M_SKIP;
    return m->bit_off != SEMA_DYNAMIC && (pad || (gen_is_block_field(g, m) && !m->decl->equals &&
                                                  !m->decl->in && !m->decl->require));
}

/* Whether a number of the struct of whole bytes, at a fixed place, is meant. */
static bool is_number_of(const struct sema_expr *e, const struct sema_struct *s) {
    return gen_is_own_number(e) && e->member->owner == s && e->member->decl->bit_total % 8 == 0;
}

/* Whether an expression comes to the same for all elements of an array of such structs: it looks at none of them. */
static bool is_outside(const struct sema_expr *e, const struct sema_struct *s) {
    switch (e->kind) {
    case E_INT:
        return true;
    case E_SELF:
        return e->of != s;
    case E_FIELD:
        return is_outside(e->kid[0], s);
    case E_INDEX:
    case E_BINARY:
        return is_outside(e->kid[0], s) && is_outside(e->kid[1], s);
    default:
        return false;
    }
}

/* A text up to a NUL at the sum of a number of the struct and something outside: takes the latter. */
static bool take_placed(struct block_builder *b, const struct sema_struct *s,
                        const struct sema_member *m, const struct sema_expr **from) {
    const struct sema_decl *d = m->decl;
    if (*from || d->type->kind != SEMA_CSTRING || d->sized || d->from || d->then || d->until ||
        d->while_ || d->recover || d->require || d->equals || d->in || d->encoding || d->dims.n ||
        d->file != SEMA_FILE_AROUND || !d->at || d->at->kind != E_BINARY ||
        d->at->op != AST_OP_ADD) {
        return false;
    }
    const struct sema_expr *left = d->at->kid[0], *right = d->at->kid[1];
    const struct sema_expr *number = is_number_of(left, s) ? left : right;
    *from = number == left ? right : left;
    if (!is_number_of(number, s) || !is_outside(*from, s)) {
        return false;
    }
    b->block.placed = gen_type(b->g, number->member->decl, 0);
    b->block.placed_off = (uint64_t)number->member->bit_off;
    b->g->style->member(&b->text, m->name, b->first);
    b->first = false;
    add_field(b, FIELD_PLACED, gen_type(b->g, m->decl, 0), m->id, b->block.placed_off);
    return true;
}

/* That a number of the struct is a certain one, which is no negative one. */
static bool take_equal(struct block_builder *b, const struct sema_struct *s,
                       const struct sema_expr *number, const struct sema_expr *wanted) {
    wanted = wanted->kind == E_CAST ? wanted->kid[0] : wanted;
    if (b->block.unless_count == BLOCK_UNLESS_MAX || !is_number_of(number, s) ||
        wanted->kind != E_INT || wanted->integer < 0 || wanted->integer > INT64_MAX ||
        wanted->integer >> (number->member->decl->bit_total - 1)) {
        return false;
    }
    *vec_push(&b->g->program->unless, b->g->arena) =
        (struct program_unless){.type = gen_type(b->g, number->member->decl, 0),
                                .bit_off = (uint64_t)number->member->bit_off,
                                .raw = (uint64_t)wanted->integer};
    b->block.unless_count++;
    return true;
}

/* Anything that is there only where a condition holds: that a number is a certain one, or one of some, or another
 * such condition. */
static bool take_unless(struct block_builder *b, const struct sema_struct *s,
                        const struct sema_expr *when) {
    const struct sema_expr *left = when->kid[0], *right = when->kid[1];
    if (when->kind == E_BINARY && when->op == AST_OP_OR) {
        return take_unless(b, s, left) && take_unless(b, s, right);
    }
    if (when->kind == E_BINARY && when->op == AST_OP_EQ) {
        return is_number_of(right, s) ? take_equal(b, s, right, left)
                                      : take_equal(b, s, left, right);
    }
    if (when->kind != E_IN || right->kind != E_LIST) {
        return false;
    }
    for (uint32_t i = 0; i < right->args.n; i++) {
        if (!take_equal(b, s, left, right->args.at[i])) {
            return false;
        }
    }
    return true;
}

/* The members behind those at fixed places, which all have to lie elsewhere, if anywhere. */
static bool take_scattered(struct block_builder *b, const struct sema_struct *s, uint32_t i,
                           const struct sema_expr **from) {
    for (; i < s->block.at.n; i++) {
        const struct sema_member *m = s->block.at.at[i];
        if (m->kind != SEMA_M_FIELD ||
            !(m->decl->when ? take_unless(b, s, m->decl->when) : take_placed(b, s, m, from))) {
            return false;
        }
    }
    return *from || b->block.unless_count > 0;
}

/* A struct whose first members are at fixed places and whose others lie elsewhere, if they are there at all, as a block;
 * PROGRAM_NONE where it is more than that. *from: what a number of it is added to, to find its text, the same for all
 * elements of an array; NULL: it has no such text. */
static uint32_t placed_block(struct gen *g, struct sema_struct *s, const struct sema_expr **from) {
    *from = NULL;
    if (!g->style || !g->style->scattered || s->bit_size <= 0 || s->bit_size % 8 || s->params.n ||
        s->sized || s->is_union || s->nesting > BLOCK_DEPTH_MAX || s->leaves > BLOCK_FIELDS_MAX) {
        return PROGRAM_NONE;
    }
    uint32_t n = 0, fields = g->program->fields.n;
    while (n < s->block.at.n && is_simple(g, s->block.at.at[n])) {
        n++;
    }
    if (n == 0 || n == s->block.at.n) {
        return PROGRAM_NONE;
    }
    struct block_builder b = gen_block_begin(g, true);
    for (uint32_t i = 0; i < n; i++) {
        const struct sema_member *m = s->block.at.at[i];
        if (m->kind == SEMA_M_FIELD) {
            add_member(&b, m, (uint64_t)m->bit_off);
        }
    }
    if (!take_scattered(&b, s, n, from)) {
        buf_free(&b.text);
        g->program->fields.n = fields;
        g->program->unless.n = b.block.unless_first;
        return PROGRAM_NONE;
    }
    return gen_block_end(&b, s->bit_size);
}

void gen_placed_ahead(struct gen *g, struct sema_struct *s, uint32_t head) {
    const struct sema_expr *from;
    uint32_t block = g->request->ties ? PROGRAM_NONE : placed_block(g, s, &from);
    if (block == PROGRAM_NONE) {
        return;
    }
    if (from) {
        uint32_t trial = gen_try(g, false);
        gen_value(g, from);
        gen_try_end(g, trial);
    } else {
        gen_op(g, OP_PUSH_INT, gen_int(g, 0), 0);
    }
    gen_op(g, OP_PLACED, block, head);
}

/* One element of an array as a block of its own; PROGRAM_NONE when an element is more than that. */
uint32_t gen_element_block(struct gen *g, struct sema_decl *decl) {
    bool of_struct = decl->type->kind == SEMA_STRUCT;
    if (decl->require && (of_struct || !gen_is_tested(decl))) {
        return PROGRAM_NONE;
    }
    if (decl->type->kind == SEMA_STRUCT) {
        return is_plain(g, decl->type->of) ? gen_struct_block(g, decl->type->of) : PROGRAM_NONE;
    }
    if (!is_leaf_kind(decl->type->kind) || (decl->encoding && decl->encoding->kind != E_TEXT)) {
        return PROGRAM_NONE;
    }
    struct block_builder b = gen_block_begin(g, false);
    uint32_t type = gen_type(g, decl, decl->dims.n);
    add_tests(&b, add_field(&b, FIELD_VALUE, type, PROGRAM_NONE, 0), decl, NULL);
    return gen_block_end(&b, decl->bit_size);
}
