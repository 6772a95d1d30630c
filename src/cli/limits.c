#include "config.h"

#include "cli/limits.h"

#define DEPTH_MAX 100000

bool limits_take_depth(struct vm_limits *limits, const struct options *options) {
    uint64_t n = 0;
    bool ok = options_number(options, 1, DEPTH_MAX, &n);
    limits->depth = (uint32_t)n;
    return ok;
}

bool limits_take_expansion(struct vm_limits *limits, const struct options *options) {
    return options_number(options, 1, INT64_MAX, &limits->expansion);
}
