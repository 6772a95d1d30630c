#include "config.h"

#include "sema/internal.h"

#include <string.h>

struct sema_expr *sema_expr_new(struct sema *sema, enum sema_ekind kind, struct span span,
                                struct sema_vtype vtype) {
    struct sema_expr *e = arena_alloc(sema->arena, sizeof *e);
    e->kind = kind;
    e->span = span;
    e->vtype = vtype;
    return e;
}

struct sema_expr *sema_wrong(struct sema *sema, struct span span) {
    return sema_expr_new(sema, E_ABSENT, span, sema_vtype_simple(SEMA_V_ANY));
}

static struct sema_expr *new_int(struct sema *sema, struct span span, int128 value,
                                 const struct sema_enum *names) {
    struct sema_vtype v = sema_vtype_simple(SEMA_V_INT);
    v.names = names;
    struct sema_expr *e = sema_expr_new(sema, E_INT, span, v);
    e->integer = value;
    return e;
}

struct sema_vtype sema_member_vtype(struct sema *sema, struct sema_member *m) {
    struct sema_vtype v = {0};
    for (struct sema_member *at = m; at; at = at->same) {
        struct sema_vtype one;
        if (at->kind == SEMA_M_LET) {
            sema_resolve_let(sema, at);
            one = at->vtype;
        } else {
            one = sema_vtype_of(at->decl, 0);
        }
        if (at == m) {
            v = one;
        } else if (v.kind != one.kind || v.of != one.of || v.names != one.names ||
                   v.kind == SEMA_V_ARRAY) {
            v = sema_vtype_simple(SEMA_V_ANY);
        }
    }
    return v;
}

struct sema_expr *sema_field_of(struct sema *sema, struct sema_expr *of, struct sema_member *m,
                                struct span span) {
    m->captured = true;
    struct sema_expr *e = sema_expr_new(sema, E_FIELD, span, sema_member_vtype(sema, m));
    e->kid[0] = of;
    e->member = m;
    e->name = m->name;
    return e;
}

static struct sema_expr *self_of(struct sema *sema, struct sema_struct *of, struct span span) {
    struct sema_vtype v = sema_vtype_simple(SEMA_V_STRUCT);
    v.of = of;
    struct sema_expr *e = sema_expr_new(sema, E_SELF, span, v);
    e->of = of;
    return e;
}

/* The most numbers that a range stands for in a list that is no set. */
#define LISTED_MAX 1024

static bool is_listable(const struct sema_expr *range) {
    int128 low, high;
    return sema_constant_int(range->kid[0], &low) && sema_constant_int(range->kid[1], &high) &&
           high - low < LISTED_MAX;
}

/* A set may be asked whether a number is in it; a list has elements. */
static void check_listed(struct sema *sema, const struct sema_expr *list, struct span span) {
    for (uint32_t i = 0; i < list->args.n; i++) {
        const struct sema_expr *item = list->args.at[i];
        if (item->kind == E_RANGE && !is_listable(item)) {
            struct diag *d =
                diag_report(sema->diags, DIAG_CONSTANT_RANGE, span,
                            "a list has ranges of at most %d constant numbers", LISTED_MAX);
            diag_note(sema->diags, d, item->span, "any other range can only stand behind 'in'");
            return;
        }
    }
}

/* What a script's name always is, as what is wanted: a text that is given is a member of an enum where one is. */
static struct sema_expr *constant_local(struct sema *sema, const struct sema_scope *scope,
                                        const struct sema_local *local, struct span span) {
    const struct sema_vtype *wanted = scope->wanted;
    bool text =
        local->text && wanted && (wanted->kind == SEMA_V_TEXT || wanted->kind == SEMA_V_BYTES);
    const struct sema_enum *names = local->text ? sema_wanted_names(scope) : NULL;
    const struct sema_enumerator *item = NULL;
    for (uint32_t i = 0; names && i < names->items.n && !item; i++) {
        bool same = bytes_equal(bytes_text(names->items.at[i].name), local->text->text);
        item = same ? &names->items.at[i] : NULL;
    }
    if (item) {
        return new_int(sema, span, item->value, names);
    }
    struct sema_expr *e = arena_alloc(sema->arena, sizeof *e);
    *e = text ? *local->text : *local->constant;
    e->span = span;
    return e;
}

/* A name that a script declares, or is given. */
static struct sema_expr *lookup_local(struct sema *sema, const struct sema_scope *scope,
                                      const char *name, struct span span) {
    const struct sema_local *l = scope->locals;
    while (l && l->name != name) {
        l = l->outer;
    }
    if (!l) {
        return NULL;
    }
    if (l->used) {
        *l->used = true;
    }
    if (l->constant) {
        return constant_local(sema, scope, l, span);
    }
    struct sema_expr *e = sema_expr_new(sema, l->dollar ? E_DOLLAR : E_LOCAL, span, l->vtype);
    e->dollar = l->dollar;
    e->index = l->index;
    e->name = l->name;
    return e;
}

