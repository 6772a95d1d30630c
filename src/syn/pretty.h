/* The formatter: a schema's text in its one canonical layout.
 *
 * It works on the tokens and comments as they were written, so that literals, parentheses and comments
 * come out as they went in; the tree says where constructs begin and end. Unlike unparse.h, which
 * writes a tree that need not come from any text.
 *
 * The layout: indentation of 4; one blank line at most, where there was one; names, arms and comments
 * behind the code in columns, in runs of lines that nothing parts; clauses in one order; lines of at
 * most PRETTY_COLUMNS where there is a place to break; blocks on one line stay there if they fit. */
#ifndef SYN_PRETTY_H
#define SYN_PRETTY_H

#include "base/buf.h"
#include "syn/parse.h"

#define PRETTY_COLUMNS 100

/* Appends a schema, which parsed without an error into tree, with its comments and tokens. What is
 * made on the way lives in the arena. */
void pretty_schema(struct arena *arena, const struct source *source, const struct ast *tree,
                   const struct parse_comments *comments, const struct parse_tokens *tokens,
                   struct buf *out);

#endif
