#include "config.h"

#ifdef HAVE_LZMA
#include <lzma.h>
#endif

#include "base/library.h"
#include "base/mem.h"
#include "vm/transform.h"

/* xz and lzma: liblzma. */

static void missing(struct transform *t) {
    transform_fail(t, "lzma");
    t->end = TRANSFORM_MISSING;
}

#ifdef HAVE_LZMA

#define CALLS(CALL)                                                                                \
    CALL(lzma_alone_decoder) CALL(lzma_stream_decoder) CALL(lzma_code) CALL(lzma_end)
LIBRARY_CALLS(lzma, CALLS)

/* What a decoder may ask for, which the data says: xz -9 takes 65 MiB. */
#define MEMORY_MAX ((uint64_t)256 << 20)

#define XZ_MARK 0x587a37fdu /* the first 4 bytes of a stream's 6 */

struct lzma {
    const struct lzma_calls *lib;
    lzma_stream z;
    lzma_ret status;
};

static enum transform_step step(void *state, struct transform_io *io) {
    struct lzma *s = state;
    s->z.next_in = io->in.at;
    s->z.avail_in = io->in.len;
    s->z.next_out = io->out;
    s->z.avail_out = io->room;
    s->status = s->lib->lzma_code(&s->z, LZMA_RUN);
    io->in = bytes_of(s->z.next_in, s->z.avail_in);
    io->room = s->z.avail_out;
    return s->status == LZMA_STREAM_END                          ? STEP_ENDED
           : s->status == LZMA_OK || s->status == LZMA_BUF_ERROR ? STEP_MORE
                                                                 : STEP_BAD;
}

static const char *said(lzma_ret status) {
    return status == LZMA_FORMAT_ERROR     ? "not in that format"
           : status == LZMA_OPTIONS_ERROR  ? "it needs something this liblzma does not know"
           : status == LZMA_MEMLIMIT_ERROR ? "it needs more than 256 MiB of memory"
                                           : "the data is wrong";
}

static bool one_stream(struct transform *t, bool alone) {
    struct lzma s = {.lib = lzma_calls(), .z = LZMA_STREAM_INIT};
    if (!s.lib) {
        missing(t);
        return false;
    }
    s.status = alone ? s.lib->lzma_alone_decoder(&s.z, MEMORY_MAX)
                     : s.lib->lzma_stream_decoder(&s.z, MEMORY_MAX, 0);
    bool ok = s.status == LZMA_OK && transform_run(t, step, &s);
    s.lib->lzma_end(&s.z);
    if (s.status == LZMA_MEM_ERROR) {
        mem_exhausted();
    }
    if (!ok && t->end == TRANSFORM_BAD) {
        transform_fail(t, said(s.status));
    }
    return ok;
}

/* Zeros, a multiple of four of them, before the next stream or up to the end. */
static bool next_stream(struct transform *t) {
    uint64_t from = t->taken;
    while (t->in.len - t->taken >= 4 && transform_mark(t) == 0) {
        t->taken += 4;
    }
    bool next = transform_mark(t) == XZ_MARK;
    if (!next && t->taken < t->in.len) {
        t->taken = from;
    }
    return next;
}

void transform_xz(struct transform *t) {
    while (one_stream(t, false) && next_stream(t)) {
    }
}

void transform_lzma(struct transform *t) {
    one_stream(t, true);
}

#else

void transform_xz(struct transform *t) {
    missing(t);
}

void transform_lzma(struct transform *t) {
    missing(t);
}

#endif
