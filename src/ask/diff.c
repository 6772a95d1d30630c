#include "config.h"

#include "ask/diff.h"

#include <inttypes.h>
#include <string.h>

#include "ask/diff_internal.h"
#include "ask/mix.h"
#include "base/mem.h"
#include "syn/name.h"

/* scopes */

static struct diff_scope *scope_new(struct sketch_scope *a, struct sketch_scope *b) {
    struct diff_scope *scope = mem_zalloc(1, sizeof *scope);
    scope->side[0] = a;
    scope->side[1] = b;
    return scope;
}

static void scope_free(struct diff_scope *scope) {
    for (uint32_t i = 0; i < scope->n; i++) {
        struct diff_array *array = &scope->arrays[i];
        for (uint32_t k = array->taken; k < array->child_n; k++) {
            scope_free(array->children[k]);
        }
        mem_free(array->children);
        mem_free(array->ops);
    }
    sketch_scope_free(scope->side[0]);
    sketch_scope_free(scope->side[1]);
    mem_free(scope->arrays);
    mem_free(scope);
}

/* telling */

/* As a path has it. */
static void put_name(struct buf *path, uint8_t kind, struct bytes name) {
    struct buf ended = {0};
    buf_put(&ended, name.at, name.len);
    if (kind == SKETCH_MAGIC) {
        buf_put(path, name.at, name.len);
    } else {
        name_put(path, buf_text(&ended), false);
    }
    buf_free(&ended);
}

size_t diff_push_name(struct diff *diff, unsigned side, const struct sketch_node *node) {
    struct buf *path = &diff->path[side];
    size_t before = path->len;
    struct bytes name =
        node->kind == SKETCH_MAGIC ? bytes_text("magic") : sketch_name(diff->sketch[side], node);
    if (name.len > 0) {
        buf_puts(path, path->len > 0 ? "." : "");
        put_name(path, node->kind, name);
    }
    return before;
}

void diff_tell(struct diff *diff, const struct diff_change *change) {
    diff->result.told[change->kind] += change->count ? change->count : 1;
    diff->options.tell(diff->options.teller, change);
}

static struct diff_side side_of(struct diff *diff, const struct diff_scope *scope, unsigned side,
                                uint32_t node) {
    const struct sketch_node *n = &scope->side[side]->nodes[node];
    return (struct diff_side){
        .path = buf_text(&diff->path[side]),
        .node = n,
        .scope = scope->side[side],
        .start = n->made ? VM_UNKNOWN : n->start,
        .end = n->made ? VM_UNKNOWN : n->end,
    };
}

static bool is_derived(const struct diff *diff, const struct sketch_node *node) {
    return node->kind == SKETCH_VALUE && node->member != PROGRAM_NONE && diff->options.derived &&
           diff->options.derived[node->member];
}

static void tell_changed(struct diff *diff, const struct diff_scope *scope, uint32_t a,
                         uint32_t b) {
    struct diff_change change = {
        .kind = DIFF_CHANGED,
        .side = {side_of(diff, scope, 0, a), side_of(diff, scope, 1, b)},
        .derived = is_derived(diff, &scope->side[0]->nodes[a]),
    };
    if (diff->telling) {
        diff_tell(diff, &change);
    }
}

/* A field or struct that only one side has. */
static void tell_only(struct diff *diff, const struct diff_scope *scope, unsigned side,
                      uint32_t node) {
    if (!diff->telling) {
        return;
    }
    size_t before = diff_push_name(diff, side, &scope->side[side]->nodes[node]);
    struct diff_change change = {.kind = side == 0 ? DIFF_REMOVED : DIFF_ADDED};
    change.side[side] = side_of(diff, scope, side, node);
    change.side[!side].start = change.side[!side].end = VM_UNKNOWN;
    diff_tell(diff, &change);
    diff->path[side].len = before;
}

/* fields */

static const struct sketch_node *node_at(const struct diff_scope *scope, unsigned side,
                                         uint32_t node) {
    return &scope->side[side]->nodes[node];
}

