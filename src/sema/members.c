#include "config.h"

#include "sema/internal.h"

#include <string.h>

#include "base/encoding.h"

/* The expressions of every declaration and member, resolved where they stand. */

static const char *const display_forms[] = {
#define FORM(name, text, bytes, number) text,
#include "sema/form.def"
#undef FORM
};

bool sema_is_form(const char *name) {
    for (size_t i = 1; i < sizeof display_forms / sizeof *display_forms; i++) {
        if (strcmp(name, display_forms[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Resolves a clause, if the declaration has it. */
static struct sema_expr *clause(struct sema *sema, const struct sema_scope *scope,
                                const struct sema_decl *decl, enum ast_kind kind,
                                enum sema_vkind wanted, const char *what) {
    struct ast *node = ast_clause(decl->ast, kind);
    if (!node) {
        return NULL;
    }
    return wanted == SEMA_V_ANY ? sema_resolve(sema, scope, node->kid[0])
                                : sema_resolve_as(sema, scope, node->kid[0], wanted, what);
}

/* Names of encodings that are constant must be known; so must those of a choice. */
static void check_among(struct sema *sema, struct encodings *encodings, const struct sema_expr *e) {
    if (e->kind == E_COND) {
        check_among(sema, encodings, e->kid[1]);
        check_among(sema, encodings, e->kid[2]);
        return;
    }
    if (e->kind != E_TEXT || encodings_find(encodings, e->text)) {
        return;
    }
    unsigned n;
    const char *const *common = encoding_common_names(&n);
    char *name = arena_strndup(sema->arena, (const char *)e->text.at, e->text.len);
    struct diag *d =
        diag_report(sema->diags, DIAG_UNKNOWN_ENCODING, e->span, "unknown encoding '%s'", name);
    for (char *p = name; *p; p++) { /* as the common names are written */
        *p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
    }
    diag_suggest(sema->diags, d, name, common, n);
}

void sema_check_encoding(struct sema *sema, const struct sema_expr *e) {
    struct encodings *encodings = encodings_new();
    check_among(sema, encodings, e);
    encodings_free(encodings);
}

static struct sema_expr *resolve_encoding(struct sema *sema, const struct sema_scope *scope,
                                          const struct ast *node) {
    struct sema_expr *e = sema_resolve_as(sema, scope, node, SEMA_V_TEXT, "an encoding");
    sema_check_encoding(sema, e);
    return e;
}

/* Whether an expression asks for the index or element of a loop. */
static bool mentions(const struct sema_expr *e, const struct sema_dollar *dollar) {
    if (!e) {
        return false;
    }
    if ((e->kind == E_DOLLAR || e->kind == E_DOLLAR_INDEX || e->kind == E_DOLLAR_PREV) &&
        e->dollar == dollar) {
        return true;
    }
    for (int i = 0; i < 3; i++) {
        if (mentions(e->kid[i], dollar)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        if (mentions(e->args.at[i], dollar)) {
            return true;
        }
    }
    return false;
}

static void resolve_dims(struct sema *sema, struct sema_scope *scope, struct sema_decl *decl) {
    struct ast *d = decl->ast->kind == AST_FIELD ? decl->ast->kid[1] : NULL;
    for (uint32_t i = 0; i < decl->dims.n; i++, d = d->next) {
        struct sema_dim *dim = &decl->dims.at[i];
        if (d->kid[0]) {
            dim->count =
                sema_resolve_as(sema, scope, d->kid[0], SEMA_V_INT, "the number of elements");
            int128 n;
            if (sema_constant_int(dim->count, &n) && n < 0) {
                diag_report(sema->diags, DIAG_CONSTANT_RANGE, d->span,
                            "an array can't have a negative number of elements");
            }
        }
        dim->dollar.outer = scope->dollar;
        dim->dollar.loop = true;
        dim->dollar.item = sema_vtype_of(decl, i + 1);
        scope->dollar = &dim->dollar;
    }
    if (decl->length_kind == SEMA_LEN_EXPR) {
        decl->length = sema_resolve_as(sema, scope, d->kid[0], SEMA_V_INT, "a length");
        int128 n;
        if (sema_constant_int(decl->length, &n) && n < 0) {
            diag_report(sema->diags, DIAG_CONSTANT_RANGE, d->span, "a length can't be negative");
        }
    }
}

static void resolve_args(struct sema *sema, const struct sema_scope *scope,
                         struct sema_decl *decl) {
    const struct ast *type = decl->ast->kid[0];
    if (decl->type->kind != SEMA_STRUCT || type->kind == AST_TYPE_STRUCT) {
        return;
    }
    const struct ast *args = type->kind == AST_TYPE_NAME ? type->kid[0] : NULL;
    if (!sema_takes(sema, decl->type->of, args, type->span)) {
        return;
    }
    for (const struct ast *a = args; a; a = a->next) {
        struct sema_expr *e = sema_give(sema, scope, decl->type->of, decl->args.n, a);
        *vec_push(&decl->args, sema->arena) = e;
    }
}

static void check_bits(struct sema *sema, struct sema_decl *decl) {
    const struct sema_type *t = decl->type;
    bool integer = t->kind == SEMA_UINT || t->kind == SEMA_INT || t->kind == SEMA_BOOL;
    if (!integer) {
        if (t->kind != SEMA_BAD) {
            diag_report(sema->diags, DIAG_BIT_WIDTH, decl->bits->span,
                        "only integers, enums, flags and bool have a bit width");
        }
        decl->bits = sema_wrong(sema, decl->bits->span);
        return;
    }
    int128 n;
    unsigned most = t->kind == SEMA_BOOL ? 1 : t->bits;
    if (sema_constant_int(decl->bits, &n) && (n < 1 || n > most)) {
        diag_report(sema->diags, DIAG_BIT_WIDTH, decl->bits->span, "the type has 1 to %u bits",
                    most);
        decl->bits = sema_wrong(sema, decl->bits->span);
    }
}

/* Whether what is decoded is, or may be, a struct; typedefs looked through. */
static bool holds_structs(const struct sema_decl *decl) {
    while (decl->type->kind == SEMA_ALIAS) {
        decl = decl->type->alias;
    }
    return decl->type->kind == SEMA_STRUCT || decl->type->kind == SEMA_SWITCH ||
           decl->type->kind == SEMA_BAD;
}

/* What an array says of its elements: that it is one, and that an element has no elements of its own to say it of. */
static void check_each(struct sema *sema, const struct sema_decl *decl) {
    const struct ast *each = ast_clause(decl->ast, AST_C_EACH);
    if (each && decl->dims.n == 0) {
        struct diag *d =
            diag_report(sema->diags, DIAG_CLAUSE, each->span, "'each' belongs to an array");
        if (decl->type->alias && decl->type->alias->length_kind != SEMA_LEN_NONE) {
            diag_note(sema->diags, d, span_none(),
                      "the last dimension of text and bytes is their length, unless 'sized', "
                      "'from' or 'until' behind 'each' says where one ends");
        }
    }
}

static void check_clauses(struct sema *sema, struct sema_decl *decl) {
    check_each(sema, decl);
    if (decl->then && !decl->at) {
        diag_report(sema->diags, DIAG_CLAUSE, decl->then->span,
                    "'then' goes on from a first place: it wants '@'");
    }
    if (decl->dims.n && decl->dims.at[0].count && (decl->until || decl->while_)) {
        diag_report(sema->diags, DIAG_CLAUSE, (decl->until ? decl->until : decl->while_)->span,
                    "an array ends by its count or by its condition, not by both");
    }
    if ((decl->equals || decl->in) && (decl->arm_of || !decl->owner)) {
        diag_report(sema->diags, DIAG_CLAUSE, (decl->equals ? decl->equals : decl->in)->span,
                    "a relation belongs to a field of a struct, not to %s",
                    decl->arm_of ? "an arm" : "a typedef");
    }
    if (decl->recover && decl->dims.n && (decl->placed_each || decl->then || decl->stride)) {
        diag_report(sema->diags, DIAG_CLAUSE, decl->recover->span,
                    "'recover' looks for the next element, and the place of these is said");
    }
    const struct ast *isolated = ast_clause(decl->ast, AST_C_ISOLATED);
    if (isolated && !holds_structs(decl) && !(decl->at && decl->from)) {
        diag_report(sema->diags, DIAG_CLAUSE, isolated->span,
                    "'isolated' is about the places in a struct, and there is none");
    }
    const struct ast *as = decl->ast->kind == AST_FIELD ? ast_clause(decl->ast, AST_C_AS) : NULL;
    if (as && decl->type->kind == SEMA_STRUCT) {
        diag_report(sema->diags, DIAG_CLAUSE, as->name_span,
                    "'as' has nothing to show: the fields of a struct have forms of their own");
    } else if (as && !sema_is_form(decl->as)) {
        struct diag *d = diag_report(sema->diags, DIAG_UNKNOWN_FORM, as->name_span,
                                     "unknown display form '%s'", decl->as);
        diag_suggest(sema->diags, d, decl->as, display_forms + 1,
                     sizeof display_forms / sizeof *display_forms - 1);
    }
}

static void resolve_value(struct sema *sema, struct sema_scope *scope, struct sema_decl *decl) {
    struct sema_vtype v = sema_vtype_of(decl, decl->dims.n);
    scope->wanted = &v;
    decl->equals = clause(sema, scope, decl, AST_C_EQUALS, SEMA_V_ANY, "");
    scope->wanted = NULL;
    if (decl->equals && decl->equals->vtype.kind != SEMA_V_ANY && v.kind != SEMA_V_ANY &&
        !decl->dims.n) {
        bool text =
            (v.kind == SEMA_V_BYTES || v.kind == SEMA_V_TEXT) &&
            (decl->equals->vtype.kind == SEMA_V_TEXT || decl->equals->vtype.kind == SEMA_V_BYTES);
        bool listed = v.kind == SEMA_V_BYTES && decl->equals->vtype.kind == SEMA_V_LIST;
        if (!sema_vtype_is(&decl->equals->vtype, v.kind) && !text && !listed &&
            !(v.kind == SEMA_V_FLOAT && decl->equals->vtype.kind == SEMA_V_INT)) {
            diag_report(sema->diags, DIAG_TYPE_MISMATCH, decl->equals->span,
                        "'%s' is %s and can't equal %s", decl->name, sema_vtype_text(sema, &v),
                        sema_vtype_text(sema, &decl->equals->vtype));
        }
    }
    int128 n;
    if (decl->equals && sema_constant_int(decl->equals, &n) && decl->type->kind == SEMA_UINT &&
        (n < 0 || (decl->type->bits < 127 && n >> decl->type->bits))) {
        diag_report(sema->diags, DIAG_CONSTANT_RANGE, decl->equals->span,
                    "the constant does not fit the %u bits of '%s'", decl->type->bits,
                    decl->name ? decl->name : "the field");
    }
    struct ast *in = ast_clause(decl->ast, AST_C_IN);
    if (in) {
        decl->in = sema_resolve_set(sema, scope, in->kid[0], &v);
        sema_check_among(sema, &v, decl->in);
    }
}

/* The place of a clause: a number, or a struct, which stands for its start. */
static struct sema_expr *place_clause(struct sema *sema, const struct sema_scope *scope,
                                      const struct sema_decl *decl, enum ast_kind kind) {
    struct sema_expr *e = clause(sema, scope, decl, kind, SEMA_V_ANY, "");
    if (e && e->vtype.kind != SEMA_V_STRUCT && !sema_vtype_is(&e->vtype, SEMA_V_INT)) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, e->span,
                    "a place is a number or a struct, not %s", sema_vtype_text(sema, &e->vtype));
    }
    return e;
}

/* The bytes of a clause: text and lists of bytes do, too. */
static struct sema_expr *bytes_clause(struct sema *sema, const struct sema_scope *scope,
                                      const struct sema_decl *decl, enum ast_kind kind) {
    struct sema_expr *e = clause(sema, scope, decl, kind, SEMA_V_ANY, "");
    bool number = e && (e->vtype.kind == SEMA_V_INT || e->vtype.kind == SEMA_V_BOOL ||
                        e->vtype.kind == SEMA_V_FLOAT);
    if (number) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, e->span, "'from' wants bytes, not %s",
                    sema_vtype_text(sema, &e->vtype));
    }
    return e;
}

/* align and skip: constants must make sense. */
static void resolve_distance(struct sema *sema, const struct sema_scope *scope,
                             struct sema_member *m) {
    int128 n;
    m->expr = sema_resolve_as(sema, scope, m->ast->kid[0], SEMA_V_INT, "a number of bytes");
    if (sema_constant_int(m->expr, &n) && n < (m->kind == SEMA_M_ALIGN)) {
        diag_report(sema->diags, DIAG_CONSTANT_RANGE, m->expr->span,
                    m->kind == SEMA_M_ALIGN ? "'align' takes a number from 1 on"
                                            : "'skip' does not go back: use '@'");
    }
}

/* Whether a clause of arrays stands on one; reported otherwise, and then it is not resolved: "$" would mean nothing in
 * it. */
static bool on_array(struct sema *sema, const struct sema_decl *decl, enum ast_kind kind,
                     const char *name) {
    const struct ast *node = ast_clause(decl->ast, kind);
    if (node && decl->dims.n == 0) {
        diag_report(sema->diags, DIAG_CLAUSE, node->span, "'%s' belongs to an array", name);
        return false;
    }
    return node != NULL;
}

/* The clauses that say how an array goes on, and where it ends. */
static void resolve_array(struct sema *sema, const struct sema_scope *scope,
                          const struct sema_scope *first, struct sema_decl *decl) {
    if (on_array(sema, decl, AST_C_STRIDE, "stride")) {
        decl->stride = clause(sema, scope, decl, AST_C_STRIDE, SEMA_V_INT, "a stride");
    }
    if (on_array(sema, decl, AST_C_RECOVER, "recover")) {
        decl->recover = clause(sema, scope, decl, AST_C_RECOVER, SEMA_V_INT, "a place");
    }
    if (on_array(sema, decl, AST_C_THEN, "then")) {
        decl->then = place_clause(sema, first, decl, AST_C_THEN);
    }
    if (on_array(sema, decl, AST_C_WHILE, "while")) {
        decl->while_ = clause(sema, first, decl, AST_C_WHILE, SEMA_V_BOOL, "a condition");
    }
    const struct ast *until = ast_clause(decl->ast, AST_C_UNTIL);
    if (decl->length_kind == SEMA_LEN_UNTIL) {
        decl->until = clause(sema, scope, decl, AST_C_UNTIL, SEMA_V_TEXT, "a terminator");
        decl->until_words = until->op;
    } else if (on_array(sema, decl, AST_C_UNTIL, "until")) {
        decl->until = clause(sema, first, decl, AST_C_UNTIL, SEMA_V_BOOL, "a condition");
        if (until->op) {
            diag_report(sema->diags, DIAG_CLAUSE, until->span,
                        "'included', 'left' and 'optional' are about the terminator of a text or "
                        "of bytes, not about an array's last element");
        }
    }
}

static void report_always(struct sema *sema, const struct sema_expr *condition) {
    if (condition->kind == E_BOOL) {
        diag_report(sema->diags, DIAG_ALWAYS, condition->span, "this is always %s",
                    condition->flag ? "true" : "false");
    }
}

/* What each value must be: "$" is the value, of an array the element. */
static void resolve_require(struct sema *sema, const struct sema_scope *elements,
                            struct sema_decl *decl) {
    const struct ast *node = ast_clause(decl->ast, AST_C_REQUIRE);
    if (!node) {
        return;
    }
    struct sema_scope scope = *elements;
    if (decl->dims.n == 0) {
        decl->require_dollar.outer = scope.dollar;
        decl->require_dollar.item = sema_vtype_of(decl, 0);
        scope.dollar = &decl->require_dollar;
    }
    decl->require = sema_resolve_as(sema, &scope, node->kid[0], SEMA_V_BOOL, "a requirement");
    decl->require_message =
        node->flag ? arena_strndup(sema->arena, (const char *)node->text.at, node->text.len) : NULL;
    report_always(sema, decl->require);
}

static void resolve_decl(struct sema *sema, struct sema_decl *decl) {
    struct sema_scope scope = {.schema = decl->schema, .self = decl->owner};
    for (struct sema_decl *d = decl->arm_of; d && !scope.dollar; d = d->arm_of) {
        scope.dollar = d->dims.n ? &d->dims.at[d->dims.n - 1].dollar : NULL;
    }
    decl->sized = clause(sema, &scope, decl, AST_C_SIZED, SEMA_V_INT, "a size");
    decl->from = bytes_clause(sema, &scope, decl, AST_C_FROM);
    struct ast *encoding = ast_clause(decl->ast, AST_C_ENCODING);
    decl->encoding = encoding       ? resolve_encoding(sema, &scope, encoding->kid[0])
                     : decl->arm_of ? decl->arm_of->encoding
                                    : NULL;
    struct ast *as = ast_clause(decl->ast, AST_C_AS);
    decl->as = as && !decl->as_of_use ? as->name : decl->as;
    struct sema_scope look = scope;
    decl->when_dollar.item = sema_vtype_of(decl, 0);
    decl->when_dollar.here = true;
    decl->when_dollar.outer = scope.dollar;
    look.dollar = &decl->when_dollar;
    decl->when = clause(sema, &look, decl, AST_C_WHEN, SEMA_V_BOOL, "a condition");
    struct sema_scope elements = scope;
    resolve_dims(sema, &elements, decl);
    struct sema_scope first = scope;
    if (decl->dims.n) {
        first.dollar = &decl->dims.at[0].dollar;
    }
    decl->at = place_clause(sema, &first, decl, AST_C_AT);
    decl->placed_each = decl->dims.n && mentions(decl->at, &decl->dims.at[0].dollar);
    resolve_array(sema, &scope, &first, decl);
    decl->bits = decl->ast->kind == AST_PAD ? sema_resolve_as(sema, &elements, decl->ast->kid[1],
                                                              SEMA_V_INT, "a bit width")
                 : sema_element(decl) /* they are its */
                     ? NULL
                     : clause(sema, &elements, decl, AST_C_BITS, SEMA_V_INT, "a bit width");
    if (decl->bits) {
        check_bits(sema, decl);
    }
    resolve_args(sema, &elements, decl);
    if (decl->type->kind == SEMA_SWITCH) {
        sema_resolve_switch(sema, &elements, decl);
    }
    if (decl->ast->kind == AST_FIELD) {
        resolve_value(sema, &elements, decl);
        resolve_require(sema, &elements, decl);
        check_clauses(sema, decl);
    }
}

/* endian and bitorder speak of a few words each; they are enumerators of an enum that no schema can see. */
static struct sema_enum *word_enum(struct sema *sema, const char *little, const char *big,
                                   const char *none) {
    struct sema_enum *e = arena_alloc(sema->arena, sizeof *e);
    e->name = "order";
    sema_enumerator_add(sema, e, little)->value = SEMA_LITTLE;
    sema_enumerator_add(sema, e, big)->value = SEMA_BIG;
    if (none) {
        sema_enumerator_add(sema, e, none)->value = SEMA_UNDECIDED;
    }
    return e;
}

static struct sema_expr *resolve_ambient(struct sema *sema, struct sema_scope scope,
                                         const struct ast *node) {
    if (node->kind == AST_ENCODING) {
        return resolve_encoding(sema, &scope, node->kid[0]);
    }
    bool endian = node->kind == AST_ENDIAN;
    struct sema_enum *words =
        endian ? word_enum(sema, sema->word.little, sema->word.big, sema->word.none)
               : word_enum(sema, sema->word.lsb, sema->word.msb, NULL);
    struct sema_vtype word = {.kind = SEMA_V_INT, .names = words};
    scope.wanted = &word;
    struct sema_expr *e = sema_resolve(sema, &scope, node->kid[0]);
    if (e->vtype.kind != SEMA_V_ANY && e->vtype.names != words) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, node->kid[0]->span,
                    endian ? "an endianness is 'little', 'big' or 'none', without quotes"
                           : "a bit order is 'msb' or 'lsb', without quotes");
    }
    return e;
}

