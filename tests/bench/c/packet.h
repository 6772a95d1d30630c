/* The packets of a little-endian pcap file, one behind the other. */
#ifndef BENCH_PACKET_H
#define BENCH_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

enum { PACKET_FILE_HEADER = 24, PACKET_HEADER = 16, PACKET_LINE = 64, PACKET_AHEAD = 2048 };

struct packet_walk {
    struct map map;
    size_t at;      /* of the next packet */
    size_t fetched; /* up to where memory was asked for */
};

static inline struct packet_walk packet_walk(const char *path) {
    return (struct packet_walk){map_file(path), PACKET_FILE_HEADER, 0};
}

/* Steps over the next packet, whose header becomes header; false: there is none. One that is cut off ends the program. */
static inline bool packet_next(struct packet_walk *walk, uint32_t header[4]) {
    /* Where a packet starts is known from the one before only, so the processor can't run ahead; asking for all the lines
     * that lie in front makes the walk as fast as the memory. */
    for (; walk->fetched < walk->at + PACKET_AHEAD; walk->fetched += PACKET_LINE) {
        __builtin_prefetch(walk->map.at + walk->fetched);
    }
    if (walk->at >= walk->map.len || walk->map.len - walk->at < PACKET_HEADER) {
        return false;
    }
    memcpy(header, walk->map.at + walk->at, PACKET_HEADER);
    walk->at += PACKET_HEADER;
    if (header[2] > walk->map.len - walk->at) {
        fputs("the last packet is cut off\n", stderr);
        exit(1);
    }
    walk->at += header[2];
    return true;
}

#endif
