#include "config.h"

#include "code/gen_scan.h"

/* Scans: what a condition says of numbers at fixed places in the element, compared with constants, is tried of many
 * elements at once; other conditions of such numbers are worked out so (gen_lane.c). Where that is all it says, those that hold
 * need only be counted, and what is gathered of them, if it is made of such numbers, too, only be told. */

const struct scan_place scan_nowhere = {PROGRAM_NONE, 0};

/* Whether each number in the struct lies where the layout says, in an order known outside of it. */
static bool is_scannable(const struct sema_struct *of) {
    if (of->bit_size == SEMA_DYNAMIC) {
        return false;
    }
    for (uint32_t i = 0; i < of->block.at.n; i++) {
        if (of->block.at.at[i]->kind == SEMA_M_ENDIAN) {
            return false;
        }
    }
    return true;
}

int128 scan_field_of(const struct scan *s, const struct sema_expr *e) {
    const struct sema_member *m = e->member;
    if (m->kind != SEMA_M_FIELD || m->bit_off == SEMA_DYNAMIC || m->same || gen_leader(m) != m ||
        m->decl->at || m->decl->from || m->decl->when || m->decl->sized || m->decl->dims.n > 0) {
        return -1;
    }
    int128 start = scan_start_of(s, e->kid[0]);
    return start < 0 ? -1 : start + (int128)m->bit_off;
}

int128 scan_start_of(const struct scan *s, const struct sema_expr *e) {
    if (e->kind == E_DOLLAR && e->dollar == s->element && s->hops) {
        return 0;
    }
    if (e->vtype.kind != SEMA_V_STRUCT || !is_scannable(e->vtype.of)) {
        return -1;
    }
    if (e->kind == E_DOLLAR) {
        return e->dollar == s->element ? 0 : -1;
    }
    if (e->kind == E_SELF) {
        return e->of == s->self.of ? s->self.bit : -1;
    }
    bool plain = e->kind == E_FIELD && e->member->kind == SEMA_M_FIELD &&
                 e->member->decl->type->kind == SEMA_STRUCT && e->member->decl->args.n == 0;
    return plain ? scan_field_of(s, e) : -1;
}

static bool is_number(const struct program_type *t) {
    bool whole = t->kind == TYPE_INT && t->bits <= 64;
    bool real = t->kind == TYPE_FLOAT && !t->bfloat && (t->bits == 32 || t->bits == 64);
    return (whole || real) && !t->packed && t->bits > 0 && t->bits % 8 == 0 &&
           t->bit_size == t->bits;
}

struct scan_place scan_number_of(const struct scan *s, const struct sema_expr *e) {
    const struct sema_vtype *array = &s->of->vtype;
    struct scan_place place = scan_nowhere;
    if (e->kind == E_DOLLAR && e->dollar == s->element) {
        place = (struct scan_place){gen_type(s->g, array->decl, array->level + 1), 0};
    } else if (e->kind == E_FIELD) {
        int128 bit = scan_field_of(s, e);
        place = bit < 0 || bit % 8 ? scan_nowhere
                                   : (struct scan_place){gen_type(s->g, e->member->decl, 0), bit};
    }
    bool fine = place.type != PROGRAM_NONE && is_number(&s->g->program->types.at[place.type]);
    return fine ? place : scan_nowhere;
}

static bool is_real(const struct scan *s, struct scan_place place) {
    return s->g->program->types.at[place.type].kind == TYPE_FLOAT;
}

bool scan_add(struct scan *s, enum program_op op, struct scan_place place, uint32_t a, uint32_t b) {
    if (s->n == SCAN_PARTS_MAX) {
        return false;
    }
    s->parts[s->n++] = (struct scan_part){op, place, a, b};
    return true;
}

static bool add_test(struct scan *s, enum program_op op, struct scan_place place, int128 value) {
    return scan_add(s, op, place, gen_int(s->g, value), 0);
}

static bool add_range(struct scan *s, struct scan_place place, int128 low, int128 high) {
    return s->n + 2 <= SCAN_PARTS_MAX && add_test(s, OP_TEST_LEAST, place, low) &&
           add_test(s, OP_TEST_MOST, place, high);
}

