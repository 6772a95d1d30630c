#include "config.h"

#include "cli/diff_derived.h"

#include <stdlib.h>

#include "sema/tie.h"

/* The program's members by where they are declared. */
struct place {
    uint32_t lo;
    uint32_t member;
};

struct places {
    struct place *at;
    uint32_t n;
    bool *derived;
};

static int compare_places(const void *a, const void *b) {
    const struct place *x = a, *y = b;
    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* All of the program's members that are this one: it has one for each of the structs a name leads to. */
static void mark(struct places *places, const struct sema_member *member) {
    uint32_t lo = 0, hi = places->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (places->at[mid].lo < member->span.lo) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    for (; lo < places->n && places->at[lo].lo == member->span.lo; lo++) {
        places->derived[places->at[lo].member] = true;
    }
}

static bool is_constant(const struct sema_expr *e) {
    int128 number;
    return e->kind == E_TEXT || e->kind == E_FLOAT || e->kind == E_BOOL || e->kind == E_LIST ||
           sema_constant_int(e, &number);
}

static void mark_relations(struct places *places, const struct sema_struct *of) {
    for (uint32_t i = 0; i < of->flat.n; i++) {
        const struct sema_member *m = of->flat.at[i];
        if (m->kind == SEMA_M_FIELD && m->decl->equals && !is_constant(m->decl->equals)) {
            mark(places, m);
        }
    }
}

/* The number that a clause is tied to, in each of its cases. */
static void mark_ties(struct places *places, const struct sema_tie_case *c) {
    for (; c && c->condition; c = c->no) {
        mark_ties(places, c->yes);
    }
    const struct sema_quantity *quantity = c && c->unknown ? c->unknown->quantity : NULL;
    if (quantity && quantity->of) {
        mark(places, quantity->of);
    }
}

bool *diff_derived(struct sema *sema, const struct program *program) {
    struct places places = {
        .at = arena_array(sema->arena, program->members.n + (size_t)1, sizeof *places.at),
        .n = program->members.n,
        .derived = arena_array(sema->arena, program->members.n + (size_t)1, sizeof(bool)),
    };
    for (uint32_t i = 0; i < places.n; i++) {
        places.at[i] = (struct place){program->members.at[i].span.lo, i};
    }
    if (places.n > 0) {
        qsort(places.at, places.n, sizeof *places.at, compare_places);
    }
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        mark_relations(&places, sema->structs.at[i]);
    }
    const struct sema_ties *ties = sema_ties(sema);
    for (uint32_t i = 0; i < ties->all.n; i++) {
        mark_ties(&places, ties->all.at[i].how);
    }
    return places.derived;
}
