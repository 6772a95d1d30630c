#include "config.h"

#include "patch/pack.h"

#include <string.h>

#include "base/library.h"
#include "vm/transform.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#define ZLIB_CALLS(CALL)                                                                           \
    CALL(deflateInit2_)                                                                            \
    CALL(deflateBound)                                                                             \
    CALL(deflate)                                                                                  \
    CALL(deflateEnd)
LIBRARY_CALLS(zlib, ZLIB_CALLS)
#endif
#ifdef HAVE_BZIP2
#include <bzlib.h>
#define BZIP2_CALLS(CALL) CALL(BZ2_bzBuffToBuffCompress)
LIBRARY_CALLS(bzip2, BZIP2_CALLS)
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#define LZMA_CALLS(CALL)                                                                           \
    CALL(lzma_stream_buffer_bound)                                                                 \
    CALL(lzma_easy_buffer_encode)                                                                  \
    CALL(lzma_lzma_preset)                                                                         \
    CALL(lzma_alone_encoder)                                                                       \
    CALL(lzma_code)                                                                                \
    CALL(lzma_end)
LIBRARY_CALLS(lzma, LZMA_CALLS)
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#define ZSTD_CALLS(CALL)                                                                           \
    CALL(ZSTD_compressBound)                                                                       \
    CALL(ZSTD_compress)                                                                            \
    CALL(ZSTD_isError)
LIBRARY_CALLS(zstd, ZSTD_CALLS)
#endif
#ifdef HAVE_LZ4
#include <lz4.h>
#include <lz4frame.h>
#define LZ4_CALLS(CALL)                                                                            \
    CALL(LZ4F_compressFrameBound)                                                                  \
    CALL(LZ4F_compressFrame)                                                                       \
    CALL(LZ4F_isError)                                                                             \
    CALL(LZ4_compressBound)                                                                        \
    CALL(LZ4_compress_default)
LIBRARY_CALLS(lz4, LZ4_CALLS)
#endif

static bool fail(struct buf *why, const char *text) {
    buf_clear(why);
    buf_puts(why, text);
    return false;
}

static bool missing(struct buf *why, const char *library) {
    buf_clear(why);
    buf_printf(why, "this sonde has no %s", library);
    return false;
}

typedef bool packer(const struct pack_args *args, struct bytes plain, struct buf *out,
                    struct buf *why);

/* compression: what each library does by default */

/* zlib's windows: of its own format, of the bare stream, of gzip's. */
enum { WINDOW_ZLIB = 15, WINDOW_DEFLATE = -15, WINDOW_GZIP = 15 + 16 };

static bool pack_deflate(int window, struct bytes plain, struct buf *out, struct buf *why) {
#ifdef HAVE_ZLIB
    const struct zlib_calls *zlib = zlib_calls();
    if (!zlib) {
        return missing(why, "zlib");
    }
    z_stream z = {0};
    if (plain.len > UINT32_MAX / 2 ||
        zlib->deflateInit2_(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY,
                            ZLIB_VERSION, (int)sizeof z) != Z_OK) {
        return fail(why, "there is too much of it for zlib");
    }
    size_t most = zlib->deflateBound(&z, plain.len);
    z.next_in = (Bytef *)(uintptr_t)plain.at;
    z.avail_in = (uInt)plain.len;
    z.next_out = (Bytef *)buf_reserve(out, most);
    z.avail_out = (uInt)most;
    bool fine = zlib->deflate(&z, Z_FINISH) == Z_STREAM_END;
    out->len += fine ? z.total_out : 0;
    zlib->deflateEnd(&z);
    return fine || fail(why, "zlib failed");
#else
    (void)window;
    (void)plain;
    (void)out;
    return missing(why, "zlib");
#endif
}

static bool pack_zlib(const struct pack_args *args, struct bytes plain, struct buf *out,
                      struct buf *why) {
    (void)args;
    return pack_deflate(WINDOW_ZLIB, plain, out, why);
}

static bool pack_raw(const struct pack_args *args, struct bytes plain, struct buf *out,
                     struct buf *why) {
    (void)args;
    return pack_deflate(WINDOW_DEFLATE, plain, out, why);
}

