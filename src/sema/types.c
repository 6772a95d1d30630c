#include "config.h"

#include "sema/internal.h"

#include <string.h>

/* Built-in types besides the integers, whose names carry their width. */
static const struct {
    const char *name;
    enum sema_kind kind;
    uint16_t bits;
    bool ordered; /* takes the suffixes le and be */
} builtin_types[] = {
    {"float", SEMA_FLOAT, 32, true},     {"double", SEMA_FLOAT, 64, true},
    {"float16", SEMA_FLOAT, 16, true},   {"float80", SEMA_FLOAT, 80, true},
    {"bfloat16", SEMA_BFLOAT, 16, true}, {"bool", SEMA_BOOL, 1, false},
    {"uleb128", SEMA_ULEB, 0, false},    {"sleb128", SEMA_SLEB, 0, false},
    {"vlq", SEMA_VLQ, 0, false},         {"zigzag", SEMA_ZIGZAG, 0, true},
    {"bcd", SEMA_BCD, 0, true},          {"byte", SEMA_BYTE, 8, false},
    {"char", SEMA_CHAR, 8, false},       {"string", SEMA_STRING, 8, false},
    {"cstring", SEMA_CSTRING, 0, false},
};

static enum sema_order suffix_order(const char *suffix, bool *known) {
    *known = true;
    if (strcmp(suffix, "le") == 0) {
        return SEMA_LITTLE;
    }
    if (strcmp(suffix, "be") == 0) {
        return SEMA_BIG;
    }
    *known = *suffix == '\0';
    return SEMA_AMBIENT;
}

/* uint8 … uint128, int8 … int128 in whole bytes, with an optional le or be. */
static bool integer_type(const char *name, struct sema_type *out) {
    bool is_signed = strncmp(name, "int", 3) == 0;
    if (!is_signed && strncmp(name, "uint", 4) != 0) {
        return false;
    }
    const char *p = name + (is_signed ? 3 : 4);
    unsigned bits = 0;
    while (*p >= '0' && *p <= '9' && bits < 1000) {
        bits = bits * 10 + (unsigned)(*p++ - '0');
    }
    bool known;
    out->order = suffix_order(p, &known);
    if (!known || bits == 0 || bits > 128 || bits % 8 != 0) {
        return false;
    }
    out->kind = is_signed ? SEMA_INT : SEMA_UINT;
    out->bits = (uint16_t)bits;
    return true;
}

static bool builtin_type(const char *name, struct sema_type *out) {
    if (integer_type(name, out)) {
        return true;
    }
    for (size_t i = 0; i < sizeof builtin_types / sizeof *builtin_types; i++) {
        size_t len = strlen(builtin_types[i].name);
        if (strncmp(name, builtin_types[i].name, len) != 0) {
            continue;
        }
        bool known;
        out->order = suffix_order(name + len, &known);
        if (!known || (name[len] && !builtin_types[i].ordered)) {
            continue;
        }
        out->kind = builtin_types[i].kind;
        out->bits = builtin_types[i].bits;
        return true;
    }
    return false;
}

void sema_report_unknown_type(struct sema *sema, struct sema_schema *schema, const char *name,
                              struct span span) {
    struct diag *d = diag_report(sema->diags, DIAG_UNKNOWN_TYPE, span, "unknown type '%s'", name);
    if (sema_note_habit(sema, d, HABIT_TYPE, name)) {
        return;
    }
    if (strncmp(name, "uint", 4) == 0 || strncmp(name, "int", 3) == 0) {
        const char *digits = name + (*name == 'u' ? 4 : 3);
        if (*digits && strspn(digits, "0123456789") == strlen(digits)) {
            diag_note(
                sema->diags, d, span_none(),
                "integers have whole bytes, up to 128 bits; fewer bits are a width: 'uint8 NAME : 7;'");
            return;
        }
    }
    if (!diag_may_suggest(sema->diags, d)) {
        return;
    }
    VEC(const char *) names = {0};
    static const char *const integers[] = {"uint8",  "uint16",  "uint24", "uint32",
                                           "uint64", "uint128", "int8",   "int16",
                                           "int24",  "int32",   "int64",  "int128"};
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        *vec_push(&names, sema->arena) = integers[i];
    }
    for (size_t i = 0; i < sizeof builtin_types / sizeof *builtin_types; i++) {
        *vec_push(&names, sema->arena) = builtin_types[i].name;
    }
    for (uint32_t i = 0; i < schema->structs.n; i++) {
        *vec_push(&names, sema->arena) = schema->structs.at[i]->name;
    }
    for (uint32_t i = 0; i < schema->enums.n; i++) {
        *vec_push(&names, sema->arena) = schema->enums.at[i]->name;
    }
    for (uint32_t i = 0; i < schema->typedefs.n; i++) {
        *vec_push(&names, sema->arena) = schema->typedefs.at[i]->name;
    }
    diag_suggest(sema->diags, d, name, names.at, names.n);
}

