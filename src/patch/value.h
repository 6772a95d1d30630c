/* Value: what was given for a field, as a value that can be encoded. */
#ifndef PATCH_VALUE_H
#define PATCH_VALUE_H

#include "base/buf.h"
#include "patch/content.h"
#include "vm/value.h"

/* A given number, text or list of flags as a value for a field of that type: text may be an enumerator's name, bytes in hex,
 * or what the field's display form writes. What it refers to lives in the arena or in what was given. False: *why. */
bool value_of_content(struct arena *arena, const struct program *program, uint32_t type,
                      const struct content *given, struct vm_value *out, struct buf *why);

#endif
