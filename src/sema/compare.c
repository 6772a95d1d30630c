#include "config.h"

#include "sema/internal.h"

/* Comparisons: what may stand on their sides. */

static bool is_unknown(enum sema_vkind kind) {
    return kind == SEMA_V_ANY || kind == SEMA_V_SWITCH || kind == SEMA_V_NOTHING;
}

static bool is_literal(const struct sema_expr *e) {
    return e->kind == E_TEXT || (e->kind == E_LIST && e->args.n && e->args.at[0]->kind == E_TEXT);
}

/* Text against bytes and arrays against arrays compare by their stored bytes, lists by their elements, those of numbers
 * with bytes, too. */
static bool comparable(const struct sema_expr *a, const struct sema_expr *b) {
    struct sema_vtype v = a->vtype, w = b->vtype;
    if (is_unknown(v.kind) || is_unknown(w.kind)) {
        return true;
    }
    bool list = v.kind == SEMA_V_LIST || w.kind == SEMA_V_LIST;
    if (list && (v.kind == SEMA_V_BYTES || w.kind == SEMA_V_BYTES)) { /* the numbers of each byte */
        v = sema_vtype_element(v.kind == SEMA_V_LIST ? &v : &w);
        return v.kind == SEMA_V_INT || is_unknown(v.kind);
    }
    if (list) {
        if ((v.kind != SEMA_V_LIST && v.kind != SEMA_V_ARRAY) ||
            (w.kind != SEMA_V_LIST && w.kind != SEMA_V_ARRAY)) {
            return false;
        }
        v = sema_vtype_element(&v);
        w = sema_vtype_element(&w);
        if (is_unknown(v.kind) || is_unknown(w.kind)) {
            return true;
        }
    }
    enum sema_vkind x = v.kind, y = w.kind;
    if ((x == SEMA_V_INT || x == SEMA_V_FLOAT) && (y == SEMA_V_INT || y == SEMA_V_FLOAT)) {
        return true;
    }
    if ((x == SEMA_V_TEXT && y == SEMA_V_BYTES) || (x == SEMA_V_BYTES && y == SEMA_V_TEXT)) {
        return is_literal(a) || is_literal(b);
    }
    return x == y && x != SEMA_V_LIST && (!list || (x != SEMA_V_STRUCT && x != SEMA_V_ARRAY));
}

static bool is_written(const struct ast *node) {
    while (node->kind == AST_PAREN) {
        node = node->kid[0];
    }
    return node->kind == AST_STRING || node->kind == AST_INT;
}

/* Both sides of a comparison; a bare enumerator takes its enum from the other side, a literal the display form. */
static void resolve_sides(struct sema *sema, const struct sema_scope *scope, const struct ast *node,
                          struct sema_expr **left, struct sema_expr **right) {
    struct sema_scope inner = *scope;
    inner.wanted = NULL;
    bool turned = sema_is_bare_name(sema, &inner, node->kid[0]) || is_written(node->kid[0]);
    struct sema_expr **first = turned ? right : left, **second = turned ? left : right;
    *first = sema_resolve(sema, &inner, node->kid[turned]);
    struct sema_vtype v = (*first)->vtype;
    v = v.kind == SEMA_V_LIST || v.kind == SEMA_V_ARRAY ? sema_vtype_element(&v) : v;
    inner.wanted = &v;
    *second = sema_resolve(sema, &inner, node->kid[!turned]);
    *first = sema_beside_written(sema, *first, *second);
}

struct sema_expr *sema_resolve_compare(struct sema *sema, const struct sema_scope *scope,
                                       const struct ast *node) {
    struct sema_expr *a, *b;
    resolve_sides(sema, scope, node, &a, &b);
    bool equality = node->op == AST_OP_EQ || node->op == AST_OP_NE;
    bool fits = comparable(a, b);
    if (!equality && (a->vtype.kind == SEMA_V_BOOL || b->vtype.kind == SEMA_V_BOOL ||
                      a->vtype.kind == SEMA_V_STRUCT || a->vtype.kind == SEMA_V_ARRAY ||
                      a->vtype.kind == SEMA_V_LIST || b->vtype.kind == SEMA_V_LIST)) {
        fits = false;
    }
    if (!fits) {
        struct diag *d =
            diag_report(sema->diags, DIAG_TYPE_MISMATCH, node->span,
                        "'%s' can't compare %s with %s", ast_op_text(node->op),
                        sema_vtype_text(sema, &a->vtype), sema_vtype_text(sema, &b->vtype));
        if ((a->vtype.kind == SEMA_V_TEXT && b->vtype.kind == SEMA_V_BYTES) ||
            (a->vtype.kind == SEMA_V_BYTES && b->vtype.kind == SEMA_V_TEXT)) {
            diag_note(sema->diags, d, span_none(),
                      "write 'bytes(…)' around the text to compare what is stored");
        }
        if ((a->vtype.kind == SEMA_V_BOOL) != (b->vtype.kind == SEMA_V_BOOL)) {
            diag_note(sema->diags, d, span_none(),
                      "a bool is true or false; alone it asks whether it is true, with '!' whether "
                      "it is false");
        }
        if (equality && a->vtype.kind == SEMA_V_LIST && b->vtype.kind == SEMA_V_LIST) {
            struct sema_vtype x = sema_vtype_element(&a->vtype), y = sema_vtype_element(&b->vtype);
            diag_note(sema->diags, d, span_none(),
                      "each element is %s on the left, %s on the right", sema_vtype_text(sema, &x),
                      sema_vtype_text(sema, &y));
        }
        return sema_wrong(sema, node->span);
    }
    struct sema_expr *e = sema_expr_new(sema, E_BINARY, node->span, sema_vtype_simple(SEMA_V_BOOL));
    e->op = node->op;
    e->kid[0] = a;
    e->kid[1] = b;
    return e;
}

void sema_check_among(struct sema *sema, const struct sema_vtype *value,
                      const struct sema_expr *set) {
    const struct sema_expr one = {.kind = E_DOLLAR, .vtype = *value},
                           number = {.vtype = {.kind = SEMA_V_INT}};
    uint32_t n = set->kind == E_LIST ? set->args.n : set->kind == E_RANGE;
    for (uint32_t i = 0; i < n; i++) {
        const struct sema_expr *item = set->kind == E_LIST ? set->args.at[i] : set;
        if (!comparable(&one, item->kind == E_RANGE ? &number : item)) {
            diag_report(sema->diags, DIAG_TYPE_MISMATCH, item->span,
                        "'in' can't compare %s with %s", sema_vtype_text(sema, value),
                        item->kind == E_RANGE ? "a range of numbers"
                                              : sema_vtype_text(sema, &item->vtype));
            return;
        }
    }
}
