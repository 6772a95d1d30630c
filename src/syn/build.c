#include "config.h"

#include "syn/build.h"

#include "text/diag.h"

void build_nesting(struct build *build, struct span span) {
    if (!build->stopped) {
        build->stopped = true;
        diag_report(build->parser->diags, DIAG_NESTING, span,
                    "this nests too deep: at most %d levels of brackets or signs, %d operators in "
                    "one expression",
                    PARSE_DEPTH_MAX, AST_DEPTH_MAX);
    }
}

static struct ast *new_node(struct build *build, enum ast_kind kind, struct span span) {
    struct ast *node = ast_new(build->parser->arena, kind, span);
    node->depth = 1;
    return node;
}

/* Sets the depth of a node whose children are complete; gives an ERROR node in its place where that
 * is too much. */
static struct ast *finish(struct build *build, struct ast *node) {
    unsigned depth = 0;
    for (unsigned i = 0; i < 3; i++) {
        for (const struct ast *kid = node->kid[i]; kid; kid = kid->next) {
            depth = kid->depth > depth ? kid->depth : depth;
        }
    }
    if (depth >= AST_DEPTH_MAX) {
        build_nesting(build, node->span);
        return new_node(build, AST_ERROR, node->span);
    }
    node->depth = (uint16_t)(depth + 1);
    return node;
}

static void set_name(struct ast *node, const char *name, struct span name_span) {
    node->name = name;
    node->name_span = name_span;
}

/* Whether more than PARSE_DEPTH_MAX nodes of a kind hang from each other's child kid. */
static bool chain_is_long(const struct ast *node, enum ast_kind kind, unsigned kid) {
    unsigned n = 0;
    while (node && node->kind == kind && n <= PARSE_DEPTH_MAX) {
        n++;
        node = node->kid[kid];
    }
    return n > PARSE_DEPTH_MAX;
}

/* -- lists ------------------------------------------------------------------------------------- */

struct ast_list ast_list_none(void) {
    return (struct ast_list){0};
}

struct ast_list ast_list_one(struct ast *node) {
    return (struct ast_list){node, node};
}

struct ast_list ast_list_add(struct ast_list list, struct ast *node) {
    ast_append(&list, node);
    return list;
}

static struct ast_list join(struct ast_list a, struct ast_list b) {
    if (!a.first) {
        return b;
    }
    if (!b.first) {
        return a;
    }
    a.last->next = b.first;
    return (struct ast_list){a.first, b.last};
}

struct ast_list ast_list_join(struct ast_list a, struct ast_list b, struct ast_list c) {
    return join(join(a, b), c);
}

struct ast_list ast_clause_add(struct build *build, struct ast_list list, struct ast *clause) {
    for (const struct ast *other = list.first; other; other = other->next) {
        if (other->kind == clause->kind && clause->kind != AST_ERROR) {
            struct diags *diags = build->parser->diags;
            struct diag *diag = diag_report(diags, DIAG_CLAUSE_TWICE, clause->span,
                                            "this clause is given a second time");
            diag_note(diags, diag, other->span, "the first one is here");
            return list;
        }
    }
    return ast_list_add(list, clause);
}

/* -- the root, and errors ---------------------------------------------------------------------- */

void ast_root(struct build *build, struct ast *expr) {
    build->root = expr;
}

void ast_root_add(struct build *build, struct ast *item) {
    uint32_t errors = build->parser->diags->errors;
    build->failed = item->kind == AST_ERROR || errors > build->errors;
    build->errors = errors;
    ast_append(&build->root_list, item);
    build->root->kid[0] = build->root_list.first;
    if (item->depth >= build->root->depth) {
        build->root->depth = (uint16_t)(item->depth + 1);
    }
}

struct ast *ast_error(struct build *build, struct span span) {
    build->recovering = false;
    return new_node(build, AST_ERROR, span);
}

struct ast_list ast_skipped(struct build *build, struct span span, struct ast_list list) {
    return ast_list_add(list, ast_error(build, span));
}

/* -- nodes of any kind ------------------------------------------------------------------------- */

struct ast *ast_node(struct build *build, enum ast_kind kind, struct span span, struct ast *kid0,
                     struct ast *kid1, struct ast *kid2) {
    struct ast *node = new_node(build, kind, span);
    node->kid[0] = kid0;
    node->kid[1] = kid1;
    node->kid[2] = kid2;
    return finish(build, node);
}

struct ast *ast_listed(struct build *build, enum ast_kind kind, struct span span,
                       struct ast_list list) {
    return ast_node(build, kind, span, list.first, NULL, NULL);
}

