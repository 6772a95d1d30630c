/* Ties: which stored number says how long something is, how many elements it has, or where it is.
 *
 * A clause (`x[n]`, `sized n`, `@ n`) is a number made of others. Reading, it gives an extent; when the extent changes, one of
 * those numbers must: the *unknown*. Which one that is, and what it is made of otherwise, is found here before there is data, through
 * lets, functions and parameters, for each case that conditions tell apart. Solving it is the machine's (OP_TIE).
 *
 * The unknown is the one stored number that stands for a value (no index, condition or filter); one with a relation of its own
 * (`= …`) only if there is no other. Of several it is that of the nearest struct; of several there, the one that no other
 * clause is tied to alone. */
#ifndef SEMA_TIE_H
#define SEMA_TIE_H

#include "base/buf.h"
#include "sema/sema.h"

enum sema_tie_kind {
    SEMA_TIE_SIZE,  /* in bytes */
    SEMA_TIE_COUNT, /* of elements */
    SEMA_TIE_PLACE,
};

/* How a number comes about: one case, or a condition and the cases on its two sides. */
struct sema_tie_case {
    struct sema_expr *condition; /* NULL: one case */
    struct sema_tie_case *yes, *no;
    struct sema_expr *value;   /* it, without choices that matter */
    struct sema_expr *unknown; /* the E_LATER in it that changes; NULL: none */
    bool
        follows; /* none needs to: it comes from where things are, or from numbers that others are tied to */
    const char *why; /* neither: why not, a sentence without its end */
};

struct sema_tie {
    enum sema_tie_kind kind;
    struct sema_expr *clause;
    struct sema_decl *decl; /* whose clause; NULL: the struct's own size */
    struct sema_struct *of; /* the struct it stands in; NULL: a typedef */
    struct sema_tie_case *how;
};

/* The ties of all schemas that were loaded. */
struct sema_ties {
    VEC(struct sema_tie) all; /* in the order of their declarations */
    struct map by_clause;     /* expression -> index in all + 1 */
    struct map owned;         /* members that a clause is tied to alone */
};

/* Finds them; they live in the compile arena. Everything compiled without errors. */
struct sema_ties *sema_ties(struct sema *sema);

/* That of a clause, or NULL. */
const struct sema_tie *sema_tie_of(const struct sema_ties *ties, const struct sema_expr *clause);

/* How any other number comes about that is worked out in a struct, or (NULL) at file level: a let's, say. */
struct sema_tie_case *sema_solve(struct sema *sema, const struct sema_ties *ties,
                                 struct sema_struct *in, struct sema_expr *number);

/* Which operand of an operator leads to the unknown; of a call, which argument. */
int sema_tie_side(const struct sema_expr *e, const struct sema_expr *unknown);

/* tie_text.c: what people call an unknown ("chunk.length"), and a declaration; a condition as it is written, where it is. */
void sema_tie_declared(const struct sema_decl *decl, struct buf *out);
void sema_tie_name(const struct sema_expr *unknown, struct buf *out);
void sema_tie_condition(const struct sema_expr *condition, struct buf *out);

#endif
