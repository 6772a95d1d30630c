/* Makes the seeds of fuzz_program: the programs of schemas, for everything as events and as prepared JSON, in today's
 * instructions. usage: seeds FOLDER SCHEMA… */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "code/container.h"
#include "code/gen.h"
#include "sink/json.h"

static bool write_file(const char *path, const struct buf *what) {
    FILE *file = fopen(path, "wb");
    bool fine = file && fwrite(what->at, 1, what->len, file) == what->len;
    if (!file || fclose(file) != 0 || !fine) {
        perror(path);
        return false;
    }
    return true;
}

/* A schema that is wrong, or a library, makes none. */
static bool make(const char *folder, int number, const char *path) {
    static const struct {
        const char *suffix;
        const struct code_style *(*style)(void);
    } kinds[] = {{"", NULL}, {"_styled", json_style}};
    struct arena arena = {0};
    struct intern *intern = intern_new(&arena);
    struct sources *sources = sources_new(&arena);
    struct diags diags;
    struct sema sema;
    diags_init(&diags, &arena, sources);
    sema_init(&sema, &arena, intern, sources, &diags, (struct sema_search){0});
    struct sema_schema *schema = sema_load(&sema, path);
    bool fine = true;
    for (size_t i = 0; schema && schema->root && diags.errors == 0 && i < 2; i++) {
        struct gen_request request = {
            .sema = &sema, .schema = schema, .style = kinds[i].style ? kinds[i].style() : NULL};
        const struct program *program = gen_program(&arena, &request);
        struct buf stored = {0};
        if (program) {
            program_store(program, &stored);
            const char *name = arena_printf(&arena, "%s/%d%s", folder, number, kinds[i].suffix);
            fine = write_file(name, &stored) && fine;
        }
        buf_free(&stored);
    }
    arena_free(&arena);
    return fine;
}

int main(int argc, char **argv) {
    bool fine = argc > 1;
    for (int i = 2; i < argc; i++) {
        fine = make(argv[1], i, argv[i]) && fine;
    }
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
