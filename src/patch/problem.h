/* Problems: why a file was not changed, as a record. Nothing in this folder prints. */
#ifndef PATCH_PROBLEM_H
#define PATCH_PROBLEM_H

#include <stdbool.h>

#include "base/buf.h"

enum patch_what {
#define PATCH_PROBLEM(name, text) PATCH_##name,
#include "patch/problem.def"
#undef PATCH_PROBLEM
    PATCH_WHAT_COUNT
};

struct patch_problem {
    enum patch_what what;
    const char *path; /* the file's or the output's, as the request has it */
    int error;        /* errno's value; 0 where the system said nothing */
};

/* Fills the record in; false, for "return patch_fail(…)". */
bool patch_fail(struct patch_problem *problem, enum patch_what what, const char *path, int error);

/* Appends the sentence that tells it, without a full stop. */
void patch_problem_put(const struct patch_problem *problem, struct buf *out);

#endif