/* A name as a value: NULL when nothing here has it. */
static struct sema_expr *lookup(struct sema *sema, const struct sema_scope *scope, const char *name,
                                struct span span) {
    const struct sema_enum *wanted = sema_wanted_names(scope);
    const struct sema_enumerator *item = sema_enumerator(wanted, name);
    if (item) {
        return new_int(sema, span, item->value, wanted);
    }
    for (uint32_t i = 0; scope->function && i < scope->function->params.n; i++) {
        if (scope->function->params.at[i] == name) {
            struct sema_expr *e = sema_expr_new(sema, E_ARG, span, sema_vtype_simple(SEMA_V_ANY));
            e->index = i;
            return e;
        }
    }
    struct sema_expr *local = lookup_local(sema, scope, name, span);
    if (local) {
        return local;
    }
    struct sema_expr *field =
        scope->element ? sema_element_member(sema, scope->element, name, span) : NULL;
    if (field) {
        return field;
    }
    for (struct sema_struct *s = scope->self; s; s = s->lexical) {
        struct sema_member *m = sema_member(s, name);
        if (m) {
            return sema_field_of(sema, self_of(sema, s, span), m, span);
        }
        for (uint32_t i = 0; i < s->params.n; i++) {
            if (s->params.at[i].name == name) {
                struct sema_expr *e = sema_expr_new(sema, E_PARAM, span, s->params.at[i].vtype);
                e->index = i;
                e->of = s;
                return e;
            }
        }
    }
    struct sema_struct *outer = sema_find_struct(sema, scope->schema, name, span);
    if (outer) {
        sema_note_enclosing(sema, scope->self, outer, span);
        return self_of(sema, outer, span);
    }
    struct sema_function *f = sema_find_function(sema, scope->schema, name, span);
    if (f && !f->has_params) {
        sema_resolve_function(sema, f);
        struct sema_expr *e = sema_expr_new(sema, E_CALL, span, f->vtype);
        e->function = f;
        if (f->body && sema_is_constant(f->body)) { /* it decides layouts, too */
            *e = *f->body;
            e->span = span;
        }
        if (f->body && f->body->kind == E_LIST && !scope->set) {
            check_listed(sema, f->body, span);
        }
        return e;
    }
    return NULL;
}

/* A name that surely is that of a struct, which need not be around. */
static struct sema_expr *resolve_struct_name(struct sema *sema, const struct sema_scope *scope,
                                             const struct ast *node) {
    struct sema_struct *of = sema_find_struct(sema, scope->schema, node->name, node->span);
    return of ? self_of(sema, of, node->span) : sema_wrong(sema, node->span);
}

static struct sema_expr *resolve_name(struct sema *sema, const struct sema_scope *scope,
                                      const struct ast *node) {
    if (node->flag) {
        return resolve_struct_name(sema, scope, node);
    }
    struct sema_expr *e = lookup(sema, scope, node->name, node->span);
    if (e) {
        return e;
    }
    struct diag *d;
    if (sema_find_enum(sema, scope->schema, node->name, node->span)) {
        d = diag_report(sema->diags, DIAG_UNKNOWN_NAME, node->span, "'%s' is an enum, not a value",
                        node->name);
        diag_note(sema->diags, d, span_none(), "write '%s.member' for one of its values",
                  node->name);
    } else if (sema_find_function(sema, scope->schema, node->name, node->span)) {
        diag_report(sema->diags, DIAG_UNKNOWN_NAME, node->span,
                    "'%s' is a function: it needs its arguments", node->name);
    } else {
        d = diag_report(sema->diags, DIAG_UNKNOWN_NAME, node->span, "unknown name '%s'",
                        node->name);
        if (!sema_note_habit(sema, d, HABIT_NAME, node->name)) {
            sema_suggest_names(sema, d, scope, node->name);
        }
    }
    return sema_wrong(sema, node->span);
}

