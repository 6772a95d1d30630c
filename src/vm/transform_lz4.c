#include "config.h"

#ifdef HAVE_LZ4
#include <lz4.h>
#include <lz4frame.h>
#endif

#include "base/library.h"
#include "base/mem.h"
#include "vm/transform.h"

/* lz4 and lz4_block: liblz4, which knows frames and blocks; the legacy frames of the lz4 tool are made of the latter. */

static void missing(struct transform *t) {
    transform_fail(t, "lz4");
    t->end = TRANSFORM_MISSING;
}

#ifdef HAVE_LZ4

#define CALLS(CALL)                                                                                \
    CALL(LZ4F_createDecompressionContext)                                                          \
    CALL(LZ4F_decompress)                                                                          \
    CALL(LZ4F_freeDecompressionContext)                                                            \
    CALL(LZ4F_getErrorName)                                                                        \
    CALL(LZ4F_isError)                                                                             \
    CALL(LZ4_decompress_safe)
LIBRARY_CALLS(lz4, CALLS)

#define FRAME_MARK     0x184d2204u
#define SKIPPABLE_MARK 0x184d2a50u /* its lowest four bits are free */
#define LEGACY_MARK    0x184c2102u
#define LEGACY_BLOCK   (8u << 20)

/* No block says more with fewer bytes. */
#define RATIO_MAX 255u

static bool starts_frame(uint32_t mark) {
    return mark == FRAME_MARK || mark == LEGACY_MARK || (mark & ~15u) == SKIPPABLE_MARK;
}

struct lz4 {
    const struct lz4_calls *lib;
    LZ4F_dctx *context;
    size_t status;
};

static enum transform_step step(void *state, struct transform_io *io) {
    struct lz4 *s = state;
    size_t made = io->room, taken = io->in.len;
    s->status = s->lib->LZ4F_decompress(s->context, io->out, &made, io->in.at, &taken, NULL);
    io->in = bytes_from(io->in, taken);
    io->room -= made;
    return s->lib->LZ4F_isError(s->status) ? STEP_BAD : s->status == 0 ? STEP_ENDED : STEP_MORE;
}

static bool one_frame(struct transform *t, const struct lz4_calls *lib) {
    struct lz4 s = {.lib = lib};
    if (lib->LZ4F_isError(lib->LZ4F_createDecompressionContext(&s.context, LZ4F_VERSION))) {
        mem_exhausted();
    }
    bool ok = transform_run(t, step, &s);
    if (t->end == TRANSFORM_BAD) {
        transform_fail(t, lib->LZ4F_getErrorName(s.status));
    }
    lib->LZ4F_freeDecompressionContext(s.context);
    return ok;
}

/* Decodes the len bytes at the next place to at most `most` bytes; false when they are wrong. */
static bool one_block(struct transform *t, const struct lz4_calls *lib, size_t len, size_t most) {
    char *room = (char *)transform_room(t, most + 1);
    if (!room) {
        return false;
    }
    int made =
        lib->LZ4_decompress_safe((const char *)t->in.at + t->taken, room, (int)len, (int)most);
    if (made < 0) {
        transform_fail(t, "a block is wrong");
        return false;
    }
    t->taken += len;
    t->out.len += (size_t)made;
    return true;
}

/* Blocks, each with its length before it, up to the end or another frame. */
static bool legacy_frame(struct transform *t, const struct lz4_calls *lib) {
    t->taken += 4;
    while (t->taken < t->in.len && !starts_frame(transform_mark(t))) {
        size_t left = t->in.len - t->taken;
        uint32_t len = transform_mark(t);
        if (left < 4 || len > left - 4) {
            t->end = TRANSFORM_EARLY;
            return false;
        }
        t->taken += 4;
        if (!one_block(t, lib, len, LEGACY_BLOCK)) {
            return false;
        }
        if (t->out.len > t->most) {
            t->out.len = t->most;
            t->end = TRANSFORM_TOO_MUCH;
            return false;
        }
    }
    return true;
}

void transform_lz4(struct transform *t) {
    const struct lz4_calls *lib = lz4_calls();
    if (!lib) {
        missing(t);
        return;
    }
    bool ok;
    do {
        ok = transform_mark(t) == LEGACY_MARK ? legacy_frame(t, lib) : one_frame(t, lib);
    } while (ok && starts_frame(transform_mark(t)));
}

void transform_lz4_block(struct transform *t, uint64_t size) {
    const struct lz4_calls *lib = lz4_calls();
    if (!lib) {
        missing(t);
    } else if (size > t->most || size > LZ4_MAX_INPUT_SIZE) {
        t->end = TRANSFORM_TOO_MUCH;
    } else if (t->in.len > LZ4_MAX_INPUT_SIZE || size / RATIO_MAX > t->in.len) {
        transform_fail(t, "a block of that length can't be right");
    } else if (one_block(t, lib, t->in.len, (size_t)size) && t->out.len < size) {
        t->end = TRANSFORM_EARLY;
    }
}

#else

void transform_lz4(struct transform *t) {
    missing(t);
}

void transform_lz4_block(struct transform *t, uint64_t size) {
    (void)size;
    missing(t);
}

#endif
