#include "config.h"

#include "code/gen_internal.h"

/* Scans: what a condition says of numbers at fixed places in the element, compared with constants, is tried of many
 * elements at once. Where that is all it says, those that hold need only be counted, and what is gathered of them, if it
 * is numbers at fixed places, too, only be told. */

/* Each may need another one, which says where the number lies. */
#define PARTS_MAX (PROGRAM_PARTS_MAX / 2)

struct place {
    uint32_t type; /* PROGRAM_NONE: none that a scan knows */
    int128 bit;    /* from the element's start */
};

struct part {
    enum program_op op;
    struct place place;
    uint32_t a, b;
};

struct scan {
    struct gen *g;
    const struct sema_expr *of;        /* the array */
    const struct sema_dollar *element; /* what its elements are called in the condition */
    const struct sema_select *select;  /* NULL: it is a filter's */
    struct part parts[PARTS_MAX];
    uint32_t n;
    bool all; /* the tests are all of the condition */
};

static const struct place nowhere = {PROGRAM_NONE, 0};

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

/* Where the fields of a struct begin that is the element, or lies in it; -1 where a scan can't tell. */
static int128 start_of(const struct scan *s, const struct sema_expr *e);

/* Where the field of a struct lies, from the element's start; -1 where a scan can't tell. */
static int128 field_of(const struct scan *s, const struct sema_expr *e) {
    const struct sema_member *m = e->member;
    if (m->kind != SEMA_M_FIELD || m->bit_off == SEMA_DYNAMIC || m->same || gen_leader(m) != m ||
        m->decl->at || m->decl->from || m->decl->when || m->decl->sized || m->decl->dims.n > 0) {
        return -1;
    }
    int128 start = start_of(s, e->kid[0]);
    return start < 0 ? -1 : start + (int128)m->bit_off;
}

static int128 start_of(const struct scan *s, const struct sema_expr *e) {
    if (e->vtype.kind != SEMA_V_STRUCT || !is_scannable(e->vtype.of)) {
        return -1;
    }
    if (e->kind == E_DOLLAR) {
        return e->dollar == s->element ? 0 : -1;
    }
    bool plain = e->kind == E_FIELD && e->member->kind == SEMA_M_FIELD &&
                 e->member->decl->type->kind == SEMA_STRUCT && e->member->decl->args.n == 0;
    return plain ? field_of(s, e) : -1;
}

static bool is_number(const struct program_type *t) {
    bool whole = t->kind == TYPE_INT && t->bits <= 64;
    bool real = t->kind == TYPE_FLOAT && !t->bfloat && (t->bits == 32 || t->bits == 64);
    return (whole || real) && !t->packed && t->bits > 0 && t->bits % 8 == 0 &&
           t->bit_size == t->bits;
}

/* Where the expression is such a number of the element, or the element one. */
static struct place number_of(const struct scan *s, const struct sema_expr *e) {
    const struct sema_vtype *array = &s->of->vtype;
    struct place place = nowhere;
    if (e->kind == E_DOLLAR && e->dollar == s->element) {
        place = (struct place){gen_type(s->g, array->decl, array->level + 1), 0};
    } else if (e->kind == E_FIELD) {
        int128 bit = field_of(s, e);
        place =
            bit < 0 || bit % 8 ? nowhere : (struct place){gen_type(s->g, e->member->decl, 0), bit};
    }
    bool fine = place.type != PROGRAM_NONE && is_number(&s->g->program->types.at[place.type]);
    return fine ? place : nowhere;
}

static bool is_real(const struct scan *s, struct place place) {
    return s->g->program->types.at[place.type].kind == TYPE_FLOAT;
}

static bool add(struct scan *s, enum program_op op, struct place place, uint32_t a, uint32_t b) {
    if (s->n == PARTS_MAX) {
        return false;
    }
    s->parts[s->n++] = (struct part){op, place, a, b};
    return true;
}

static bool add_test(struct scan *s, enum program_op op, struct place place, int128 value) {
    return add(s, op, place, gen_int(s->g, value), 0);
}

static bool add_range(struct scan *s, struct place place, int128 low, int128 high) {
    return s->n + 2 <= PARTS_MAX && add_test(s, OP_TEST_LEAST, place, low) &&
           add_test(s, OP_TEST_MOST, place, high);
}

