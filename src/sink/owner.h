/* Which fields bytes of the input belong to: listens to a whole file, and tells of each byte asked for the fields it is in
 * (several of a byte of bits, of a union, of overlapping places) and those around it.
 *
 *   text   offset, path, type, the field's own offset and size, value, between tabs ("-" for a path where there is no field);
 *          a line for each field, then one each for the fields that end before the byte and begin behind it:
 *          tab, "before" or "behind", path, offset, size
 *   JSON   {"offset":…,"fields":[{"path":…,"offset":…,"size":…,"type":…,"value":…}],"before":{…},"behind":{…}} */
#ifndef SINK_OWNER_H
#define SINK_OWNER_H

#include "io/out.h"
#include "vm/event.h"

struct owner;

/* Listens for the n bytes at these offsets, which it keeps. */
struct owner *owner_new(const uint64_t *offsets, uint32_t n, bool json);

/* The same for many offsets, and for the fields that their bytes are in alone. */
struct owner *owner_new_alone(const uint64_t *offsets, uint32_t n, bool json);

struct vm_sink *owner_sink(struct owner *owner);

/* Most of what lies in front of a byte is passed over. Whether something of it must be looked at after all, for the fields that
 * end before a byte: then the file is to be run over once more. */
bool owner_again(struct owner *owner);

/* Tells what was found, in the order of the offsets; for how many of them there is a field. */
uint32_t owner_tell(struct owner *owner, struct out *out);

/* Of one made alone: the fields of offset number i, until the owner is freed: as the JSON objects above with commas between
 * them; or as paths with ", " between them, each with "+3" behind it where the byte is so far behind the field's start. */
struct bytes owner_fields(struct owner *owner, uint32_t i);

void owner_free(struct owner *owner); /* NULL is fine */

#endif
