#include "config.h"

#include "cli/dump.h"

#include <errno.h>

#include "cli/command.h"
#include "cli/compile.h"
#include "cli/limits.h"
#include "cli/open.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/talk.h"
#include "cli/turn.h"
#include "ksy/ksy.h"
#include "sink/crew.h"

struct dump_schema {
    int status; /* what compiling it came to; the program is there for CLI_FINE */
    struct picked *picked;
    const struct program *program;
    uint32_t element_struct; /* what its records are, or PROGRAM_NONE */
};

/* A file on its way. */
struct dump_job {
    struct turn turn; /* first */
    struct dump *dump;
    const struct dump_schema *schema;
    struct input *input;
    bool goes_on; /* the file before is of the same stream */
    bool first;   /* none was shown before */
    struct vm_result result;
};

/* The program for what is asked. */
static int make_program(const struct dump *dump, struct dump_schema *schema) {
    struct compiled *compiled = &schema->picked->compiled;
    const struct sema_expr *path = NULL;
    schema->element_struct = PROGRAM_NONE;
    if (dump->format.records) {
        path = dump->each ? compile_path(compiled, dump->each) : compile_only_array(compiled);
        if (!path) {
            return CLI_USAGE;
        }
        schema->element_struct = compile_element_struct(path);
    }
    schema->program = compile_program(compiled, format_style(&dump->format), path,
                                      dump->format.records, dump->format.ksdump);
    return schema->program ? CLI_FINE : compile_status(compiled);
}

static struct dump_schema *schema_of(struct dump *dump, struct picked *picked) {
    struct dump_schema *schema = picked->made;
    if (!schema) {
        picked->made = schema = arena_alloc(&dump->pick.arena, sizeof *schema);
        schema->picked = picked;
        schema->status = picked->status == CLI_FINE ? make_program(dump, schema) : picked->status;
    }
    return schema;
}

/* One file. */

static struct format_subject subject_of(const struct dump_job *job) {
    const struct dump_schema *schema = job->schema;
    return (struct format_subject){.program = schema->program,
                                   .element_struct = schema->element_struct,
                                   .input_size = input_size(job->input),
                                   .kaitai = ksy_is_name(schema->picked->path),
                                   .goes_on = job->goes_on};
}

static void run(struct dump_job *job, const struct out *out, struct buf *said,
                struct vm_sink *sink) {
    const struct dump *dump = job->dump;
    bool reports = dump->format.format != FORMAT_TREE; /* a tree shows what is wrong where it is */
    struct run run = {
        .program = job->schema->program,
        .input = job->input,
        .out = out,
        .access = INPUT_SEQUENTIAL,
        .limits = &dump->limits,
        .sources = reports ? job->schema->picked->compiled.sources : NULL,
        .said = said,
        .quiet = said != NULL,
    };
    job->result = run_program(&run, sink);
}

static void show(struct dump_job *job, struct out *out, struct buf *said) {
    struct dump *dump = job->dump;
    struct format_output output;
    struct format_subject subject = subject_of(job);
    if (dump->headings) {
        out_printf(out, "%s==> %s <==\n", job->first ? "" : "\n", input_name(job->input));
    }
    format_open(&output, out, &dump->format, &subject);
    run(job, out, said, output.sink);
    format_close(&output);
}

static struct vm_sink *make_sink(void *maker, struct out *out) {
    const struct dump_job *job = maker;
    struct format_output output;
    struct format_subject subject = subject_of(job);
    subject.goes_on = true;
    format_open(&output, out, &job->dump->format, &subject);
    return output.sink;
}

/* A file whose records several threads write. */
static void show_by_crew(struct dump_job *job) {
    struct dump *dump = job->dump;
    struct format_output output;
    struct format_subject subject = subject_of(job);
    const struct crew_options options = {
        .threads = limits_jobs(dump->jobs, QUEUE_JOBS_MAX),
        .out = dump->out,
        .input = bytes_of(input_data(job->input), input_size(job->input)),
    };
    struct crew *crew = crew_new(&options);
    format_open(&output, crew_out(crew), &dump->format, &subject);
    const struct crew_sinks sinks = {make_sink, output.free, job};
    crew_take(crew, output.sink, &sinks);
    run(job, crew_out(crew), NULL, output.sink);
    crew_give(crew);
    format_close(&output);
    crew_end(crew);
}

/* Many files. */

static void run_job(struct queue_job *base) {
    struct dump_job *job = (struct dump_job *)base;
    struct buf *said;
    struct out *out = turn_begin(&job->turn, &said);
    show(job, out, said);
}

static int end_job(struct queue_job *base) {
    struct dump_job *job = (struct dump_job *)base;
    turn_say(&job->turn);
    int status = report_outcome(&job->result, job->input, job->dump->out);
    job->dump->failed = !turn_show(&job->turn);
    input_close(job->input);
    return status;
}

/* Whether all threads are for this file. */
static bool is_for_crew(const struct dump *dump, const struct dump_schema *schema,
                        const struct input *input) {
    return input_size(input) >= CREW_INPUT_MIN && format_is_stream(dump->format.format) &&
           limits_jobs(dump->jobs, QUEUE_JOBS_MAX) > 1 && program_tells_blocks(schema->program);
}

/* Takes the input over. */
static int dump_by(struct dump *dump, const struct dump_schema *schema, struct input *input) {
    struct dump_job of = {
        .turn.out = dump->out,
        .dump = dump,
        .schema = schema,
        .input = input,
        .goes_on = format_is_stream(dump->format.format) && dump->shown == schema,
        .first = !dump->shown,
    };
    dump->shown = schema;
    if (is_for_crew(dump, schema, input)) {
        queue_settle(dump->queue);
        show_by_crew(&of);
        return end_job(&of.turn.job);
    }
    struct dump_job *job = (struct dump_job *)queue_next(dump->queue);
    of.turn.job = job->turn.job;
    *job = of;
    queue_add(dump->queue);
    return CLI_FINE; /* the queue knows */
}

static int dump_input(struct dump *dump, struct input *input) {
    struct picked *picked = pick_schema(&dump->pick, input);
    const struct dump_schema *schema = picked ? schema_of(dump, picked) : NULL;
    if (schema && schema->status == CLI_FINE) {
        return dump_by(dump, schema, input);
    }
    input_close(input);
    return schema ? schema->status : CLI_FINDINGS;
}

static int dump_file(struct dump *dump, const char *path) {
    struct input *input = input_open(path);
    if (!input) {
        int error = errno;
        queue_settle(dump->queue);
        talk_failed("open", path, error);
        return CLI_ENVIRONMENT;
    }
    open_note(path);
    return dump_input(dump, input);
}

/* What is told of a file comes behind all of those before it. */
static void on_telling(void *context) {
    queue_settle(context);
}

int dump_files(struct dump *dump, char *const *paths, uint32_t n) {
    static const struct queue_kind kind = {sizeof(struct dump_job), run_job, end_job,
                                           turn_free_room};
    int status = CLI_FINE;
    dump->queue = queue_new(&kind, limits_jobs(dump->jobs, n));
    dump->pick.telling = on_telling;
    dump->pick.context = dump->queue;
    /* nothing is worth reading once writing has failed */
    for (uint32_t i = 0; i < n && !dump->failed; i++) {
        status = command_worse(status, dump_file(dump, paths[i]));
    }
    return command_worse(status, queue_free(dump->queue));
}

void dump_end(struct dump *dump) {
    pick_end(&dump->pick);
}
