#include "config.h"

#ifdef HAVE_BZIP2
#include <bzlib.h>
#endif

#include "base/library.h"
#include "base/mem.h"
#include "vm/transform.h"

static void missing(struct transform *t) {
    transform_fail(t, "bzip2");
    t->end = TRANSFORM_MISSING;
}

#ifdef HAVE_BZIP2

#define CALLS(CALL) CALL(BZ2_bzDecompressInit) CALL(BZ2_bzDecompress) CALL(BZ2_bzDecompressEnd)
LIBRARY_CALLS(bzip2, CALLS)

#define BZIP2_MARK 0x685a42u /* "BZh" */

struct bzip2 {
    const struct bzip2_calls *lib;
    bz_stream z;
    int status;
};

static enum transform_step step(void *state, struct transform_io *io) {
    struct bzip2 *s = state;
    s->z.next_in = (char *)(uintptr_t)io->in.at;
    s->z.avail_in = (unsigned)io->in.len;
    s->z.next_out = (char *)io->out;
    s->z.avail_out = (unsigned)io->room;
    s->status = s->lib->BZ2_bzDecompress(&s->z);
    io->in = bytes_of(s->z.next_in, s->z.avail_in);
    io->room = s->z.avail_out;
    return s->status == BZ_STREAM_END ? STEP_ENDED : s->status == BZ_OK ? STEP_MORE : STEP_BAD;
}

static bool one_stream(struct transform *t, const struct bzip2_calls *lib) {
    struct bzip2 s = {.lib = lib};
    if (lib->BZ2_bzDecompressInit(&s.z, 0, 0) != BZ_OK) {
        mem_exhausted();
    }
    bool ok = transform_run(t, step, &s);
    lib->BZ2_bzDecompressEnd(&s.z);
    if (s.status == BZ_MEM_ERROR) {
        mem_exhausted();
    }
    if (t->end == TRANSFORM_BAD) {
        transform_fail(t, s.status == BZ_DATA_ERROR_MAGIC ? "not in the bzip2 format"
                                                          : "a block is wrong");
    }
    return ok;
}

void transform_bzip2(struct transform *t) {
    const struct bzip2_calls *lib = bzip2_calls();
    if (!lib) {
        missing(t);
        return;
    }
    while (one_stream(t, lib) && (transform_mark(t) & 0xffffff) == BZIP2_MARK) {
    }
}

#else

void transform_bzip2(struct transform *t) {
    missing(t);
}

#endif
