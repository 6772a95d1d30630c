#include "config.h"

#include "sema/internal.h"

#include <string.h>

/* First everything with a name is entered, so that order in the file does not matter; then members are built. */

/* Reports the first parameter that is one too many. */
static void limit_params(struct sema *sema, const struct ast *params) {
    uint32_t n = 0;
    for (const struct ast *p = params; p; p = p->next) {
        if (++n > SEMA_PARAMS_MAX) {
            diag_report(sema->diags, DIAG_ARGUMENTS, p->span, "too many parameters: at most %u",
                        SEMA_PARAMS_MAX);
            return;
        }
    }
}

static void declare(struct sema *sema, struct sema_schema *schema, struct map *seen,
                    struct ast *node) {
    const struct ast *before = map_get(seen, node->name, NULL);
    if (before) {
        struct diag *d = diag_report(sema->diags, DIAG_DUPLICATE, node->name_span,
                                     "'%s' is declared twice", node->name);
        diag_note(sema->diags, d, before->name_span, "the first declaration is here");
        return;
    }
    map_put(seen, sema->arena, node->name, NULL, node);
    switch ((enum ast_kind)node->kind) {
    case AST_STRUCT: {
        struct sema_struct *s = sema_struct_new(sema, schema, node, NULL);
        *vec_push(&schema->structs, sema->arena) = s;
        limit_params(sema, node->kid[0]);
        sema_name_add(sema, schema, SEMA_NAME_STRUCT, s, node);
        break;
    }
    case AST_ENUM:
    case AST_FLAGS: {
        struct sema_enum *e = arena_alloc(sema->arena, sizeof *e);
        e->name = node->name;
        e->doc = node->doc;
        e->schema = schema;
        e->ast = node;
        e->flags = node->kind == AST_FLAGS;
        e->id = sema->enums.n;
        *vec_push(&schema->enums, sema->arena) = e;
        *vec_push(&sema->enums, sema->arena) = e;
        sema_name_add(sema, schema, SEMA_NAME_ENUM, e, node);
        break;
    }
    case AST_TYPEDEF: {
        struct sema_typedef *t = arena_alloc(sema->arena, sizeof *t);
        t->name = node->name;
        t->ast = node;
        *vec_push(&schema->typedefs, sema->arena) = t;
        sema_name_add(sema, schema, SEMA_NAME_TYPEDEF, t, node);
        break;
    }
    default: { /* AST_LET */
        struct sema_function *f = arena_alloc(sema->arena, sizeof *f);
        f->name = node->name;
        f->doc = node->doc;
        f->ast = node;
        f->schema = schema;
        f->has_params = node->flag;
        f->id = sema->functions.n;
        limit_params(sema, node->kid[1]);
        for (struct ast *p = node->kid[1]; p; p = p->next) {
            for (uint32_t i = 0; i < f->params.n && i < SEMA_PARAMS_MAX; i++) {
                if (f->params.at[i] == p->name) {
                    diag_report(sema->diags, DIAG_DUPLICATE, p->span,
                                "parameter '%s' is declared twice", p->name);
                }
            }
            *vec_push(&f->params, sema->arena) = p->name;
        }
        *vec_push(&schema->functions, sema->arena) = f;
        *vec_push(&sema->functions, sema->arena) = f;
        sema_name_add(sema, schema, SEMA_NAME_FUNCTION, f, node);
        break;
    }
    }
}

static void collect_texts(struct sema *sema, const struct ast *item, bool mime,
                          struct sema_schema *schema) {
    for (const struct ast *s = item->kid[0]; s; s = s->next) {
        const char *text = intern_add(sema->intern, (const char *)s->text.at, s->text.len);
        if (mime) {
            *vec_push(&schema->mimes, sema->arena) = text;
        } else {
            *vec_push(&schema->files, sema->arena) = text;
        }
    }
}

static void collect_schema(struct sema *sema, const struct ast *item, const struct ast **before,
                           struct sema_schema *schema) {
    if (*before) {
        struct diag *d = diag_report(sema->diags, DIAG_DUPLICATE, item->name_span,
                                     "a file is one schema: it has a name already");
        diag_note(sema->diags, d, (*before)->name_span, "the first name is here");
        return;
    }
    *before = item;
    schema->name = item->name;
    schema->doc = item->doc;
    schema->title = arena_strndup(sema->arena, (const char *)item->text.at, item->text.len);
}

