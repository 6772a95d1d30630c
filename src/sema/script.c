#include "config.h"

#include "sema/script.h"

#include <string.h>

#include "sema/script_internal.h"

/* Statements, whose names are those of the root struct's fields and the script's own. */

/* Each stays on the machine's stack for as long as it is in sight. */
#define LETS_MAX 512u

struct sema_stmt *script_stmt_new(struct script_build *build, enum sema_stmt_kind kind,
                                  const struct ast *node) {
    struct sema_stmt *stmt = arena_alloc(build->sema->arena, sizeof *stmt);
    stmt->kind = kind;
    stmt->span = node->span;
    stmt->id = build->script->all.n;
    *vec_push(&build->script->all, build->sema->arena) = stmt;
    return stmt;
}

/* Both sides of && are required in turn, so that the one that does not hold can be told. */
static struct sema_stmt *require(struct script_build *build, const struct ast *node,
                                 struct sema_expr *expr, struct sema_stmt *also) {
    if (expr->kind == E_BINARY && expr->op == AST_OP_AND) {
        also = require(build, node, expr->kid[1], also);
        return require(build, node, expr->kid[0], also);
    }
    struct sema_stmt *stmt = script_stmt_new(build, SEMA_S_REQUIRE, node);
    stmt->expr = expr;
    stmt->also = also;
    if (node->flag) {
        stmt->message =
            arena_strndup(build->sema->arena, (const char *)node->text.at, node->text.len);
    }
    return stmt;
}

static struct sema_stmt *resolve_require(struct script_build *build, const struct sema_scope *scope,
                                         const struct ast *node) {
    struct sema_expr *expr =
        sema_resolve_as(build->sema, scope, node->kid[0], SEMA_V_BOOL, "a requirement");
    if (expr->kind == E_BOOL) {
        diag_report(build->sema->diags, DIAG_ALWAYS, expr->span, "this is always %s",
                    expr->flag ? "true" : "false");
    }
    return require(build, node, expr, NULL);
}

static void declare(struct script_build *build, struct sema_scope *scope, const struct ast *node,
                    struct sema_local local) {
    for (const struct sema_local *l = scope->locals; l; l = l->outer) {
        if (l->name == node->name) {
            struct diag *d = diag_report(build->sema->diags, DIAG_DUPLICATE, node->name_span,
                                         "'%s' is declared twice", node->name);
            diag_note(build->sema->diags, d, l->span, "the first declaration is here");
            return;
        }
    }
    struct sema_local *made = arena_alloc(build->sema->arena, sizeof *made);
    *made = local;
    made->name = node->name;
    made->span = node->name_span;
    made->outer = scope->locals;
    scope->locals = made;
}

static struct sema_stmt *resolve_let(struct script_build *build, struct sema_scope *scope,
                                     const struct ast *node) {
    struct sema_stmt *stmt = script_stmt_new(build, SEMA_S_LET, node);
    stmt->expr = sema_resolve(build->sema, scope, node->kid[0]->kid[0]);
    if (scope->local_count == LETS_MAX) {
        diag_report(build->sema->diags, DIAG_TOO_BIG, node->name_span,
                    "more than %u values with names are too many", LETS_MAX);
    }
    bool constant = scope->changes && sema_is_constant(stmt->expr);
    declare(build, scope, node,
            (struct sema_local){.vtype = stmt->expr->vtype,
                                .constant = constant ? stmt->expr : NULL,
                                .index = scope->local_count++});
    return stmt;
}

static struct sema_stmt *resolve_print(struct script_build *build, const struct sema_scope *scope,
                                       const struct ast *node) {
    struct sema_stmt *stmt = script_stmt_new(build, SEMA_S_PRINT, node);
    for (const struct ast *a = node->kid[0]; a; a = a->next) {
        *vec_push(&stmt->args, build->sema->arena) = sema_resolve(build->sema, scope, a);
    }
    return stmt;
}

static void resolve_block(struct script_build *build, struct sema_scope scope,
                          const struct ast *first, struct sema_stmts *out);

