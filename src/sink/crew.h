/* Crew: threads that write the records of a stream, in their order, while one machine meets them.
 *
 * The machine and its sink are as ever, and all that they do happens in the caller's thread. Only the records that are a
 * block each, and lie in the input, are not written by that sink: where they begin is noted, in parts, and each part is
 * written by a thread with a sink of its own, into a buffer of its own. What the machine's sink writes meanwhile has its
 * place in a part, too. The parts go to the output one behind the other, so that what comes out is what one sink
 * would have written. There are no threads before the first part is full. */
#ifndef SINK_CREW_H
#define SINK_CREW_H

#include "base/bytes.h"
#include "io/out.h"
#include "vm/event.h"

/* More threads than this would have more than a few MiB of text among them. */
#define CREW_MAX 32u

/* For an input of fewer bytes a crew is not worth its threads. */
#define CREW_INPUT_MIN ((uint64_t)1 << 20)

struct crew;

struct crew_options {
    uint32_t threads;   /* 1 or more, the caller's among them; no more than CREW_MAX are used */
    struct out *out;    /* borrowed: nobody else's until crew_end */
    struct bytes input; /* the bytes that stay where they are until crew_end */
};

/* Sinks that write the records of `blocks`, whatever came before them, as the machine's sink does, and nothing else; to
 * out, which outlives them. They are made and freed by the caller's thread. */
struct crew_sinks {
    struct vm_sink *(*make)(void *maker, struct out *out);
    void (*free)(struct vm_sink *sink);
    void *maker;
};

struct crew *crew_new(const struct crew_options *options);

/* Where the machine's sink is to write to. Its error is set some time after writing has failed. */
struct out *crew_out(struct crew *crew);

/* Takes `blocks` of that sink over, and gives it back; once. */
void crew_take(struct crew *crew, struct vm_sink *sink, const struct crew_sinks *sinks);
void crew_give(struct crew *crew);

/* How many records were not written by the machine's sink. */
uint64_t crew_records(const struct crew *crew);

/* Behind the run, and what the sink has written at its end: all that is not yet written is, and the crew is freed. */
void crew_end(struct crew *crew);

#endif
