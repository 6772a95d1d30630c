#include "config.h"

#include "cli/limits.h"

#include "cli/queue.h"

#define DEPTH_MAX 100000

/* What each thread takes of memory should not add up to much. */
#define JOBS_USUAL_MAX 16u

bool limits_take_depth(struct vm_limits *limits, const struct options *options) {
    uint64_t n = 0;
    bool ok = options_number(options, 1, DEPTH_MAX, &n);
    limits->depth = (uint32_t)n;
    return ok;
}

bool limits_take_expansion(struct vm_limits *limits, const struct options *options) {
    return options_number(options, 1, INT64_MAX, &limits->expansion);
}

bool limits_take_jobs(uint32_t *jobs, const struct options *options) {
    uint64_t n = 0;
    bool ok = options_number(options, 1, QUEUE_JOBS_MAX, &n);
    *jobs = (uint32_t)n;
    return ok;
}

uint32_t limits_jobs(uint32_t asked, uint32_t n) {
    if (n > 1 && asked == 0) {
        asked = queue_processors();
        asked = asked < JOBS_USUAL_MAX ? asked : JOBS_USUAL_MAX;
    }
    return asked && asked < n ? asked : n;
}