static struct sema_stmt *resolve_for(struct script_build *build, const struct sema_scope *scope,
                                     const struct ast *node) {
    struct sema *sema = build->sema;
    struct sema_stmt *stmt = script_stmt_new(build, SEMA_S_FOR, node);
    stmt->expr = sema_resolve(sema, scope, node->kid[0]);
    const struct sema_vtype *v = &stmt->expr->vtype;
    bool bytes = v->kind == SEMA_V_TEXT || v->kind == SEMA_V_BYTES;
    if (!bytes && v->kind != SEMA_V_ARRAY && v->kind != SEMA_V_LIST && v->kind != SEMA_V_ANY &&
        v->kind != SEMA_V_SWITCH && v->kind != SEMA_V_NOTHING) {
        diag_report(sema->diags, DIAG_NOT_AN_ARRAY, stmt->expr->span,
                    "'for' wants an array or a list, got %s", sema_vtype_text(sema, v));
    }
    if (v->kind == SEMA_V_ARRAY) {
        stmt->dollar.item = sema_vtype_of(v->decl, v->level + 1);
    } else if (v->kind == SEMA_V_LIST && v->elem) {
        stmt->dollar.item = *v->elem;
    } else if (bytes) {
        stmt->dollar.item = sema_vtype_simple(SEMA_V_INT);
    }
    struct sema_scope inner = *scope;
    inner.loop = true;
    declare(build, &inner, node,
            (struct sema_local){
                .vtype = stmt->dollar.item, .dollar = &stmt->dollar, .from = stmt->expr});
    resolve_block(build, inner, node->kid[1], &stmt->body);
    return stmt;
}

/* A statement that changes a file. */
static struct sema_stmt *resolve_edit(struct script_build *build, const struct sema_scope *scope,
                                      const struct ast *node, const char *word) {
    if (scope->changes) {
        return script_resolve_edit(build, scope, node);
    }
    diag_report(build->sema->diags, DIAG_STATEMENT, node->span,
                "'%s' does not belong in a test, which changes nothing", word);
    return NULL;
}

static struct sema_stmt *resolve_stmt(struct script_build *build, struct sema_scope *scope,
                                      const struct ast *node) {
    switch ((enum ast_kind)node->kind) {
    case AST_REQUIRE:
        return resolve_require(build, scope, node);
    case AST_LET:
        return resolve_let(build, scope, node);
    case AST_PRINT:
        return resolve_print(build, scope, node);
    case AST_FOR:
        return resolve_for(build, scope, node);
    case AST_SET:
        return resolve_edit(build, scope, node, "set");
    case AST_DELETE:
        return resolve_edit(build, scope, node, "delete");
    case AST_INSERT:
        return resolve_edit(build, scope, node, "insert");
    case AST_APPEND:
        return resolve_edit(build, scope, node, "append");
    case AST_REPLACE:
        return resolve_edit(build, scope, node, "replace");
    default: /* AST_ERROR: reported */
        break;
    }
    return NULL;
}

static void resolve_block(struct script_build *build, struct sema_scope scope,
                          const struct ast *first, struct sema_stmts *out) {
    for (const struct ast *node = first; node; node = node->next) {
        struct sema_stmt *stmt = resolve_stmt(build, &scope, node);
        if (stmt) {
            *vec_push(&out->at, build->sema->arena) = stmt;
        }
    }
}

struct sema_expr *sema_resolve_fault(struct sema *sema, const struct sema_scope *scope,
                                     const struct ast *node) {
    struct sema_expr *e = sema_expr_new(sema, E_FAULT, node->span, sema_vtype_simple(SEMA_V_BOOL));
    if (!scope->script || scope->changes) {
        diag_report(sema->diags, DIAG_CLAUSE, node->span,
                    "'fault' asks what decoding met: it belongs in a test");
        return e;
    }
    if (node->kid[0] && node->kid[0]->kind == AST_STRING) {
        struct diag *d = diag_report(sema->diags, DIAG_TYPE_MISMATCH, node->kid[0]->span,
                                     "a text meets no faults");
        diag_note(sema->diags, d, span_none(), "'fault(x, \"kind\")' asks for those at x");
        return e;
    }
    if (node->kid[0]) {
        e->kid[0] = sema_resolve(sema, scope, node->kid[0]);
    }
    if (node->kid[0] && node->kid[0]->next) {
        e->kid[1] = sema_resolve_as(sema, scope, node->kid[0]->next, SEMA_V_TEXT,
                                    "what the fault is about");
    }
    return e;
}

