#include "config.h"

#include "code/gen_internal.h"

/* Scripts: the program's entry runs the statements over the root's frame. What a let names stays on the value stack, the
 * first one lowest, above the root's arguments. A statement is tried, so that a fault in one does not end the script, and says how it went.
 *
 * Of a patch script a program makes the statements of one batch. What lets in front of it named comes first: the value
 * they had, or what they lead to once more. */

static void gen_stmts(struct script_gen *s, const struct sema_stmts *stmts);

static bool is_comparison(const struct sema_expr *e) {
    return e->kind == E_BINARY && e->op >= AST_OP_EQ && e->op <= AST_OP_GE;
}

/* A comparison's sides and what is to be in a set are told, too; returns how many values that makes. */
static uint32_t gen_required(struct script_gen *s, const struct sema_expr *e) {
    struct gen *g = s->g;
    if (is_comparison(e)) {
        for (int side = 0; side < 2; side++) {
            gen_side(g, e, side);
            gen_op(g, OP_LOAD, 0, 0);
        }
        gen_op(g, OP_ARG, s->height, 0);
        gen_op(g, OP_ARG, s->height + 1, 0);
        gen_op(g, gen_binary_op(e->op), 0, 0);
        return 3;
    }
    if (e->kind == E_IN) {
        struct sema_expr value = {.kind = E_LOCAL, .index = s->height};
        struct sema_expr in = *e;
        gen_expr(g, in.kid[0]);
        gen_op(g, OP_LOAD, 0, 0);
        in.kid[0] = &value;
        gen_expr(g, &in);
        return 2;
    }
    gen_value(g, e);
    return 1;
}

static void gen_require(struct script_gen *s, const struct sema_stmt *stmt) {
    struct gen *g = s->g;
    uint32_t trial = gen_try(g, false);
    uint32_t values = gen_required(s, stmt->expr);
    gen_try_close(g);
    gen_op(g, OP_ANSWER, stmt->id, values);
    uint32_t told = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, trial, gen_here(g));
    gen_op(g, OP_ANSWER, stmt->id, 1);
    gen_patch(g, told, gen_here(g));
    if (stmt->also) {
        uint32_t failed = gen_op(g, OP_JUMP_FALSE, 0, 0);
        gen_require(s, stmt->also);
        gen_patch(g, failed, gen_here(g));
    } else {
        gen_op(g, OP_DROP, 0, 0);
    }
}

static void gen_let_stmt(struct script_gen *s, const struct sema_stmt *stmt) {
    struct gen *g = s->g;
    uint32_t trial = gen_try(g, false);
    bool list = stmt->expr->vtype.kind == SEMA_V_LIST;
    if (g->request->batch && list) {
        gen_op(g, OP_LIST_NEW, 0, 0);
        gen_expr(g, stmt->expr);
        gen_add_loaded(g, &stmt->expr->vtype);
    } else {
        gen_expr(g, stmt->expr);
    }
    if (g->request->batch) { /* as it is now */
        gen_op(g, OP_LOAD, 0, 0);
    }
    gen_try_end(g, trial);
    gen_op(g, OP_ANSWER, stmt->id, 1);
    s->height++;
}

/* The elements of the list on top, each a record. */
static void gen_elements(struct gen *g) {
    gen_op(g, OP_ITER_BEGIN, 0, 0);
    g->ctl++;
    uint32_t head = gen_here(g);
    uint32_t next = gen_op(g, OP_ITER_NEXT, 0, 0);
    gen_op(g, OP_LOOP_ITEM, 0, 0);
    gen_op(g, OP_EMIT, 1, 0);
    gen_op(g, OP_JUMP, head, 0);
    gen_patch(g, next, gen_here(g));
    gen_op(g, OP_ITER_END, 0, 0);
    g->ctl--;
}