/* The integer at the place op value. */
static bool add_comparison(struct scan *s, enum ast_op op, struct scan_place place, int128 value) {
    switch (op) {
    case AST_OP_EQ:
        return add_range(s, place, value, value);
    case AST_OP_NE:
        return add_test(s, OP_TEST_OTHER, place, value);
    case AST_OP_GE:
        return add_test(s, OP_TEST_LEAST, place, value);
    case AST_OP_LE:
        return add_test(s, OP_TEST_MOST, place, value);
    case AST_OP_GT:
        return value < INT128_MAX && add_test(s, OP_TEST_LEAST, place, value + 1);
    case AST_OP_LT:
        return value > INT128_MIN && add_test(s, OP_TEST_MOST, place, value - 1);
    default:
        return false;
    }
}

/* The integers that a floating-point number has no less exactly. */
#define REAL_EXACT ((int128)1 << 53)

/* The floating-point number at the place op a constant. */
static bool add_real(struct scan *s, enum ast_op op, struct scan_place place,
                     const struct sema_expr *value) {
    int128 whole;
    double real = value->number;
    if (value->kind != E_FLOAT) {
        if (!sema_constant_int(value, &whole) || whole > REAL_EXACT || whole < -REAL_EXACT) {
            return false;
        }
        real = (double)whole;
    }
    if (op < AST_OP_EQ || op > AST_OP_GE) {
        return false;
    }
    *vec_push(&s->g->program->floats, s->g->arena) = real;
    return scan_add(s, OP_TEST_REAL, place, s->g->program->floats.n - 1, gen_binary_op(op));
}

/* The number at the place op a constant. */
static bool add_compared(struct scan *s, enum ast_op op, struct scan_place place,
                         const struct sema_expr *value) {
    int128 whole;
    if (is_real(s, place)) {
        return add_real(s, op, place, value);
    }
    return sema_constant_int(value, &whole) && add_comparison(s, op, place, whole);
}

/* A condition that is one number compared with constants. */
static bool add_simple(struct scan *s, const struct sema_expr *e) {
    int128 low, high;
    if (e->kind == E_BINARY) {
        struct scan_place left = scan_number_of(s, e->kid[0]), right = scan_number_of(s, e->kid[1]);
        if (left.type != PROGRAM_NONE) {
            return add_compared(s, e->op, left, e->kid[1]);
        }
        return right.type != PROGRAM_NONE &&
               add_compared(s, ast_op_turned(e->op), right, e->kid[0]);
    }
    if (e->kind != E_IN || e->kid[1]->kind != E_RANGE ||
        !sema_constant_int(e->kid[1]->kid[0], &low) ||
        !sema_constant_int(e->kid[1]->kid[1], &high)) {
        return false;
    }
    struct scan_place place = scan_number_of(s, e->kid[0]);
    return place.type != PROGRAM_NONE && !is_real(s, place) && add_range(s, place, low, high);
}

static bool add_condition(struct scan *s, const struct sema_expr *e) {
    struct scan_range range;
    uint32_t n = s->n;
    if (add_simple(s, e)) {
        return true;
    }
    s->n = n;
    if (e->vtype.kind == SEMA_V_BOOL && gen_lane(s, e, &range) &&
        scan_add(s, OP_LANE_TEST, scan_nowhere, 0, 0)) {
        s->lanes--;
        return true;
    }
    s->n = n;
    s->lanes = 0;
    return false;
}

void scan_add_conditions(struct scan *s, const struct sema_expr *e) {
    if (e->kind == E_BINARY && e->op == AST_OP_AND) {
        scan_add_conditions(s, e->kid[0]);
        if (s->all) {
            scan_add_conditions(s, e->kid[1]);
        }
        return;
    }
    s->all = add_condition(s, e);
}

/* A column that is a number, or worked out of some and shown as a plain one. */
static bool add_take(struct scan *s, const struct sema_expr *e, uint32_t column) {
    struct scan_place place = scan_number_of(s, e);
    struct scan_range range;
    if (place.type != PROGRAM_NONE && !s->g->program->types.at[place.type].is_bool) {
        return scan_add(s, OP_TAKE, place, column, 0);
    }
    bool plain = e->vtype.kind == SEMA_V_INT && !e->vtype.names && !e->vtype.as;
    if (!plain || e->kind == E_FIELD || !gen_lane(s, e, &range) ||
        !scan_add(s, OP_LANE_TAKE, scan_nowhere, column, 0)) {
        return false;
    }
    s->lanes--;
    return true;
}

/* What is gathered of all rows, where a scan can tell it. */
static bool add_takes(struct scan *s) {
    const struct sema_select *select = s->select;
    bool ok = select->aggregates.n > 0;
    for (uint32_t i = 0; i < select->columns.n && ok; i++) {
        ok = add_take(s, select->columns.at[i], i);
    }
    return ok;
}

