#include "config.h"

#include "sema/script_internal.h"
#include "sema/tie.h"

/* Statements that change a file: what they change, and what can be said of that before there is one. */

struct sema_expr *sema_last_step(struct sema_expr *path) {
    while (path->kind == E_MAP) {
        path = path->kid[1];
    }
    return path;
}

/* the fields that a step may be */

struct fields {
    VEC(struct sema_member *) at;
    struct arena *arena;
};

static void add_field(struct fields *fields, struct sema_member *first) {
    for (struct sema_member *m = first; m; m = m->same) {
        *vec_push(&fields->at, fields->arena) = m;
    }
}

static void add_of_arms(struct fields *fields, const struct sema_decl *decl, const char *name,
                        unsigned depth) {
    for (uint32_t i = 0; i < decl->arms.n && depth < 16; i++) {
        struct sema_decl *arm = decl->arms.at[i].decl;
        struct sema_vtype v = arm ? sema_vtype_of(arm, 0) : sema_vtype_simple(SEMA_V_NOTHING);
        if (v.kind == SEMA_V_SWITCH) {
            add_of_arms(fields, v.decl, name, depth + 1);
        } else if (v.kind == SEMA_V_STRUCT) {
            add_field(fields, sema_member(v.of, name));
        }
    }
}

static struct fields fields_of(struct sema *sema, const struct sema_expr *step) {
    struct fields fields = {.arena = sema->arena};
    if (step->kind == E_FIELD) {
        add_field(&fields, step->member);
    } else if (step->kind == E_NAMED && step->kid[0]->vtype.kind == SEMA_V_SWITCH) {
        add_of_arms(&fields, step->kid[0]->vtype.decl, step->name, 0);
    } else if (step->kind == E_NAMED || step->kind == E_BELOW) {
        const char *name = step->kind == E_BELOW ? step->below->name : step->name;
        struct sema_named *named = sema_named(sema, name);
        for (uint32_t i = 0; i < named->members.n; i++) {
            add_field(&fields, named->members.at[i]);
        }
    }
    return fields;
}

static bool is_computed(const struct sema_member *m) {
    return m->kind == SEMA_M_LET;
}

static bool is_derived(const struct sema_member *m) {
    return m->decl && m->decl->equals && !sema_is_constant(m->decl->equals);
}

static bool is_fixed(const struct sema_member *m) {
    return m->decl && m->decl->equals && sema_is_constant(m->decl->equals);
}

/* Whether that holds for all of the fields; there is one. */
static bool are_all(const struct fields *fields, bool (*is)(const struct sema_member *)) {
    bool all = fields->at.n > 0;
    for (uint32_t i = 0; i < fields->at.n; i++) {
        all = all && is(fields->at.at[i]);
    }
    return all;
}

/* Says why a field can't be set; whether there is such a reason. */
static bool refuse_field(struct sema *sema, const struct sema_expr *step,
                         const struct sema_expr *value) {
    struct fields fields = fields_of(sema, step);
    const struct sema_member *m = fields.at.n ? fields.at.at[0] : NULL;
    struct diag *d = NULL;
    if (are_all(&fields, is_derived)) {
        d = diag_report(sema->diags, DIAG_TARGET, step->span,
                        "'%s' follows from other fields and can't be set", m->name);
        diag_note(sema->diags, d, m->decl->equals->span, "it is made equal to this");
    } else if (are_all(&fields, is_fixed)) {
        const struct sema_expr *equals = m->decl->equals;
        bool same =
            value->kind == E_INT && equals->kind == E_INT && value->integer == equals->integer;
        if (!same && sema_is_constant(value)) {
            d = diag_report(sema->diags, DIAG_TARGET, step->span,
                            "'%s' always has the same value and can't be set to another", m->name);
            diag_note(sema->diags, d, equals->span, "it is declared as this");
        }
    }
    return d != NULL;
}

/* arrays */

/* The array whose elements a path leads to; NULL where that is not known. */
static struct sema_expr *array_behind(struct sema_expr *e) {
    while (e && e->vtype.kind != SEMA_V_ARRAY) {
        bool part =
            e->kind == E_FILTER || e->kind == E_SLICE || e->kind == E_EACH || e->kind == E_INDEX;
        struct sema_expr *of = part ? e->kid[0] : NULL;
        e = of && e->kind == E_EACH ? sema_last_step(of) : of;
    }
    return e;
}

static struct sema_expr *array_of(const struct sema_scope *scope, struct sema_expr *step) {
    bool part = step->kind == E_FILTER || step->kind == E_SLICE || step->kind == E_EACH ||
                step->kind == E_INDEX;
    if (part) {
        return array_behind(step->kind == E_EACH ? sema_last_step(step->kid[0]) : step->kid[0]);
    }
    for (const struct sema_local *l = scope->locals; step->kind == E_DOLLAR && l; l = l->outer) {
        if (l->dollar == step->dollar) {
            return array_behind((struct sema_expr *)(uintptr_t)l->from);
        }
    }
    return NULL;
}

