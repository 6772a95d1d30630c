#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ask/align.h"
#include "ask/diff_internal.h"
#include "ask/mix.h"
#include "base/mem.h"

/* The most runs of elements that are kept of arrays that are compared by place. */
#define OPS_MAX (UINT64_C(1) << 16)

/* The elements of one side. */
struct row {
    const struct sketch *sketch;
    const struct sketch_scope *scope;
    const struct sketch_node *node;
    uint64_t n;
    const uint64_t *keys; /* or NULL */
};

/* A pair of arrays while it is aligned. */
struct aligning {
    struct diff *diff;
    struct diff_array *array;
    struct row a, b;
    bool by_bytes; /* elements are equal where their bytes are: one side has no records */
};

void diff_place(const struct sketch_scope *scope, const struct sketch_node *array, uint64_t index,
                uint64_t *start, uint64_t *end) {
    if (array->fixed) {
        uint64_t size = (array->end - array->start) / array->array.count;
        *start = array->start + index * size;
        *end = *start + size;
    } else {
        const struct sketch_element *e = &scope->elements[array->array.first + index];
        *start = e->start;
        *end = e->end;
    }
}

static bool row_bytes(const struct row *row, uint64_t i, struct bytes *out) {
    uint64_t start, end;
    diff_place(row->scope, row->node, i, &start, &end);
    return sketch_bytes(row->sketch, start, end, out);
}

static uint64_t row_hash(const struct aligning *x, const struct row *row, uint64_t i) {
    struct bytes bytes;
    if (!x->by_bytes) {
        return row->scope->elements[row->node->array.first + i].hash;
    }
    return row_bytes(row, i, &bytes) ? mix_bytes(1, bytes) : 0;
}

/* How elements that differ are told to stand for each other: the nearer way first. */
enum nearness { NEAR_LIKE, NEAR_SORT, NEAR_WAYS };

static uint64_t row_near(const struct row *row, uint64_t i, enum nearness way) {
    if (row->node->fixed) {
        return 0;
    }
    const struct sketch_element *e = &row->scope->elements[row->node->array.first + i];
    return way == NEAR_LIKE ? e->like : e->sort;
}

/* Whether two elements are the same, to the byte: in what is told of them and in what no field describes. */
static bool is_same(const struct aligning *x, uint64_t i, uint64_t j) {
    struct bytes p, q;
    if (!x->by_bytes && row_hash(x, &x->a, i) != row_hash(x, &x->b, j)) {
        return false;
    }
    bool stored = row_bytes(&x->a, i, &p);
    if (stored != row_bytes(&x->b, j, &q)) {
        return false;
    }
    /* with a filter, what is left out may differ */
    bool all = !x->diff->options.filter && !x->diff->options.without_derived;
    return stored && (all || x->by_bytes) ? bytes_equal(p, q) : !x->by_bytes;
}

/* ops */

static void add_op(struct aligning *x, enum diff_op_kind kind, uint64_t a, uint64_t b, uint64_t n) {
    struct diff_array *array = x->array;
    struct diff_op *last = array->n ? &array->ops[array->n - 1] : NULL;
    if (n == 0) {
        return;
    }
    if (last && last->kind == kind && kind != OP_MOVED &&
        last->a + (kind == OP_NEW ? 0 : last->n) == a &&
        (kind == OP_GONE || last->b + last->n == b)) {
        last->n += n;
        return;
    }
    if (array->n == array->cap) {
        array->cap = array->cap ? array->cap * 2 : 16;
        array->ops = mem_realloc(array->ops, array->cap, sizeof *array->ops);
    }
    array->ops[array->n++] = (struct diff_op){.kind = (uint8_t)kind, .a = a, .b = b, .n = n};
}

static void add_pair(struct aligning *x, uint64_t i, uint64_t j) {
    add_op(x, is_same(x, i, j) ? OP_SAME : OP_PAIR, i, j, 1);
}

/* Elements at the same places. */
static void pair_by_place(struct aligning *x, uint64_t i, uint64_t in_a, uint64_t j,
                          uint64_t in_b) {
    uint64_t least = in_a < in_b ? in_a : in_b;
    uint64_t before = x->array->n;
    for (uint64_t k = 0; k < least; k++) {
        if (x->array->n - before >= OPS_MAX) {
            add_op(x, OP_BULK, i + k, j + k, in_a - k);
            x->array->ops[x->array->n - 1].m = in_b - k;
            return;
        }
        add_pair(x, i + k, j + k);
    }
    add_op(x, OP_GONE, i + least, j + least, in_a - least);
    add_op(x, OP_NEW, i + in_a, j + least, in_b - least);
}

