/* How long what a generator makes is: as the file that it stands for has it, or anything within two bounds. */
#ifndef BENCH_LENGTHS_H
#define BENCH_LENGTHS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "random.h"

struct lengths {
    uint32_t least;
    uint32_t most; /* 0: as the file has it */
};

/* Reads N [LEAST MOST], the arguments of a generator, whose lengths are in [least, most]; returns N. What is wrong with
 * them ends the program. */
static inline uint64_t lengths_read(int argc, char **argv, struct lengths bounds,
                                    struct lengths *lengths) {
    *lengths = (struct lengths){0};
    if (argc == 4) {
        *lengths = (struct lengths){(uint32_t)strtoul(argv[2], NULL, 10),
                                    (uint32_t)strtoul(argv[3], NULL, 10)};
    }
    if ((argc != 2 && argc != 4) ||
        (argc == 4 && (lengths->least < bounds.least || lengths->most < lengths->least ||
                       lengths->most > bounds.most))) {
        fprintf(stderr, "usage: %s N [LEAST MOST]\n", argv[0]);
        exit(2);
    }
    return strtoull(argv[1], NULL, 10);
}

/* A length within bounds that were given. */
static inline uint32_t lengths_within(const struct lengths *lengths, uint64_t *random) {
    return lengths->least + random_below(random, lengths->most - lengths->least + 1);
}

#endif
