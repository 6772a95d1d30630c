#include "config.h"

#include "lib/script.h"

#include <string.h>

/* The most values of a list that is kept. */
#define KEPT_MAX 65536u

/* The constant that a text is; NULL where it is none. */
static struct sema_expr *constant_of(struct compiled *compiled, const char *text) {
    const struct source *source = sources_add(compiled->sources, "<value>", bytes_text(text));
    if (!source) {
        return NULL;
    }
    struct diags tried;
    diags_init(&tried, &compiled->arena, compiled->sources);
    struct parser parser = {.arena = &compiled->arena, .intern = compiled->intern, .diags = &tried};
    const struct ast *ast = parse_path(&parser, source);
    compiled->sema.diags = &tried;
    struct sema_expr *e =
        tried.errors == 0 ? sema_constant(&compiled->sema, compiled->schema, ast) : NULL;
    compiled->sema.diags = &compiled->diags;
    return tried.errors == 0 ? e : NULL;
}

static void give_values(struct script *script, const struct given *given) {
    struct compiled *compiled = script->compiled;
    script->given_n = given->at.n;
    script->given = arena_array(&compiled->arena, given->at.n + 1, sizeof *script->given);
    for (uint32_t i = 0; i < given->at.n; i++) {
        const char *text = given->at.at[i], *value = strchr(text, '=') + 1;
        script->given[i] = (struct sema_given){
            .name = intern_add(compiled->intern, text, (size_t)(value - 1 - text)),
            .value = constant_of(compiled, value),
            .text = sema_give_text(&compiled->sema, bytes_text(value)),
        };
    }
}

bool script_compile(struct script *script, struct compiled *compiled, const char *name,
                    struct bytes text, const struct given *given) {
    *script = (struct script){.compiled = compiled};
    give_values(script, given);
    const struct source *source = sources_add(compiled->sources, name, text);
    if (!source) {
        return false;
    }
    struct parser parser = {
        .arena = &compiled->arena, .intern = compiled->intern, .diags = &compiled->diags};
    const struct ast *ast = parse_script(&parser, source);
    if (compiled->diags.errors == 0) {
        script->script =
            sema_script(&compiled->sema, compiled->schema, ast, script->given, script->given_n);
    }
    return compiled->diags.errors == 0;
}

const char *script_misgiven(const struct script *script, bool *twice) {
    *twice = false;
    for (uint32_t i = 0; i < script->given_n; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (script->given[k].name == script->given[i].name) {
                *twice = true;
                return script->given[i].name;
            }
        }
    }
    for (uint32_t i = 0; i < script->given_n; i++) {
        if (!script->given[i].used) {
            return script->given[i].name;
        }
    }
    return NULL;
}

struct program *script_program(struct script *script, uint32_t batch, char *why) {
    struct gen_request request = compile_asks(script->compiled);
    request.script = script->script;
    request.ties = script->script->makes; /* what is made has numbers that follow from it */
    request.batch = &script->script->batches.at[batch];
    return compile_make(&script->compiled->arena, &request, why);
}

/* values that are kept */

static struct sema_expr *new_expr(struct script *script, enum sema_ekind kind,
                                  struct sema_vtype vtype) {
    struct sema_expr *e = arena_alloc(&script->compiled->arena, sizeof *e);
    e->kind = kind;
    e->span = span_none();
    e->vtype = vtype;
    return e;
}

/* The value as a constant; NULL where it is none. */
static struct sema_expr *constant(struct script *script, const struct vm_value *v,
                                  struct sema_vtype vtype) {
    struct sema_expr *e = NULL;
    switch ((enum vm_kind)v->kind) {
    case VM_ABSENT:
        return new_expr(script, E_ABSENT, vtype);
    case VM_BOOL:
        e = new_expr(script, E_BOOL, vtype);
        e->flag = v->boolean;
        return e;
    case VM_INT:
        e = new_expr(script, E_INT, vtype);
        e->integer = v->integer;
        return e;
    case VM_FLOAT:
        e = new_expr(script, E_FLOAT, vtype);
        e->number = v->number;
        return e;
    case VM_TEXT:
    case VM_BYTES:
        e = new_expr(script, E_TEXT, vtype);
        e->flag = v->kind == VM_BYTES || v->as_bytes;
        e->text = bytes_of(
            arena_strndup(&script->compiled->arena, (const char *)v->bytes.at, v->bytes.len),
            v->bytes.len);
        return e;
    case VM_WIDE:
    case VM_PLACE:
    case VM_FRAME:
    case VM_LIST:
        break;
    }
    return e;
}

/* Likewise a list of values, which has at most KEPT_MAX. */
static struct sema_expr *constants(struct script *script, const struct vm_list *list,
                                   struct sema_vtype vtype) {
    struct sema_expr *e = new_expr(script, E_LIST, vtype);
    struct sema_vtype any = {.kind = SEMA_V_ANY};
    for (uint32_t i = 0; i < list->n; i++) {
        struct sema_expr *item = constant(script, &list->at[i], vtype.elem ? *vtype.elem : any);
        if (!item) {
            return NULL;
        }
        *vec_push(&e->args, &script->compiled->arena) = item;
    }
    return e;
}

const char *script_keep(struct script *script, const struct sema_stmt *let,
                        const struct vm_answer *answer) {
    const struct vm_value *v = &answer->values[answer->n - 1];
    const struct sema_vtype *vtype = &let->expr->vtype;
    struct sema_stmt *stmt = script->script->all.at[let->id];
    bool list = v->kind == VM_LIST;
    if (list && v->list->n > KEPT_MAX && script->script->batches.n > 1) {
        return "the list is too long to be kept while the file changes";
    }
    stmt->carried = !list                    ? constant(script, v, *vtype)
                    : v->list->n <= KEPT_MAX ? constants(script, v->list, *vtype)
                                             : NULL;
    return let->kept && !stmt->carried
               ? "this leads to a struct or an array, and the file changes before that is used"
               : NULL;
}
