#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "ask/diff.h"
#include "ask/diff_patch.h"
#include "ask/diff_text.h"
#include "cli/command.h"
#include "cli/diff_derived.h"
#include "cli/diff_key.h"
#include "cli/limits.h"
#include "cli/open.h"
#include "cli/pick.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/script.h"
#include "cli/talk.h"

enum diff_option {
    OPT_SCHEMA,
    OPT_KEY,
    OPT_ONLY,
    OPT_IGNORE,
    OPT_NO_DERIVED,
    OPT_FULL,
    OPT_JSON,
    OPT_PATCH,
    OPT_REQUIRE,
    OPT_QUIET,
    OPT_COLOUR,
    OPT_PARAM,
    OPT_DIR,
    OPT_COUNT
};

static const struct option option_list[OPT_COUNT] = {
    [OPT_SCHEMA] = {'s', "schema", "SCHEMA",
                    "decode by this schema: a file or the name of an\n"
                    "installed one; default: by what is in the files"},
    [OPT_KEY] = {'k', "key", "ARRAY:EXPR",
                 "elements of the array stand for each other where\n"
                 "EXPR is equal: 'entries: name'; may be repeated;\n"
                 "default: by a longest common subsequence"},
    [OPT_ONLY] = {0, "only", "PATH",
                  "compare what is at or below this path alone:\n"
                  "'chunks[*].type', '**.name'; may be repeated"},
    [OPT_IGNORE] = {0, "ignore", "PATH", "leave out what is at or below it; may be repeated"},
    [OPT_NO_DERIVED] = {0, "no-derived", NULL,
                        "leave out fields that follow from others: sizes,\n"
                        "counts, places, checksums"},
    [OPT_FULL] = {0, "full", NULL, "show all of what is only in one file"},
    [OPT_JSON] = {'j', "json", NULL, "an object on a line for each difference"},
    [OPT_PATCH] = {0, "as-patch", NULL, "a script that turns A into B"},
    [OPT_REQUIRE] = {0, "require", NULL, "with --as-patch: require the old values, too"},
    [OPT_QUIET] = {'q', "quiet", NULL, "tell nothing: the status says it"},
    [OPT_COLOUR] = {0, "colour", "WHEN", "colour: auto, always or never"},
    [OPT_PARAM] = GIVE_OPTION,
    [OPT_DIR] = FIND_OPTION,
};

struct side {
    struct input *input;
    bool again; /* the file can be opened once more: it is no standard input */
    int status; /* of the runs over it */
    bool wrong; /* they have found something */
};

struct diffing {
    struct pick pick;
    const char *schema;
    VEC(const char *) keys, only, ignored;
    bool no_derived, full, json, patch, require, quiet;
    struct side side[2];
    struct picked *picked;
    const struct program *program;
    struct out out;
};

/* running */

static bool run_side(void *runner, unsigned side, struct vm_sink *sink, const bool *enough) {
    struct diffing *d = runner;
    struct run run = {
        .program = d->program,
        .input = d->side[side].input,
        .out = &d->out,
        .access = INPUT_NORMAL,
        .enough = enough,
    };
    struct vm_result result = run_program(&run, sink);
    result.stopped = result.stopped && !*enough;
    int status = report_outcome(&result, run.input, &d->out);
    if (status == CLI_DATA && d->side[side].status != CLI_DATA && !result.stopped) {
        talk("%s: damaged: what can be read of it is compared ('sonde verify' tells what is wrong)",
             input_name(run.input));
    }
    d->side[side].wrong = d->side[side].wrong || status == CLI_FINDINGS;
    status = status == CLI_FINDINGS ? CLI_FINE : status;
    d->side[side].status = command_worse(d->side[side].status, status);
    return status < CLI_ENVIRONMENT && !out_error(&d->out);
}

/* paths */

