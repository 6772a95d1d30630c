#include "config.h"

#include "cli/compile.h"

#include <errno.h>

#include "base/buf.h"
#include "cli/command.h"
#include "cli/talk.h"

void compile_tell(const struct compiled *compiled) {
    struct buf text = {0};
    diags_render(&compiled->diags, compiled->colour, &text);
    talk_text(&text);
    buf_free(&text);
}

int compile_open_without(struct compiled *compiled, const char *path,
                         const struct find_folders *folders, bool colour, const bool *disabled) {
    bool loaded = compile_load(compiled, path, folders, disabled);
    compiled->colour = colour;
    if (!loaded) {
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

int compile_needs_root(const struct compiled *compiled) {
    const struct sema_schema *schema = compiled->schema;
    if (schema->root) {
        return CLI_FINE;
    }
    talk("the schema '%s' can't decode a file: it has no struct '%s' to start from", schema->path,
         schema->name);
    return CLI_SCHEMA;
}

const struct sema_expr *compile_any_path(struct compiled *compiled, const char *text) {
    const struct sema_expr *path = compile_resolve(compiled, text);
    if (compiled->diags.errors > 0) {
        compile_tell(compiled);
    }
    return path;
}

const struct sema_expr *compile_path(struct compiled *compiled, const char *text) {
    const struct sema_expr *path = compile_resolve(compiled, text);
    if (path) {
        compile_check_records(compiled, path);
    }
    if (compiled->diags.errors > 0) {
        compile_tell(compiled);
        return NULL;
    }
    return path;
}

const struct sema_expr *compile_only_array(struct compiled *compiled) {
    struct compile_names arrays = compile_arrays(compiled);
    if (arrays.at.n == 1) {
        return compile_path(compiled, arrays.at.at[0]);
    }
    if (arrays.at.n == 0) {
        talk("'%s' has no array whose elements could be records: name one with --each",
             compiled->schema->name);
        return NULL;
    }
    struct buf names = {0};
    for (uint32_t i = 0; i < arrays.at.n; i++) {
        buf_printf(&names, "%s%s", i > 0 ? ", " : "", arrays.at.at[i]);
    }
    talk("'%s' has several arrays: say which one's elements are the records, with --each",
         compiled->schema->name);
    talk_more("there are %s", buf_text(&names));
    buf_free(&names);
    return NULL;
}

struct program *compile_request(struct compiled *compiled, const struct gen_request *request) {
    char why[COMPILE_WHY_MAX];
    struct program *program = compile_make(&compiled->arena, request, why);
    if (why[0]) {
        talk("internal error: the program made of '%s' is not safe to run: %s",
             compiled->schema->path, why);
    } else if (!program) {
        compile_tell(compiled);
    }
    return program;
}

int compile_status(const struct compiled *compiled) {
    return compiled->diags.errors > 0 ? CLI_SCHEMA : CLI_ENVIRONMENT;
}

struct program *compile_program(struct compiled *compiled, const struct code_style *style,
                                const struct sema_expr *path, bool records, bool whole) {
    struct gen_request request = compile_asks(compiled);
    request.style = style;
    request.path = path;
    request.records = records;
    request.whole = whole;
    return compile_request(compiled, &request);
}
