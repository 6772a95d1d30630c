#include "config.h"

#include "patch/shift.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A derived shift. */
struct derived {
    uint64_t off, len, new_len;
    uint64_t seen;
    bool fresh; /* given in this pass */
};

struct shifts {
    struct patch_shift *user; /* in order */
    int64_t *sum;             /* by user: what those in front of it make */
    uint32_t *by_start;       /* the user's, by the start of their fields */
    uint32_t n;
    struct derived *derived; /* in order of their offsets */
    int64_t *tree;           /* by derived: sums of the 2^k up to it, a Fenwick tree */
    uint32_t derived_n, derived_cap;
    bool changed;
};

static int64_t gain(uint64_t len, uint64_t new_len) {
    return (int64_t)(new_len - len);
}

/* the user's */

static int compare_u64(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

static int compare_place(const void *left, const void *right) {
    const struct patch_shift *a = left, *b = right;
    int c = compare_u64(a->off, b->off);
    if (c == 0) {
        c = compare_u64(a->len, b->len); /* what comes in there, before what goes from there on */
    }
    return c != 0 ? c : compare_u64(a->start, b->start);
}

struct by_start {
    uint64_t start;
    uint32_t i;
};

static int compare_start(const void *left, const void *right) {
    const struct by_start *a = left, *b = right;
    int c = compare_u64(a->start, b->start);
    return c != 0 ? c : compare_u64(a->i, b->i);
}

static void order_by_start(struct shifts *s) {
    struct by_start *order = mem_zalloc(s->n, sizeof *order);
    for (uint32_t i = 0; i < s->n; i++) {
        order[i] = (struct by_start){s->user[i].start, i};
    }
    if (s->n > 0) {
        qsort(order, s->n, sizeof *order, compare_start);
    }
    for (uint32_t i = 0; i < s->n; i++) {
        s->by_start[i] = order[i].i;
    }
    mem_free(order);
}

struct shifts *shifts_new(const struct patch_shift *user, uint32_t n) {
    struct shifts *s = mem_zalloc(1, sizeof *s);
    s->n = n;
    s->user = mem_zalloc(n, sizeof *s->user);
    s->sum = mem_zalloc((size_t)n + 1, sizeof *s->sum);
    s->by_start = mem_zalloc(n, sizeof *s->by_start);
    if (n > 0) {
        memcpy(s->user, user, n * sizeof *user);
        qsort(s->user, n, sizeof *s->user, compare_place);
    }
    for (uint32_t i = 0; i < n; i++) {
        s->sum[i + 1] = s->sum[i] + gain(s->user[i].len, s->user[i].new_len);
        s->user[i].seen = SHIFT_UNSEEN;
    }
    order_by_start(s);
    return s;
}

void shifts_free(struct shifts *s) {
    if (s) {
        mem_free(s->user);
        mem_free(s->sum);
        mem_free(s->by_start);
        mem_free(s->derived);
        mem_free(s->tree);
        mem_free(s);
    }
}

/* The first one that does not begin in front of off. */
static uint32_t user_from(const struct shifts *s, uint64_t off) {
    uint32_t low = 0, high = s->n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (s->user[mid].off < off) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/* The first one, by start, whose field does not start in front of start. */
static uint32_t started_from(const struct shifts *s, uint64_t start) {
    uint32_t low = 0, high = s->n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (s->user[s->by_start[mid]].start < start) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

void shifts_meet(struct shifts *s, uint32_t member, uint64_t start, uint64_t end, bool array,
                 uint64_t now) {
    for (uint32_t i = started_from(s, start); i < s->n; i++) {
        struct patch_shift *shift = &s->user[s->by_start[i]];
        if (shift->start != start) {
            break;
        }
        bool is_array = shift->elements != 0;
        if (is_array == array && (array ? shift->member == member : shift->end == end)) {
            shift->seen = now;
        }
    }
}

int64_t shifts_elements(const struct shifts *s, uint32_t member, uint64_t start) {
    int64_t n = 0;
    for (uint32_t i = started_from(s, start); i < s->n; i++) {
        const struct patch_shift *shift = &s->user[s->by_start[i]];
        if (shift->start != start) {
            break;
        }
        n += shift->member == member ? shift->elements : 0;
    }
    return n;
}

bool shifts_gone(const struct shifts *s, uint64_t start, uint64_t end) {
    uint64_t off = start / 8, behind = (end + 7) / 8;
    uint32_t i = user_from(s, off + 1);
    while (i > 0 && s->user[i - 1].len == 0 && s->user[i - 1].off == off) {
        i--;
    }
    const struct patch_shift *shift = i > 0 ? &s->user[i - 1] : NULL;
    if (!shift || shift->off > off || behind <= off || behind - shift->off > shift->len) {
        return false;
    }
    return shift->elements != 0 || start != shift->start || end != shift->end;
}

uint32_t shifts_user(const struct shifts *s, const struct patch_shift **at) {
    *at = s->user;
    return s->n;
}

/* the derived ones */

static uint32_t lowest_bit(uint32_t i) {
    return i & (~i + 1);
}

/* What the first n of them make. */
static int64_t derived_sum(const struct shifts *s, uint32_t n) {
    int64_t sum = 0;
    for (uint32_t i = n; i > 0; i -= lowest_bit(i)) {
        sum += s->tree[i - 1];
    }
    return sum;
}

static void derived_add(struct shifts *s, uint32_t at, int64_t gain) {
    for (uint32_t i = at + 1; i <= s->derived_n; i += lowest_bit(i)) {
        s->tree[i - 1] += gain;
    }
}

/* The tree's nodes from `from` on, made of the elements and of the nodes before them. */
static void derived_build(struct shifts *s, uint32_t from) {
    for (uint32_t at = from; at < s->derived_n; at++) {
        uint32_t i = at + 1;
        int64_t sum = gain(s->derived[at].len, s->derived[at].new_len);
        for (uint32_t bit = 1; bit < lowest_bit(i); bit <<= 1) {
            sum += s->tree[i - bit - 1];
        }
        s->tree[at] = sum;
    }
}

static uint32_t derived_from(const struct shifts *s, uint64_t off) {
    uint32_t low = 0, high = s->derived_n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (s->derived[mid].off < off) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static struct derived *derived_insert(struct shifts *s, uint32_t at) {
    if (s->derived_n == s->derived_cap) {
        s->derived_cap = s->derived_cap ? 2 * s->derived_cap : 16;
        s->derived = mem_realloc(s->derived, s->derived_cap, sizeof *s->derived);
        s->tree = mem_realloc(s->tree, s->derived_cap, sizeof *s->tree);
    }
    memmove(s->derived + at + 1, s->derived + at, (s->derived_n - at) * sizeof *s->derived);
    s->derived_n++;
    return &s->derived[at];
}

void shifts_derive(struct shifts *s, uint64_t off, uint64_t len, uint64_t new_len, uint64_t now) {
    uint32_t at = derived_from(s, off);
    while (at < s->derived_n && s->derived[at].off == off && s->derived[at].len != len) {
        at++;
    }
    struct derived *d = at < s->derived_n ? &s->derived[at] : NULL;
    if (d && d->off == off) {
        if (d->new_len != new_len) {
            derived_add(s, at, gain(d->new_len, new_len));
            d->new_len = new_len;
            s->changed = true;
        }
        d->seen = now;
        d->fresh = true;
        return;
    }
    if (new_len == len) {
        return;
    }
    d = derived_insert(s, at);
    *d = (struct derived){.off = off, .len = len, .new_len = new_len, .seen = now, .fresh = true};
    derived_build(s, at);
    s->changed = true;
}

void shifts_pass_begin(struct shifts *s) {
    s->changed = false;
    for (uint32_t i = 0; i < s->n; i++) {
        s->user[i].seen = SHIFT_UNSEEN;
    }
    for (uint32_t i = 0; i < s->derived_n; i++) {
        s->derived[i].fresh = false;
        s->derived[i].seen = SHIFT_UNSEEN;
    }
}

bool shifts_pass_end(struct shifts *s) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->derived_n; i++) {
        if (s->derived[i].fresh) {
            s->derived[kept++] = s->derived[i];
        }
    }
    if (kept != s->derived_n) {
        s->derived_n = kept;
        derived_build(s, 0);
        s->changed = true;
    }
    return s->changed;
}

/* both */

int64_t shifts_at(const struct shifts *s, uint64_t off) {
    uint32_t i = user_from(s, off);
    int64_t sum = s->sum[i];
    for (; i < s->n && s->user[i].off == off && s->user[i].len == 0; i++) {
        if (s->user[i].start / 8 < off) {
            sum += (int64_t)s->user[i].new_len;
        }
    }
    uint32_t d = derived_from(s, off);
    sum += derived_sum(s, d);
    for (; d < s->derived_n && s->derived[d].off == off && s->derived[d].len == 0; d++) {
        sum += (int64_t)s->derived[d].new_len;
    }
    return sum;
}

/* Whether what comes in at one of its ends was met while it was open. */
static bool belongs(uint64_t seen, uint64_t opened) {
    return seen != SHIFT_UNSEEN && seen >= opened;
}

int64_t shifts_within(const struct shifts *s, uint64_t off, uint64_t end, uint64_t opened) {
    uint32_t from = user_from(s, off), to = user_from(s, end);
    int64_t sum = s->sum[to] - s->sum[from];
    for (uint32_t i = from; i < to && s->user[i].off == off && s->user[i].len == 0; i++) {
        sum -= belongs(s->user[i].seen, opened) ? 0 : (int64_t)s->user[i].new_len;
    }
    for (uint32_t i = to; i < s->n && s->user[i].off == end && s->user[i].len == 0; i++) {
        sum += belongs(s->user[i].seen, opened) ? (int64_t)s->user[i].new_len : 0;
    }
    from = derived_from(s, off), to = derived_from(s, end);
    sum += derived_sum(s, to) - derived_sum(s, from);
    for (uint32_t i = from; i < to && s->derived[i].off == off && s->derived[i].len == 0; i++) {
        sum -= belongs(s->derived[i].seen, opened) ? 0 : (int64_t)s->derived[i].new_len;
    }
    for (uint32_t i = to; i < s->derived_n && s->derived[i].off == end && s->derived[i].len == 0;
         i++) {
        sum += belongs(s->derived[i].seen, opened) ? (int64_t)s->derived[i].new_len : 0;
    }
    return sum;
}
