#include "config.h"

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "base/library.h"
#include "base/mem.h"
#include "vm/transform.h"

static void missing(struct transform *t) {
    transform_fail(t, "zstd");
    t->end = TRANSFORM_MISSING;
}

#ifdef HAVE_ZSTD

#define CALLS(CALL)                                                                                \
    CALL(ZSTD_createDCtx)                                                                          \
    CALL(ZSTD_decompressStream)                                                                    \
    CALL(ZSTD_freeDCtx)                                                                            \
    CALL(ZSTD_getErrorName)                                                                        \
    CALL(ZSTD_isError)
LIBRARY_CALLS(zstd, CALLS)

struct zstd {
    const struct zstd_calls *lib;
    ZSTD_DCtx *context;
    size_t status;
};

static enum transform_step step(void *state, struct transform_io *io) {
    struct zstd *s = state;
    ZSTD_inBuffer in = {io->in.at, io->in.len, 0};
    ZSTD_outBuffer out = {io->out, io->room, 0};
    s->status = s->lib->ZSTD_decompressStream(s->context, &out, &in);
    io->in = bytes_from(io->in, in.pos);
    io->room -= out.pos;
    return s->lib->ZSTD_isError(s->status) ? STEP_BAD : s->status == 0 ? STEP_ENDED : STEP_MORE;
}

static bool starts_frame(uint32_t mark) {
    return mark == ZSTD_MAGICNUMBER ||
           (mark & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

void transform_zstd(struct transform *t) {
    struct zstd s = {.lib = zstd_calls()};
    if (!s.lib) {
        missing(t);
        return;
    }
    s.context = s.lib->ZSTD_createDCtx();
    if (!s.context) {
        mem_exhausted();
    }
    while (transform_run(t, step, &s) && starts_frame(transform_mark(t))) {
    }
    if (t->end == TRANSFORM_BAD) {
        transform_fail(t, s.lib->ZSTD_getErrorName(s.status));
    }
    s.lib->ZSTD_freeDCtx(s.context);
}

#else

void transform_zstd(struct transform *t) {
    missing(t);
}

#endif
