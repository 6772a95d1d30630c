#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "ask/aggregate.h"
#include "cli/command.h"
#include "cli/limits.h"
#include "cli/open.h"
#include "cli/pick.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/talk.h"
#include "cli/turn.h"
#include "lib/selection.h"
#include "sink/columns.h"
#include "sink/crew.h"

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
    OPT_JOBS,
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
    [OPT_JOBS] = LIMITS_JOBS_OPTION,
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
    uint32_t jobs;
    bool utf8; /* the terminal has it */
    struct out out;
    struct queue *queue;
    const struct picked *shown; /* the schema of the file before */
    bool failed;                /* writing has */
    /* of a table, and of aggregates, for all files of a schema */
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

static struct columns *new_columns(const struct select *s, const struct selection *selection,
                                   struct out *out, bool goes_on) {
    struct columns_options options = {
        .format = s->format,
        .names = selection->select->names.at,
        .n = s->count ? 0 : selection->select->names.n,
        .utf8 = s->utf8,
        .goes_on = goes_on,
    };
    return columns_new(out, &options);
}

/* The rows of several files are of one table, where they are of one schema. */
static struct vm_sink *sink_for(struct select *s, const struct picked *picked,
                                const struct selection *selection) {
    if (s->rows_of != picked) {
        end_rows(s);
    }
    if (!s->rows) {
        s->rows = new_columns(s, selection, &s->out, false);
        s->rows_of = picked;
        s->aggregates = s->aggregate ? aggregate_new(selection->select) : NULL;
    }
    return s->aggregates ? aggregate_sink(s->aggregates) : columns_sink(s->rows);
}

/* A file on its way. */
struct select_job {
    struct turn turn; /* first */
    struct select *select;
    const struct picked *picked;
    const struct selection *selection;
    struct input *input;
    bool goes_on; /* the file before is of the same schema */
    struct vm_result result;
    uint64_t told; /* as the selection's */
};

/* Whether files have nothing to do with each other. */
static bool is_apart(const struct select *s) {
    return !s->aggregate && (s->count || s->format != COLUMNS_TABLE);
}

static void run_rows(struct select_job *job, const struct out *out, struct buf *said,
                     struct vm_sink *sink) {
    struct run run = {
        .program = job->selection->program,
        .input = job->input,
        .out = out,
        .access = INPUT_NORMAL,
        .sources = job->picked->compiled.sources,
        .said = said,
        .quiet = said != NULL,
    };
    job->result = run_program(&run, sink);
}

static struct vm_sink *make_sink(void *maker, struct out *out) {
    const struct select_job *job = maker;
    return columns_sink(new_columns(job->select, job->selection, out, true));
}

/* A file whose rows several threads write. */
static void run_by_crew(struct select_job *job) {
    struct select *s = job->select;
    const struct crew_options options = {
        .threads = limits_jobs(s->jobs, QUEUE_JOBS_MAX),
        .out = &s->out,
        .input = bytes_of(input_data(job->input), input_size(job->input)),
    };
    const struct crew_sinks sinks = {make_sink, columns_free_sink, job};
    struct crew *crew = crew_new(&options);
    struct columns *rows = new_columns(s, job->selection, crew_out(crew), job->goes_on);
    crew_take(crew, columns_sink(rows), &sinks);
    run_rows(job, crew_out(crew), NULL, columns_sink(rows));
    crew_give(crew);
    columns_end(rows);
    job->told = columns_told(rows) + crew_records(crew);
    columns_free(rows);
    crew_end(crew);
}

static void run_job(struct queue_job *base) {
    struct select_job *job = (struct select_job *)base;
    struct select *s = job->select;
    struct buf *said;
    struct out *out = turn_begin(&job->turn, &said);
    if (is_apart(s)) {
        struct columns *rows = new_columns(s, job->selection, out, job->goes_on);
        run_rows(job, out, said, columns_sink(rows));
        columns_end(rows);
        job->told = columns_told(rows);
        columns_free(rows);
    } else {
        run_rows(job, out, said, sink_for(s, job->picked, job->selection));
    }
}

static int end_job(struct queue_job *base) {
    struct select_job *job = (struct select_job *)base;
    turn_say(&job->turn);
    int status = report_outcome(&job->result, job->input, &job->select->out);
    job->select->told += job->told;
    job->select->failed = !turn_show(&job->turn);
    input_close(job->input);
    return status;
}

/* Whether all threads are for this file. */
static bool is_for_crew(const struct select *s, const struct selection *selection,
                        const struct input *input) {
    return input_size(input) >= CREW_INPUT_MIN && is_apart(s) &&
           limits_jobs(s->jobs, QUEUE_JOBS_MAX) > 1 && program_tells_blocks(selection->program);
}

/* Takes the input over. */
static int select_input(struct select *s, struct input *input) {
    struct picked *picked = pick_schema(&s->pick, input);
    const struct selection *selection = picked ? selection_of(s, picked) : NULL;
    if (!selection || selection->status != CLI_FINE) {
        input_close(input);
        return selection ? selection->status : CLI_FINDINGS;
    }
    struct select_job of = {
        .turn.out = &s->out,
        .select = s,
        .picked = picked,
        .selection = selection,
        .input = input,
        .goes_on = s->shown == picked,
    };
    s->shown = picked;
    if (is_for_crew(s, selection, input)) {
        queue_settle(s->queue);
        run_by_crew(&of);
        return end_job(&of.turn.job);
    }
    struct select_job *job = (struct select_job *)queue_next(s->queue);
    of.turn.job = job->turn.job;
    *job = of;
    queue_add(s->queue);
    return CLI_FINE; /* the queue knows */
}

static int select_file(struct select *s, const char *path) {
    struct input *input = input_open(path);
    if (!input) {
        int error = errno;
        queue_settle(s->queue);
        talk_failed("open", path, error);
        return CLI_ENVIRONMENT;
    }
    open_note(path);
    return select_input(s, input);
}

/* What is told of a file comes behind all of those before it. */
static void on_telling(void *context) {
    queue_settle(context);
}

static int select_all(struct select *s, const struct options *options) {
    static const struct queue_kind kind = {sizeof(struct select_job), run_job, end_job,
                                           turn_free_room};
    int status = CLI_FINE;
    uint32_t n = options->operand_count, jobs = is_apart(s) ? limits_jobs(s->jobs, n) : 1;
    if (!pick_name(&s->pick, s->schema)) {
        return CLI_USAGE;
    }
    s->utf8 = s->format == COLUMNS_TABLE && terminal_is_utf8();
    out_open(&s->out, STDOUT_FILENO);
    s->queue = queue_new(&kind, jobs);
    s->pick.telling = on_telling;
    s->pick.context = s->queue;
    for (uint32_t i = 0; i < n && !s->failed; i++) {
        status = command_worse(status, select_file(s, options->operands[i]));
    }
    status = command_worse(status, queue_free(s->queue));
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
    case OPT_JOBS:
        return limits_take_jobs(&s->jobs, options);
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
