/* Scripts: statements over a decoded file, and the tests of a schema, which are scripts with an input of their own.
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
};

struct sema_stmt;

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
};

struct sema_script {
    VEC(struct sema_expr *) args; /* of the struct it is about */
    struct sema_stmts body;
    VEC(struct sema_stmt *) all; /* those in bodies too, by id */
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

/* Resolves the tests of a schema that compiled without errors; what is wrong with them is reported. */
struct sema_tests sema_tests(struct sema *sema, struct sema_schema *schema);

#endif
