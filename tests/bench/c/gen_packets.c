/* gen_packets N [LEAST MOST]: writes a pcap file of N packets to standard output, the same one each time: UDP over IPv4 over
 * Ethernet, 486 bytes a packet on average with its header, or LEAST to MOST without. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lengths.h"
#include "out.h"
#include "random.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the numbers are copied as they are");

enum { PACKET_HEADER = 16, PACKET_FRAMES = 14 + 20 + 8, PACKET_MAX = 1500 };

static void put_be16(uint8_t *at, uint32_t v) {
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

/* Half of the packets are small, a quarter is of middle size, a quarter nearly full: 470 bytes on average. */
static uint32_t make_length(const struct lengths *lengths, uint64_t *random) {
    if (lengths->most) {
        return lengths_within(lengths, random);
    }
    switch (random_next(random) & 3) {
    case 0:
        return 200 + random_below(random, 501);
    case 1:
        return 1000 + random_below(random, PACKET_MAX - 1000 + 1);
    default:
        return 60 + random_below(random, 61);
    }
}

/* The headers of a packet whose Ethernet frame has length bytes; checksums are left out (0). */
static void make_frames(uint8_t *frame, uint32_t length, uint64_t *random) {
    static const uint8_t fixed[PACKET_FRAMES] = {
        0x02, 0, 0, 0, 0,  1, 0x02, 0, 0,  0,  0, 2, 0x08, 0x00, /* Ethernet: to, from, IPv4 */
        0x45, 0, 0, 0, 0,  0, 0x40, 0, 64, 17, 0, 0,             /* IPv4: 20 bytes, UDP */
        10,   0, 0, 1, 10, 0, 0,    2,                           /* from, to */
    };
    memcpy(frame, fixed, sizeof fixed);
    put_be16(frame + 16, length - 14);
    uint64_t bits = random_next(random);
    frame[29] = bits & 15;
    frame[33] = bits >> 4 & 15;
    put_be16(frame + 34, 1024 + (uint32_t)(bits >> 32) % 60000);
    put_be16(frame + 36, 40000 + (uint32_t)(bits >> 48) % 20000);
    put_be16(frame + 38, length - 34);
}

/* Writes a packet to at, which has room for its header and PACKET_MAX + 7 bytes; returns its end. One in 16 is longer
 * than what was captured of it. */
static char *make_packet(char *at, uint64_t i, const struct lengths *lengths, uint64_t *random) {
    uint32_t captured = make_length(lengths, random);
    uint32_t length = captured + (random_below(random, 16) ? 0 : random_below(random, 5000));
    uint32_t header[4] = {(uint32_t)(1700000000 + i / 8192), (uint32_t)(i % 8192 * 122), captured,
                          length};
    memcpy(at, header, PACKET_HEADER);
    at += PACKET_HEADER;
    for (uint32_t done = 0; done < captured; done += 8) {
        uint64_t bits = random_next(random);
        memcpy(at + done, &bits, 8);
    }
    make_frames((uint8_t *)at, length, random);
    return at + captured;
}

int main(int argc, char **argv) {
    static struct out out;
    /* microseconds, version 2.4, UTC, whole packets, Ethernet */
    static const uint32_t header[6] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1};
    uint64_t random = 2;
    struct lengths lengths;
    uint64_t n = lengths_read(argc, argv, (struct lengths){PACKET_FRAMES, PACKET_MAX}, &lengths);
    out.at = out.buffer;
    memcpy(out.at, header, sizeof header);
    out.at += sizeof header;
    for (uint64_t i = 0; i < n; i++) {
        out.at = make_packet(out_room(&out, PACKET_HEADER + PACKET_MAX + 7), i, &lengths, &random);
    }
    out_flush(&out);
    return 0;
}
