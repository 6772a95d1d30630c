#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "io/input.h"
#include "ksy/spec.h"

#define SUFFIX ".ksy"

/* Files of one program. */
#define SPECS_MAX 2048u

/* The path without links, by which a file is known however it was named. */
static const char *true_path(struct ksy_program *program, const char *path) {
    char *real = realpath(path, NULL);
    const char *known = intern_text(program->intern, real ? real : path);
    free(real);
    return known;
}

/* A spec whose top stays NULL where nothing could be made of the file, which was reported. */
static struct ksy_spec *add_spec(struct ksy_program *program, const struct source *source) {
    struct ksy_spec *spec = arena_alloc(program->arena, sizeof *spec);
    spec->program = program;
    spec->path = source->name;
    spec->source = source;
    map_put(&program->specs_by_path, program->arena, true_path(program, source->name), NULL, spec);
    spec->root = yaml_parse(program->arena, program->diags, source);
    if (spec->root) {
        *vec_push(&program->specs, program->arena) = spec;
        ksy_read_spec(program, spec);
        if (!map_get(&program->tops, spec->top->id, NULL)) {
            map_put(&program->tops, program->arena, spec->top->id, NULL, spec->top);
        }
    }
    return spec;
}

/* The spec in a file; NULL where there is no such file, or it is too big. */
static struct ksy_spec *try_file(struct ksy_program *program, const char *path) {
    struct ksy_spec *known = map_get(&program->specs_by_path, true_path(program, path), NULL);
    if (known) {
        return known;
    }
    struct input *input = program->specs.n < SPECS_MAX ? input_read(path, SOURCE_MAX) : NULL;
    if (!input) {
        return NULL;
    }
    struct bytes text = bytes_of(input_data(input), (size_t)input_size(input));
    const struct source *source =
        text.len <= SOURCE_MAX ? sources_add(program->sources, path, text) : NULL;
    input_close(input);
    return source ? add_spec(program, source) : NULL;
}

static struct ksy_spec *try_folder(struct ksy_program *program, const char *folder, size_t len,
                                   const char *name) {
    return try_file(program,
                    len > 0 ? arena_printf(program->arena, "%.*s/%s" SUFFIX, (int)len, folder, name)
                            : arena_printf(program->arena, "%s" SUFFIX, name));
}

/* "/common/x" lies in a folder that is searched, or in one above the file: that of the collection it is part of. */
static struct ksy_spec *find_above(struct ksy_program *program, const struct ksy_spec *from,
                                   const char *name) {
    const char *path = true_path(program, from->path);
    struct ksy_spec *found = NULL;
    for (size_t len = strlen(path); !found && len > 1; len--) {
        if (path[len - 1] == '/') {
            found = try_folder(program, path, len - 1, name + 1);
        }
    }
    return found;
}

static struct ksy_spec *find_spec(struct ksy_program *program, const struct ksy_spec *from,
                                  const char *name) {
    bool absolute = name[0] == '/';
    const char *slash = strrchr(from->path, '/');
    struct ksy_spec *found = NULL;
    if (!absolute) {
        found = try_folder(program, from->path, slash ? (size_t)(slash - from->path) : 0, name);
    }
    for (uint32_t i = 0; !found && i < program->search.n; i++) {
        const char *folder = program->search.dirs[i];
        found = try_folder(program, folder, strlen(folder), absolute ? name + 1 : name);
    }
    return found || !absolute ? found : find_above(program, from, name);
}

static void load_import(struct ksy_program *program, struct ksy_spec *spec,
                        struct ksy_import *import) {
    struct ksy_spec *found = find_spec(program, spec, import->name);
    if (!found) {
        struct diag *diag =
            yaml_report(program->diags, DIAG_IMPORT_MISSING, import->yaml, false,
                        program->specs.n < SPECS_MAX ? "can't find the specification '%.256s'"
                                                     : "one specification too many: '%.256s'",
                        import->name);
        diag_note(program->diags, diag, span_none(),
                  import->name[0] == '/' ? "looked for '%.256s" SUFFIX
                                           "' in the schema folders and in those above this file"
                                         : "looked for '%.256s" SUFFIX
                                           "' beside this file and in the schema folders",
                  import->name[0] == '/' ? import->name + 1 : import->name);
        return;
    }
    if (found->top) {
        import->spec = found;
        map_put(&program->tops, program->arena, found->top->id, spec, found->top);
    }
}

/* Loads what the specs from number `first` on import; these come behind them, so that nothing is loaded within another. */
static void load_imports(struct ksy_program *program, uint32_t first) {
    for (uint32_t i = first; i < program->specs.n; i++) {
        struct ksy_spec *spec = program->specs.at[i];
        for (uint32_t k = 0; k < spec->imports.n; k++) {
            load_import(program, spec, &spec->imports.at[k]);
        }
    }
}

struct ksy_spec *ksy_load(struct ksy_program *program, const struct source *source) {
    uint32_t first = program->specs.n;
    struct ksy_spec *spec = add_spec(program, source);
    load_imports(program, first);
    return spec->top ? spec : NULL;
}

struct ksy_spec *ksy_find_spec(struct ksy_program *program, const struct ksy_spec *from,
                               const char *name) {
    uint32_t first = program->specs.n;
    struct ksy_spec *spec = find_spec(program, from, name);
    load_imports(program, first);
    return spec && spec->top ? spec : NULL;
}