/* Whether two nodes stand for each other: they have one name, and are of one sort. */
static bool correspond(const struct diff *diff, const struct sketch_node *a,
                       const struct sketch_node *b) {
    return a->kind == b->kind &&
           (a->member == b->member ||
            bytes_equal(sketch_name(diff->sketch[0], a), sketch_name(diff->sketch[1], b)));
}

/* Which struct a node is; PROGRAM_NONE for others. */
static uint32_t struct_of(const struct diff *diff, const struct sketch_node *node) {
    const struct program *program = diff->options.program;
    bool known = node->kind == SKETCH_STRUCT && node->type != PROGRAM_NONE;
    return known ? program->types.at[node->type].of : PROGRAM_NONE;
}

/* Whether a field is there on one side alone, is of another type, or has bytes on one side alone: where nothing lies, what
 * comes or goes around it could not be told from it. */
static bool is_remade(const struct sketch_node *a, const struct sketch_node *b) {
    if (a->kind != SKETCH_VALUE) {
        return (a->kind == SKETCH_SOURCE || a->kind == SKETCH_MAGIC) && a->hash != b->hash;
    }
    return a->type != b->type || (a->vkind == VM_ABSENT) != (b->vkind == VM_ABSENT) ||
           (!a->made && !b->made && (a->end == a->start) != (b->end == b->start));
}

/* Whether a pair of structs has other fields on one side than on the other, or other bytes that are in no field. */
static bool is_reshaped(const struct diff *diff, const struct diff_scope *scope, uint32_t a,
                        uint32_t b) {
    uint32_t end_a = node_at(scope, 0, a)->next, end_b = node_at(scope, 1, b)->next;
    uint32_t i = a + 1, j = b + 1;
    while (i < end_a && j < end_b) {
        const struct sketch_node *x = node_at(scope, 0, i), *y = node_at(scope, 1, j);
        if (!correspond(diff, x, y) || struct_of(diff, x) != struct_of(diff, y) ||
            is_remade(x, y)) {
            return true;
        }
        i = x->next;
        j = y->next;
    }
    return i < end_a || j < end_b;
}

static void walk_pair(struct diff *diff, struct diff_scope *scope, uint32_t a, uint32_t b);
static void walk_array(struct diff *diff, struct diff_scope *scope, uint32_t a, uint32_t b);

/* A hash of all that was made in a node, and what is in it. */
static uint64_t hash_made(const struct diff_scope *scope, unsigned side, uint32_t node) {
    uint64_t hash = 0;
    for (uint32_t i = node + 1; i < node_at(scope, side, node)->next; i++) {
        const struct sketch_node *n = node_at(scope, side, i);
        if (n->made && n->kind == SKETCH_VALUE) {
            hash = mix_number(hash, n->hash);
        }
        for (uint64_t k = 0; n->made && n->kind == SKETCH_ARRAY && k < n->array.count; k++) {
            hash = mix_number(hash, scope->side[side]->elements[n->array.first + k].hash);
        }
    }
    return hash;
}

/* What a transform took: of interest where what it made of it is the same. */
static bool sources_differ(const struct diff *diff, const struct diff_scope *scope, uint32_t a,
                           uint32_t b, uint32_t struct_a, uint32_t struct_b) {
    return node_at(scope, 0, a)->hash != node_at(scope, 1, b)->hash &&
           (diff->options.whole || hash_made(scope, 0, struct_a) == hash_made(scope, 1, struct_b));
}

/* What stands for each other in two structs. */
struct couple {
    uint32_t a, b; /* nodes; NO_NODE: there is none on that side */
};

struct couples {
    struct couple *at;
    uint32_t n, cap;
};

#define NO_NODE UINT32_MAX

static void add_couple(struct couples *couples, uint32_t a, uint32_t b) {
    if (couples->n == couples->cap) {
        couples->cap = couples->cap ? couples->cap * 2 : 16;
        couples->at = mem_realloc(couples->at, couples->cap, sizeof *couples->at);
    }
    couples->at[couples->n++] = (struct couple){a, b};
}

