#include "config.h"

#include "sema/internal.h"

/* `x.**.name`: every field of that name below x. Structs and declarations are nodes of a graph; from those that x may
 * hold the graph is walked down, and marked back up from the structs that have such a member. */

struct edge {
    uint32_t from, to; /* nodes */
    uint32_t next;     /* the next one to the same node, or NO_EDGE */
};

#define NO_EDGE UINT32_MAX

struct node {
    const struct sema_struct *of; /* or: */
    struct sema_decl *decl;
    uint32_t into; /* the first edge to it, or NO_EDGE */
    bool leads;
};

struct walk {
    struct sema *sema;
    const char *name;
    struct map known; /* struct or declaration -> node + 1 */
    VEC(struct node) nodes;
    VEC(struct edge) edges;
};

static uint32_t node_of(struct walk *w, const struct sema_struct *of, struct sema_decl *decl) {
    const void *key = of ? (const void *)of : decl;
    uint32_t known = (uint32_t)(uintptr_t)map_get(&w->known, key, NULL);
    if (known) {
        return known - 1;
    }
    *vec_push(&w->nodes, w->sema->arena) = (struct node){.of = of, .decl = decl, .into = NO_EDGE};
    map_put(&w->known, w->sema->arena, key, NULL, (void *)(uintptr_t)w->nodes.n);
    return w->nodes.n - 1;
}

static void add_edge(struct walk *w, uint32_t from, uint32_t to) {
    *vec_push(&w->edges, w->sema->arena) =
        (struct edge){.from = from, .to = to, .next = w->nodes.at[to].into};
    w->nodes.at[to].into = w->edges.n - 1;
}

/* What an array's elements are, those of its elements, and so on. */
static struct sema_vtype innermost(struct sema_vtype v) {
    while (v.kind == SEMA_V_ARRAY) {
        v = sema_vtype_of(v.decl, v.level + 1);
    }
    return v;
}

/* Adds the nodes that a value may be; from: NO_EDGE for the first ones. */
static void add_targets(struct walk *w, uint32_t from, struct sema_vtype v) {
    v = innermost(v);
    if (v.kind == SEMA_V_STRUCT) {
        uint32_t to = node_of(w, v.of, NULL);
        if (from != NO_EDGE) {
            add_edge(w, from, to);
        }
    }
    for (uint32_t i = 0; v.kind == SEMA_V_SWITCH && i < v.decl->arms.n; i++) {
        struct sema_decl *arm = v.decl->arms.at[i].decl;
        if (arm) {
            uint32_t to = node_of(w, NULL, arm);
            if (from != NO_EDGE) {
                add_edge(w, from, to);
            }
        }
    }
}

/* Fields that all the searches of a compilation go through: what they note of them stays in memory. */
#define BELOW_EDGES_MAX (1u << 22)

/* False when that is too many. */
static bool walk_down(struct walk *w) {
    for (uint32_t i = 0; i < w->nodes.n; i++) {
        const struct node at = w->nodes.at[i]; /* the vector may move */
        if (at.decl) {
            add_targets(w, i, sema_vtype_of(at.decl, 0));
            continue;
        }
        w->sema->below_edges += at.of->flat.n;
        if (w->sema->below_edges > BELOW_EDGES_MAX) {
            return false;
        }
        for (uint32_t k = 0; k < at.of->flat.n; k++) {
            struct sema_decl *decl = at.of->flat.at[k]->decl;
            if (decl) {
                uint32_t to = node_of(w, NULL, decl);
                add_edge(w, i, to);
            }
        }
    }
    return true;
}

static void mark_up(struct walk *w) {
    VEC(uint32_t) todo = {0};
    for (uint32_t i = 0; i < w->nodes.n; i++) {
        const struct sema_struct *of = w->nodes.at[i].of;
        if (of && sema_member(of, w->name)) {
            w->nodes.at[i].leads = true;
            *vec_push(&todo, w->sema->arena) = i;
        }
    }
    while (todo.n > 0) {
        uint32_t to = todo.at[--todo.n];
        for (uint32_t e = w->nodes.at[to].into; e != NO_EDGE; e = w->edges.at[e].next) {
            struct node *from = &w->nodes.at[w->edges.at[e].from];
            if (!from->leads) {
                from->leads = true;
                *vec_push(&todo, w->sema->arena) = w->edges.at[e].from;
            }
        }
    }
}

bool sema_leads(const struct sema_below *below, const void *node) {
    return map_get(&below->leads, node, NULL) != NULL;
}