static struct sema_expr *resolve_dollar(struct sema *sema, const struct sema_scope *scope,
                                        const struct ast *node) {
    bool rest = node->name == sema->word.rest, root = node->name == sema->word.root;
    bool parent = node->name == sema->word.parent;
    if (rest || root || parent || node->name == sema->word.file) {
        if (!scope->self) {
            diag_report(sema->diags, DIAG_DOLLAR, node->span,
                        "'%s' means something only inside a struct", node->name);
            return sema_wrong(sema, node->span);
        }
        if (parent) {
            return sema_parent_of(sema, self_of(sema, scope->self, node->span), node->span);
        }
        struct sema_vtype v = sema_vtype_simple(root ? SEMA_V_ANY : SEMA_V_BYTES);
        if (root && scope->outermost) {
            v = (struct sema_vtype){.kind = SEMA_V_STRUCT, .of = scope->self};
        }
        return sema_expr_new(sema, rest ? E_REST : root ? E_ROOT : E_FILE, node->span, v);
    }
    bool item = node->name == sema->word.dollar;
    bool index = node->name == sema->word.index;
    if (!item && !index && node->name != sema->word.prev) {
        static const char *const known[] = {"$",     "$index", "$prev",  "$rest",
                                            "$file", "$root",  "$parent"};
        struct diag *d = diag_report(sema->diags, DIAG_DOLLAR, node->span,
                                     "unknown implicit name '%s'", node->name);
        diag_suggest(sema->diags, d, node->name, known, sizeof known / sizeof *known);
        return sema_wrong(sema, node->span);
    }
    struct sema_dollar *dollar = scope->dollar;
    while (dollar && !item && !dollar->loop) {
        dollar = dollar->outer;
    }
    if (!dollar) {
        diag_report(
            sema->diags, DIAG_DOLLAR, node->span,
            "'%s' stands for an element: it belongs in the clauses of an array, in a filter or in any, all, sum and their kin",
            node->name);
        return sema_wrong(sema, node->span);
    }
    dollar->asked = true;
    struct sema_vtype v = index ? sema_vtype_simple(SEMA_V_INT) : dollar->item;
    struct sema_expr *e = sema_expr_new(sema,
                                        item    ? E_DOLLAR
                                        : index ? E_DOLLAR_INDEX
                                                : E_DOLLAR_PREV,
                                        node->span, v);
    e->dollar = dollar;
    return e;
}

/* Whether any struct that a switch's arm may be has the member (arms of arms too). */
static bool arm_has(const struct sema_decl *decl, const char *name, unsigned depth) {
    if (depth > 16) {
        return true;
    }
    for (uint32_t i = 0; i < decl->arms.n; i++) {
        struct sema_decl *arm = decl->arms.at[i].decl;
        if (decl->arms.at[i].let) {
            return true;
        }
        if (!arm) {
            continue;
        }
        struct sema_vtype v = sema_vtype_of(arm, decl->dims.n ? 0 : 0);
        if (v.kind == SEMA_V_STRUCT) {
            struct sema_member *m = sema_member(v.of, name);
            for (struct sema_member *at = m; at; at = at->same) {
                at->captured = true;
            }
            if (m) {
                return true;
            }
        } else if (v.kind == SEMA_V_ANY ||
                   (v.kind == SEMA_V_SWITCH && arm_has(v.decl, name, depth + 1))) {
            return true;
        }
    }
    return false;
}

/* The type that all arms' members of that name share; else any. */
static void arms_vtype(struct sema *sema, const struct sema_decl *decl, const char *name,
                       unsigned depth, struct sema_vtype *out, bool *found) {
    for (uint32_t i = 0; i < decl->arms.n && depth < 16; i++) {
        struct sema_decl *arm = decl->arms.at[i].decl;
        struct sema_vtype v = arm ? sema_vtype_of(arm, 0) : sema_vtype_simple(SEMA_V_NOTHING);
        if (v.kind == SEMA_V_SWITCH) {
            arms_vtype(sema, v.decl, name, depth + 1, out, found);
        }
        struct sema_member *m = v.kind == SEMA_V_STRUCT ? sema_member(v.of, name) : NULL;
        if (!m) {
            continue;
        }
        struct sema_vtype one = sema_member_vtype(sema, m);
        bool same = one.kind == out->kind && one.names == out->names && one.of == out->of &&
                    one.kind != SEMA_V_ARRAY;
        *out = !*found || same ? one : sema_vtype_simple(SEMA_V_ANY);
        *found = true;
    }
}

/* Members of that name are captured wherever a value of unknown struct may lead. */
static void capture_everywhere(struct sema *sema, const char *name) {
    struct sema_named *named = sema_named(sema, name);
    for (uint32_t i = 0; !named->captured && i < named->members.n; i++) {
        named->members.at[i]->captured = true;
    }
    named->captured = true; /* and those that are yet to come */
}

static struct sema_expr *member_of(struct sema *sema, struct sema_expr *of, const char *name,
                                   struct span span, struct span name_span);

/* .name of many: of each. */
static struct sema_expr *map_member(struct sema *sema, struct sema_expr *of, const char *name,
                                    struct span span, struct span name_span) {
    struct sema_vtype v = sema_vtype_simple(SEMA_V_LIST);
    struct sema_expr *e = sema_expr_new(sema, E_MAP, span, v);
    if (of->kind == E_MAP) { /* further on from each, with no list in between */
        e->kid[0] = of->kid[0];
        e->kid[1] = member_of(sema, of->kid[1], name, span, name_span);
        e->dollar = of->dollar;
        e->vtype.elem = &e->kid[1]->vtype;
        return e;
    }
    struct sema_dollar *dollar = arena_alloc(sema->arena, sizeof *dollar);
    dollar->item = of->vtype.elem ? *of->vtype.elem : sema_vtype_simple(SEMA_V_ANY);
    struct sema_expr *item = sema_expr_new(sema, E_DOLLAR, of->span, dollar->item);
    item->dollar = dollar;
    e->kid[0] = of;
    e->kid[1] = member_of(sema, item, name, span, name_span);
    e->dollar = dollar;
    e->vtype.elem = &e->kid[1]->vtype;
    return e;
}

