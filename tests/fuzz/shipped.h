/* The shipped schemas (those in $SONDE_PATH, else the installed ones), compiled once and kept until the process ends. */
#ifndef TESTS_FUZZ_SHIPPED_H
#define TESTS_FUZZ_SHIPPED_H

#include <stdio.h>
#include <stdlib.h>

#include "lib/compile.h"
#include "vm/vm.h"

/* Hands each schema that can decode something to take, in the order of their names. */
static inline void shipped_each(void (*take)(struct compiled *compiled)) {
    static struct arena arena;
    static struct find_folders folders;
    const char *folder = getenv("SONDE_PATH");
    *vec_push(&folders.at, &arena) = folder ? folder : SONDE_SCHEMA_DIR;
    struct find_list list = find_all(&folders, &arena);
    for (uint32_t i = 0; i < list.at.n; i++) {
        struct compiled *compiled = arena_alloc(&arena, sizeof *compiled);
        if (compile_load(compiled, list.at.at[i].path, &folders, NULL) &&
            compiled->diags.errors == 0 && compiled->schema->root) {
            take(compiled);
        }
    }
}

static inline const struct program *shipped_program(struct compiled *compiled,
                                                    const struct gen_request *request) {
    char why[COMPILE_WHY_MAX];
    struct program *program = compile_make(&compiled->arena, request, why);
    if (!program) {
        fprintf(stderr, "no program for %s: %s\n", request->schema->name, why);
        abort();
    }
    return program;
}

static inline void shipped_run(const struct program *program, const uint8_t *data, size_t size,
                               struct vm_sink *sink) {
    const struct vm_limits limits = {.depth = 64, .work = 100000, .expansion = 1u << 20};
    struct vm *vm = vm_new(program, data, size, &limits);
    vm_run(vm, sink);
    vm_free(vm);
}

#endif
