/* Whether two trees say the same. */
#include "config.h"

#include "syn/unparse.h"

#include <string.h>

static bool texts_equal(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const struct ast *without_parens(const struct ast *node) {
    while (node && node->kind == AST_PAREN) {
        node = node->kid[0];
    }
    return node;
}

/* Whether what two nodes hold besides names and children is equal. */
static bool values_equal(const struct ast *a, const struct ast *b) {
    switch (a->kind) {
    case AST_INT:
        return a->integer == b->integer;
    case AST_FLOAT:
        return memcmp(&a->number, &b->number, sizeof a->number) == 0;
    case AST_SCHEMA:
    case AST_IMPORT:
    case AST_TEST:
    case AST_CHECK:
    case AST_REQUIRE:
    case AST_C_REQUIRE:
    case AST_TYPE_OF:
    case AST_STRING:
        return bytes_equal(a->text, b->text);
    default:
        return true;
    }
}

static bool nodes_equal(const struct ast *a, const struct ast *b);

/* Whether two fields have the same clauses, in any order: no kind stands twice among them. */
static bool clauses_equal(const struct ast *a, const struct ast *b) {
    unsigned more = 0;
    for (const struct ast *y = b; y; y = y->next) {
        more++;
    }
    for (const struct ast *x = a; x; x = x->next) {
        const struct ast *y = b;
        while (y && y->kind != x->kind) {
            y = y->next;
        }
        if (more == 0 || !y || !nodes_equal(x, y)) {
            return false;
        }
        more--;
    }
    return more == 0;
}

/* Compares two nodes, not what follows them in their lists. */
static bool nodes_equal(const struct ast *a, const struct ast *b) {
    if (a->kind != b->kind || a->op != b->op || a->flag != b->flag ||
        !texts_equal(a->doc, b->doc)) {
        return false;
    }
    bool literal = a->kind == AST_INT || a->kind == AST_FLOAT || a->kind == AST_STRING;
    if (!literal && !texts_equal(a->name, b->name)) {
        return false;
    }
    if (!values_equal(a, b)) {
        return false;
    }
    for (unsigned i = 0; i < 3; i++) {
        const struct ast *x = a->kid[i];
        const struct ast *y = b->kid[i];
        if ((a->kind == AST_FIELD && i == 2) || a->kind == AST_C_EACH) {
            if (!clauses_equal(x, y)) {
                return false;
            }
            continue;
        }
        for (; x && y; x = x->next, y = y->next) {
            if (!nodes_equal(without_parens(x), without_parens(y))) {
                return false;
            }
        }
        if (x || y) {
            return false;
        }
    }
    return true;
}

bool ast_equal(const struct ast *a, const struct ast *b) {
    a = without_parens(a);
    b = without_parens(b);
    return a == b || (a && b && nodes_equal(a, b));
}
