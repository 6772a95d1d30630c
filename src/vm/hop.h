/* Hops: the way from one struct to the next where numbers at fixed places in it tell how long it is (program_stretch).
 *
 * What is not whole is left to who asks: nothing here raises a fault. */
#ifndef VM_HOP_H
#define VM_HOP_H

#include "base/number.h"
#include "vm/value.h"

/* How far ahead of the cursor a walk asks for bytes (measured: a walk by lengths is bound by the memory's latency). */
#define VM_LOOK_AHEAD 2048u
#define VM_CACHE_LINE 64u

/* Asks for the lines in front of a walk that is at the byte `at`, those behind `ahead`; returns how far that goes. */
static inline uint64_t vm_ask_ahead(const uint8_t *data, uint64_t ahead, uint64_t at) {
    if (ahead - at > VM_LOOK_AHEAD + VM_CACHE_LINE) { /* it is behind, or was another walk's */
        ahead = at;
    }
    for (; ahead < at + VM_LOOK_AHEAD; ahead += VM_CACHE_LINE) {
        __builtin_prefetch(data + ahead);
    }
    return ahead;
}

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

/* The stretches of a struct, or of one kind of it, in a byte order. */
struct vm_hop {
    uint32_t first; /* among the program's */
    uint8_t endian; /* enum type_order, of what is around */
    uint8_t n;      /* 0: nothing yet */
    struct vm_hop_stretch at[PROGRAM_STRETCHES_MAX];
};

/* n stretches of the program, from the first one on. */
void vm_hop_set(struct vm_hop *hop, const struct program *program, uint32_t first, uint32_t n,
                struct vm_ambient ambient);

/* The fewest bytes that the struct takes. */
static inline uint64_t vm_hop_least(const struct vm_hop *hop) {
    uint64_t least = 0;
    for (unsigned i = 0; i < hop->n; i++) {
        least += hop->at[i].size;
    }
    return least;
}

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

/* The same of all stretches of a struct: where each of them ends. */
static inline uint64_t vm_hop_ends(const struct vm_hop *hop, const uint8_t *data, uint64_t at,
                                   uint64_t limit, uint64_t ends[PROGRAM_STRETCHES_MAX]) {
    const uint64_t start = at;
    for (unsigned i = 0; i < hop->n && at != VM_UNKNOWN; i++) {
        uint64_t in = hop->at[i].in == i ? at : hop->at[i].in ? ends[hop->at[i].in - 1] : start;
        at = ends[i] = vm_hop_stretch_end(&hop->at[i], data, in, at, limit);
    }
    return at;
}

/* Where the struct ends. */
static inline uint64_t vm_hop_end(const struct vm_hop *hop, const uint8_t *data, uint64_t at,
                                  uint64_t limit) {
    uint64_t ends[PROGRAM_STRETCHES_MAX];
    return hop->n == 1 ? vm_hop_stretch_end(&hop->at[0], data, at, at, limit)
                       : vm_hop_ends(hop, data, at, limit, ends);
}

#endif