static bool pack_gzip(const struct pack_args *args, struct bytes plain, struct buf *out,
                      struct buf *why) {
    (void)args;
    return pack_deflate(WINDOW_GZIP, plain, out, why);
}

static bool pack_bzip2(const struct pack_args *args, struct bytes plain, struct buf *out,
                       struct buf *why) {
    (void)args;
#ifdef HAVE_BZIP2
    const struct bzip2_calls *bzip2 = bzip2_calls();
    if (!bzip2) {
        return missing(why, "bzip2");
    }
    unsigned len = (unsigned)(plain.len + plain.len / 100 + 600);
    if (plain.len > UINT32_MAX / 2) {
        return fail(why, "there is too much of it for bzip2");
    }
    int end = bzip2->BZ2_bzBuffToBuffCompress(
        buf_reserve(out, len), &len, (char *)(uintptr_t)plain.at, (unsigned)plain.len, 9, 0, 0);
    out->len += end == BZ_OK ? len : 0;
    return end == BZ_OK || fail(why, "bzip2 failed");
#else
    (void)plain;
    (void)out;
    return missing(why, "bzip2");
#endif
}

static bool pack_xz(const struct pack_args *args, struct bytes plain, struct buf *out,
                    struct buf *why) {
    (void)args;
#ifdef HAVE_LZMA
    const struct lzma_calls *lzma = lzma_calls();
    if (!lzma) {
        return missing(why, "lzma");
    }
    size_t most = lzma->lzma_stream_buffer_bound(plain.len), len = 0;
    uint8_t *room = (uint8_t *)buf_reserve(out, most);
    bool fine = lzma->lzma_easy_buffer_encode(LZMA_PRESET_DEFAULT, LZMA_CHECK_CRC64, NULL, plain.at,
                                              plain.len, room, &len, most) == LZMA_OK;
    out->len += fine ? len : 0;
    return fine || fail(why, "liblzma failed");
#else
    (void)plain;
    (void)out;
    return missing(why, "lzma");
#endif
}

static bool pack_lzma(const struct pack_args *args, struct bytes plain, struct buf *out,
                      struct buf *why) {
    (void)args;
#ifdef HAVE_LZMA
    const struct lzma_calls *lzma = lzma_calls();
    if (!lzma) {
        return missing(why, "lzma");
    }
    lzma_options_lzma options;
    lzma_stream stream = LZMA_STREAM_INIT;
    lzma->lzma_lzma_preset(&options, LZMA_PRESET_DEFAULT);
    bool fine = lzma->lzma_alone_encoder(&stream, &options) == LZMA_OK;
    stream.next_in = plain.at;
    stream.avail_in = plain.len;
    lzma_ret step = fine ? LZMA_OK : LZMA_PROG_ERROR;
    while (step == LZMA_OK) {
        stream.next_out = (uint8_t *)buf_reserve(out, 65536);
        stream.avail_out = 65536;
        step = lzma->lzma_code(&stream, LZMA_FINISH);
        out->len += 65536 - stream.avail_out;
    }
    lzma->lzma_end(&stream);
    return step == LZMA_STREAM_END || fail(why, "liblzma failed");
#else
    (void)plain;
    (void)out;
    return missing(why, "lzma");
#endif
}

static bool pack_zstd(const struct pack_args *args, struct bytes plain, struct buf *out,
                      struct buf *why) {
    (void)args;
#ifdef HAVE_ZSTD
    const struct zstd_calls *zstd = zstd_calls();
    if (!zstd) {
        return missing(why, "zstd");
    }
    size_t most = zstd->ZSTD_compressBound(plain.len);
    size_t len =
        zstd->ZSTD_compress(buf_reserve(out, most), most, plain.at, plain.len, ZSTD_CLEVEL_DEFAULT);
    out->len += zstd->ZSTD_isError(len) ? 0 : len;
    return !zstd->ZSTD_isError(len) || fail(why, "zstd failed");
#else
    (void)plain;
    (void)out;
    return missing(why, "zstd");
#endif
}

