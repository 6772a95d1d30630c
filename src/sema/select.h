/* Selections: which elements of an array or list are wanted, and what of each.
 *
 * Conditions and columns see an element as if they stood in it: the names of its fields as they are, "$" the element, "$index"
 * its number; behind these the names of the root struct. */
#ifndef SEMA_SELECT_H
#define SEMA_SELECT_H

#include "sema/sema.h"

enum sema_aggregate_kind { SEMA_A_COUNT, SEMA_A_SUM, SEMA_A_MIN, SEMA_A_MAX, SEMA_A_AVG };

#define SEMA_NO_COLUMN UINT32_MAX

struct sema_aggregate {
    enum sema_aggregate_kind kind;
    uint32_t column; /* what it is of; COUNT of all rows: SEMA_NO_COLUMN */
};

struct sema_select {
    const struct sema_expr *of;    /* whose elements are looked at, one by one */
    struct sema_dollar element;    /* the one at hand */
    const struct sema_expr *where; /* NULL: all are wanted */
    VEC(const struct sema_expr *) columns;
    VEC(const char *) names; /* of the columns; with aggregates: of the key and these */
    /* what is made of rows; then the columns are the key, where they are grouped, and what the aggregates are of */
    bool grouped;
    VEC(struct sema_aggregate) aggregates;
};

/* A selection of all elements of a path (as sema_path has resolved it), without columns; it lives in sema's arena. */
struct sema_select *sema_select_new(struct sema *sema, const struct sema_expr *of);

/* What is wrong with these is reported. */
void sema_select_where(struct sema *sema, struct sema_schema *schema, struct sema_select *select,
                       const struct ast *condition);
void sema_select_column(struct sema *sema, struct sema_schema *schema, struct sema_select *select,
                        const struct ast *column, const char *name);

/* What the rows are grouped by: the first column. */
void sema_select_key(struct sema *sema, struct sema_schema *schema, struct sema_select *select,
                     const struct ast *key, const char *name);
/* "count", or one of count, sum, min, max and avg of an expression. */
void sema_select_aggregate(struct sema *sema, struct sema_schema *schema,
                           struct sema_select *select, const struct ast *node, const char *name);

/* Adds those of the element's fields that are single numbers or texts; of what is no struct, the element itself. */
void sema_select_fields(struct sema *sema, struct sema_select *select);

#endif
