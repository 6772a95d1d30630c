/* What Kaitai's ksdump writes of a file, as JSON, YAML or XML (--compat=ksdump), so that scripts can go on with sonde.
 *
 *   struct     an object, its members sorted by name; names that begin with "_" left out, but for "_unnamedN"
 *   enum       "enum_member" (the enum's own name, without what it lies in), or the number where it has no name
 *   bytes      pairs of upper-case hexadecimal digits: "0A FF"
 *   absent     left out in a struct
 *   fault      likewise
 *   flags      an array of names
 *   let        what it refers to, once more and whole, for programs made so (gen_request.whole); its path where that is
 *              around it, and in lists
 *
 * How the three formats are laid out is said in ksdump_print.h. Members that come before one that sorts in front of
 * them wait in memory (ksdump_sort.h); all others are written as they come. */
#ifndef SINK_KSDUMP_H
#define SINK_KSDUMP_H

#include "io/out.h"
#include "vm/event.h"

enum ksdump_format { KSDUMP_JSON, KSDUMP_YAML, KSDUMP_XML };

/* Whether this sonde can write the format: YAML takes libyaml. */
bool ksdump_can(enum ksdump_format format);

/* Out is borrowed, and so are the programs that events come from, until ksdump_free; these are generated without a style and for
 * a whole document. */
struct vm_sink *ksdump_new(struct out *out, enum ksdump_format format);

/* Ends the document; once, behind the last event. */
void ksdump_finish(struct vm_sink *sink);
void ksdump_free(struct vm_sink *sink); /* NULL is fine */

#endif
