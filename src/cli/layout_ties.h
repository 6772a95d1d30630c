/* What is tied to what, in a schema. */
#ifndef CLI_LAYOUT_TIES_H
#define CLI_LAYOUT_TIES_H

#include "base/buf.h"
#include "sema/tie.h"

/* Appends the clauses of a struct that say how long, how many or where, each with the number that follows what it is about, or
 * why there is none; nothing where it has no such clause, or where constants alone stand in them. NULL: those of
 * the schema's typedefs. */
void layout_put_ties(struct buf *out, const struct sema_ties *ties,
                     const struct sema_schema *schema, const struct sema_struct *of);

#endif