static void resolve_member(struct sema *sema, struct sema_member *m) {
    struct sema_scope scope = {.schema = m->owner->schema, .self = m->owner};
    switch (m->kind) {
    case SEMA_M_FIELD:
    case SEMA_M_PAD:
        break; /* its declaration is among sema->decls */
    case SEMA_M_LET:
        sema_resolve_let(sema, m);
        break;
    case SEMA_M_IF:
        m->expr = sema_resolve_as(sema, &scope, m->ast->kid[0], SEMA_V_BOOL, "a condition");
        for (uint32_t i = 0; i < m->yes.at.n; i++) {
            resolve_member(sema, m->yes.at.at[i]);
        }
        for (uint32_t i = 0; i < m->no.at.n; i++) {
            resolve_member(sema, m->no.at.at[i]);
        }
        break;
    case SEMA_M_CHECK:
    case SEMA_M_REQUIRE:
        m->expr = sema_resolve_as(sema, &scope, m->ast->kid[0], SEMA_V_BOOL,
                                  m->kind == SEMA_M_CHECK ? "a check" : "a requirement");
        report_always(sema, m->expr);
        break;
    case SEMA_M_MAGIC:
        if (m->ast->kid[0]->kind == AST_NAME) {
            diag_report(sema->diags, DIAG_NOT_CONSTANT, m->ast->kid[0]->span,
                        "a magic is a string: 'magic \"%s\";'", m->ast->kid[0]->name);
            m->expr = sema_wrong(sema, m->span);
            break;
        }
        m->expr = sema_resolve_as(sema, &scope, m->ast->kid[0], SEMA_V_TEXT, "a magic");
        if (m->expr->kind != E_TEXT && m->expr->kind != E_ABSENT) {
            diag_report(sema->diags, DIAG_NOT_CONSTANT, m->expr->span, "a magic is a string");
        }
        break;
    case SEMA_M_ALIGN:
    case SEMA_M_SKIP:
        resolve_distance(sema, &scope, m);
        break;
    case SEMA_M_ENDIAN:
    case SEMA_M_BITORDER:
    case SEMA_M_ENCODING:
        m->expr = resolve_ambient(sema, scope, m->ast);
        break;
    }
}

