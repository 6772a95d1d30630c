#include "config.h"

#include "cli/verify.h"

#include <errno.h>

#include "cli/command.h"
#include "cli/compile.h"
#include "cli/open.h"
#include "cli/queue.h"
#include "cli/report.h"
#include "cli/talk.h"
#include "cli/verdict.h"
#include "cli/watch.h"
#include "sink/silent.h"

/* So much text is kept of a file whose turn has not come. */
#define KEPT_MAX ((size_t)1 << 20)

/* A schema's program. */
struct verify_schema {
    int status;
    const struct program *program; /* for CLI_FINE */
};

/* A file, from when it is opened until all about it is told. */
struct job {
    struct queue_job base; /* first */
    struct verify *verify;
    struct verdict verdict;
    struct walk_file file;
    int error; /* of opening it */
    struct input *input;
    const struct picked *picked;   /* NULL: no schema is for it */
    const struct program *program; /* NULL: there is nothing to be run */
    int status;                    /* where it can't be run for its schema's sake */
    struct vm *vm;                 /* while it runs */
    struct vm_result result;
};

/* running */

/* Behind each line of a file's verdict, in the thread that runs it. */
static void on_line(struct verdict *verdict) {
    struct job *job = verdict->context;
    struct out *out = job->verify->out;
    struct buf *text = &verdict->text;
    if (text->len < KEPT_MAX) {
        return;
    }
    queue_wait(&job->base);
    out_put(out, text->at, text->len);
    if (out_error(out)) { /* nobody reads it */
        vm_stop(job->vm);
    }
    buf_clear(text);
}

static void run(struct queue_job *base) {
    struct job *job = (struct job *)base;
    const struct verify *verify = job->verify;
    if (!job->program) {
        return;
    }
    const struct out none = {.fd = -1}; /* of the output, on_line takes care */
    struct watch watch;
    job->vm = vm_new(job->program, input_data(job->input), input_size(job->input), &verify->limits);
    input_advise(job->input, INPUT_SEQUENTIAL);
    watch_begin(&watch, job->input, &none);
    watch_machine(&watch, job->vm);
    watch.shows = watch.shows && !queue_has_threads(base->queue);
    job->result = vm_run(job->vm, verdict_sink(&job->verdict));
    watch_end(&watch);
    vm_free(job->vm);
}

/* the caller's thread */

static struct verify_schema *schema_of(struct verify *verify, struct picked *picked) {
    struct verify_schema *schema = picked->made;
    if (!schema) {
        picked->made = schema = arena_alloc(&verify->pick.arena, sizeof *schema);
        schema->status = picked->status;
        if (schema->status == CLI_FINE) {
            struct gen_request request = compile_asks(&picked->compiled);
            request.style = silent_style();
            request.verdict = true;
            schema->program = compile_request(&picked->compiled, &request);
            schema->status = schema->program ? CLI_FINE : compile_status(&picked->compiled);
        }
    }
    return schema;
}

/* Opens a file and finds its program. */
static void prepare(struct verify *verify, struct job *job) {
    job->input = input_open(job->file.path);
    if (!job->input) {
        job->error = errno;
        return;
    }
    open_note(job->file.path);
    struct picked *picked = pick_schema(&verify->pick, job->input);
    if (!picked) {
        return;
    }
    const struct verify_schema *schema = schema_of(verify, picked);
    job->picked = picked;
    job->status = schema->status;
    job->program = schema->program;
    job->verdict.file = input_name(job->input);
    job->verdict.sources = picked->compiled.sources;
}

/* Tells what is to be told of a file that is done; its status. */
static int tell(struct verify *verify, struct job *job) {
    struct out *out = verify->out;
    if (!job->input) {
        talk_failed("open", job->file.path, job->error);
        if (job->error == EISDIR) {
            talk_more("with -r, the files in it are verified");
        }
        return CLI_ENVIRONMENT;
    }
    if (!job->picked) {
        verify->passed += !job->file.named;
        if (job->file.named) {
            pick_tell_none(input_name(job->input));
        }
        return job->file.named ? CLI_FINDINGS : CLI_FINE;
    }
    if (!job->program) {
        return job->status;
    }
    verify->verified++;
    out_put(out, job->verdict.text.at, job->verdict.text.len);
    out_flush(out); /* what is said of it comes behind it */
    return report_outcome(&job->result, job->input, out);
}

static int end(struct queue_job *base) {
    struct job *job = (struct job *)base;
    int status = tell(job->verify, job);
    job->verify->failed = out_error(job->verify->out) != 0;
    input_close(job->input);
    buf_free(&job->verdict.text);
    return status;
}

int verify_files(struct verify *verify, const struct walk *files) {
    static const struct queue_kind kind = {sizeof(struct job), run, end, NULL};
    uint32_t n = files->at.n, jobs = verify->jobs ? verify->jobs : n > 1 ? queue_processors() : 1;
    struct queue *queue = queue_new(&kind, jobs < n ? jobs : n);
    /* nothing is worth reading once writing has failed */
    for (uint32_t i = 0; i < files->at.n && !verify->failed; i++) {
        struct job *job = (struct job *)queue_next(queue);
        job->verify = verify;
        job->file = files->at.at[i];
        job->verdict.json = verify->json;
        job->verdict.line = on_line;
        job->verdict.context = job;
        prepare(verify, job);
        queue_add(queue);
    }
    return queue_free(queue);
}
