#include "config.h"

#include "cli/fields.h"

#include "cli/command.h"
#include "cli/run.h"
#include "lib/detect.h"

const char *const fields_when_texts[FIELDS_WHEN_COUNT] = {"auto", "always", "never"};

/* The program of a schema that the file's bytes name; no word where there is none. */
static const struct program *detected_program(struct fields *fields, const struct input *input) {
    struct pick *pick = &fields->pick;
    find_add_known(&pick->folders, &pick->arena);
    struct detect detect = detect_read(&pick->folders, &pick->arena);
    struct detect_answer answer = detect_schema(&detect, input);
    if (answer.by != DETECT_BYTES) {
        return NULL;
    }
    struct compiled *compiled = arena_alloc(&pick->arena, sizeof *compiled);
    fields->quiet = compiled;
    bool fine = compile_load(compiled, answer.header->path, &pick->folders, NULL) &&
                compiled->diags.errors == 0 && compiled->schema->root &&
                compiled->schema->root->params.n == 0;
    struct gen_request request = compile_asks(compiled);
    char why[COMPILE_WHY_MAX];
    return fine ? compile_make(&compiled->arena, &request, why) : NULL;
}

int fields_begin(struct fields *fields, const struct input *input) {
    bool named = fields->schema || fields->pick.given.at.n > 0;
    if (fields->when == FIELDS_NEVER) {
        return CLI_FINE;
    }
    if (fields->when == FIELDS_AUTO && !named) {
        fields->program =
            input_size(input) <= FIELDS_AUTO_MAX ? detected_program(fields, input) : NULL;
        return CLI_FINE;
    }
    if (!pick_name(&fields->pick, fields->schema)) {
        return CLI_USAGE;
    }
    struct picked *picked = pick_schema(&fields->pick, input);
    if (!picked || picked->status != CLI_FINE) {
        return picked ? picked->status : CLI_FINDINGS;
    }
    struct gen_request request = compile_asks(&picked->compiled);
    fields->program = compile_request(&picked->compiled, &request);
    return fields->program ? CLI_FINE : compile_status(&picked->compiled);
}

struct owner *fields_look_up(const struct fields *fields, struct input *input, struct out *out,
                             const uint64_t *offsets, uint32_t n, bool json) {
    struct owner *owner = owner_new_alone(offsets, n, json);
    struct run run = {
        .program = fields->program,
        .input = input,
        .out = out,
        .access = INPUT_SEQUENTIAL,
    };
    run_program(&run, owner_sink(owner));
    return owner;
}

void fields_end(struct fields *fields) {
    if (fields->quiet) {
        compile_free(fields->quiet);
    }
    pick_end(&fields->pick);
}
