#include "config.h"

#include <stdio.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "base/mem.h"
#include "vm/transform.h"

/* zlib, deflate and gzip: zlib's inflate. */

#ifdef HAVE_ZLIB

/* windowBits of inflateInit2, which choose the wrapper. */
enum { WINDOW_ZLIB = 15, WINDOW_DEFLATE = -15, WINDOW_GZIP = 31 };

#define GZIP_MARK 0x8b1fu

static enum transform_step step(void *state, struct transform_io *io) {
    z_stream *z = state;
    z->next_in = (Bytef *)(uintptr_t)io->in.at;
    z->avail_in = (uInt)io->in.len;
    z->next_out = io->out;
    z->avail_out = (uInt)io->room;
    int status = inflate(z, Z_NO_FLUSH);
    io->in = bytes_of(z->next_in, z->avail_in);
    io->room = z->avail_out;
    return status == Z_STREAM_END                    ? STEP_ENDED
           : status == Z_OK || status == Z_BUF_ERROR ? STEP_MORE
                                                     : STEP_BAD;
}

static void inflate_all(struct transform *t, int window) {
    z_stream z = {0};
    if (inflateInit2(&z, window) != Z_OK) {
        mem_exhausted();
    }
    bool ok = transform_run(t, step, &z);
    while (ok && window == WINDOW_GZIP && (transform_mark(t) & 0xffff) == GZIP_MARK) {
        inflateReset(&z);
        ok = transform_run(t, step, &z);
    }
    if (t->end == TRANSFORM_BAD) {
        transform_fail(t, z.msg ? z.msg : "it needs a preset dictionary");
    }
    inflateEnd(&z);
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

static void missing(struct transform *t) {
    transform_fail(t, "zlib");
    t->end = TRANSFORM_MISSING;
}

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
