/* Limits of decoding, from the command line (--depth-limit, --expansion-limit). */
#ifndef CLI_LIMITS_H
#define CLI_LIMITS_H

#include <stdbool.h>

#include "cli/options.h"
#include "vm/vm.h"

/* For a command's table of options. */
#define LIMITS_DEPTH_OPTION                                                                        \
    { 0, "depth-limit", "N", "end what is nested deeper; default: 1024" }
#define LIMITS_EXPANSION_OPTION                                                                    \
    {                                                                                              \
        0, "expansion-limit", "BYTES",                                                             \
            "end what unpacks to more; default: 16 MiB and 1032\n"                                 \
            "for each byte of the file"                                                            \
    }

/* Take the value of the option just returned; false where it is wrong, which was told. */
bool limits_take_depth(struct vm_limits *limits, const struct options *options);
bool limits_take_expansion(struct vm_limits *limits, const struct options *options);

#endif
