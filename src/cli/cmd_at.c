#include "config.h"

#include <unistd.h>

#include "cli/command.h"
#include "cli/open.h"
#include "cli/pass.h"
#include "cli/pick.h"
#include "cli/report.h"
#include "cli/run.h"
#include "sink/owner.h"

enum at_option { OPT_SCHEMA, OPT_PARAM, OPT_DIR, OPT_JSON, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_SCHEMA] = {'s', "schema", "SCHEMA",
                    "decode by this schema: a file or the name of an\n"
                    "installed one; default: by what is in the file"},
    [OPT_PARAM] = GIVE_OPTION,
    [OPT_DIR] = FIND_OPTION,
    [OPT_JSON] = {'j', "json", NULL, "an object on a line for each offset"},
};

struct at {
    struct pick pick;
    const char *schema;
    bool json;
    VEC(uint64_t) offsets;
};

/* Reads the offsets; false where one is wrong, which was told. */
static bool read_offsets(struct at *at, const struct input *input, char **words, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        uint64_t place;
        if (!pass_place(words[i], input_name(input), input_size(input), &place)) {
            return false;
        }
        *vec_push(&at->offsets, &at->pick.arena) = place;
    }
    return true;
}

static int find_owners(struct at *at, const struct picked *picked, const struct program *program,
                       struct input *input, struct out *out) {
    struct owner *owner = owner_new(at->offsets.at, at->offsets.n, at->json);
    struct vm_sink *sink = owner_sink(owner);
    struct run run = {
        .program = program,
        .input = input,
        .out = out,
        .access = INPUT_SEQUENTIAL,
        .sources = picked->compiled.sources,
    };
    struct vm_result result = run_program(&run, sink);
    run.sources = NULL; /* what is wrong was told */
    while (!result.stopped && owner_again(owner)) {
        run_program(&run, sink);
    }
    bool all = owner_tell(owner, out) == at->offsets.n;
    owner_free(owner);
    return command_worse(report_outcome(&result, input, out), all ? CLI_FINE : CLI_FINDINGS);
}

static int ask(struct at *at, struct input *input, struct out *out) {
    struct picked *picked = pick_schema(&at->pick, input);
    if (!picked || picked->status != CLI_FINE) {
        return picked ? picked->status : CLI_FINDINGS;
    }
    struct gen_request request = compile_asks(&picked->compiled);
    const struct program *program = compile_request(&picked->compiled, &request);
    return program ? find_owners(at, picked, program, input, out)
                   : compile_status(&picked->compiled);
}

static int ask_file(struct at *at, char **words, uint32_t n) {
    if (!pick_name(&at->pick, at->schema)) {
        return CLI_USAGE;
    }
    struct input *input = open_input(words[0]);
    if (!input) {
        return CLI_ENVIRONMENT;
    }
    int status = CLI_USAGE;
    if (read_offsets(at, input, words + 1, n - 1)) {
        struct out out;
        out_open(&out, STDOUT_FILENO);
        status = ask(at, input, &out);
        status = command_close(&out, status);
    }
    input_close(input);
    return status;
}

/* False when an option is wrong, which was told. */
static bool take_option(void *of, const struct options *options, int id) {
    struct at *at = of;
    switch ((enum at_option)id) {
    case OPT_SCHEMA:
        at->schema = options->value;
        return true;
    case OPT_PARAM:
        return give_take(&at->pick.given, &at->pick.arena, options);
    case OPT_DIR:
        *vec_push(&at->pick.folders.at, &at->pick.arena) = options->value;
        return true;
    case OPT_JSON:
        at->json = true;
        return true;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct at at = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &at);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count < 2) {
        status = command_usage(command, "at takes a file and offsets in it");
    } else {
        status = ask_file(&at, options.operands, options.operand_count);
    }
    pick_end(&at.pick);
    return status;
}

const struct command cmd_at = {
    .name = "at",
    .operands = "[OPTION]... FILE OFFSET...",
    .summary = "Show which fields bytes of a file belong to",
    .about = "For each OFFSET (0x1f or 31; a negative one is counted from the end, behind \"--\")\n"
             "the fields that its byte is in: path, type, the field's offset and size, value;\n"
             "then the fields before and behind it. The status is 1 where there is none.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
