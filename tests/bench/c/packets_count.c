/* packets_count FILE: how many packets a little-endian pcap file has. */
#include <stdint.h>
#include <stdio.h>

#include "packet.h"

int main(int argc, char **argv) {
    if (argc != 2) {
        return 2;
    }
    struct packet_walk walk = packet_walk(argv[1]);
    size_t count = 0;
    for (uint32_t header[4]; packet_next(&walk, header);) {
        count++;
    }
    printf("%zu\n", count);
    return 0;
}
