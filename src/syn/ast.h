/* The syntax tree: what the parser makes of a schema, a path or a script, and nothing more.
 *
 * One node type serves all kinds; what a kind's children and fields hold is in ast.def. Nodes, names and texts live in
 * the arena of the parse. No names are resolved here and no types known; sema does that beside the tree.
 *
 * A tree is never deeper than AST_DEPTH_MAX, counted along children (not along lists): a pass may recurse over it. */
#ifndef SYN_AST_H
#define SYN_AST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/int128.h"
#include "text/source.h"

/* The deepest tree that the parser builds; what goes deeper is reported (DIAG_NESTING) and becomes an ERROR node. So an
 * expression has at most this many operators in a row (1 + 1 + … leans to the left), members nest no deeper. */
#define AST_DEPTH_MAX 2048

enum ast_kind {
#define AST(kind, kid0, kid1, kid2, about) AST_##kind,
#include "syn/ast.def"
#undef AST
    AST_COUNT
};

enum ast_op {
    AST_OP_NONE,
    /* SEQ */
    AST_OP_WHILE,
    AST_OP_UNTIL,
    /* UNARY */
    AST_OP_NEG,
    AST_OP_NOT,
    AST_OP_BITNOT,
    /* BINARY, loosest first */
    AST_OP_OR,
    AST_OP_AND,
    AST_OP_BITOR,
    AST_OP_BITXOR,
    AST_OP_BITAND,
    AST_OP_EQ,
    AST_OP_NE,
    AST_OP_LT,
    AST_OP_GT,
    AST_OP_LE,
    AST_OP_GE,
    AST_OP_SHL,
    AST_OP_SHR,
    AST_OP_ADD,
    AST_OP_SUB,
    AST_OP_MUL,
    AST_OP_DIV,
    AST_OP_REM,
    AST_OP_ELSE, /* ?? */
};

/* Words behind the terminator of an until. */
enum ast_until {
    AST_INCLUDED = 1, /* it is part of the value */
    AST_LEFT = 2,     /* it is not stepped over */
    AST_OPTIONAL = 4, /* the value may end with the region, without it */
};

struct ast {
    uint8_t kind; /* enum ast_kind */
    uint8_t op;   /* enum ast_op; of C_UNTIL: a set of enum ast_until */
    bool flag;
    uint16_t
        depth; /* 1 for a leaf, else one more than the deepest child; 0 in a node not made by the parser */
    struct span span;      /* the whole construct, its semicolon not counted */
    struct span name_span; /* of name, where the kind has one */
    const char
        *name; /* interned; of INT, FLOAT and STRING: the literal as written, NULL where none was */
    const char *
        doc; /* the "///" lines before the construct, and those behind it on its own line; joined by
                              newlines, the slashes and one space taken off; NULL for none. Items, members, arms
                              and enumerators have it */
    struct ast *kid[3];
    struct ast *next; /* the next one of the list this node stands in */
    union {
        int128 integer;
        double number;
        struct bytes text;
    };
};

/* A list under construction. */
struct ast_list {
    struct ast *first;
    struct ast *last;
};

struct ast *ast_new(struct arena *arena, enum ast_kind kind, struct span span);
void ast_append(struct ast_list *list, struct ast *node);

/* "FIELD", and the operator as written ("<<"). */
const char *ast_kind_text(enum ast_kind kind);
const char *ast_op_text(enum ast_op op);

/* The comparison with its sides exchanged: "<" for ">"; other operators as they are. */
enum ast_op ast_op_turned(enum ast_op op);

/* The first clause of a kind among a FIELD's clauses, or NULL. */
static inline struct ast *ast_clause(const struct ast *field, enum ast_kind kind) {
    struct ast *clause = field->kind == AST_FIELD ? field->kid[2] : NULL;
    while (clause && clause->kind != kind) {
        clause = clause->next;
    }
    return clause;
}

#endif
