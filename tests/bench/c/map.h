/* A whole file in memory. */
#ifndef BENCH_MAP_H
#define BENCH_MAP_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct map {
    const uint8_t *at;
    size_t len;
};

/* Maps a file that is not empty; what fails ends the program. The map is never given back. */
static inline struct map map_file(const char *path) {
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0) {
        perror(path);
        exit(1);
    }
    size_t len = (size_t)status.st_size;
    void *at = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED) {
        perror(path);
        exit(1);
    }
    madvise(at, len, MADV_SEQUENTIAL);
    return (struct map){at, len};
}

#endif
