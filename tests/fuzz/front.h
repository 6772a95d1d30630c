/* What harnesses of front ends do with a text: it is compiled; where there are no errors, each program made of it must please
 * the verifier, and survives being shown, stored and run. */
#ifndef TESTS_FUZZ_FRONT_H
#define TESTS_FUZZ_FRONT_H

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "code/container.h"
#include "code/disasm.h"
#include "code/gen.h"
#include "code/verify.h"
#include "sema/script.h"
#include "sema/sema.h"
#include "sink/json.h"
#include "syn/parse.h"
#include "text/diag.h"
#include "vm/vm.h"

#include "nesting.h"

#define SCHEMA_MAX    8192u
#define QUESTIONS_MAX 4u /* members of the root asked for one by one */

static void run(const struct program *program) {
    static const uint8_t input[] =
        "\1\0\2\0\0\0\3abc\0\x80\xff\x7f\n4 5\0\0\0\0\0\0\0\0\x10\x20\x30";
    const struct vm_limits limits = {.depth = 32, .work = 20000, .expansion = 65536};
    struct nesting *sink = nesting_new();
    struct vm *vm = vm_new(program, input, sizeof input, &limits);
    vm_run(vm, &sink->sink);
    vm_free(vm);
    nesting_free(sink);
}

static void ask(const struct gen_request *request) {
    struct arena arena = {0};
    struct buf shown = {0};
    char why[256];
    struct program *program = gen_program(&arena, request);
    if (!program) { /* too large */
        arena_free(&arena);
        return;
    }
    if (!program_verify(program, why, sizeof why)) {
        fprintf(stderr, "the verifier refuses what the generator made: %s\n", why);
        abort();
    }
    program_disasm(program, &shown);
    buf_clear(&shown);
    program_store(program, &shown);
    if (!program_restore(&arena, buf_bytes(&shown))) {
        abort();
    }
    if (!request->style) {
        run(program);
    }
    buf_free(&shown);
    arena_free(&arena);
}

static void ask_for_member(struct gen_request request, const char *name) {
    struct sema *sema = request.sema;
    const struct source *source = sources_add(sema->sources, "<path>", bytes_text(name));
    struct parser parser = {.arena = sema->arena, .intern = sema->intern, .diags = sema->diags};
    const struct ast *tree = source ? parse_path(&parser, source) : NULL;
    const struct sema_expr *path = tree ? sema_path(sema, request.schema, tree) : NULL;
    if (!path || sema->diags->errors > 0) {
        return;
    }
    request.path = path;
    ask(&request);
    if (path->vtype.kind == SEMA_V_ARRAY || path->vtype.kind == SEMA_V_LIST) {
        request.records = true;
        ask(&request);
    }
}

/* What the root struct takes: a 1 where that fits, else a text. */
static void give(struct gen_request *request) {
    struct sema *sema = request->sema;
    const struct sema_struct *root = request->schema->root;
    struct sema_expr **args = arena_array(sema->arena, root->params.n + 1, sizeof *args);
    struct diags *diags = sema->diags, tried;
    diags_init(&tried, sema->arena, sema->sources);
    sema->diags = &tried;
    for (uint32_t i = 0; i < root->params.n; i++) {
        const struct source *source = sources_add(sema->sources, "<argument>", bytes_text("1"));
        struct parser parser = {.arena = sema->arena, .intern = sema->intern, .diags = &tried};
        args[i] = sema_give_constant(sema, request->schema, i, parse_path(&parser, source));
        args[i] = args[i] ? args[i] : sema_give_text(sema, bytes_text("1"));
    }
    sema->diags = diags;
    request->args = args;
    request->arg_n = root->params.n;
}

static void ask_all(struct sema *sema, struct sema_schema *schema) {
    struct gen_request request = {.sema = sema, .schema = schema};
    give(&request);
    ask(&request);
    request.style = json_style();
    ask(&request);
    request.style = NULL;
    for (uint32_t i = 0; i < schema->root->flat.n && i < QUESTIONS_MAX; i++) {
        if (schema->root->flat.at[i]->name) {
            ask_for_member(request, schema->root->flat.at[i]->name);
        }
    }
}

/* Tests are resolved by themselves, and each is a program. */
static void ask_tests(struct sema *sema, struct sema_schema *schema) {
    struct sema_tests tests = sema_tests(sema, schema);
    for (uint32_t i = 0; i < tests.at.n && i < QUESTIONS_MAX && sema->diags->errors == 0; i++) {
        const struct sema_test *test = tests.at.at[i];
        struct gen_request request = {
            .sema = sema, .schema = schema, .root = test->root, .script = &test->script};
        ask(&request);
    }
}

/* Compiles the text under a name, whose ending says what language it is. */
static int front_try(const char *name, const uint8_t *data, size_t size) {
    if (size > SCHEMA_MAX) {
        return 0;
    }
    struct arena arena = {0};
    struct diags diags;
    struct sema sema;
    struct buf told = {0};
    struct sources *sources = sources_new(&arena);
    diags_init(&diags, &arena, sources);
    sema_init(&sema, &arena, intern_new(&arena), sources, &diags, (struct sema_search){0});
    struct sema_schema *schema = sema_compile(&sema, name, bytes_of(data, size));
    if (schema && diags.errors == 0 && schema->root) {
        ask_all(&sema, schema);
    }
    if (schema && diags.errors == 0) {
        ask_tests(&sema, schema);
    }
    diags_render(&diags, true, &told);
    diags_render_json(&diags, &told);
    buf_free(&told);
    arena_free(&arena);
    return 0;
}

#endif