static struct sema_expr *member_of(struct sema *sema, struct sema_expr *of, const char *name,
                                   struct span span, struct span name_span) {
    bool is_struct = sema_vtype_is(&of->vtype, SEMA_V_STRUCT);
    if (name == sema->word.parent && is_struct) {
        return sema_parent_of(sema, of, span);
    }
    if (name[0] == '$' && name != sema->word.parent) {
        diag_report(sema->diags, DIAG_DOLLAR, name_span,
                    "of the implicit names only '$parent' stands behind a dot");
        return sema_wrong(sema, span);
    }
    switch (of->vtype.kind) {
    case SEMA_V_STRUCT: {
        struct sema_member *m = sema_member(of->vtype.of, name);
        if (m) {
            return sema_field_of(sema, of, m, span);
        }
        struct diag *d;
        if (of->vtype.of->name) {
            d = diag_report(sema->diags, DIAG_UNKNOWN_MEMBER, name_span,
                            "struct '%s' has no field '%s'", of->vtype.of->name, name);
        } else {
            d = diag_report(sema->diags, DIAG_UNKNOWN_MEMBER, name_span,
                            "this struct has no field '%s'", name);
        }
        sema_suggest_members(sema, d, of->vtype.of, name);
        return sema_wrong(sema, span);
    }
    case SEMA_V_INT:
        if (of->vtype.names && of->vtype.names->flags) {
            const struct sema_enumerator *item = sema_enumerator(of->vtype.names, name);
            if (!item) {
                struct diag *d =
                    diag_report(sema->diags, DIAG_UNKNOWN_MEMBER, name_span,
                                "flags '%s' has no bit '%s'", of->vtype.names->name, name);
                VEC(const char *) names = {0};
                for (uint32_t i = 0; i < of->vtype.names->items.n; i++) {
                    *vec_push(&names, sema->arena) = of->vtype.names->items.at[i].name;
                }
                diag_suggest(sema->diags, d, name, names.at, names.n);
                return sema_wrong(sema, span);
            }
            struct sema_expr *e = sema_expr_new(sema, E_FLAG, span, sema_vtype_simple(SEMA_V_BOOL));
            e->kid[0] = of;
            e->integer = item->value;
            return e;
        }
        break;
    case SEMA_V_LIST:
        return map_member(sema, of, name, span, name_span);
    case SEMA_V_SWITCH:
        if (!arm_has(of->vtype.decl, name, 0)) {
            diag_report(sema->diags, DIAG_UNKNOWN_MEMBER, name_span,
                        "no arm of the switch has a field '%s'", name);
            return sema_wrong(sema, span);
        } /* fall through */
    case SEMA_V_ANY:
    case SEMA_V_NOTHING: {
        capture_everywhere(sema, name);
        struct sema_expr *e = sema_expr_new(sema, E_NAMED, span, sema_vtype_simple(SEMA_V_ANY));
        bool found = false;
        if (of->vtype.kind == SEMA_V_SWITCH) {
            arms_vtype(sema, of->vtype.decl, name, 0, &e->vtype, &found);
        } else if (of->kind == E_PARENT && of->holders && of->holders->at.n > 0 &&
                   !sema_holders_have(sema, of->holders, name, &e->vtype)) {
            struct diag *d = diag_report(sema->diags, DIAG_UNKNOWN_MEMBER, name_span,
                                         "no struct that may be around has a field '%s'", name);
            sema_suggest_members(sema, d, of->holders->at.at[0], name);
        }
        e->kid[0] = of;
        e->name = name;
        return e;
    }
    case SEMA_V_ARRAY: {
        struct diag *d = diag_report(sema->diags, DIAG_NOT_A_STRUCT, name_span,
                                     "an array has no field '%s'", name);
        diag_note(sema->diags, d, span_none(),
                  "'[0].%s' is the first element's, '[*].%s' that of each element", name, name);
        return sema_wrong(sema, span);
    }
    case SEMA_V_BOOL:
    case SEMA_V_FLOAT:
    case SEMA_V_TEXT:
    case SEMA_V_BYTES:
        break;
    }
    diag_report(sema->diags, DIAG_NOT_A_STRUCT, name_span, "%s has no field '%s'",
                sema_vtype_text(sema, &of->vtype), name);
    return sema_wrong(sema, span);
}

