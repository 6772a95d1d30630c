/* records_sum FILE: of the records of record.h, the sum and the greatest of their ports, as CSV. */
#include <stdio.h>

#include "map.h"
#include "record.h"

int main(int argc, char **argv) {
    if (argc != 2) {
        return 2;
    }
    struct map map = map_file(argv[1]);
    const uint8_t *end = map.at + map.len / RECORD_SIZE * RECORD_SIZE;
    uint64_t sum = 0;
    uint16_t greatest = 0;
    for (const uint8_t *record = map.at; record < end; record += RECORD_SIZE) {
        uint16_t port;
        memcpy(&port, record + RECORD_PORT, sizeof port);
        sum += port;
        greatest = port > greatest ? port : greatest;
    }
    printf("sum(port),max(port)\n%llu,%u\n", (unsigned long long)sum, greatest);
    return 0;
}