static int add_path(struct filter *filter, struct compiled *compiled, const char *text, bool only) {
    if (!compile_any_path(compiled, text)) { /* a field that is not there */
        return compiled->diags.errors > 0 ? CLI_SCHEMA : CLI_USAGE;
    }
    const struct ast *path = compile_parse(compiled, "<path>", text, false);
    const char *wrong = path ? filter_add(filter, &compiled->arena, path, only) : "it is too long";
    if (wrong) {
        talk("'%s' does not say what to compare: %s", text, wrong);
        return CLI_USAGE;
    }
    return CLI_FINE;
}

static int make_filter(struct diffing *d, struct compiled *compiled, struct filter *filter) {
    int status = CLI_FINE;
    for (uint32_t i = 0; i < d->only.n && status == CLI_FINE; i++) {
        status = add_path(filter, compiled, d->only.at[i], true);
    }
    for (uint32_t i = 0; i < d->ignored.n && status == CLI_FINE; i++) {
        status = add_path(filter, compiled, d->ignored.at[i], false);
    }
    return status;
}

/* comparing */

static void tell_nothing(void *teller, const struct diff_change *change) {
    (void)teller, (void)change;
}

/* Tells where the comparison was coarser than it might be. */
static void tell_limits(const struct diff_result *result) {
    if (result->positional) {
        talk("an array is too large, or too different, to be aligned: elements are compared by "
             "place");
    }
    if (result->unkeyed) {
        talk("an array has elements without a key: they are aligned by what is in them");
    }
    if (result->full) {
        talk("an array has more elements than are kept (%" PRIu64
             "): those behind are compared as one",
             SKETCH_ELEMENTS_MAX);
    }
}

static bool any_told(const struct diff_result *result) {
    bool any = false;
    for (unsigned i = 0; i < DIFF_KINDS; i++) {
        any = any || result->told[i] > 0;
    }
    return any;
}

static int compare(struct diffing *d, struct diff_options *o) {
    struct diff_text_options text_options = {
        .program = d->program,
        .data = {o->data[0], o->data[1]},
        .file = {input_name(d->side[0].input), input_name(d->side[1].input)},
        .utf8 = terminal_is_utf8(),
        .colour = terminal_colour(d->pick.colour, STDOUT_FILENO),
        .in_full = d->full,
    };
    struct diff_text *text = diff_text_new(&d->out, &text_options);
    bool shown = !d->quiet && !d->json;
    o->tell = d->quiet ? tell_nothing : d->json ? diff_json_tell : diff_text_tell;
    o->single = shown ? 10 : UINT64_MAX;
    o->looked = shown ? 32 : 0;
    if (d->full) {
        o->single = UINT64_MAX;
        o->in_full = shown;
    }
    o->teller = text;
    struct diff_result result = diff_files(o);
    if (shown) {
        diff_text_sum(text, &result);
    }
    tell_limits(&result);
    diff_text_free(text);
    int status = command_worse(d->side[0].status, d->side[1].status);
    return command_worse(status, any_told(&result) ? CLI_FINDINGS : CLI_FINE);
}

/* Runs a script over the first file, in memory. */
static bool makes_second(void *maker, struct bytes script) {
    struct diffing *d = maker;
    const struct input *b = d->side[1].input;
    return script_makes(&d->picked->compiled, input_name(d->side[0].input), script,
                        bytes_of(input_data(b), (size_t)input_size(b)));
}