static void resolve_detect(struct sema *sema, struct sema_schema *schema, const struct ast *item) {
    struct sema_scope scope = {.schema = schema};
    struct sema_detect *detect = vec_push(&schema->detects, sema->arena);
    for (const struct ast *d = item->kid[0]; d; d = d->next) {
        struct sema_expr *pattern =
            sema_resolve_as(sema, &scope, d->kid[0], SEMA_V_TEXT, "a pattern");
        int128 offset = 0;
        if (pattern->kind != E_TEXT || !sema_bind_int(sema, &scope, d->kid[1], &offset)) {
            continue;
        }
        if (offset > INT64_MAX / 2 || offset < INT64_MIN / 2) {
            diag_report(sema->diags, DIAG_CONSTANT_RANGE, d->kid[1]->span, "no file is that long");
            continue;
        }
        struct sema_detect_part *part = vec_push(&detect->parts, sema->arena);
        part->pattern = pattern->text;
        part->offset = (int64_t)offset;
    }
}

/* What a file says of an order must be known: nothing of it runs. */
static struct sema_expr *resolve_file_order(struct sema *sema, struct sema_scope scope,
                                            const struct ast *item) {
    struct sema_expr *e = resolve_ambient(sema, scope, item);
    int128 n;
    if (e->kind != E_ABSENT && e->vtype.kind == SEMA_V_INT && !sema_constant_int(e, &n)) {
        diag_report(sema->diags, DIAG_NOT_CONSTANT, item->span,
                    "a file's order is a constant; one that the data chooses is said in a struct");
    } else if (sema_constant_int(e, &n) && n == SEMA_UNDECIDED) {
        diag_report(sema->diags, DIAG_CONSTANT_RANGE, item->span,
                    "a file's byte order is 'little' or 'big'; only data leave it undecided");
    }
    return e;
}

