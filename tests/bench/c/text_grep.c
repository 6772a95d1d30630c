/* text_grep FILE TEXT: the lines of a file that have a text in them, each behind its number, as grep -n writes them. */
#include <stdio.h>
#include <string.h>

#include "map.h"
#include "out.h"
#include "text.h"

/* How many line ends there are: eight bytes at a time. */
static uint64_t count_lines(const uint8_t *at, const uint8_t *end) {
    const uint64_t low = 0x7f7f7f7f7f7f7f7f;
    uint64_t count = 0;
    for (uint64_t w; end - at >= 8; at += 8) {
        memcpy(&w, at, 8);
        w ^= 0x0101010101010101 * '\n';
        /* the high bit of each byte that is 0, then their sum */
        w = ~(((w & low) + low) | w) & ~low;
        count += (w >> 7) * 0x0101010101010101 >> 56;
    }
    for (; at < end; at++) {
        count += *at == '\n';
    }
    return count;
}

static void put_line(struct out *out, uint64_t number, const uint8_t *line, size_t len) {
    char *at = out_room(out, len + 24);
    at = text_u64(at, number);
    *at++ = ':';
    memcpy(at, line, len);
    at += len;
    *at++ = '\n';
    out->at = at;
}

int main(int argc, char **argv) {
    static struct out out;
    if (argc != 3) {
        return 2;
    }
    struct map map = map_file(argv[1]);
    const uint8_t *end = map.at + map.len;
    const uint8_t *at = map.at; /* a line's start */
    uint64_t number = 1;        /* that line's */
    size_t len = strlen(argv[2]);
    out.at = out.buffer;
    for (const uint8_t *hit; (hit = memmem(at, (size_t)(end - at), argv[2], len));) {
        const uint8_t *before = memrchr(at, '\n', (size_t)(hit - at));
        const uint8_t *line = before ? before + 1 : at;
        const uint8_t *line_end = memchr(hit, '\n', (size_t)(end - hit));
        line_end = line_end ? line_end : end;
        number += count_lines(at, line);
        if ((size_t)(line_end - line) > OUT_SIZE / 2) {
            fputs("a line is too long\n", stderr);
            return 1;
        }
        put_line(&out, number, line, (size_t)(line_end - line));
        at = line_end < end ? line_end + 1 : end;
        number++;
    }
    out_flush(&out);
    return 0;
}
