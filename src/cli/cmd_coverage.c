#include "config.h"

#include <unistd.h>

#include "ask/nearby.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/coverage_show.h"
#include "cli/limits.h"
#include "cli/open.h"
#include "cli/pick.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/talk.h"
#include "cli/walk.h"

/* Lines shown of a list. */
#define SHOWN 8u

enum coverage_option {
    OPT_SCHEMA,
    OPT_FOLDERS,
    OPT_ALL,
    OPT_MOST,
    OPT_JSON,
    OPT_UNDER,
    OPT_UNMET,
    OPT_PARAM,
    OPT_COLOUR,
    OPT_DEPTH,
    OPT_EXPANSION,
    OPT_DIR,
    OPT_COUNT,
};

static const struct option option_list[OPT_COUNT] = {
    [OPT_SCHEMA] = {'s', "schema", "SCHEMA",
                    "decode by this schema, as dump does; default: by what is\n"
                    "in each file"},
    [OPT_FOLDERS] = {'r', "recursive", NULL,
                     "a folder stands for all files in and below it; those\n"
                     "that no schema is for are passed over"},
    [OPT_ALL] = {'a', "all", NULL,
                 "all gaps and overlaps, and all that a schema has with how\n"
                 "often it was met"},
    [OPT_MOST] = {'m', "max", "N", "so many lines a list at most; default: 8; 0: no lists"},
    [OPT_JSON] = {'j', "json", NULL, "everything as one JSON object"},
    [OPT_UNDER] = {0, "fail-under", "PERCENT",
                   "status 1 where less of the bytes of all files is described"},
    [OPT_UNMET] = {0, "fail-unmet", "PERCENT",
                   "status 1 where less of what is in a schema was met"},
    [OPT_PARAM] = GIVE_OPTION,
    [OPT_COLOUR] = {0, "colour", "WHEN",
                    "colour what is wrong with schemas: auto, always or never"},
    [OPT_DEPTH] = LIMITS_DEPTH_OPTION,
    [OPT_EXPANSION] = LIMITS_EXPANSION_OPTION,
    [OPT_DIR] = FIND_OPTION,
};

/* A schema, as far as it was met. */
struct met {
    int status;
    const struct picked *picked;
    struct spots spots;
    struct coverage *coverage; /* for CLI_FINE */
};

struct request {
    struct pick pick;
    const char *schema;
    bool folders;
    uint64_t under, unmet; /* percent */
    struct vm_limits limits;
    const struct coverage_format *format;
    struct coverage_show show;
    VEC(struct met *) schemas;
};

static struct met *met_of(struct request *request, struct picked *picked) {
    struct met *met = picked->made;
    if (met) {
        return met;
    }
    picked->made = met = arena_alloc(&request->pick.arena, sizeof *met);
    *vec_push(&request->schemas, &request->pick.arena) = met;
    met->picked = picked;
    met->status = picked->status;
    struct gen_request asked = compile_asks(&picked->compiled);
    asked.spots = &met->spots;
    const struct program *program =
        met->status == CLI_FINE ? compile_request(&picked->compiled, &asked) : NULL;
    if (program) {
        met->coverage = coverage_new(program, &met->spots);
    } else if (met->status == CLI_FINE) {
        met->status = compile_status(&picked->compiled);
    }
    return met;
}

/* What lies around the gaps is found by a second run, which tells nobody of faults. */
static void look_nearby(const struct request *request, const struct met *met, struct input *input,
                        struct extent *extent) {
    struct nearby *nearby = nearby_new(met->coverage->program, extent);
    struct run run = {
        .program = met->coverage->program,
        .input = input,
        .out = request->show.out,
        .access = INPUT_SEQUENTIAL,
        .limits = &request->limits,
    };
    run_program(&run, nearby_sink(nearby));
    nearby_end(nearby, input_data(input));
    nearby_free(nearby);
}

static int look(struct request *request, struct met *met, struct input *input) {
    struct extent *extent = mem_alloc(sizeof *extent);
    extent_begin(extent, input_size(input));
    struct run run = {
        .program = met->coverage->program,
        .input = input,
        .out = request->show.out,
        .access = INPUT_SEQUENTIAL,
        .limits = &request->limits,
        .sources = met->picked->compiled.sources,
    };
    struct vm_result result =
        run_program(&run, coverage_begin(met->coverage, input_name(input), extent));
    coverage_end(met->coverage);
    bool told_of = request->format == &coverage_json || request->show.all || request->show.most > 0;
    if (told_of && extent_has_more(extent)) {
        look_nearby(request, met, input, extent);
    }
    struct coverage_told told = {
        .file = input_name(input),
        .schema = met->picked->compiled.schema->name,
        .extent = extent,
        .result = &result,
    };
    request->format->file(&request->show, &told);
    out_flush(request->show.out); /* what is said of the next one comes behind it */
    extent_free(extent);
    mem_free(extent);
    return report_outcome(&result, input, request->show.out);
}

