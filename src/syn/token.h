/* Tokens with a value: the literals' text made numbers and bytes, their mistakes reported.
 *
 * For the scanner (grammar/sonde.l). text is the literal as written, len bytes at span. */
#ifndef SYN_TOKEN_H
#define SYN_TOKEN_H

#include <stddef.h>

#include "syn/build.h"

/* A name, interned. */
const char *token_name(struct build *build, const char *text, size_t len);

/* An INT: decimal, 0x, 0o or 0b, with '_' between digits. A malformed one is 0. */
struct ast *token_integer(struct build *build, struct span span, const char *text, size_t len);

/* The name in backquotes: without them. */
const char *token_quoted(struct build *build, struct span span, const char *text, size_t len);

/* A FLOAT: digits on both sides of the dot, an exponent. */
struct ast *token_float(struct build *build, struct span span, const char *text, size_t len);

/* An IPv4 address (10.0.0.1) as the INT that its four bytes are, the first the highest; the node's flag is set. */
struct ast *token_address(struct build *build, struct span span, const char *text, size_t len);

/* A STRING in double quotes, escapes resolved. closed: the closing quote is there; else that is
 * reported. */
struct ast *token_string(struct build *build, struct span span, const char *text, size_t len,
                         bool closed);

/* An INT in single quotes: the code point of the one character, or the value of its \x escape. */
struct ast *token_char(struct build *build, struct span span, const char *text, size_t len,
                       bool closed);

/* Reports bytes that belong to no token. */
void token_stray(struct build *build, struct span span, const char *text, size_t len);

/* A line that begins with "#": no token comes of it. */
void token_hash(struct build *build, struct span span, const char *text, size_t len);

/* Reports a block comment that is not closed; span is that of its opening. */
void token_open_comment(struct build *build, struct span span);

/* Keeps a comment: a block comment, or one to the end of the line, which is a doc comment where it
 * has just three slashes. doc.next is set later. */
void token_comment(struct build *build, struct build_doc comment, const char *text, size_t len);

#endif
