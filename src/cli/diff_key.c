#include "config.h"

#include "cli/diff_key.h"

#include <string.h>

#include "cli/command.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/talk.h"
#include "sema/select.h"

/* The field whose arrays have the elements that an expression is of; NULL where it is none. */
static const struct sema_member *member_of(const struct sema_expr *e) {
    while (e && e->kind != E_FIELD) {
        e = e->kind == E_EACH ? e->kid[0] : e->kind == E_MAP ? e->kid[1] : NULL;
    }
    return e && e->member->kind == SEMA_M_FIELD ? e->member : NULL;
}

/* The program's number of a field. */
static uint32_t number_of(const struct program *program, const struct sema_member *member) {
    for (uint32_t i = 0; i < program->members.n; i++) {
        if (program->members.at[i].span.lo == member->span.lo &&
            program->members.at[i].span.hi == member->span.hi) {
            return i;
        }
    }
    return PROGRAM_NONE;
}

/* The elements of the array, or, of a path through other arrays, those of all its arrays. */
static const struct sema_expr *resolve_array(struct compiled *compiled, const char *path) {
    const struct sema_expr *of = compile_path(compiled, path);
    const struct sema_vtype *elem = of && of->vtype.kind == SEMA_V_LIST ? of->vtype.elem : NULL;
    if (elem && elem->kind == SEMA_V_ARRAY) {
        of = compile_path(compiled, arena_printf(&compiled->arena, "%s[*]", path));
    }
    return of;
}

static struct program *compile_keys(struct compiled *compiled, const char *path, const char *expr,
                                    const struct sema_member **member) {
    const struct sema_expr *of = resolve_array(compiled, path);
    *member = member_of(of);
    if (!of) {
        return NULL;
    }
    struct sema_select *select = sema_select_new(&compiled->sema, of);
    const struct ast *column = compile_parse(compiled, "<--key>", expr, false);
    if (column && compiled->diags.errors == 0) {
        sema_select_column(&compiled->sema, compiled->schema, select, column, "key");
    }
    if (!column || compiled->diags.errors > 0) {
        compile_tell(compiled);
        return NULL;
    }
    struct gen_request request = {
        .sema = &compiled->sema,
        .schema = compiled->schema,
        .select = select,
        .limit = GEN_ALL,
        .args = compiled->args.at,
        .arg_n = compiled->args.n,
    };
    return compile_request(compiled, &request);
}

static int run_keys(struct keys *keys, const struct program *program, struct input *input,
                    const struct out *out) {
    struct run run = {.program = program, .input = input, .out = out, .access = INPUT_SEQUENTIAL};
    struct vm_result result = run_program(&run, keys_begin(keys));
    int status = report_outcome(&result, input, out);
    return status == CLI_ENVIRONMENT ? status : CLI_FINE;
}

int diff_key_make(struct diff_key *key, struct picked *picked, const struct program *program,
                  const char *text, struct input *const inputs[2], const struct out *out) {
    struct compiled *compiled = &picked->compiled;
    const char *colon = strchr(text, ':');
    const struct sema_member *member;
    *key = (struct diff_key){.keys = {.member = PROGRAM_NONE}};
    if (!colon || colon == text || !colon[1]) {
        talk("'%s' is no key: it is written as an array and an expression over its elements, "
             "'entries: name'",
             text);
        return CLI_USAGE;
    }
    const char *path = arena_strndup(&compiled->arena, text, (size_t)(colon - text));
    const struct program *keys = compile_keys(compiled, path, colon + 1, &member);
    if (!keys) {
        return compiled->diags.errors > 0 ? CLI_SCHEMA : CLI_USAGE;
    }
    key->keys.member = member ? number_of(program, member) : PROGRAM_NONE;
    if (key->keys.member == PROGRAM_NONE) {
        talk("'%s' has no keys: it must end with the name of an array", path);
        return CLI_USAGE;
    }
    int status = CLI_FINE;
    for (unsigned side = 0; side < 2 && status == CLI_FINE; side++) {
        status = run_keys(&key->of[side], keys, inputs[side], out);
        key->keys.at[side] = key->of[side].at;
        key->keys.n[side] = key->of[side].n;
    }
    return status;
}

void diff_key_free(struct diff_key *key) {
    keys_free(&key->of[0]);
    keys_free(&key->of[1]);
}
