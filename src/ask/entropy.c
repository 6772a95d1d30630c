#include "config.h"

#include "ask/entropy.h"

#include "base/real.h"

void entropy_add(struct entropy *entropy, struct bytes bytes) {
    for (size_t i = 0; i < bytes.len; i++) {
        entropy->count[bytes.at[i]]++;
    }
    entropy->total += bytes.len;
}

void entropy_merge(struct entropy *entropy, const struct entropy *other) {
    for (unsigned i = 0; i < 256; i++) {
        entropy->count[i] += other->count[i];
    }
    entropy->total += other->total;
}

double entropy_bits(const struct entropy *entropy) {
    double bits = 0;
    for (unsigned i = 0; i < 256; i++) {
        if (entropy->count[i] > 0 && entropy->count[i] < entropy->total) {
            double share = (double)entropy->count[i] / (double)entropy->total;
            bits -= share * real_log2(share);
        }
    }
    return bits;
}
