/* Unparsing: a tree as text again. The text parses to an equal tree (spans aside). */
#ifndef SYN_UNPARSE_H
#define SYN_UNPARSE_H

#include "base/buf.h"
#include "syn/ast.h"

/* Appends an expression on one line, with no more parentheses than the tree needs or the author wrote. */
void unparse_expr(const struct ast *expr, struct buf *out);

/* Appends any node, indented by 4 spaces a level, one construct a line. */
void unparse(const struct ast *node, struct buf *out);

/* Whether two trees are equal but for spans and PAREN nodes. */
bool ast_equal(const struct ast *a, const struct ast *b);

#endif
