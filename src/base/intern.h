/* Interned strings: equal texts get the same address, so names are compared by pointer. */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include <stddef.h>

#include "base/arena.h"

struct intern; /* the table; lives in the arena that intern_new was given, texts included */

struct intern *intern_new(struct arena *arena);

/* Returns the one NUL-ended copy of the len bytes at text (which may hold NULs). */
const char *intern_add(struct intern *intern, const char *text, size_t len);
const char *intern_text(struct intern *intern, const char *text);

#endif
