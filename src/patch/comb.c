#include "config.h"

#include "patch/comb.h"

#include <string.h>

/* Farther apart, or longer, they are no cheaper together. */
enum { STRIDE_MAX = 4096, TOOTH_MAX = 256 };

/* What a splice takes by itself, its bytes aside. */
enum { ALONE = 48 };

bool comb_suits(const struct patch_many *many) {
    uint64_t held = 0;
    if (many->stride == 0 || many->stride > STRIDE_MAX || many->len > TOOTH_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < many->n; i++) {
        held += many->held[i] == PATCH_HELD;
    }
    return held * (ALONE + many->len) >= (uint64_t)many->n * (1 + many->len);
}

static bool add_tooth(struct comb *comb, struct store *store, uint64_t rel, uint32_t len) {
    struct comb_tooth tooth = {.rel = rel, .len = len};
    tooth.held = store_alloc(store, COMB_ELEMENTS);
    tooth.bytes = store_alloc(store, (size_t)COMB_ELEMENTS * len);
    if (!tooth.held || !tooth.bytes) {
        return false;
    }
    memset(tooth.held, 0, COMB_ELEMENTS);
    uint32_t at = comb->teeth_n;
    for (; at > 0 && comb->teeth[at - 1].rel > rel; at--) {
        comb->teeth[at] = comb->teeth[at - 1];
    }
    comb->teeth[at] = tooth;
    comb->teeth_n++;
    return true;
}

bool comb_begin(struct comb *comb, struct store *store, const struct patch_many *many) {
    *comb = (struct comb){.base = many->base, .stride = many->stride};
    return add_tooth(comb, store, many->rel, many->len);
}

/* The tooth of just that field, or the number of teeth; *over: another one is in its way. */
static uint32_t find_tooth(const struct comb *comb, const struct patch_many *many, bool *over) {
    *over = false;
    for (uint32_t i = 0; i < comb->teeth_n; i++) {
        const struct comb_tooth *t = &comb->teeth[i];
        if (t->rel == many->rel && t->len == many->len) {
            return i;
        }
        *over = *over || (t->rel < many->rel + many->len && many->rel < t->rel + t->len);
    }
    return comb->teeth_n;
}

uint32_t comb_takes(const struct comb *comb, const struct patch_many *many) {
    bool over;
    if (many->stride != comb->stride || many->base < comb->base ||
        (many->base - comb->base) % comb->stride != 0) {
        return 0;
    }
    uint64_t first = (many->base - comb->base) / comb->stride;
    uint32_t tooth = find_tooth(comb, many, &over);
    if (first >= COMB_ELEMENTS || over || (tooth == comb->teeth_n && tooth == COMB_TEETH)) {
        return 0;
    }
    uint32_t room = COMB_ELEMENTS - (uint32_t)first;
    return room < many->n ? room : many->n;
}

bool comb_put(struct comb *comb, struct store *store, const struct patch_many *many, uint32_t n,
              uint64_t *more) {
    bool over;
    uint32_t at = find_tooth(comb, many, &over);
    if (at == comb->teeth_n) {
        if (!add_tooth(comb, store, many->rel, many->len)) {
            return false;
        }
        at = find_tooth(comb, many, &over);
    }
    struct comb_tooth *tooth = &comb->teeth[at];
    uint32_t first = (uint32_t)((many->base - comb->base) / comb->stride);
    *more = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t *held = &tooth->held[first + i];
        bool takes = many->held[i] == PATCH_HELD || (many->held[i] == PATCH_HELD_AGAIN && *held);
        *more += takes && !*held;
        if (takes) {
            *held = 1;
            memcpy(tooth->bytes + (size_t)(first + i) * tooth->len,
                   many->bytes + (size_t)i * many->len, tooth->len);
        }
    }
    comb->n = first + n > comb->n ? first + n : comb->n;
    return true;
}

static void splice_of(const struct comb *comb, uint32_t slot, struct patch_splice *splice) {
    const struct comb_tooth *tooth = &comb->teeth[slot % comb->teeth_n];
    uint64_t element = slot / comb->teeth_n;
    *splice = (struct patch_splice){.off = comb->base + element * comb->stride + tooth->rel,
                                    .len = tooth->len,
                                    .new_len = tooth->len,
                                    .bytes = tooth->bytes + element * tooth->len};
}

static bool is_held(const struct comb *comb, uint32_t slot) {
    return comb->teeth[slot % comb->teeth_n].held[slot / comb->teeth_n] != 0;
}

bool comb_next(const struct comb *comb, uint32_t *slot, struct patch_splice *splice) {
    uint32_t end = comb->n * comb->teeth_n;
    while (*slot < end && !is_held(comb, *slot)) {
        ++*slot;
    }
    if (*slot >= end) {
        return false;
    }
    splice_of(comb, (*slot)++, splice);
    return true;
}