/* The members of a pair of structs, in order. */
static struct couples match_members(const struct diff *diff, const struct diff_scope *scope,
                                    uint32_t a, uint32_t b) {
    uint32_t end_a = node_at(scope, 0, a)->next, end_b = node_at(scope, 1, b)->next;
    uint32_t i = a + 1, j = b + 1;
    struct couples couples = {0};
    for (; i < end_a; i = node_at(scope, 0, i)->next) {
        uint32_t to = j;
        while (to < end_b && !correspond(diff, node_at(scope, 0, i), node_at(scope, 1, to))) {
            to = node_at(scope, 1, to)->next;
        }
        for (; to < end_b && j < to; j = node_at(scope, 1, j)->next) {
            add_couple(&couples, NO_NODE, j);
        }
        add_couple(&couples, i, to < end_b ? to : NO_NODE);
        j = to < end_b ? node_at(scope, 1, to)->next : j;
    }
    for (; j < end_b; j = node_at(scope, 1, j)->next) {
        add_couple(&couples, NO_NODE, j);
    }
    return couples;
}

/* Backwards, what may decide where the others are is told last. */
static void walk_struct(struct diff *diff, struct diff_scope *scope, uint32_t a, uint32_t b) {
    struct couples couples = match_members(diff, scope, a, b);
    bool backwards = diff->options.backwards && diff->telling;
    for (uint32_t k = 0; k < couples.n && !diff->result.failed; k++) {
        struct couple c = couples.at[backwards ? couples.n - 1 - k : k];
        if (c.a == NO_NODE || c.b == NO_NODE) {
            tell_only(diff, scope, c.a == NO_NODE, c.a == NO_NODE ? c.b : c.a);
        } else if (node_at(scope, 0, c.a)->kind != SKETCH_SOURCE ||
                   sources_differ(diff, scope, c.a, c.b, a, b)) {
            walk_pair(diff, scope, c.a, c.b);
        }
    }
    mem_free(couples.at);
}

/* In a script fields follow from others as they do in the file; one that does not hold in B would hold then, though it
 * may be as it is in A. */
static bool leaves_differ(const struct diff *diff, const struct sketch_node *a,
                          const struct sketch_node *b) {
    if (diff->options.whole && is_derived(diff, a)) {
        return b->wrong || (a->wrong && a->hash != b->hash);
    }
    return a->hash != b->hash;
}

static void walk_pair(struct diff *diff, struct diff_scope *scope, uint32_t a, uint32_t b) {
    const struct sketch_node *x = node_at(scope, 0, a), *y = node_at(scope, 1, b);
    bool leaf = x->kind != SKETCH_STRUCT && x->kind != SKETCH_ARRAY;
    if (leaf && (!diff->telling || !leaves_differ(diff, x, y))) {
        return;
    }
    size_t before[2] = {diff_push_name(diff, 0, x), diff_push_name(diff, 1, y)};
    bool root = !scope->side[0]->parent && a == 0;
    switch ((enum sketch_kind)x->kind) {
    case SKETCH_STRUCT:
        if (diff->options.whole && !root && is_reshaped(diff, scope, a, b)) {
            tell_changed(diff, scope, a, b);
        } else {
            walk_struct(diff, scope, a, b);
        }
        break;
    case SKETCH_ARRAY:
        walk_array(diff, scope, a, b);
        break;
    case SKETCH_VALUE:
    case SKETCH_SOURCE:
    case SKETCH_MAGIC:
        tell_changed(diff, scope, a, b);
        break;
    }
    diff->path[0].len = before[0];
    diff->path[1].len = before[1];
}

/* children: elements that are looked into */

static bool is_looked_into(const struct diff *diff, const struct diff_op *op) {
    switch ((enum diff_op_kind)op->kind) {
    case OP_PAIR:
        return true;
    case OP_MOVED:
        return op->differs;
    case OP_GONE:
    case OP_NEW:
        return (diff->options.looked > 0 || diff->options.in_full) && op->n <= diff->options.single;
    case OP_SAME:
    case OP_BULK:
        break;
    }
    return false;
}

