#include "config.h"

#include <unistd.h>

#include "ask/aggregate.h"
#include "cli/command.h"
#include "cli/open.h"
#include "cli/pick.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/talk.h"
#include "lib/selection.h"
#include "sink/columns.h"

enum select_option {
    OPT_SCHEMA,
    OPT_EACH,
    OPT_WHERE,
    OPT_COLUMNS,
    OPT_FORMAT,
    OPT_LIMIT,
    OPT_SKIP,
    OPT_TALLY,
    OPT_AGGREGATE,
    OPT_BY,
    OPT_PARAM,
    OPT_DIR,
    OPT_COUNT
};

static const struct option option_list[OPT_COUNT] = {
    [OPT_SCHEMA] = {'s', "schema", "SCHEMA",
                    "decode by this schema: a file or the name of an\n"
                    "installed one; default: by what is in the file"},
    [OPT_EACH] = {0, "each", "PATH",
                  "the array or list whose elements are looked at;\n"
                  "default: the only array there is"},
    [OPT_WHERE] = {'w', "where", "EXPR", "only the elements for which this holds"},
    [OPT_COLUMNS] = {'c', "columns", "EXPR,...",
                     "what is shown of each; default: its fields that are\n"
                     "single numbers or texts"},
    [OPT_FORMAT] = {'f', "format", "FORMAT", "table (default), csv or jsonl"},
    [OPT_LIMIT] = {'n', "limit", "N", "stop after so many rows"},
    [OPT_SKIP] = {0, "skip", "N", "leave out the first so many rows"},
    [OPT_TALLY] = {0, "count", NULL, "only how many there are"},
    [OPT_AGGREGATE] = {'a', "aggregate", "LIST",
                       "what all make together: count, count(EXPR), sum(EXPR),\n"
                       "min(EXPR), max(EXPR), avg(EXPR), with commas between"},
    [OPT_BY] = {'b', "by", "EXPR", "that for each of the values that EXPR has"},
    [OPT_PARAM] = GIVE_OPTION,
    [OPT_DIR] = FIND_OPTION,
};

struct select {
    struct pick pick;
    const char *schema;
    const char *each, *where, *columns, *aggregate, *by; /* NULL: as the defaults have it */
    bool count;
    bool cut; /* --limit or --skip was given */
    uint64_t skip, limit;
    enum columns_format format;
    struct out out;
    struct aggregate *aggregates; /* what gathers them, or NULL */
    struct columns *rows;         /* of the schema whose rows come, or NULL */
    const struct picked *rows_of; /* that one */
    uint64_t told;                /* rows, and counts that are not zero, of those that are done */
};

/* The program made of a schema. */
struct selection {
    int status;
    const struct program *program;
    struct sema_select *select;
};

static bool resolve(const struct select *s, struct compiled *compiled, struct selection *made) {
    const struct sema_expr *of =
        s->each ? compile_path(compiled, s->each) : compile_only_array(compiled);
    if (!of) {
        return false;
    }
    const struct selection_words words = {s->where, s->columns, s->aggregate, s->by, "--"};
    made->select = selection_resolve(compiled, of, &words);
    if (!made->select) {
        compile_tell(compiled);
    }
    return made->select;
}

static int make_program(const struct select *s, struct compiled *compiled, struct selection *made) {
    if (!resolve(s, compiled, made)) {
        return compiled->diags.errors > 0 ? CLI_SCHEMA : CLI_USAGE;
    }
    if (made->select->names.n == 0 && !s->count) {
        talk("the elements have no fields that are single numbers or texts: say what is to be "
             "shown with --columns");
        return CLI_USAGE;
    }
    struct gen_request request = compile_asks(compiled);
    request.select = made->select;
    request.count = s->count;
    request.skip = s->skip;
    request.limit = s->limit;
    made->program = compile_request(compiled, &request);
    return made->program ? CLI_FINE : compile_status(compiled);
}

static const struct selection *selection_of(struct select *s, struct picked *picked) {
    struct selection *made = picked->made;
    if (!made) {
        picked->made = made = arena_alloc(&s->pick.arena, sizeof *made);
        made->status = picked->status;
        if (made->status == CLI_FINE) {
            made->status = make_program(s, &picked->compiled, made);
        }
    }
    return made;
}

static void end_rows(struct select *s) {
    if (s->aggregates) {
        aggregate_tell(s->aggregates, columns_sink(s->rows));
        s->told += aggregate_rows(s->aggregates);
    } else if (s->rows) {
        s->told += columns_told(s->rows);
    }
    if (s->rows) {
        columns_end(s->rows);
    }
    aggregate_free(s->aggregates);
    columns_free(s->rows);
    s->aggregates = NULL;
    s->rows = NULL;
}