/* Columns that are fields of the element, shown of all of those for which the condition holds. */
static bool add_show(struct scan *s) {
    const struct sema_select *select = s->select;
    const struct gen_request *r = s->g->request;
    uint32_t n = select->columns.n, block = PROGRAM_NONE;
    if (select->aggregates.n > 0 || r->skip > 0 || r->limit != GEN_ALL || n == 0 ||
        s->element->item.kind != SEMA_V_STRUCT) {
        return false;
    }
    const struct sema_struct *of = s->element->item.of;
    const struct program *p = s->g->program;
    int64_t size = of->bit_size;
    if (s->hops) {
        size = (int64_t)p->stretches.at[p->structs.at[of->id].stretch_first].bit_size;
    }
    if (size % 8 != 0) {
        return false;
    }
    struct gen_place *places = arena_array(s->g->arena, n, sizeof *places);
    for (uint32_t i = 0; i < n; i++) {
        const struct sema_expr *e = select->columns.at[i];
        int128 bit = e->kind == E_FIELD ? scan_field_of(s, e) : -1;
        if (bit < 0) {
            return false;
        }
        places[i] = (struct gen_place){e->member, (uint64_t)bit};
    }
    block = gen_columns_block(s->g, places, n, size);
    return block != PROGRAM_NONE && scan_add(s, OP_SHOW, scan_nowhere, block, 0);
}

uint32_t scan_emit(struct scan *s, enum program_op op) {
    struct gen *g = s->g;
    uint32_t scan = gen_op(g, op, 0, 0);
    struct scan_place at = scan_nowhere;
    for (uint32_t i = 0; i < s->n; i++) {
        const struct scan_part *part = &s->parts[i];
        bool other = part->place.type != at.type || part->place.bit != at.bit;
        if (part->op == OP_PUT || part->op == OP_LANE_PUT) {
            gen_op(g, OP_SCAN_INTO, part->place.type, gen_int(g, part->place.bit));
        } else if (part->place.type != PROGRAM_NONE && other) {
            at = part->place;
            gen_op(g, OP_SCAN_OF, at.type, gen_int(g, at.bit));
        }
        gen_op(g, part->op, part->a, part->b);
    }
    g->program->code.at[scan].b = gen_here(g) - scan - 1;
    return scan;
}

/* Whether the walk hops from one element to the other: what they begin with can be tried. */
static bool hops(struct scan *s) {
    const struct sema_vtype *array = &s->of->vtype;
    s->hops = array->kind == SEMA_V_ARRAY && s->element->item.kind == SEMA_V_STRUCT &&
              gen_set_hops(s->g, array->decl, array->level);
    return s->hops;
}

bool scan_is_open(const struct scan *s) {
    const struct sema_vtype *item = &s->element->item;
    bool fixed = item->kind == SEMA_V_STRUCT
                     ? is_scannable(item->of)
                     : item->kind == SEMA_V_INT || item->kind == SEMA_V_FLOAT;
    return s->of->vtype.kind == SEMA_V_ARRAY && fixed;
}

uint32_t gen_scan(struct gen *g, const struct sema_select *select, bool count) {
    struct scan s = {
        .g = g, .of = select->of, .element = &select->element, .select = select, .all = true};
    if (!hops(&s) && !scan_is_open(&s)) {
        return PROGRAM_NONE;
    }
    if (select->where) {
        scan_add_conditions(&s, select->where);
    }
    uint32_t tests = s.n;
    if (s.all && !count && add_takes(&s)) {
        return scan_emit(&s, OP_SCAN_TAKE);
    }
    s.n = tests;
    s.lanes = 0;
    if (s.all && !count && add_show(&s)) {
        return scan_emit(&s, OP_SCAN_TAKE);
    }
    if (count && s.all) {
        return scan_emit(&s, OP_SCAN_ALL);
    }
    return tests ? scan_emit(&s, OP_SCAN) : PROGRAM_NONE;
}

uint32_t gen_scan_filter(struct gen *g, const struct sema_expr *filter) {
    struct scan s = {.g = g, .of = filter->kid[0], .element = filter->dollar, .all = true};
    if (!hops(&s) && !scan_is_open(&s)) {
        return PROGRAM_NONE;
    }
    scan_add_conditions(&s, filter->kid[1]);
    return s.n ? scan_emit(&s, OP_SCAN) : PROGRAM_NONE;
}
