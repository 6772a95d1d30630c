/* Plain: values for scripts, one a line; or as JSON.
 *
 *   plain   text as it is, an enum's name, flags with '|' between, bytes as hexadecimal digits, numbers and bools; a
 *           struct or array, one of its own line of compact JSON. What is asked for being an array or list, its elements
 *           are the values. Absent values are left out
 *   JSON    one document: as json.h writes it
 *
 * With places (the program tells both, see gen.h) offset and size stand in front of a value, between tabs; in JSON each
 * value is an object on a line of its own: {"path":…,"offset":…,"size":…,"value":…}, see place.h. */
#ifndef SINK_PLAIN_H
#define SINK_PLAIN_H

#include "io/out.h"
#include "vm/event.h"

struct plain_options {
    bool json;
    bool pretty;      /* JSON, without places */
    bool places;      /* the program tells them */
    bool records;     /* the program tells elements one by one: the document is an array of them */
    const char *file; /* in front of each value, unless it is JSON without places; NULL: nothing */
    const char *path; /* as it was asked for: of values that have none */
};

struct plain;

/* out and the texts are borrowed. The program is one without a style unless it is JSON that is not pretty. */
struct plain *plain_new(struct out *out, const struct plain_options *options);
struct vm_sink *plain_sink(struct plain *plain);

/* Ends the output; how many values there were. */
uint64_t plain_finish(struct plain *plain);
void plain_free(struct plain *plain); /* NULL is fine */

#endif
