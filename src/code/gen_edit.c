#include "config.h"

#include "code/gen_internal.h"

/* Statements that change a file. What is changed is told place by place, as walks come to them: no list is made of them, so
 * that memory does not grow with the file. For a change the value lies lowest on the stack, then the array in which elements
 * come or go, then the place. */

#define NOT_KEPT UINT32_MAX

struct edit_gen {
    struct script_gen *s;
    const struct sema_stmt *stmt;
    uint32_t value; /* height at which the value lies, or NOT_KEPT: it is made for each place */
    const struct sema_expr *item; /* of a list of elements, the one at hand; else NULL */
    uint32_t array;               /* height at which the array lies, or NOT_KEPT */
};

static const enum program_edit edit_of[] = {
    [SEMA_S_SET] = EDIT_SET,       [SEMA_S_DELETE] = EDIT_DELETE,   [SEMA_S_INSERT] = EDIT_INSERT,
    [SEMA_S_APPEND] = EDIT_APPEND, [SEMA_S_REPLACE] = EDIT_REPLACE,
};

/* Numbers and texts as they are written cost nothing to make anew; what is kept keeps others from being given back. */
bool gen_is_cheap(const struct sema_expr *e) {
    return e->kind == E_INT || e->kind == E_TEXT || e->kind == E_BOOL || e->kind == E_FLOAT ||
           e->kind == E_LOCAL;
}

static const struct sema_expr *value_of(const struct edit_gen *e) {
    return e->item ? e->item : e->stmt->expr;
}

static void gen_new_value(struct edit_gen *e) {
    const struct sema_stmt *stmt = e->stmt;
    if (!stmt->expr) {
        gen_op(e->s->g, OP_PUSH_ABSENT, 0, 0);
    } else if (stmt->kind == SEMA_S_REPLACE || stmt->raw) {
        gen_bytes(e->s->g, stmt->expr);
    } else {
        gen_stored(e->s->g, value_of(e));
    }
}

static void push_kept(struct edit_gen *e, uint32_t height) {
    if (height == NOT_KEPT) {
        gen_op(e->s->g, OP_PUSH_ABSENT, 0, 0);
    } else {
        gen_op(e->s->g, OP_ARG, height, 0);
    }
}

static void gen_value_again(struct edit_gen *e) {
    if (e->value == NOT_KEPT) {
        gen_new_value(e);
    } else {
        push_kept(e, e->value);
    }
}

/* Of flags, the number with the bits set or not. */
static void gen_flags(struct edit_gen *e, void (*push)(struct edit_gen *e, const void *of),
                      const void *of) {
    struct gen *g = e->s->g;
    gen_value_again(e);
    gen_op(g, OP_REQUIRE_BOOL, 0, 0);
    uint32_t off = gen_op(g, OP_JUMP_FALSE, 0, 0);
    push(e, of);
    gen_op(g, OP_LOAD, 0, 0);
    gen_op(g, OP_PUSH_INT, gen_int(g, e->stmt->mask), 0);
    gen_op(g, OP_BITOR, 0, 0);
    uint32_t done = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, off, gen_here(g));
    push(e, of);
    gen_op(g, OP_LOAD, 0, 0);
    gen_op(g, OP_PUSH_INT, gen_int(g, ~e->stmt->mask), 0);
    gen_op(g, OP_BITAND, 0, 0);
    gen_patch(g, done, gen_here(g));
}

/* What is made of a value in braces: of what type. */
static struct sema_vtype made_type(const struct edit_gen *e) {
    const struct sema_expr *array = e->stmt->array;
    return array ? sema_vtype_of(array->vtype.decl, array->vtype.level + 1)
                 : sema_last_step(e->stmt->target)->vtype;
}

