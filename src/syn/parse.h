/* Parsing: text in, tree out, diagnostics collected.
 *
 * One grammar (grammar/sonde.y) has an entry point for each of these. A tree is always returned: where the text is wrong the parser
 * reports, skips to the next ';' or '}' and goes on, leaving an ERROR node. The caller looks at diags->errors.
 *
 * A byte order mark at the start is passed over. After a thousand errors the parse stops. */
#ifndef SYN_PARSE_H
#define SYN_PARSE_H

#include "base/intern.h"
#include "syn/ast.h"
#include "text/diag.h"
#include "text/source.h"

/* Braces, brackets and parentheses (together), signs in a row and else-ifs in a row nest this deep at most (DIAG_NESTING
 * beyond); other operators up to AST_DEPTH_MAX. The parse then stops: the tree holds what came before. */
#define PARSE_DEPTH_MAX 256

struct parse_comment {
    struct span span; /* slashes included; a block comment whole */
    bool doc;
    const struct ast *owner; /* what a doc comment documents; NULL: nothing, or no doc comment */
};

struct parser {
    struct arena *arena;
    struct intern *intern;
    struct diags *diags;
    /* every comment met, in order, for the formatter: NULL when nobody wants them */
    struct parse_comments *comments;
    /* likewise every token */
    struct parse_tokens *tokens;
};

/* Both vectors are in the parser's arena. */
struct parse_comments {
    struct parse_comment *at;
    uint32_t n;
    uint32_t cap;
};

struct parse_tokens {
    struct span *at;
    uint32_t n;
    uint32_t cap;
};

/* A schema file; an AST_FILE. */
struct ast *parse_schema(struct parser *parser, const struct source *source);

/* One expression, as given to get, --where and their like. */
struct ast *parse_path(struct parser *parser, const struct source *source);

/* Expressions with commas between, as given to --columns; an AST_LIST. */
struct ast *parse_list(struct parser *parser, const struct source *source);

/* A patch script; an AST_SCRIPT. */
struct ast *parse_script(struct parser *parser, const struct source *source);

#endif
