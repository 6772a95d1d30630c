#include "config.h"

#include "cli/queue.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/command.h"

/* So many jobs are on their way for each thread. */
#define JOBS_FOR_EACH 4u

/* The jobs on their way: those from `ended` up to `added`, of which those below `taken` run or have run. The lock is for
 * what stands behind it, and the jobs' `done`. */
struct queue {
    const struct queue_kind *kind;
    char *jobs; /* a ring */
    uint32_t size;
    pthread_t threads[QUEUE_JOBS_MAX];
    uint32_t thread_n; /* 0: the caller's thread runs them, too */
    int status;        /* the worst so far */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t ended, taken, added;
    bool closed; /* no more is added */
};

static struct queue_job *job_at(const struct queue *queue, uint64_t number) {
    return (struct queue_job *)(void *)(queue->jobs + number % queue->size * queue->kind->size);
}

static void *work(void *context) {
    struct queue *queue = context;
    pthread_mutex_lock(&queue->lock);
    for (;;) {
        while (queue->taken == queue->added && !queue->closed) {
            pthread_cond_wait(&queue->changed, &queue->lock);
        }
        if (queue->taken == queue->added) {
            break;
        }
        struct queue_job *job = job_at(queue, queue->taken++);
        pthread_mutex_unlock(&queue->lock);
        queue->kind->run(job);
        pthread_mutex_lock(&queue->lock);
        job->done = true;
        pthread_cond_broadcast(&queue->changed);
    }
    pthread_mutex_unlock(&queue->lock);
    return NULL;
}

uint32_t queue_processors(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > QUEUE_JOBS_MAX ? QUEUE_JOBS_MAX : (uint32_t)n;
}

/* Where the system has no more threads, those there are do. */
struct queue *queue_new(const struct queue_kind *kind, uint32_t jobs) {
    struct queue *queue = mem_zalloc(1, sizeof *queue);
    queue->kind = kind;
    queue->status = CLI_FINE;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->changed, NULL);
    queue->size = jobs > 1 ? jobs * JOBS_FOR_EACH : 1;
    queue->jobs = mem_zalloc(queue->size, kind->size);
    for (uint32_t i = 0; i < jobs && jobs > 1; i++) {
        if (pthread_create(&queue->threads[queue->thread_n], NULL, work, queue) == 0) {
            queue->thread_n++;
        }
    }
    return queue;
}

/* Waits for the job whose turn it is, and ends it. */
static void finish(struct queue *queue) {
    struct queue_job *job = job_at(queue, queue->ended);
    pthread_mutex_lock(&queue->lock);
    while (!job->done) {
        pthread_cond_wait(&queue->changed, &queue->lock);
    }
    pthread_mutex_unlock(&queue->lock);
    queue->status = command_worse(queue->status, queue->kind->end(job));
    pthread_mutex_lock(&queue->lock);
    queue->ended++;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

struct queue_job *queue_next(struct queue *queue) {
    if (queue->added - queue->ended == queue->size) {
        finish(queue);
    }
    struct queue_job *job = job_at(queue, queue->added);
    void *room = job->room;
    memset(job, 0, queue->kind->size);
    *job = (struct queue_job){.queue = queue, .number = queue->added, .room = room};
    return job;
}

void queue_add(struct queue *queue) {
    pthread_mutex_lock(&queue->lock);
    struct queue_job *job = job_at(queue, queue->added++);
    queue->taken += queue->thread_n == 0;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
    if (queue->thread_n == 0) {
        queue->kind->run(job);
        job->done = true;
        finish(queue);
    }
}

bool queue_has_threads(const struct queue *queue) {
    return queue->thread_n > 0;
}

uint32_t queue_size(const struct queue *queue) {
    return queue->size;
}

void queue_wait(struct queue_job *job) {
    struct queue *queue = job->queue;
    pthread_mutex_lock(&queue->lock);
    while (queue->ended != job->number) {
        pthread_cond_wait(&queue->changed, &queue->lock);
    }
    pthread_mutex_unlock(&queue->lock);
}

void queue_settle(struct queue *queue) {
    while (queue->ended < queue->added) {
        finish(queue);
    }
}

int queue_free(struct queue *queue) {
    queue_settle(queue);
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
    for (uint32_t i = 0; i < queue->thread_n; i++) {
        pthread_join(queue->threads[i], NULL);
    }
    for (uint32_t i = 0; i < queue->size && queue->kind->free_room; i++) {
        queue->kind->free_room(job_at(queue, i)->room);
    }
    int status = queue->status;
    pthread_cond_destroy(&queue->changed);
    pthread_mutex_destroy(&queue->lock);
    mem_free(queue->jobs);
    mem_free(queue);
    return status;
}
