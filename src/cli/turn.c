#include "config.h"

#include "cli/turn.h"

#include "base/mem.h"
#include "cli/talk.h"

/* So many bytes are kept of all jobs together. */
#define KEPT_OF_ALL ((size_t)16 << 20)

/* What a job writes beyond what is kept of it. */
static int write_in_turn(void *taker, const char *at, size_t len) {
    struct turn *turn = taker;
    queue_wait(&turn->job);
    turn_say(turn);
    out_put(turn->out, at, len);
    return out_error(turn->out);
}

/* What a job writes is kept in a buffer of the queue's, which grows as it has to, and which later jobs find as large: the
 * memory that each of many small files would get would be memory that the system makes first. */
struct out *turn_begin(struct turn *turn, struct buf **said) {
    if (!queue_has_threads(turn->job.queue)) {
        *said = NULL;
        return turn->out;
    }
    *said = &turn->said;
    struct out *kept = turn->job.room;
    if (!kept) {
        kept = turn->job.room = mem_zalloc(1, sizeof *kept);
        out_growing(kept, KEPT_OF_ALL / queue_size(turn->job.queue), write_in_turn, turn);
    }
    return kept;
}

void turn_say(struct turn *turn) {
    talk_text(&turn->said);
    buf_clear(&turn->said);
}

bool turn_show(struct turn *turn) {
    struct out *kept = turn->job.room;
    if (kept) {
        out_put(turn->out, kept->at, kept->len);
        kept->len = 0;
    }
    buf_free(&turn->said);
    return out_flush(turn->out);
}

void turn_free_room(void *room) {
    struct out *kept = room;
    if (kept) {
        out_close(kept);
        mem_free(kept);
    }
}
