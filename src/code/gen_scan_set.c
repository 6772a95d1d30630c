#include "config.h"

#include "code/gen_scan.h"

/* Fields of many elements set at once: those at fixed places, to a value that is the same for all or that is worked out as lanes
 * (gen_lane.c), of elements for which a scan can try all of the condition. */

struct setting {
    struct scan s;
    const struct gen_sets *sets;
    uint32_t same; /* sets of what is the same for all */
    /* the fields so far, in bits */
    struct {
        int128 start, end;
    } fields[PROGRAM_PUTS_MAX];
};

static bool has_encoding(const struct sema_struct *of) {
    for (uint32_t i = 0; i < of->block.at.n; i++) {
        if (of->block.at.at[i]->kind == SEMA_M_ENCODING) {
            return true;
        }
    }
    return false;
}

/* Whether a value takes as many whole bytes whatever it is, and is read the same way in each element. */
static bool is_settable(const struct program_type *t, const struct sema_struct *owner) {
    bool fixed = t->bit_size > 0 && t->bit_size % 8 == 0 && !t->packed && !t->until &&
                 !t->nul_ended && !t->elastic;
    return fixed && (t->kind == TYPE_INT || t->kind == TYPE_FLOAT || t->kind == TYPE_BYTES ||
                     (t->kind == TYPE_TEXT && !has_encoding(owner)));
}

/* Notes that the bits from start on are set; false where others of them are already. */
static bool take_field(struct setting *b, uint32_t number, int128 start, int64_t size) {
    int128 end = start + size;
    for (uint32_t i = 0; i < number; i++) {
        if (start < b->fields[i].end && b->fields[i].start < end) {
            return false;
        }
    }
    b->fields[number].start = start;
    b->fields[number].end = end;
    return true;
}

static struct sema_expr *make(struct setting *b, enum sema_ekind kind,
                              const struct sema_expr *like) {
    struct sema_expr *e = arena_alloc(b->s.g->arena, sizeof *e);
    *e = *like;
    e->kind = kind;
    return e;
}

/* The number with the bits of a mask set, or not. */
static struct sema_expr *with_flags(struct setting *b, const struct sema_expr *field, int128 mask,
                                    bool on) {
    struct sema_expr *bits = make(b, E_INT, field), *e = make(b, E_BINARY, field);
    bits->integer = on ? mask : ~mask;
    e->op = on ? AST_OP_BITOR : AST_OP_BITAND;
    e->kid[0] = (struct sema_expr *)(uintptr_t)field;
    e->kid[1] = bits;
    return e;
}

/* The number that a statement gives a field. */
static const struct sema_expr *number_for(struct setting *b, const struct sema_stmt *stmt,
                                          const struct sema_expr *field) {
    if (!stmt->mask) {
        return stmt->expr;
    }
    struct sema_expr *on = with_flags(b, field, stmt->mask, true);
    struct sema_expr *off = with_flags(b, field, stmt->mask, false);
    struct sema_expr *e = make(b, E_COND, field);
    e->kid[0] = stmt->expr;
    e->kid[1] = on;
    e->kid[2] = off;
    return e;
}

/* A number worked out for each element. */
static bool add_lane(struct setting *b, const struct sema_stmt *stmt, const struct sema_expr *field,
                     struct scan_place into, const struct program_type *t) {
    const struct sema_expr *e = number_for(b, stmt, field);
    struct scan_range range;
    bool number = t->kind == TYPE_INT && !t->is_bool && t->bits <= 64 && t->bits % 8 == 0;
    if (!number || e->vtype.kind != SEMA_V_INT || !gen_lane(&b->s, e, &range)) {
        return false;
    }
    int128 many = (int128)1 << t->bits, least = t->is_signed ? -many / 2 : 0;
    bool fits = range.low >= least && range.high <= least + many - 1;
    b->s.lanes--;
    return scan_add(&b->s, OP_LANE_PUT, into, stmt->id, !fits);
}

/* A value that is the same for all. */
static bool add_same(struct setting *b, const struct sema_stmt *stmt, struct scan_place into) {
    return !stmt->mask && b->sets->is_same(b->sets->of, stmt) &&
           scan_add(&b->s, OP_PUT, into, stmt->id, ++b->same);
}

static bool add_set(struct setting *b, uint32_t number) {
    const struct sema_stmt *stmt = b->sets->at[number];
    uint32_t n = b->s.n;
    if (stmt->kind != SEMA_S_SET || stmt->solves || stmt->array || stmt->raw) {
        return false;
    }
    const struct sema_expr *field = sema_last_step(stmt->target);
    if (field->kind == E_FLAG && stmt->mask) {
        field = field->kid[0];
    }
    if (field->kind != E_FIELD || stmt->expr->kind == E_OBJECT || stmt->expr->kind == E_LIST) {
        return false;
    }
    int128 bit = scan_field_of(&b->s, field);
    if (bit < 0 || bit % 8) {
        return false;
    }
    uint32_t type = gen_type(b->s.g, field->member->decl, 0);
    const struct program_type *t = &b->s.g->program->types.at[type];
    struct scan_place into = {field->member->id, bit};
    if (!is_settable(t, field->member->owner) || !take_field(b, number, bit, t->bit_size)) {
        return false;
    }
    if (add_lane(b, stmt, field, into, t)) {
        return true;
    }
    b->s.n = n;
    return add_same(b, stmt, into);
}

static void drop(struct gen *g, uint32_t n) {
    for (; n > 0; n--) {
        gen_op(g, OP_DROP, 0, 0);
    }
}

/* The values that are the same for all, and how deep each lies then. */
static void push_same(struct setting *b) {
    uint32_t same = 0;
    for (uint32_t i = 0; i < b->s.n; i++) {
        b->s.parts[i].b = b->s.parts[i].op == OP_PUT ? b->same - same++ : b->s.parts[i].b;
    }
    for (uint32_t i = 0; i < b->sets->n; i++) {
        const struct sema_stmt *stmt = b->sets->at[i];
        for (uint32_t k = 0; k < b->s.n; k++) {
            if (b->s.parts[k].op == OP_PUT && b->s.parts[k].a == stmt->id) {
                b->sets->push(b->sets->of, stmt);
            }
        }
    }
}

void gen_scan_sets(struct gen *g, const struct sema_expr *array, const struct sema_expr *filter,
                   const struct gen_sets *sets, uint32_t head) {
    struct setting b = {.sets = sets};
    b.s = (struct scan){.g = g, .of = array, .all = true};
    b.s.element = filter ? filter->dollar : sets->element;
    bool fine = sets->n > 0 && sets->n <= PROGRAM_PUTS_MAX && scan_is_open(&b.s);
    if (fine && filter) {
        scan_add_conditions(&b.s, filter->kid[1]);
        fine = b.s.all;
    }
    b.s.element = sets->element;
    for (uint32_t i = 0; i < sets->n && fine; i++) {
        fine = add_set(&b, i);
    }
    if (!fine) {
        return;
    }
    push_same(&b);
    uint32_t scan = scan_emit(&b.s, OP_SCAN_SET);
    if (b.same == 0) {
        gen_patch(g, scan, head);
        return;
    }
    drop(g, b.same);
    uint32_t on = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, scan, gen_here(g));
    drop(g, b.same);
    gen_op(g, OP_JUMP, head, 0);
    gen_patch(g, on, gen_here(g));
}