/* Types and functions have name spaces of their own. */
void sema_collect(struct sema *sema, struct sema_schema *schema) {
    struct map types = {0};
    struct map functions = {0};
    const struct ast *named = NULL;
    for (struct ast *item = schema->ast->kid[0]; item; item = item->next) {
        switch ((enum ast_kind)item->kind) {
        case AST_SCHEMA:
            collect_schema(sema, item, &named, schema);
            break;
        case AST_FILES:
        case AST_MIME:
            collect_texts(sema, item, item->kind == AST_MIME, schema);
            break;
        case AST_STRUCT:
        case AST_ENUM:
        case AST_FLAGS:
        case AST_TYPEDEF:
            declare(sema, schema, &types, item);
            break;
        case AST_LET:
            declare(sema, schema, &functions, item);
            break;
        default:
            break;
        }
    }
}

/* Whether a member's value fits the enum's type; of one without, the numbers of up to 64 bits. */
static void check_fits(struct sema *sema, const struct sema_enum *e, int128 value,
                       struct span span) {
    unsigned bits = e->base->bits && !e->homeless ? e->base->bits : 64;
    bool is_signed = e->base->kind == SEMA_INT || e->base->kind == SEMA_SLEB;
    bool both = e->homeless;
    if (bits > 126) {
        return;
    }
    int128 low = is_signed ? -((int128)1 << (bits - 1)) : 0;
    int128 high = ((int128)1 << (is_signed && !both ? bits - 1 : bits)) - 1;
    if (value < low || value > high) {
        char text[INT128_TEXT_MAX];
        int128_text(value, text);
        diag_report(sema->diags, DIAG_CONSTANT_RANGE, span, "%s does not fit the %u bits of '%s'",
                    text, bits, e->name);
    }
}

static void build_enum(struct sema *sema, struct sema_enum *e) {
    struct sema_scope scope = {.schema = e->schema};
    sema_enum_base(sema, e);
    if (e->base->kind != SEMA_BAD && !sema_names_values(e->base->kind)) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, e->ast->kid[0]->span,
                    "'%s' needs an integer type", e->name);
    }
    uint32_t n = 0;
    for (const struct ast *a = e->ast->kid[1]; a; a = a->next) {
        n++;
    }
    vec_reserve(&e->items, n, sema->arena);
    map_reserve(&e->by_name, sema->arena, n);
    for (struct ast *a = e->ast->kid[1]; a; a = a->next) {
        const struct sema_enumerator *before = sema_enumerator(e, a->name);
        if (before) {
            struct diag *d = diag_report(sema->diags, DIAG_DUPLICATE, a->name_span,
                                         "'%s' is named twice in '%s'", a->name, e->name);
            diag_note(sema->diags, d, before->name_span, "the first is here");
            continue;
        }
        struct sema_enumerator *item = sema_enumerator_add(sema, e, a->name);
        item->doc = a->doc;
        item->span = a->span;
        item->name_span = a->name_span;
        if (sema_bind_int(sema, &scope, a->kid[0], &item->value)) {
            check_fits(sema, e, item->value, a->kid[0]->span);
        }
    }
}

static void build_block(struct sema *sema, struct sema_struct *s, struct ast *first,
                        const struct sema_branch *branch, struct sema_block *block);

/* One side of an if, as its members see it. */
static const struct sema_branch *branch_new(struct sema *sema, const struct sema_member *of,
                                            bool otherwise) {
    struct sema_branch *branch = arena_alloc(sema->arena, sizeof *branch);
    branch->of = of;
    branch->otherwise = otherwise;
    branch->outer = of->branch;
    branch->depth = of->branch ? of->branch->depth + 1 : 1;
    return branch;
}

