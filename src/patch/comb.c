#include "config.h"

#include "patch/comb.h"

#include <string.h>

/* Farther apart, or longer, they are no cheaper together. */
enum { STRIDE_MAX = 4096, TOOTH_MAX = 256 };

#define EIGHT_ONES UINT64_C(0x0101010101010101)

/* What a splice takes by itself, its bytes aside. */
enum { ALONE = 48 };

/* Those that are PATCH_HELD as 1, the others as 0; how many they are. Eight at a time: their flags differ in other bits. */
static uint64_t find_held(const struct patch_many *many, uint32_t n, uint8_t *held) {
    uint64_t found = 0;
    uint32_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t eight;
        memcpy(&eight, many->held + i, sizeof eight);
        eight &= EIGHT_ONES * PATCH_HELD;
        memcpy(held + i, &eight, sizeof eight);
        found += eight * EIGHT_ONES >> 56;
    }
    for (; i < n; i++) {
        held[i] = many->held[i] & PATCH_HELD;
        found += held[i];
    }
    return found;
}

bool comb_suits(const struct patch_many *many) {
    uint8_t each[COMB_ELEMENTS];
    uint32_t n = many->n < COMB_ELEMENTS ? many->n : COMB_ELEMENTS;
    if (many->stride == 0 || many->stride > STRIDE_MAX || many->len > TOOTH_MAX) {
        return false;
    }
    uint64_t held = find_held(many, n, each);
    return held * (ALONE + many->len) >= (uint64_t)n * (1 + 2 * many->len);
}

static bool add_tooth(struct comb *comb, struct store *store, uint64_t rel, uint32_t len) {
    struct comb_tooth tooth = {.rel = rel, .len = len};
    tooth.held = store_alloc(store, COMB_ELEMENTS);
    tooth.bytes = store_alloc(store, (size_t)COMB_ELEMENTS * len);
    tooth.old = store_alloc(store, (size_t)COMB_ELEMENTS * len);
    if (!tooth.held || !tooth.bytes || !tooth.old) {
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

/* Where nothing is held yet. */
static uint64_t put_first(struct comb_tooth *tooth, const struct patch_many *many, uint32_t first,
                          uint32_t n) {
    memcpy(tooth->bytes + (size_t)first * tooth->len, many->bytes, (size_t)n * tooth->len);
    memcpy(tooth->old + (size_t)first * tooth->len, many->old, (size_t)n * tooth->len);
    return find_held(many, n, tooth->held + first);
}

static uint64_t put_again(struct comb_tooth *tooth, const struct patch_many *many, uint32_t first,
                          uint32_t n) {
    uint64_t more = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t *held = &tooth->held[first + i];
        bool takes = many->held[i] == PATCH_HELD || (many->held[i] == PATCH_HELD_AGAIN && *held);
        more += takes && !*held;
        if (takes) {
            size_t to = (size_t)(first + i) * tooth->len, from = (size_t)i * many->len;
            *held = 1;
            memcpy(tooth->bytes + to, many->bytes + from, tooth->len);
            memcpy(tooth->old + to, many->old + from, tooth->len);
        }
    }
    return more;
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
    uint32_t first = (uint32_t)((many->base - comb->base) / comb->stride), end = first + n;
    *more = (first >= tooth->n ? put_first : put_again)(tooth, many, first, n);
    tooth->n = end > tooth->n ? end : tooth->n;
    comb->n = end > comb->n ? end : comb->n;
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

/* Some elements of a tooth, and where they lie now. */
struct stretch {
    const uint8_t *held, *bytes, *old;
    uint64_t n, stride;
    uint8_t *at;
};

static bool lay(struct stretch s, size_t len) {
    bool same = true;
    for (uint64_t i = 0; i < s.n; i++) {
        if (s.held[i]) {
            same = same && memcmp(s.at + i * s.stride, s.old + i * len, len) == 0;
            memcpy(s.at + i * s.stride, s.bytes + i * len, len);
        }
    }
    return same;
}

/* The same without a jump: who holds is hard to foresee. */
__attribute__((always_inline)) static inline bool lay_narrow(struct stretch s, size_t len) {
    uint64_t differ = 0;
    for (uint64_t i = 0; i < s.n; i++) {
        uint64_t now = 0, old = 0, put = 0, mask = -(uint64_t)s.held[i];
        memcpy(&now, s.at + i * s.stride, len);
        memcpy(&old, s.old + i * len, len);
        memcpy(&put, s.bytes + i * len, len);
        differ |= (now ^ old) & mask;
        now ^= (now ^ put) & mask;
        memcpy(s.at + i * s.stride, &now, len);
    }
    return differ == 0;
}

static bool lay_tooth(const struct comb_tooth *tooth, uint32_t first, uint64_t n, uint8_t *at,
                      uint64_t stride) {
    size_t before = (size_t)first * tooth->len;
    struct stretch s = {
        tooth->held + first, tooth->bytes + before, tooth->old + before, n, stride, at};
    switch (tooth->len) { /* the usual lengths as constants: one loop for each */
    case 1:
        return lay_narrow(s, 1);
    case 2:
        return lay_narrow(s, 2);
    case 4:
        return lay_narrow(s, 4);
    case 8:
        return lay_narrow(s, 8);
    default:
        return lay(s, tooth->len);
    }
}

bool comb_lay_over(const struct comb *comb, uint32_t first, uint32_t n, uint64_t from, uint64_t to,
                   uint8_t *at) {
    bool same = true;
    for (uint32_t i = 0; i < comb->teeth_n; i++) {
        const struct comb_tooth *tooth = &comb->teeth[i];
        uint32_t low = first, high = first + n;
        uint64_t start = comb->base + tooth->rel;
        low += low < high && start + low * comb->stride < from;
        high -= low < high && start + (high - 1) * comb->stride + tooth->len > to;
        same &= lay_tooth(tooth, low, high - low, at + (start + low * comb->stride - from),
                          comb->stride);
    }
    return same;
}

__attribute__((always_inline)) static inline uint64_t gather(const struct comb_tooth *tooth,
                                                             uint32_t n, uint8_t *out, size_t len) {
    uint64_t made = 0;
    for (uint64_t i = 0; i < n; i++) { /* without a jump, too */
        memcpy(out + made, tooth->old + i * len, len);
        made += tooth->held[i] * len;
    }
    return made;
}

uint64_t comb_gather(const struct comb *comb, uint32_t tooth, uint8_t *out) {
    const struct comb_tooth *t = &comb->teeth[tooth];
    switch (t->len) {
    case 1:
        return gather(t, comb->n, out, 1);
    case 2:
        return gather(t, comb->n, out, 2);
    case 4:
        return gather(t, comb->n, out, 4);
    case 8:
        return gather(t, comb->n, out, 8);
    default:
        return gather(t, comb->n, out, t->len);
    }
}

bool comb_is_same(const struct comb *comb, const uint8_t *file) {
    for (uint32_t t = 0; t < comb->teeth_n; t++) {
        const struct comb_tooth *tooth = &comb->teeth[t];
        const uint8_t *at = file + comb->base + tooth->rel;
        for (uint64_t i = 0; i < comb->n; i++) {
            if (tooth->held[i] &&
                memcmp(at + i * comb->stride, tooth->old + i * tooth->len, tooth->len) != 0) {
                return false;
            }
        }
    }
    return true;
}
