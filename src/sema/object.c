#include "config.h"

#include "sema/script_internal.h"

/* Values that are written to be stored: whether they fit, and structs and arrays in braces. */

/* The numbers of a type, where that is known; false where it is not. */
static bool range_of(const struct sema_decl *decl, uint32_t level, int128 *low, int128 *high) {
    while (level >= decl->dims.n && decl->type->kind == SEMA_ALIAS) {
        decl = decl->type->alias;
        level = 0;
    }
    const struct sema_type *type = decl->type;
    int128 bits = type->bits;
    bool known = !decl->packed || (decl->bits && sema_constant_int(decl->bits, &bits));
    if ((type->kind != SEMA_UINT && type->kind != SEMA_INT) || !known || bits < 1 || bits > 127) {
        return false;
    }
    bool is_signed = type->kind == SEMA_INT;
    *high = (int128)(((uint128)1 << (unsigned)(bits - is_signed)) - 1);
    *low = is_signed ? -*high - 1 : 0;
    return true;
}

static void check_range(struct sema *sema, const struct sema_vtype *of,
                        const struct sema_expr *value) {
    int128 low, high;
    if (value->kind != E_INT || !of->decl || !range_of(of->decl, of->level, &low, &high) ||
        (value->integer >= low && value->integer <= high)) {
        return;
    }
    char text[3][INT128_TEXT_MAX];
    int128_text(value->integer, text[0]);
    int128_text(low, text[1]);
    int128_text(high, text[2]);
    diag_report(sema->diags, DIAG_CONSTANT_RANGE, value->span, "%s does not fit: %s to %s do",
                text[0], text[1], text[2]);
}

static bool fits(const struct sema_vtype *of, const struct sema_vtype *v) {
    bool run = v->kind == SEMA_V_TEXT || v->kind == SEMA_V_BYTES;
    switch (of->kind) {
    case SEMA_V_FLOAT:
        return sema_vtype_is(v, SEMA_V_FLOAT) || v->kind == SEMA_V_INT;
    case SEMA_V_TEXT:
    case SEMA_V_BYTES:
        return run || sema_vtype_is(v, of->kind);
    case SEMA_V_ANY:
    case SEMA_V_SWITCH:
    case SEMA_V_NOTHING:
        return true;
    case SEMA_V_BOOL:
    case SEMA_V_INT:
    case SEMA_V_STRUCT:
    case SEMA_V_ARRAY:
    case SEMA_V_LIST:
        break;
    }
    return sema_vtype_is(v, of->kind);
}

void script_check_value(struct sema *sema, const struct sema_vtype *of,
                        const struct sema_expr *value, const char *what) {
    const struct sema_vtype *v = &value->vtype;
    if (!fits(of, v)) {
        struct diag *d =
            diag_report(sema->diags, DIAG_TYPE_MISMATCH, value->span, "%s is %s, not %s", what,
                        sema_vtype_text(sema, of), sema_vtype_text(sema, v));
        if (of->kind == SEMA_V_INT && v->kind == SEMA_V_FLOAT) {
            diag_note(sema->diags, d, span_none(), "'int(x)' is x without its fraction");
        } else if (of->kind == SEMA_V_INT && of->names && v->kind == SEMA_V_TEXT) {
            diag_note(sema->diags, d, span_none(), "a member of '%s' is written without quotes",
                      of->names->name);
        }
        return;
    }
    if (of->kind == SEMA_V_INT && of->names && v->names && of->names != v->names) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, value->span,
                    "%s is a value of '%s', not of '%s'", what, of->names->name, v->names->name);
        return;
    }
    check_range(sema, of, value);
}

/* The struct that an object of a switch is: the only arm that has all of its names; NULL: not known. */
static struct sema_struct *arm_for(struct sema *sema, const struct sema_decl *decl,
                                   const struct ast *node) {
    struct sema_struct *found = NULL;
    for (uint32_t i = 0; i < decl->arms.n; i++) {
        struct sema_decl *arm = decl->arms.at[i].decl;
        struct sema_vtype v = arm ? sema_vtype_of(arm, 0) : sema_vtype_simple(SEMA_V_NOTHING);
        bool all = v.kind == SEMA_V_STRUCT;
        for (const struct ast *f = node->kid[0]; f && all; f = f->next) {
            all = sema_member(v.of, f->name) != NULL;
        }
        if (all && found && found != v.of) {
            return NULL;
        }
        found = all ? v.of : found;
    }
    (void)sema;
    return found;
}

