/* Queues: jobs, of a file each, that several threads do, and whose outcome is told in their order.
 *
 * The caller's thread makes each job ready and ends it; the others run it. A job's turn comes when all before it are ended:
 * until then what it writes has to be kept, from then on the output is its own. */
#ifndef CLI_QUEUE_H
#define CLI_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#define QUEUE_JOBS_MAX 256

struct queue;

/* The first member of a job. */
struct queue_job {
    struct queue *queue;
    uint64_t number;
    bool done;
    void *room; /* NULL at first; what a job leaves there, a later one finds */
};

struct queue_kind {
    uint32_t size;                      /* bytes of a job */
    void (*run)(struct queue_job *job); /* in any thread */
    int (*end)(
        struct queue_job
            *job); /* in the caller's thread, in turn: tells of it, frees what it has; its status */
    void (*free_room)(void *room); /* NULL: jobs leave nothing */
};

/* Of the processors there are, as many as there may be jobs at a time. */
uint32_t queue_processors(void);

/* As many threads as jobs are to run at a time; 1: none, each job is run and ended in queue_add. */
struct queue *queue_new(const struct queue_kind *kind, uint32_t jobs);

/* A job to be made ready and then added, all zeros but for its first member. Waits for the oldest one to end where there
 * are many. */
struct queue_job *queue_next(struct queue *queue);
void queue_add(struct queue *queue);

/* Whether jobs run beside the caller's thread. */
bool queue_has_threads(const struct queue *queue);

/* How many jobs there may be that are not ended. */
uint32_t queue_size(const struct queue *queue);

/* For a running job: waits for its turn. */
void queue_wait(struct queue_job *job);

/* Waits for all jobs, and ends them. */
void queue_settle(struct queue *queue);

/* Settles, and frees the queue; the worst of all statuses. */
int queue_free(struct queue *queue);

#endif