struct sema_script *sema_script(struct sema *sema, struct sema_schema *schema,
                                const struct ast *script, struct sema_given *given, uint32_t n) {
    struct script_build build = {.sema = sema,
                                 .script = arena_alloc(sema->arena, sizeof *build.script)};
    struct sema_scope scope = {
        .schema = schema, .self = schema->root, .outermost = true, .script = true, .changes = true};
    for (uint32_t i = 0; i < n; i++) {
        struct sema_local *local = arena_alloc(sema->arena, sizeof *local);
        const struct sema_expr *constant = given[i].value ? given[i].value : given[i].text;
        *local = (struct sema_local){.name = given[i].name,
                                     .span = span_none(),
                                     .vtype = constant->vtype,
                                     .constant = constant,
                                     .text = given[i].text,
                                     .used = &given[i].used,
                                     .outer = scope.locals};
        scope.locals = local;
    }
    resolve_block(&build, scope, script->kid[0], &build.script->body);
    script_check_tied(&build);
    if (sema->diags->errors == 0) {
        script_find_batches(&build);
    }
    return build.script;
}

/* The struct that a test is about: the one it names, else the schema's root. */
static struct sema_struct *test_root(struct sema *sema, struct sema_schema *schema,
                                     const struct ast *test) {
    struct ast *named = test->kid[0];
    if (!named) {
        if (!schema->root) {
            struct diag *d =
                diag_report(sema->diags, DIAG_UNKNOWN_TYPE, test->name_span,
                            "there is no struct '%s' that this test could be about", schema->name);
            diag_note(sema->diags, d, span_none(),
                      "'test NAME \"title\" …' is about the struct NAME");
        }
        return schema->root;
    }
    const struct sema_type *type = sema_type_of(sema, schema, NULL, named, NULL);
    if (type->kind == SEMA_BAD) {
        return NULL;
    }
    if (type->kind != SEMA_STRUCT) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, named->span, "a test is about a struct");
        return NULL;
    }
    return type->of;
}

static void resolve_args(struct sema *sema, struct sema_schema *schema, const struct ast *node,
                         struct sema_test *test) {
    struct sema_scope scope = {.schema = schema};
    const struct ast *type = node->kid[0];
    const struct ast *args = type && type->kind == AST_TYPE_NAME ? type->kid[0] : NULL;
    if (!sema_takes(sema, test->root, args, type ? type->span : test->span)) {
        return;
    }
    for (const struct ast *a = args; a; a = a->next) {
        struct sema_expr *e = sema_give(sema, &scope, test->root, test->script.args.n, a);
        *vec_push(&test->script.args, sema->arena) = e;
    }
}

static struct sema_test *resolve_test(struct sema *sema, struct sema_schema *schema,
                                      const struct ast *node) {
    struct sema_test *test = arena_alloc(sema->arena, sizeof *test);
    test->title = intern_add(sema->intern, (const char *)node->text.at, node->text.len);
    test->span = node->name_span;
    test->root = test_root(sema, schema, node);
    sema_resolve_input(sema, schema, node->kid[1], test);
    if (test->root) {
        resolve_args(sema, schema, node, test);
        if (node->kid[0]) {
            sema_check_order(sema, test->root, test->span);
        }
        struct sema_scope scope = {.schema = schema,
                                   .self = test->root,
                                   .script = true,
                                   .local_count = test->root->params.n};
        struct script_build build = {.sema = sema, .script = &test->script};
        resolve_block(&build, scope, node->kid[2], &test->script.body);
    }
    return test;
}

struct sema_tests sema_tests(struct sema *sema, struct sema_schema *schema) {
    struct sema_tests tests = {0};
    struct map titles = {0};
    for (const struct ast *item = schema->ast->kid[0]; item; item = item->next) {
        if (item->kind != AST_TEST) {
            continue;
        }
        struct sema_test *test = resolve_test(sema, schema, item);
        const struct sema_test *before = map_get(&titles, test->title, NULL);
        if (before) {
            struct diag *d = diag_report(sema->diags, DIAG_DUPLICATE, test->span,
                                         "there are two tests \"%s\"", test->title);
            diag_note(sema->diags, d, before->span, "the first is here");
        }
        map_put(&titles, sema->arena, test->title, NULL, test);
        *vec_push(&tests.at, sema->arena) = test;
    }
    return tests;
}
