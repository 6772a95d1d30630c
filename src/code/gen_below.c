#include "config.h"

#include "code/gen_internal.h"

/* `x.**.name` as functions: one for each struct that has or leads to such fields. It takes a list and an instance, and
 * gives the list back with those of the instance behind.
 *
 * Where these fields are what is asked for, their functions are other ones: what is damaged is told and left out, each
 * member and each element for itself, so that no fault leaves a function. */

/* A value on top of the list: what is in it goes to the list, and it is dropped. */
static void gen_walk(struct gen *g, const struct sema_below *below, struct sema_vtype v);

static struct gen_function *function_for(struct gen *g, const struct sema_below *below,
                                         struct sema_struct *of) {
    struct gen_function *f = map_get(&g->belows[g->tried], below, of);
    if (!f) {
        f = arena_alloc(g->arena, sizeof *f);
        map_put(&g->belows[g->tried], g->arena, below, of, f);
        gen_ask(g,
                (struct gen_task){
                    .kind = TASK_BELOW, .of = of, .below = below, .target = f, .tried = g->tried});
    }
    return f;
}

/* What gen_end_part ends is tried, if it is to be. */
static uint32_t gen_begin_part(struct gen *g) {
    return g->tried ? gen_try(g, true) : PROGRAM_NONE;
}

static void gen_end_part(struct gen *g, uint32_t trial) {
    if (trial != PROGRAM_NONE) {
        gen_end_element(g, trial);
    }
}

static void gen_walk_struct(struct gen *g, const struct sema_below *below, struct sema_struct *of) {
    struct gen_function *f = function_for(g, below, of);
    uint32_t there = gen_op(g, OP_UNLESS_ABSENT, 0, 0);
    uint32_t nothing = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, there, gen_here(g));
    gen_op(g, OP_INSTANCE, 0, 0);
    uint32_t back = PROGRAM_NONE;
    if (g->descends) { /* what leads back to one that this is in was there before */
        gen_op(g, OP_DUP, 0, 0);
        gen_op(g, OP_ARG, 1, 0);
        gen_op(g, OP_AROUND, 0, 0);
        back = gen_op(g, OP_JUMP_TRUE, 0, 0);
    }
    *vec_push(&f->calls, g->arena) = gen_op(g, OP_CALL, f->pc, 2);
    if (back != PROGRAM_NONE) {
        uint32_t over = gen_op(g, OP_JUMP, 0, 0);
        gen_patch(g, back, gen_here(g));
        gen_op(g, OP_DROP, 0, 0);
        gen_patch(g, over, gen_here(g));
    }
    gen_patch(g, nothing, gen_here(g));
}

static void gen_walk_elements(struct gen *g, const struct sema_below *below, struct sema_vtype elem,
                              bool known) {
    gen_op(g, OP_ITER_BEGIN, 1, 0);
    g->ctl++;
    uint32_t head = gen_here(g);
    uint32_t next = gen_op(g, OP_ITER_NEXT, 0, 0);
    if (known) {
        uint32_t trial = gen_begin_part(g);
        gen_op(g, OP_LOOP_ITEM, trial != PROGRAM_NONE, 0);
        gen_walk(g, below, elem);
        gen_end_part(g, trial);
    }
    gen_op(g, OP_JUMP, head, 0);
    gen_patch(g, next, gen_here(g));
    gen_op(g, OP_ITER_END, 0, 0);
    g->ctl--;
}

/* One of several declarations: what is there says which. */
struct choice {
    struct gen *g;
    const struct sema_below *below;
    VEC(uint32_t) ends; /* jumps behind the last one */
};

static void gen_choice(struct choice *c, struct sema_decl *decl) {
    struct gen *g = c->g;
    struct sema_vtype v = sema_vtype_of(decl, 0);
    if (!sema_leads(c->below, decl)) {
        return;
    }
    if (v.kind == SEMA_V_SWITCH) {
        for (uint32_t i = 0; i < v.decl->arms.n; i++) {
            if (v.decl->arms.at[i].decl) {
                gen_choice(c, v.decl->arms.at[i].decl);
            }
        }
        return;
    }
    gen_op(g, OP_DUP, 0, 0);
    gen_op(g, OP_IS, gen_type(g, v.decl, v.level), 0);
    uint32_t other = gen_op(g, OP_JUMP_FALSE, 0, 0);
    gen_walk(g, c->below, v);
    *vec_push(&c->ends, g->arena) = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, other, gen_here(g));
}

