#include "config.h"

#include "sema/internal.h"

/* The structs that directly hold others: what "$parent" may be. A struct is held by the one that a field of its type stands
 * in, be it an array, a switch, or a typedef that leads there.
 *
 * From a type to the declarations that are of it lead lists, so that only what holds a struct is looked at. What an import
 * declares may be held by structs that are yet to come: of that nothing is known before there is data. */

/* More declarations are not looked at, more structs not told apart. */
#define USES_MAX    4096u
#define HOLDERS_MAX 64u

void sema_link_uses(struct sema *sema, const struct sema_schema *schema) {
    for (uint32_t i = schema->decl_first; i < sema->decls.n; i++) {
        struct sema_decl *decl = sema->decls.at[i];
        struct sema_decl **first = decl->type->kind == SEMA_STRUCT  ? &decl->type->of->uses
                                   : decl->type->kind == SEMA_ALIAS ? &decl->type->alias->uses
                                                                    : NULL;
        if (first) {
            decl->next_use = *first;
            *first = decl;
        }
    }
    sema->linked = schema == sema->schemas.at[0];
}

/* What holds something, as far as it was looked for. */
struct search {
    struct sema *sema;
    struct sema_holders *found;
    VEC(struct sema_decl *) ways; /* declarations that lead to it, each once */
    bool too_many;
};

static void add_holder(struct search *search, struct sema_struct *holder) {
    struct sema_holders *found = search->found;
    for (uint32_t i = 0; i < found->at.n; i++) {
        if (found->at.at[i] == holder) {
            return;
        }
    }
    search->too_many = search->too_many || found->at.n == HOLDERS_MAX;
    *vec_push(&found->at, search->sema->arena) = holder;
}

static void add_way(struct search *search, struct sema_decl *decl) {
    if (decl->round != search->sema->enclose_rounds) {
        decl->round = search->sema->enclose_rounds;
        search->too_many = search->too_many || search->ways.n == USES_MAX;
        *vec_push(&search->ways, search->sema->arena) = decl;
    }
}

static void add_uses(struct search *search, struct sema_decl *uses) {
    for (struct sema_decl *d = uses; d && !search->too_many; d = d->next_use) {
        add_way(search, d);
    }
}

struct sema_holders *sema_holders_of(struct sema *sema, struct sema_struct *of) {
    if (of->held) {
        return of->held->open ? NULL : of->held;
    }
    of->held = arena_alloc(sema->arena, sizeof *of->held);
    struct search search = {.sema = sema, .found = of->held};
    sema->enclose_rounds++;
    add_uses(&search, of->uses);
    for (uint32_t i = 0; i < search.ways.n && !search.too_many; i++) {
        struct sema_decl *decl = search.ways.at[i];
        if (decl->owner) {
            add_holder(&search, decl->owner);
            continue;
        }
        add_uses(&search, decl->uses); /* a typedef's */
        if (decl->arm_of) {
            add_way(&search, decl->arm_of);
        }
    }
    of->held->open = search.too_many;
    return search.too_many ? NULL : of->held;
}

/* The structs that a value may be one of, or NULL where they can't be told. */
static struct sema_holders *structs_of(struct sema *sema, const struct sema_expr *e) {
    if (e->vtype.kind != SEMA_V_STRUCT) {
        return e->kind == E_PARENT ? e->holders : NULL;
    }
    struct sema_holders *one = arena_alloc(sema->arena, sizeof *one);
    *vec_push(&one->at, sema->arena) = e->vtype.of;
    return one;
}

/* What holds any of some structs, or NULL. */
static struct sema_holders *all_holders(struct sema *sema, const struct sema_holders *of) {
    struct sema_holders *all = arena_alloc(sema->arena, sizeof *all);
    struct search search = {.sema = sema, .found = all};
    for (uint32_t i = 0; i < of->at.n; i++) {
        const struct sema_holders *held = sema_holders_of(sema, of->at.at[i]);
        for (uint32_t k = 0; held && k < held->at.n; k++) {
            add_holder(&search, held->at.at[k]);
        }
        search.too_many = search.too_many || !held;
    }
    return search.too_many ? NULL : all;
}

struct sema_expr *sema_parent_of(struct sema *sema, struct sema_expr *of, struct span span) {
    struct sema_expr *e = sema_expr_new(sema, E_PARENT, span, sema_vtype_simple(SEMA_V_ANY));
    e->kid[0] = of;
    const struct sema_holders *structs = sema->linked ? structs_of(sema, of) : NULL;
    e->holders = structs ? all_holders(sema, structs) : NULL;
    if (e->holders && e->holders->at.n == 1) {
        e->vtype = sema_vtype_simple(SEMA_V_STRUCT);
        e->vtype.of = e->holders->at.at[0];
    }
    return e;
}

bool sema_holders_have(struct sema *sema, const struct sema_holders *holders, const char *name,
                       struct sema_vtype *vtype) {
    bool found = false;
    for (uint32_t i = 0; i < holders->at.n; i++) {
        struct sema_member *m = sema_member(holders->at.at[i], name);
        if (m) {
            struct sema_vtype one = sema_member_vtype(sema, m);
            *vtype = found ? sema_vtype_join(vtype, &one) : one;
            found = true;
        }
    }
    return found;
}
