/* gen_chunks N [LEAST MOST]: writes a PNG file (ISO/IEC 15948) to standard output, the same one each time: one grey pixel, and
 * N chunks of a private type, which have 8 KiB of random bytes on average, or LEAST to MOST bytes. Needs zlib. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lengths.h"
#include "out.h"
#include "random.h"

enum { CHUNK_AROUND = 12, CHUNK_LEN_MAX = 40 * 1024 };

static void put_be32(char *at, uint32_t v) {
    for (int i = 0; i < 4; i++) {
        at[i] = (char)(v >> (24 - 8 * i));
    }
}

/* Puts what is around a chunk's len bytes of content, which are there already, behind its length and type. */
static char *put_around(char *at, const char *type, uint32_t len) {
    put_be32(at, len);
    memcpy(at + 4, type, 4);
    put_be32(at + 8 + len, (uint32_t)crc32(0, (const uint8_t *)at + 4, len + 4));
    return at + CHUNK_AROUND + len;
}

static void put_chunk(struct out *out, const char *type, const void *content, uint32_t len) {
    char *at = out_room(out, CHUNK_AROUND + len);
    memcpy(at + 8, content, len);
    out->at = put_around(at, type, len);
}

/* Three quarters of the chunks are below 1 KiB, as many PNG files have them, a quarter is large. */
static uint32_t make_length(const struct lengths *lengths, uint64_t *random) {
    if (lengths->most) {
        return lengths_within(lengths, random);
    }
    return random_next(random) & 3 ? random_below(random, 1024)
                                   : 20 * 1024 + random_below(random, 20 * 1024 + 1);
}

static char *make_chunk(char *at, const struct lengths *lengths, uint64_t *random) {
    uint32_t len = make_length(lengths, random);
    for (uint32_t done = 0; done < len; done += 8) {
        uint64_t bits = random_next(random);
        memcpy(at + 8 + done, &bits, 8);
    }
    return put_around(at, "raNd", len);
}

int main(int argc, char **argv) {
    static struct out out;
    /* 1 pixel each way, 8 bits, grey; the pixel: a row without a filter, in one stored block */
    static const uint8_t header[] = {0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0};
    static const uint8_t pixel[] = {0x78, 1, 1, 2, 0, 0xfd, 0xff, 0, 0x80, 0, 0x82, 0, 0x81};
    uint64_t random = 4;
    struct lengths lengths;
    uint64_t n = lengths_read(argc, argv, (struct lengths){0, CHUNK_LEN_MAX}, &lengths);
    memcpy(out.buffer, "\x89PNG\r\n\x1a\n", 8);
    out.at = out.buffer + 8;
    put_chunk(&out, "IHDR", header, sizeof header);
    for (uint64_t i = 0; i < n; i++) {
        out.at = make_chunk(out_room(&out, CHUNK_AROUND + CHUNK_LEN_MAX + 8), &lengths, &random);
    }
    put_chunk(&out, "IDAT", pixel, sizeof pixel);
    put_chunk(&out, "IEND", "", 0);
    out_flush(&out);
    return 0;
}
