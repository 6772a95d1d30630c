/* Members in the order of their names.
 *
 * A member goes on to the printer at once when no member behind it, in the order of the schema, sorts in front of it;
 * else it is kept, with all that is in it, until its struct ends or a member goes on that sorts behind it. So memory grows with what is
 * kept: nothing, where the last large array of a struct has the last name. */
#ifndef SINK_KSDUMP_SORT_H
#define SINK_KSDUMP_SORT_H

#include "code/program.h"
#include "sink/ksdump_print.h"

struct ksdump_sort;

/* Whether a member is never shown: ksdump takes names with "_" in front for its own, but for fields without a name. */
bool ksdump_is_hidden(struct bytes name);

struct ksdump_sort *ksdump_sort_new(struct ksdump_printer *printer); /* borrowed */
void ksdump_sort_free(struct ksdump_sort *sort);

/* The next piece of a document, all of which is of one program. STRUCT: of is the struct; what lies directly in a struct: member is which one of the
 * program (its name is the item's). */
void ksdump_sort_put(struct ksdump_sort *sort, const struct program *program, uint32_t of,
                     uint32_t member, const struct ksdump_item *item);

#endif
