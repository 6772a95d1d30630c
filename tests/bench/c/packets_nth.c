/* packets_nth N FILE: how much was captured of packet N of a little-endian pcap file, the first one being packet 0. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "packet.h"

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    struct packet_walk walk = packet_walk(argv[2]);
    size_t left = strtoull(argv[1], NULL, 10);
    for (uint32_t header[4]; packet_next(&walk, header); left--) {
        if (left == 0) {
            printf("%u\n", header[2]);
            return 0;
        }
    }
    return 1;
}
