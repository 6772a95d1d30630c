/* Records as CSV (RFC 4180, but lines end with a line feed alone): a line of column names, then a
 * line a record.
 *
 * The columns are the members of the element struct in order, those of structs in it as a.b; a
 * member that stands there several times (in branches) has one column. scalar.h says how values are
 * written. An array, a struct that a switch chose, and a name for something elsewhere are compact
 * JSON in their cell, as json.h has it. What is absent is empty. Elements that are no struct of one
 * kind have a single column, "value".
 *
 * A record with faults has the cells that could be read; faults and findings are not told here. */
#ifndef SINK_CSV_H
#define SINK_CSV_H

#include "code/style.h"
#include "io/out.h"
#include "vm/event.h"

/* Writes the line of names, unless what is written goes on. element_struct: what the elements are, or PROGRAM_NONE. out
 * and program are borrowed; the program was generated with csv_style, and the rule for text in
 * blocks is json_new's. */
struct vm_sink *csv_new(struct out *out, const struct program *program, uint32_t element_struct,
                        bool goes_on);

/* Ends a line begun; once, behind the last event. */
void csv_finish(struct vm_sink *sink);
void csv_free(struct vm_sink *sink); /* NULL is fine */

/* The texts of blocks: those of JSON, for the arrays in cells. Between cells there is nothing to
 * prepare. */
const struct code_style *csv_style(void);

#endif