/* Structs with a `sized` of their own are regions in their own fields. */
static void resolve_struct(struct sema *sema, struct sema_struct *s) {
    const struct ast *sized = s->ast->kid[1];
    if (sized) {
        struct sema_scope scope = {.schema = s->schema, .self = s};
        s->sized = sema_resolve_as(sema, &scope, sized, SEMA_V_INT, "a size");
    }
    for (uint32_t i = 0; i < s->block.at.n; i++) {
        resolve_member(sema, s->block.at.at[i]);
    }
}

void sema_resolve_all(struct sema *sema, struct sema_schema *schema) {
    struct sema_scope scope = {.schema = schema};
    for (struct ast *item = schema->ast->kid[0]; item; item = item->next) {
        switch ((enum ast_kind)item->kind) {
        case AST_DETECT:
            resolve_detect(sema, schema, item);
            break;
        case AST_ENDIAN:
            schema->endian = resolve_file_order(sema, scope, item);
            break;
        case AST_BITORDER:
            schema->bitorder = resolve_file_order(sema, scope, item);
            break;
        case AST_ENCODING:
            schema->encoding = resolve_ambient(sema, scope, item);
            if (schema->encoding->kind != E_TEXT && schema->encoding->kind != E_ABSENT) {
                diag_report(
                    sema->diags, DIAG_NOT_CONSTANT, item->span,
                    "a file's encoding is a constant; one that the data chooses is said in a "
                    "struct");
            }
            break;
        default:
            break;
        }
    }
    for (uint32_t i = 0; i < schema->functions.n; i++) {
        sema_resolve_function(sema, schema->functions.at[i]);
    }
    for (uint32_t i = schema->decl_first; i < sema->decls.n; i++) {
        resolve_decl(sema, sema->decls.at[i]);
    }
    for (uint32_t i = schema->struct_first; i < sema->structs.n; i++) {
        resolve_struct(sema, sema->structs.at[i]);
    }
}