/* Bytes made of a value in braces. */
static void gen_made(struct edit_gen *e, void (*push)(struct edit_gen *e, const void *of),
                     const void *of) {
    struct gen *g = e->s->g;
    struct sema_vtype v = made_type(e);
    uint32_t type = v.decl ? gen_type(g, v.decl, v.level) : PROGRAM_NONE;
    gen_ask_emit(g, &v);
    if (e->stmt->array) {
        push_kept(e, e->array);
    } else {
        push(e, of);
    }
    gen_value_again(e);
    if (type == PROGRAM_NONE) {
        gen_refuse(g, "a value in braces for what only the data tells the type of");
        return;
    }
    uint32_t again = gen_op(g, OP_BUILD, type, 0);
    gen_op(g, OP_BUILT, again, 0);
    gen_op(g, OP_SWAP, 0, 0);
    gen_op(g, OP_DROP, 0, 0);
}

/* One change, of the place that push pushes. */
static void gen_change(struct edit_gen *e, void (*push)(struct edit_gen *e, const void *of),
                       const void *of) {
    const struct sema_expr *value = value_of(e);
    enum program_edit edit = edit_of[e->stmt->kind];
    if (e->stmt->solves) {
        struct sema_expr *number = (struct sema_expr *)(uintptr_t)sema_last_step(e->stmt->target);
        gen_value_again(e);
        gen_invert(e->s->g, e->s->root, number, e->stmt->id);
        return;
    }
    if (value && value->kind == E_OBJECT) {
        gen_made(e, push, of);
        edit = edit == EDIT_SET ? EDIT_REPLACE : edit;
    } else if (e->stmt->mask) {
        gen_flags(e, push, of);
    } else {
        gen_value_again(e);
    }
    push_kept(e, e->array);
    push(e, of);
    gen_op(e->s->g, OP_EDIT, edit, e->stmt->id);
}

/* The same for each of several elements that are structs. */
static void gen_changes(struct edit_gen *e, void (*push)(struct edit_gen *e, const void *of),
                        const void *of) {
    const struct sema_expr *list = e->stmt->expr;
    bool objects = list && list->kind == E_LIST && !e->stmt->raw && list->args.n > 0 &&
                   list->args.at[0]->kind == E_OBJECT;
    if (!objects) {
        gen_change(e, push, of);
        return;
    }
    for (uint32_t i = 0; i < list->args.n; i++) {
        e->item = list->args.at[i];
        gen_change(e, push, of);
    }
    e->item = NULL;
}

static void push_item(struct edit_gen *e, const void *of) {
    const struct gen_walk *walk = of;
    gen_op(e->s->g, OP_LOOP_ITEM, e->s->g->ctl - 1 - walk->item, 0);
}

static void push_expr(struct edit_gen *e, const void *of) {
    gen_expr(e->s->g, of);
}

/* The array's element of an index, or true for the index behind the last one. */
static void push_place_before(struct edit_gen *e, const void *of) {
    const struct sema_expr *index = of;
    struct gen *g = e->s->g;
    gen_value(g, index->kid[1]);
    gen_op(g, OP_DUP, 0, 0);
    gen_op(g, OP_ARG, e->array, 0);
    gen_op(g, OP_COUNT, 0, 0);
    gen_op(g, OP_EQ, 0, 0);
    uint32_t behind = gen_op(g, OP_JUMP_TRUE, 0, 0);
    gen_op(g, OP_ARG, e->array, 0);
    gen_op(g, OP_SWAP, 0, 0);
    gen_op(g, OP_INDEX, 0, 0);
    uint32_t done = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, behind, gen_here(g));
    gen_op(g, OP_DROP, 0, 0);
    gen_op(g, OP_PUSH_BOOL, 1, 0);
    gen_patch(g, done, gen_here(g));
}

static void push_end(struct edit_gen *e, const void *of) {
    (void)of;
    gen_op(e->s->g, OP_PUSH_BOOL, 1, 0);
}

static bool is_part(const struct sema_expr *e) {
    return e->kind == E_FILTER || e->kind == E_SLICE || e->kind == E_EACH;
}

static bool is_bytes(const struct sema_vtype *v) {
    return v->kind == SEMA_V_TEXT || v->kind == SEMA_V_BYTES;
}