static struct sema_member *build_member(struct sema *sema, struct sema_struct *s, struct ast *node,
                                        const struct sema_branch *branch) {
    struct sema_schema *schema = s->schema;
    struct sema_member *m = arena_alloc(sema->arena, sizeof *m);
    m->owner = s;
    m->ast = node;
    m->span = node->span;
    m->name = node->name;
    m->doc = node->doc;
    m->bit_off = SEMA_DYNAMIC;
    m->branch = branch;
    switch ((enum ast_kind)node->kind) {
    case AST_FIELD:
        m->kind = SEMA_M_FIELD;
        m->decl = sema_decl_new(sema, schema, s, node);
        break;
    case AST_PAD:
        m->kind = SEMA_M_PAD;
        m->decl = sema_decl_new(sema, schema, s, node);
        break;
    case AST_LET:
        m->kind = SEMA_M_LET;
        break;
    case AST_IF:
        m->kind = SEMA_M_IF;
        build_block(sema, s, node->kid[1], branch_new(sema, m, false), &m->yes);
        build_block(sema, s, node->kid[2], branch_new(sema, m, true), &m->no);
        break;
    case AST_CHECK:
        m->kind = SEMA_M_CHECK;
        break;
    case AST_REQUIRE:
        m->kind = SEMA_M_REQUIRE;
        break;
    case AST_MAGIC:
        m->kind = SEMA_M_MAGIC;
        break;
    case AST_ALIGN:
        m->kind = SEMA_M_ALIGN;
        break;
    case AST_SKIP:
        m->kind = SEMA_M_SKIP;
        break;
    case AST_ENDIAN:
        m->kind = SEMA_M_ENDIAN;
        s->endian = s->endian ? s->endian : node;
        break;
    case AST_BITORDER:
        m->kind = SEMA_M_BITORDER;
        s->bitorder = s->bitorder ? s->bitorder : node;
        break;
    case AST_ENCODING:
        m->kind = SEMA_M_ENCODING;
        s->encoding = s->encoding ? s->encoding : node;
        break;
    default:
        return NULL; /* AST_ERROR: reported */
    }
    if ((node->kind == AST_CHECK || node->kind == AST_REQUIRE) && node->flag) {
        m->message = arena_strndup(sema->arena, (const char *)node->text.at, node->text.len);
    }
    return m;
}

static void build_block(struct sema *sema, struct sema_struct *s, struct ast *first,
                        const struct sema_branch *branch, struct sema_block *block) {
    for (struct ast *node = first; node; node = node->next) {
        struct sema_member *m = build_member(sema, s, node, branch);
        if (!m) {
            continue;
        }
        m->at = block->at.n;
        *vec_push(&block->at, sema->arena) = m;
        if (m->kind == SEMA_M_FIELD || m->kind == SEMA_M_LET) {
            m->order = s->flat.n;
            *vec_push(&s->flat, sema->arena) = m;
        }
    }
}

/* Whether a and b stand in branches of one if that exclude each other: the innermost blocks around both of them are the
 * two sides of it. */
static bool exclusive(const struct sema_member *a, const struct sema_member *b) {
    const struct sema_branch *x = a->branch, *y = b->branch;
    while (x && y && (x->depth > y->depth || y->depth > x->depth)) {
        if (x->depth > y->depth) {
            x = x->outer;
        } else {
            y = y->outer;
        }
    }
    while (x && y && x->of != y->of) {
        x = x->outer;
        y = y->outer;
    }
    return x && y && x->otherwise != y->otherwise;
}

