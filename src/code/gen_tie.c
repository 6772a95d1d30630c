#include "config.h"

#include "code/gen_internal.h"
#include "sema/builtins.h"

/* Ties (sema/tie.h) as instructions. Behind what a clause is about, the sink is told of it and may want the clause to say another
 * number: then the clause's expression is undone, operator by operator, from that number to the unknown. */

const struct sema_ties *gen_ties(struct gen *g) {
    if (!g->ties) {
        g->ties = sema_ties(g->request->sema);
    }
    return g->ties;
}

/* expressions that only ties have */

/* In the loops around an argument the element that got it is at hand: the record `depth`. */
static void set_depths(struct sema_decl *use, uint32_t depth) {
    for (struct sema_decl *d = use; d; d = d->arm_of) {
        for (uint32_t i = 0; i < d->dims.n; i++) {
            d->dims.at[i].dollar.depth = depth;
        }
    }
}

static void gen_seen(struct gen *g, const struct sema_expr *e) {
    const struct sema_struct *self = g->self;
    gen_expr(g, e->kid[0]);
    gen_op(g, OP_WITH, e->flag, 0);
    g->ctl++;
    g->self = NULL;
    if (e->flag) {
        set_depths(e->decl, g->ctl - 1);
    }
    gen_expr(g, e->kid[1]);
    gen_op(g, OP_WITH_END, 0, 0);
    g->ctl--;
    g->self = self;
}

static void gen_later(struct gen *g, const struct sema_expr *e) {
    const struct sema_expr *of = e->kid[0];
    if (of->vtype.kind == SEMA_V_STRUCT) {
        gen_ask(g, (struct gen_task){.kind = TASK_SKIP, .of = of->vtype.of});
    }
    gen_expr(g, of);
    gen_op(g, OP_DUP, 0, 0);
    enum quantity what = QUANTITY_NUMBER;
    switch (e->quantity->what) {
    case SEMA_NUMBER:
        gen_op(g, OP_LOAD, 0, 0);
        if (e->quantity->base) {
            gen_op(g, OP_PUSH_INT, gen_int(g, e->quantity->base), 0);
            gen_op(g, OP_BUILTIN, BUILTIN_INT, 2);
        }
        break;
    case SEMA_SIZE:
        what = QUANTITY_SIZE;
        gen_op(g, OP_SIZEOF, 0, 0);
        break;
    case SEMA_OFFSET:
        what = QUANTITY_OFFSET;
        gen_op(g, OP_OFFSETOF, 0, 0);
        break;
    case SEMA_ANCHOR:
        what = QUANTITY_ANCHOR;
        gen_op(g, OP_ANCHOR, 0, 0);
        break;
    case SEMA_COUNT:
        what = QUANTITY_COUNT;
        gen_op(g, OP_COUNT, 0, 0);
        break;
    }
    gen_op(g, OP_LATER, what, 0);
}

void gen_tied_expr(struct gen *g, const struct sema_expr *e) {
    if (e->kind == E_SEEN) {
        gen_seen(g, e);
    } else if (e->kind == E_LATER) {
        gen_later(g, e);
    } else { /* E_USE */
        gen_expr(g, e->kid[0]);
        gen_op(g, OP_DECODED_AS, gen_type(g, e->decl, e->decl->dims.n), 0);
    }
}

/* undoing */

static enum undo undo_of(enum ast_op op) {
    return op == AST_OP_MUL      ? UNDO_MUL
           : op == AST_OP_DIV    ? UNDO_DIV
           : op == AST_OP_SHL    ? UNDO_SHL
           : op == AST_OP_SHR    ? UNDO_SHR
           : op == AST_OP_BITAND ? UNDO_AND
                                 : UNDO_OR;
}

static void undo(struct gen *g, enum undo how, const struct sema_expr *in,
                 const struct sema_expr *other) {
    gen_value(g, other);
    gen_value(g, in); /* parts of it may stay */
    gen_op(g, OP_UNDO, how, 0);
}

/* What the operand `side` has to be, for the result on the stack. */
static void undo_binary(struct gen *g, const struct sema_expr *e, int side) {
    const struct sema_expr *other = e->kid[1 - side];
    switch (e->op) {
    case AST_OP_ADD:
        gen_value(g, other);
        gen_op(g, OP_SUB, 0, 0);
        break;
    case AST_OP_SUB:
        gen_value(g, other);
        if (side == 0) {
            gen_op(g, OP_ADD, 0, 0);
        } else {
            gen_op(g, OP_SWAP, 0, 0);
            gen_op(g, OP_SUB, 0, 0);
        }
        break;
    case AST_OP_BITXOR:
        gen_value(g, other);
        gen_op(g, OP_BITXOR, 0, 0);
        break;
    default:
        undo(g, undo_of(e->op), e->kid[side], other);
        break;
    }
}

