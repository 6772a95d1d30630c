#include "config.h"

#include "ksy/ksy.h"

#include <string.h>

#include "ksy/lower.h"
#include "ksy/spec.h"
#include "ksy/yaml.h"

static struct ast *parse(struct arena *arena, struct intern *intern, struct sources *sources,
                         struct diags *diags, const struct source *source,
                         const struct ksy_search *search, bool plain) {
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
    if (diags->errors > 0) {
        return ast_new(arena, AST_FILE, (struct span){source->base, source->base});
    }
    struct ast *file = ksy_lower(program);
    if (plain) {
        ksy_plain_names(program, file);
    }
    return file;
}

struct ast *ksy_parse(struct arena *arena, struct intern *intern, struct sources *sources,
                      struct diags *diags, const struct source *source,
                      const struct ksy_search *search) {
    return parse(arena, intern, sources, diags, source, search, false);
}

struct ast *ksy_parse_plain(struct arena *arena, struct intern *intern, struct sources *sources,
                            struct diags *diags, const struct source *source,
                            const struct ksy_search *search) {
    return parse(arena, intern, sources, diags, source, search, true);
}

bool ksy_is_name(const char *path) {
    size_t len = strlen(path);
    return len > strlen(".ksy") && strcmp(path + len - strlen(".ksy"), ".ksy") == 0;
}

void ksy_say_where(struct arena *arena, struct diags *diags, const struct diag *behind) {
    const struct source *source = NULL;
    const struct yaml *root = NULL;
    for (struct diag *d = behind ? behind->next : diags->first; d; d = d->next) {
        const struct source *of = sources_find(diags->sources, d->span);
        if (!of || !ksy_is_name(of->name) || d->message[0] == '/') {
            continue;
        }
        root = of == source ? root : yaml_parse(arena, diags, of);
        source = of;
        if (root) {
            struct buf path = {0};
            yaml_path(yaml_at(root, d->span), &path);
            d->message = arena_printf(arena, "%s: %s", buf_text(&path), d->message);
            buf_free(&path);
        }
    }
}