static void leave_apart(struct aligning *x, uint64_t i, uint64_t in_a, uint64_t j, uint64_t in_b) {
    add_op(x, OP_GONE, i, j, in_a);
    add_op(x, OP_NEW, i + in_a, j, in_b);
}

static void pair_near(struct aligning *x, uint64_t i, uint32_t in_a, uint64_t j, uint32_t in_b,
                      enum nearness way);

/* Elements that stand for each other are anchors, to[k] of B for k of A; those between are paired by the next way. */
static void pair_between(struct aligning *x, uint64_t i, uint32_t in_a, uint64_t j, uint32_t in_b,
                         const uint32_t *to, enum nearness way) {
    uint32_t from_a = 0, from_b = 0;
    for (uint32_t k = 0; k <= in_a; k++) {
        uint32_t stop = k < in_a ? to[k] : in_b;
        if (stop == ALIGN_NONE) {
            continue;
        }
        pair_near(x, i + from_a, k - from_a, j + from_b, stop - from_b, way);
        if (k < in_a) {
            add_pair(x, i + k, j + stop);
        }
        from_a = k + 1;
        from_b = stop + 1;
    }
}

/* Elements between two that are equal: those that are near stand for each other, in order; where none are, as many as
 * there are in A for as many in B. */
static void pair_near(struct aligning *x, uint64_t i, uint32_t in_a, uint64_t j, uint32_t in_b,
                      enum nearness way) {
    bool none = in_a == 0 || in_b == 0;
    if (none || way == NEAR_WAYS || (in_a == 1 && in_b == 1)) {
        (in_a == in_b ? pair_by_place : leave_apart)(x, i, in_a, j, in_b);
        return;
    }
    uint64_t *p = mem_alloc(in_a * sizeof *p), *q = mem_alloc(in_b * sizeof *q);
    uint32_t *to = mem_alloc(in_a * sizeof *to);
    for (uint32_t k = 0; k < in_a; k++) {
        p[k] = row_near(&x->a, i + k, way);
    }
    for (uint32_t k = 0; k < in_b; k++) {
        q[k] = row_near(&x->b, j + k, way);
    }
    align_sequences(p, in_a, q, in_b, to);
    pair_between(x, i, in_a, j, in_b, to, way + 1);
    mem_free(p);
    mem_free(q);
    mem_free(to);
}

/* by longest common subsequence */

/* How many elements at the front are equal. */
static uint64_t same_front(const struct aligning *x, uint64_t most) {
    uint64_t n = 0;
    while (n < most && is_same(x, n, n)) {
        n++;
    }
    return n;
}

static uint64_t same_back(const struct aligning *x, uint64_t most) {
    uint64_t n = 0;
    while (n < most && is_same(x, x->a.n - n - 1, x->b.n - n - 1)) {
        n++;
    }
    return n;
}

static uint64_t *hashes_of(const struct aligning *x, const struct row *row, uint64_t from,
                           uint64_t n) {
    uint64_t *hashes = mem_alloc((n + 1) * sizeof *hashes);
    for (uint64_t i = 0; i < n; i++) {
        hashes[i] = row_hash(x, row, from + i);
    }
    return hashes;
}

static void align_middle(struct aligning *x, uint64_t from, uint64_t in_a, uint64_t in_b) {
    bool small = in_a <= ALIGN_MAX && in_b <= ALIGN_MAX;
    if (!small) {
        x->diff->result.positional = true;
        pair_by_place(x, from, in_a, from, in_b);
        return;
    }
    uint64_t *p = hashes_of(x, &x->a, from, in_a), *q = hashes_of(x, &x->b, from, in_b);
    uint32_t *to = mem_alloc((in_a + 1) * sizeof *to);
    if (align_sequences(p, (uint32_t)in_a, q, (uint32_t)in_b, to)) {
        pair_between(x, from, (uint32_t)in_a, from, (uint32_t)in_b, to, NEAR_LIKE);
    } else {
        x->diff->result.positional = true;
        pair_by_place(x, from, in_a, from, in_b);
    }
    mem_free(p);
    mem_free(q);
    mem_free(to);
}