static bool pack_lz4(const struct pack_args *args, struct bytes plain, struct buf *out,
                     struct buf *why) {
    (void)args;
#ifdef HAVE_LZ4
    const struct lz4_calls *lz4 = lz4_calls();
    if (!lz4) {
        return missing(why, "lz4");
    }
    size_t most = lz4->LZ4F_compressFrameBound(plain.len, NULL);
    size_t len = lz4->LZ4F_compressFrame(buf_reserve(out, most), most, plain.at, plain.len, NULL);
    out->len += lz4->LZ4F_isError(len) ? 0 : len;
    return !lz4->LZ4F_isError(len) || fail(why, "lz4 failed");
#else
    (void)plain;
    (void)out;
    return missing(why, "lz4");
#endif
}

static bool pack_lz4_block(const struct pack_args *args, struct bytes plain, struct buf *out,
                           struct buf *why) {
    (void)args;
#ifdef HAVE_LZ4
    const struct lz4_calls *lz4 = lz4_calls();
    if (!lz4) {
        return missing(why, "lz4");
    }
    if (plain.len > LZ4_MAX_INPUT_SIZE) {
        return fail(why, "there is too much of it for one LZ4 block");
    }
    int most = lz4->LZ4_compressBound((int)plain.len);
    int len = lz4->LZ4_compress_default((const char *)plain.at, buf_reserve(out, (size_t)most),
                                        (int)plain.len, most);
    out->len += len > 0 ? (size_t)len : 0;
    return len > 0 || fail(why, "lz4 failed");
#else
    (void)plain;
    (void)out;
    return missing(why, "lz4");
#endif
}

/* those that undo themselves, or each other */

static bool take(struct transform *t, struct buf *out) {
    buf_put(out, t->out.at, t->out.len);
    buf_free(&t->out);
    return t->end == TRANSFORM_WHOLE;
}

static bool pack_xor(const struct pack_args *args, struct bytes plain, struct buf *out,
                     struct buf *why) {
    struct transform t = {.in = plain, .most = plain.len};
    transform_xor(&t, args->key);
    return take(&t, out) || fail(why, "there is no memory for it");
}

static bool pack_rotate(const struct pack_args *args, struct bytes plain, struct buf *out,
                        struct buf *why) {
    unsigned bits = args->group * 8;
    struct transform t = {.in = plain, .most = plain.len};
    transform_rotate(&t, (bits - args->left) % bits, args->group);
    return take(&t, out) || fail(why, "it is no whole number of groups");
}

/* digits */

static bool pack_base64(const struct pack_args *args, struct bytes plain, struct buf *out,
                        struct buf *why) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (void)args;
    (void)why;
    for (size_t i = 0; i < plain.len; i += 3) {
        size_t n = plain.len - i < 3 ? plain.len - i : 3;
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++) {
            bits = bits << 8 | (k < n ? plain.at[i + k] : 0);
        }
        for (size_t k = 0; k < 4; k++) {
            buf_putc(out, k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=');
        }
    }
    return true;
}

static bool pack_hex(const struct pack_args *args, struct bytes plain, struct buf *out,
                     struct buf *why) {
    (void)args;
    (void)why;
    for (size_t i = 0; i < plain.len; i++) {
        buf_printf(out, "%02x", plain.at[i]);
    }
    return true;
}

bool pack_bytes(const char *transform, const struct pack_args *args, struct bytes plain,
                struct buf *out, struct buf *why) {
    static const struct {
        const char *name;
        packer *pack;
    } table[] = {
        {"zlib", pack_zlib},     {"deflate", pack_raw}, {"gzip", pack_gzip},
        {"bzip2", pack_bzip2},   {"xz", pack_xz},       {"lzma", pack_lzma},
        {"zstd", pack_zstd},     {"lz4", pack_lz4},     {"lz4_block", pack_lz4_block},
        {"xor", pack_xor},       {"rotl", pack_rotate}, {"rotr", pack_rotate},
        {"base64", pack_base64}, {"hex", pack_hex},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].name, transform) == 0) {
            return table[i].pack(args, plain, out, why);
        }
    }
    buf_clear(why);
    buf_printf(why, "what %s makes can't be written back", transform);
    return false;
}
