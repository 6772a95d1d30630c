/* What the files of the formatter share; nothing else includes it.
 *
 * Three steps: the text as pieces (pretty_pieces.c), the pieces put into rows by the tree (pretty.c),
 * the rows laid out (pretty_rows.c, which asks pretty_space.c what stands between two pieces). */
#ifndef SYN_PRETTY_INTERNAL_H
#define SYN_PRETTY_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/vec.h"
#include "syn/parse.h"
#include "syn/pretty.h"

enum pretty_kind { PRETTY_WORD, PRETTY_NUMBER, PRETTY_STRING, PRETTY_MARK, PRETTY_COMMENT };

/* A token or a comment. */
struct pretty_piece {
    const char *text; /* as in the source */
    uint32_t len;
    uint32_t lo, hi; /* its span */
    enum pretty_kind kind;
    bool starts_line;   /* the piece before it, if any, is on another line */
    bool blank;         /* an empty line is between */
    bool label;         /* the ':' behind an arm's labels */
    bool choice;        /* the ':' of a "? :" */
    uint32_t match;     /* of a bracket: the other one */
    uint32_t line_last; /* the last piece on its line */

    /* of a comment */
    bool breaks;             /* nothing can follow on its line */
    bool placed;             /* it is in a row */
    uint32_t column;         /* characters before it on its line, where it breaks */
    const struct ast *owner; /* what it documents, or NULL */
};

struct pretty_indexes {
    uint32_t *at;
    uint32_t n;
    uint32_t cap;
};

/* What stands in columns with what: rows of one class. */
enum pretty_class {
    PRETTY_FREE,       /* no columns; parts no run */
    PRETTY_PART,       /* no columns; parts runs: where a block begins or ends */
    PRETTY_REMARK,     /* a comment on lines of its own */
    PRETTY_FILL,       /* as many items as fit a line */
    PRETTY_MEMBER,     /* type or word | the rest */
    PRETTY_ARM,        /* labels: | the rest */
    PRETTY_ENUMERATOR, /* name | = value */
    PRETTY_LET,        /* let name | = value */
    PRETTY_RECORD,     /* struct name | { … } */
    PRETTY_ENUM,       /* enum name | : type | { … } */
    PRETTY_CLASS_COUNT
};

#define PRETTY_HEADS  2
#define PRETTY_INDENT 4u

/* What stands on a line, or on several where it is too long for one. */
struct pretty_row {
    enum pretty_class class;
    unsigned indent;
    bool blank;             /* an empty line stands before it */
    bool whole;             /* it is not to be broken: it has blocks */
    const uint32_t *pieces; /* in the order they are written */
    uint32_t n;
    uint32_t heads[PRETTY_HEADS]; /* a column begins before these pieces; 0: no more columns */
    const char *suffix;           /* what is added behind the last piece; may be NULL */
    struct pretty_indexes trail;  /* the comments behind it; of a REMARK: the comment itself */

    /* for pretty_rows.c */
    const char *text;
    uint32_t width; /* of the text's last line */
};

struct pretty {
    struct arena *arena;
    VEC(struct pretty_piece) pieces;
    struct pretty_indexes docs; /* pieces with an owner, sorted by it */
    VEC(struct pretty_row) rows;
};

/* Tokens and comments in order. */
void pretty_take_pieces(struct pretty *pretty, const struct source *source,
                        const struct parse_comments *comments, const struct parse_tokens *tokens);

/* The first piece that is a token and begins at or behind off; the last one that ends at or before it. */
uint32_t pretty_piece_from(const struct pretty *pretty, uint32_t off);
uint32_t pretty_piece_to(const struct pretty *pretty, uint32_t off);

/* The place in docs of the first piece that documents a node; docs.n where there is none. */
uint32_t pretty_docs_of(const struct pretty *pretty, const struct ast *owner);

/* Whether a piece is this token. */
bool pretty_is(const struct pretty_piece *piece, const char *text);

/* Whether a blank stands between pieces i - 1 and i of a row. */
bool pretty_space(const struct pretty *pretty, const struct pretty_row *row, uint32_t i);

/* How readily a row is broken before its piece i, whose depth in brackets is given: the smaller the
 * number the sooner, PRETTY_NO_BREAK never. */
#define PRETTY_NO_BREAK UINT32_MAX
uint32_t pretty_break(const struct pretty *pretty, const struct pretty_row *row, uint32_t i,
                      uint32_t depth);

/* How a piece changes the depth. */
int pretty_depth(const struct pretty_piece *piece);

/* How many columns a text takes. */
uint32_t pretty_columns(const char *text, size_t len);

/* Columns that the pieces from..to of a row take on one line; as soon as it is more than limit any
 * larger number. */
uint32_t pretty_width(const struct pretty *pretty, const struct pretty_row *row, uint32_t from,
                      uint32_t to, uint32_t limit);

/* In how many lines a FILL row comes out. */
uint32_t pretty_fill_lines(const struct pretty *pretty, struct pretty_row *row);

void pretty_write(struct pretty *pretty, struct buf *out);

#endif