struct ast *ast_named(struct build *build, enum ast_kind kind, struct span span, const char *name,
                      struct span name_span, struct ast *kid) {
    struct ast *node = ast_node(build, kind, span, kid, NULL, NULL);
    set_name(node, name, name_span);
    return node;
}

/* -- items ------------------------------------------------------------------------------------- */

struct ast *ast_schema(struct build *build, struct span span, const char *name,
                       struct span name_span, const struct ast *title) {
    struct ast *node = ast_named(build, AST_SCHEMA, span, name, name_span, NULL);
    node->text = title->text;
    return node;
}

struct ast *ast_import(struct build *build, struct span span, const struct ast *path) {
    struct ast *node = new_node(build, AST_IMPORT, span);
    node->text = path->text;
    return node;
}

struct ast *ast_let(struct build *build, struct span span, const char *name, struct span name_span,
                    struct ast *seq) {
    return ast_named(build, AST_LET, span, name, name_span, seq);
}

struct ast *ast_let_when(struct build *build, struct span span, const char *name,
                         struct span name_span, struct ast *expr, struct ast *when) {
    struct ast *seq = ast_seq(build, expr->span, AST_OP_NONE, expr, NULL, NULL);
    struct ast *node = ast_node(build, AST_LET, span, seq, NULL, when);
    set_name(node, name, name_span);
    return node;
}

struct ast *ast_function(struct build *build, struct span span, const char *name,
                         struct span name_span, struct ast_list params, struct ast *expr) {
    struct ast *seq = ast_seq(build, expr->span, AST_OP_NONE, expr, NULL, NULL);
    struct ast *node = ast_node(build, AST_LET, span, seq, params.first, NULL);
    set_name(node, name, name_span);
    node->flag = true;
    return node;
}

struct ast *ast_seq(struct build *build, struct span span, enum ast_op op, struct ast *first,
                    struct ast *next, struct ast *cond) {
    struct ast *node = ast_node(build, AST_SEQ, span, first, next, cond);
    if (node->kind == AST_ERROR) {
        /* too deep, and reported; whoever has a LET may rely on its SEQ */
        node = ast_node(build, AST_SEQ, span, node, NULL, NULL);
    }
    node->op = (uint8_t)op;
    return node;
}

struct ast *ast_enum(struct build *build, enum ast_kind kind, struct span span, const char *name,
                     struct span name_span, struct ast *type, struct ast_list enumerators) {
    struct ast *node = ast_node(build, kind, span, type, enumerators.first, NULL);
    set_name(node, name, name_span);
    return node;
}

struct ast *ast_struct(struct build *build, struct span span, bool is_union, const char *name,
                       struct span name_span, struct ast_list params, struct ast *sized,
                       struct ast_list members) {
    struct ast *node = ast_node(build, AST_STRUCT, span, params.first, sized, members.first);
    set_name(node, name, name_span);
    node->flag = is_union;
    node->op = params.first ? 1 : 0;
    return node;
}

struct ast *ast_param(struct build *build, struct span span, struct ast *type, const char *name,
                      struct span name_span, bool is_array) {
    struct ast *node = ast_named(build, AST_PARAM, span, name, name_span, type);
    node->flag = is_array;
    return node;
}

struct ast *ast_typedef(struct build *build, struct span span, struct ast *field) {
    return ast_named(build, AST_TYPEDEF, span, field->name, field->name_span, field);
}

struct ast *ast_test(struct build *build, struct span span, struct ast *type,
                     const struct ast *title, struct ast *input, struct ast_list stmts) {
    struct ast *node = ast_node(build, AST_TEST, span, type, input, stmts.first);
    node->text = title->text;
    node->name_span = title->span;
    return node;
}

/* -- members, types, arms ---------------------------------------------------------------------- */

struct ast *ast_check(struct build *build, enum ast_kind kind, struct span span, struct ast *expr,
                      const struct ast *message) {
    struct ast *node = ast_node(build, kind, span, expr, NULL, NULL);
    if (message) {
        node->text = message->text;
        node->flag = true;
    }
    return node;
}

struct ast *ast_if(struct build *build, struct span span, struct ast *cond, struct ast_list members,
                   const struct ast_list *other) {
    struct ast *node =
        ast_node(build, AST_IF, span, cond, members.first, other ? other->first : NULL);
    node->flag = other != NULL;
    return node;
}

struct ast *ast_else_if(struct build *build, struct span span, struct ast *cond,
                        struct ast_list members, struct ast *other) {
    struct ast_list list = ast_list_one(other);
    struct ast *node = ast_if(build, span, cond, members, &list);
    if (chain_is_long(node, AST_IF, 2)) {
        build_nesting(build, span);
        return new_node(build, AST_ERROR, span);
    }
    return node;
}