static uint64_t weight_of(const struct diff_scope *scope, const struct diff_array *array,
                          unsigned side, uint64_t index) {
    const struct sketch_node *node = node_at(scope, side, array->node[side]);
    if (node->fixed) {
        return 1 + (node->end - node->start) / node->array.count / 8;
    }
    return scope->side[side]->elements[node->array.first + index].weight;
}

/* The scope of an element; its weight is added. */
static struct sketch_scope *element_scope(const struct diff *diff, const struct diff_scope *scope,
                                          const struct diff_array *array, unsigned side,
                                          uint64_t index, bool alone, uint64_t *weight) {
    const struct sketch_node *node = node_at(scope, side, array->node[side]);
    struct sketch_scope *made = sketch_scope_new(scope->side[side], node->array.ordinal, index);
    uint64_t all = weight_of(scope, array, side, index);
    made->in_full = alone && diff->options.in_full;
    made->most = alone && !made->in_full ? diff->options.looked : 0;
    all = made->most && made->most < all ? made->most : all;
    made->room = all < UINT32_MAX ? (uint32_t)all : 0;
    *weight += all + SKETCH_SCOPE_NODES;
    return made;
}

static uint64_t element_of(const struct diff *diff, const struct diff_op *op, uint64_t first,
                           uint64_t k) {
    return first + (diff->options.backwards ? op->n - 1 - k : k);
}

static void add_child(struct diff_array *array, struct diff_scope *child) {
    if (array->child_n == array->child_cap) {
        array->child_cap = array->child_cap ? array->child_cap * 2 : 8;
        array->children = mem_realloc(array->children, array->child_cap, sizeof *array->children);
    }
    array->children[array->child_n++] = child;
}

/* Makes the next elements of an array children, until their nodes would be more than `most` (one at least, where there is
 * one). Returns what they weigh. */
static uint64_t fill(struct diff *diff, struct diff_scope *scope, struct diff_array *array,
                     uint64_t most) {
    uint64_t weight = 0;
    for (; array->fill_op < array->n; array->fill_op++, array->fill_at = 0) {
        const struct diff_op *op = &array->ops[array->fill_op];
        if (!is_looked_into(diff, op)) {
            continue;
        }
        for (; array->fill_at < op->n; array->fill_at++) {
            uint64_t k = array->fill_at;
            if (weight >= most) {
                return weight;
            }
            bool alone = op->kind == OP_GONE || op->kind == OP_NEW;
            struct sketch_scope *a = NULL, *b = NULL;
            if (op->kind != OP_NEW) {
                a = element_scope(diff, scope, array, 0, element_of(diff, op, op->a, k), alone,
                                  &weight);
            }
            if (op->kind != OP_GONE) {
                b = element_scope(diff, scope, array, 1, element_of(diff, op, op->b, k), alone,
                                  &weight);
            }
            add_child(array, scope_new(a, b));
        }
    }
    return weight;
}

/* Scopes that are to be known. */
struct batch {
    struct diff_scope **at;
    uint32_t n, cap;
};

static void add_to(struct batch *batch, struct diff_scope *scope) {
    if (batch->n == batch->cap) {
        batch->cap = batch->cap ? batch->cap * 2 : 16;
        batch->at = mem_realloc(batch->at, batch->cap, sizeof *batch->at);
    }
    batch->at[batch->n++] = scope;
}

static bool run_side(struct diff *diff, const struct batch *batch, unsigned side) {
    struct sketch_scope **scopes = mem_alloc((batch->n + (size_t)1) * sizeof *scopes);
    uint32_t n = 0;
    for (uint32_t i = 0; i < batch->n; i++) {
        if (batch->at[i]->side[side]) {
            scopes[n++] = batch->at[i]->side[side];
        }
    }
    bool ok = true;
    if (n > 0) {
        struct vm_sink *sink = sketch_begin(diff->sketch[side], scopes, n);
        ok = diff->options.run(diff->options.runner, side, sink, sketch_enough(diff->sketch[side]));
        sketch_done(diff->sketch[side]);
    }
    mem_free(scopes);
    return ok;
}

