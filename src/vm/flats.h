/* Flat structs on the way: structs that are one block each, of a kind that a number in them may tell, one behind the other.
 *
 * The machine sets a way up and a sink goes it: it finds a struct, writes it, and goes on, so that memory brings the next
 * ones while it writes. It may stop anywhere: what it has not taken the machine decodes as it decodes others, one, and asks
 * again. */
#ifndef VM_FLATS_H
#define VM_FLATS_H

#include "base/number.h"
#include "vm/event.h"
#include "vm/hop.h"

struct vm_flat_text; /* private to flat.c */
struct vm_flat_sum;  /* private to flat_sum.c */

/* One kind, in a byte order. */
struct vm_flat_kind {
    int128 low, high;                  /* of the number that tells it */
    const struct program_block *block; /* NULL: it is no such struct */
    uint32_t id;                       /* the block's, among the program's */
    struct vm_hop hop;
    bool runs;
    struct vm_flat_text *texts;
    uint32_t text_n;
    struct vm_flat_sum *sums;
    uint32_t sum_n;
};

/* Of the numbers from 0 on, so many have their kind in a table. */
#define VM_FLAT_TABLE 256u

/* All kinds. */
struct vm_flat {
    uint8_t endian; /* enum type_order, of what is around */
    uint64_t off;   /* the number that tells the kind: bytes from the start */
    unsigned len;   /* 0: there is none */
    bool big, is_signed;
    bool runs; /* some kind has them, or there are several */
    bool sums; /* some kind has them */
    uint32_t n;
    struct vm_flat_kind *kinds;
    const struct vm_flat_kind *of[VM_FLAT_TABLE];
};

struct vm_flats {
    struct vm *vm;
    const struct program *program;
    const struct vm_flat *flat;
    struct vm_ambient ambient;
    bool records; /* each is a record of a stream: no `record` is told */
    const uint8_t *data;
    uint64_t at;    /* where the next one begins: in bytes, as all of these */
    uint64_t most;  /* none that begins here or behind it is wanted now */
    uint64_t limit; /* what lies here is not theirs; bytes up to here may be read */
    uint64_t left;  /* how many there may be */
    uint64_t ahead; /* up to where memory was asked for */
};

/* Gets the sums of a kind ready, for vm_flats_hold. */
void vm_flat_set_sums(struct vm *vm, struct vm_flat_kind *kind, const struct program_block *block,
                      struct vm_ambient ambient);

const struct vm_flat_kind *vm_flat_kind_of(const struct vm_flat *flat, int128 number);

/* The kind of the struct that begins at the byte `at`, or NULL. */
static inline const struct vm_flat_kind *
vm_flat_kind_at(const struct vm_flat *flat, const uint8_t *data, uint64_t at, uint64_t limit) {
    if (flat->len == 0) {
        return flat->kinds;
    }
    if (limit - at < flat->len || flat->off > limit - at - flat->len) {
        return NULL;
    }
    uint64_t number = number_load(data + at + flat->off, flat->len, flat->big);
    if (number < VM_FLAT_TABLE && !flat->is_signed) {
        return flat->of[number];
    }
    return vm_flat_kind_of(flat,
                           flat->is_signed ? number_sign(number, 8 * flat->len) : (int128)number);
}

/* Whether what is summed up in the struct at hand, which is whole, is as it should be. */
bool vm_flats_hold(const struct vm_flats *way, const struct vm_flat_kind *kind);

/* The next struct on the way, and where it ends; NULL where there is none that is wanted, whole and right. */
static inline const struct vm_flat_kind *vm_flats_find(const struct vm_flats *way, uint64_t *end) {
    if (way->left == 0 || way->at >= way->most) {
        return NULL;
    }
    const struct vm_flat_kind *kind = vm_flat_kind_at(way->flat, way->data, way->at, way->limit);
    if (!kind || !kind->block) {
        return NULL;
    }
    *end = vm_hop_end(&kind->hop, way->data, way->at, way->limit);
    return *end != VM_UNKNOWN && (kind->sum_n == 0 || vm_flats_hold(way, kind)) ? kind : NULL;
}

/* Goes behind it. */
static inline void vm_flats_take(struct vm_flats *way, uint64_t end) {
    way->at = end;
    way->left--;
    way->ahead = vm_ask_ahead(way->data, way->ahead, end);
}

#endif
