#include "config.h"

#include "sema/builtins.h"
#include "sema/internal.h"

/* What a number is made of, down to what is stored. Lets, functions and parameters are followed, each in the struct that sees
 * it; conditions, indexes and what leads to a number stay as they are. */

#define NODES_MAX 2000u
#define DEPTH_MAX 64u
#define USES_MAX  16u

/* Structs looked at to find how far out one is, and the distance of one that is not found. */
#define STRUCTS_MAX 256u
#define FAR         1000u

struct argument {
    struct sema_expr *value;
    const struct view *view;
};

/* Where an expression is seen. */
struct view {
    struct sema_struct *of;  /* the struct; NULL: not known */
    struct sema_expr *frame; /* leads to it from where the number is wanted; NULL: it is there */
    struct sema_decl *use;   /* what frame is declared by: seen is where that got its arguments */
    uint32_t distance;       /* of what lies in it */
    const struct argument *args; /* of the function */
};

struct expander {
    struct sema *sema;
    uint32_t nodes, depth;
    bool too_large;
};

bool sema_is_of_cursor(const struct sema_expr *e) {
    if (!e) {
        return false;
    }
    bool search = e->kind == E_BUILTIN &&
                  (e->builtin == BUILTIN_FIND || e->builtin == BUILTIN_RFIND) && e->args.n == 1;
    bool yes = search || e->kind == E_REST;
    for (int i = 0; i < 3 && !yes; i++) {
        yes = sema_is_of_cursor(e->kid[i]);
    }
    for (uint32_t i = 0; i < e->args.n && !yes; i++) {
        yes = sema_is_of_cursor(e->args.at[i]);
    }
    return yes;
}

/* copies */

static struct sema_expr *new_node(struct expander *x, enum sema_ekind kind, enum sema_vkind value,
                                  struct sema_expr *like) {
    x->nodes++;
    x->sema->tie_nodes++;
    x->too_large = x->too_large || x->nodes > NODES_MAX || x->sema->tie_nodes > SEMA_TIE_NODES_MAX;
    struct sema_expr *e = sema_expr_new(x->sema, kind, like->span, sema_vtype_simple(value));
    e->ast = like->ast;
    return e;
}

static struct sema_expr *copy_of(struct expander *x, struct sema_expr *e) {
    struct sema_expr *copy = new_node(x, e->kind, SEMA_V_ANY, e);
    *copy = *e;
    copy->args.at = NULL;
    copy->args.n = copy->args.cap = 0;
    for (uint32_t i = 0; i < e->args.n; i++) {
        *vec_push(&copy->args, x->sema->arena) = e->args.at[i];
    }
    return copy;
}

static bool has_arguments(struct sema_expr *e) {
    bool yes = e->kind == E_ARG;
    for (int i = 0; i < 3 && !yes; i++) {
        yes = e->kid[i] && has_arguments(e->kid[i]);
    }
    for (uint32_t i = 0; i < e->args.n && !yes; i++) {
        yes = has_arguments(e->args.at[i]);
    }
    return yes;
}

/* The expression with the function's arguments in their places. They are seen where the function is. */
static struct sema_expr *filled(struct expander *x, struct sema_expr *e, const struct view *view) {
    if (!view->args || x->too_large || !has_arguments(e)) {
        return e;
    }
    if (e->kind == E_ARG) {
        const struct argument *arg = &view->args[e->index];
        return filled(x, arg->value, arg->view);
    }
    struct sema_expr *copy = copy_of(x, e);
    for (int i = 0; i < 3; i++) {
        copy->kid[i] = e->kid[i] ? filled(x, e->kid[i], view) : NULL;
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        copy->args.at[i] = filled(x, e->args.at[i], view);
    }
    return copy;
}

/* As it is, to be worked out where the number is wanted. */
static struct sema_expr *plain(struct expander *x, struct sema_expr *e, const struct view *view) {
    struct sema_expr *full = filled(x, e, view);
    if (!view->frame || full->kind == E_INT) {
        return full;
    }
    struct sema_expr *seen = new_node(x, E_SEEN, full->vtype.kind, full);
    seen->vtype = full->vtype;
    seen->kid[0] = view->frame;
    seen->kid[1] = full;
    seen->flag = view->use != NULL;
    seen->decl = view->use;
    return seen;
}

/* distances */

