/* Aggregates: rows in, one row for each group of them out, when all have come.
 *
 * The groups stand in the order in which their keys are met; memory grows with their number. Sums of integers are exact;
 * beyond 127 bits they go on as binary64 numbers. What is absent counts for nothing: of none of it, sums are 0 and the
 * others absent. */
#ifndef ASK_AGGREGATE_H
#define ASK_AGGREGATE_H

#include "sema/select.h"
#include "vm/event.h"

struct aggregate;

/* For the rows of a selection that has aggregates; it is borrowed. */
struct aggregate *aggregate_new(const struct sema_select *select);
struct vm_sink *aggregate_sink(struct aggregate *aggregate);

/* Rows so far. */
uint64_t aggregate_rows(const struct aggregate *aggregate);

/* Tells the groups as rows: the key, where there is one, and the aggregates. */
void aggregate_tell(const struct aggregate *aggregate, struct vm_sink *sink);
void aggregate_free(struct aggregate *aggregate); /* NULL is fine */

#endif
