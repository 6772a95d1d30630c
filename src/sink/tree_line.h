/* Lines of the tree output while they are made: text with marks where a style begins, measured in
 * terminal columns and cut to fit when printed.
 *
 * A mark is two bytes, 0x01 and the style + 0x20. All other text in a line is fit for a terminal:
 * what comes from files, schemas and messages goes through tree_put_safe or tree_put_quoted, which
 * leave no control characters. */
#ifndef SINK_TREE_LINE_H
#define SINK_TREE_LINE_H

#include <stdbool.h>

#include "base/buf.h"
#include "io/out.h"

enum tree_style {
    TREE_PLAIN,
    TREE_DIM, /* punctuation, guides, what is said beside */
    TREE_ERROR,
    TREE_TYPE,  /* type names */
    TREE_NAMED, /* names of enums and flags */
    TREE_STRING,
    TREE_FIELD, /* and TREE_FIELDS - 1 more: a field's name and bytes */
};

#define TREE_FIELDS 12u

/* What stands for itself in the output, in UTF-8 or in ASCII. */
struct tree_signs {
    const char *guide; /* a level of the tree; two columns */
    const char *ellipsis;
    const char *cross; /* before what is wrong */
    const char *arrow; /* before what is referred to */
    const char *dash;  /* between the ends of a range */
    unsigned ellipsis_columns;
};

const struct tree_signs *tree_signs(bool utf8);

/* From here on the style holds. */
void tree_mark(struct buf *line, unsigned style);

/* tree_mark, the text, and back to PLAIN. */
void tree_put(struct buf *line, unsigned style, const char *text);

/* Appends text with controls, bad UTF-8 and characters that turn text around escaped (also all
 * beyond ASCII, without utf8). */
void tree_put_safe(struct buf *line, struct bytes text, bool utf8);

/* Appends what fits in so many columns of text, escaped as in a string literal, without quotes;
 * returns whether that was all of it. */
bool tree_put_quoted(struct buf *line, struct bytes text, bool utf8, unsigned columns);

/* The columns of a line, or a part of it that begins and ends between marks and characters. */
unsigned tree_columns(struct bytes line);

/* How many bytes of text (without marks) go on a line of so many columns: up to and with a space,
 * where there is one. */
size_t tree_break(struct bytes text, unsigned columns);

/* Prints the line and a newline, cut to width columns (0: never). */
void tree_print(struct out *out, const struct buf *line, unsigned width, bool colour, bool utf8);

#endif
