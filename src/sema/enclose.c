#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "sema/internal.h"

/* Structs named from within: `part.n` in a struct that stands in a part, however deep. Where no part can ever be around,
 * the name would always be absent: an error. Containment is by declaration: fields, placed ones too, arms, typedefs. */

void sema_note_enclosing(struct sema *sema, struct sema_struct *inner, struct sema_struct *outer,
                         struct span span) {
    if (inner && inner != outer) {
        *vec_push(&sema->enclosings, sema->arena) =
            (struct sema_enclosing){.inner = inner, .outer = outer, .span = span};
    }
}

/* The structs that can be around another are found from the outside in. */
struct enclose {
    struct sema *sema;
    struct sema_decl **by_owner; /* declarations, those of one struct behind each other */
    uint32_t *first;  /* by struct: where its own begin; one more than there are structs */
    uint32_t *inside; /* by struct: the round in which it was found to be inside */
    struct sema_struct **todo;
    uint32_t todo_n;
    uint32_t round;
};

static struct sema_struct *owner_of(const struct sema_decl *decl) {
    while (!decl->owner && decl->arm_of) {
        decl = decl->arm_of;
    }
    return decl->owner;
}

static void reach(struct enclose *e, struct sema_struct *of) {
    if (of && e->inside[of->id] != e->round) {
        e->inside[of->id] = e->round;
        e->todo[e->todo_n++] = of;
    }
}

static void reach_type(struct enclose *e, struct sema_decl *decl) {
    while (decl->type && decl->type->kind == SEMA_ALIAS) {
        decl = decl->type->alias;
        if (decl->round == e->round) {
            return; /* typedefs of switches may lead here many times */
        }
        decl->round = e->round;
    }
    if (decl->type && decl->type->kind == SEMA_STRUCT) {
        reach(e, decl->type->of);
    }
    for (uint32_t i = 0; i < decl->arms.n; i++) {
        if (decl->arms.at[i].decl) {
            reach_type(e, decl->arms.at[i].decl);
        }
    }
}

/* Sorts the declarations by the struct that they stand in. */
static void sort_decls(struct enclose *e) {
    const struct sema *sema = e->sema;
    for (uint32_t i = 0; i < sema->decls.n; i++) {
        struct sema_struct *owner = owner_of(sema->decls.at[i]);
        if (owner) {
            e->first[owner->id + 1]++;
        }
    }
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        e->first[i + 1] += e->first[i];
    }
    uint32_t *at = mem_zalloc(sema->structs.n + 1, sizeof *at);
    for (uint32_t i = 0; i < sema->decls.n; i++) {
        struct sema_struct *owner = owner_of(sema->decls.at[i]);
        if (owner) {
            e->by_owner[e->first[owner->id] + at[owner->id]++] = sema->decls.at[i];
        }
    }
    mem_free(at);
}

/* Finds what can be inside of a struct, itself not counted unless it can. */
static void find_inside(struct enclose *e, const struct sema_struct *outer) {
    e->round = ++e->sema->enclose_rounds;
    for (const struct sema_struct *s = outer; s; s = e->todo_n ? e->todo[--e->todo_n] : NULL) {
        for (uint32_t i = e->first[s->id]; i < e->first[s->id + 1]; i++) {
            reach_type(e, e->by_owner[i]);
        }
    }
}

static int compare_outer(const void *a, const void *b) {
    const struct sema_enclosing *x = a, *y = b;
    return x->outer->id < y->outer->id ? -1 : x->outer->id > y->outer->id;
}

void sema_check_enclosing(struct sema *sema) {
    if (sema->enclosings.n == 0) {
        return;
    }
    struct enclose e = {.sema = sema};
    uint32_t n = sema->structs.n;
    e.by_owner = mem_zalloc(sema->decls.n + 1, sizeof(struct sema_decl *));
    e.first = mem_zalloc(n + 2, sizeof *e.first);
    e.inside = mem_zalloc(n + 1, sizeof *e.inside);
    e.todo = mem_zalloc(n + 1, sizeof(struct sema_struct *));
    sort_decls(&e);
    qsort(sema->enclosings.at, sema->enclosings.n, sizeof *sema->enclosings.at, compare_outer);
    const struct sema_struct *found = NULL;
    for (uint32_t i = 0; i < sema->enclosings.n; i++) {
        const struct sema_enclosing *x = &sema->enclosings.at[i];
        if (x->outer != found) {
            find_inside(&e, x->outer);
            found = x->outer;
        }
        if (e.inside[x->inner->id] != e.round) {
            struct diag *d =
                diag_report(sema->diags, DIAG_NOT_AROUND, x->span, "no '%s' is ever around %s%s%s",
                            x->outer->name, x->inner->name ? "a '" : "this struct",
                            x->inner->name ? x->inner->name : "", x->inner->name ? "'" : "");
            diag_note(sema->diags, d, span_none(),
                      "the name of a struct stands for the one around, not for the type; for one "
                      "inside stands the field's name");
        }
    }
    mem_free(e.by_owner);
    mem_free(e.first);
    mem_free(e.inside);
    mem_free(e.todo);
}
