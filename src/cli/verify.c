#include "config.h"

#include "cli/verify.h"

#include <errno.h>
#include <pthread.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/compile.h"
#include "cli/open.h"
#include "cli/report.h"
#include "cli/talk.h"
#include "cli/verdict.h"
#include "cli/watch.h"
#include "sink/silent.h"

/* So much text is kept of a file whose turn has not come. */
#define KEPT_MAX ((size_t)1 << 20)

/* So many files are open for each thread. */
#define OPEN_FOR_EACH 4u

/* A schema's program. */
struct verify_schema {
    int status;
    const struct program *program; /* for CLI_FINE */
};

/* A file, from when it is opened until all about it is told. */
struct job {
    struct verdict verdict; /* first: a verdict is its job's */
    struct queue *queue;
    struct walk_file file;
    uint64_t number; /* of the file */
    int error;       /* of opening it */
    struct input *input;
    const struct picked *picked;   /* NULL: no schema is for it */
    const struct program *program; /* NULL: there is nothing to be run */
    int status;                    /* where it can't be run for its schema's sake */
    struct vm *vm;                 /* while it runs */
    struct vm_result result;
    bool done;
};

/* The files at work: those from `told` up to `opened`, of which those below `taken` run or have run. Files below `told` are
 * done with. The lock is for what stands behind it, the jobs' `done`, and for writing to the output. */
struct queue {
    struct verify *verify;
    struct job *jobs; /* a ring */
    uint32_t size;
    pthread_t threads[VERIFY_JOBS_MAX];
    uint32_t thread_n; /* 0: the caller's thread runs the programs, too */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t told, taken, opened;
    bool closed; /* no more is opened */
};

static struct job *job_at(const struct queue *queue, uint64_t number) {
    return &queue->jobs[number % queue->size];
}

/* running */

/* Behind each line of a file's verdict, in the thread that runs it. */
static void on_line(struct verdict *verdict) {
    struct job *job = (struct job *)verdict;
    struct queue *queue = job->queue;
    if (verdict->text.len < KEPT_MAX) {
        return;
    }
    pthread_mutex_lock(&queue->lock);
    while (queue->told != job->number) {
        pthread_cond_wait(&queue->changed, &queue->lock);
    }
    struct out *out = queue->verify->out;
    out_put(out, verdict->text.at, verdict->text.len);
    if (out_error(out)) { /* nobody reads it */
        vm_stop(job->vm);
    }
    pthread_mutex_unlock(&queue->lock);
    buf_clear(&verdict->text);
}

static void run(struct job *job) {
    const struct verify *verify = job->queue->verify;
    const struct out none = {.fd = -1}; /* of the output, on_line takes care */
    struct watch watch;
    job->vm = vm_new(job->program, input_data(job->input), input_size(job->input), &verify->limits);
    input_advise(job->input, INPUT_SEQUENTIAL);
    watch_begin(&watch, job->input, &none);
    watch_machine(&watch, job->vm);
    watch.shows = watch.shows && job->queue->thread_n == 0;
    job->result = vm_run(job->vm, verdict_sink(&job->verdict));
    watch_end(&watch);
    vm_free(job->vm);
}

static void *work(void *context) {
    struct queue *queue = context;
    pthread_mutex_lock(&queue->lock);
    for (;;) {
        while (queue->taken == queue->opened && !queue->closed) {
            pthread_cond_wait(&queue->changed, &queue->lock);
        }
        if (queue->taken == queue->opened) {
            break;
        }
        struct job *job = job_at(queue, queue->taken++);
        pthread_mutex_unlock(&queue->lock);
        if (job->program) {
            run(job);
        }
        pthread_mutex_lock(&queue->lock);
        job->done = true;
        pthread_cond_broadcast(&queue->changed);
    }
    pthread_mutex_unlock(&queue->lock);
    return NULL;
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

/* Waits for the file whose turn it is, and tells what is to be told of it; its status. */
static int finish(struct queue *queue) {
    struct job *job = job_at(queue, queue->told);
    pthread_mutex_lock(&queue->lock);
    while (!job->done) {
        pthread_cond_wait(&queue->changed, &queue->lock);
    }
    pthread_mutex_unlock(&queue->lock);
    int status = tell(queue->verify, job);
    input_close(job->input);
    buf_free(&job->verdict.text);
    pthread_mutex_lock(&queue->lock);
    queue->told++;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
    return status;
}

/* Gives the next file to the threads, of which one will be free sooner or later. */
static void begin(struct queue *queue, struct walk_file file) {
    struct job *job = job_at(queue, queue->opened);
    *job = (struct job){.queue = queue, .file = file, .number = queue->opened};
    job->verdict.json = queue->verify->json;
    job->verdict.line = on_line;
    prepare(queue->verify, job);
    if (queue->thread_n == 0) {
        if (job->program) {
            run(job);
        }
        job->done = true;
        queue->taken++;
    }
    pthread_mutex_lock(&queue->lock);
    queue->opened++;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

/* Where the system has no more threads, those there are do. */
static void start(struct queue *queue, uint32_t jobs) {
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->changed, NULL);
    for (uint32_t i = 0; i < jobs && jobs > 1; i++) {
        if (pthread_create(&queue->threads[queue->thread_n], NULL, work, queue) == 0) {
            queue->thread_n++;
        }
    }
    queue->size = queue->thread_n ? queue->thread_n * OPEN_FOR_EACH : 1;
    queue->jobs = mem_zalloc(queue->size, sizeof *queue->jobs);
}

static void end(struct queue *queue) {
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
    for (uint32_t i = 0; i < queue->thread_n; i++) {
        pthread_join(queue->threads[i], NULL);
    }
    pthread_cond_destroy(&queue->changed);
    pthread_mutex_destroy(&queue->lock);
    mem_free(queue->jobs);
}

int verify_files(struct verify *verify, const struct walk *files) {
    struct queue queue = {.verify = verify};
    int status = CLI_FINE;
    start(&queue, verify->jobs < files->at.n ? verify->jobs : files->at.n);
    /* nothing is worth reading once writing has failed */
    for (uint32_t i = 0; i < files->at.n && !out_error(verify->out); i++) {
        if (queue.opened - queue.told == queue.size) {
            status = command_worse(status, finish(&queue));
        }
        begin(&queue, files->at.at[i]);
    }
    while (queue.told < queue.opened) {
        status = command_worse(status, finish(&queue));
    }
    end(&queue);
    return status;
}