/* Whether there is anything to compare: damage may have left nothing of an element. */
static bool is_pair(const struct diff_scope *scope) {
    return scope->side[0] && scope->side[1] && scope->side[0]->n > 0 && scope->side[1]->n > 0;
}

/* Sketches the scopes and aligns the arrays in them; deep: and looks into their elements, on all levels. */
static void prepare(struct diff *diff, struct batch batch, bool deep) {
    while (batch.n > 0 && !diff->result.failed) {
        struct batch below = {0};
        diff->result.failed = !run_side(diff, &batch, 0) || !run_side(diff, &batch, 1);
        diff->telling = false;
        for (uint32_t i = 0; i < batch.n && !diff->result.failed; i++) {
            struct diff_scope *scope = batch.at[i];
            if (is_pair(scope)) {
                walk_pair(diff, scope, 0, 0);
            }
            for (uint32_t k = 0; deep && k < scope->n; k++) {
                struct diff_array *array = &scope->arrays[k];
                fill(diff, scope, array, UINT64_MAX);
                for (uint32_t c = 0; c < array->child_n; c++) {
                    add_to(&below, array->children[c]);
                }
            }
        }
        diff->telling = true;
        mem_free(batch.at);
        batch = below;
    }
    mem_free(batch.at);
}

/* The next child, known; the caller's. NULL where a run failed. */
static struct diff_scope *take_child(struct diff *diff, struct diff_scope *scope,
                                     struct diff_array *array) {
    if (array->taken == array->child_n) {
        struct batch batch = {0};
        array->taken = array->child_n = 0;
        uint64_t weight = fill(diff, scope, array, DIFF_WEIGHT_MAX);
        for (uint32_t i = 0; i < array->child_n; i++) {
            add_to(&batch, array->children[i]);
        }
        /* one alone may be too much: its own elements come by and by */
        prepare(diff, batch, array->child_n > 1 || weight <= DIFF_WEIGHT_MAX);
    }
    return diff->result.failed || array->taken == array->child_n ? NULL
                                                                 : array->children[array->taken++];
}

/* arrays */

static void push_index(struct diff *diff, unsigned side, uint64_t index) {
    buf_printf(&diff->path[side], "[%" PRIu64 "]", index);
}

static void push_range(struct diff *diff, unsigned side, uint64_t first, uint64_t n) {
    if (n == 1) {
        push_index(diff, side, first);
    } else {
        buf_printf(&diff->path[side], "[%" PRIu64 "..%" PRIu64 "]", first, first + n - 1);
    }
}

/* Puts what is known of some elements of a side into a change. */
static void set_elements(struct diff *diff, const struct diff_scope *scope,
                         const struct diff_array *array, unsigned side, uint64_t first, uint64_t n,
                         struct diff_side *out) {
    const struct sketch_node *node = node_at(scope, side, array->node[side]);
    uint64_t none;
    push_range(diff, side, first, n);
    out->path = buf_text(&diff->path[side]);
    out->index = first;
    out->elements = node->fixed ? NULL : &scope->side[side]->elements[node->array.first + first];
    diff_place(scope->side[side], node, first, &out->start, &none);
    diff_place(scope->side[side], node, first + n - 1, &none, &out->end);
    if (out->end < out->start || out->start == VM_UNKNOWN || out->end == VM_UNKNOWN) {
        out->start = out->end = VM_UNKNOWN;
    }
}

bool diff_element(const struct diff_change *change, unsigned side, uint64_t k, uint64_t *start,
                  uint64_t *end) {
    const struct diff_side *s = &change->side[side];
    if (s->elements) {
        *start = s->elements[k].start;
        *end = s->elements[k].end;
    } else if (s->start != VM_UNKNOWN) {
        uint64_t size = (s->end - s->start) / change->count;
        *start = s->start + k * size;
        *end = *start + size;
    } else {
        return false;
    }
    return *start != VM_UNKNOWN;
}

