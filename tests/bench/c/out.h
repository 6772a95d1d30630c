/* Standard output through one buffer. What can't be written ends the program. */
#ifndef BENCH_OUT_H
#define BENCH_OUT_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OUT_SIZE (256 * 1024)

struct out {
    char *at; /* where the next byte goes, in buffer */
    char buffer[OUT_SIZE];
};

static inline void out_flush(struct out *out) {
    for (const char *from = out->buffer; from < out->at;) {
        ssize_t n = write(STDOUT_FILENO, from, (size_t)(out->at - from));
        if (n < 0) {
            perror("write");
            exit(1);
        }
        from += n;
    }
    out->at = out->buffer;
}

/* Makes room for n <= OUT_SIZE bytes and returns where they go; the caller moves out->at behind what it wrote. */
static inline char *out_room(struct out *out, size_t n) {
    if ((size_t)(out->buffer + OUT_SIZE - out->at) < n) {
        out_flush(out);
    }
    return out->at;
}

#endif
