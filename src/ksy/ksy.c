#include "config.h"

#include "ksy/ksy.h"

#include "ksy/spec.h"

struct ast *ksy_parse(struct arena *arena, struct intern *intern, struct sources *sources,
                      struct diags *diags, const struct source *source,
                      const struct ksy_search *search) {
    struct ksy_program *program = arena_alloc(arena, sizeof *program);
    *program = (struct ksy_program){
        .arena = arena,
        .intern = intern,
        .sources = sources,
        .diags = diags,
        .search = *search,
    };
    if (ksy_load(program, source)) {
        ksy_resolve_names(program);
    }
    if (diags->errors == 0) { /* what is not known would only give errors that follow */
        ksy_check_types(program);
    }
    return ast_new(arena, AST_FILE, (struct span){source->base, source->base});
}
