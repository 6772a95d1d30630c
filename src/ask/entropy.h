/* Entropy: how much of what each byte could say it says, by how often each value comes (Shannon, 1948). */
#ifndef ASK_ENTROPY_H
#define ASK_ENTROPY_H

#include <stdint.h>

#include "base/bytes.h"

struct entropy {
    uint64_t count[256]; /* of each value */
    uint64_t total;
};

/* Counts more bytes; a zeroed struct has counted none. */
void entropy_add(struct entropy *entropy, struct bytes bytes);
void entropy_merge(struct entropy *entropy, const struct entropy *other);

/* Bits a byte, from 0 (all alike, or none) to 8 (all values alike often). */
double entropy_bits(const struct entropy *entropy);

#endif