static struct sema_expr *resolve_member(struct sema *sema, const struct sema_scope *scope,
                                        const struct ast *node) {
    const struct ast *left = node->kid[0];
    if (left->kind == AST_NAME) {
        struct sema_scope bare = *scope;
        bare.wanted = NULL;
        struct sema_expr *value = left->flag ? NULL : lookup(sema, &bare, left->name, left->span);
        bool flags = value && value->vtype.kind == SEMA_V_INT && value->vtype.names &&
                     value->vtype.names->flags;
        struct sema_enum *names = sema_find_enum(sema, scope->schema, left->name, left->span);
        if (names && (!value || (value->vtype.kind == SEMA_V_INT && !flags))) {
            const struct sema_enumerator *item = sema_enumerator(names, node->name);
            if (item) {
                return new_int(sema, node->span, item->value, names);
            }
            struct diag *d = diag_report(sema->diags, DIAG_UNKNOWN_MEMBER, node->name_span,
                                         "enum '%s' has no member '%s'", names->name, node->name);
            VEC(const char *) all = {0};
            for (uint32_t i = 0; i < names->items.n; i++) {
                *vec_push(&all, sema->arena) = names->items.at[i].name;
            }
            diag_suggest(sema->diags, d, node->name, all.at, all.n);
            return sema_wrong(sema, node->span);
        }
    }
    struct sema_scope inner = *scope;
    inner.wanted = NULL;
    struct sema_expr *of = sema_resolve(sema, &inner, left);
    return member_of(sema, of, node->name, node->span, node->name_span);
}

static bool is_number(const struct sema_vtype *v) {
    return sema_vtype_is(v, SEMA_V_INT) || v->kind == SEMA_V_FLOAT;
}

static struct sema_expr *mismatch(struct sema *sema, const struct sema_expr *got, const char *what,
                                  const char *wanted) {
    diag_report(sema->diags, DIAG_TYPE_MISMATCH, got->span, "%s wants %s, got %s", what, wanted,
                sema_vtype_text(sema, &got->vtype));
    return sema_wrong(sema, got->span);
}

static const char *operator_text(struct sema *sema, enum ast_op op) {
    return arena_printf(sema->arena, "'%s'", ast_op_text(op));
}

bool sema_is_bare_name(struct sema *sema, const struct sema_scope *scope, const struct ast *node) {
    struct sema_scope bare = *scope;
    bare.wanted = NULL;
    bare.set = true; /* it is only looked whether there is such a value */
    return node->kind == AST_NAME && !node->flag && !lookup(sema, &bare, node->name, node->span);
}

static struct sema_expr *resolve_unary(struct sema *sema, const struct sema_scope *scope,
                                       const struct ast *node) {
    struct sema_scope inner = *scope;
    inner.wanted = NULL;
    struct sema_expr *kid = sema_resolve(sema, &inner, node->kid[0]);
    const char *what = operator_text(sema, node->op);
    struct sema_vtype v = kid->vtype;
    if (node->op == AST_OP_NOT) {
        if (!sema_vtype_is(&v, SEMA_V_BOOL)) {
            struct sema_expr *e = mismatch(sema, kid, what, "a bool");
            if (v.kind == SEMA_V_INT && sema->diags->last) {
                diag_note(sema->diags, sema->diags->last, span_none(),
                          "write '== 0' to ask whether a number is zero");
            }
            return e;
        }
        v = sema_vtype_simple(SEMA_V_BOOL);
    } else if (!is_number(&v) || (node->op == AST_OP_BITNOT && v.kind == SEMA_V_FLOAT)) {
        return mismatch(sema, kid, what, "a number");
    }
    v.names = NULL;
    v.as = NULL;
    struct sema_expr *e = sema_expr_new(sema, E_UNARY, node->span, v);
    e->op = node->op;
    e->kid[0] = kid;
    return e;
}

/* C's trap: a & b == c. The comparison was meant to come last. */
static void note_precedence(struct sema *sema, struct diag *d, const struct ast *node) {
    const struct ast *r = node->kid[1];
    if ((node->op == AST_OP_BITAND || node->op == AST_OP_BITOR || node->op == AST_OP_BITXOR) &&
        r->kind == AST_BINARY && (r->op == AST_OP_EQ || r->op == AST_OP_NE)) {
        diag_note(sema->diags, d, node->kid[0]->span,
                  "as in C, '%s' binds looser than '%s': put the '%s' in parentheses",
                  ast_op_text(node->op), ast_op_text(r->op), ast_op_text(node->op));
    }
}