/* The number of bytes that a type has in parentheses: vlq(9), zigzag(4), bcd(3). */
static void byte_count(struct sema *sema, struct sema_schema *schema, const struct ast *node,
                       struct sema_type *type) {
    bool vlq = type->kind == SEMA_VLQ, zigzag = type->kind == SEMA_ZIGZAG,
         bcd = type->kind == SEMA_BCD;
    struct sema_scope scope = {.schema = schema};
    int128 n = 0, most = zigzag ? 16 : 19;
    if (!vlq && !zigzag && !bcd) {
        if (node->flag) {
            diag_report(sema->diags, DIAG_ARGUMENTS, node->span, "'%s' takes no arguments",
                        node->name);
        }
        return;
    }
    if ((bcd && !node->kid[0]) || (node->kid[0] && node->kid[0]->next)) {
        diag_report(sema->diags, DIAG_ARGUMENTS, node->span, "a %s takes one argument: %s",
                    node->name, vlq ? "the most bytes it may have" : "its bytes");
    } else if (node->kid[0] && sema_bind_int(sema, &scope, node->kid[0], &n) &&
               (n < 1 || n > most)) {
        diag_report(sema->diags, DIAG_CONSTANT_RANGE, node->kid[0]->span, "a %s has 1 to %d bytes",
                    node->name, (int)most);
    }
    type->limit = (uint8_t)(n >= 1 && n <= most ? n : 0);
    type->kind = bcd && !type->limit ? SEMA_BAD : type->kind;
}

/* What a declaration has from what it is a part of, or from where its typedef is used. */
struct decl_use {
    const char *form;    /* how its values are shown unless it says so itself, or NULL */
    bool of_use;         /* whatever it says */
    enum sema_file file; /* unless it is isolated itself */
};

static struct sema_decl *decl_used(struct sema *sema, struct sema_schema *schema,
                                   struct sema_struct *owner, struct ast *field,
                                   struct decl_use use);

const char *sema_form_of(const struct sema_decl *decl) {
    if (!decl || decl->as_of_use) {
        return decl ? decl->as : NULL;
    }
    bool field = decl->ast && decl->ast->kind == AST_FIELD; /* a parameter's has none */
    const struct ast *as = field ? ast_clause(decl->ast, AST_C_AS) : NULL;
    return as ? as->name : decl->as;
}

/* A typedef as a declaration of its own, whose values are shown in another form or isolated. */
static struct sema_decl *formed(struct sema *sema, const struct sema_typedef *def, const char *form,
                                enum sema_file file) {
    const char *key = (const char *)def + file; /* an address inside: unique to both */
    struct sema_decl *decl = map_get(&sema->formed, key, form);
    if (!decl) {
        struct decl_use use = {.form = form, .of_use = form != NULL, .file = file};
        decl = decl_used(sema, def->decl->schema, NULL, def->ast->kid[0], use);
        decl->name = def->name;
        decl->aliases = def->decl->aliases;
        map_put(&sema->formed, sema->arena, key, form, decl);
    }
    return decl;
}

const struct sema_type *sema_enum_base(struct sema *sema, struct sema_enum *e) {
    if (!e->base && e->ast->kid[0]) {
        e->base = sema_type_of(sema, e->schema, NULL, e->ast->kid[0], NULL);
    } else if (!e->base) {
        struct sema_type *any = arena_alloc(sema->arena, sizeof *any);
        any->kind = SEMA_INT;
        any->bits = 128;
        e->base = any;
        e->homeless = true;
    }
    return e->base;
}

bool sema_names_values(enum sema_kind kind) {
    return kind == SEMA_UINT || kind == SEMA_INT || kind == SEMA_ULEB || kind == SEMA_SLEB ||
           kind == SEMA_VLQ;
}

