/* packets_jsonl FILE: writes the header of each packet of a little-endian pcap file as a line of JSON, as one would do
 * it by hand. */
#include <stdint.h>
#include <stdio.h>

#include "out.h"
#include "packet.h"
#include "text.h"

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
    struct packet_walk walk = packet_walk(argv[1]);
    out.at = out.buffer;
    for (uint32_t header[4]; packet_next(&walk, header);) {
        out.at = put_packet(out_room(&out, LINE_MAX_LEN), header);
    }
    out_flush(&out);
    return 0;
}