static void align_by_content(struct aligning *x) {
    uint64_t least = x->a.n < x->b.n ? x->a.n : x->b.n;
    uint64_t front = same_front(x, least);
    uint64_t back = same_back(x, least - front);
    uint64_t in_a = x->a.n - front - back, in_b = x->b.n - front - back;
    add_op(x, OP_SAME, 0, 0, front);
    if (in_a == 0 || in_b == 0) {
        leave_apart(x, front, in_a, front, in_b);
    } else {
        align_middle(x, front, in_a, in_b);
    }
    add_op(x, OP_SAME, x->a.n - back, x->b.n - back, back);
}

/* by keys */

static void add_keyed(struct aligning *x, uint32_t i, uint32_t j, bool moved) {
    if (!moved) {
        add_pair(x, i, j);
        return;
    }
    add_op(x, OP_MOVED, i, j, 1);
    x->array->ops[x->array->n - 1].differs = !is_same(x, i, j);
}

/* from[]: whether an element of B is some element's counterpart; moved ones count where A has them. */
static void add_by_keys(struct aligning *x, const uint32_t *to, const bool *moved,
                        const bool *taken) {
    bool apart = x->diff->options.whole;
    uint32_t next = 0; /* of B */
    for (uint32_t i = 0; i <= x->a.n; i++) {
        bool stays = i < x->a.n && to[i] != ALIGN_NONE && !moved[i];
        uint32_t stop = i == x->a.n ? (uint32_t)x->b.n : stays ? to[i] : next;
        for (; next < stop; next++) {
            if (!taken[next]) {
                add_op(x, OP_NEW, i, next, 1);
            }
        }
        if (i == x->a.n) {
            break;
        }
        if (to[i] == ALIGN_NONE || (moved[i] && apart)) {
            add_op(x, OP_GONE, i, next, 1);
        } else {
            add_keyed(x, i, to[i], moved[i]);
        }
        next += stays;
    }
}

static bool align_by_keys(struct aligning *x) {
    if (!x->a.keys || !x->b.keys || x->a.n > ALIGN_MAX || x->b.n > ALIGN_MAX) {
        return false;
    }
    uint32_t n = (uint32_t)x->a.n, m = (uint32_t)x->b.n;
    uint32_t *to = mem_alloc((n + (size_t)1) * sizeof *to);
    bool *moved = mem_zalloc(n + (size_t)1, sizeof *moved);
    bool *taken = mem_zalloc(m + (size_t)1, sizeof *taken);
    align_keys(x->a.keys, n, x->b.keys, m, to, moved);
    for (uint32_t i = 0; i < n; i++) {
        if (to[i] != ALIGN_NONE && !(moved[i] && x->diff->options.whole)) {
            taken[to[i]] = true;
        }
    }
    add_by_keys(x, to, moved, taken);
    mem_free(to);
    mem_free(moved);
    mem_free(taken);
    return true;
}

/* both */

static struct row row_of(struct diff *diff, const struct diff_scope *scope,
                         const struct diff_array *array, unsigned side) {
    const struct sketch_node *node = &scope->side[side]->nodes[array->node[side]];
    struct row row = {
        .sketch = diff->sketch[side],
        .scope = scope->side[side],
        .node = node,
        .n = node->array.count,
    };
    for (uint32_t i = 0; i < diff->options.key_n; i++) {
        const struct diff_keys *keys = &diff->options.keys[i];
        if (keys->member == node->member && node->member != PROGRAM_NONE) {
            bool there =
                node->array.key <= keys->n[side] && row.n <= keys->n[side] - node->array.key;
            diff->result.unkeyed |= !there;
            row.keys = there ? keys->at[side] + node->array.key : NULL;
        }
    }
    return row;
}

void diff_align(struct diff *diff, const struct diff_scope *scope, struct diff_array *array) {
    struct aligning x = {
        .diff = diff,
        .array = array,
        .a = row_of(diff, scope, array, 0),
        .b = row_of(diff, scope, array, 1),
    };
    x.by_bytes = x.a.node->fixed || x.b.node->fixed;
    if (!align_by_keys(&x)) {
        align_by_content(&x);
    }
    for (uint64_t i = 0, j = array->n; diff->options.backwards && i + 1 < j; i++) {
        struct diff_op op = array->ops[i];
        array->ops[i] = array->ops[--j];
        array->ops[j] = op;
    }
}