static bool is_among(struct sema_struct *const *at, uint32_t n, const struct sema_struct *of) {
    for (uint32_t i = 0; i < n; i++) {
        if (at[i] == of) {
            return true;
        }
    }
    return false;
}

/* How many structs further out than `in` one is at least. */
static uint32_t levels_to(struct sema *sema, struct sema_struct *in,
                          const struct sema_struct *out) {
    struct sema_struct *met[STRUCTS_MAX];
    uint32_t n = 0, first = 0, level = 0;
    if (!in) {
        return 1;
    }
    met[n++] = in;
    while (first < n) {
        for (uint32_t last = n; first < last; first++) {
            if (met[first] == out) {
                return level;
            }
            const struct sema_holders *held = sema_holders_of(sema, met[first]);
            for (uint32_t i = 0; held && i < held->at.n && n < STRUCTS_MAX; i++) {
                if (!is_among(met, n, held->at.at[i])) {
                    met[n++] = held->at.at[i];
                }
            }
        }
        level++;
    }
    return FAR;
}

/* What the body of a function sees. */
static struct view body_of(struct expander *x, struct sema_expr *call, const struct view *view) {
    struct argument *args = arena_array(x->sema->arena, call->args.n + 1, sizeof *args);
    struct view *outer = arena_alloc(x->sema->arena, sizeof *outer), body = *view;
    *outer = *view;
    for (uint32_t i = 0; i < call->args.n; i++) {
        args[i] = (struct argument){call->args.at[i], outer};
    }
    body.args = args;
    return body;
}

/* How far out the struct is that a path begins with. */
static uint32_t distance_of(struct expander *x, struct sema_expr *e, const struct view *view) {
    switch (e->kind) {
    case E_SELF:
        return view->distance + levels_to(x->sema, view->of, e->of);
    case E_ARG:
        return view->args ? distance_of(x, view->args[e->index].value, view->args[e->index].view)
                          : view->distance;
    case E_CALL: {
        struct view body = body_of(x, e, view);
        return distance_of(x, e->function->body, &body);
    }
    case E_DOLLAR:
    case E_DOLLAR_PREV:
        return view->distance - 1;
    case E_PARENT:
        return distance_of(x, e->kid[0], view) + 1;
    case E_PARAM:
        return view->distance + levels_to(x->sema, view->of, e->of) + 1;
    case E_ROOT:
        return FAR;
    default:
        return e->kid[0] ? distance_of(x, e->kid[0], view) : view->distance;
    }
}

/* nodes */

static struct sema_expr *expand(struct expander *x, struct sema_expr *e, const struct view *view);

static struct sema_expr *later(struct expander *x, enum sema_what what, struct sema_expr *of,
                               const struct view *view) {
    struct sema_expr *e = new_node(x, E_LATER, SEMA_V_INT, of);
    struct sema_quantity *quantity = arena_alloc(x->sema->arena, sizeof *quantity);
    quantity->what = what;
    e->quantity = quantity;
    e->kid[0] = plain(x, of, view);
    return e;
}

static bool is_related(const struct sema_member *m) {
    for (; m; m = m->same) {
        if (m->decl && m->decl->equals) {
            return true;
        }
    }
    return false;
}

/* A stored number, be it one written in digits. */
static struct sema_expr *stored(struct expander *x, struct sema_expr *e, uint32_t base,
                                const struct view *view) {
    struct sema_expr *number = later(x, SEMA_NUMBER, e, view);
    struct sema_quantity *quantity = number->quantity;
    struct sema_expr *of = filled(x, e, view);
    while (of->kind == E_INDEX) {
        of = of->kid[0];
    }
    quantity->base = base;
    quantity->distance = distance_of(x, e, view);
    if (of->kind == E_FIELD) {
        quantity->of = sema_member(of->member->owner, of->member->name);
        quantity->related = is_related(quantity->of);
    } else if (of->kind == E_NAMED) {
        const struct sema_named *named = sema_named(x->sema, of->name);
        for (uint32_t i = 0; i < named->members.n; i++) {
            quantity->related = quantity->related || is_related(named->members.at[i]);
        }
    }
    return number;
}

