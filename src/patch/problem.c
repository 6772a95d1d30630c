#include "config.h"

#include "patch/problem.h"

#include <string.h>

bool patch_fail(struct patch_problem *problem, enum patch_what what, const char *path, int error) {
    *problem = (struct patch_problem){what, path, error};
    return false;
}

void patch_problem_put(const struct patch_problem *problem, struct buf *out) {
    static const char *const texts[] = {
#define PATCH_PROBLEM(name, text) [PATCH_##name] = text,
#include "patch/problem.def"
#undef PATCH_PROBLEM
    };
    const char *text = texts[problem->what];
    const char *hole = strstr(text, "%s");
    buf_put(out, text, (size_t)(hole - text));
    buf_puts(out, problem->path);
    buf_puts(out, hole + 2);
    if (problem->error) {
        buf_printf(out, ": %s", strerror(problem->error));
    }
}