/* kind(uint16le): the type in parentheses, which came as an argument. */
static void stored_type(struct sema *sema, struct sema_schema *schema, const struct ast *node,
                        struct sema_type *type) {
    const struct ast *arg = node->kid[0];
    bool one = arg && !arg->next && (arg->kind == AST_NAME || arg->kind == AST_CALL);
    if (!one) {
        type->kind = SEMA_BAD;
        diag_report(sema->diags, DIAG_ARGUMENTS, node->span,
                    "'%s' takes the type it is stored in: '%s(uint8)'", node->name, node->name);
        return;
    }
    struct ast stored = *arg;
    stored.kind = AST_TYPE_NAME;
    stored.flag = arg->kind == AST_CALL;
    stored.name_span = arg->kind == AST_CALL ? arg->name_span : arg->span;
    *type = *sema_type_of(sema, schema, NULL, &stored, NULL);
    if (type->kind == SEMA_ALIAS && type->alias->dims.n == 0 && !type->alias->ast->kid[2]) {
        *type = *type->alias->type;
    }
    if (type->kind != SEMA_BAD && (!sema_names_values(type->kind) || type->names)) {
        type->kind = SEMA_BAD;
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, arg->span,
                    "'%s' can't be stored in this: it needs an integer type", node->name);
    }
}

static void enum_type(struct sema *sema, struct sema_schema *schema, const struct ast *node,
                      struct sema_enum *e, const struct sema_decl *decl, struct sema_type *type) {
    *type = *sema_enum_base(sema, e);
    if (node->flag) {
        stored_type(sema, schema, node, type);
    } else if (e->homeless && decl) { /* a parameter is stored nowhere */
        type->kind = SEMA_BAD;
        struct diag *d =
            diag_report(sema->diags, DIAG_ARGUMENTS, node->span,
                        "'%s' does not say how it is stored: '%s(uint8)' does", e->name, e->name);
        diag_note(sema->diags, d, e->ast->name_span, "it is declared here, without a type");
    }
    type->names = e;
}

static void declared_type(struct sema *sema, struct sema_schema *schema, const struct ast *node,
                          const struct sema_name *found, const struct sema_decl *decl,
                          struct sema_type *type) {
    if (found->kind == SEMA_NAME_STRUCT) {
        type->kind = SEMA_STRUCT;
        type->of = found->of;
        type->of->used = true;
    } else if (found->kind == SEMA_NAME_ENUM) {
        enum_type(sema, schema, node, found->of, decl, type);
    } else {
        type->kind = SEMA_ALIAS;
        type->alias = sema_typedef_decl(sema, schema, found->of);
        const char *form = sema_form_of(decl);
        enum sema_file file = decl ? decl->file : SEMA_FILE_AROUND;
        if ((form || file) && type->alias->type->kind != SEMA_BAD) {
            type->alias = formed(sema, found->of, form, file);
        }
    }
}

static void named_type(struct sema *sema, struct sema_schema *schema, struct ast *node,
                       struct sema_decl *decl, struct sema_type *type) {
    const struct sema_name *found = sema_find_type(sema, schema, node->name, node->name_span);
    if (found) {
        declared_type(sema, schema, node, found, decl, type);
        return;
    }
    if (!builtin_type(node->name, type)) {
        type->kind = SEMA_BAD;
        sema_report_unknown_type(sema, schema, node->name, node->name_span);
        return;
    }
    byte_count(sema, schema, node, type);
}

static void switch_type(struct sema *sema, struct sema_schema *schema, struct sema_struct *owner,
                        struct ast *node, struct sema_decl *decl) {
    for (struct ast *a = node->kid[1]; a; a = a->next) {
        if (a->kind != AST_ARM) {
            continue;
        }
        struct sema_arm *arm = vec_push(&decl->arms, sema->arena);
        arm->span = a->span;
        arm->doc = a->doc;
        arm->fallback = a->kid[0] == NULL;
        if (a->kid[1] && a->kid[1]->kind == AST_FIELD) {
            struct decl_use use = {sema_form_of(decl), decl->as_of_use, decl->file};
            struct sema_decl *body = decl_used(sema, schema, owner, a->kid[1], use);
            body->name = decl->name;
            body->arm_of = decl;
            decl->arms.at[decl->arms.n - 1].decl = body; /* the vector may have moved */
        }
    }
}