/* The rows of several files are of one table, where they are of one schema. */
static struct vm_sink *sink_for(struct select *s, const struct picked *picked,
                                const struct selection *selection) {
    if (s->rows_of != picked) {
        end_rows(s);
    }
    if (!s->rows) {
        struct columns_options options = {
            .format = s->format,
            .names = selection->select->names.at,
            .n = s->count ? 0 : selection->select->names.n,
            .utf8 = terminal_is_utf8(),
        };
        s->rows = columns_new(&s->out, &options);
        s->rows_of = picked;
        s->aggregates = s->aggregate ? aggregate_new(selection->select) : NULL;
    }
    return s->aggregates ? aggregate_sink(s->aggregates) : columns_sink(s->rows);
}

static int select_rows(struct select *s, const struct picked *picked,
                       const struct selection *selection, struct input *input) {
    struct vm_sink *sink = sink_for(s, picked, selection);
    struct run run = {
        .program = selection->program,
        .input = input,
        .out = &s->out,
        .access = INPUT_NORMAL,
        .sources = picked->compiled.sources,
    };
    struct vm_result result = run_program(&run, sink);
    return report_outcome(&result, input, &s->out);
}

static int select_input(struct select *s, struct input *input) {
    struct picked *picked = pick_schema(&s->pick, input);
    if (!picked) {
        return CLI_FINDINGS;
    }
    const struct selection *selection = selection_of(s, picked);
    return selection->status == CLI_FINE ? select_rows(s, picked, selection, input)
                                         : selection->status;
}

static int select_file(struct select *s, const char *path) {
    struct input *input = open_input(path);
    if (!input) {
        return CLI_ENVIRONMENT;
    }
    int status = select_input(s, input);
    input_close(input);
    out_flush(&s->out); /* what is said of the next file comes behind what is shown of this one */
    return status;
}

static int select_all(struct select *s, const struct options *options) {
    int status = CLI_FINE;
    if (!pick_name(&s->pick, s->schema)) {
        return CLI_USAGE;
    }
    out_open(&s->out, STDOUT_FILENO);
    for (uint32_t i = 0; i < options->operand_count && !out_error(&s->out); i++) {
        status = command_worse(status, select_file(s, options->operands[i]));
    }
    end_rows(s);
    return command_close(&s->out, command_worse(status, s->told == 0 ? CLI_FINDINGS : CLI_FINE));
}

static bool take_option(void *of, const struct options *options, int id) {
    struct select *s = of;
    static const char *const formats[] = {"table", "csv", "jsonl"};
    int choice;
    switch ((enum select_option)id) {
    case OPT_SCHEMA:
        s->schema = options->value;
        return true;
    case OPT_EACH:
        s->each = options->value;
        return true;
    case OPT_WHERE:
        s->where = options->value;
        return true;
    case OPT_COLUMNS:
        s->columns = options->value;
        return true;
    case OPT_FORMAT:
        choice = options_choice(options, formats, COLUMNS_FORMATS);
        s->format = (enum columns_format)choice;
        return choice >= 0;
    case OPT_LIMIT:
        s->cut = true;
        return options_number(options, 0, INT64_MAX, &s->limit);
    case OPT_SKIP:
        s->cut = true;
        return options_number(options, 0, INT64_MAX, &s->skip);
    case OPT_TALLY:
        s->count = true;
        return true;
    case OPT_AGGREGATE:
        s->aggregate = options->value;
        return true;
    case OPT_BY:
        s->by = options->value;
        return true;
    case OPT_PARAM:
        return give_take(&s->pick.given, &s->pick.arena, options);
    case OPT_DIR:
        *vec_push(&s->pick.folders.at, &s->pick.arena) = options->value;
        return true;
    case OPT_COUNT:
        break;
    }
    return false;
}

/* What options must not stand together; NULL where all is well. */
static const char *contradiction(const struct select *s) {
    if (s->count && (s->columns || s->cut || s->aggregate)) {
        return "--count excludes --columns, --aggregate, --limit and --skip";
    }
    if (s->aggregate && (s->columns || s->cut)) {
        return "--aggregate excludes --columns, --limit and --skip";
    }
    return s->by && !s->aggregate ? "--by is for --aggregate" : NULL;
}

static int run(const struct command *command, char **words) {
    struct select s = {.limit = GEN_ALL};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &s);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (contradiction(&s)) {
        status = command_usage(command, contradiction(&s));
    } else if (options.operand_count == 0) {
        status = command_usage(command, "which file is to be looked at?");
    } else {
        status = select_all(&s, &options);
    }
    pick_end(&s.pick);
    return status;
}

const struct command cmd_select = {
    .name = "select",
    .operands = "[OPTION]... FILE...",
    .summary = "Show some columns of the elements for which a condition holds",
    .about = "Conditions and columns see an element as if they stood in its struct: len > 60,\n"
             "header.kind == ack; \"$\" is the element, \"$index\" its number. Only what they\n"
             "need is decoded.\n"
             "The status is 1 where nothing is selected, 3 for an expression that the schema\n"
             "can't have, 4 where damage is in the way.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