static struct sema_expr *resolve_arithmetic(struct sema *sema, const struct sema_scope *scope,
                                            const struct ast *node) {
    struct sema_scope inner = *scope;
    inner.wanted = NULL;
    struct sema_expr *side[2] = {sema_resolve(sema, &inner, node->kid[0]),
                                 sema_resolve(sema, &inner, node->kid[1])};
    bool logic = node->op == AST_OP_AND || node->op == AST_OP_OR;
    bool bits = node->op == AST_OP_BITAND || node->op == AST_OP_BITOR ||
                node->op == AST_OP_BITXOR || node->op == AST_OP_SHL || node->op == AST_OP_SHR;
    bool real = false;
    for (int i = 0; i < 2; i++) {
        struct sema_vtype *v = &side[i]->vtype;
        bool ok = logic ? sema_vtype_is(v, SEMA_V_BOOL)
                        : is_number(v) && !(bits && v->kind == SEMA_V_FLOAT);
        if (!ok && (node->op == AST_OP_ADD || node->op == AST_OP_SUB) && i == 0 &&
            v->kind == SEMA_V_STRUCT) {
            ok = true; /* a struct as a number: its start */
        }
        if (!ok) {
            struct diag *d = diag_report(sema->diags, DIAG_TYPE_MISMATCH, side[i]->span,
                                         "%s wants %s, got %s", operator_text(sema, node->op),
                                         logic ? "a bool" : "a number", sema_vtype_text(sema, v));
            note_precedence(sema, d, node);
            if (logic && v->kind == SEMA_V_INT) {
                diag_note(sema->diags, d, span_none(),
                          "write '!= 0' to ask whether a number is not zero");
            }
            return sema_wrong(sema, node->span);
        }
        real = real || v->kind == SEMA_V_FLOAT;
    }
    struct sema_vtype v = sema_vtype_simple(logic ? SEMA_V_BOOL : real ? SEMA_V_FLOAT : SEMA_V_INT);
    bool any = side[0]->vtype.kind == SEMA_V_ANY || side[1]->vtype.kind == SEMA_V_ANY;
    if (!logic && !real && any && !bits) {
        v = sema_vtype_simple(SEMA_V_ANY);
    }
    if (side[0]->vtype.kind == SEMA_V_STRUCT) {
        v = sema_vtype_simple(SEMA_V_ANY);
    }
    struct sema_expr *e = sema_expr_new(sema, E_BINARY, node->span, v);
    e->op = node->op;
    e->kid[0] = side[0];
    e->kid[1] = side[1];
    return e;
}

static struct sema_expr *resolve_cond(struct sema *sema, const struct sema_scope *scope,
                                      const struct ast *node) {
    struct sema_scope inner = *scope;
    inner.wanted = NULL;
    struct sema_expr *cond =
        sema_resolve_as(sema, &inner, node->kid[0], SEMA_V_BOOL, "a condition");
    struct sema_expr *a = sema_resolve(sema, scope, node->kid[1]);
    struct sema_expr *b = sema_resolve(sema, scope, node->kid[2]);
    struct sema_expr *e =
        sema_expr_new(sema, E_COND, node->span, sema_vtype_join(&a->vtype, &b->vtype));
    e->kid[0] = cond;
    e->kid[1] = a;
    e->kid[2] = b;
    return e;
}

static struct sema_expr *resolve_else(struct sema *sema, const struct sema_scope *scope,
                                      const struct ast *node) {
    struct sema_expr *a = sema_resolve(sema, scope, node->kid[0]);
    struct sema_expr *b = sema_resolve(sema, scope, node->kid[1]);
    struct sema_expr *e =
        sema_expr_new(sema, E_BINARY, node->span, sema_vtype_join(&a->vtype, &b->vtype));
    e->op = AST_OP_ELSE;
    e->kid[0] = a;
    e->kid[1] = b;
    return e;
}

/* What stands behind `in`: a range, a list, an enum (a known one of it), or any array or list. */
struct sema_expr *sema_resolve_set(struct sema *sema, const struct sema_scope *scope,
                                   const struct ast *node, const struct sema_vtype *of) {
    struct sema_scope inner = *scope;
    inner.wanted = of;
    inner.set = node->kind == AST_NAME || node->kind == AST_LIST;
    if (node->kind == AST_NAME && !sema_enumerator(sema_wanted_names(&inner), node->name)) {
        struct sema_enum *names = sema_find_enum(sema, scope->schema, node->name, node->span);
        bool value = !node->flag && !sema_is_bare_name(sema, scope, node);
        if (names && (!value || names == of->names)) {
            struct sema_expr *e =
                sema_expr_new(sema, E_ENUM_SET, node->span, sema_vtype_simple(SEMA_V_LIST));
            e->names = names;
            return e;
        }
    }
    struct sema_expr *e = sema_resolve(sema, &inner, node);
    if (e->kind == E_RANGE || e->kind == E_LIST || e->vtype.kind == SEMA_V_LIST ||
        e->vtype.kind == SEMA_V_ARRAY || e->vtype.kind == SEMA_V_ANY ||
        e->vtype.kind == SEMA_V_SWITCH) {
        return e;
    }
    struct sema_expr *wrong = mismatch(sema, e, "'in'", "a range, a { list }, an enum or an array");
    if (node->kind == AST_BINARY && node->op == AST_OP_DIV && node->kid[0]->kind == AST_INT &&
        node->kid[0]->flag) {
        diag_note(sema->diags, sema->diags->last, span_none(),
                  "a network is the range of its addresses, as 10.0.0.0..10.255.255.255");
    }
    return wrong;
}

