#include "config.h"

#include "base/mem.h"
#include "vm/builtin.h"
#include "vm/flats.h"

/* Sums in flat structs: numbers that are checksums of a part of the struct. Where one is not what it should be, the struct is decoded as
 * others are, which tells it. */

struct vm_flat_sum {
    struct program_spot number;
    const struct program_range *ranges;
    uint32_t range_n;
    uint32_t builtin;
    unsigned len; /* of the number, in bytes */
    bool big, is_signed;
};

void vm_flat_set_sums(struct vm *vm, struct vm_flat_kind *kind, const struct program_block *block,
                      struct vm_ambient ambient) {
    kind->sum_n = block->sum_count;
    kind->sums = block->sum_count ? mem_zalloc(block->sum_count, sizeof *kind->sums) : NULL;
    for (uint32_t i = 0; i < block->sum_count; i++) {
        const struct program_sum *from = &vm->program->sums.at[block->sum_first + i];
        const struct program_type *type = &vm->program->types.at[from->type];
        kind->sums[i] = (struct vm_flat_sum){.number = from->number,
                                             .ranges = vm->program->ranges.at + from->range_first,
                                             .range_n = from->range_count,
                                             .builtin = from->builtin,
                                             .len = type->bits / 8u,
                                             .big = vm_big_endian(type, ambient),
                                             .is_signed = type->is_signed};
    }
}

static uint64_t place_of(const struct program_spot *spot, uint64_t start, const uint64_t *ends) {
    return (spot->in ? ends[spot->in - 1] : start) + spot->off;
}

static bool holds(const struct vm_flats *way, const struct vm_flat_sum *sum, const uint64_t *ends) {
    struct bytes summed[SUM_RANGES_MAX];
    for (uint32_t i = 0; i < sum->range_n; i++) {
        uint64_t from = place_of(&sum->ranges[i].from, way->at, ends);
        uint64_t to = place_of(&sum->ranges[i].to, way->at, ends);
        if (from > to) {
            return false;
        }
        summed[i] = bytes_of(way->data + from, to - from);
    }
    const uint8_t *number = way->data + place_of(&sum->number, way->at, ends);
    uint64_t raw = number_load(number, sum->len, sum->big);
    int128 stored = sum->is_signed ? number_sign(raw, 8 * sum->len) : (int128)raw, wanted;
    return builtin_sum_of(way->vm, sum->builtin, summed, sum->range_n, &wanted) && stored == wanted;
}

bool vm_flats_hold(const struct vm_flats *way, const struct vm_flat_kind *kind) {
    uint64_t ends[PROGRAM_STRETCHES_MAX];
    vm_hop_ends(&kind->hop, way->data, way->at, way->limit, ends);
    for (uint32_t i = 0; i < kind->sum_n; i++) {
        if (!holds(way, &kind->sums[i], ends)) {
            return false;
        }
    }
    return true;
}
