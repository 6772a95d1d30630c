#include "config.h"

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
    return param->kind == SEMA_V_ANY || sema_vtype_is(value, param->kind) ||
           (run && (value->kind == SEMA_V_TEXT || value->kind == SEMA_V_BYTES)) ||
           (param->kind == SEMA_V_FLOAT && value->kind == SEMA_V_INT);
}

/* The enum whose members stand for themselves where a parameter is given. */
static const struct sema_enum *enum_of(const struct sema_vtype *param) {
    const struct sema_vtype *v = param->kind == SEMA_V_ANY && param->elem ? param->elem : param;
    return v->kind == SEMA_V_INT ? v->names : NULL;
}

struct sema_expr *sema_give(struct sema *sema, const struct sema_scope *scope,
                            const struct sema_struct *of, uint32_t i, const struct ast *node) {
    const struct sema_param *param = &of->params.at[i];
    struct sema_scope inner = *scope;
    inner.wanted = enum_of(&param->vtype);
    struct sema_expr *e = sema_resolve(sema, &inner, node);
    if (!is_given_as(&e->vtype, &param->vtype)) {
        struct diag *d =
            diag_report(sema->diags, DIAG_TYPE_MISMATCH, e->span,
                        "parameter '%s' of '%s' is %s, not %s", param->name, of->name,
                        sema_vtype_text(sema, &param->vtype), sema_vtype_text(sema, &e->vtype));
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