static struct sema_expr *resolve_in(struct sema *sema, const struct sema_scope *scope,
                                    const struct ast *node) {
    struct sema_scope inner = *scope;
    inner.wanted = NULL;
    struct sema_expr *e = sema_expr_new(sema, E_IN, node->span, sema_vtype_simple(SEMA_V_BOOL));
    e->kid[0] = sema_resolve(sema, &inner, node->kid[0]);
    e->kid[1] = sema_resolve_set(sema, scope, node->kid[1], &e->kid[0]->vtype);
    if (e->kid[1]->kind == E_LIST && e->kid[1]->args.n) {
        e->kid[0] = sema_beside_written(sema, e->kid[0], e->kid[1]->args.at[0]);
    }
    sema_check_among(sema, &e->kid[0]->vtype, e->kid[1]);
    return e;
}

static struct sema_expr *resolve_list(struct sema *sema, const struct sema_scope *scope,
                                      const struct ast *node) {
    struct sema_vtype v = sema_vtype_simple(SEMA_V_LIST);
    struct sema_expr *e = sema_expr_new(sema, E_LIST, node->span, v);
    struct sema_vtype *elem = arena_alloc(sema->arena, sizeof *elem);
    for (const struct ast *item = node->kid[0]; item; item = item->next) {
        struct sema_expr *one = sema_resolve(sema, scope, item);
        *elem = item == node->kid[0] ? one->vtype : sema_vtype_join(elem, &one->vtype);
        *vec_push(&e->args, sema->arena) = one;
    }
    e->vtype.elem = elem;
    if (!scope->set) {
        check_listed(sema, e, e->span);
    }
    return e;
}

static struct sema_expr *resolve_range(struct sema *sema, const struct sema_scope *scope,
                                       const struct ast *node) {
    struct sema_expr *e = sema_expr_new(sema, E_RANGE, node->span, sema_vtype_simple(SEMA_V_INT));
    for (int i = 0; i < 2; i++) {
        e->kid[i] = sema_resolve(sema, scope, node->kid[i]);
        if (!is_number(&e->kid[i]->vtype)) {
            e->kid[i] = mismatch(sema, e->kid[i], "a range", "numbers");
        }
    }
    int128 low, high;
    if (sema_constant_int(e->kid[0], &low) && sema_constant_int(e->kid[1], &high) && low > high) {
        diag_report(sema->diags, DIAG_CONSTANT_RANGE, node->span,
                    "the range is empty: its start is above its end");
    }
    return e;
}

static struct sema_expr *resolve_literal(struct sema *sema, const struct ast *node) {
    switch ((enum ast_kind)node->kind) {
    case AST_INT: {
        struct sema_expr *e = new_int(sema, node->span, node->integer, NULL);
        e->flag = node->flag;
        return e;
    }
    case AST_FLOAT: {
        struct sema_expr *e =
            sema_expr_new(sema, E_FLOAT, node->span, sema_vtype_simple(SEMA_V_FLOAT));
        e->number = node->number;
        return e;
    }
    case AST_BOOL: {
        struct sema_expr *e =
            sema_expr_new(sema, E_BOOL, node->span, sema_vtype_simple(SEMA_V_BOOL));
        e->flag = node->flag;
        return e;
    }
    default: {
        struct sema_expr *e =
            sema_expr_new(sema, E_TEXT, node->span, sema_vtype_simple(SEMA_V_TEXT));
        e->text = node->text;
        e->flag = node->flag;
        return e;
    }
    }
}

static struct sema_expr *resolve_node(struct sema *sema, const struct sema_scope *scope,
                                      const struct ast *node) {
    switch ((enum ast_kind)node->kind) {
    case AST_INT:
    case AST_FLOAT:
    case AST_BOOL:
    case AST_STRING:
        return sema_written(sema, scope->wanted, resolve_literal(sema, node));
    case AST_PAREN:
        return sema_resolve(sema, scope, node->kid[0]);
    case AST_NAME:
        return resolve_name(sema, scope, node);
    case AST_DOLLAR:
        return resolve_dollar(sema, scope, node);
    case AST_MEMBER:
        return resolve_member(sema, scope, node);
    case AST_INDEX:
        return sema_resolve_index(sema, scope, node);
    case AST_ALL:
        return sema_resolve_each(sema, scope, node);
    case AST_ANYWHERE:
        return sema_resolve_below(sema, scope, node);
    case AST_CALL:
        return sema_resolve_call(sema, scope, node);
    case AST_UNARY:
        return resolve_unary(sema, scope, node);
    case AST_COND:
        return resolve_cond(sema, scope, node);
    case AST_IN:
        return resolve_in(sema, scope, node);
    case AST_LIST:
        return resolve_list(sema, scope, node);
    case AST_RANGE:
        return resolve_range(sema, scope, node);
    case AST_BINARY:
        switch ((enum ast_op)node->op) {
        case AST_OP_ELSE:
            return resolve_else(sema, scope, node);
        case AST_OP_EQ:
        case AST_OP_NE:
        case AST_OP_LT:
        case AST_OP_GT:
        case AST_OP_LE:
        case AST_OP_GE:
            return sema_resolve_compare(sema, scope, node);
        default:
            return resolve_arithmetic(sema, scope, node);
        }
    case AST_ERROR:
        return sema_wrong(sema, node->span);
    case AST_OBJECT:
        diag_report(sema->diags, DIAG_CLAUSE, node->span,
                    "a struct's value { name = … } belongs behind 'insert' or 'append'");
        return sema_wrong(sema, node->span);
    default:
        diag_report(sema->diags, DIAG_CLAUSE, node->span,
                    "this does not belong in an expression here");
        return sema_wrong(sema, node->span);
    }
}