/* Whether its number of elements may change; reported. */
static bool may_grow(struct sema *sema, const struct sema_expr *array, struct span span) {
    const struct sema_decl *decl = array->vtype.decl;
    const struct sema_expr *count = decl->dims.at[array->vtype.level].count;
    const char *name = decl->name ? decl->name : "this";
    int128 n;
    struct diag *d = NULL;
    if (count && sema_constant_int(count, &n)) {
        d = diag_report(sema->diags, DIAG_TARGET, span,
                        "'%s' always has the same number of elements", name);
        diag_note(sema->diags, d, count->span, "the number is this");
    } else if (decl->placed_each || decl->then) {
        const struct sema_expr *place = decl->then ? decl->then : decl->at;
        d = diag_report(sema->diags, DIAG_TARGET, span,
                        "the elements of '%s' lie apart: none can be added or deleted", name);
        diag_note(sema->diags, d, place->span, "each has a place of its own");
    }
    return d == NULL;
}

static bool is_run(const struct sema_vtype *v) {
    return v->kind == SEMA_V_TEXT || v->kind == SEMA_V_BYTES;
}

/* A part of text or bytes. */
static bool is_part(const struct sema_expr *step) {
    return (step->kind == E_INDEX || step->kind == E_SLICE) && is_run(&step->kid[0]->vtype);
}

static void refuse_part(struct sema *sema, const struct sema_expr *step, const char *word) {
    struct diag *d =
        diag_report(sema->diags, DIAG_TARGET, step->span, "'%s' can't change a part of %s", word,
                    sema_vtype_text(sema, &step->kid[0]->vtype));
    diag_note(sema->diags, d, span_none(), "'replace x[0..3] with …' puts other bytes there");
}

/* paths */

static bool leads_to_field(const struct sema_expr *step) {
    switch (step->kind) {
    case E_FIELD:
    case E_NAMED:
    case E_INDEX:
    case E_FILTER:
    case E_EACH:
    case E_SLICE:
    case E_DOLLAR:
    case E_BELOW:
    case E_FLAG:
    case E_ABSENT: /* reported */
        return true;
    default:
        return false;
    }
}

/* What can be changed is in the file. */
static bool is_target(struct sema *sema, const struct sema_expr *step) {
    if (leads_to_field(step)) {
        return step->kind != E_ABSENT;
    }
    bool local = step->kind == E_LOCAL;
    struct diag *d = diag_report(sema->diags, DIAG_TARGET, step->span,
                                 local ? "'%s' is a name for a value: only a field can be changed"
                                       : "only a field can be changed",
                                 local && step->name ? step->name : "this");
    if (!local && step->kind != E_SELF && step->kind != E_ROOT) {
        diag_note(sema->diags, d, span_none(), "this is computed");
    }
    return false;
}

/* Whether the member is the number that the case is tied to. */
static bool is_tied_to(const struct sema_tie_case *c, const struct sema_member *m) {
    while (c && c->condition) {
        if (is_tied_to(c->yes, m)) {
            return true;
        }
        c = c->no;
    }
    return c && c->unknown && c->unknown->quantity->of == m;
}

/* The tie that the field is the number of: of something beside it, how long that is or how many elements it has. */
static const struct sema_tie *tie_of(struct script_build *build, const struct sema_expr *step) {
    if (step->kind != E_FIELD || step->member->kind != SEMA_M_FIELD) {
        return NULL;
    }
    build->ties = build->ties ? build->ties : sema_ties(build->sema);
    for (uint32_t i = 0; i < build->ties->all.n; i++) {
        const struct sema_tie *tie = &build->ties->all.at[i];
        if (tie->kind != SEMA_TIE_PLACE && tie->decl && tie->of == step->member->owner &&
            is_tied_to(tie->how, step->member)) {
            return tie;
        }
    }
    return NULL;
}

/* Whether the statement changes what the tie is about. */
static bool changes_tied(struct sema *sema, const struct sema_stmt *stmt,
                         const struct sema_tie *tie) {
    bool about = stmt->array && stmt->array->vtype.decl == tie->decl;
    struct fields fields = {0};
    if (stmt->target && !about) {
        fields = fields_of(sema, sema_last_step(stmt->target));
    }
    for (uint32_t i = 0; i < fields.at.n && !about; i++) {
        about = fields.at.at[i]->decl == tie->decl;
    }
    return about;
}

