/* Hops: the way from one struct to the next where numbers at fixed places in it tell how long it is (program_stretch).
 *
 * What is not whole is left to who asks: nothing here raises a fault. */
#ifndef VM_HOP_H
#define VM_HOP_H

#include "base/number.h"
#include "vm/value.h"

/* A stretch, ready to be measured; in bytes. */
struct vm_hop_stretch {
    uint64_t size, base;
    uint64_t off;
    uint64_t beyond; /* bits that the number can't have set */
    uint64_t per;
    int64_t more;
    uint32_t in;
    unsigned len; /* of the number; 0: there is no run */
    bool big;
};

/* The stretches of a struct in a byte order. */
struct vm_hop {
    uint32_t of;    /* struct */
    uint8_t endian; /* enum type_order, of what is around */
    uint8_t n;      /* 0: nothing yet */
    struct vm_hop_stretch at[PROGRAM_STRETCHES_MAX];
};

/* Of a struct that has stretches. */
void vm_hop_set(struct vm_hop *hop, const struct program *program, uint32_t of,
                struct vm_ambient ambient);

/* Where a stretch ends that begins at the byte `at`, the number of its run being in the one that begins at `in`; VM_UNKNOWN where not all
 * of it lies in front of limit, which `at` is not behind. */
static inline uint64_t vm_hop_stretch_end(const struct vm_hop_stretch *s, const uint8_t *data,
                                          uint64_t in, uint64_t at, uint64_t limit) {
    if (s->size > limit - at) {
        return VM_UNKNOWN;
    }
    if (s->len == 0) {
        return at + s->size;
    }
    uint64_t n = number_load(data + in + s->off, s->len, s->big);
    if (n & s->beyond) {
        return VM_UNKNOWN;
    }
    /* below 2^60; where it is negative, it is too large or the whole too small */
    uint64_t size = s->base + n * s->per + (uint64_t)s->more;
    return size < s->size || size > limit - at ? VM_UNKNOWN : at + size;
}

/* The same of a struct. */
static inline uint64_t vm_hop_end(const struct vm_hop *hop, const uint8_t *data, uint64_t at,
                                  uint64_t limit) {
    uint64_t starts[PROGRAM_STRETCHES_MAX];
    for (unsigned i = 0; i < hop->n && at != VM_UNKNOWN; i++) {
        starts[i] = at;
        at = vm_hop_stretch_end(&hop->at[i], data, starts[hop->at[i].in], at, limit);
    }
    return at;
}

#endif