static struct sema_expr *choice(struct expander *x, struct sema_expr *condition,
                                struct sema_expr *yes, struct sema_expr *no,
                                struct sema_expr *like) {
    struct sema_expr *e = new_node(x, E_COND, SEMA_V_INT, like);
    e->kid[0] = condition;
    e->kid[1] = yes;
    e->kid[2] = no;
    return e;
}

/* names */

/* Whether the branches around a member are taken, as its struct sees them. */
static struct sema_expr *branch_holds(struct expander *x, const struct sema_branch *branch) {
    struct sema_expr *holds = branch->of->expr;
    if (branch->otherwise) {
        struct sema_expr *denied = new_node(x, E_UNARY, SEMA_V_BOOL, holds);
        denied->op = AST_OP_NOT;
        denied->kid[0] = holds;
        holds = denied;
    }
    if (!branch->outer) {
        return holds;
    }
    struct sema_expr *both = new_node(x, E_BINARY, SEMA_V_BOOL, holds);
    both->op = AST_OP_AND;
    both->kid[0] = branch_holds(x, branch->outer);
    both->kid[1] = holds;
    return both;
}

/* What sees the lets of the struct that `of` is. */
static struct view inside_of(struct expander *x, struct sema_expr *of, struct sema_struct *owner,
                             const struct view *view) {
    struct view inside = *view;
    inside.args = NULL;
    if (of->kind == E_SELF && of->of == view->of) {
        return inside;
    }
    inside.distance = distance_of(x, of, view);
    inside.frame = plain(x, of, view);
    inside.use = NULL;
    inside.of = owner;
    return inside;
}

/* A let's value; where branches have lets or fields of that name, of the one that is there. */
static struct sema_expr *expand_let(struct expander *x, struct sema_expr *e,
                                    const struct view *view) {
    struct sema_member *leader = sema_member(e->member->owner, e->member->name);
    struct view inside = inside_of(x, filled(x, e->kid[0], view), leader->owner, view);
    VEC(struct sema_member *) all = {0};
    for (struct sema_member *m = leader; m; m = m->same) {
        *vec_push(&all, x->sema->arena) = m;
    }
    struct sema_expr *value = NULL;
    for (uint32_t i = all.n; i-- > 0;) {
        struct sema_member *m = all.at[i];
        bool let = m->kind == SEMA_M_LET;
        struct sema_expr *one = let && m->next ? plain(x, e, view)
                                : let          ? expand(x, m->expr, &inside)
                                               : stored(x, e, 0, view);
        value = value && m->branch
                    ? choice(x, plain(x, branch_holds(x, m->branch), &inside), one, value, e)
                    : one;
    }
    return value;
}

static bool has_let(const struct sema_member *m) {
    for (m = sema_member(m->owner, m->name); m; m = m->same) {
        if (m->kind == SEMA_M_LET) {
            return true;
        }
    }
    return false;
}

/* The switch that a field is, where one of its arms is a value rather than stored; else NULL. */
static struct sema_decl *switch_of(const struct sema_member *m) {
    struct sema_decl *d = m->kind == SEMA_M_FIELD && !m->same ? m->decl : NULL;
    while (d && d->dims.n == 0 && d->type->kind == SEMA_ALIAS) {
        d = d->type->alias;
    }
    bool lets = false;
    for (uint32_t i = 0; d && d->dims.n == 0 && i < d->arms.n; i++) {
        lets = lets || d->arms.at[i].let;
    }
    return lets ? d : NULL;
}

static struct sema_expr *expand_switch(struct expander *x, struct sema_expr *e,
                                       struct sema_decl *decl, const struct view *view) {
    struct view inside = inside_of(x, filled(x, e->kid[0], view), e->member->owner, view);
    struct sema_expr *field = stored(x, e, 0, view), *value = field;
    for (uint32_t i = 0; i < decl->arms.n; i++) {
        const struct sema_arm *arm = &decl->arms.at[i];
        value = arm->fallback && arm->let ? expand(x, arm->let, &inside) : value;
    }
    for (uint32_t i = decl->arms.n; i-- > 0;) {
        const struct sema_arm *arm = &decl->arms.at[i];
        if (arm->fallback || !(arm->let || arm->decl)) {
            continue;
        }
        struct sema_expr *is = new_node(x, E_IN, SEMA_V_BOOL, decl->selector);
        is->kid[0] = decl->selector;
        is->kid[1] = new_node(x, E_LIST, SEMA_V_LIST, decl->selector);
        for (uint32_t k = 0; k < arm->labels.n; k++) {
            *vec_push(&is->kid[1]->args, x->sema->arena) = arm->labels.at[k];
        }
        struct sema_expr *one = arm->let ? expand(x, arm->let, &inside) : field;
        value = choice(x, plain(x, is, &inside), one, value, e);
    }
    return value;
}