/* A number that says how long something is would say so of other bytes, where that stays as it is. */
void script_check_tied(struct script_build *build) {
    const struct sema_script *script = build->script;
    for (uint32_t i = 0; i < script->all.n; i++) {
        const struct sema_stmt *stmt = script->all.at[i];
        bool changes = !stmt->tied;
        for (uint32_t k = 0; k < script->all.n && !changes; k++) {
            changes = changes_tied(build->sema, script->all.at[k], stmt->tied);
        }
        if (changes) {
            continue;
        }
        const struct sema_tie *tie = stmt->tied;
        const struct sema_expr *step = sema_last_step(stmt->target);
        struct buf name = {0};
        sema_tie_declared(tie->decl, &name);
        struct diag *d = diag_report(build->sema->diags, DIAG_TARGET, step->span,
                                     tie->kind == SEMA_TIE_COUNT
                                         ? "'%s' says how many elements '%s' has, and follows it"
                                         : "'%s' says how long '%s' is, and follows it",
                                     step->member->name, buf_text(&name));
        diag_note(build->sema->diags, d, tie->clause->span, "by this");
        buf_free(&name);
    }
}

/* What is computed becomes a number by a change of the one stored number it is made of. */
static bool resolve_computed(struct sema *sema, const struct sema_expr *step,
                             struct sema_stmt *stmt) {
    struct fields fields = fields_of(sema, step);
    if (!are_all(&fields, is_computed)) {
        return false;
    }
    const struct sema_member *m = fields.at.at[0];
    struct sema_vtype number = sema_vtype_simple(SEMA_V_INT);
    if (!sema_vtype_is(&step->vtype, SEMA_V_INT)) {
        struct diag *d = diag_report(sema->diags, DIAG_TARGET, step->span,
                                     "'%s' is computed, and %s: only a number can be set then",
                                     m->name, sema_vtype_text(sema, &step->vtype));
        diag_note(sema->diags, d, m->ast->name_span, "it is declared here");
    } else {
        script_check_value(sema, &number, stmt->expr, "it");
        stmt->solves = true;
    }
    return true;
}

static struct sema_vtype value_of_target(const struct sema_expr *target) {
    struct sema_vtype v = target->vtype;
    while (v.kind == SEMA_V_LIST && v.elem) {
        v = *v.elem;
    }
    return v;
}

static void resolve_set(struct script_build *build, const struct sema_scope *scope,
                        const struct ast *node, struct sema_stmt *stmt) {
    struct sema *sema = build->sema;
    struct sema_expr *step = sema_last_step(stmt->target);
    struct sema_vtype v = value_of_target(stmt->target);
    bool fine = is_target(sema, step);
    if (step->kind == E_ABSENT) { /* what it wants is not known */
        stmt->expr = step;
        return;
    }
    struct sema_scope inner = *scope;
    inner.wanted = &v;
    bool made = node->kid[1]->kind == AST_OBJECT || node->kid[1]->kind == AST_LIST;
    stmt->expr = made && (v.kind == SEMA_V_STRUCT || v.kind == SEMA_V_ARRAY)
                     ? script_resolve_made(sema, &inner, node->kid[1], &v)
                     : sema_resolve(sema, &inner, node->kid[1]);
    if (!fine) {
        return;
    }
    if (is_part(step)) {
        refuse_part(sema, step, "set");
    } else if (resolve_computed(sema, step, stmt)) {
        /* by a number that it is made of */
    } else if (v.kind == SEMA_V_STRUCT && stmt->expr->kind == E_OBJECT) {
        build->script->makes = true;
    } else if (v.kind == SEMA_V_STRUCT) {
        struct diag *d = diag_report(sema->diags, DIAG_TARGET, step->span,
                                     "a struct is set field by field, or made of all of them");
        diag_note(sema->diags, d, span_none(), "'{ name = …, … }' is the value of a struct");
    } else if (v.kind == SEMA_V_ARRAY) {
        struct diag *d =
            diag_report(sema->diags, DIAG_TARGET, step->span, "an array is set element by element");
        diag_note(sema->diags, d, span_none(), "'[*]' behind it means each of them");
    } else if (!refuse_field(sema, step, stmt->expr)) {
        stmt->tied = tie_of(build, step);
        script_check_value(sema, &v, stmt->expr, "it");
    }
    if (step->kind == E_FLAG) {
        stmt->mask = step->integer;
    }
}

