#include "config.h"

#include "code/gen_internal.h"

/* What a field must be equal to, or in: relations, which are findings where they do not hold. */

bool gen_has_relation(const struct sema_member *m) {
    return m->kind == SEMA_M_FIELD && (m->decl->equals || m->decl->in);
}

static bool looks_ahead(const struct sema_expr *e, const struct sema_member *m) {
    if (!e) {
        return false;
    }
    if (e->kind == E_PARENT && e->kid[0]->kind == E_SELF) {
        return false; /* of this struct nothing is asked */
    }
    if (e->kind == E_SELF && e->of == m->owner) {
        return true; /* as a whole: see E_FIELD below */
    }
    if (e->kind == E_FIELD && e->kid[0]->kind == E_SELF && e->kid[0]->of == m->owner) {
        return e->member->kind == SEMA_M_LET || e->member->order > m->order;
    }
    for (int i = 0; i < 3; i++) {
        if (looks_ahead(e->kid[i], m)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        if (looks_ahead(e->args.at[i], m)) {
            return true;
        }
    }
    return false;
}

/* Whether a field's relation is checked right behind it, so that an interactive format can say so on its line. */
bool gen_is_checked_at_once(const struct gen *g, const struct sema_member *m) {
    return !g->style && !looks_ahead(m->decl->equals, m) && !looks_ahead(m->decl->in, m);
}

void gen_own(struct gen *g, struct sema_member *m) {
    gen_ask_member(g, m);
    gen_op(g, OP_SELF, m->owner->id, 0);
    gen_op(g, OP_FIELD, gen_leader(m)->id, 0);
}

static void gen_membership(struct gen *g, struct sema_expr *set) {
    struct sema_expr in = {.kind = E_IN, .span = set->span, .vtype = {.kind = SEMA_V_BOOL}};
    struct sema_dollar item = {.depth = g->ctl - 1};
    struct sema_expr value = {.kind = E_DOLLAR, .span = set->span, .dollar = &item};
    in.kid[0] = &value;
    in.kid[1] = set;
    gen_expr(g, &in);
}

/* Whether the value may be worked out from bytes: by a built-in, perhaps in a function. */
static bool takes_bytes(const struct sema_expr *e) {
    bool yes = e && (e->kind == E_BUILTIN || e->kind == E_CALL);
    for (int i = 0; e && i < 3 && !yes; i++) {
        yes = takes_bytes(e->kid[i]);
    }
    for (uint32_t i = 0; e && i < e->args.n && !yes; i++) {
        yes = takes_bytes(e->args.at[i]);
    }
    return yes;
}

/* What a field must be; bytes of its own in what that is made of count as zeros. */
static void gen_wanted(struct gen *g, const struct sema_expr *e) {
    bool blank = takes_bytes(e);
    if (blank) {
        gen_op(g, OP_BLANK, 0, 0);
        g->ctl++;
    }
    gen_value(g, e);
    if (blank) {
        gen_op(g, OP_BLANK_END, 0, 0);
        g->ctl--;
    }
}

/* Whether the item of the walk, an array, has the elements of a list. */
static void gen_sameness(struct gen *g, struct sema_expr *list) {
    gen_op(g, OP_LIST_NEW, 0, 0);
    gen_op(g, OP_LOOP_ITEM, 0, 0);
    gen_add_loaded(g, &list->vtype);
    gen_wanted(g, list);
    gen_op(g, OP_EQ, 0, 0);
}

/* Checks what the field's value is, or each element of an array: the item of a walk, of which holds says whether it is as
 * wanted. */
static void gen_checked_items(struct gen *g, struct sema_member *m, bool elements,
                              enum check_kind kind, struct sema_expr *wanted,
                              void (*holds)(struct gen *, struct sema_expr *)) {
    gen_op(g, OP_LIST_NEW, 0, 0);
    gen_own(g, m);
    gen_op(g, OP_LIST_ADD, elements, 0);
    gen_op(g, OP_ITER_BEGIN, 0, 0);
    g->ctl++;
    uint32_t head = gen_here(g);
    uint32_t next = gen_op(g, OP_ITER_NEXT, 0, 0);
    holds(g, wanted);
    gen_op(g, OP_CHECK, gen_check(g, kind, m, NULL, wanted), 0);
    gen_op(g, OP_JUMP, head, 0);
    gen_patch(g, next, gen_here(g));
    gen_op(g, OP_ITER_END, 0, 0);
    g->ctl--;
}

void gen_relation(struct gen *g, struct sema_member *m) {
    const struct sema_decl *d = m->decl;
    g->span = d->span;
    if (d->equals && d->equals->vtype.kind == SEMA_V_LIST && d->dims.n > 0) {
        gen_checked_items(g, m, false, CHECK_EQUALS, d->equals, gen_sameness);
    } else if (d->equals) {
        gen_own(g, m);
        gen_wanted(g, d->equals);
        gen_op(g, OP_CHECK_EQUAL, gen_check(g, CHECK_EQUALS, m, NULL, d->equals), 0);
    }
    if (d->in) { /* of an array: each element */
        gen_checked_items(g, m, d->dims.n > 0, CHECK_MEMBERSHIP, d->in, gen_membership);
    }
    gen_op(g, OP_RELEASE, 0, 0);
}