/* The integer at the place op value. */
static bool add_comparison(struct scan *s, enum ast_op op, struct place place, int128 value) {
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
static bool add_real(struct scan *s, enum ast_op op, struct place place,
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
    return add(s, OP_TEST_REAL, place, s->g->program->floats.n - 1, gen_binary_op(op));
}

/* The number at the place op a constant. */
static bool add_compared(struct scan *s, enum ast_op op, struct place place,
                         const struct sema_expr *value) {
    int128 whole;
    if (is_real(s, place)) {
        return add_real(s, op, place, value);
    }
    return sema_constant_int(value, &whole) && add_comparison(s, op, place, whole);
}

static bool add_condition(struct scan *s, const struct sema_expr *e) {
    int128 low, high;
    if (e->kind == E_BINARY) {
        struct place left = number_of(s, e->kid[0]), right = number_of(s, e->kid[1]);
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
    struct place place = number_of(s, e->kid[0]);
    return place.type != PROGRAM_NONE && !is_real(s, place) && add_range(s, place, low, high);
}

/* In order, so that an element is passed over only for what comes before anything that might fail. */
static void add_conditions(struct scan *s, const struct sema_expr *e) {
    if (e->kind == E_BINARY && e->op == AST_OP_AND) {
        add_conditions(s, e->kid[0]);
        if (s->all) {
            add_conditions(s, e->kid[1]);
        }
        return;
    }
    s->all = add_condition(s, e);
}

/* What is gathered of all rows, where that is numbers that a scan knows. */
static bool add_takes(struct scan *s) {
    const struct sema_select *select = s->select;
    bool ok = select->aggregates.n > 0 && !select->grouped;
    for (uint32_t i = 0; i < select->columns.n && ok; i++) {
        struct place place = number_of(s, select->columns.at[i]);
        ok = place.type != PROGRAM_NONE && !s->g->program->types.at[place.type].is_bool &&
             add(s, OP_TAKE, place, i, 0);
    }
    return ok;
}

/* The parts, and in front of those of one place where that is. */
static uint32_t emit(struct scan *s, enum program_op op) {
    struct gen *g = s->g;
    uint32_t scan = gen_op(g, op, 0, 0);
    struct place at = nowhere;
    for (uint32_t i = 0; i < s->n; i++) {
        const struct part *part = &s->parts[i];
        if (i == 0 || part->place.type != at.type || part->place.bit != at.bit) {
            at = part->place;
            gen_op(g, OP_SCAN_OF, at.type, gen_int(g, at.bit));
        }
        gen_op(g, part->op, part->a, part->b);
    }
    g->program->code.at[scan].b = gen_here(g) - scan - 1;
    return scan;
}

/* Whether the elements are of one size, and what a scan can try. */
static bool is_open(const struct scan *s) {
    const struct sema_vtype *item = &s->element->item;
    bool fixed = item->kind == SEMA_V_STRUCT
                     ? is_scannable(item->of)
                     : item->kind == SEMA_V_INT || item->kind == SEMA_V_FLOAT;
    return s->of->vtype.kind == SEMA_V_ARRAY && fixed;
}

uint32_t gen_scan(struct gen *g, const struct sema_select *select, bool count) {
    struct scan s = {
        .g = g, .of = select->of, .element = &select->element, .select = select, .all = true};
    if (!is_open(&s)) {
        return PROGRAM_NONE;
    }
    if (select->where) {
        add_conditions(&s, select->where);
    }
    uint32_t tests = s.n;
    if (s.all && !count && add_takes(&s)) {
        return emit(&s, OP_SCAN_TAKE);
    }
    s.n = tests;
    if (count && s.all) {
        return emit(&s, OP_SCAN_ALL);
    }
    return tests ? emit(&s, OP_SCAN) : PROGRAM_NONE;
}

uint32_t gen_scan_filter(struct gen *g, const struct sema_expr *filter) {
    struct scan s = {.g = g, .of = filter->kid[0], .element = filter->dollar, .all = true};
    if (!is_open(&s)) {
        return PROGRAM_NONE;
    }
    add_conditions(&s, filter->kid[1]);
    return s.n ? emit(&s, OP_SCAN) : PROGRAM_NONE;
}
