/* Fuzzes decoding with the shipped schemas (those in $SONDE_PATH, else the installed ones): the first byte chooses the
 * schema, the rest is the file. */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "code/gen.h"
#include "code/verify.h"
#include "io/out.h"
#include "sema/sema.h"
#include "sink/json.h"
#include "text/diag.h"
#include "vm/vm.h"

#include "nesting.h"

#define SCHEMAS_MAX 256u
#define PATH_LEN    4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct shipped {
    const struct program *events; /* an event for every field */
    const struct program *text;   /* blocks with the text of JSON */
};

/* Compiled once, and kept until the process ends. */
static struct {
    struct arena arena;
    struct shipped at[SCHEMAS_MAX];
    uint32_t n;
    bool ready;
} all;

static int is_schema(const struct dirent *entry) {
    size_t len = strlen(entry->d_name);
    return len > 6 && strcmp(entry->d_name + len - 6, ".sonde") == 0;
}

static const struct program *make(const struct gen_request *request) {
    struct program *program = gen_program(&all.arena, request);
    char why[256];
    if (!program_verify(program, why, sizeof why)) {
        fprintf(stderr, "the verifier refuses %s: %s\n", request->schema->name, why);
        abort();
    }
    return program;
}

static void compile(const char *folder, const char *name) {
    char path[PATH_LEN];
    struct sema *sema = arena_alloc(&all.arena, sizeof *sema);
    struct diags *diags = arena_alloc(&all.arena, sizeof *diags);
    struct sources *sources = sources_new(&all.arena);
    const char **folders = arena_array(&all.arena, 1, sizeof *folders);
    folders[0] = folder;
    diags_init(diags, &all.arena, sources);
    sema_init(sema, &all.arena, intern_new(&all.arena), sources, diags,
              (struct sema_search){.dirs = folders, .n = 1});
    snprintf(path, sizeof path, "%s/%s", folder, name);
    struct sema_schema *schema = sema_load(sema, path);
    if (schema && diags->errors == 0 && schema->root) {
        struct gen_request request = {.sema = sema, .schema = schema};
        all.at[all.n].events = make(&request);
        request.style = json_style();
        all.at[all.n++].text = make(&request);
    }
}

static void compile_all(void) {
    const char *folder = getenv("SONDE_PATH");
    struct dirent **names;
    folder = folder ? folder : SONDE_SCHEMA_DIR;
    int n = scandir(folder, &names, is_schema, alphasort);
    for (int i = 0; i < n; i++) {
        if (all.n < SCHEMAS_MAX) {
            compile(folder, names[i]->d_name);
        }
        free(names[i]);
    }
    if (n >= 0) {
        free(names);
    }
    all.ready = true;
}

static void run(const struct program *program, const uint8_t *data, size_t size,
                struct vm_sink *sink) {
    const struct vm_limits limits = {.depth = 64, .work = 100000, .expansion = 1u << 20};
    struct vm *vm = vm_new(program, data, size, &limits);
    vm_run(vm, sink);
    vm_free(vm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!all.ready) {
        compile_all();
    }
    if (size == 0 || all.n == 0) {
        return 0;
    }
    const struct shipped *s = &all.at[data[0] % all.n];
    struct nesting *events = nesting_new();
    run(s->events, data + 1, size - 1, &events->sink);
    nesting_free(events);

    struct buf memory = {0};
    struct out out;
    out_memory(&out, &memory);
    struct vm_sink *json = json_new(&out, &(struct json_options){0});
    run(s->text, data + 1, size - 1, json);
    json_finish(json);
    json_free(json);
    out_close(&out);
    buf_free(&memory);
    return 0;
}
