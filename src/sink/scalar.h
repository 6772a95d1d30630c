/* Text of single values (numbers, names, text, bytes) as JSON has them and as a CSV cell has them.
 *
 * The one place that says how a value is written, for values that come as events and for those in
 * blocks (scalar_plan.h). How a schema wants a value displayed (`as hex`) makes no difference here:
 * these formats are for programs.
 *
 *   value                  JSON                          CSV
 *   integer                its decimal digits            the same
 *   - beyond 64 bits       "0x…", a string               0x…
 *   number                 shortest that reads back      the same
 *   - not finite           "NaN", "Infinity", "-Infinity"  NaN, Infinity, -Infinity
 *   bool                   true, false                   the same
 *   enum                   "name", or the number         name, or the number
 *   flags                  ["a","b","0x10"]              a|b|0x10
 *   bytes                  "00ff"                        00ff
 *   text                   "text"                        text, in quotes where RFC 4180 needs them
 *   absent                 null                          nothing
 *
 * A flag is there when all of its bits are; bits that no flag there accounts for come last. */
#ifndef SINK_SCALAR_H
#define SINK_SCALAR_H

#include "code/program.h"
#include "io/out.h"
#include "vm/event.h"

enum scalar_dialect { SCALAR_JSON, SCALAR_CSV };

/* The most bytes that scalar_uint, scalar_int, scalar_double and scalar_float write. */
#define SCALAR_NUMBER_ROOM 48

/* The most bytes that scalar_text writes for text of n bytes. */
#define SCALAR_TEXT_ROOM(n) (6 * (n) + 2)

/* Each writes to out and returns the end. */
char *scalar_uint(char *out, uint128 value, enum scalar_dialect dialect);
char *scalar_int(char *out, int128 value, enum scalar_dialect dialect);
char *scalar_double(char *out, double value, enum scalar_dialect dialect);
char *scalar_float(char *out, float value, enum scalar_dialect dialect);
char *scalar_text(char *out, struct bytes text, enum scalar_dialect dialect);

/* A number of an enum or flags; room: the most bytes that takes. */
char *scalar_named(char *out, const struct program *program, uint32_t names, int128 value,
                   enum scalar_dialect dialect);
size_t scalar_named_room(const struct program *program, uint32_t names);

/* Text and bytes of any length, in pieces. */
void scalar_put_text(struct out *out, struct bytes text, enum scalar_dialect dialect);
void scalar_put_bytes(struct out *out, struct bytes bytes, enum scalar_dialect dialect);

/* An event's value: ABSENT, BOOL, INT, FLOAT, TEXT or BYTES. Others count as absent. */
void scalar_put(struct out *out, const struct vm_event *event, enum scalar_dialect dialect);

#endif
