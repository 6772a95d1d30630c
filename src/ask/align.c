#include "config.h"

#include "ask/align.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* What a search by differences may take, in diagonals looked at: at first, and when items that are in one sequence alone
 * are out of the way; and one by pairs, in pairs. */
#define STEPS_FIRST (UINT64_C(1) << 21)
#define STEPS_MAX   (UINT64_C(1) << 27)
#define PAIRS_MAX   (UINT32_C(1) << 22)

/* the items that matter: those that occur on both sides */

struct seen {
    uint64_t hash;
    uint32_t at;
};

static int compare_seen(const void *a, const void *b) {
    const struct seen *x = a, *y = b;
    if (x->hash != y->hash) {
        return x->hash < y->hash ? -1 : 1;
    }
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Items with their places, by hash; those of one hash as they stand. */
static struct seen *sorted(const uint64_t *items, uint32_t n) {
    struct seen *seen = mem_alloc((n + (size_t)1) * sizeof *seen);
    for (uint32_t i = 0; i < n; i++) {
        seen[i] = (struct seen){items[i], i};
    }
    qsort(seen, n, sizeof *seen, compare_seen);
    return seen;
}

/* The first of the n sorted that is not below hash. */
static uint32_t first_of(const struct seen *seen, uint32_t n, uint64_t hash) {
    uint32_t lo = 0;
    while (lo < n) {
        uint32_t mid = lo + (n - lo) / 2;
        if (seen[mid].hash < hash) {
            lo = mid + 1;
        } else {
            n = mid;
        }
    }
    return lo;
}

/* by differences */

struct box {
    int64_t a0, a1, b0, b1;
};

struct myers {
    const uint64_t *a, *b;
    uint32_t *to;
    int64_t *forward, *backward; /* by diagonal: the furthest place in a */
    uint64_t steps;              /* left */
    struct box *boxes;           /* still to be looked at */
    size_t n, cap;
};

static void push(struct myers *m, struct box box) {
    if (m->n == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 64;
        m->boxes = mem_realloc(m->boxes, m->cap, sizeof *m->boxes);
    }
    m->boxes[m->n++] = box;
}

/* The diagonals that a side's ends are on, which alternate between odd and even. */
struct reach {
    int64_t lo, hi;
};

static void widen(struct reach *reach, int64_t *at, int64_t low, int64_t high, int64_t beyond) {
    if (reach->lo > low) {
        at[--reach->lo - 1] = beyond;
    } else {
        reach->lo++;
    }
    if (reach->hi < high) {
        at[++reach->hi + 1] = beyond;
    } else {
        reach->hi--;
    }
}

/* One more difference from the front; whether the way from the back was met, at *x on diagonal *d. */
static bool go_forward(struct myers *m, const struct box *box, const struct reach *own,
                       const struct reach *other, bool odd, int64_t *x, int64_t *d) {
    for (int64_t k = own->hi; k >= own->lo; k -= 2) {
        int64_t low = m->forward[k - 1], high = m->forward[k + 1];
        int64_t at = low < high ? high : low + 1;
        while (at < box->a1 && at - k < box->b1 && m->a[at] == m->b[at - k]) {
            at++;
        }
        m->forward[k] = at;
        if (odd && other->lo <= k && k <= other->hi && m->backward[k] <= at) {
            *x = at;
            *d = k;
            return true;
        }
    }
    return false;
}

static bool go_backward(struct myers *m, const struct box *box, const struct reach *own,
                        const struct reach *other, bool odd, int64_t *x, int64_t *d) {
    for (int64_t k = own->hi; k >= own->lo; k -= 2) {
        int64_t low = m->backward[k - 1], high = m->backward[k + 1];
        int64_t at = low < high ? low : high - 1;
        while (at > box->a0 && at - k > box->b0 && m->a[at - 1] == m->b[at - k - 1]) {
            at--;
        }
        m->backward[k] = at;
        if (!odd && other->lo <= k && k <= other->hi && at <= m->forward[k]) {
            *x = at;
            *d = k;
            return true;
        }
    }
    return false;
}

/* A place that a shortest way from one corner of the box to the other leads through; false when the steps are spent. */
static bool find_middle(struct myers *m, const struct box *box, int64_t *x, int64_t *y) {
    int64_t low = box->a0 - box->b1, high = box->a1 - box->b0;
    struct reach front = {box->a0 - box->b0, box->a0 - box->b0};
    struct reach back = {box->a1 - box->b1, box->a1 - box->b1};
    bool odd = (front.lo - back.lo) & 1;
    int64_t d = 0;
    m->forward[front.lo] = box->a0;
    m->backward[back.lo] = box->a1;
    for (;;) {
        widen(&front, m->forward, low, high, -1);
        bool met = go_forward(m, box, &front, &back, odd, x, &d);
        if (!met) {
            widen(&back, m->backward, low, high, INT64_MAX);
            met = go_backward(m, box, &back, &front, odd, x, &d);
        }
        if (met) {
            *y = *x - d;
            return true;
        }
        uint64_t cost = (uint64_t)(front.hi - front.lo + back.hi - back.lo) / 2 + 2;
        if (cost > m->steps) {
            return false;
        }
        m->steps -= cost;
    }
}

static bool search_boxes(struct myers *m) {
    while (m->n > 0) {
        struct box box = m->boxes[--m->n];
        while (box.a0 < box.a1 && box.b0 < box.b1 && m->a[box.a0] == m->b[box.b0]) {
            m->to[box.a0++] = (uint32_t)box.b0++;
        }
        while (box.a0 < box.a1 && box.b0 < box.b1 && m->a[box.a1 - 1] == m->b[box.b1 - 1]) {
            m->to[--box.a1] = (uint32_t)--box.b1;
        }
        int64_t x = 0, y = 0;
        if (box.a0 == box.a1 || box.b0 == box.b1) {
            continue;
        }
        if (!find_middle(m, &box, &x, &y)) {
            return false;
        }
        push(m, (struct box){x, box.a1, y, box.b1});
        push(m, (struct box){box.a0, x, box.b0, y});
    }
    return true;
}

static bool by_differences(const uint64_t *a, uint32_t n, const uint64_t *b, uint32_t m,
                           uint64_t steps, uint32_t *to) {
    size_t diagonals = (size_t)n + m + 3;
    int64_t *at = mem_alloc(2 * diagonals * sizeof *at);
    struct myers myers = {.a = a, .b = b, .to = to, .steps = steps};
    myers.forward = at + m + 1;
    myers.backward = myers.forward + diagonals;
    push(&myers, (struct box){0, n, 0, m});
    bool done = search_boxes(&myers);
    mem_free(myers.boxes);
    mem_free(at);
    return done;
}

/* by pairs */

struct link {
    uint32_t a, b;
    uint32_t before; /* the link in front of it, or ALIGN_NONE */
};

struct chains {
    struct link *links;
    uint32_t n;
    uint32_t *
        last; /* by length - 1: the link that a chain of that length ends with, so that b is least */
    uint32_t longest; /* how many lengths there are */
};

/* Chains that end with the pair: those before it that end in front of b, made longer by it. */
static void add_pair(struct chains *c, uint32_t a, uint32_t b) {
    uint32_t lo = 0, hi = c->longest; /* the first length whose end is not in front of b */
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (c->links[c->last[mid]].b < b) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (lo < c->longest && c->links[c->last[lo]].b == b) {
        return;
    }
    c->links[c->n] = (struct link){a, b, lo > 0 ? c->last[lo - 1] : ALIGN_NONE};
    c->last[lo] = c->n++;
    c->longest += lo == c->longest;
}

static uint64_t count_pairs(const uint64_t *a, uint32_t n, const struct seen *seen, uint32_t m) {
    uint64_t pairs = 0;
    for (uint32_t i = 0; i < n && pairs <= PAIRS_MAX; i++) {
        uint32_t from = first_of(seen, m, a[i]);
        pairs += a[i] == UINT64_MAX ? m - from : first_of(seen, m, a[i] + 1) - from;
    }
    return pairs;
}

static bool by_pairs(const uint64_t *a, uint32_t n, const uint64_t *b, uint32_t m, uint32_t *to) {
    struct seen *seen = sorted(b, m);
    uint64_t pairs = count_pairs(a, n, seen, m);
    if (pairs <= PAIRS_MAX) {
        struct chains c = {.links = mem_alloc((pairs + 1) * sizeof *c.links),
                           .last = mem_alloc((n + (size_t)1) * sizeof *c.last)};
        for (uint32_t i = 0; i < n; i++) {
            uint32_t from = first_of(seen, m, a[i]), end = from;
            while (end < m && seen[end].hash == a[i]) {
                end++;
            }
            while (end > from) { /* the last first: one item of a is in a chain but once */
                add_pair(&c, i, seen[--end].at);
            }
        }
        for (uint32_t i = 0; i < n; i++) {
            to[i] = ALIGN_NONE;
        }
        for (uint32_t l = c.longest ? c.last[c.longest - 1] : ALIGN_NONE; l != ALIGN_NONE;
             l = c.links[l].before) {
            to[c.links[l].a] = c.links[l].b;
        }
        mem_free(c.links);
        mem_free(c.last);
    }
    mem_free(seen);
    return pairs <= PAIRS_MAX;
}

/* both */

/* Keeps those items whose hash is among the sorted others: how many, from[] being where they stood. */
static uint32_t keep_common(const uint64_t *items, uint32_t n, const struct seen *other, uint32_t m,
                            uint64_t *kept, uint32_t *from) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = first_of(other, m, items[i]);
        if (at < m && other[at].hash == items[i]) {
            kept[count] = items[i];
            from[count++] = i;
        }
    }
    return count;
}

