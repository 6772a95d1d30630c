#include "config.h"

#include "code/gen_internal.h"

/* Structs all of whose fields lie between their start and their end: none in them, however deep, has a place of its own or
 * is read from other bytes. */

struct holders {
    VEC(uint32_t) of; /* the structs that have a field of this one */
};

struct confining {
    struct gen *g;
    struct holders *holders; /* by struct */
    VEC(uint32_t) todo;      /* those that are not confined, and who has them is not told yet */
    struct map seen;         /* (arms of a switch, struct that leads to them) */
};

static void let_out(struct confining *c, uint32_t id) {
    struct program_struct *row = &c->g->program->structs.at[id];
    if (row->confined) {
        row->confined = false;
        *vec_push(&c->todo, c->g->arena) = id;
    }
}

static void look_at(struct confining *c, uint32_t id, const struct sema_decl *decl) {
    for (;; decl = decl->type->alias) {
        if (decl->at || decl->then || decl->from) {
            let_out(c, id);
        }
        const void *holder = &c->g->program->structs.at[id];
        bool again = decl->arms.n && map_get(&c->seen, decl->arms.at, holder);
        if (decl->arms.n) { /* typedefs of switches may lead here many times */
            map_put(&c->seen, c->g->arena, decl->arms.at, holder, c);
        }
        for (uint32_t i = 0; i < decl->arms.n && !again; i++) {
            if (decl->arms.at[i].decl) {
                look_at(c, id, decl->arms.at[i].decl);
            }
        }
        if (decl->type->kind != SEMA_ALIAS) {
            break;
        }
    }
    if (decl->type->kind == SEMA_STRUCT) {
        *vec_push(&c->holders[decl->type->of->id].of, c->g->arena) = id;
    }
}

void gen_find_confined(struct gen *g) {
    const struct sema *sema = g->request->sema;
    struct confining c = {.g = g};
    c.holders = arena_array(g->arena, sema->structs.n + 1, sizeof *c.holders);
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        g->program->structs.at[i].confined = true;
    }
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        const struct sema_struct *s = sema->structs.at[i];
        for (uint32_t k = 0; k < s->flat.n; k++) {
            if (s->flat.at[k]->kind == SEMA_M_FIELD) {
                look_at(&c, s->id, s->flat.at[k]->decl);
            }
        }
    }
    while (c.todo.n > 0) {
        const struct holders *holders = &c.holders[c.todo.at[--c.todo.n]];
        for (uint32_t i = 0; i < holders->of.n; i++) {
            let_out(&c, holders->of.at[i]);
        }
    }
}
