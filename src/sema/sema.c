#include "config.h"

#include "sema/sema.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/input.h"
#include "ksy/ksy.h"
#include "sema/internal.h"

void sema_init(struct sema *sema, struct arena *arena, struct intern *intern,
               struct sources *sources, struct diags *diags, struct sema_search search) {
    *sema = (struct sema){
        .arena = arena, .intern = intern, .sources = sources, .diags = diags, .search = search};
    sema->word.little = intern_text(intern, "little");
    sema->word.big = intern_text(intern, "big");
    sema->word.none = intern_text(intern, "none");
    sema->word.msb = intern_text(intern, "msb");
    sema->word.lsb = intern_text(intern, "lsb");
    sema->word.dollar = intern_text(intern, "$");
    sema->word.index = intern_text(intern, "$index");
    sema->word.prev = intern_text(intern, "$prev");
    sema->word.rest = intern_text(intern, "$rest");
    sema->word.file = intern_text(intern, "$file");
    sema->word.root = intern_text(intern, "$root");
    sema->word.parent = intern_text(intern, "$parent");
}

/* "dir/png.sonde" -> "png" */
static const char *stem(struct sema *sema, const char *path) {
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    const char *dot = strchr(base, '.');
    return intern_add(sema->intern, base, dot ? (size_t)(dot - base) : strlen(base));
}

static struct sema_schema *load(struct sema *sema, const char *path);

static struct sema_schema *try_import(struct sema *sema, const char *dir, size_t dir_len,
                                      const char *name) {
    static const char *const suffixes[] = {".sonde", ".ksy"};
    struct sema_schema *found = NULL;
    for (size_t i = 0; !found && i < sizeof suffixes / sizeof *suffixes; i++) {
        found = load(sema, arena_printf(sema->arena, "%.*s%s%s%s", (int)dir_len, dir,
                                        dir_len ? "/" : "", name, suffixes[i]));
    }
    return found;
}

static void import(struct sema *sema, struct sema_schema *schema, const struct ast *item) {
    const char *name = arena_strndup(sema->arena, (const char *)item->text.at, item->text.len);
    const char *slash = strrchr(schema->path, '/');
    if (sema->imports >= SEMA_IMPORTS_MAX) {
        diag_report(
            sema->diags, DIAG_CHAIN, item->span,
            "too long a chain of imports: at most %u files, each imported by the one before",
            SEMA_IMPORTS_MAX);
        return;
    }
    sema->imports++;
    struct sema_schema *found =
        try_import(sema, schema->path, slash ? (size_t)(slash - schema->path) : 0, name);
    for (uint32_t i = 0; !found && i < sema->search.n; i++) {
        found = try_import(sema, sema->search.dirs[i], strlen(sema->search.dirs[i]), name);
    }
    sema->imports--;
    if (!found) {
        struct diag *d = diag_report(sema->diags, DIAG_IMPORT_MISSING, item->span,
                                     "can't find the import \"%s\"", name);
        diag_note(sema->diags, d, span_none(),
                  "looked for '%s.sonde' and '%s.ksy' beside this file%s", name, name,
                  sema->search.n ? " and in the schema folders" : "");
        return;
    }
    if (found->loading) {
        diag_report(sema->diags, DIAG_IMPORT_CYCLE, item->span,
                    "\"%s\" imports this schema while it is imported itself", name);
        return;
    }
    *vec_push(&schema->imports, sema->arena) = found;
}

static void check(struct sema *sema, struct sema_schema *schema) {
    schema->struct_first = sema->structs.n;
    schema->decl_first = sema->decls.n;
    sema_collect(sema, schema);
    sema_build(sema, schema);
    sema_link_uses(sema, schema);
    sema_resolve_all(sema, schema);
    sema_layout(sema, schema);
    if (sema->diags->errors == 0) {
        sema_check_enclosing(sema);
        if (schema->root) {
            sema_check_order(sema, schema->root, span_none());
        }
        sema_check_cycles(sema, schema);
    }
}

static struct ast *parse(struct sema *sema, const struct source *source) {
    if (ksy_is_name(source->name)) {
        struct ksy_search search = {.dirs = sema->search.dirs, .n = sema->search.n};
        return ksy_parse(sema->arena, sema->intern, sema->sources, sema->diags, source, &search);
    }
    struct parser parser = {.arena = sema->arena, .intern = sema->intern, .diags = sema->diags};
    return parse_schema(&parser, source);
}

static struct sema_schema *compile_source(struct sema *sema, const char *path,
                                          const struct source *source) {
    struct sema_schema *schema = arena_alloc(sema->arena, sizeof *schema);
    schema->path = intern_text(sema->intern, path);
    schema->name = stem(sema, path);
    schema->source = source;
    schema->loading = true;
    *vec_push(&sema->schemas, sema->arena) = schema;
    map_put(&sema->schemas_by_path, sema->arena, schema->path, NULL, schema);
    schema->ast = parse(sema, source);
    for (struct ast *item = schema->ast->kid[0]; item; item = item->next) {
        if (item->kind == AST_IMPORT) {
            import(sema, schema, item);
        }
    }
    if (sema->diags->errors ==
        0) { /* a tree with holes, or without its imports, would only give errors that follow */
        const struct diag *before = sema->diags->last;
        check(sema, schema);
        ksy_say_where(sema->arena, sema->diags, before);
    }
    schema->loading = false;
    return schema;
}

static struct sema_schema *load(struct sema *sema, const char *path) {
    const char *name = intern_text(sema->intern, path);
    struct sema_schema *known = map_get(&sema->schemas_by_path, name, NULL);
    if (known) {
        return known;
    }
    struct input *input = input_read(path, SOURCE_MAX);
    if (!input) {
        return NULL;
    }
    struct bytes text = bytes_of(input_data(input), (size_t)input_size(input));
    struct sema_schema *schema = NULL;
    const struct source *source =
        text.len <= SOURCE_MAX ? sources_add(sema->sources, path, text) : NULL;
    input_close(input);
    if (source) {
        schema = compile_source(sema, path, source);
    } else {
        errno = EFBIG;
    }
    return schema;
}

struct sema_schema *sema_load(struct sema *sema, const char *path) {
    return load(sema, path);
}

struct sema_schema *sema_compile(struct sema *sema, const char *name, struct bytes text) {
    const struct source *source = sources_add(sema->sources, name, text);
    if (!source) {
        errno = EFBIG;
        return NULL;
    }
    return compile_source(sema, name, source);
}

struct sema_expr *sema_path(struct sema *sema, struct sema_schema *schema, const struct ast *path) {
    struct sema_scope scope = {.schema = schema, .self = schema->root, .outermost = true};
    return sema_resolve(sema, &scope, path);
}
