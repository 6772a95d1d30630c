#include "config.h"

#include "sema/select.h"

#include "sema/internal.h"

struct sema_select *sema_select_new(struct sema *sema, const struct sema_expr *of) {
    struct sema_select *select = arena_alloc(sema->arena, sizeof *select);
    select->of = of;
    select->element = (struct sema_dollar){.item = sema_vtype_element(&of->vtype), .loop = true};
    return select;
}

static struct sema_scope scope_of(struct sema_schema *schema, struct sema_select *select) {
    return (struct sema_scope){.schema = schema,
                               .self = schema->root,
                               .outermost = true,
                               .dollar = &select->element,
                               .element = &select->element};
}

void sema_select_where(struct sema *sema, struct sema_schema *schema, struct sema_select *select,
                       const struct ast *condition) {
    struct sema_scope scope = scope_of(schema, select);
    select->where = sema_resolve_as(sema, &scope, condition, SEMA_V_BOOL, "a condition");
}

void sema_select_column(struct sema *sema, struct sema_schema *schema, struct sema_select *select,
                        const struct ast *column, const char *name) {
    struct sema_scope scope = scope_of(schema, select);
    *vec_push(&select->columns, sema->arena) = sema_resolve(sema, &scope, column);
    *vec_push(&select->names, sema->arena) = name;
}

/* aggregates */

void sema_select_key(struct sema *sema, struct sema_schema *schema, struct sema_select *select,
                     const struct ast *key, const char *name) {
    sema_select_column(sema, schema, select, key, name);
    const struct sema_vtype *v = &select->columns.at[0]->vtype;
    select->grouped = true;
    if (v->kind == SEMA_V_STRUCT || v->kind == SEMA_V_ARRAY || v->kind == SEMA_V_LIST) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, key->span,
                    "rows are grouped by a single value, not by %s", sema_vtype_text(sema, v));
    }
}

static const char *const aggregate_texts[] = {"count", "sum", "min", "max", "avg"};
#define AGGREGATES (sizeof aggregate_texts / sizeof *aggregate_texts)

/* Which of them a node is; AGGREGATES: none, which is reported. */
static size_t aggregate_kind(struct sema *sema, const struct ast *node) {
    bool called = node->kind == AST_CALL;
    size_t kind = 0;
    while (kind < AGGREGATES && (!(called || node->kind == AST_NAME) ||
                                 node->name != intern_text(sema->intern, aggregate_texts[kind]))) {
        kind++;
    }
    const struct ast *arg = called ? node->kid[0] : NULL;
    bool alone = kind == SEMA_A_COUNT && !called;
    if (kind < AGGREGATES && (alone || (arg && !arg->next))) {
        return kind;
    }
    struct diag *d = diag_report(sema->diags, DIAG_UNKNOWN_FUNCTION, node->span,
                                 "this is no aggregate: they are count, count(x), sum(x), min(x), "
                                 "max(x) and avg(x)");
    if (kind == AGGREGATES && (called || node->kind == AST_NAME)) {
        diag_suggest(sema->diags, d, node->name, aggregate_texts, AGGREGATES);
    }
    return AGGREGATES;
}

void sema_select_aggregate(struct sema *sema, struct sema_schema *schema,
                           struct sema_select *select, const struct ast *node, const char *name) {
    size_t kind = aggregate_kind(sema, node);
    *vec_push(&select->names, sema->arena) = name;
    struct sema_aggregate made = {(enum sema_aggregate_kind)kind, SEMA_NO_COLUMN};
    if (kind < AGGREGATES && node->kind == AST_CALL) {
        struct sema_scope scope = scope_of(schema, select);
        struct sema_expr *of = sema_resolve(sema, &scope, node->kid[0]);
        if (kind != SEMA_A_COUNT && of->vtype.kind != SEMA_V_FLOAT) {
            of = sema_want(sema, of, SEMA_V_INT, "what is gathered");
        }
        made.column = select->columns.n;
        *vec_push(&select->columns, sema->arena) = of;
    }
    *vec_push(&select->aggregates, sema->arena) = made;
}

/* fields */

struct sema_expr *sema_element_member(struct sema *sema, struct sema_dollar *element,
                                      const char *name, struct span span) {
    const struct sema_vtype *item = &element->item;
    struct sema_member *m = item->kind == SEMA_V_STRUCT ? sema_member(item->of, name) : NULL;
    if (!m) {
        return NULL;
    }
    element->asked = true;
    struct sema_expr *e = sema_expr_new(sema, E_DOLLAR, span, *item);
    e->dollar = element;
    return sema_field_of(sema, e, m, span);
}

static bool is_single(const struct sema_vtype *v) {
    return v->kind == SEMA_V_BOOL || v->kind == SEMA_V_INT || v->kind == SEMA_V_FLOAT ||
           v->kind == SEMA_V_TEXT;
}

void sema_select_fields(struct sema *sema, struct sema_select *select) {
    struct sema_dollar *element = &select->element;
    struct span span = select->of->span;
    if (element->item.kind != SEMA_V_STRUCT) {
        struct sema_expr *e = sema_expr_new(sema, E_DOLLAR, span, element->item);
        e->dollar = element;
        *vec_push(&select->columns, sema->arena) = e;
        *vec_push(&select->names, sema->arena) = "value";
        return;
    }
    const struct sema_struct *of = element->item.of;
    for (uint32_t i = 0; i < of->flat.n; i++) {
        struct sema_member *m = of->flat.at[i];
        struct sema_vtype v = sema_member_vtype(sema, m);
        if (sema_member(of, m->name) == m && is_single(&v)) {
            *vec_push(&select->columns, sema->arena) =
                sema_element_member(sema, element, m->name, span);
            *vec_push(&select->names, sema->arena) = m->name;
        }
    }
}
