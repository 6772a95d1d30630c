/* A table of text: columns as wide as what is in them, numbers to the right.
 *
 * The first rows are kept back until there are enough of them to know the widths; what is wider later on moves what is
 * behind it. */
#ifndef SINK_COLUMNS_TABLE_H
#define SINK_COLUMNS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "io/out.h"

struct columns_table;

/* out and the names are borrowed. */
struct columns_table *columns_table_new(struct out *out, const char *const *names, uint32_t n,
                                        bool utf8);
void columns_table_free(struct columns_table *table); /* NULL is fine */

/* The next cell, in order, of lines made with tree_line.h. */
void columns_table_put(struct columns_table *table, struct bytes cell, bool right);

/* Writes what was kept back. */
void columns_table_flush(struct columns_table *table);

#endif
