/* Building the tree: what the grammar's actions and the scanner call while a text is parsed.
 *
 * For the grammar and parse.c only. All nodes live in the parser's arena. The functions named ast_*
 * make a node each; they never fail: where a tree would grow too deep they report it and give an
 * ERROR node. */
#ifndef SYN_BUILD_H
#define SYN_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "syn/ast.h"
#include "syn/parse.h"
#include "text/source.h"

/* A "///" comment, and what is around it. */
struct build_doc {
    struct span span;
    uint32_t line; /* offset of the first byte of its line */
    /* Behind a token on its line: the end of that token, or of the one before where that is a ';'
     * or ','. Else UINT32_MAX. */
    uint32_t after;
    uint32_t next;    /* start of the next token; UINT32_MAX while none came */
    uint32_t comment; /* its place among all comments, where they are kept */
};

/* One parse. */
struct build {
    struct parser *parser;
    const struct source *source;
    struct ast *root; /* FILE or SCRIPT, which grows; of a path: the expression, NULL until known */
    struct ast_list root_list; /* the items of root */
    bool stopped;       /* too deep, or far too many errors: nothing more is read or reported */
    uint32_t errors;    /* reported up to the end of the last item */
    bool failed;        /* one was since the last item that is whole */
    uint32_t stray_end; /* end of the last characters that are no token */
    bool recovering;    /* from the report of a syntax error until the rule that takes it is done */
    VEC(struct build_doc) docs;
};

/* Reports that something nests too deep, once, and stops the parse. */
void build_nesting(struct build *build, struct span span);

/* Gives the nodes under the root their doc comments. */
void build_attach_docs(struct build *build);

/* -- lists -- */

struct ast_list ast_list_none(void);
struct ast_list ast_list_one(struct ast *node);
struct ast_list ast_list_add(struct ast_list list, struct ast *node);
struct ast_list ast_list_join(struct ast_list a, struct ast_list b, struct ast_list c);

/* Adds a clause; one of a kind that is there already is reported and left out. */
struct ast_list ast_clause_add(struct build *build, struct ast_list list, struct ast *clause);

/* -- the root -- */

void ast_root(struct build *build, struct ast *expr);
void ast_root_add(struct build *build, struct ast *item);

/* -- where the parser recovered from a syntax error -- */

struct ast *ast_error(struct build *build, struct span span);
struct ast_list ast_skipped(struct build *build, struct span span, struct ast_list list);

/* -- nodes of any kind: with children, with a list for the only child, with a name -- */

struct ast *ast_node(struct build *build, enum ast_kind kind, struct span span, struct ast *kid0,
                     struct ast *kid1, struct ast *kid2);
struct ast *ast_listed(struct build *build, enum ast_kind kind, struct span span,
                       struct ast_list list);
struct ast *ast_named(struct build *build, enum ast_kind kind, struct span span, const char *name,
                      struct span name_span, struct ast *kid);

/* -- items; strings come as the STRING nodes they were written as -- */

struct ast *ast_schema(struct build *build, struct span span, const char *name,
                       struct span name_span, const struct ast *title);
struct ast *ast_import(struct build *build, struct span span, const struct ast *path);
struct ast *ast_let(struct build *build, struct span span, const char *name, struct span name_span,
                    struct ast *seq);
struct ast *ast_let_when(struct build *build, struct span span, const char *name,
                         struct span name_span, struct ast *expr, struct ast *when);
struct ast *ast_function(struct build *build, struct span span, const char *name,
                         struct span name_span, struct ast_list params, struct ast *expr);
struct ast *ast_seq(struct build *build, struct span span, enum ast_op op, struct ast *first,
                    struct ast *next, struct ast *cond);
struct ast *ast_enum(struct build *build, enum ast_kind kind, struct span span, const char *name,
                     struct span name_span, struct ast *type, struct ast_list enumerators);
struct ast *ast_struct(struct build *build, struct span span, bool is_union, const char *name,
                       struct span name_span, struct ast_list params, struct ast *sized,
                       struct ast_list members);
struct ast *ast_param(struct build *build, struct span span, struct ast *type, const char *name,
                      struct span name_span, bool is_array);
struct ast *ast_typedef(struct build *build, struct span span, struct ast *field);
struct ast *ast_test(struct build *build, struct span span, struct ast *type,
                     const struct ast *title, struct ast *input, struct ast_list stmts);

/* -- members, types, arms -- */

struct ast *ast_check(struct build *build, enum ast_kind kind, struct span span, struct ast *expr,
                      const struct ast *message);

/* other is NULL where there is no else. */
struct ast *ast_if(struct build *build, struct span span, struct ast *cond, struct ast_list members,
                   const struct ast_list *other);
struct ast *ast_else_if(struct build *build, struct span span, struct ast *cond,
                        struct ast_list members, struct ast *other);

/* name is NULL in an arm. */
struct ast *ast_field(struct build *build, struct span span, struct ast *type, const char *name,
                      struct span name_span, struct ast_list dims, struct ast_list clauses);
struct ast *ast_switch(struct build *build, struct span span, struct ast *selector,
                       const char *name, struct span name_span, struct ast_list dims,
                       struct ast_list clauses, struct ast_list arms);
struct ast *ast_type_name(struct build *build, struct span span, const char *name);
struct ast *ast_type_args(struct build *build, struct span span, const char *name,
                          struct span name_span, struct ast_list args);
struct ast *ast_type_of(struct build *build, struct span span, const char *schema,
                        struct span schema_span, const char *name);
struct ast *ast_type_struct(struct build *build, struct span span, bool is_union, struct ast *sized,
                            struct ast_list members);
/* words: a set of enum ast_until; a word is added to them once. */
struct ast *ast_until(struct build *build, struct span span, struct ast *expr, unsigned words);
unsigned ast_until_add(struct build *build, struct span span, unsigned words, unsigned word);
struct ast *ast_arm(struct build *build, struct span span, struct ast_list labels,
                    struct ast *body);
struct ast *ast_arm_struct(struct build *build, struct span span, struct ast_list members);
struct ast *ast_arm_let(struct build *build, struct span span, struct span expr_span,
                        struct ast *expr);

/* -- statements and expressions -- */

struct ast *ast_for(struct build *build, struct span span, const char *name, struct span name_span,
                    struct ast *in, struct ast_list stmts);

/* An INSERT or APPEND of bytes. */
struct ast *ast_with(struct build *build, enum ast_kind kind, struct span span, struct ast *path,
                     struct ast *expr);
struct ast *ast_binary(struct build *build, struct span span, enum ast_op op, struct ast *left,
                       struct ast *right);
struct ast *ast_unary(struct build *build, struct span span, enum ast_op op, struct ast *expr);
struct ast *ast_bool(struct build *build, struct span span, bool value);
struct ast *ast_call(struct build *build, struct span span, const char *name, struct span name_span,
                     struct ast_list args);

#endif