static int write_patch(struct diffing *d, struct diff_options *o) {
    struct diff_patch_options patch_options = {
        .program = d->program,
        .data = {o->data[0], o->data[1]},
        .size = {o->size[0], o->size[1]},
        .file = {input_name(d->side[0].input), input_name(d->side[1].input)},
        .schema = d->picked->compiled.schema->name,
        .requires = d->require,
        .makes = d->side[0].again ? makes_second : NULL,
        .maker = d,
    };
    struct diff_patch *patch = diff_patch_new(&d->out, &patch_options);
    o->backwards = true;
    o->whole = true;
    o->single = 0;
    o->tell = diff_patch_tell;
    o->teller = patch;
    struct diff_result result = diff_files(o);
    int status = command_worse(d->side[0].status, d->side[1].status);
    enum diff_patch_end how = diff_patch_end(patch, status != CLI_FINE, d->side[1].wrong);
    diff_patch_free(patch);
    tell_limits(&result);
    if (how == DIFF_PATCH_BYTES) {
        talk("not all differences can be said field by field: the script replaces bytes");
    } else if (how == DIFF_PATCH_SHORT) {
        talk("not all differences can be said in a script: it ends with a requirement that never "
             "holds");
    }
    if (d->out.total + d->out.len > SOURCE_MAX) {
        talk("the script is longer than can be read again (%u MiB)", SOURCE_MAX >> 20);
    }
    return command_worse(status, any_told(&result) ? CLI_FINDINGS : CLI_FINE);
}

static bool are_equal(const struct diffing *d) {
    const struct input *a = d->side[0].input, *b = d->side[1].input;
    return bytes_equal(bytes_of(input_data(a), input_size(a)),
                       bytes_of(input_data(b), input_size(b)));
}

static int compare_keyed(struct diffing *d, struct diff_options *o) {
    struct diff_key *keys = arena_array(&d->pick.arena, d->keys.n + 1, sizeof *keys);
    struct diff_keys *list = arena_array(&d->pick.arena, d->keys.n + 1, sizeof *list);
    struct input *const inputs[2] = {d->side[0].input, d->side[1].input};
    int status = CLI_FINE;
    for (uint32_t i = 0; i < d->keys.n && status == CLI_FINE; i++) {
        status = diff_key_make(&keys[i], d->picked, d->program, d->keys.at[i], inputs, &d->out);
        list[i] = keys[i].keys;
    }
    o->keys = list;
    o->key_n = d->keys.n;
    if (status == CLI_FINE) {
        status = d->patch ? write_patch(d, o) : compare(d, o);
    }
    for (uint32_t i = 0; i < d->keys.n; i++) {
        diff_key_free(&keys[i]);
    }
    return status;
}

static int compare_picked(struct diffing *d, struct picked *picked) {
    struct compiled *compiled = &picked->compiled;
    struct filter filter = {.steps = {0}};
    d->picked = picked;
    struct gen_request request = {
        .sema = &compiled->sema,
        .schema = compiled->schema,
        .args = compiled->args.at,
        .arg_n = compiled->args.n,
    };
    d->program = compile_request(compiled, &request);
    if (!d->program) {
        return compile_status(compiled);
    }
    int status = make_filter(d, compiled, &filter);
    if (status != CLI_FINE || are_equal(d)) {
        return status;
    }
    if (d->quiet && filter.steps.n == 0 && !d->no_derived) {
        return CLI_FINDINGS;
    }
    struct diff_options o = {
        .program = d->program,
        .filter = filter.steps.n > 0 ? &filter : NULL,
        .derived = diff_derived(&compiled->sema, d->program),
        .without_derived = d->no_derived,
        .run = run_side,
        .runner = d,
    };
    for (unsigned side = 0; side < 2; side++) {
        o.data[side] = input_data(d->side[side].input);
        o.size[side] = input_size(d->side[side].input);
    }
    return compare_keyed(d, &o);
}

static int compare_inputs(struct diffing *d) {
    struct picked *a = pick_schema(&d->pick, d->side[0].input);
    struct picked *b = a ? pick_schema(&d->pick, d->side[1].input) : NULL;
    if (!a || !b) {
        return CLI_USAGE;
    }
    if (a != b) {
        talk("'%s' is of the schema %s, '%s' of %s: only files of one schema can be compared",
             input_name(d->side[0].input), a->compiled.schema->name, input_name(d->side[1].input),
             b->compiled.schema->name);
        return CLI_USAGE;
    }
    return a->status == CLI_FINE ? compare_picked(d, a) : a->status;
}