/* Fields of one name: allowed where branches exclude each other, and then chained by `same`, the first one leading. */
static void check_names(struct sema *sema, struct sema_struct *s) {
    struct map params = {0};
    for (uint32_t i = 0; i < s->params.n; i++) {
        if (map_get(&params, s->params.at[i].name, NULL)) {
            diag_report(sema->diags, DIAG_DUPLICATE, s->params.at[i].span,
                        "parameter '%s' is declared twice", s->params.at[i].name);
        }
        map_put(&params, sema->arena, s->params.at[i].name, NULL, s);
    }
    if (s->flat.n > 0) {
        map_reserve(&s->names, sema->arena, s->flat.n);
    }
    struct map last = {0}; /* of a name, where it is not the first one */
    for (uint32_t i = 0; i < s->flat.n; i++) {
        struct sema_member *m = s->flat.at[i];
        struct sema_member *before = map_get(&s->names, m->name, NULL);
        if (!before) {
            map_put(&s->names, sema->arena, m->name, NULL, m);
            m->leader = m;
            struct sema_named *named = sema_named(sema, m->name);
            *vec_push(&named->members, sema->arena) = m;
            m->captured = m->captured || named->captured;
            continue;
        }
        /* members come in the order of the text: what is apart from the last one is apart from those before it */
        m->leader = before;
        struct sema_member *chain = map_get(&last, m->name, NULL);
        chain = chain ? chain : before;
        if (m->decl && m->decl->type->kind == SEMA_BAD) {
            continue; /* reported; it may be no field at all, as in 'return x;' */
        }
        if (!exclusive(chain, m)) {
            struct diag *d = diag_report(sema->diags, DIAG_DUPLICATE, m->ast->name_span,
                                         "'%s' is declared twice", m->name);
            diag_note(sema->diags, d, before->ast->name_span, "the first declaration is here");
            continue;
        }
        chain->same = m;
        map_put(&last, sema->arena, m->name, NULL, m);
    }
}

struct sema_struct *sema_struct_new(struct sema *sema, struct sema_schema *schema, struct ast *node,
                                    struct sema_struct *lexical) {
    struct sema_struct *s = arena_alloc(sema->arena, sizeof *s);
    s->name = node->kind == AST_STRUCT ? node->name : NULL;
    s->doc = node->doc;
    s->span = node->span;
    s->name_span = node->name_span;
    s->ast = node;
    s->schema = schema;
    s->lexical = lexical;
    s->is_union = node->flag;
    s->id = sema->structs.n;
    *vec_push(&sema->structs, sema->arena) = s;
    if (lexical) { /* in place: nothing else can name it, so it is built at once */
        build_block(sema, s, node->kid[2], NULL, &s->block);
        check_names(sema, s);
    }
    return s;
}

static void build_params(struct sema *sema, struct sema_struct *s) {
    for (struct ast *p = s->ast->kid[0]; p; p = p->next) {
        struct sema_param *param = vec_push(&s->params, sema->arena);
        param->name = p->name;
        param->shown = p->text.at
                           ? arena_strndup(sema->arena, (const char *)p->text.at, p->text.len)
                           : p->name;
        param->span = p->span;
        param->vtype = sema_vtype_simple(SEMA_V_ANY);
        if (!p->kid[0]) {
            continue; /* any value */
        }
        const struct sema_type *type = sema_type_of(sema, s->schema, NULL, p->kid[0], NULL);
        struct sema_decl *decl = arena_alloc(sema->arena, sizeof *decl);
        decl->type = arena_alloc(sema->arena, sizeof *decl->type);
        *decl->type = *type;
        struct sema_vtype v = sema_vtype_of(decl, 0);
        v.decl = v.decl == decl ? NULL : v.decl; /* no bytes are laid out by it */
        if (!p->flag || v.kind == SEMA_V_BYTES) {
            param->vtype = v;
        } else if (v.kind != SEMA_V_TEXT) { /* of that: one text or many */
            struct sema_vtype *elem = arena_alloc(sema->arena, sizeof *elem);
            *elem = v;
            param->vtype.elem = elem;
        }
    }
}

void sema_build(struct sema *sema, struct sema_schema *schema) {
    for (uint32_t i = 0; i < schema->enums.n; i++) {
        build_enum(sema, schema->enums.at[i]);
    }
    for (uint32_t i = 0; i < schema->structs.n; i++) {
        build_params(sema, schema->structs.at[i]);
    }
    for (uint32_t i = 0; i < schema->typedefs.n; i++) {
        sema_typedef_decl(sema, schema, schema->typedefs.at[i]);
    }
    for (uint32_t i = 0; i < schema->structs.n; i++) {
        struct sema_struct *s = schema->structs.at[i];
        build_block(sema, s, s->ast->kid[2], NULL, &s->block);
        check_names(sema, s);
    }
    if (schema->name) {
        for (uint32_t i = 0; i < schema->structs.n; i++) {
            if (schema->structs.at[i]->name == schema->name) {
                schema->root = schema->structs.at[i];
            }
        }
    }
}