/* Enters what leads to such fields, has it remembered, and gives the type that they share. */
static bool finish(struct walk *w, struct sema_below *below, struct sema_vtype *elem) {
    bool found = false;
    for (uint32_t i = 0; i < w->nodes.n; i++) {
        const struct node *n = &w->nodes.at[i];
        if (n->leads) {
            map_put(&below->leads, w->sema->arena, n->of ? (const void *)n->of : n->decl, NULL,
                    below);
        }
    }
    for (uint32_t i = 0; i < w->nodes.n; i++) {
        const struct sema_struct *of = w->nodes.at[i].leads ? w->nodes.at[i].of : NULL;
        for (uint32_t k = 0; of && k < of->flat.n; k++) {
            struct sema_member *m = of->flat.at[k];
            m->captured =
                m->captured || m->name == w->name || (m->decl && sema_leads(below, m->decl));
        }
        struct sema_member *m = of ? sema_member(of, w->name) : NULL;
        if (m) {
            struct sema_vtype v = sema_member_vtype(w->sema, m);
            *elem = found ? sema_vtype_join(elem, &v) : v;
            found = true;
        }
    }
    return found;
}

static void report_none(struct walk *w, struct span span) {
    struct diag *d = diag_report(w->sema->diags, DIAG_UNKNOWN_MEMBER, span,
                                 "no struct below has a field '%s'", w->name);
    VEC(const char *) names = {0};
    for (uint32_t i = 0; i < w->nodes.n; i++) {
        const struct sema_struct *of = w->nodes.at[i].of;
        for (uint32_t k = 0; of && k < of->flat.n; k++) {
            *vec_push(&names, w->sema->arena) = of->flat.at[k]->name;
        }
    }
    diag_suggest(w->sema->diags, d, w->name, names.at, names.n);
}

/* What stands in front of the stars; **.name alone is below the struct that the expression stands in. */
static struct sema_expr *resolve_top(struct sema *sema, const struct sema_scope *scope,
                                     const struct ast *node) {
    if (node->kid[0]) {
        return sema_resolve(sema, scope, node->kid[0]);
    }
    struct sema_expr *e = sema_expr_new(sema, E_ABSENT, node->span, sema_vtype_simple(SEMA_V_ANY));
    if (!scope->self) {
        diag_report(sema->diags, DIAG_NOT_A_STRUCT, node->span,
                    "'**' alone means something only inside a struct");
        return e;
    }
    e->kind = E_SELF;
    e->vtype = (struct sema_vtype){.kind = SEMA_V_STRUCT, .of = scope->self};
    e->of = scope->self;
    return e;
}

struct sema_expr *sema_resolve_below(struct sema *sema, const struct sema_scope *scope,
                                     const struct ast *node) {
    struct sema_scope inner = *scope;
    inner.wanted = NULL;
    struct sema_expr *top = resolve_top(sema, &inner, node);
    struct sema_vtype v = top->vtype;
    v = innermost(v.kind == SEMA_V_LIST && v.elem ? *v.elem : v);
    struct sema_expr *e = sema_expr_new(sema, E_BELOW, node->span, sema_vtype_simple(SEMA_V_LIST));
    e->kid[0] = top;
    e->below = v.kind == SEMA_V_STRUCT ? map_get(&sema->belows, v.of, node->name) : NULL;
    if (e->below) { /* looked through before */
        e->vtype.elem = &e->below->elem;
        return e;
    }
    struct sema_below *below = arena_alloc(sema->arena, sizeof *below);
    e->below = below;
    below->name = node->name;
    struct walk w = {.sema = sema, .name = node->name};
    add_targets(&w, NO_EDGE, v);
    if (!walk_down(&w)) {
        diag_report(sema->diags, DIAG_TOO_BIG, node->span,
                    "too many fields to look through for one name after the other: at most %u",
                    BELOW_EDGES_MAX);
        e->kind = E_ABSENT;
        return e;
    }
    mark_up(&w);
    if (finish(&w, below, &below->elem)) {
        e->vtype.elem = &below->elem;
        if (v.kind == SEMA_V_STRUCT) {
            map_put(&sema->belows, sema->arena, v.of, node->name, below);
        }
        return e;
    }
    e->kind = E_ABSENT;
    if (v.kind == SEMA_V_STRUCT || v.kind == SEMA_V_SWITCH) {
        report_none(&w, node->name_span);
    } else if (top->kind != E_ABSENT) {
        diag_report(sema->diags, DIAG_NOT_A_STRUCT, top->span,
                    "'**' looks below a struct, an array or a list, not below %s",
                    sema_vtype_text(sema, &top->vtype));
    }
    return e;
}