static int compare_files(struct diffing *d, char **files) {
    int status = CLI_FINE;
    if (!pick_name(&d->pick, d->schema)) {
        return CLI_USAGE;
    }
    for (unsigned side = 0; side < 2 && status == CLI_FINE; side++) {
        d->side[side].input = open_input(files[side]);
        d->side[side].again = strcmp(files[side], "-") != 0;
        status = d->side[side].input ? CLI_FINE : CLI_ENVIRONMENT;
    }
    if (status == CLI_FINE) {
        out_open(&d->out, STDOUT_FILENO);
        status = command_close(&d->out, compare_inputs(d));
    }
    input_close(d->side[0].input);
    input_close(d->side[1].input);
    return status;
}

static bool take_option(void *of, const struct options *options, int id) {
    struct diffing *d = of;
    int choice;
    switch ((enum diff_option)id) {
    case OPT_SCHEMA:
        d->schema = options->value;
        return true;
    case OPT_KEY:
        *vec_push(&d->keys, &d->pick.arena) = options->value;
        return true;
    case OPT_ONLY:
        *vec_push(&d->only, &d->pick.arena) = options->value;
        return true;
    case OPT_IGNORE:
        *vec_push(&d->ignored, &d->pick.arena) = options->value;
        return true;
    case OPT_NO_DERIVED:
        d->no_derived = true;
        return true;
    case OPT_FULL:
        d->full = true;
        return true;
    case OPT_JSON:
        d->json = true;
        return true;
    case OPT_PATCH:
        d->patch = true;
        return true;
    case OPT_REQUIRE:
        d->require = true;
        return true;
    case OPT_QUIET:
        d->quiet = true;
        return true;
    case OPT_COLOUR:
        choice = options_choice(options, terminal_when_texts, TERMINAL_WHEN_COUNT);
        d->pick.colour = (enum terminal_when)choice;
        return choice >= 0;
    case OPT_PARAM:
        return give_take(&d->pick.given, &d->pick.arena, options);
    case OPT_DIR:
        *vec_push(&d->pick.folders.at, &d->pick.arena) = options->value;
        return true;
    case OPT_COUNT:
        break;
    }
    return false;
}

/* What options must not stand together; NULL where all is well. */
static const char *contradiction(const struct diffing *d) {
    if (d->json + d->patch + d->quiet > 1) {
        return "--json, --as-patch and --quiet exclude each other";
    }
    if (d->patch && (d->only.n > 0 || d->ignored.n > 0 || d->no_derived)) {
        return "--as-patch excludes --only, --ignore and --no-derived: it would not turn A into B";
    }
    if (d->full && (d->json || d->patch || d->quiet)) {
        return "--full is for the text";
    }
    return d->require && !d->patch        ? "--require is for --as-patch"
           : d->keys.n > SKETCH_KEYED_MAX ? "there are more than 8 keys"
                                          : NULL;
}

static int run(const struct command *command, char **words) {
    struct diffing d = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &d);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (contradiction(&d)) {
        status = command_usage(command, contradiction(&d));
    } else if (options.operand_count != 2) {
        status = command_usage(command, "which two files are to be compared?");
    } else {
        status = compare_files(&d, options.operands);
    }
    pick_end(&d.pick);
    return status;
}

const struct command cmd_diff = {
    .name = "diff",
    .operands = "[OPTION]... A B",
    .summary = "Show what is different between two files, field by field",
    .about =
        "A line for each difference: ~ changed (old and new value), - only in A, + only in B,\n"
        "> moved. Elements of arrays are aligned first: what was inserted or removed makes\n"
        "no difference of what stands behind it. Bytes that no field describes are compared,\n"
        "too. --as-patch writes a script in place of this.\n"
        "The status is 0 where the files are equal, 1 where they differ, 2 also for files\n"
        "of different schemas, 4 where damage is in the way.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