/* The number on the stack becomes the one that the unknown has to be. */
static void undo_all(struct gen *g, const struct sema_expr *value,
                     const struct sema_expr *unknown) {
    for (const struct sema_expr *e = value; e != unknown;) {
        int side = sema_tie_side(e, unknown);
        if (e->kind == E_UNARY) {
            gen_op(g, e->op == AST_OP_NEG ? OP_NEG : OP_BITNOT, 0, 0);
        } else if (e->kind == E_BINARY) {
            undo_binary(g, e, side);
        } else { /* div(a, b) */
            undo(g, UNDO_DIV_DOWN, e->args.at[0], e->args.at[1]);
        }
        e = e->kind == E_BUILTIN ? e->args.at[0] : e->kid[side];
    }
}

static void solve(struct gen *g, const struct sema_tie_case *c) {
    gen_expr(g, c->unknown->kid[0]);
    gen_op(g, OP_UNKNOWN, c->unknown->quantity->base, 0);
    undo_all(g, c->value, c->unknown);
    gen_op(g, OP_NUMBER, 0, 0);
}

/* cases */

struct cases {
    const struct sema_expr *number; /* the clause, or what is to be solved */
    enum check_kind kind;
    bool asks;              /* the sink says whether there is something to be solved */
    VEC(uint32_t) ends;     /* jumps to behind them */
    VEC(uint32_t) declined; /* instructions whose other way leads there */
};

static uint32_t row_of(struct gen *g, const struct cases *cases, const struct sema_tie_case *c) {
    bool none = !c || (!c->unknown && !c->follows);
    const char *why = c && c->why ? c->why : none ? "what it depends on can't be told" : NULL;
    why = c && c->follows ? "it comes from where things are" : why;
    uint32_t row = gen_check(g, cases->kind, NULL, why, cases->number);
    g->program->checks.at[row].member = g->member;
    g->program->checks.at[row].apart = c && c->follows;
    return row;
}

static void gen_cases(struct gen *g, struct cases *cases, const struct sema_tie_case *c) {
    if (c->condition) {
        gen_expr(g, c->condition);
        uint32_t no = gen_op(g, OP_JUMP_FALSE, 0, 0);
        gen_cases(g, cases, c->yes);
        gen_patch(g, no, gen_here(g));
        gen_cases(g, cases, c->no);
        return;
    }
    uint32_t row = row_of(g, cases, c);
    uint32_t tie = gen_op(g, cases->asks ? OP_TIE : OP_DUP, cases->asks ? row : 0, 0);
    if (cases->asks) {
        *vec_push(&cases->declined, g->arena) = tie;
    }
    if (c->unknown) {
        solve(g, c);
    } else {
        gen_op(g, OP_UNSOLVED, row, 0);
    }
    *vec_push(&cases->ends, g->arena) = gen_op(g, OP_JUMP, 0, 0);
}

/* Tries them; whatever goes wrong is told as why there is no such number. */
static void gen_all_cases(struct gen *g, struct cases *cases, const struct sema_tie_case *c) {
    struct span outer = g->span;
    g->span = cases->number->span;
    uint32_t trial = gen_try(g, false);
    gen_cases(g, cases, c);
    for (uint32_t i = 0; i < cases->ends.n; i++) {
        gen_patch(g, cases->ends.at[i], gen_here(g));
    }
    for (uint32_t i = 0; i < cases->declined.n; i++) {
        gen_patch_b(g, cases->declined.at[i], gen_here(g));
    }
    gen_op(g, OP_PUSH_BOOL, 1, 0);
    gen_try_end(g, trial);
    gen_op(g, OP_SOLVED, row_of(g, cases, NULL), 0);
    g->span = outer;
}

static enum check_kind kind_of(const struct sema_tie *tie) {
    return tie->kind == SEMA_TIE_SIZE    ? CHECK_TIE_SIZE
           : tie->kind == SEMA_TIE_COUNT ? CHECK_TIE_COUNT
                                         : CHECK_TIE_PLACE;
}

void gen_tie(struct gen *g, const struct sema_expr *clause, enum tied what, uint32_t type) {
    const struct sema_tie *tie =
        clause && g->request->ties ? sema_tie_of(gen_ties(g), clause) : NULL;
    if (!tie) {
        return;
    }
    if (what == TIED_LOOP) {
        gen_op(g, OP_TIED_LOOP, 0, 0);
    } else {
        gen_op(g, OP_TIED, what, type);
    }
    struct cases cases = {.number = clause, .kind = kind_of(tie), .asks = true};
    gen_all_cases(g, &cases, tie->how);
}

void gen_invert(struct gen *g, struct sema_struct *in, struct sema_expr *number, uint32_t stmt) {
    struct cases cases = {.number = number, .kind = CHECK_TIE_SIZE};
    gen_op(g, OP_SOLVE, stmt, 0);
    gen_all_cases(g, &cases, sema_solve(g->request->sema, gen_ties(g), in, number));
    gen_op(g, OP_DROP, 0, 0);
}
