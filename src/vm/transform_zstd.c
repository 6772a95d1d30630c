#include "config.h"

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "base/mem.h"
#include "vm/transform.h"

#ifdef HAVE_ZSTD

struct zstd {
    ZSTD_DCtx *context;
    size_t status;
};

static enum transform_step step(void *state, struct transform_io *io) {
    struct zstd *s = state;
    ZSTD_inBuffer in = {io->in.at, io->in.len, 0};
    ZSTD_outBuffer out = {io->out, io->room, 0};
    s->status = ZSTD_decompressStream(s->context, &out, &in);
    io->in = bytes_from(io->in, in.pos);
    io->room -= out.pos;
    return ZSTD_isError(s->status) ? STEP_BAD : s->status == 0 ? STEP_ENDED : STEP_MORE;
}

static bool starts_frame(uint32_t mark) {
    return mark == ZSTD_MAGICNUMBER ||
           (mark & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

void transform_zstd(struct transform *t) {
    struct zstd s = {.context = ZSTD_createDCtx()};
    if (!s.context) {
        mem_exhausted();
    }
    while (transform_run(t, step, &s) && starts_frame(transform_mark(t))) {
    }
    if (t->end == TRANSFORM_BAD) {
        transform_fail(t, ZSTD_getErrorName(s.status));
    }
    ZSTD_freeDCtx(s.context);
}

#else

void transform_zstd(struct transform *t) {
    transform_fail(t, "zstd");
    t->end = TRANSFORM_MISSING;
}

#endif
