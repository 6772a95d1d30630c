#include "config.h"

#include "ksy/expr.h"

#include "grammar/kaitai.h"
#include "ksy/expr_build.h"

/* Parses the scalar without the space around it, tabs included. */
static bool parse(struct expr_build *build, enum kaitai_start start) {
    struct bytes text = build->scalar->text;
    size_t from = 0;
    size_t to = text.len;
    while (from < to && text.at[from] <= ' ') {
        from++;
    }
    while (to > from && text.at[to - 1] <= ' ') {
        to--;
    }
    kaitai_parse(build, start, (uint32_t)from, (uint32_t)to);
    return !build->failed;
}

struct ksy_expr *ksy_expr_parse(struct arena *arena, struct intern *intern, struct diags *diags,
                                const struct yaml *scalar) {
    struct expr_build build = {.arena = arena, .intern = intern, .diags = diags, .scalar = scalar};
    return parse(&build, KAITAI_EXPR) ? build.root : NULL;
}

bool ksy_type_parse(struct arena *arena, struct intern *intern, struct diags *diags,
                    const struct yaml *scalar, struct ksy_type_name *type, struct ksy_expr **args) {
    struct expr_build build = {.arena = arena, .intern = intern, .diags = diags, .scalar = scalar};
    bool parsed = parse(&build, KAITAI_TYPE);
    *type = build.type;
    *args = build.args;
    return parsed;
}

bool ksy_process_parse(struct arena *arena, struct intern *intern, struct diags *diags,
                       const struct yaml *scalar, const char **name, struct ksy_expr **args) {
    struct expr_build build = {.arena = arena, .intern = intern, .diags = diags, .scalar = scalar};
    bool parsed = parse(&build, KAITAI_PROCESS);
    *name = build.name;
    *args = build.args;
    return parsed;
}
