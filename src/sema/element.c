#include "config.h"

#include "sema/internal.h"

/* What stands in brackets behind an array, a list, text or bytes: an index, a slice, a filter, all of it. */

/* So many brackets within each other are tried as filters; each may double the work. */
#define INDEX_TRIES 6u

static struct sema_vtype *elem_of(struct sema *sema, const struct sema_vtype *v) {
    struct sema_vtype *elem = arena_alloc(sema->arena, sizeof *elem);
    *elem = sema_vtype_element(v);
    return elem;
}

static struct sema_expr *slice(struct sema *sema, const struct sema_scope *scope,
                               const struct ast *node, struct sema_expr *of,
                               struct sema_vtype *elem) {
    struct sema_vtype v = sema_vtype_simple(SEMA_V_LIST);
    if (of->vtype.kind == SEMA_V_TEXT || of->vtype.kind == SEMA_V_BYTES) {
        v = sema_vtype_simple(SEMA_V_BYTES);
    }
    v.elem = elem;
    struct sema_expr *e = sema_expr_new(sema, E_SLICE, node->span, v);
    e->kid[0] = of;
    e->kid[1] = sema_resolve_as(sema, scope, node->kid[1]->kid[0], SEMA_V_INT, "a slice's start");
    e->kid[2] = sema_resolve_as(sema, scope, node->kid[1]->kid[1], SEMA_V_INT, "a slice's end");
    return e;
}

/* Whether it is a condition whatever its names mean. */
static bool is_condition(const struct ast *node) {
    while (node->kind == AST_PAREN) {
        node = node->kid[0];
    }
    switch (node->op) {
    case AST_OP_NOT:
        return node->kind == AST_UNARY;
    case AST_OP_LT:
    case AST_OP_GT:
    case AST_OP_LE:
    case AST_OP_GE:
    case AST_OP_EQ:
    case AST_OP_NE:
    case AST_OP_AND:
    case AST_OP_OR:
        return node->kind == AST_BINARY;
    }
    return node->kind == AST_IN || node->kind == AST_BOOL;
}

static struct sema_expr *filter(struct sema *sema, const struct ast *node, struct sema_expr *of,
                                struct sema_expr *condition, struct sema_dollar *dollar) {
    struct sema_vtype v = sema_vtype_simple(SEMA_V_LIST);
    v.elem = &dollar->item;
    struct sema_expr *e = sema_expr_new(sema, E_FILTER, node->span, v);
    e->kid[0] = of;
    e->kid[1] = sema_want(sema, condition, SEMA_V_BOOL, "a filter's condition");
    e->dollar = dollar;
    return e;
}

/* A condition makes a filter, in which "$" is the element; a number an index, in which "$" keeps its meaning. Where the
 * form does not tell, the type does: it is resolved as a filter's, and once more as an index if it is none and asked for
 * an element. Within INDEX_TRIES brackets it is an index. */
static struct sema_expr *index_or_filter(struct sema *sema, const struct sema_scope *scope,
                                         const struct ast *node, struct sema_expr *of,
                                         const struct sema_vtype *elem) {
    struct sema_dollar *dollar = arena_alloc(sema->arena, sizeof *dollar);
    *dollar = (struct sema_dollar){.outer = scope->dollar, .item = *elem, .loop = true};
    struct sema_scope inner = *scope;
    inner.brackets++;
    struct sema_expr *index = NULL;
    bool sure = is_condition(node->kid[1]);
    if (sure || scope->brackets < INDEX_TRIES) {
        const struct diag *before = sema->diags->last;
        inner.dollar = dollar;
        index = sema_resolve(sema, &inner, node->kid[1]);
        if (sure || index->vtype.kind == SEMA_V_BOOL || (dollar->asked && !scope->dollar)) {
            return filter(sema, node, of, index, dollar);
        }
        if (dollar->asked) {
            diags_take_back(sema->diags, before, node->kid[1]->span);
            index = NULL;
        }
    }
    inner.dollar = scope->dollar;
    struct sema_expr *e = sema_expr_new(sema, E_INDEX, node->span, *elem);
    e->kid[0] = of;
    e->kid[1] = sema_want(sema, index ? index : sema_resolve(sema, &inner, node->kid[1]),
                          SEMA_V_INT, "an index");
    return e;
}

struct sema_expr *sema_resolve_index(struct sema *sema, const struct sema_scope *scope,
                                     const struct ast *node) {
    struct sema_scope inner = *scope;
    inner.wanted = NULL;
    struct sema_expr *of = sema_resolve(sema, &inner, node->kid[0]);
    struct sema_vtype *elem = elem_of(sema, &of->vtype);
    if (of->vtype.kind == SEMA_V_STRUCT || of->vtype.kind == SEMA_V_BOOL ||
        of->vtype.kind == SEMA_V_INT || of->vtype.kind == SEMA_V_FLOAT) {
        diag_report(sema->diags, DIAG_NOT_AN_ARRAY, node->span, "%s has no elements",
                    sema_vtype_text(sema, &of->vtype));
        return sema_wrong(sema, node->span);
    }
    return node->kid[1]->kind == AST_RANGE ? slice(sema, &inner, node, of, elem)
                                           : index_or_filter(sema, &inner, node, of, elem);
}

struct sema_expr *sema_resolve_each(struct sema *sema, const struct sema_scope *scope,
                                    const struct ast *node) {
    struct sema_scope inner = *scope;
    inner.wanted = NULL;
    struct sema_expr *of = sema_resolve(sema, &inner, node->kid[0]);
    if (of->vtype.kind != SEMA_V_ARRAY && of->vtype.kind != SEMA_V_LIST &&
        of->vtype.kind != SEMA_V_ANY && of->vtype.kind != SEMA_V_SWITCH) {
        diag_report(sema->diags, DIAG_NOT_AN_ARRAY, node->span, "%s has no elements",
                    sema_vtype_text(sema, &of->vtype));
        return sema_wrong(sema, node->span);
    }
    struct sema_vtype v = sema_vtype_simple(SEMA_V_LIST);
    struct sema_vtype *elem = elem_of(sema, &of->vtype);
    if (of->vtype.kind == SEMA_V_LIST) { /* flattens */
        elem = elem_of(sema, elem);
    }
    v.elem = elem;
    struct sema_expr *e = sema_expr_new(sema, E_EACH, node->span, v);
    e->kid[0] = of;
    return e;
}
