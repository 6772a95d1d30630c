#include "config.h"

#include "code/gen_internal.h"

/* What a field's value must be: the clause `require`. The condition is tried behind each value, while the record of a loop
 * knows where that is: the one of its array, or one made for it. */

static bool is_item(const struct sema_expr *e, const struct sema_dollar *dollar) {
    if (dollar) {
        return e->kind == E_DOLLAR && e->dollar == dollar;
    }
    return e->kind == E_FIELD || e->kind == E_NAMED || e->kind == E_PARAM;
}

/* What is asked for stands at its left. */
static enum check_shape shape_of_comparison(enum ast_op op) {
    switch (op) {
    case AST_OP_EQ:
        return SHAPE_EQ;
    case AST_OP_GE:
        return SHAPE_MIN;
    case AST_OP_LE:
        return SHAPE_MAX;
    default:
        return SHAPE_EXPR;
    }
}

enum check_shape gen_shape(const struct sema_expr *e, const struct sema_dollar *dollar) {
    if (e->kind == E_BINARY && is_item(e->kid[0], dollar)) {
        return shape_of_comparison(e->op);
    }
    if (e->kind == E_BINARY && is_item(e->kid[1], dollar)) {
        return shape_of_comparison(ast_op_turned(e->op));
    }
    if (e->kind != E_IN || !is_item(e->kid[0], dollar)) {
        return SHAPE_EXPR;
    }
    const struct sema_expr *set = e->kid[1];
    return set->kind == E_ENUM_SET ? SHAPE_IN_ENUM
           : set->kind == E_RANGE  ? SHAPE_EXPR
                                   : SHAPE_ANY_OF;
}

bool gen_is_required(const struct gen *g, const struct sema_decl *decl, enum gen_mode mode) {
    return decl->require && (mode == GEN_EMIT || (mode == GEN_SKIP && g->checking));
}

/* Numbers one behind the other among the program's integers. */
static uint32_t put_ints(struct gen *g, struct sema_expr *const *items, uint32_t n) {
    uint32_t first = g->program->ints.n;
    for (uint32_t i = 0; i < n; i++) {
        int128 value = 0;
        sema_constant_int(items[i], &value);
        *vec_push(&g->program->ints, g->arena) = value;
    }
    return first;
}

static enum check_against test_of(enum ast_op op) {
    switch (op) {
    case AST_OP_EQ:
        return TEST_EQ;
    case AST_OP_NE:
        return TEST_NE;
    case AST_OP_LT:
        return TEST_LT;
    case AST_OP_LE:
        return TEST_LE;
    case AST_OP_GT:
        return TEST_GT;
    case AST_OP_GE:
        return TEST_GE;
    default:
        return TEST_NONE;
    }
}

/* The numbers that "$" is tested against, or an enum. */
struct tested {
    enum check_against test;
    struct sema_expr *const *items;
    uint32_t n;
    const struct sema_enum *names;
};

static struct tested tested_by(const struct sema_expr *e, const struct sema_dollar *dollar) {
    struct tested none = {TEST_NONE, NULL, 0, NULL}, out = none;
    if ((e->kind != E_BINARY && e->kind != E_IN) || !is_item(e->kid[0], dollar)) {
        return none;
    }
    const struct sema_expr *set = e->kid[1];
    if (e->kind == E_BINARY) {
        out = (struct tested){test_of(e->op), &e->kid[1], 1, NULL};
    } else if (set->kind == E_ENUM_SET) {
        return (struct tested){TEST_ENUM, NULL, 0, set->names};
    } else if (set->kind == E_RANGE) {
        out = (struct tested){TEST_RANGE, set->kid, 2, NULL};
    } else if (set->kind == E_LIST) {
        out = (struct tested){TEST_LIST, set->args.at, set->args.n, NULL};
    }
    for (uint32_t i = 0; i < out.n; i++) {
        int128 value;
        if (!sema_constant_int(out.items[i], &value)) {
            return none;
        }
    }
    return out;
}

static bool is_tested(const struct sema_expr *e, const struct sema_dollar *dollar) {
    if (e->kind == E_BINARY && e->op == AST_OP_AND) {
        return is_tested(e->kid[0], dollar) && is_tested(e->kid[1], dollar);
    }
    return tested_by(e, dollar).test != TEST_NONE;
}

static const struct sema_dollar *dollar_of(const struct sema_decl *decl) {
    return decl->dims.n ? &decl->dims.at[decl->dims.n - 1].dollar : &decl->require_dollar;
}

bool gen_is_tested(const struct sema_decl *decl) {
    const struct sema_type *t = decl->type;
    bool number = (t->kind == SEMA_UINT || t->kind == SEMA_INT) && t->bits <= 64;
    return !decl->require || (number && is_tested(decl->require, dollar_of(decl)));
}

