#include "config.h"

#include "base/utf8.h"
#include "sema/builtins.h"
#include "sema/internal.h"

/* What is given for the parameters of a struct. */

bool sema_takes(struct sema *sema, const struct sema_struct *of, const struct ast *args,
                struct span span) {
    uint32_t n = 0;
    for (const struct ast *a = args; a; a = a->next) {
        n++;
    }
    if (n == of->params.n) {
        return true;
    }
    struct diag *d =
        diag_report(sema->diags, DIAG_ARGUMENTS, span, "struct '%s' takes %u argument%s, got %u",
                    of->name, of->params.n, of->params.n == 1 ? "" : "s", n);
    diag_note(sema->diags, d, of->name_span, "it is declared here");
    return false;
}

/* Whether a value may be given for a parameter. */
static bool is_given_as(const struct sema_vtype *value, const struct sema_vtype *param) {
    bool run = param->kind == SEMA_V_TEXT || param->kind == SEMA_V_BYTES;
    if (param->kind == SEMA_V_ANY && param->elem) { /* many of that */
        return value->kind != SEMA_V_INT && value->kind != SEMA_V_BOOL &&
               value->kind != SEMA_V_FLOAT && value->kind != SEMA_V_STRUCT;
    }
    return param->kind == SEMA_V_ANY || sema_vtype_is(value, param->kind) ||
           (run && (value->kind == SEMA_V_TEXT || value->kind == SEMA_V_BYTES)) ||
           (param->kind == SEMA_V_FLOAT && value->kind == SEMA_V_INT);
}

/* What the values of an argument are: of an array, its elements. */
static const struct sema_vtype *value_of(const struct sema_param *param) {
    const struct sema_vtype *v = &param->vtype;
    return v->kind == SEMA_V_ANY && v->elem ? v->elem : v;
}

const struct sema_enum *sema_param_enum(const struct sema_param *param) {
    const struct sema_vtype *v = value_of(param);
    return v->kind == SEMA_V_INT ? v->names : NULL;
}

const char *sema_param_text(struct sema *sema, const struct sema_param *param) {
    return param->vtype.kind == SEMA_V_ANY && param->vtype.elem
               ? "an array"
               : sema_vtype_text(sema, &param->vtype);
}

struct sema_expr *sema_give(struct sema *sema, const struct sema_scope *scope,
                            const struct sema_struct *of, uint32_t i, const struct ast *node) {
    const struct sema_param *param = &of->params.at[i];
    struct sema_scope inner = *scope;
    inner.wanted = value_of(param); /* its members stand for themselves */
    struct sema_expr *e = sema_resolve(sema, &inner, node);
    if (!is_given_as(&e->vtype, &param->vtype)) {
        struct diag *d = diag_report(
            sema->diags, DIAG_TYPE_MISMATCH, e->span, "parameter '%s' of '%s' is %s, not %s",
            param->name, of->name, sema_param_text(sema, param), sema_vtype_text(sema, &e->vtype));
        diag_note(sema->diags, d, param->span, "it is declared here");
    }
    if (param->vtype.kind == SEMA_V_FLOAT && e->vtype.kind == SEMA_V_INT) {
        struct sema_expr *real =
            sema_expr_new(sema, E_BUILTIN, e->span, sema_vtype_simple(SEMA_V_FLOAT));
        real->builtin = BUILTIN_DOUBLE;
        *vec_push(&real->args, sema->arena) = e;
        return real;
    }
    return e;
}

/* Whether it is the same whatever is decoded. */
static bool is_constant(const struct sema_expr *e) {
    bool each = e->kind == E_LIST || (e->kind == E_BUILTIN && e->builtin == BUILTIN_DOUBLE);
    for (uint32_t i = 0; i < e->args.n && each; i++) {
        each = is_constant(e->args.at[i]);
    }
    if (e->kind == E_RANGE) {
        return is_constant(e->kid[0]) && is_constant(e->kid[1]);
    }
    return each || sema_is_constant(e) || e->kind == E_FLOAT;
}

struct sema_expr *sema_give_constant(struct sema *sema, struct sema_schema *schema, uint32_t i,
                                     const struct ast *node) {
    struct sema_scope scope = {.schema = schema};
    struct sema_expr *e = sema_give(sema, &scope, schema->root, i, node);
    return is_constant(e) ? e : NULL;
}

struct sema_expr *sema_constant(struct sema *sema, struct sema_schema *schema,
                                const struct ast *node) {
    struct sema_scope scope = {.schema = schema};
    struct sema_expr *e = sema_resolve(sema, &scope, node);
    return is_constant(e) ? e : NULL;
}

struct sema_expr *sema_give_text(struct sema *sema, struct bytes text) {
    struct sema_expr *e = sema_expr_new(sema, E_TEXT, span_none(), sema_vtype_simple(SEMA_V_TEXT));
    e->text = text;
    e->flag = !utf8_valid(text);
    return e;
}

struct sema_expr *sema_give_nothing(struct sema *sema) {
    return sema_wrong(sema, span_none());
}