static void check_twice(struct sema *sema, const struct ast *node, const struct ast *field) {
    for (const struct ast *f = node->kid[0]; f != field; f = f->next) {
        if (f->name == field->name) {
            struct diag *d = diag_report(sema->diags, DIAG_DUPLICATE, field->name_span,
                                         "'%s' is given twice", field->name);
            diag_note(sema->diags, d, f->name_span, "it is given here");
            return;
        }
    }
}

/* What the field of that name is; of: the struct, or NULL where that is not known. */
static struct sema_vtype field_type(struct sema *sema, struct sema_struct *of,
                                    const struct ast *field) {
    struct sema_member *m = of ? sema_member(of, field->name) : NULL;
    if (of && !m) {
        struct diag *d =
            diag_report(sema->diags, DIAG_UNKNOWN_MEMBER, field->name_span,
                        "struct '%s' has no field '%s'", of->name ? of->name : "here", field->name);
        sema_suggest_members(sema, d, of, field->name);
    } else if (m && m->kind == SEMA_M_LET) {
        struct diag *d = diag_report(sema->diags, DIAG_TARGET, field->name_span,
                                     "'%s' is computed: it is not stored", field->name);
        diag_note(sema->diags, d, m->ast->name_span, "it is declared here");
    }
    return m ? sema_member_vtype(sema, m) : sema_vtype_simple(SEMA_V_ANY);
}

static struct sema_expr *resolve_object(struct sema *sema, const struct sema_scope *scope,
                                        const struct ast *node, const struct sema_vtype *of) {
    struct sema_struct *s = of->kind == SEMA_V_STRUCT   ? of->of
                            : of->kind == SEMA_V_SWITCH ? arm_for(sema, of->decl, node)
                                                        : NULL;
    bool unknown = of->kind == SEMA_V_ANY || of->kind == SEMA_V_SWITCH;
    if (!s && !unknown) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, node->span,
                    "this is a struct's value, wanted %s", sema_vtype_text(sema, of));
        return sema_wrong(sema, node->span);
    }
    struct sema_vtype v = sema_vtype_simple(s ? SEMA_V_STRUCT : SEMA_V_ANY);
    v.of = s;
    struct sema_expr *e = sema_expr_new(sema, E_OBJECT, node->span, v);
    for (const struct ast *f = node->kid[0]; f; f = f->next) {
        struct sema_vtype wanted = field_type(sema, s, f);
        check_twice(sema, node, f);
        struct sema_expr *value = script_resolve_made(sema, scope, f->kid[0], &wanted);
        struct sema_expr *field = sema_expr_new(sema, E_OBJECT_FIELD, f->span, value->vtype);
        field->name = f->name;
        field->kid[0] = value;
        *vec_push(&e->args, sema->arena) = field;
    }
    return e;
}

static struct sema_expr *resolve_elements(struct sema *sema, const struct sema_scope *scope,
                                          const struct ast *node,
                                          const struct sema_vtype *element) {
    struct sema_vtype v = sema_vtype_simple(SEMA_V_LIST);
    struct sema_vtype *elem = arena_alloc(sema->arena, sizeof *elem);
    *elem = *element;
    v.elem = elem;
    struct sema_expr *e = sema_expr_new(sema, E_LIST, node->span, v);
    for (const struct ast *item = node->kid[0]; item; item = item->next) {
        *vec_push(&e->args, sema->arena) = script_resolve_made(sema, scope, item, element);
    }
    return e;
}

struct sema_expr *script_resolve_made(struct sema *sema, const struct sema_scope *scope,
                                      const struct ast *node, const struct sema_vtype *of) {
    if (node->kind == AST_OBJECT) {
        return resolve_object(sema, scope, node, of);
    }
    if (node->kind == AST_LIST) {
        struct sema_vtype element = sema_vtype_element(of);
        return resolve_elements(sema, scope, node, of->kind == SEMA_V_ARRAY ? &element : of);
    }
    struct sema_scope inner = *scope;
    inner.wanted = of;
    struct sema_expr *e = sema_resolve(sema, &inner, node);
    script_check_value(sema, of, e, "it");
    return e;
}