static void gen_choice_end(struct choice *c) {
    gen_op(c->g, OP_DROP, 0, 0);
    for (uint32_t i = 0; i < c->ends.n; i++) {
        gen_patch(c->g, c->ends.at[i], gen_here(c->g));
    }
}

static void gen_walk(struct gen *g, const struct sema_below *below, struct sema_vtype v) {
    struct choice choice = {.g = g, .below = below};
    switch (v.kind) {
    case SEMA_V_STRUCT:
        if (sema_leads(below, v.of)) {
            gen_walk_struct(g, below, v.of);
            return;
        }
        break;
    case SEMA_V_ARRAY:
        gen_walk_elements(g, below, sema_vtype_of(v.decl, v.level + 1), true);
        return;
    case SEMA_V_LIST:
        gen_walk_elements(g, below, v.elem ? *v.elem : (struct sema_vtype){0}, v.elem != NULL);
        return;
    case SEMA_V_SWITCH:
        for (uint32_t i = 0; i < v.decl->arms.n; i++) {
            if (v.decl->arms.at[i].decl) {
                gen_choice(&choice, v.decl->arms.at[i].decl);
            }
        }
        gen_choice_end(&choice);
        return;
    case SEMA_V_ANY:
    case SEMA_V_BOOL:
    case SEMA_V_INT:
    case SEMA_V_FLOAT:
    case SEMA_V_TEXT:
    case SEMA_V_BYTES:
    case SEMA_V_NOTHING:
        break;
    }
    gen_op(g, OP_DROP, 0, 0);
}

static void gen_push_member(struct gen *g, struct sema_member *m) {
    gen_ask_member(g, m);
    gen_op(g, OP_ARG, 1, 0);
    gen_op(g, OP_FIELD, m->id, 0);
}

/* The fields of one name in branches are one; what is there says which of them. */
static void gen_descend(struct gen *g, const struct sema_below *below, struct sema_member *leader) {
    struct choice choice = {.g = g, .below = below};
    bool leads = false;
    for (const struct sema_member *m = leader; m; m = m->same) {
        leads = leads || (m->decl && sema_leads(below, m->decl));
    }
    if (!leads) {
        return;
    }
    uint32_t trial = gen_begin_part(g);
    gen_push_member(g, leader);
    if (leader->same) {
        for (const struct sema_member *m = leader; m; m = m->same) {
            if (m->decl) {
                gen_choice(&choice, m->decl);
            }
        }
        gen_choice_end(&choice);
    } else {
        gen_walk(g, below, sema_vtype_of(leader->decl, 0));
    }
    gen_end_part(g, trial);
}

void gen_below_function(struct gen *g, const struct sema_below *below, struct sema_struct *of,
                        bool tried) {
    g->descends = true;
    g->tried = tried;
    gen_op(g, OP_ARG, 0, 0);
    for (uint32_t i = 0; i < of->flat.n; i++) {
        struct sema_member *m = of->flat.at[i];
        if (gen_leader(m) != m) {
            continue;
        }
        g->span = m->span;
        if (m->name == below->name) {
            uint32_t trial = gen_begin_part(g);
            gen_push_member(g, m);
            gen_op(g, OP_LIST_ADD, 0, 0);
            gen_end_part(g, trial);
        }
        gen_descend(g, below, m);
    }
    g->descends = g->tried = false;
    gen_op(g, OP_RETURN, 0, 0);
}

/* Whether the fields are what is asked for, or what that is taken from element by element. */
static bool is_asked(const struct gen *g, const struct sema_expr *below) {
    const struct gen_request *r = g->request;
    for (const struct sema_expr *e = r->select ? r->select->of : r->path; e; e = e->kid[0]) {
        if (e == below) {
            return true;
        }
        if (e->kind != E_BELOW && e->kind != E_MAP && e->kind != E_FILTER && e->kind != E_EACH &&
            e->kind != E_SLICE) {
            return false;
        }
    }
    return false;
}

void gen_below(struct gen *g, const struct sema_expr *e) {
    gen_op(g, OP_LIST_NEW, 0, 0);
    gen_expr(g, e->kid[0]);
    uint32_t absent = gen_unless_absent(g, 1);
    g->tried = is_asked(g, e);
    gen_walk(g, e->below, e->kid[0]->vtype);
    g->tried = false;
    gen_landing(g, absent);
}
