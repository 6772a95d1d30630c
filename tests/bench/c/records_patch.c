/* records_patch FILE: in the records of record.h that have a port of at least 1024 and a level below 50, delta becomes
 * -1 - delta, in the file itself: blocks of 1 MiB are read, and written back if something in them changed. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "record.h"

#define BLOCK ((size_t)1 << 20)

static bool change(uint8_t *at, const uint8_t *end) {
    bool changed = false;
    for (uint8_t *record = at; record < end; record += RECORD_SIZE) {
        uint16_t port;
        int32_t delta;
        memcpy(&port, record + RECORD_PORT, sizeof port);
        if (port >= 1024 && record[RECORD_LEVEL] < 50) {
            memcpy(&delta, record + RECORD_DELTA, sizeof delta);
            RECORD_PUT(record, RECORD_DELTA, int32_t, -1 - delta);
            changed = true;
        }
    }
    return changed;
}

int main(int argc, char **argv) {
    int fd = argc == 2 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;
    uint8_t *block = malloc(BLOCK);
    if (fd < 0 || !block) {
        return 2;
    }
    off_t at = 0;
    for (ssize_t n; (n = pread(fd, block, BLOCK, at)) > 0; at += n) {
        if (change(block, block + (size_t)n / RECORD_SIZE * RECORD_SIZE) &&
            pwrite(fd, block, (size_t)n, at) != n) {
            perror(argv[1]);
            return 1;
        }
    }
    free(block);
    return close(fd);
}
