#include "config.h"

#include "code/gen_internal.h"

/* Arrays that go on behind a damaged element: `pages[] recover find("OggS")`. Whether an element is damaged must be the same
 * for who emits it and for who steps over it, so the structs in such elements check their magic and what they require
 * when they are stepped over, too. */

static void mark_decl(struct gen *g, const struct sema_decl *decl) {
    while (decl->type->kind == SEMA_ALIAS) {
        decl = decl->type->alias;
    }
    for (uint32_t i = 0; i < decl->arms.n; i++) {
        if (decl->arms.at[i].decl) {
            mark_decl(g, decl->arms.at[i].decl);
        }
    }
    if (decl->type->kind == SEMA_STRUCT && !g->strict[decl->type->of->id]) {
        g->strict[decl->type->of->id] = true;
        *vec_push(&g->strict_structs, g->arena) = decl->type->of;
    }
}

void gen_find_strict(struct gen *g) {
    const struct sema *sema = g->request->sema;
    g->strict = arena_array(g->arena, sema->structs.n + 1, sizeof *g->strict);
    for (uint32_t i = 0; i < sema->decls.n; i++) {
        if (sema->decls.at[i]->recover) {
            mark_decl(g, sema->decls.at[i]);
        }
    }
    for (uint32_t i = 0; i < g->strict_structs.n; i++) { /* it grows on the way */
        const struct sema_struct *s = g->strict_structs.at[i];
        for (uint32_t k = 0; k < s->flat.n; k++) {
            const struct sema_member *m = s->flat.at[k];
            if (m->kind == SEMA_M_FIELD && !m->decl->at && !m->decl->from) {
                mark_decl(g, m->decl);
            }
        }
    }
}

bool gen_is_strict(const struct gen *g, const struct sema_decl *decl) {
    while (decl->type->kind == SEMA_ALIAS) {
        decl = decl->type->alias;
    }
    return decl->type->kind == SEMA_STRUCT && g->strict[decl->type->of->id];
}

/* In front of a loop's head: from here on a fault in an element goes on at what gen_recover makes. */
uint32_t gen_recover_begin(struct gen *g, const struct sema_decl *decl, uint32_t level) {
    return level == 0 && decl->recover ? gen_op(g, OP_RECOVER, 0, 0) : PROGRAM_NONE;
}

/* Behind a loop's body: to the place where the next element is. Where there is none the fault stands, or, for a walk
 * (ends), that was the last one. */
void gen_recover(struct gen *g, const struct sema_decl *decl, uint32_t begin, uint32_t head,
                 bool ends) {
    if (begin == PROGRAM_NONE) {
        return;
    }
    gen_patch(g, begin, gen_here(g));
    gen_value(g, decl->recover);
    uint32_t resync = gen_op(g, OP_RESYNC, PROGRAM_NONE, 0);
    gen_op(g, OP_RELEASE, 0, 0);
    gen_op(g, OP_JUMP, head, 0);
    if (ends) {
        gen_patch(g, resync, gen_here(g));
        gen_op(g, OP_FINISH, 0, 0);
    }
}
