/* records_count FILE: how many of the records of record.h have a port of at least 1024 and a level below 50. */
#include <stdio.h>

#include "map.h"
#include "record.h"

int main(int argc, char **argv) {
    if (argc != 2) {
        return 2;
    }
    struct map map = map_file(argv[1]);
    const uint8_t *end = map.at + map.len / RECORD_SIZE * RECORD_SIZE;
    size_t count = 0;
    for (const uint8_t *record = map.at; record < end; record += RECORD_SIZE) {
        uint16_t port;
        memcpy(&port, record + RECORD_PORT, sizeof port);
        count += port >= 1024 && record[RECORD_LEVEL] < 50;
    }
    printf("%zu\n", count);
    return 0;
}