static void gen_print(struct script_gen *s, const struct sema_stmt *stmt) {
    struct gen *g = s->g;
    for (uint32_t i = 0; i < stmt->args.n; i++) {
        uint32_t trial = gen_try(g, false);
        gen_ask_emit(g, &stmt->args.at[i]->vtype);
        gen_expr(g, stmt->args.at[i]);
        if (stmt->args.at[i]->vtype.kind == SEMA_V_LIST) {
            gen_elements(g);
        } else {
            gen_op(g, OP_EMIT, 0, 0);
        }
        gen_op(g, OP_PUSH_BOOL, 1, 0);
        gen_try_end(g, trial);
        gen_op(g, OP_ANSWER, stmt->id, 1);
        gen_op(g, OP_DROP, 0, 0);
    }
}

static bool is_same(const void *of, const struct sema_stmt *stmt) {
    (void)of;
    return gen_is_cheap(stmt->expr);
}

static void push_same(void *of, const struct sema_stmt *stmt) {
    const struct script_gen *s = of;
    gen_stored(s->g, stmt->expr);
}

static struct gen_walk begin_for(struct script_gen *s, const struct sema_stmt *stmt) {
    struct gen *g = s->g;
    const struct sema_expr *e = stmt->expr;
    if (e->vtype.kind == SEMA_V_TEXT || e->vtype.kind == SEMA_V_BYTES) {
        gen_bytes(g, e);
    } else if (g->request->batch) { /* filters straight from the array */
        struct gen_sets sets = {.element = &stmt->dollar,
                                .at = (const struct sema_stmt *const *)stmt->body.at.at,
                                .n = stmt->body.at.n,
                                .is_same = is_same,
                                .push = push_same,
                                .of = s};
        return gen_walk_setting(g, e, &sets);
    } else {
        gen_expr(g, e);
    }
    return gen_walk_over(g);
}

static void gen_for(struct script_gen *s, const struct sema_stmt *stmt) {
    struct gen *g = s->g;
    struct sema_dollar *dollar = (struct sema_dollar *)(uintptr_t)&stmt->dollar;
    uint32_t trial = gen_try(g, false);
    struct gen_walk walk = begin_for(s, stmt);
    dollar->depth = walk.item;
    uint32_t height = s->height;
    bool inner = s->loop;
    s->loop = true;
    gen_stmts(s, &stmt->body);
    s->loop = inner;
    for (; s->height > height; s->height--) {
        gen_op(g, OP_DROP, 0, 0);
    }
    gen_walk_end(g, &walk, false);
    gen_op(g, OP_PUSH_BOOL, 1, 0);
    gen_try_end(g, trial);
    gen_op(g, OP_ANSWER, stmt->id, 1);
    gen_op(g, OP_DROP, 0, 0);
}

/* A change, which a fault on the way to it is told for. */
static void gen_tried_edit(struct script_gen *s, const struct sema_stmt *stmt) {
    struct gen *g = s->g;
    uint32_t trial = gen_try(g, false);
    gen_edit(s, stmt);
    gen_try_close(g);
    uint32_t done = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, trial, gen_here(g));
    gen_op(g, OP_ANSWER, stmt->id, 1);
    gen_op(g, OP_DROP, 0, 0);
    gen_patch(g, done, gen_here(g));
}

static void gen_stmt(struct script_gen *s, const struct sema_stmt *stmt) {
    s->g->span = stmt->span;
    switch (stmt->kind) {
    case SEMA_S_REQUIRE:
        gen_require(s, stmt);
        break;
    case SEMA_S_LET:
        gen_let_stmt(s, stmt);
        break;
    case SEMA_S_PRINT:
        gen_print(s, stmt);
        break;
    case SEMA_S_FOR:
        gen_for(s, stmt);
        break;
    case SEMA_S_SET:
    case SEMA_S_DELETE:
    case SEMA_S_INSERT:
    case SEMA_S_APPEND:
    case SEMA_S_REPLACE:
        if (s->loop) { /* it is a part of one, which is tried */
            gen_edit(s, stmt);
        } else {
            gen_tried_edit(s, stmt);
        }
        break;
    }
    if (s->height == 0) { /* else something may still refer to what was made */
        gen_op(s->g, OP_RELEASE, 0, 0);
    }
}

