/* Limits of decoding, and how many threads do it, from the command line (--depth-limit, --expansion-limit, --jobs). */
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

#define LIMITS_JOBS_OPTION                                                                         \
    {                                                                                              \
        'j', "jobs", "N",                                                                          \
            "so many threads at a time; default: one for each\n"                                   \
            "processor"                                                                            \
    }

/* Take the value of the option just returned; false where it is wrong, which was told. */
bool limits_take_depth(struct vm_limits *limits, const struct options *options);
bool limits_take_expansion(struct vm_limits *limits, const struct options *options);
bool limits_take_jobs(uint32_t *jobs, const struct options *options);

/* How many threads do n things: as many as were asked for, 0 for one of each processor, and no more than n. To count the
 * processors takes the system as long as a thousand lines of a schema take us: where n is 1 nobody does. */
uint32_t limits_jobs(uint32_t asked, uint32_t n);

#endif