static int look_at(struct request *request, const struct walk_file *file) {
    struct input *input = open_input(file->path);
    if (!input) {
        return CLI_ENVIRONMENT;
    }
    int status = file->named ? CLI_FINDINGS : CLI_FINE;
    struct picked *picked = pick_schema(&request->pick, input);
    if (picked) {
        struct met *met = met_of(request, picked);
        status = met->status == CLI_FINE ? look(request, met, input) : met->status;
    } else if (file->named) {
        pick_tell_none(input_name(input));
    }
    input_close(input);
    return status;
}

/* Whether so many percent are reached, to the byte. */
static bool reaches(uint64_t part, uint64_t whole, uint64_t percent) {
    return (uint128)part * 100 >= (uint128)whole * percent;
}

/* Of all files together, and of each schema. */
static int judge(const struct request *request) {
    uint64_t size = 0, described = 0;
    int status = CLI_FINE;
    for (uint32_t i = 0; i < request->schemas.n; i++) {
        const struct met *met = request->schemas.at[i];
        if (met->coverage) {
            struct coverage_sums sums;
            coverage_sum_up(met->coverage, &sums);
            struct coverage_sum whole = coverage_whole(&sums);
            size += met->coverage->size;
            described += met->coverage->described;
            if (!reaches(whole.met, whole.all, request->unmet)) {
                talk("of %s, less than %u %% was met", met->picked->compiled.schema->name,
                     (unsigned)request->unmet);
                status = CLI_FINDINGS;
            }
        }
    }
    if (!reaches(described, size, request->under)) {
        talk("less than %u %% of the bytes are described", (unsigned)request->under);
        status = CLI_FINDINGS;
    }
    return status;
}

static void tell_schemas(struct request *request) {
    for (uint32_t i = 0; i < request->schemas.n; i++) {
        const struct met *met = request->schemas.at[i];
        struct coverage_schema schema = {
            .name = met->coverage ? met->picked->compiled.schema->name : NULL,
            .path = met->picked->path,
            .coverage = met->coverage,
            .sources = met->picked->compiled.sources,
        };
        if (met->coverage) {
            request->format->schema(&request->show, &schema);
        }
    }
}

static int look_at_all(struct request *request, const struct options *options) {
    struct walk files = {0};
    struct out out;
    int status = CLI_FINE;
    if (!pick_name(&request->pick, request->schema)) {
        return CLI_USAGE;
    }
    request->pick.quiet = true;
    for (uint32_t i = 0; i < options->operand_count; i++) {
        status = command_worse(
            status, walk_add(&files, &request->pick.arena, options->operands[i], request->folders));
    }
    out_open(&out, STDOUT_FILENO);
    request->show.out = &out;
    request->format->begin(&request->show);
    for (uint32_t i = 0; i < files.at.n && !out_error(&out); i++) {
        status = command_worse(status, look_at(request, &files.at.at[i]));
    }
    request->format->between(&request->show);
    tell_schemas(request);
    request->format->end(&request->show);
    out_flush(&out);
    return command_close(&out, command_worse(status, judge(request)));
}

static bool take_percent(const struct options *options, uint64_t *percent) {
    return options_number(options, 0, 100, percent);
}

static bool take_option(void *of, const struct options *options, int id) {
    struct request *request = of;
    int choice;
    switch ((enum coverage_option)id) {
    case OPT_SCHEMA:
        request->schema = options->value;
        return true;
    case OPT_FOLDERS:
        request->folders = true;
        return true;
    case OPT_ALL:
        request->show.all = true;
        return true;
    case OPT_MOST:
        return options_number(options, 0, UINT32_MAX, &request->show.most);
    case OPT_JSON:
        request->format = &coverage_json;
        return true;
    case OPT_UNDER:
        return take_percent(options, &request->under);
    case OPT_UNMET:
        return take_percent(options, &request->unmet);
    case OPT_PARAM:
        return give_take(&request->pick.given, &request->pick.arena, options);
    case OPT_COLOUR:
        choice = options_choice(options, terminal_when_texts, TERMINAL_WHEN_COUNT);
        request->pick.colour = (enum terminal_when)choice;
        return choice >= 0;
    case OPT_DEPTH:
        return limits_take_depth(&request->limits, options);
    case OPT_EXPANSION:
        return limits_take_expansion(&request->limits, options);
    case OPT_DIR:
        *vec_push(&request->pick.folders.at, &request->pick.arena) = options->value;
        return true;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct request request = {.format = &coverage_text, .show = {.most = SHOWN}};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &request);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count == 0) {
        status = command_usage(command, "which files are to be looked at?");
    } else {
        status = look_at_all(&request, &options);
    }
    for (uint32_t i = 0; i < request.schemas.n; i++) {
        coverage_free(request.schemas.at[i]->coverage);
    }
    pick_end(&request.pick);
    return status;
}

const struct command cmd_coverage = {
    .name = "coverage",
    .operands = "[OPTION]... FILE...",
    .summary = "Tell what of files no field describes, and what of a schema they never use",
    .about = "Of each file: the bytes that fields describe, the gaps, and where fields overlap.\n"
             "Of each schema, over all files: structs, fields, names of enums, branches and\n"
             "checks that were never met, and values without a name. \"-\" is standard input.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
