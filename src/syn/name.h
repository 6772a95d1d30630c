/* Names as schemas write them: plainly, or in backquotes where they would be something else. */
#ifndef SYN_NAME_H
#define SYN_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Whether the len bytes are letters, digits and underscores that are no word of the language: a name wherever they
 * stand. */
bool name_is_plain(const char *text, size_t len);

/* Adds a name, in backquotes where it needs them; as_type: it stands where a type does. */
void name_put(struct buf *out, const char *name, bool as_type);

#endif
