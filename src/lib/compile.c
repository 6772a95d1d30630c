#include "config.h"

#include "lib/compile.h"

#include <string.h>

#include "code/verify.h"

static void begin(struct compiled *compiled, const struct find_folders *folders) {
    *compiled = (struct compiled){0};
    struct arena *arena = &compiled->arena;
    compiled->intern = intern_new(arena);
    compiled->sources = sources_new(arena);
    diags_init(&compiled->diags, arena, compiled->sources);
    sema_init(&compiled->sema, arena, compiled->intern, compiled->sources, &compiled->diags,
              find_search(folders));
}

bool compile_load(struct compiled *compiled, const char *path, const struct find_folders *folders,
                  const bool *disabled) {
    begin(compiled, folders);
    if (disabled) {
        memcpy(compiled->diags.disabled, disabled, sizeof compiled->diags.disabled);
    }
    compiled->schema = sema_load(&compiled->sema, path);
    return compiled->schema;
}

bool compile_text(struct compiled *compiled, const char *name, struct bytes text,
                  const struct find_folders *folders) {
    begin(compiled, folders);
    compiled->schema = sema_compile(&compiled->sema, name, text);
    return compiled->schema;
}

void compile_free(struct compiled *compiled) {
    arena_free(&compiled->arena);
}

const struct ast *compile_parse(struct compiled *compiled, const char *name, const char *text,
                                bool list) {
    const struct source *source = sources_add(compiled->sources, name, bytes_text(text));
    struct parser parser = {
        .arena = &compiled->arena, .intern = compiled->intern, .diags = &compiled->diags};
    if (!source) {
        diag_report(&compiled->diags, DIAG_TOO_BIG, span_none(), "%s is too long", name);
        return NULL;
    }
    return list ? parse_list(&parser, source) : parse_path(&parser, source);
}

const struct sema_expr *compile_resolve(struct compiled *compiled, const char *text) {
    const struct ast *tree = compile_parse(compiled, "<path>", text, false);
    const struct sema_expr *path =
        compiled->diags.errors == 0 ? sema_path(&compiled->sema, compiled->schema, tree) : NULL;
    return compiled->diags.errors == 0 ? path : NULL;
}

/* What is known only at run time may turn out to be an array. */
static bool may_have_elements(enum sema_vkind kind) {
    return kind == SEMA_V_ARRAY || kind == SEMA_V_LIST || kind == SEMA_V_SWITCH ||
           kind == SEMA_V_ANY;
}

void compile_check_records(struct compiled *compiled, const struct sema_expr *path) {
    if (!may_have_elements(path->vtype.kind)) {
        diag_report(&compiled->diags, DIAG_NOT_AN_ARRAY, path->span,
                    "this is no array or list: its elements can't be records");
    }
}

/* The fields of one name in branches that exclude each other are one field. */
static bool was_met(const struct sema_struct *root, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (root->flat.at[i]->name == root->flat.at[n]->name) {
            return true;
        }
    }
    return false;
}

struct compile_names compile_arrays(struct compiled *compiled) {
    const struct sema_struct *root = compiled->schema->root;
    struct compile_names names = {0};
    for (uint32_t i = 0; i < root->flat.n; i++) {
        const struct sema_member *member = root->flat.at[i];
        if (member->kind == SEMA_M_FIELD && !was_met(root, i) &&
            sema_vtype_of(member->decl, 0).kind == SEMA_V_ARRAY) {
            *vec_push(&names.at, &compiled->arena) = member->name;
        }
    }
    return names;
}

uint32_t compile_element_struct(const struct sema_expr *path) {
    struct sema_vtype element = {.kind = SEMA_V_ANY};
    if (path->vtype.kind == SEMA_V_ARRAY) {
        element = sema_vtype_of(path->vtype.decl, path->vtype.level + 1);
    } else if (path->vtype.kind == SEMA_V_LIST && path->vtype.elem) {
        element = *path->vtype.elem;
    }
    return element.kind == SEMA_V_STRUCT && element.of ? element.of->id : PROGRAM_NONE;
}

struct gen_request compile_asks(struct compiled *compiled) {
    return (struct gen_request){
        .sema = &compiled->sema,
        .schema = compiled->schema,
        .args = compiled->args.at,
        .arg_n = compiled->args.n,
    };
}

struct program *compile_make(struct arena *arena, const struct gen_request *request, char *why) {
    struct program *program = gen_program(arena, request);
    why[0] = '\0';
    return program && program_verify(program, why, COMPILE_WHY_MAX) ? program : NULL;
}
