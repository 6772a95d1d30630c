#include "config.h"

#include "cli/compile.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "cli/command.h"
#include "cli/talk.h"
#include "code/verify.h"

#define WHY_MAX 256

void compile_tell(const struct compiled *compiled) {
    struct buf text = {0};
    diags_render(&compiled->diags, compiled->colour, &text);
    talk_text(&text);
    buf_free(&text);
}

int compile_open_without(struct compiled *compiled, const char *path,
                         const struct find_folders *folders, bool colour, const bool *disabled) {
    *compiled = (struct compiled){.colour = colour};
    struct arena *arena = &compiled->arena;
    compiled->intern = intern_new(arena);
    compiled->sources = sources_new(arena);
    diags_init(&compiled->diags, arena, compiled->sources);
    if (disabled) {
        memcpy(compiled->diags.disabled, disabled, sizeof compiled->diags.disabled);
    }
    sema_init(&compiled->sema, arena, compiled->intern, compiled->sources, &compiled->diags,
              find_search(folders));
    compiled->schema = sema_load(&compiled->sema, path);
    if (!compiled->schema) {
        talk_failed("read the schema", path, errno);
        return CLI_ENVIRONMENT;
    }
    return compiled->diags.errors > 0 ? CLI_SCHEMA : CLI_FINE;
}

int compile_open(struct compiled *compiled, const char *path, const struct find_folders *folders,
                 bool colour) {
    return compile_open_without(compiled, path, folders, colour, NULL);
}

int compile_schema(struct compiled *compiled, const char *path, const struct find_folders *folders,
                   bool colour) {
    int status = compile_open(compiled, path, folders, colour);
    if (status == CLI_SCHEMA) {
        compile_tell(compiled);
    }
    return status;
}

void compile_free(struct compiled *compiled) {
    arena_free(&compiled->arena);
}

int compile_needs_root(const struct compiled *compiled) {
    const struct sema_schema *schema = compiled->schema;
    if (schema->root) {
        return CLI_FINE;
    }
    talk("the schema '%s' can't decode a file: it has no struct '%s' to start from", schema->path,
         schema->name);
    return CLI_SCHEMA;
}

/* What is known only at run time may turn out to be an array. */
static bool may_have_elements(enum sema_vkind kind) {
    return kind == SEMA_V_ARRAY || kind == SEMA_V_LIST || kind == SEMA_V_SWITCH ||
           kind == SEMA_V_ANY;
}

/* The path, which may have mistakes; NULL where it is too long, which was told. */
static const struct sema_expr *read_path(struct compiled *compiled, const char *text) {
    const struct source *source = sources_add(compiled->sources, "<path>", bytes_text(text));
    if (!source) {
        talk("the path is too long");
        return NULL;
    }
    struct parser parser = {
        .arena = &compiled->arena, .intern = compiled->intern, .diags = &compiled->diags};
    const struct ast *ast = parse_path(&parser, source);
    return compiled->diags.errors == 0 ? sema_path(&compiled->sema, compiled->schema, ast) : NULL;
}

const struct sema_expr *compile_any_path(struct compiled *compiled, const char *text) {
    const struct sema_expr *path = read_path(compiled, text);
    if (compiled->diags.errors > 0) {
        compile_tell(compiled);
        return NULL;
    }
    return path;
}

const struct sema_expr *compile_path(struct compiled *compiled, const char *text) {
    const struct sema_expr *path = read_path(compiled, text);
    if (path && compiled->diags.errors == 0 && !may_have_elements(path->vtype.kind)) {
        diag_report(&compiled->diags, DIAG_NOT_AN_ARRAY, path->span,
                    "this is no array or list: its elements can't be records");
    }
    if (compiled->diags.errors > 0) {
        compile_tell(compiled);
        return NULL;
    }
    return path;
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

const struct sema_expr *compile_only_array(struct compiled *compiled) {
    const struct sema_struct *root = compiled->schema->root;
    struct buf names = {0};
    const char *only = NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; i < root->flat.n; i++) {
        const struct sema_member *member = root->flat.at[i];
        if (member->kind == SEMA_M_FIELD && !was_met(root, i) &&
            sema_vtype_of(member->decl, 0).kind == SEMA_V_ARRAY) {
            buf_printf(&names, "%s%s", n > 0 ? ", " : "", member->name);
            only = member->name;
            n++;
        }
    }
    const struct sema_expr *path = NULL;
    if (n == 1) {
        path = compile_path(compiled, only);
    } else if (n == 0) {
        talk("'%s' has no array whose elements could be records: name one with --each",
             compiled->schema->name);
    } else {
        talk("'%s' has several arrays: say which one's elements are the records, with --each",
             compiled->schema->name);
        talk_more("there are %s", buf_text(&names));
    }
    buf_free(&names);
    return path;
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

struct program *compile_request(struct compiled *compiled, const struct gen_request *request) {
    struct program *program = gen_program(&compiled->arena, request);
    char why[WHY_MAX] = "";
    if (!program) {
        compile_tell(compiled);
        return NULL;
    }
    if (program_verify(program, why, sizeof why)) {
        return program;
    }
    talk("internal error: the program made of '%s' is not safe to run: %s", compiled->schema->path,
         why);
    return NULL;
}

int compile_status(const struct compiled *compiled) {
    return compiled->diags.errors > 0 ? CLI_SCHEMA : CLI_ENVIRONMENT;
}

struct program *compile_program(struct compiled *compiled, const struct code_style *style,
                                const struct sema_expr *path, bool records, bool whole) {
    struct gen_request request = {
        .sema = &compiled->sema,
        .schema = compiled->schema,
        .style = style,
        .path = path,
        .records = records,
        .args = compiled->args.at,
        .arg_n = compiled->args.n,
        .whole = whole,
    };
    return compile_request(compiled, &request);
}
