/* Turns: jobs of a queue that show a file each, in one output. What a job writes and says is kept until its turn has come; what
 * becomes much waits for it. */
#ifndef CLI_TURN_H
#define CLI_TURN_H

#include "base/buf.h"
#include "cli/queue.h"
#include "io/out.h"

/* The first member of such a job. */
struct turn {
    struct queue_job job; /* first */
    struct out *out;      /* of all: set by who makes the job ready */
    struct buf said;      /* private */
};

/* Where a job that runs is to write to, and to say what is wrong; *said is NULL for standard error. */
struct out *turn_begin(struct turn *turn, struct buf **said);

/* In the caller's thread, when the turn of a job that has run has come: what it said is told; what it wrote is written,
 * and handed on, so that what is said of the next file comes behind it. False when writing has failed. */
void turn_say(struct turn *turn);
bool turn_show(struct turn *turn);

/* What the queue's kind says of such jobs' room. */
void turn_free_room(void *room);

#endif