struct sema_expr *sema_resolve(struct sema *sema, const struct sema_scope *scope,
                               const struct ast *node) {
    if (!sema_deeper(sema, node->span)) {
        return sema_wrong(sema, node->span);
    }
    struct sema_expr *e = resolve_node(sema, scope, node);
    e->ast = e->ast ? e->ast : node;
    sema_fold(sema, e);
    sema->depth--;
    return e;
}

struct sema_expr *sema_want(struct sema *sema, struct sema_expr *e, enum sema_vkind wanted,
                            const char *what) {
    if (sema_vtype_is(&e->vtype, wanted)) {
        return e;
    }
    struct sema_vtype want = sema_vtype_simple(wanted);
    struct diag *d =
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, e->span, "%s must be %s, not %s", what,
                    sema_vtype_text(sema, &want), sema_vtype_text(sema, &e->vtype));
    if (wanted == SEMA_V_BOOL && e->vtype.kind == SEMA_V_INT) {
        diag_note(sema->diags, d, span_none(), "write '!= 0' to ask whether a number is not zero");
    }
    return sema_wrong(sema, e->span);
}

struct sema_expr *sema_resolve_as(struct sema *sema, const struct sema_scope *scope,
                                  const struct ast *node, enum sema_vkind wanted,
                                  const char *what) {
    return sema_want(sema, sema_resolve(sema, scope, node), wanted, what);
}

/* The value where the condition holds, else nothing. */
static struct sema_expr *only_when(struct sema *sema, const struct sema_scope *scope,
                                   const struct ast *when, struct sema_expr *value) {
    struct sema_expr *e = sema_expr_new(sema, E_COND, value->span, value->vtype);
    e->kid[0] = sema_resolve_as(sema, scope, when, SEMA_V_BOOL, "a condition");
    e->kid[1] = value;
    e->kid[2] = sema_expr_new(sema, E_ABSENT, value->span, sema_vtype_simple(SEMA_V_NOTHING));
    return e;
}

void sema_resolve_let(struct sema *sema, struct sema_member *let) {
    if (let->state == 2) {
        return;
    }
    if (let->state == 1) { /* of another instance, or its own: see cycle.c */
        let->vtype = sema_vtype_simple(SEMA_V_ANY);
        return;
    }
    if (!sema_open(sema, let, let->name, let->ast->name_span)) {
        let->vtype = sema_vtype_simple(SEMA_V_ANY);
        return;
    }
    let->state = 1;
    const struct ast *seq = let->ast->kid[0];
    struct sema_scope scope = {.schema = let->owner->schema, .self = let->owner};
    let->expr = sema_resolve(sema, &scope, seq->kid[0]);
    if (let->ast->kid[2]) {
        let->expr = only_when(sema, &scope, let->ast->kid[2], let->expr);
    }
    let->vtype = let->expr->vtype;
    if (seq->kid[1]) {
        let->dollar.item = let->expr->vtype;
        let->dollar.loop = true;
        let->vtype = sema_vtype_simple(SEMA_V_LIST);
        let->vtype.elem = &let->expr->vtype;
        scope.dollar = &let->dollar;
        let->next = sema_resolve(sema, &scope, seq->kid[1]);
        let->cond = sema_resolve_as(sema, &scope, seq->kid[2], SEMA_V_BOOL, "the end of a chain");
        let->until = seq->op == AST_OP_UNTIL;
    }
    let->state = 2;
    sema_close(sema);
}

void sema_resolve_function(struct sema *sema, struct sema_function *function) {
    if (function->state == 2) {
        return;
    }
    if (function->state == 1) {
        struct diag *d = diag_report(sema->diags, DIAG_CYCLE, function->ast->name_span,
                                     "'%s' needs itself", function->name);
        sema_note_open_cycle(sema, d, function);
        function->vtype = sema_vtype_simple(SEMA_V_ANY);
        return;
    }
    if (!sema_open(sema, function, function->name, function->ast->name_span)) {
        function->vtype = sema_vtype_simple(SEMA_V_ANY);
        return;
    }
    function->state = 1;
    struct sema_scope scope = {
        .schema = function->schema, .function = function, .set = !function->has_params};
    const struct ast *body = function->ast->kid[0];
    if (body->kind == AST_SEQ) {
        if (body->kid[1]) {
            diag_report(sema->diags, DIAG_CLAUSE, body->span, "a chain belongs in a struct's let");
        }
        body = body->kid[0];
    }
    function->body = sema_resolve(sema, &scope, body);
    function->vtype = function->body->vtype;
    function->state = 2;
    sema_close(sema);
}