/* Elements of one side alone; child: what one of them looks like, or NULL. */
static void tell_elements(struct diff *diff, const struct diff_scope *scope,
                          const struct diff_array *array, unsigned side, const struct diff_op *op,
                          uint64_t first, uint64_t n, const struct diff_scope *child) {
    struct diff_change change = {.kind = side == 0 ? DIFF_REMOVED : DIFF_ADDED, .count = n};
    size_t before = diff->path[side].len;
    char *around = mem_strdup(buf_text(&diff->path[0]));
    change.array = around;
    change.at = op->a;
    change.at_end = op->a == node_at(scope, 0, array->node[0])->array.count;
    change.made = node_at(scope, side, array->node[side])->made;
    change.side[!side].start = change.side[!side].end = VM_UNKNOWN;
    set_elements(diff, scope, array, side, first, n, &change.side[side]);
    if (child && child->side[side]->n > 0) {
        change.side[side].scope = child->side[side];
        change.side[side].node = child->side[side]->nodes;
    }
    diff_tell(diff, &change);
    diff->path[side].len = before;
    mem_free(around);
}

static void tell_op_alone(struct diff *diff, struct diff_scope *scope, struct diff_array *array,
                          const struct diff_op *op) {
    unsigned side = op->kind == OP_NEW;
    uint64_t first = side == 0 ? op->a : op->b;
    bool looked = is_looked_into(diff, op);
    if (op->n > diff->options.single) {
        tell_elements(diff, scope, array, side, op, first, op->n, NULL);
        return;
    }
    for (uint64_t k = 0; k < op->n && !diff->result.failed; k++) {
        struct diff_scope *child = looked ? take_child(diff, scope, array) : NULL;
        tell_elements(diff, scope, array, side, op, element_of(diff, op, first, k), 1, child);
        if (child) {
            scope_free(child);
        }
    }
}

static uint64_t told_so_far(const struct diff *diff) {
    uint64_t n = 0;
    for (unsigned i = 0; i < DIFF_KINDS; i++) {
        n += diff->result.told[i];
    }
    return n;
}

/* What is different in a pair of elements, whose paths are in diff->path. */
static void tell_scope(struct diff *diff, struct diff_scope *scope) {
    if (!is_pair(scope)) {
        return;
    }
    bool whole = diff->options.whole && scope->side[0]->parent &&
                 node_at(scope, 0, 0)->kind == SKETCH_STRUCT && diff_gaps(diff, scope, false);
    if (whole) {
        tell_changed(diff, scope, 0, 0);
    } else {
        walk_pair(diff, scope, 0, 0);
        diff_gaps(diff, scope, true);
    }
}

static void tell_pair(struct diff *diff, struct diff_scope *scope, struct diff_array *array,
                      uint64_t a, uint64_t b) {
    struct diff_scope *child = take_child(diff, scope, array);
    size_t before[2] = {diff->path[0].len, diff->path[1].len};
    if (child) {
        push_index(diff, 0, a);
        push_index(diff, 1, b);
        tell_scope(diff, child);
        scope_free(child);
    }
    diff->path[0].len = before[0];
    diff->path[1].len = before[1];
}

/* Elements that have counterparts they are told of with, all at once. */
static void tell_both(struct diff *diff, struct diff_scope *scope, struct diff_array *array,
                      const struct diff_op *op, enum diff_kind kind) {
    size_t before[2] = {diff->path[0].len, diff->path[1].len};
    struct diff_change change = {.kind = kind, .count = op->n};
    set_elements(diff, scope, array, 0, op->a, op->n, &change.side[0]);
    set_elements(diff, scope, array, 1, op->b, kind == DIFF_BULK ? op->m : op->n, &change.side[1]);
    diff_tell(diff, &change);
    diff->path[0].len = before[0];
    diff->path[1].len = before[1];
}

