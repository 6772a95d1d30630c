/* Give: values for the parameters of a schema's root struct, from outside. */
#ifndef LIB_GIVE_H
#define LIB_GIVE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/vec.h"
#include "lib/compile.h"

/* What was said, in order: NAME=VALUE. The texts are the caller's. */
struct given {
    VEC(const char *) at;
};

/* Why the arguments can't be worked out, in sentences as diagnostics have them. */
struct give_trouble {
    struct buf message;
    struct buf more; /* about it, or empty */
    bool missing;    /* there are parameters without a value */
};

/* Whether a text is NAME=VALUE. */
bool give_is_one(const char *text);

/* Works out the arguments of the root struct, which there is. False where one is missing, unknown, given twice or of the
 * wrong kind: trouble, zeroed before, tells which. */
bool give_args(const struct given *given, struct compiled *compiled, struct give_trouble *trouble);
void give_trouble_free(struct give_trouble *trouble);

#endif