static struct sema_expr *expand_field(struct expander *x, struct sema_expr *e,
                                      const struct view *view) {
    struct sema_decl *arms = switch_of(e->member);
    return has_let(e->member) ? expand_let(x, e, view)
           : arms             ? expand_switch(x, e, arms, view)
                              : stored(x, e, 0, view);
}

/* A name of what a function was given, perhaps: of that it is known what it is. */
static struct sema_expr *expand_named(struct expander *x, struct sema_expr *e,
                                      const struct view *view) {
    struct sema_expr *of = filled(x, e->kid[0], view);
    struct sema_member *m =
        of->vtype.kind == SEMA_V_STRUCT ? sema_member(of->vtype.of, e->name) : NULL;
    if (!m) {
        return stored(x, e, 0, view);
    }
    struct sema_expr *field = copy_of(x, e);
    field->kind = E_FIELD;
    field->kid[0] = of;
    field->member = m;
    field->vtype = sema_member_vtype(x->sema, m);
    return expand_field(x, field, view);
}

/* Of the loops around an argument only the index of the element that gets it is known. */
static bool may_be_seen(struct sema_expr *e) {
    bool yes = e->kind != E_DOLLAR && e->kind != E_DOLLAR_PREV;
    for (int i = 0; i < 3 && yes; i++) {
        yes = !e->kid[i] || may_be_seen(e->kid[i]);
    }
    for (uint32_t i = 0; i < e->args.n && yes; i++) {
        yes = may_be_seen(e->args.at[i]);
    }
    return yes;
}

/* A parameter is what it was given; where the struct is used in several places, in the one that it was. */
static struct sema_expr *expand_param(struct expander *x, struct sema_expr *e,
                                      const struct view *view) {
    struct sema_struct *s = e->of;
    struct sema_expr *self = new_node(x, E_SELF, SEMA_V_STRUCT, e);
    self->of = self->vtype.of = s;
    struct sema_expr *value = NULL;
    uint32_t n = 0;
    for (struct sema_decl *use = s->uses; use; use = use->next_use) {
        bool takes = use->type->kind == SEMA_STRUCT && use->args.n == s->params.n;
        if (!takes || n++ == USES_MAX) {
            return plain(x, e, view);
        }
        struct view giver = {
            .frame = plain(x, self, view), .use = use, .distance = distance_of(x, self, view) + 1};
        for (struct sema_decl *d = use; d && !giver.of; d = d->arm_of) {
            giver.of = d->owner;
        }
        struct sema_expr *arg = use->args.at[e->index];
        struct sema_expr *one = may_be_seen(arg) ? expand(x, arg, &giver) : plain(x, e, view);
        struct sema_expr *used = NULL;
        if (value) {
            used = new_node(x, E_USE, SEMA_V_BOOL, e);
            used->kid[0] = giver.frame;
            used->decl = use;
        }
        value = used ? choice(x, used, one, value, e) : one;
    }
    return value ? value : plain(x, e, view);
}

/* operators */

/* The same operator over what its operands are made of. */
static struct sema_expr *expand_kids(struct expander *x, struct sema_expr *e,
                                     const struct view *view) {
    struct sema_expr *copy = copy_of(x, e);
    for (int i = 0; i < 3; i++) {
        copy->kid[i] = e->kid[i] ? expand(x, e->kid[i], view) : NULL;
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        copy->args.at[i] = expand(x, e->args.at[i], view);
    }
    return copy;
}

static struct sema_expr *expand_binary(struct expander *x, struct sema_expr *e,
                                       const struct view *view) {
    if (e->op == AST_OP_ELSE) {
        struct sema_expr *there = new_node(x, E_PRESENT, SEMA_V_BOOL, e->kid[0]);
        there->kid[0] = plain(x, e->kid[0], view);
        return choice(x, there, expand(x, e->kid[0], view), expand(x, e->kid[1], view), e);
    }
    bool numbers = e->op >= AST_OP_SHL || (e->op >= AST_OP_BITOR && e->op <= AST_OP_BITAND);
    return numbers ? expand_kids(x, e, view) : plain(x, e, view);
}