/* At the last step of the path: a change for each place that it leads to. */
static void gen_places(struct edit_gen *e, const struct sema_expr *step) {
    struct gen *g = e->s->g;
    bool many =
        (is_part(step) && !is_bytes(&step->kid[0]->vtype)) || step->vtype.kind == SEMA_V_LIST;
    if (e->stmt->kind == SEMA_S_APPEND) {
        gen_changes(e, push_end, NULL);
    } else if (many) {
        struct gen_walk walk = gen_walk_begin(g, step);
        gen_changes(e, push_item, &walk);
        gen_walk_end(g, &walk, e->s->height == 0);
    } else if (e->stmt->kind == SEMA_S_INSERT && step->kind == E_INDEX &&
               step->kid[0] == e->stmt->array) {
        gen_changes(e, push_place_before, step);
    } else {
        gen_changes(e, push_expr, e->stmt->mask ? step->kid[0] : step);
    }
}

/* Elements of arrays of which there are many: source[*].x[*]. */
static bool is_flat(const struct sema_expr *step) {
    return step->kind == E_EACH && step->kid[0]->kind == E_MAP;
}

static void gen_last_step(struct edit_gen *e, const struct sema_expr *step);

static bool is_same(const void *of, const struct sema_stmt *stmt) {
    (void)of, (void)stmt;
    return true; /* there is no name for an element that it could be made of */
}

static void push_same(void *of, const struct sema_stmt *stmt) {
    (void)stmt;
    gen_value_again(of);
}

static void gen_map(struct edit_gen *e, const struct sema_expr *map, const struct sema_expr *flat) {
    struct gen *g = e->s->g;
    const struct sema_stmt *stmt = e->stmt;
    struct gen_sets sets = {.element = map->dollar,
                            .at = &stmt,
                            .n = 1,
                            .is_same = is_same,
                            .push = push_same,
                            .of = e};
    bool sets_fields = !flat && map->kid[1]->kind != E_MAP && !is_flat(map->kid[1]);
    struct gen_walk walk = gen_walk_setting(g, map->kid[0], sets_fields ? &sets : NULL);
    map->dollar->depth = walk.item;
    if (flat && map->kid[1]->kind == E_MAP) {
        gen_map(e, map->kid[1], flat);
    } else if (flat) {
        struct sema_expr inner = *flat;
        inner.kid[0] = map->kid[1];
        gen_last_step(e, &inner);
    } else {
        gen_last_step(e, map->kid[1]);
    }
    gen_walk_end(g, &walk, e->s->height == 0);
}

static void gen_last_step(struct edit_gen *e, const struct sema_expr *step) {
    struct gen *g = e->s->g;
    if (step->kind == E_MAP) {
        gen_map(e, step, NULL);
        return;
    }
    if (is_flat(step)) {
        gen_map(e, step->kid[0], step);
        return;
    }
    if (e->stmt->array) {
        gen_ask_ends(g, &e->stmt->array->vtype);
        gen_expr(g, e->stmt->array);
        gen_op(g, OP_EXTENT, 0, 0);
        e->array = e->s->height++;
    }
    gen_places(e, step);
    if (e->stmt->array) {
        gen_op(g, OP_DROP, 0, 0);
        e->s->height--;
        e->array = NOT_KEPT;
    }
}

void gen_edit(struct script_gen *s, const struct sema_stmt *stmt) {
    struct edit_gen e = {.s = s, .stmt = stmt, .value = NOT_KEPT, .array = NOT_KEPT};
    bool keeps =
        stmt->expr && stmt->many && !gen_is_cheap(stmt->expr) && stmt->expr->kind != E_LIST;
    gen_ask_ends(s->g, &stmt->target->vtype);
    if (keeps) {
        gen_new_value(&e);
        e.value = s->height++;
    }
    gen_last_step(&e, stmt->target);
    if (keeps) {
        gen_op(s->g, OP_DROP, 0, 0);
        s->height--;
    }
}
