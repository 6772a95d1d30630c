/* JSON that tells the types and places of what it shows (--typed), for programs that check or go on with it.
 *
 * As json.h, but:
 *
 *   struct        {"$type": "a::b", … its members in order …, "$at": {"member": [offset, size], …}}
 *   enum          {"$enum": "name", "$value": 1, "$type": "a::b"}; the number alone where it has no name
 *   flags         {"$flags": ["a", "b", "0x10"], "$value": 19, "$type": "a"}
 *   bytes         {"$bytes": "00ff"}
 *   not finite    {"$float": "NaN"}, "Infinity", "-Infinity"
 *   integer       decimal digits, however many
 *   fault         {"$error": "kind", "$message": …, "$path": …, "$offset": …}, in the place of the value it took
 *
 * A fault whose value is shown all the same, or that is of no member, is an item of "$errors" behind the members; findings are items of
 * "$findings" (without "$error"). Both lists hold up to 16; "$more_errors" and "$more_findings" count the rest.
 *
 * "$at" stands last, since a struct is written while it is read. It has the members with a place of their own: the offset
 * of the first byte and how many bytes they take, in the file, or in the bytes that a transform made for the struct. Of bits
 * that are no whole bytes it also has the number of the first one, counted as the bit order counts, and how many they
 * are. Of a member in bytes made for it, the place is what they were made of. "$io", behind "$type", is how
 * many bytes are a file to the struct, if that is not what is one to its parent, and "$in" the transform that made them.
 *
 * Of a Kaitai specification the faults have the names of Kaitai's classes, and "$parent": null and "$root": null stand where
 * Kaitai has null; not of a record.
 *
 * Memory: the places of the members of the structs that are open. */
#ifndef SINK_JSON_TYPED_H
#define SINK_JSON_TYPED_H

#include "io/out.h"
#include "sink/json_writer.h"
#include "vm/event.h"

/* Out is borrowed, and so are the programs that events come from, until json_typed_free; these are generated without a style. */
struct vm_sink *json_typed_new(struct out *out, const struct json_options *options, bool kaitai);

/* Ends the document; once, behind the last event. */
void json_typed_finish(struct vm_sink *sink);
void json_typed_free(struct vm_sink *sink); /* NULL is fine */

#endif