static struct sema_expr *expand_builtin(struct expander *x, struct sema_expr *e,
                                        const struct view *view) {
    int128 base = 10;
    switch (e->builtin) {
    case BUILTIN_DIV:
        return expand_kids(x, e, view);
    case BUILTIN_INT:
        if (e->args.at[0]->vtype.kind == SEMA_V_INT && e->args.n == 1) {
            return expand(x, e->args.at[0], view);
        }
        bool digits =
            e->args.at[0]->vtype.kind == SEMA_V_TEXT && builtin_is_stored(e->args.at[0]) &&
            (e->args.n == 1 || sema_constant_int(e->args.at[1], &base)) && base >= 2 && base <= 36;
        return digits ? stored(x, e->args.at[0], (uint32_t)base, view) : plain(x, e, view);
    default:
        return plain(x, e, view);
    }
}

/* An element of an array is stored; one of a list, where the list is of elements of arrays. */
static bool is_element(struct sema_expr *e) {
    struct sema_expr *of = e->kid[0];
    return of->vtype.kind == SEMA_V_ARRAY || of->vtype.kind == SEMA_V_ANY ||
           of->vtype.kind == SEMA_V_SWITCH || of->kind == E_FILTER || of->kind == E_EACH ||
           of->kind == E_SLICE || of->kind == E_MAP;
}

static bool is_number(struct sema_expr *e) {
    enum sema_vkind kind = e->vtype.kind;
    return kind == SEMA_V_INT || kind == SEMA_V_ANY || kind == SEMA_V_SWITCH;
}

static struct sema_expr *expand_one(struct expander *x, struct sema_expr *e,
                                    const struct view *view) {
    switch (e->kind) {
    case E_CAST:
        return expand(x, e->kid[0], view);
    case E_UNARY:
        return e->op == AST_OP_NOT ? plain(x, e, view) : expand_kids(x, e, view);
    case E_BINARY:
        return expand_binary(x, e, view);
    case E_COND:
        return choice(x, plain(x, e->kid[0], view), expand(x, e->kid[1], view),
                      expand(x, e->kid[2], view), e);
    case E_FIELD:
        return expand_field(x, e, view);
    case E_NAMED:
        return expand_named(x, e, view);
    case E_DOLLAR:
    case E_DOLLAR_PREV:
        return stored(x, e, 0, view);
    case E_INDEX:
        return is_element(e) ? stored(x, e, 0, view) : plain(x, e, view);
    case E_PARAM:
        return expand_param(x, e, view);
    case E_ARG:
        return view->args ? expand(x, view->args[e->index].value, view->args[e->index].view) : e;
    case E_CALL: {
        struct view body = body_of(x, e, view);
        return expand(x, e->function->body, &body);
    }
    case E_BUILTIN:
        return expand_builtin(x, e, view);
    case E_SIZEOF:
    case E_OFFSETOF:
        return sema_is_of_cursor(e)
                   ? plain(x, e, view)
                   : later(x, e->kind == E_SIZEOF ? SEMA_SIZE : SEMA_OFFSET, e->kid[0], view);
    case E_FOLD:
        return e->fold == FOLD_COUNT && !e->kid[1] && !sema_is_of_cursor(e)
                   ? later(x, SEMA_COUNT, e->kid[0], view)
                   : plain(x, e, view);
    default:
        return plain(x, e, view);
    }
}

static struct sema_expr *expand(struct expander *x, struct sema_expr *e, const struct view *view) {
    if (x->depth == DEPTH_MAX || x->too_large) {
        x->too_large = true;
        return e;
    }
    x->depth++;
    struct sema_expr *made = e->vtype.kind == SEMA_V_STRUCT ? later(x, SEMA_ANCHOR, e, view)
                             : is_number(e)                 ? expand_one(x, e, view)
                                                            : plain(x, e, view);
    x->depth--;
    return made;
}

struct sema_expr *sema_expand(struct sema *sema, struct sema_struct *of, struct sema_expr *e) {
    struct expander x = {.sema = sema};
    struct view view = {.of = of, .distance = 1};
    struct sema_expr *made = expand(&x, e, &view);
    return x.too_large ? NULL : made;
}
