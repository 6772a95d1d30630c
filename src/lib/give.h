/* Give: values for the parameters of a schema's root struct, from the command line (`-p NAME=VALUE`). */
#ifndef CLI_GIVE_H
#define CLI_GIVE_H

#include <stdbool.h>

#include "base/vec.h"
#include "cli/compile.h"
#include "cli/options.h"

/* What was said, in order: NAME=VALUE. The texts are the command line's. */
struct given {
    VEC(const char *) at;
};

/* For a command's table of options. */
#define GIVE_OPTION                                                                                \
    {                                                                                              \
        'p', "param", "NAME=VALUE",                                                                \
            "a parameter of the schema's root struct: a number or\n"                               \
            "other constant, or a text as it is; may be repeated"                                  \
    }

/* Takes the option just returned; false where it is no NAME=VALUE, which was told. */
bool give_take(struct given *given, struct arena *arena, const struct options *options);

/* Works out the arguments of the root struct, which there is: CLI_FINE, or CLI_USAGE where one is missing, unknown, given
 * twice or of the wrong kind, which was told. */
int give_args(const struct given *given, struct compiled *compiled);

#endif