struct ast *ast_field(struct build *build, struct span span, struct ast *type, const char *name,
                      struct span name_span, struct ast_list dims, struct ast_list clauses) {
    struct ast *node = ast_node(build, AST_FIELD, span, type, dims.first, clauses.first);
    set_name(node, name, name_span);
    return node;
}

struct ast *ast_switch(struct build *build, struct span span, struct ast *selector,
                       const char *name, struct span name_span, struct ast_list dims,
                       struct ast_list clauses, struct ast_list arms) {
    struct ast *type = ast_node(build, AST_TYPE_SWITCH, span, selector, arms.first, NULL);
    return ast_field(build, span, type, name, name_span, dims, clauses);
}

struct ast *ast_type_name(struct build *build, struct span span, const char *name) {
    return ast_named(build, AST_TYPE_NAME, span, name, span, NULL);
}

struct ast *ast_type_args(struct build *build, struct span span, const char *name,
                          struct span name_span, struct ast_list args) {
    struct ast *node = ast_listed(build, AST_TYPE_NAME, span, args);
    set_name(node, name, name_span);
    node->flag = true;
    return node;
}

struct ast *ast_type_of(struct build *build, struct span span, const char *schema,
                        struct span schema_span, const char *name) {
    struct ast *node = ast_named(build, AST_TYPE_OF, span, schema, schema_span, NULL);
    node->text = bytes_text(name);
    return node;
}

struct ast *ast_type_struct(struct build *build, struct span span, bool is_union, struct ast *sized,
                            struct ast_list members) {
    struct ast *node = ast_node(build, AST_TYPE_STRUCT, span, NULL, sized, members.first);
    node->flag = is_union;
    return node;
}

struct ast *ast_until(struct build *build, struct span span, struct ast *expr, unsigned words) {
    struct ast *node = ast_node(build, AST_C_UNTIL, span, expr, NULL, NULL);
    node->op = (uint8_t)words;
    return node;
}

unsigned ast_until_add(struct build *build, struct span span, unsigned words, unsigned word) {
    if (words & word) {
        diag_report(build->parser->diags, DIAG_CLAUSE_TWICE, span,
                    "this word is given a second time");
    }
    return words | word;
}

struct ast *ast_arm(struct build *build, struct span span, struct ast_list labels,
                    struct ast *body) {
    return ast_node(build, AST_ARM, span, labels.first, body, NULL);
}

struct ast *ast_arm_struct(struct build *build, struct span span, struct ast_list members) {
    struct ast *type = ast_type_struct(build, span, false, NULL, members);
    return ast_field(build, span, type, NULL, span_none(), ast_list_none(), ast_list_none());
}

struct ast *ast_arm_let(struct build *build, struct span span, struct span expr_span,
                        struct ast *expr) {
    struct ast *seq = ast_seq(build, expr_span, AST_OP_NONE, expr, NULL, NULL);
    return ast_let(build, span, NULL, span_none(), seq);
}

/* -- statements and expressions ---------------------------------------------------------------- */

struct ast *ast_for(struct build *build, struct span span, const char *name, struct span name_span,
                    struct ast *in, struct ast_list stmts) {
    struct ast *node = ast_node(build, AST_FOR, span, in, stmts.first, NULL);
    set_name(node, name, name_span);
    return node;
}

struct ast *ast_with(struct build *build, enum ast_kind kind, struct span span, struct ast *path,
                     struct ast *expr) {
    struct ast *node = ast_node(build, kind, span, path, expr, NULL);
    node->flag = true;
    return node;
}

struct ast *ast_binary(struct build *build, struct span span, enum ast_op op, struct ast *left,
                       struct ast *right) {
    struct ast *node = ast_node(build, AST_BINARY, span, left, right, NULL);
    node->op = (uint8_t)op;
    return node;
}

struct ast *ast_unary(struct build *build, struct span span, enum ast_op op, struct ast *expr) {
    struct ast *node = ast_node(build, AST_UNARY, span, expr, NULL, NULL);
    node->op = (uint8_t)op;
    if (chain_is_long(node, AST_UNARY, 0)) {
        build_nesting(build, span);
        return new_node(build, AST_ERROR, span);
    }
    return node;
}

struct ast *ast_bool(struct build *build, struct span span, bool value) {
    struct ast *node = new_node(build, AST_BOOL, span);
    node->flag = value;
    return node;
}

struct ast *ast_call(struct build *build, struct span span, const char *name, struct span name_span,
                     struct ast_list args) {
    struct ast *node = ast_listed(build, AST_CALL, span, args);
    set_name(node, name, name_span);
    return node;
}