struct common {
    uint64_t *items;
    uint32_t *from;
    uint32_t n;
};

static struct common common_of(const uint64_t *items, uint32_t n, const uint64_t *other,
                               uint32_t m) {
    struct common c = {mem_alloc((n + (size_t)1) * sizeof *c.items),
                       mem_alloc((n + (size_t)1) * sizeof *c.from), 0};
    struct seen *seen = sorted(other, m);
    c.n = keep_common(items, n, seen, m, c.items, c.from);
    mem_free(seen);
    return c;
}

/* to: NONE for all. */
static bool align_middle(const uint64_t *a, uint32_t n, const uint64_t *b, uint32_t m,
                         uint32_t *to) {
    if (by_differences(a, n, b, m, STEPS_FIRST, to)) {
        return true;
    }
    memset(to, 0xff, n * sizeof *to);
    struct common x = common_of(a, n, b, m), y = common_of(b, m, a, n);
    uint32_t *way = mem_alloc((x.n + (size_t)1) * sizeof *way);
    memset(way, 0xff, x.n * sizeof *way);
    bool done = by_differences(x.items, x.n, y.items, y.n, STEPS_MAX, way) ||
                by_pairs(x.items, x.n, y.items, y.n, way);
    for (uint32_t i = 0; done && i < x.n; i++) {
        to[x.from[i]] = way[i] == ALIGN_NONE ? ALIGN_NONE : y.from[way[i]];
    }
    mem_free(way);
    mem_free(x.items);
    mem_free(x.from);
    mem_free(y.items);
    mem_free(y.from);
    return done;
}

