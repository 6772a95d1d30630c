/* Rows of columns, as a selection tells them: CSV, JSON Lines or a table for people.
 *
 * CSV and JSON Lines write values as scalar.h says; a struct, array or list is compact JSON (in its cell, quoted). What is
 * absent, or could not be read, is an empty cell, null, or an empty place in the table. */
#ifndef SINK_COLUMNS_H
#define SINK_COLUMNS_H

#include <stdbool.h>

#include "io/out.h"
#include "vm/event.h"

enum columns_format { COLUMNS_TABLE, COLUMNS_CSV, COLUMNS_JSONL, COLUMNS_FORMATS };

struct columns_options {
    enum columns_format format;
    const char *const *names; /* of the columns, borrowed */
    uint32_t n;
    bool utf8;    /* the table may have it */
    bool goes_on; /* what was written before has the line of names */
};

struct columns;

/* Writes the line of names, but for JSON Lines; out is borrowed. A value outside of rows is a line of its own. */
struct columns *columns_new(struct out *out, const struct columns_options *options);
struct vm_sink *columns_sink(struct columns *columns);

/* Rows so far, and values outside of them that are not zero. */
uint64_t columns_told(const struct columns *columns);

/* Ends a row begun, and writes what was kept back: the machine has ended. */
void columns_end(struct columns *columns);
void columns_free(struct columns *columns);   /* NULL is fine */
void columns_free_sink(struct vm_sink *sink); /* the same, by its sink */

#endif
