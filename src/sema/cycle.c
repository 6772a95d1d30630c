#include "config.h"

#include "sema/internal.h"

/* Sizes and places that need themselves: `uint8 a[b]; uint8 b;` — b begins behind a, whose length is b.
 *
 * Walked are two questions about a struct's own fields: where one begins (needs the sizes of those before it) and how
 * large one is (needs whatever its clauses mention). What goes through other structs is found at run time. */

enum state { UNSEEN, OPEN, DONE };

struct cycle_walk {
    struct sema *sema;
    struct sema_struct *of;
    uint8_t *place; /* by order in `flat` */
    uint8_t *size;
    const struct sema_member *culprit;
};

static bool place_known(struct cycle_walk *walk, const struct sema_member *m);

static bool expr_known(struct cycle_walk *walk, const struct sema_expr *e) {
    if (!e) {
        return true;
    }
    if (e->kind == E_FIELD && e->kid[0]->kind == E_SELF && e->kid[0]->of == walk->of &&
        e->member->kind == SEMA_M_FIELD) {
        return place_known(walk, e->member);
    }
    for (int i = 0; i < 3; i++) {
        if (!expr_known(walk, e->kid[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        if (!expr_known(walk, e->args.at[i])) {
            return false;
        }
    }
    return true;
}

static bool size_known(struct cycle_walk *walk, const struct sema_member *m) {
    struct sema_decl *d = m->decl;
    uint8_t *state = &walk->size[m->order];
    if (*state == DONE || (d->bit_total != SEMA_DYNAMIC && !d->when) || d->at) {
        return true;
    }
    if (*state == OPEN) {
        walk->culprit = m;
        return false;
    }
    *state = OPEN;
    bool ok = expr_known(walk, d->length) && expr_known(walk, d->sized) &&
              expr_known(walk, d->when) && expr_known(walk, d->bits) &&
              expr_known(walk, d->stride) && expr_known(walk, d->selector);
    for (uint32_t i = 0; ok && i < d->dims.n; i++) {
        ok = expr_known(walk, d->dims.at[i].count);
    }
    *state = DONE;
    return ok;
}

static bool place_known(struct cycle_walk *walk, const struct sema_member *m) {
    uint8_t *state = &walk->place[m->order];
    if (*state == DONE || (m->bit_off != SEMA_DYNAMIC && !m->same)) {
        return true;
    }
    if (*state == OPEN) {
        walk->culprit = m;
        return false;
    }
    *state = OPEN;
    bool ok = true;
    if (m->decl->at) {
        ok = expr_known(walk, m->decl->at);
    }
    for (uint32_t i = 0; ok && !m->decl->at && i < m->order; i++) {
        const struct sema_member *before = walk->of->flat.at[i];
        ok = before->kind != SEMA_M_FIELD || size_known(walk, before);
    }
    *state = DONE;
    return ok;
}

/* The let of the same instance that an expression needs, straight or through other lets, to work out `let`. */
static bool needs_let(const struct sema_expr *e, const struct sema_member *let, uint8_t *seen) {
    if (!e) {
        return false;
    }
    if (e->kind == E_FIELD && e->kid[0]->kind == E_SELF && e->kid[0]->of == let->owner &&
        e->member->kind == SEMA_M_LET) {
        const struct sema_member *m = e->member;
        if (m == let) {
            return true;
        }
        if (seen[m->order]) {
            return false;
        }
        seen[m->order] = 1;
        return needs_let(m->expr, let, seen) || needs_let(m->next, let, seen) ||
               needs_let(m->cond, let, seen);
    }
    for (int i = 0; i < 3; i++) {
        if (needs_let(e->kid[i], let, seen)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        if (needs_let(e->args.at[i], let, seen)) {
            return true;
        }
    }
    return false;
}

static void check_lets(struct sema *sema, const struct sema_struct *s) {
    for (uint32_t i = 0; i < s->flat.n; i++) {
        const struct sema_member *m = s->flat.at[i];
        if (m->kind != SEMA_M_LET) {
            continue;
        }
        uint8_t *seen = arena_alloc(sema->arena, s->flat.n);
        if (needs_let(m->expr, m, seen) || needs_let(m->next, m, seen) ||
            needs_let(m->cond, m, seen)) {
            diag_report(sema->diags, DIAG_CYCLE, m->ast->name_span,
                        "the value of '%s' needs itself", m->name);
            return;
        }
    }
}

void sema_check_cycles(struct sema *sema, struct sema_schema *schema) {
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        struct sema_struct *s = sema->structs.at[i];
        if (s->schema != schema || s->flat.n == 0) {
            continue;
        }
        check_lets(sema, s);
        struct cycle_walk walk = {.sema = sema, .of = s};
        walk.place = arena_alloc(sema->arena, s->flat.n);
        walk.size = arena_alloc(sema->arena, s->flat.n);
        for (uint32_t k = 0; k < s->flat.n; k++) {
            const struct sema_member *m = s->flat.at[k];
            if (m->kind == SEMA_M_FIELD && (!place_known(&walk, m) || !size_known(&walk, m))) {
                struct diag *d = diag_report(sema->diags, DIAG_CYCLE, m->ast->name_span,
                                             "where '%s' lies depends on itself", m->name);
                if (walk.culprit && walk.culprit != m) {
                    diag_note(sema->diags, d, walk.culprit->ast->name_span, "through '%s'",
                              walk.culprit->name);
                }
                break;
            }
        }
    }
}