static uint32_t put_check(struct gen *g, const struct sema_decl *decl, const struct sema_expr *e,
                          const struct sema_dollar *dollar, const struct sema_member *member) {
    uint32_t id = gen_check(g, CHECK_REQUIRE, member, decl->require_message, e);
    struct program_check *check = &g->program->checks.at[id];
    check->shape = (uint8_t)gen_shape(e, dollar);
    check->apart = g->apart;
    return id;
}

static void put_tests(struct gen *g, const struct sema_decl *decl, const struct sema_expr *e,
                      const struct sema_member *member) {
    if (e->kind == E_BINARY && e->op == AST_OP_AND) {
        put_tests(g, decl, e->kid[0], member);
        put_tests(g, decl, e->kid[1], member);
        return;
    }
    struct tested tested = tested_by(e, dollar_of(decl));
    uint32_t wanted =
        tested.names ? gen_enum(g, tested.names) : put_ints(g, tested.items, tested.n);
    uint32_t id = put_check(g, decl, e, dollar_of(decl), member);
    struct program_check *check = &g->program->checks.at[id];
    check->test = (uint8_t)tested.test;
    check->wanted = wanted;
    check->wanted_n = tested.n;
}

uint32_t gen_tests(struct gen *g, const struct sema_decl *decl, const struct sema_member *member,
                   uint32_t *count) {
    uint32_t first = g->program->checks.n;
    if (decl->require) {
        put_tests(g, decl, decl->require, member);
    }
    *count = g->program->checks.n - first;
    return *count ? first : PROGRAM_NONE;
}

/* Each side of an && for itself: what does not hold is told, and in which form. */
static void gen_condition(struct gen *g, struct sema_decl *decl, const struct sema_expr *e,
                          const struct sema_dollar *dollar, struct sema_member *member) {
    if (e->kind == E_BINARY && e->op == AST_OP_AND) {
        gen_condition(g, decl, e->kid[0], dollar, member);
        gen_condition(g, decl, e->kid[1], dollar, member);
        return;
    }
    gen_value(g, e);
    gen_op(g, OP_REQUIRE_ITEM, put_check(g, decl, e, dollar, member), gen_up(g, dollar));
}

/* Tries the value that the record of "$" is at; alone: a fault ends nothing around it. */
static void gen_requirement(struct gen *g, struct sema_decl *decl, bool alone,
                            struct sema_member *member) {
    const struct sema_dollar *dollar = dollar_of(decl);
    enum sema_vkind kind = sema_vtype_of(decl, decl->dims.n).kind;
    bool there = kind != SEMA_V_SWITCH && kind != SEMA_V_ANY && decl->type->kind != SEMA_ALIAS;
    uint32_t absent = PROGRAM_NONE, trial = PROGRAM_NONE;
    gen_ask_type(g, decl, decl->dims.n);
    if (!there) { /* what is not there need not be anything */
        gen_op(g, OP_LOOP_ITEM, gen_up(g, dollar), 0);
        gen_op(g, OP_PRESENT, 0, 0);
        absent = gen_op(g, OP_JUMP_FALSE, 0, 0);
    }
    if (alone) { /* the value was shown: its place does not take the fault */
        trial = gen_try(g, true);
    }
    struct span outer = g->span;
    g->span = decl->require->span;
    gen_condition(g, decl, decl->require, dollar, member);
    g->span = outer;
    if (alone) {
        gen_op(g, OP_PUSH_ABSENT, 0, 0);
        gen_try_end(g, trial);
        gen_op(g, OP_DROP, 0, 0);
    }
    if (absent != PROGRAM_NONE) {
        gen_patch(g, absent, gen_here(g));
    }
}

void gen_demanded(struct gen *g, struct sema_decl *decl, enum gen_mode mode,
                  struct gen_target target, struct sema_member *member) {
    if (!gen_is_required(g, decl, mode)) {
        gen_single(g, decl, mode, target, member);
        return;
    }
    const struct gen_watch own = {.depth = g->ctl, .outer = target.watch};
    bool alone = decl->dims.n == 1 && decl->placed_each;
    if (decl->dims.n == 0) {
        gen_op(g, OP_LOOP, PROGRAM_NONE, 0);
        decl->require_dollar.depth = g->ctl++;
        target.watch = &own;
    }
    gen_single(g, decl, mode, target, member);
    if (target.watch) {
        gen_op(g, OP_LOOP_DONE, g->ctl - 1 - target.watch->depth, 0);
    }
    gen_requirement(g, decl, alone, member);
    if (decl->dims.n == 0) {
        gen_op(g, OP_LOOP_END, 0, 0);
        g->ctl--;
    }
}
