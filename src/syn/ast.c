#include "config.h"

#include "syn/ast.h"

#include <assert.h>
#include <string.h>

struct ast *ast_new(struct arena *arena, enum ast_kind kind, struct span span) {
    struct ast *node = arena_alloc(arena, sizeof *node);
    node->kind = (uint8_t)kind;
    node->span = span;
    node->name_span = span_none();
    return node;
}

void ast_append(struct ast_list *list, struct ast *node) {
    if (list->last) {
        list->last->next = node;
    } else {
        list->first = node;
    }
    list->last = node;
}

const char *ast_kind_text(enum ast_kind kind) {
    static const char *const texts[] = {
#define AST(kind, kid0, kid1, kid2, about) #kind,
#include "syn/ast.def"
#undef AST
    };
    static_assert(sizeof texts / sizeof *texts == AST_COUNT, "a text for each kind");
    return texts[kind];
}

const char *ast_op_text(enum ast_op op) {
    static const char *const texts[] = {
        [AST_OP_NONE] = "",    [AST_OP_WHILE] = "while", [AST_OP_UNTIL] = "until",
        [AST_OP_NEG] = "-",    [AST_OP_NOT] = "!",       [AST_OP_BITNOT] = "~",
        [AST_OP_OR] = "||",    [AST_OP_AND] = "&&",      [AST_OP_BITOR] = "|",
        [AST_OP_BITXOR] = "^", [AST_OP_BITAND] = "&",    [AST_OP_EQ] = "==",
        [AST_OP_NE] = "!=",    [AST_OP_LT] = "<",        [AST_OP_GT] = ">",
        [AST_OP_LE] = "<=",    [AST_OP_GE] = ">=",       [AST_OP_SHL] = "<<",
        [AST_OP_SHR] = ">>",   [AST_OP_ADD] = "+",       [AST_OP_SUB] = "-",
        [AST_OP_MUL] = "*",    [AST_OP_DIV] = "/",       [AST_OP_REM] = "%",
        [AST_OP_ELSE] = "??",
    };
    static_assert(sizeof texts / sizeof *texts == AST_OP_ELSE + 1, "a text for each operator");
    return texts[op];
}

enum ast_op ast_op_turned(enum ast_op op) {
    switch (op) {
    case AST_OP_LT:
        return AST_OP_GT;
    case AST_OP_GT:
        return AST_OP_LT;
    case AST_OP_LE:
        return AST_OP_GE;
    case AST_OP_GE:
        return AST_OP_LE;
    default:
        return op;
    }
}
