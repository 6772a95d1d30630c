/* packets_jsonl FILE: writes the header of each packet of a little-endian pcap file as a line of JSON, as one would do
 * it by hand. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "map.h"
#include "out.h"
#include "text.h"

enum { FILE_HEADER = 24, PACKET_HEADER = 16, LINE = 64, AHEAD = 2048 };

/* More than the longest line. */
#define LINE_MAX_LEN 128

static char *put_packet(char *out, const uint32_t header[4]) {
    out = text_u32(TEXT_LITERAL(out, "{\"ts_sec\":"), header[0]);
    out = text_u32(TEXT_LITERAL(out, ",\"ts_usec\":"), header[1]);
    out = text_u32(TEXT_LITERAL(out, ",\"captured\":"), header[2]);
    out = text_u32(TEXT_LITERAL(out, ",\"length\":"), header[3]);
    return TEXT_LITERAL(out, "}\n");
}

int main(int argc, char **argv) {
    static struct out out;
    if (argc != 2) {
        fputs("usage: packets_jsonl FILE\n", stderr);
        return 2;
    }
    struct map map = map_file(argv[1]);
    size_t fetched = 0;
    out.at = out.buffer;
    for (size_t i = FILE_HEADER; i < map.len && map.len - i >= PACKET_HEADER;) {
        /* Where a packet starts is known from the one before only, so the processor can't run ahead; asking for all the
         * lines that lie in front makes the walk as fast as the memory. */
        for (; fetched < i + AHEAD; fetched += LINE) {
            __builtin_prefetch(map.at + fetched);
        }
        uint32_t header[4];
        memcpy(header, map.at + i, sizeof header);
        i += PACKET_HEADER;
        if (header[2] > map.len - i) {
            fputs("the last packet is cut off\n", stderr);
            return 1;
        }
        out.at = put_packet(out_room(&out, LINE_MAX_LEN), header);
        i += header[2];
    }
    out_flush(&out);
    return 0;
}