struct sema_type *sema_type_of(struct sema *sema, struct sema_schema *schema,
                               struct sema_struct *owner, struct ast *node,
                               struct sema_decl *decl) {
    struct sema_type *type = arena_alloc(sema->arena, sizeof *type);
    switch ((enum ast_kind)node->kind) {
    case AST_TYPE_NAME:
        named_type(sema, schema, node, decl, type);
        break;
    case AST_TYPE_OF: {
        struct sema_schema *other = sema_imported(schema, node->name);
        const char *part = intern_add(sema->intern, (const char *)node->text.at, node->text.len);
        if (!other) {
            type->kind = SEMA_BAD;
            diag_report(sema->diags, DIAG_UNKNOWN_NAME, node->span,
                        "no imported schema is called '%s'", node->name);
            break;
        }
        struct ast inner = *node;
        inner.kind = AST_TYPE_NAME;
        inner.name = part;
        inner.name_span = node->span;
        inner.kid[0] = NULL;
        named_type(sema, other, &inner, decl, type);
        break;
    }
    case AST_TYPE_STRUCT:
        type->kind = SEMA_STRUCT;
        type->of = sema_struct_new(sema, schema, node, owner);
        type->of->used = true;
        if (!owner) {
            type->kind = SEMA_BAD;
            diag_report(
                sema->diags, DIAG_CLAUSE, node->span,
                "a struct written in place belongs in a struct: a type is 'struct NAME { … }'");
        }
        break;
    case AST_TYPE_SWITCH:
        type->kind = SEMA_SWITCH;
        switch_type(sema, schema, owner, node, decl);
        break;
    default:
        type->kind = SEMA_BAD;
        break;
    }
    return type;
}

/* How many typedefs a declaration leads through, its arms included. */
static uint32_t alias_depth(const struct sema_decl *decl) {
    uint32_t depth = decl->type->kind == SEMA_ALIAS ? decl->type->alias->aliases + 1 : 0;
    for (uint32_t i = 0; i < decl->arms.n; i++) {
        uint32_t arm = decl->arms.at[i].decl ? alias_depth(decl->arms.at[i].decl) : 0;
        depth = arm > depth ? arm : depth;
    }
    return depth;
}

static bool is_run(enum sema_kind kind) {
    return kind == SEMA_BYTE || kind == SEMA_CHAR || kind == SEMA_STRING;
}

/* The innermost dimension of bytes and text is their length; the others make arrays. Those of an array whose elements
 * have clauses of their own (each) are all its own, up to the one that an element has. */
static void split_dims(struct sema *sema, struct sema_decl *decl, struct ast *dims) {
    bool run = is_run(decl->type->kind);
    struct ast *until = ast_clause(decl->ast, AST_C_UNTIL);
    const struct sema_decl *element = sema_element(decl);
    const struct ast *end = element ? element->ast->kid[1] : NULL;
    for (struct ast *d = dims; d && d != end; d = d->next) {
        if (run && !d->next) {
            decl->length_kind = d->kid[0] ? SEMA_LEN_EXPR : SEMA_LEN_REST;
            break;
        }
        vec_push(&decl->dims, sema->arena);
    }
    if (run && decl->length_kind == SEMA_LEN_REST && decl->dims.n == 0 && until) {
        decl->length_kind = SEMA_LEN_UNTIL;
    }
}

static bool mentions_rest(const struct sema *sema, const struct ast *node) {
    bool yes = false;
    for (const struct ast *a = node; a && !yes; a = a->next) {
        yes = a->kind == AST_DOLLAR && a->name == sema->word.rest;
        for (int i = 0; i < 3 && !yes; i++) {
            yes = mentions_rest(sema, a->kid[i]);
        }
    }
    return yes;
}

/* Which bytes are the file of what a field decodes: those that the innermost of its clauses bounds it to. */
static enum sema_file file_of(const struct sema *sema, const struct ast *field,
                              const struct decl_use *use) {
    if (!ast_clause(field, AST_C_ISOLATED)) {
        return use->file;
    }
    const struct ast *from = ast_clause(field, AST_C_FROM);
    bool source = from && (!ast_clause(field, AST_C_SIZED) || mentions_rest(sema, from->kid[0]));
    return source ? SEMA_FILE_SOURCE : SEMA_FILE_OWN;
}

/* The dimension that is the length of a run which is an element: the last one that the array is written with, unless the
 * element's own clauses say where it ends. */
static struct ast *element_length(struct sema *sema, const struct ast *array,
                                  const struct ast *element) {
    if (ast_clause(element, AST_C_SIZED) || ast_clause(element, AST_C_FROM) ||
        ast_clause(element, AST_C_UNTIL)) {
        return ast_new(sema->arena, AST_DIM, element->span);
    }
    struct ast *last = array->kid[1];
    while (last && last->next) {
        last = last->next;
    }
    return last;
}