static void tell_op(struct diff *diff, struct diff_scope *scope, struct diff_array *array,
                    const struct diff_op *op) {
    switch ((enum diff_op_kind)op->kind) {
    case OP_SAME:
        break;
    case OP_PAIR:
        for (uint64_t k = 0; k < op->n && !diff->result.failed; k++) {
            tell_pair(diff, scope, array, element_of(diff, op, op->a, k),
                      element_of(diff, op, op->b, k));
        }
        break;
    case OP_GONE:
    case OP_NEW:
        tell_op_alone(diff, scope, array, op);
        break;
    case OP_MOVED:
        tell_both(diff, scope, array, op, DIFF_MOVED);
        if (op->differs) {
            tell_pair(diff, scope, array, op->a, op->b);
        }
        break;
    case OP_BULK:
        tell_both(diff, scope, array, op, DIFF_BULK);
        break;
    }
}

/* That of a node of A: they were aligned in order. */
static struct diff_array *array_at(const struct diff_scope *scope, uint32_t a) {
    uint32_t lo = 0, hi = scope->n - 1;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (scope->arrays[mid].node[0] < a) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return &scope->arrays[lo];
}

static void walk_array(struct diff *diff, struct diff_scope *scope, uint32_t a, uint32_t b) {
    if (!diff->telling) {
        if (scope->n == scope->cap) {
            scope->cap = scope->cap ? scope->cap * 2 : 4;
            scope->arrays = mem_realloc(scope->arrays, scope->cap, sizeof *scope->arrays);
        }
        struct diff_array *array = &scope->arrays[scope->n++];
        *array = (struct diff_array){.node = {a, b}};
        diff_align(diff, scope, array);
        return;
    }
    struct diff_array *array = array_at(scope, a);
    for (uint64_t i = 0; i < array->n && !diff->result.failed; i++) {
        tell_op(diff, scope, array, &array->ops[i]);
    }
}

/* all of it */

/* Bytes that differ, and nothing could be told of them. */
static void tell_rest(struct diff *diff) {
    const struct diff_options *o = &diff->options;
    uint64_t least = o->size[0] < o->size[1] ? o->size[0] : o->size[1], first = 0;
    struct diff_change change = {.kind = DIFF_UNDESCRIBED};
    while (first < least && o->data[0][first] == o->data[1][first]) {
        first++;
    }
    if (first == o->size[0] && first == o->size[1]) {
        return;
    }
    for (unsigned side = 0; side < 2; side++) {
        change.side[side] =
            (struct diff_side){.path = "", .start = first * 8, .end = o->size[side] * 8};
    }
    diff_tell(diff, &change);
}

struct diff_result diff_files(const struct diff_options *options) {
    struct diff diff = {.options = *options};
    struct batch batch = {0};
    uint32_t keyed[SKETCH_KEYED_MAX];
    for (uint32_t i = 0; i < options->key_n; i++) {
        keyed[i] = options->keys[i].member;
    }
    for (unsigned side = 0; side < 2; side++) {
        struct sketch_options o = {
            .program = options->program,
            .data = options->data[side],
            .size = options->size[side],
            .filter = options->filter,
            .left_out = options->without_derived ? options->derived : NULL,
            .keyed = keyed,
            .keyed_n = options->key_n,
        };
        diff.sketch[side] = sketch_new(&o);
    }
    struct diff_scope *root = scope_new(sketch_scope_new(NULL, 0, 0), sketch_scope_new(NULL, 0, 0));
    add_to(&batch, root);
    prepare(&diff, batch, false);
    if (!diff.result.failed) {
        tell_scope(&diff, root);
    }
    if (told_so_far(&diff) == 0 && !options->filter && !options->without_derived &&
        !diff.result.failed) {
        tell_rest(&diff);
    }
    scope_free(root);
    for (unsigned side = 0; side < 2; side++) {
        diff.result.full |= sketch_is_full(diff.sketch[side]);
        sketch_free(diff.sketch[side]);
        buf_free(&diff.path[side]);
    }
    return diff.result;
}
