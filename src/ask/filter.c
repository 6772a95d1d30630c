#include "config.h"

#include "ask/filter.h"

#include <string.h>

/* Adds the steps of a path, the outermost first; NULL, or why not. */
static const char *add_steps(struct filter *filter, struct arena *arena, const struct ast *path) {
    const struct ast *of = path->kid[0];
    const char *wrong = NULL;
    bool named = path->kind == AST_NAME || path->kind == AST_MEMBER || path->kind == AST_ANYWHERE;
    if (path->kind == AST_PAREN || path->kind == AST_ALL) {
        return add_steps(filter, arena, of);
    }
    if (!named) {
        return path->kind == AST_INDEX
                   ? "all elements of an array are meant alike: write [*]"
                   : "it is no path: names with dots between, **.name for any place";
    }
    if (of) {
        wrong = add_steps(filter, arena, of);
    }
    if (!wrong && filter->steps.n == FILTER_STEPS_MAX) {
        wrong = "there are more than 64 names in these paths";
    }
    if (!wrong) {
        *vec_push(&filter->steps, arena) =
            (struct filter_step){.name = path->name, .anywhere = path->kind == AST_ANYWHERE};
    }
    return wrong;
}

const char *filter_add(struct filter *filter, struct arena *arena, const struct ast *path,
                       bool only) {
    uint32_t first = filter->steps.n;
    const char *wrong = add_steps(filter, arena, path);
    if (!wrong) {
        filter->first |= UINT64_C(1) << first;
        filter->steps.at[filter->steps.n - 1].last = true;
        filter->steps.at[filter->steps.n - 1].only = only;
        filter->only = filter->only || only;
    }
    return wrong;
}

struct filter_state filter_begin(const struct filter *filter) {
    return (struct filter_state){.next = filter->first};
}

struct filter_state filter_go(const struct filter *filter, struct filter_state from,
                              const char *name, size_t len) {
    struct filter_state to = {.in = from.in, .out = from.out};
    for (uint64_t left = from.next; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        const struct filter_step *step = &filter->steps.at[i];
        bool is = strlen(step->name) == len && memcmp(step->name, name, len) == 0;
        to.next |= step->anywhere ? UINT64_C(1) << i : 0;
        if (is && step->last) {
            to.in = to.in || step->only;
            to.out = to.out || !step->only;
        } else if (is) {
            to.next |= UINT64_C(2) << i;
        }
    }
    return to;
}