/* The element of an array with the clauses behind its `each`, as a declaration without a name. */
static struct sema_type *element_type(struct sema *sema, struct sema_decl *decl,
                                      const struct ast *each) {
    struct ast *field = ast_new(sema->arena, AST_FIELD, decl->ast->span);
    const struct ast *bits = ast_clause(decl->ast, AST_C_BITS);
    field->kid[0] = decl->ast->kid[0];
    field->kid[2] = each->kid[0];
    if (bits) {
        field->kid[2] = ast_new(sema->arena, AST_C_BITS, bits->span);
        field->kid[2]->kid[0] = bits->kid[0];
        field->kid[2]->next = each->kid[0];
    }
    struct decl_use use = {sema_form_of(decl), decl->as_of_use, decl->file};
    struct sema_decl *element = decl_used(sema, decl->schema, decl->owner, field, use);
    if (is_run(element->type->kind)) {
        field->kid[1] = element_length(sema, decl->ast, field);
        split_dims(sema, element, field->kid[1]);
    }
    element->name = decl->name;
    element->name_span = decl->name_span;
    element->arm_of = decl;
    element->aliases = alias_depth(element);
    struct sema_type *type = arena_alloc(sema->arena, sizeof *type);
    type->kind = SEMA_ALIAS;
    type->alias = element;
    return type;
}

static struct sema_decl *decl_used(struct sema *sema, struct sema_schema *schema,
                                   struct sema_struct *owner, struct ast *field,
                                   struct decl_use use) {
    struct sema_decl *decl = arena_alloc(sema->arena, sizeof *decl);
    decl->as = use.form;
    decl->as_of_use = use.of_use;
    decl->file = file_of(sema, field, &use);
    decl->name = field->name;
    decl->doc = field->doc;
    decl->span = field->span;
    decl->name_span = field->name ? field->name_span : field->span;
    decl->ast = field;
    decl->schema = schema;
    decl->owner = owner;
    decl->bit_size = decl->bit_total = SEMA_DYNAMIC;
    *vec_push(&sema->decls, sema->arena) = decl;
    const struct ast *each = ast_clause(field, AST_C_EACH);
    decl->type = each ? element_type(sema, decl, each)
                      : sema_type_of(sema, schema, owner, field->kid[0], decl);
    if (field->kind == AST_FIELD) {
        split_dims(sema, decl, field->kid[1]);
        decl->packed = ast_clause(field, AST_C_BITS) != NULL;
    } else {
        decl->packed = true;
    }
    return decl;
}

struct sema_decl *sema_decl_new(struct sema *sema, struct sema_schema *schema,
                                struct sema_struct *owner, struct ast *field) {
    return decl_used(sema, schema, owner, field, (struct decl_use){0});
}

/* What stands for a typedef that was wrong. */
static struct sema_decl *bad_decl(struct sema *sema, struct sema_schema *schema,
                                  const struct sema_typedef *def) {
    struct sema_decl *decl = arena_alloc(sema->arena, sizeof *decl);
    decl->type = arena_alloc(sema->arena, sizeof *decl->type);
    decl->type->kind = SEMA_BAD;
    decl->ast = def->ast->kid[0];
    decl->schema = schema;
    return decl;
}

static void limit_aliases(struct sema *sema, struct sema_decl *decl) {
    decl->aliases = alias_depth(decl);
    if (decl->aliases >= SEMA_ALIAS_MAX) {
        if (!sema->too_deep) {
            sema->too_deep = true;
            diag_report(sema->diags, DIAG_CHAIN, decl->name_span,
                        "too long a chain of typedefs: at most %u may lead to each other",
                        SEMA_ALIAS_MAX);
        }
        decl->type->kind = SEMA_BAD;
        decl->arms.n = 0;
    }
}

struct sema_decl *sema_typedef_decl(struct sema *sema, struct sema_schema *schema,
                                    struct sema_typedef *def) {
    if (def->state == 2) {
        return def->decl;
    }
    if (def->state == 1) {
        struct diag *d = diag_report(sema->diags, DIAG_CYCLE, def->ast->name_span,
                                     "typedef '%s' is made of itself", def->name);
        sema_note_open_cycle(sema, d, def);
        return bad_decl(sema, schema, def);
    }
    if (!sema_open(sema, def, def->name, def->ast->name_span)) {
        return bad_decl(sema, schema, def);
    }
    def->state = 1;
    struct sema_decl *decl = sema_decl_new(sema, schema, NULL, def->ast->kid[0]);
    decl->name = def->name;
    def->decl = decl;
    def->state = 2;
    sema_close(sema);
    limit_aliases(sema, decl);
    return decl;
}
