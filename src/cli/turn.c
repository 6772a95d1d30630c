#include "config.h"

#include "cli/turn.h"

#include "cli/talk.h"

/* So many bytes are kept of all jobs together. */
#define KEPT_OF_ALL ((size_t)16 << 20)

/* What a job writes that runs beside others. */
static int keep(void *taker, const char *at, size_t len) {
    struct turn *turn = taker;
    size_t most = KEPT_OF_ALL / queue_size(turn->job.queue);
    if (len <= most && turn->text.len <= most - len) {
        buf_put(&turn->text, at, len);
        return 0;
    }
    queue_wait(&turn->job);
    turn_say(turn);
    out_put(turn->out, turn->text.at, turn->text.len);
    buf_clear(&turn->text);
    out_put(turn->out, at, len);
    return out_error(turn->out);
}

struct out *turn_begin(struct turn *turn, struct buf **said) {
    if (!queue_has_threads(turn->job.queue)) {
        *said = NULL;
        return turn->out;
    }
    *said = &turn->said;
    out_function(&turn->kept_out, keep, turn);
    return &turn->kept_out;
}

void turn_end(struct turn *turn) {
    if (turn->kept_out.at) {
        out_close(&turn->kept_out);
    }
}

void turn_say(struct turn *turn) {
    talk_text(&turn->said);
    buf_clear(&turn->said);
}

bool turn_show(struct turn *turn) {
    out_put(turn->out, turn->text.at, turn->text.len);
    buf_free(&turn->said);
    buf_free(&turn->text);
    return out_flush(turn->out);
}