/* The array that elements come to or go from; NULL where there is none, which was reported. */
static struct sema_expr *find_array(struct sema *sema, const struct sema_scope *scope,
                                    struct sema_expr *step, const char *word) {
    bool append = word[0] == 'a';
    struct sema_expr *array = !append                            ? array_of(scope, step)
                              : step->vtype.kind == SEMA_V_ARRAY ? step
                                                                 : NULL;
    if (step->kind == E_ABSENT) {
        return NULL;
    }
    if (is_part(step)) {
        refuse_part(sema, step, word);
        return NULL;
    }
    if (!array) {
        struct diag *d = diag_report(sema->diags, DIAG_TARGET, step->span, "'%s' wants %s", word,
                                     append ? "an array" : "an element of an array");
        if (!append && step->vtype.kind == SEMA_V_ARRAY) {
            diag_note(sema->diags, d, span_none(), "'[*]' behind it means all of its elements");
        }
        const struct sema_member *m = word[0] == 'd' && step->kind == E_FIELD ? step->member : NULL;
        if (m && m->kind == SEMA_M_FIELD && m->decl->when) {
            diag_note(
                sema->diags, d, m->decl->when->span,
                "a field with a condition goes by 'replace … with \"\"', and setting what this asks for");
        }
        return NULL;
    }
    return may_grow(sema, array, step->span) ? array : NULL;
}

/* An element as it is written: its value or, with `with`, its bytes. */
static void resolve_element(struct script_build *build, const struct sema_scope *scope,
                            const struct ast *node, struct sema_stmt *stmt) {
    struct sema *sema = build->sema;
    struct sema_scope inner = *scope;
    struct sema_vtype element = sema_vtype_simple(SEMA_V_ANY);
    if (stmt->array) {
        element = sema_vtype_of(stmt->array->vtype.decl, stmt->array->vtype.level + 1);
    }
    inner.wanted = NULL;
    stmt->raw = node->flag;
    if (stmt->raw) {
        struct sema_vtype bytes = sema_vtype_simple(SEMA_V_BYTES);
        stmt->expr = sema_resolve(sema, &inner, node->kid[1]);
        script_check_value(sema, &bytes, stmt->expr, "what stands behind 'with'");
        return;
    }
    inner.wanted = &element;
    stmt->expr = script_resolve_made(sema, &inner, node->kid[1], &element);
    build->script->makes = build->script->makes || element.kind != SEMA_V_INT;
}

static void resolve_replace(struct script_build *build, const struct sema_scope *scope,
                            const struct ast *node, struct sema_stmt *stmt) {
    struct sema *sema = build->sema;
    struct sema_expr *step = sema_last_step(stmt->target);
    struct sema_vtype bytes = sema_vtype_simple(SEMA_V_BYTES);
    struct fields fields = fields_of(sema, step);
    stmt->expr = sema_resolve(sema, scope, node->kid[1]);
    script_check_value(sema, &bytes, stmt->expr, "what stands behind 'with'");
    if (step->kind == E_FLAG || (is_part(step) && step->kind == E_INDEX)) {
        diag_report(sema->diags, DIAG_TARGET, step->span, "this has no bytes of its own");
    } else if (step->kind != E_FILE && is_target(sema, step) && are_all(&fields, is_computed)) {
        diag_report(sema->diags, DIAG_TARGET, step->span, "'%s' is computed: it has no bytes",
                    fields.at.at[0]->name);
    }
}

struct sema_stmt *script_resolve_edit(struct script_build *build, const struct sema_scope *scope,
                                      const struct ast *node) {
    struct sema *sema = build->sema;
    static const enum sema_stmt_kind kinds[] = {[AST_SET] = SEMA_S_SET,
                                                [AST_DELETE] = SEMA_S_DELETE,
                                                [AST_INSERT] = SEMA_S_INSERT,
                                                [AST_APPEND] = SEMA_S_APPEND,
                                                [AST_REPLACE] = SEMA_S_REPLACE};
    struct sema_stmt *stmt = script_stmt_new(build, kinds[node->kind], node);
    stmt->target = sema_resolve(sema, scope, node->kid[0]);
    stmt->many = scope->loop || stmt->target->vtype.kind == SEMA_V_LIST;
    struct sema_expr *step = sema_last_step(stmt->target);
    switch (stmt->kind) {
    case SEMA_S_SET:
        resolve_set(build, scope, node, stmt);
        break;
    case SEMA_S_DELETE:
        stmt->array = find_array(sema, scope, step, "delete");
        break;
    case SEMA_S_INSERT:
        stmt->array = find_array(sema, scope, step, "insert");
        resolve_element(build, scope, node, stmt);
        break;
    case SEMA_S_APPEND:
        stmt->array = find_array(sema, scope, step, "append");
        resolve_element(build, scope, node, stmt);
        break;
    case SEMA_S_REPLACE:
        resolve_replace(build, scope, node, stmt);
        break;
    case SEMA_S_REQUIRE:
    case SEMA_S_LET:
    case SEMA_S_PRINT:
    case SEMA_S_FOR:
        break;
    }
    return stmt;
}