static void gen_stmts(struct script_gen *s, const struct sema_stmts *stmts) {
    for (uint32_t i = 0; i < stmts->at.n; i++) {
        gen_stmt(s, stmts->at.at[i]);
    }
}

static void gen_args(struct gen *g, const struct sema_script *script) {
    for (uint32_t i = 0; i < script->args.n; i++) {
        gen_value(g, script->args.at[i]);
    }
}

/* All of the file first: what is wrong with it is remembered, for fault(…). */
static void gen_decode_all(struct gen *g, const struct sema_script *script,
                           struct sema_struct *root) {
    gen_op(g, OP_REMEMBER, 1, 0);
    uint32_t apart = gen_op(g, OP_APART, 0, 0);
    gen_ask(g, (struct gen_task){.kind = TASK_DUMP, .of = root});
    gen_args(g, script);
    gen_op(g, OP_DECODE, gen_struct_type(g, root), script->args.n);
    gen_patch(g, apart, gen_here(g));
    gen_op(g, OP_REMEMBER, 0, 0);
    gen_op(g, OP_PUSH_BOOL, 1, 0);
    gen_op(g, OP_ANSWER, PROGRAM_NONE, 1);
    gen_op(g, OP_DROP, 0, 0);
}

/* What a let in front of the batch named. */
static void gen_earlier_let(struct script_gen *s, const struct sema_stmt *stmt) {
    struct gen *g = s->g;
    uint32_t trial = gen_try(g, false);
    if (stmt->carried) {
        gen_stored(g, stmt->carried);
    } else {
        gen_expr(g, stmt->expr);
    }
    gen_try_end(g, trial);
    s->height++;
}

static void gen_batch(struct script_gen *s, const struct sema_script *script,
                      const struct sema_batch *batch) {
    gen_root_args(s->g);
    for (uint32_t i = 0; i < batch->first; i++) {
        if (script->body.at.at[i]->kind == SEMA_S_LET) {
            gen_earlier_let(s, script->body.at.at[i]);
        }
    }
    for (uint32_t i = batch->first; i < batch->first + batch->n; i++) {
        gen_stmt(s, script->body.at.at[i]);
    }
}

void gen_script(struct gen *g, const struct sema_script *script, struct sema_struct *root) {
    struct script_gen s = {.g = g, .height = script->args.n, .root = root};
    if (g->request->batch) {
        gen_batch(&s, script, g->request->batch);
    } else {
        gen_decode_all(g, script, root);
        gen_args(g, script); /* stay on the stack, below the lets */
        if (script->args.n > 0) {
            gen_op(g, OP_ROOT_ARGS, 0, script->args.n);
        }
        gen_stmts(&s, &script->body);
    }
    for (; s.height > 0; s.height--) {
        gen_op(g, OP_DROP, 0, 0);
    }
    gen_op(g, OP_HALT, 0, 0);
}

/* Whether something was met at what is told by a struct and the name of its field (so that the field need not be found),
 * or else by the value itself, where name is NULL. */
static void gen_fault_at(struct gen *g, const struct sema_expr *e, const struct sema_expr *of,
                         const char *name) {
    if (e->kid[1]) {
        gen_value(g, e->kid[1]);
    } else {
        gen_op(g, OP_PUSH_ABSENT, 0, 0);
    }
    uint32_t trial = gen_try(g, false);
    if (of) {
        gen_expr(g, of);
    } else {
        gen_op(g, OP_SELF, g->program->root, 0);
    }
    gen_try_end(g, trial);
    gen_op(g, OP_FAULT, gen_text(g, name ? name : ""), e->kid[1] != NULL);
}

void gen_fault(struct gen *g, const struct sema_expr *e) {
    const struct sema_expr *path = e->kid[0];
    if (path && (path->kind == E_FIELD || path->kind == E_NAMED)) {
        gen_fault_at(g, e, path->kid[0], path->name);
        uint32_t found = gen_op(g, OP_OR_ELSE, 0, 0);
        gen_fault_at(g, e, path, NULL);
        gen_patch(g, found, gen_here(g));
    } else {
        gen_fault_at(g, e, path, NULL);
    }
}