bool align_sequences(const uint64_t *a, uint32_t n, const uint64_t *b, uint32_t m, uint32_t *to) {
    uint32_t front = 0, back = 0, least = n < m ? n : m;
    while (front < least && a[front] == b[front]) {
        to[front] = front;
        front++;
    }
    while (back < least - front && a[n - back - 1] == b[m - back - 1]) {
        back++;
        to[n - back] = m - back;
    }
    uint32_t in_a = n - front - back, in_b = m - front - back;
    for (uint32_t i = 0; i < in_a; i++) {
        to[front + i] = ALIGN_NONE;
    }
    if (in_a == 0 || in_b == 0) {
        return true;
    }
    if (in_a > ALIGN_MAX || in_b > ALIGN_MAX ||
        !align_middle(a + front, in_a, b + front, in_b, to + front)) {
        return false;
    }
    for (uint32_t i = front; i < front + in_a; i++) {
        to[i] += to[i] == ALIGN_NONE ? 0 : front;
    }
    return true;
}

/* by keys */

/* Marks those of to[] that are not in a longest ascending subsequence. */
static void mark_moved(const uint32_t *to, uint32_t n, bool *moved) {
    struct chains c = {.links = mem_alloc((n + (size_t)1) * sizeof *c.links),
                       .last = mem_alloc((n + (size_t)1) * sizeof *c.last)};
    for (uint32_t i = 0; i < n; i++) {
        moved[i] = to[i] != ALIGN_NONE;
        if (moved[i]) {
            add_pair(&c, i, to[i]);
        }
    }
    for (uint32_t l = c.longest ? c.last[c.longest - 1] : ALIGN_NONE; l != ALIGN_NONE;
         l = c.links[l].before) {
        moved[c.links[l].a] = false;
    }
    mem_free(c.links);
    mem_free(c.last);
}

void align_keys(const uint64_t *a, uint32_t n, const uint64_t *b, uint32_t m, uint32_t *to,
                bool *moved) {
    struct seen *x = sorted(a, n), *y = sorted(b, m);
    memset(to, 0xff, n * sizeof *to);
    for (uint32_t i = 0, j = 0; i < n && j < m;) {
        if (x[i].hash == y[j].hash) {
            to[x[i++].at] = y[j++].at;
        } else if (x[i].hash < y[j].hash) {
            i++;
        } else {
            j++;
        }
    }
    mark_moved(to, n, moved);
    mem_free(x);
    mem_free(y);
}
