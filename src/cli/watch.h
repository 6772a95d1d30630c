/* Watching a run: progress on a terminal, memory given back behind a long pass, an end when nobody reads the output. */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "io/input.h"
#include "io/out.h"
#include "vm/vm.h"

struct watch {
    struct input *input;
    const struct out *out;
    bool
        shows; /* progress is wanted: standard error is a terminal, and not the one the output goes to */
    const bool *enough; /* true when what the run is for is known; NULL: it goes to the end */
    bool shown;         /* there is a progress line */
    bool is_long;       /* it has gone on for a while */
    unsigned percent;   /* the one shown */
    struct timespec start;
    uint64_t forgotten; /* bytes of the input given back so far */
};

/* Begins a run over the input whose output goes to out. */
void watch_begin(struct watch *watch, struct input *input, const struct out *out);

/* Has the machine watched, to whose end the struct must live. A run that may look at a few places alone is begun with
 * INPUT_RANDOM; where it turns out to be long, the rest is read ahead. */
void watch_machine(struct watch *watch, struct vm *vm);

/* A run without a machine is done with the bytes in front of `done`; false when nobody reads the output any more. */
bool watch_step(struct watch *watch, uint64_t done);

/* Takes the progress line away. */
void watch_end(struct watch *watch);

/* Whether bytes of the input were gone when they were read, which then is told. */
bool watch_lost(const struct input *input);

#endif
