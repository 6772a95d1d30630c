#include "config.h"

#include "cli/watch.h"

#include <inttypes.h>
#include <unistd.h>

#include "cli/talk.h"
#include "cli/terminal.h"

/* How far a run goes before what lies behind it is given back. */
#define FORGET_STEP ((uint64_t)64 << 20)

/* A run that takes less shows no progress. */
#define PATIENCE_MS 1000

static int64_t milliseconds_since(const struct timespec *start) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)(now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

static void show(struct watch *watch, uint64_t done) {
    uint64_t size = input_size(watch->input);
    unsigned percent =
        size == 0 || done >= size ? 100 : (unsigned)((double)done * 100.0 / (double)size);
    if ((watch->shown && percent == watch->percent) ||
        milliseconds_since(&watch->start) < PATIENCE_MS) {
        return;
    }
    struct buf line = {0};
    /* with the cursor back at the start, whatever is said next stands in its place */
    buf_printf(&line, "%3u %%\r", percent);
    talk_text(&line);
    buf_free(&line);
    watch->shown = true;
    watch->percent = percent;
}

bool watch_step(struct watch *watch, uint64_t done) {
    if (done >= watch->forgotten + FORGET_STEP) {
        input_forget(watch->input, watch->forgotten, done - watch->forgotten);
        watch->forgotten = done;
    }
    if (watch->shows) {
        show(watch, done);
    }
    return !out_error(watch->out);
}

static void look(void *context, struct vm *vm) {
    struct watch *watch = context;
    if (!watch->is_long) { /* whatever it began as, it goes through the file */
        input_advise(watch->input, INPUT_SEQUENTIAL);
        watch->is_long = true;
    }
    if (!watch_step(watch, vm_progress(vm)) || (watch->enough && *watch->enough)) {
        vm_stop(vm);
    }
}

void watch_begin(struct watch *watch, struct input *input, const struct out *out) {
    *watch = (struct watch){.input = input, .out = out};
    watch->shows = isatty(STDERR_FILENO) && !terminal_is_same(STDERR_FILENO, STDOUT_FILENO);
    clock_gettime(CLOCK_MONOTONIC, &watch->start);
}

void watch_machine(struct watch *watch, struct vm *vm) {
    vm_watch(vm, look, watch);
}

bool watch_lost(const struct input *input) {
    uint64_t lost;
    if (!input_lost(input, &lost)) {
        return false;
    }
    talk("%s: what lies at 0x%" PRIx64 " and behind is gone: the file was cut short while it was "
         "read, or its device failed",
         input_name(input), lost);
    return true;
}

void watch_end(struct watch *watch) {
    if (watch->shown) {
        struct buf line = {0};
        buf_puts(&line, "     \r");
        talk_text(&line);
        buf_free(&line);
    }
}