bool comb_last(const struct comb *comb, struct patch_splice *splice) {
    uint32_t slot = comb->n * comb->teeth_n;
    while (slot > 0 && !is_held(comb, slot - 1)) {
        slot--;
    }
    if (slot > 0) {
        splice_of(comb, slot - 1, splice);
    }
    return slot > 0;
}

uint32_t comb_slot(const struct comb *comb, uint64_t off) {
    if (off <= comb->base) {
        return 0;
    }
    uint64_t element = (off - comb->base) / comb->stride;
    uint32_t end = comb->n * comb->teeth_n;
    uint32_t slot = element < comb->n ? (uint32_t)element * comb->teeth_n : end;
    struct patch_splice splice;
    while (slot < end) {
        splice_of(comb, slot, &splice);
        if (splice.off + splice.len > off) {
            break;
        }
        slot++;
    }
    return slot;
}

struct comb_extent comb_extent(const struct comb *comb) {
    struct patch_splice first = {0}, last = {0};
    uint32_t slot = 0;
    comb_next(comb, &slot, &first);
    comb_last(comb, &last);
    return (struct comb_extent){first.off, last.off + last.len};
}

__attribute__((always_inline)) static inline void lay(const uint8_t *held, const uint8_t *bytes,
                                                      uint64_t n, uint8_t *at, uint64_t stride,
                                                      size_t len) {
    for (uint64_t i = 0; i < n; i++) {
        if (held[i]) {
            memcpy(at + i * stride, bytes + i * len, len);
        }
    }
}

/* The same without a jump: who holds is hard to foresee. */
__attribute__((always_inline)) static inline void lay_narrow(const uint8_t *held,
                                                             const uint8_t *bytes, uint64_t n,
                                                             uint8_t *at, uint64_t stride,
                                                             size_t len) {
    for (uint64_t i = 0; i < n; i++) {
        uint64_t old = 0, new = 0;
        memcpy(&old, at + i * stride, len);
        memcpy(&new, bytes + i * len, len);
        old ^= (old ^ new) & -(uint64_t)held[i];
        memcpy(at + i * stride, &old, len);
    }
}

static void lay_tooth(const struct comb_tooth *tooth, uint32_t first, uint64_t n, uint8_t *at,
                      uint64_t stride) {
    const uint8_t *held = tooth->held + first;
    const uint8_t *bytes = tooth->bytes + (size_t)first * tooth->len;
    switch (tooth->len) { /* the usual lengths as constants: one loop for each */
    case 1:
        lay_narrow(held, bytes, n, at, stride, 1);
        break;
    case 2:
        lay_narrow(held, bytes, n, at, stride, 2);
        break;
    case 4:
        lay_narrow(held, bytes, n, at, stride, 4);
        break;
    case 8:
        lay_narrow(held, bytes, n, at, stride, 8);
        break;
    default:
        lay(held, bytes, n, at, stride, tooth->len);
        break;
    }
}

void comb_lay_over(const struct comb *comb, uint32_t first, uint32_t n, uint64_t from, uint64_t to,
                   uint8_t *at) {
    for (uint32_t i = 0; i < comb->teeth_n; i++) {
        const struct comb_tooth *tooth = &comb->teeth[i];
        uint32_t low = first, high = first + n;
        uint64_t start = comb->base + tooth->rel;
        low += low < high && start + low * comb->stride < from;
        high -= low < high && start + (high - 1) * comb->stride + tooth->len > to;
        lay_tooth(tooth, low, high - low, at + (start + low * comb->stride - from), comb->stride);
    }
}

__attribute__((always_inline)) static inline uint64_t gather(const uint8_t *held,
                                                             const uint8_t *old, uint64_t stride,
                                                             uint64_t n, uint8_t *out, size_t len) {
    uint64_t made = 0;
    for (uint64_t i = 0; i < n; i++) {
        memcpy(out + made, old + i * stride, len);
        made += held[i] * len;
    }
    return made;
}

uint64_t comb_gather(const struct comb *comb, uint32_t tooth, uint32_t first, uint32_t n,
                     const uint8_t *old, uint8_t *out) {
    const struct comb_tooth *t = &comb->teeth[tooth];
    const uint8_t *at = old + comb->base + first * comb->stride + t->rel;
    const uint8_t *held = t->held + first;
    switch (t->len) {
    case 1:
        return gather(held, at, comb->stride, n, out, 1);
    case 2:
        return gather(held, at, comb->stride, n, out, 2);
    case 4:
        return gather(held, at, comb->stride, n, out, 4);
    case 8:
        return gather(held, at, comb->stride, n, out, 8);
    default:
        return gather(held, at, comb->stride, n, out, t->len);
    }
}
