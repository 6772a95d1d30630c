#include "config.h"

#include "code/gen_internal.h"

/* Selections: a walk over the elements; of each the condition, and of those it holds for the columns. What neither needs is
 * not decoded. */

static void gen_column(struct gen *g, uint32_t i, const struct sema_expr *e) {
    gen_op(g, OP_COLUMN, i, 0);
    uint32_t trial = gen_try(g, true);
    gen_ask_emit(g, &e->vtype);
    gen_expr(g, e);
    gen_op(g, OP_EMIT, 0, 0);
    gen_op(g, OP_PUSH_ABSENT, 0, 0);
    gen_try_end(g, trial);
    gen_op(g, OP_DROP, 0, 0);
}

static void gen_row(struct gen *g, const struct sema_select *select) {
    for (uint32_t i = 0; i < select->columns.n; i++) {
        gen_column(g, i, select->columns.at[i]);
    }
    gen_op(g, OP_COLUMN, select->columns.n, 0);
}

/* Compares the number on top: returns the jump that is taken where op holds. */
static uint32_t gen_jump_when(struct gen *g, enum program_op op, uint64_t than) {
    gen_op(g, OP_PUSH_INT, gen_int(g, (int128)than), 0);
    gen_op(g, op, 0, 0);
    return gen_op(g, OP_JUMP_TRUE, 0, 0);
}

/* The jumps from the body of the walk; PROGRAM_NONE: there is none. */
struct leaving {
    uint32_t passed, unwanted, skipped, done;
};

static void gen_body(struct gen *g, const struct sema_select *select, struct leaving *leaving) {
    const struct gen_request *r = g->request;
    leaving->passed = gen_scan(g, select, r->count);
    if (select->where) {
        uint32_t trial = gen_try(g, true);
        gen_value(g, select->where);
        gen_try_end(g, trial);
        leaving->unwanted = gen_op(g, OP_JUMP_FALSE, 0, 0);
    }
    gen_op(g, OP_TALLY, 0, 0);
    if (r->count) {
        gen_op(g, OP_DROP, 0, 0);
        return;
    }
    leaving->skipped = gen_jump_when(g, OP_LE, r->skip);
    gen_row(g, select);
    if (r->limit != GEN_ALL) {
        gen_op(g, OP_TALLIED, 0, 0);
        uint64_t last = r->skip > GEN_ALL - r->limit ? GEN_ALL : r->skip + r->limit;
        leaving->done = gen_jump_when(g, OP_GE, last);
    }
}

static void patch(struct gen *g, uint32_t jump, uint32_t to) {
    if (jump != PROGRAM_NONE) {
        gen_patch(g, jump, to);
    }
}

static void gen_rows(struct gen *g, const struct sema_select *select) {
    struct leaving leaving = {PROGRAM_NONE, PROGRAM_NONE, PROGRAM_NONE, PROGRAM_NONE};
    struct gen_walk walk = gen_walk_begin(g, select->of);
    ((struct sema_dollar *)(uintptr_t)&select->element)->depth = walk.item;
    gen_body(g, select, &leaving);
    patch(g, leaving.passed, gen_here(g));
    patch(g, leaving.unwanted, gen_here(g));
    patch(g, leaving.skipped, gen_here(g));
    patch(g, leaving.done, gen_walk_end(g, &walk, true));
}

void gen_select(struct gen *g) {
    const struct gen_request *r = g->request;
    uint32_t lost = gen_op(g, OP_SEQUENCE, 0, 0);
    if (r->limit > 0) {
        gen_rows(g, r->select);
    }
    gen_patch(g, lost, gen_here(g));
    if (r->count) {
        gen_op(g, OP_TALLIED, 0, 0);
        gen_op(g, OP_EMIT, 0, 0);
    }
}
