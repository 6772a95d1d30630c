/* Scripts: statements over a decoded file. The tests of a schema are scripts with an input of their own, which change
 * nothing; patch scripts change a file.
 *
 * Tests are resolved only when they are asked for (sema_tests): what they look at would otherwise have to be remembered
 * by every program of the schema. Everything lives in the compile arena. */
#ifndef SEMA_SCRIPT_H
#define SEMA_SCRIPT_H

#include "sema/sema.h"

enum sema_stmt_kind {
    SEMA_S_REQUIRE, /* expr must be true, and if it is, what `also` says */
    SEMA_S_LET,     /* a name for expr from here to the end of the block */
    SEMA_S_PRINT,   /* args */
    SEMA_S_FOR,     /* body for each element of expr, which dollar stands for */
    /* of patch scripts */
    SEMA_S_SET,    /* target becomes expr */
    SEMA_S_DELETE, /* target, elements of array, go */
    SEMA_S_INSERT, /* an element comes before target, an element of array, or behind its last one */
    SEMA_S_APPEND, /* elements come behind the last one of array, which is the target */
    SEMA_S_REPLACE, /* the stored bytes of target become expr */
};

struct sema_stmt;
struct sema_tie;

struct sema_stmts {
    VEC(struct sema_stmt *) at;
};

struct sema_stmt {
    enum sema_stmt_kind kind;
    uint32_t id; /* place in the script's `all` */
    struct span span;
    const char *message; /* REQUIRE; NULL for none */
    struct sema_expr *expr;
    struct sema_stmt *also; /* REQUIRE: of a && b, what requires b; NULL for none */
    VEC(struct sema_expr *) args;
    struct sema_dollar dollar;
    struct sema_stmts body;
    struct sema_expr *target;    /* SET … REPLACE: a path */
    struct sema_expr *array;     /* DELETE, INSERT, APPEND: the path of the array */
    bool many;                   /* SET … REPLACE: that nothing is there to be changed is fine */
    const struct sema_tie *tied; /* SET: the tie whose number it is; NULL: none */
    bool solves; /* SET: target is computed, and a number that it is made of changes */
    bool raw;    /* INSERT, APPEND: expr is the bytes of elements, not their value */
    int128 mask; /* SET: expr is whether these bits of it are set; 0: expr is its value */
    struct sema_expr
        *carried; /* LET: its value, once that is known, for later programs; NULL: found anew */
    bool kept;    /* LET: a place will not do: the file changes before it is used */
};

/* Statements of a patch script that one program can make: none reads what another one changes before it. */
struct sema_batch {
    uint32_t first, n; /* of the script's body */
};

struct sema_script {
    VEC(struct sema_expr *) args; /* of the struct it is about */
    struct sema_stmts body;
    VEC(struct sema_stmt *) all;    /* those in bodies too, by id */
    VEC(struct sema_batch) batches; /* of a patch script, in order; all of the body */
    bool makes;                     /* something in it is made of a value in braces */
};

/* A piece of a test's input: bytes, so many times, or the content of a file. */
struct sema_piece {
    struct bytes bytes;
    size_t times;
    const char *file; /* its path; NULL for bytes */
    struct span span;
};

struct sema_test {
    const char *title;
    struct span span; /* of the title */
    struct sema_struct *root;
    VEC(struct sema_piece) input; /* laid end to end */
    struct sema_script script;
};

struct sema_tests {
    VEC(struct sema_test *) at; /* as written */
};

/* The most bytes that the pieces of an input may hold, files not counted. */
#define SEMA_INPUT_MAX (16u << 20)

/* Behind the maps that a path has where it leads to many places: its last step in each of them. */
struct sema_expr *sema_last_step(struct sema_expr *path);

/* A value that a patch script is given for a name from outside. */
struct sema_given {
    const char *name;        /* interned */
    struct sema_expr *value; /* a constant; NULL: it is none but a text */
    struct sema_expr *text;  /* as it was written, where a text is wanted */
    bool used;               /* told: the script has the name */
};

/* Resolves a patch script (an AST_SCRIPT) against the root struct of a schema that compiled without errors; what is wrong with it is
 * reported. */
struct sema_script *sema_script(struct sema *sema, struct sema_schema *schema,
                                const struct ast *script, struct sema_given *given, uint32_t n);

/* Resolves the tests of a schema that compiled without errors; what is wrong with them is reported. */
struct sema_tests sema_tests(struct sema *sema, struct sema_schema *schema);

#endif
