/* Hints for syntax errors: what people write by habit, and how it is written here (hint.def). Works on the text around the
 * error alone, not on the tree. */
#ifndef SYN_HINT_H
#define SYN_HINT_H

#include "text/source.h"

/* The note for an unexpected token of source, or NULL. wants: what could have stood there, as in hint.def. */
const char *hint_find(const struct source *source, struct span got, const char *wants);

#endif
