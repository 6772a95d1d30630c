/* chunks_verify FILE: tells, by number, the chunks of a PNG file whose CRC is wrong; status 1 if there are some. The CRC is
 * zlib's. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "map.h"

enum { FILE_HEADER = 8, CHUNK_AROUND = 12 };

static uint32_t get_be32(const uint8_t *at) {
    uint32_t v;
    memcpy(&v, at, sizeof v);
    return __builtin_bswap32(v);
}

int main(int argc, char **argv) {
    int status = 0;
    if (argc != 2) {
        return 2;
    }
    struct map map = map_file(argv[1]);
    size_t at = FILE_HEADER;
    for (size_t i = 0; at < map.len && map.len - at >= CHUNK_AROUND; i++) {
        uint32_t len = get_be32(map.at + at);
        if (len > map.len - at - CHUNK_AROUND) {
            fputs("the last chunk is cut off\n", stderr);
            return 1;
        }
        if (crc32(0, map.at + at + 4, len + 4) != get_be32(map.at + at + 8 + len)) {
            printf("%zu\n", i);
            status = 1;
        }
        at += CHUNK_AROUND + (size_t)len;
    }
    return status;
}
