/* Selections as they are said: which elements, and what of each, in the texts of expressions. */
#ifndef LIB_SELECTION_H
#define LIB_SELECTION_H

#include "lib/compile.h"
#include "sema/select.h"

/* NULL: as the defaults have it. Columns and aggregates have commas between them. */
struct selection_words {
    const char *where, *columns, *aggregate, *by;
    const char *mark; /* in front of the names of these in diagnostics: "--", or "" */
};

/* The selection of elements of a path. NULL where the words have mistakes, which are among the diagnostics. It may have no
 * columns: elements without a field that is a single number or text. */
struct sema_select *selection_resolve(struct compiled *compiled, const struct sema_expr *of,
                                      const struct selection_words *words);

#endif
