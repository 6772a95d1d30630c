/* Give: values for the parameters of a schema's root struct, from the command line (`-p NAME=VALUE`). */
#ifndef CLI_GIVE_H
#define CLI_GIVE_H

#include "cli/options.h"
#include "lib/give.h"

/* For a command's table of options. */
#define GIVE_OPTION                                                                                \
    {                                                                                              \
        'p', "param", "NAME=VALUE",                                                                \
            "a parameter of the schema's root struct: a number or\n"                               \
            "other constant, or a text as it is; may be repeated"                                  \
    }

/* Takes the option just returned; false where it is no NAME=VALUE, which was told. */
bool give_take(struct given *given, struct arena *arena, const struct options *options);

/* give_args: CLI_FINE, or CLI_USAGE, which was told. */
int give_all(const struct given *given, struct compiled *compiled);

#endif
