/* JSON (RFC 8259) as output: one document, or JSON Lines.
 *
 * A struct is an object with its members in order, an array an array; scalar.h says how values are
 * written. Members that are absent are left out, absent elements are null. A computed member is
 * like any other; one that is a name for a struct or array elsewhere is {"$ref": "path"}.
 *
 * What was wrong stands last in the innermost struct that was open:
 *
 *   "$error": {"path": …, "offset": …, "message": …}   the fault that ended it
 *   "$errors": [{…}]     further ones, up to 16 in all; "$more_errors" counts those left out
 *   "$findings": [{…}]   what decoding did not mind, up to 16; "$more_findings" likewise
 *
 * An offset counts in the input, or in what the transform named by "in" made; a finding without
 * a place has none. With no struct open they are an object of their own: an element of an open
 * array; else the record's or document's value, if it has no other, and a line of its own in
 * JSON Lines. (What a document had besides its value is told by the command line alone.) What
 * comes out is JSON whatever the order of events: json_finish and the end of a record close what
 * is open, and null stands for nothing. */
#ifndef SINK_JSON_H
#define SINK_JSON_H

#include "code/style.h"
#include "io/out.h"
#include "sink/json_writer.h"
#include "vm/event.h"

/* Out is borrowed, and so are the programs that events come from, until json_free.
 *
 * Unless pretty, the programs must have been generated with json_style, and blocks their sinks
 * get must have no text in an ambient encoding other than UTF-8 (fields of such a block come as
 * events). */
struct vm_sink *json_new(struct out *out, const struct json_options *options);

/* Ends the document; once, behind the last event. */
void json_finish(struct vm_sink *sink);
void json_free(struct vm_sink *sink); /* NULL is fine */

/* The texts around the fields of blocks. For a pretty document: none (NULL). */
const struct code_style *json_style(void);

#endif
