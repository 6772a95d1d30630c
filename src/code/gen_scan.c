#include "config.h"

#include "code/gen_internal.h"

/* Scans: what a condition says of numbers at fixed places in the element, compared with constants, is tried of many
 * elements at once. Where that is all it says, those that hold need only be counted. */

struct scan_test {
    enum program_op op;
    uint32_t member;
    int128 value;
};

struct scan {
    struct gen *g;
    const struct sema_select *select;
    struct scan_test tests[PROGRAM_TESTS_MAX];
    uint32_t n;
    bool all; /* the tests are all of the condition */
};

/* The program's member where the expression is such a number of the element; else PROGRAM_NONE. */
static uint32_t number_of(const struct scan *s, const struct sema_expr *e) {
    if (e->kind != E_FIELD || e->member->kind != SEMA_M_FIELD || e->kid[0]->kind != E_DOLLAR ||
        e->kid[0]->dollar != &s->select->element) {
        return PROGRAM_NONE;
    }
    const struct sema_decl *d = e->member->decl;
    if (e->member->bit_off == SEMA_DYNAMIC || e->member->bit_off % 8 != 0 || e->member->same ||
        gen_leader(e->member) != e->member || d->at || d->from || d->when || d->dims.n > 0) {
        return PROGRAM_NONE;
    }
    uint32_t type = gen_type(s->g, e->member->decl, 0);
    if (type == PROGRAM_NONE) {
        return PROGRAM_NONE;
    }
    const struct program_type *t = &s->g->program->types.at[type];
    bool plain = t->kind == TYPE_INT && !t->packed && t->bits > 0 && t->bits <= 64 &&
                 t->bits % 8 == 0 && t->bit_size == t->bits;
    return plain ? e->member->id : PROGRAM_NONE;
}

static bool add(struct scan *s, enum program_op op, uint32_t member, int128 value) {
    if (s->n == PROGRAM_TESTS_MAX) {
        return false;
    }
    s->tests[s->n++] = (struct scan_test){op, member, value};
    return true;
}

/* member op value */
static bool add_comparison(struct scan *s, enum ast_op op, uint32_t member, int128 value) {
    switch (op) {
    case AST_OP_EQ:
        return s->n + 2 <= PROGRAM_TESTS_MAX && add(s, OP_TEST_LEAST, member, value) &&
               add(s, OP_TEST_MOST, member, value);
    case AST_OP_NE:
        return add(s, OP_TEST_OTHER, member, value);
    case AST_OP_GE:
        return add(s, OP_TEST_LEAST, member, value);
    case AST_OP_LE:
        return add(s, OP_TEST_MOST, member, value);
    case AST_OP_GT:
        return value < INT128_MAX && add(s, OP_TEST_LEAST, member, value + 1);
    case AST_OP_LT:
        return value > INT128_MIN && add(s, OP_TEST_MOST, member, value - 1);
    default:
        return false;
    }
}

static bool add_condition(struct scan *s, const struct sema_expr *e) {
    int128 value, high;
    if (e->kind == E_BINARY) {
        uint32_t left = number_of(s, e->kid[0]), right = number_of(s, e->kid[1]);
        if (left != PROGRAM_NONE && sema_constant_int(e->kid[1], &value)) {
            return add_comparison(s, e->op, left, value);
        }
        return right != PROGRAM_NONE && sema_constant_int(e->kid[0], &value) &&
               add_comparison(s, ast_op_turned(e->op), right, value);
    }
    if (e->kind != E_IN || e->kid[1]->kind != E_RANGE ||
        !sema_constant_int(e->kid[1]->kid[0], &value) ||
        !sema_constant_int(e->kid[1]->kid[1], &high)) {
        return false;
    }
    uint32_t member = number_of(s, e->kid[0]);
    return member != PROGRAM_NONE && s->n + 2 <= PROGRAM_TESTS_MAX &&
           add(s, OP_TEST_LEAST, member, value) && add(s, OP_TEST_MOST, member, high);
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

uint32_t gen_scan(struct gen *g, const struct sema_select *select, bool count) {
    struct scan s = {.g = g, .select = select, .all = true};
    const struct sema_vtype *item = &select->element.item;
    if (!select->where || select->of->vtype.kind != SEMA_V_ARRAY || item->kind != SEMA_V_STRUCT ||
        !is_scannable(item->of)) {
        return PROGRAM_NONE;
    }
    add_conditions(&s, select->where);
    if (s.n == 0) {
        return PROGRAM_NONE;
    }
    uint32_t scan = gen_op(g, count && s.all ? OP_SCAN_ALL : OP_SCAN, 0, s.n);
    for (uint32_t i = 0; i < s.n; i++) {
        gen_op(g, s.tests[i].op, s.tests[i].member, gen_int(g, s.tests[i].value));
    }
    return scan;
}
