/* Content of values: what a script wrote in braces, worked out by the machine, as a tree of its own. */
#ifndef PATCH_CONTENT_VALUE_H
#define PATCH_CONTENT_VALUE_H

#include "patch/content.h"
#include "vm/value.h"

/* Lists within lists at most. */
#define CONTENT_VALUE_DEPTH 64u

/* The value in the arena. What is deeper than CONTENT_VALUE_DEPTH, and what is no value but a place, is nothing. */
struct content content_of_value(struct arena *arena, const struct program *program,
                                const struct vm_value *value);

#endif
