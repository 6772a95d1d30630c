#include "config.h"

#include <stdio.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "base/library.h"
#include "base/mem.h"
#include "vm/transform.h"

/* zlib, deflate and gzip: zlib's inflate. */

static void missing(struct transform *t) {
    transform_fail(t, "zlib");
    t->end = TRANSFORM_MISSING;
}

#ifdef HAVE_ZLIB

#define CALLS(CALL) CALL(inflateInit2_) CALL(inflate) CALL(inflateReset) CALL(inflateEnd)
LIBRARY_CALLS(zlib, CALLS)

/* windowBits of inflateInit2, which choose the wrapper. */
enum { WINDOW_ZLIB = 15, WINDOW_DEFLATE = -15, WINDOW_GZIP = 31 };

#define GZIP_MARK 0x8b1fu

struct inflater {
    const struct zlib_calls *zlib;
    z_stream z;
};

static enum transform_step step(void *state, struct transform_io *io) {
    struct inflater *s = state;
    z_stream *z = &s->z;
    z->next_in = (Bytef *)(uintptr_t)io->in.at;
    z->avail_in = (uInt)io->in.len;
    z->next_out = io->out;
    z->avail_out = (uInt)io->room;
    int status = s->zlib->inflate(z, Z_NO_FLUSH);
    io->in = bytes_of(z->next_in, z->avail_in);
    io->room = z->avail_out;
    return status == Z_STREAM_END                    ? STEP_ENDED
           : status == Z_OK || status == Z_BUF_ERROR ? STEP_MORE
                                                     : STEP_BAD;
}

static void inflate_all(struct transform *t, int window) {
    struct inflater s = {.zlib = zlib_calls()};
    if (!s.zlib) {
        missing(t);
        return;
    }
    if (s.zlib->inflateInit2_(&s.z, window, ZLIB_VERSION, (int)sizeof s.z) != Z_OK) {
        mem_exhausted();
    }
    bool ok = transform_run(t, step, &s);
    while (ok && window == WINDOW_GZIP && (transform_mark(t) & 0xffff) == GZIP_MARK) {
        s.zlib->inflateReset(&s.z);
        ok = transform_run(t, step, &s);
    }
    if (t->end == TRANSFORM_BAD) {
        transform_fail(t, s.z.msg ? s.z.msg : "it needs a preset dictionary");
    }
    s.zlib->inflateEnd(&s.z);
}

void transform_zlib(struct transform *t) {
    inflate_all(t, WINDOW_ZLIB);
}

void transform_deflate(struct transform *t) {
    inflate_all(t, WINDOW_DEFLATE);
}

void transform_gzip(struct transform *t) {
    inflate_all(t, WINDOW_GZIP);
}

#else

void transform_zlib(struct transform *t) {
    missing(t);
}

void transform_deflate(struct transform *t) {
    missing(t);
}

void transform_gzip(struct transform *t) {
    missing(t);
}

#endif
