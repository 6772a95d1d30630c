#include "config.h"

#include "ask/sketch.h"

#include <stdlib.h>

#include "ask/mix.h"
#include "base/mem.h"

/* What is done with what a level holds. */
enum mode {
    MODE_SKIP,   /* nothing */
    MODE_FOLLOW, /* scopes that are wanted may be further in */
    MODE_NODES,  /* it is in a scope that is wanted */
    MODE_FOLD,   /* it is in an element that is folded */
};

/* A struct or array that is open. */
struct level {
    uint8_t mode; /* enum mode */
    bool array;
    bool element;  /* an element that is folded: its record is made at its end */
    uint8_t keyed; /* which of the members with keys the array is of, counted from 1; 0: none */
    struct sketch_scope *scope;
    uint32_t node;    /* NODES: in the scope */
    uint32_t ordinal; /* an array's, in the scope */
    uint64_t next;    /* an array's elements so far */
    uint32_t member;  /* for names */
    struct filter_state filter;
};

struct sketch {
    struct vm_sink sink; /* first */
    struct sketch_options options;
    struct level *levels;
    uint32_t depth, cap;
    uint32_t lets; /* arrays of computed values that are open */
    struct sketch_scope *root;
    uint32_t run;
    uint32_t left; /* scopes that the run has still to find */
    bool enough;
    struct stretches cover; /* bytes that fields describe */
    uint64_t elements;      /* records kept so far */
    bool full;
    uint64_t keys[SKETCH_KEYED_MAX + 1]; /* elements of arrays that have keys, so far in the run */
    /* the element that is being folded */
    uint64_t hash;
    uint64_t weight;
    uint64_t sort, like;
    unsigned names; /* that these are made of */
    uint64_t start;
    uint64_t low, high; /* bits of the file that are in it */
};

static struct sketch *sketch_of(struct vm_sink *sink) {
    return (struct sketch *)(void *)sink;
}

/* scopes */

struct sketch_scope *sketch_scope_new(struct sketch_scope *parent, uint32_t array, uint64_t index) {
    struct sketch_scope *scope = mem_zalloc(1, sizeof *scope);
    scope->parent = parent;
    scope->array = array;
    scope->index = index;
    return scope;
}

void sketch_scope_free(struct sketch_scope *scope) {
    if (scope) {
        mem_free(scope->nodes);
        mem_free(scope->elements);
        mem_free(scope->below);
        arena_free(&scope->arena);
        mem_free(scope);
    }
}

static struct sketch_node *add_node(struct sketch_scope *scope) {
    if (scope->n == scope->cap) {
        uint32_t first = scope->room && scope->room < 64 ? scope->room : 16;
        scope->cap = scope->cap ? scope->cap * 2 : first;
        scope->nodes = mem_realloc(scope->nodes, scope->cap, sizeof *scope->nodes);
    }
    struct sketch_node *node = &scope->nodes[scope->n++];
    *node = (struct sketch_node){.next = scope->n};
    return node;
}

static struct level *top(struct sketch *sketch) {
    return sketch->depth ? &sketch->levels[sketch->depth - 1] : NULL;
}

/* Adds an element of the array on top. */
static void add_element(struct sketch *sketch, struct sketch_scope *scope,
                        struct sketch_element element) {
    uint64_t first = scope->nodes[top(sketch)->node].array.first;
    if (sketch->elements >= SKETCH_ELEMENTS_MAX && scope->element_n > first) {
        struct sketch_element *last = &scope->elements[scope->element_n - 1];
        last->hash = mix_number(last->hash, element.hash);
        sketch->full = true;
        return;
    }
    if (scope->element_n == scope->element_cap) {
        scope->element_cap = scope->element_cap ? scope->element_cap * 2 : 16;
        scope->elements = mem_realloc(scope->elements, scope->element_cap, sizeof *scope->elements);
    }
    scope->elements[scope->element_n++] = element;
    sketch->elements++;
}

/* Where scopes that are wanted are met: by array, then by index. */
static int compare_scopes(const void *a, const void *b) {
    const struct sketch_scope *x = *(struct sketch_scope *const *)a;
    const struct sketch_scope *y = *(struct sketch_scope *const *)b;
    if (x->array != y->array) {
        return x->array < y->array ? -1 : 1;
    }
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Tells all scopes around that it is to be found in them. */
static void lead_to(struct sketch *sketch, struct sketch_scope *scope) {
    struct sketch_scope *parent = scope->parent;
    if (scope->run == sketch->run) {
        return;
    }
    scope->run = sketch->run;
    scope->below_n = 0;
    scope->below_at = 0;
    scope->arrays = 0;
    if (!parent) {
        sketch->root = scope;
        return;
    }
    lead_to(sketch, parent);
    if (parent->below_n == parent->below_cap) {
        parent->below_cap = parent->below_cap ? parent->below_cap * 2 : 8;
        parent->below = mem_realloc(parent->below, parent->below_cap, sizeof *parent->below);
    }
    parent->below[parent->below_n++] = scope;
}

/* Puts what was told to the scopes around in order, once each. */
static void sort_around(struct sketch *sketch, struct sketch_scope *scope) {
    for (scope = scope->parent; scope && scope->sorted != sketch->run; scope = scope->parent) {
        scope->sorted = sketch->run;
        if (scope->below_n > 1) {
            qsort(scope->below, scope->below_n, sizeof *scope->below, compare_scopes);
        }
    }
}

/* The scope that element `index` of an array of the scope is or leads to, or NULL. Asked in order. */
static struct sketch_scope *scope_below(struct sketch_scope *scope, uint32_t array,
                                        uint64_t index) {
    while (scope->below_at < scope->below_n) {
        struct sketch_scope *next = scope->below[scope->below_at];
        if (next->array == array && next->index == index) {
            return next;
        }
        if (next->array > array || (next->array == array && next->index > index)) {
            break;
        }
        scope->below_at++;
    }
    return NULL;
}

/* levels */

static struct level *push(struct sketch *sketch, const struct level *level) {
    if (sketch->depth == sketch->cap) {
        sketch->cap = sketch->cap ? sketch->cap * 2 : 32;
        sketch->levels = mem_realloc(sketch->levels, sketch->cap, sizeof *sketch->levels);
    }
    sketch->levels[sketch->depth] = *level;
    return &sketch->levels[sketch->depth++];
}

static bool has_room(const struct sketch_scope *scope) {
    return scope->most == 0 || scope->n < scope->most;
}

static enum mode mode_of(const struct sketch *sketch, const struct sketch_scope *scope) {
    return !scope ? MODE_SKIP : scope->wanted == sketch->run ? MODE_NODES : MODE_FOLLOW;
}

/* The level of something that begins in the one on top, or at the root. */
static struct level level_in(struct sketch *sketch, const struct vm_event *e) {
    struct level *around = top(sketch);
    const struct filter *filter = sketch->options.filter;
    struct level level = {.member = e->member};
    if (!around) {
        level.scope = sketch->root;
        level.mode = (uint8_t)mode_of(sketch, level.scope);
        level.filter = filter ? filter_begin(filter) : level.filter;
        return level;
    }
    level.mode = around->mode;
    level.scope = around->scope;
    level.filter = around->filter;
    if (around->array) {
        uint64_t index = around->next++;
        sketch->keys[around->keyed]++;
        level.member = PROGRAM_NONE;
        if (around->mode == MODE_FOLLOW) {
            level.scope = scope_below(around->scope, around->ordinal, index);
            level.mode = (uint8_t)mode_of(sketch, level.scope);
        } else if (around->mode == MODE_NODES && !around->scope->in_full) {
            level.mode = MODE_FOLD;
            level.element = true;
        }
    } else if (e->member != PROGRAM_NONE) {
        struct bytes name = program_text(e->program, e->program->members.at[e->member].name);
        if (filter) {
            level.filter = filter_go(filter, level.filter, (const char *)name.at, name.len);
        }
        if (sketch->options.left_out && sketch->options.left_out[e->member]) {
            level.mode = MODE_SKIP;
        }
    }
    if (filter && filter_is_settled(filter, level.filter) && !filter_counts(filter, level.filter)) {
        level.mode = MODE_SKIP;
    }
    if (level.mode == MODE_NODES && !has_room(level.scope)) {
        level.scope->short_of = true;
        level.mode = MODE_SKIP;
    }
    return level;
}

/* places */

/* Where the event's bits lie in the file: from *start to *end; false where not in one stretch of it. */
static bool place_of(const struct sketch *sketch, const struct vm_event *e, uint64_t end,
                     uint64_t *start, uint64_t *behind) {
    uint64_t place, run;
    *start = e->start;
    *behind = end == VM_UNKNOWN ? e->start : end;
    if (!e->space || (e->space->made_by && !e->space->pieces)) {
        return false;
    }
    if (e->space->pieces) {
        if (!vm_space_place(e->space, e->start / 8, &place, &run) ||
            *behind - e->start > run * 8 - e->start % 8) {
            return false;
        }
        *start = place * 8 + e->start % 8;
        *behind += *start - e->start;
    }
    return *behind / 8 + (*behind % 8 > 0) <= sketch->options.size;
}

/* In the first run: what is described, where in the file it lies. */
static void cover(struct sketch *sketch, const struct vm_event *e) {
    if (sketch->run != 1 || !e->space || e->end == VM_UNKNOWN) {
        return;
    }
    uint64_t end = e->end / 8 + (e->end % 8 > 0), place, run;
    for (uint64_t at = e->start / 8; at < end; at += run) {
        bool stored = vm_space_place(e->space, at, &place, &run);
        if (run == 0) {
            break;
        }
        run = run < end - at ? run : end - at;
        if (stored) {
            stretches_add(&sketch->cover, place, place + run);
        }
    }
}

/* The bytes of an event in whose space they lie; false where they are no whole bytes of it. */
static bool stored_bytes(const struct vm_event *e, struct bytes *out) {
    if (!e->space || e->start % 8 || e->end % 8 || e->end < e->start ||
        e->end / 8 > e->space->size) {
        return false;
    }
    *out = bytes_of(e->space->data + e->start / 8, (e->end - e->start) / 8);
    return true;
}

/* values */

static uint64_t hash_value(uint64_t hash, const struct vm_event *e) {
    const struct vm_value *v = e->value;
    struct bytes bytes;
    hash = mix_number(hash, (uint64_t)e->type << 8 | (v ? v->kind : 0xff));
    if (stored_bytes(e, &bytes)) {
        return mix_bytes(hash, bytes);
    }
    if (v && (v->kind == VM_INT || v->kind == VM_WIDE)) {
        return mix_number(mix_number(hash, (uint64_t)v->integer),
                          (uint64_t)((uint128)v->integer >> 64));
    }
    return v && v->kind == VM_BOOL ? mix_number(hash, v->boolean) : hash;
}

/* Text and bytes, where they stay: what lies in the file as it is, else a copy. */
static void keep_bytes(const struct sketch *sketch, struct sketch_scope *scope,
                       struct sketch_node *node, struct bytes bytes) {
    const uint8_t *data = sketch->options.data;
    bool stays = bytes.at >= data && bytes.at < data + sketch->options.size;
    node->cut = !stays && bytes.len > SKETCH_KEPT_MAX;
    bytes.len = node->cut ? SKETCH_KEPT_MAX : bytes.len;
    node->bytes = bytes;
    if (!stays && bytes.len > 0) {
        void *copy = arena_alloc(&scope->arena, bytes.len);
        memcpy(copy, bytes.at, bytes.len);
        node->bytes.at = copy;
    }
}

static void keep_value(const struct sketch *sketch, struct sketch_scope *scope,
                       struct sketch_node *node, const struct vm_value *v) {
    node->vkind = v ? v->kind : VM_ABSENT;
    switch ((enum vm_kind)node->vkind) {
    case VM_BOOL:
        node->boolean = v->boolean;
        break;
    case VM_INT:
    case VM_WIDE:
        node->integer = v->integer;
        break;
    case VM_FLOAT:
        node->number = v->number;
        break;
    case VM_TEXT:
    case VM_BYTES:
        keep_bytes(sketch, scope, node, v->bytes);
        break;
    case VM_ABSENT:
    case VM_PLACE:
    case VM_FRAME:
    case VM_LIST:
        break;
    }
}

struct vm_value sketch_value(const struct sketch_node *node) {
    struct vm_value v = vm_absent();
    v.kind = node->vkind;
    switch ((enum vm_kind)node->vkind) {
    case VM_BOOL:
        v.boolean = node->boolean;
        break;
    case VM_INT:
    case VM_WIDE:
        v.integer = node->integer;
        break;
    case VM_FLOAT:
        v.number = node->number;
        break;
    case VM_TEXT:
    case VM_BYTES:
        v.bytes = node->bytes;
        break;
    case VM_ABSENT:
    case VM_PLACE:
    case VM_FRAME:
    case VM_LIST:
        break;
    }
    return v;
}

static struct sketch_node *add_leaf(struct sketch *sketch, struct sketch_scope *scope,
                                    enum sketch_kind kind, uint32_t member,
                                    const struct vm_event *e) {
    struct sketch_node *node = add_node(scope);
    node->kind = (uint8_t)kind;
    node->member = member;
    node->type = e->type;
    node->made = !place_of(sketch, e, e->end, &node->start, &node->end);
    node->hash = hash_value(0, e);
    keep_value(sketch, scope, node, e->value);
    return node;
}

/* What in an element says what kind of thing it is: names of enums, texts. The first gives its sort, the first two its
 * likeness. */
static void take_sort(struct sketch *sketch, const struct vm_event *e) {
    const struct program_type *t = e->type == PROGRAM_NONE ? NULL : &e->program->types.at[e->type];
    bool named = t && t->kind == TYPE_INT && t->names != PROGRAM_NONE &&
                 !e->program->enums.at[t->names].flags;
    if (sketch->names == 2 || !(named || (t && t->kind == TYPE_TEXT))) {
        return;
    }
    sketch->like = hash_value(sketch->like, e);
    sketch->sort = sketch->names == 0 ? sketch->like : sketch->sort;
    sketch->names++;
}

/* Where in the file it lies. Other bytes gathered are where their fields are. */
static void fold_place(struct sketch *sketch, const struct vm_event *e) {
    if (e->space && !e->space->made_by && !e->space->pieces && e->end != VM_UNKNOWN &&
        e->end > e->start) {
        sketch->low = e->start < sketch->low ? e->start : sketch->low;
        sketch->high = e->end > sketch->high ? e->end : sketch->high;
    }
}

static void fold_value(struct sketch *sketch, const struct vm_event *e, uint32_t member) {
    fold_place(sketch, e);
    sketch->hash = hash_value(mix_number(sketch->hash, member), e);
    sketch->weight++;
    take_sort(sketch, e);
}

/* elements that are folded */

static void begin_element(struct sketch *sketch, const struct vm_event *e) {
    sketch->hash = mix_number(0, e->type);
    sketch->weight = 0;
    sketch->sort = sketch->like = mix_number(e->type, 0);
    sketch->names = 0;
    sketch->start = e->start;
    sketch->low = UINT64_MAX;
    sketch->high = 0;
}

static void end_element(struct sketch *sketch, struct sketch_scope *scope,
                        const struct vm_event *e) {
    struct vm_event whole = *e;
    struct sketch_element element = {
        .hash = sketch->hash,
        .weight = (sketch->weight < SKETCH_WEIGHT_MAX ? (uint32_t)sketch->weight + 1
                                                      : SKETCH_WEIGHT_MAX) &
                  SKETCH_WEIGHT_MAX,
        .sort = (uint16_t)sketch->sort,
        .like = (uint16_t)sketch->like,
    };
    whole.start = sketch->start;
    if (whole.end < whole.start ||
        !place_of(sketch, &whole, whole.end, &element.start, &element.end)) {
        element.start = element.end = VM_UNKNOWN;
    }
    element.apart = sketch->low < element.start || sketch->high > element.end;
    add_element(sketch, scope, element);
}

/* events */

static bool is_computed(struct sketch *sketch, const struct vm_event *e) {
    return e->let || sketch->lets > 0;
}

/* A scope that is wanted was found, all of it. */
static void end_scope(struct sketch *sketch, const struct sketch_scope *scope) {
    sketch->left -= sketch->left > 0;
    sketch->enough = sketch->left == 0 && scope->parent;
}

/* Something without parts. What has no name of its own counts where its struct does. */
static void on_leaf(struct sketch *sketch, enum sketch_kind kind, const struct vm_event *e) {
    struct level *around = top(sketch);
    struct vm_event named = *e;
    cover(sketch, e);
    if (!around) {
        return;
    }
    if (kind != SKETCH_VALUE && around->array) { /* it is no element */
        if (around->mode == MODE_FOLD) {
            fold_value(sketch, e, PROGRAM_NONE);
        }
        return;
    }
    named.member = kind == SKETCH_VALUE ? e->member : PROGRAM_NONE;
    struct level level = level_in(sketch, &named);
    const struct filter *filter = sketch->options.filter;
    if (level.mode == MODE_SKIP || level.mode == MODE_FOLLOW ||
        (filter && !filter_counts(filter, level.filter))) {
        return;
    }
    if (level.mode == MODE_NODES) {
        add_leaf(sketch, level.scope, kind, level.member, e);
        if (level.scope != around->scope) {
            end_scope(sketch, level.scope);
        }
        return;
    }
    if (level.element) {
        begin_element(sketch, e);
    }
    fold_value(sketch, e, level.member);
    if (level.element) {
        end_element(sketch, level.scope, e);
    }
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct sketch *sketch = sketch_of(sink);
    bool refers =
        event->value && (event->value->kind == VM_FRAME || event->value->kind == VM_PLACE);
    if (!is_computed(sketch, event) && !refers) {
        on_leaf(sketch, SKETCH_VALUE, event);
    }
}

static void on_source(struct vm_sink *sink, const struct vm_event *event) {
    on_leaf(sketch_of(sink), SKETCH_SOURCE, event);
}

static void on_magic(struct vm_sink *sink, const struct vm_event *event) {
    on_leaf(sketch_of(sink), SKETCH_MAGIC, event);
}

/* A struct or array begins. */
static void open(struct sketch *sketch, const struct vm_event *e, bool array) {
    struct level level = level_in(sketch, e);
    level.array = array;
    for (uint32_t i = 0; array && i < sketch->options.keyed_n; i++) {
        level.keyed = sketch->options.keyed[i] == e->member ? (uint8_t)(i + 1) : level.keyed;
    }
    if (level.mode == MODE_NODES || level.mode == MODE_FOLLOW) {
        level.ordinal = array ? level.scope->arrays++ : 0;
    }
    if (level.mode == MODE_NODES) {
        struct sketch_scope *scope = level.scope;
        level.node = scope->n;
        struct sketch_node *node = add_node(scope);
        node->kind = array ? SKETCH_ARRAY : SKETCH_STRUCT;
        node->member = level.member;
        node->type = e->type;
        node->made = !e->space || e->space->made_by || e->space->pieces;
        node->start = node->end = e->start;
        if (array) {
            node->array.first = scope->element_n;
            node->array.ordinal = level.ordinal;
            node->array.key = sketch->keys[level.keyed];
        }
    } else if (level.mode == MODE_FOLD) {
        if (level.element) {
            begin_element(sketch, e);
        }
        sketch->hash =
            mix_number(mix_number(sketch->hash, level.member), (uint64_t)e->type << 1 | array);
        sketch->weight++;
    }
    push(sketch, &level);
}

/* A struct that is cut off ends with the file. */
static void end_node(const struct sketch *sketch, const struct level *level,
                     const struct vm_event *e) {
    struct sketch_node *node = &level->scope->nodes[level->node];
    uint64_t most = node->made ? VM_UNKNOWN : sketch->options.size * 8;
    node->next = level->scope->n;
    if (level->array && !node->fixed) {
        node->array.count = level->scope->element_n - node->array.first;
    }
    if (node->fixed) {
        return;
    }
    node->start = node->start < most ? node->start : most;
    node->end = node->start;
    if (e->end != VM_UNKNOWN && e->end > node->start) {
        node->end = e->end < most ? e->end : most;
    }
}

static void close(struct sketch *sketch, const struct vm_event *e) {
    if (sketch->depth == 0) {
        return;
    }
    struct level level = sketch->levels[--sketch->depth];
    if (level.mode == MODE_NODES) {
        end_node(sketch, &level, e);
        if (!top(sketch) || top(sketch)->scope != level.scope) {
            end_scope(sketch, level.scope);
        }
    } else if (level.mode == MODE_FOLD) {
        sketch->hash = mix_number(sketch->hash, UINT64_MAX);
        if (level.element) {
            end_element(sketch, level.scope, e);
        }
    }
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    open(sketch_of(sink), event, false);
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct sketch *sketch = sketch_of(sink);
    if (is_computed(sketch, event)) {
        sketch->lets++;
    } else {
        open(sketch, event, true);
    }
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    close(sketch_of(sink), event);
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    struct sketch *sketch = sketch_of(sink);
    if (sketch->lets > 0) {
        sketch->lets--;
    } else {
        close(sketch, event);
    }
}

/* Marks the field that a finding is about, where it is a node. */
static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct sketch *sketch = sketch_of(sink);
    struct level *level = top(sketch);
    if (!level || level->mode != MODE_NODES || finding->member == PROGRAM_NONE) {
        return;
    }
    for (uint32_t i = level->scope->n; i-- > level->node;) {
        struct sketch_node *node = &level->scope->nodes[i];
        if (node->kind == SKETCH_VALUE && node->member == finding->member) {
            node->wrong = true;
            break;
        }
    }
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    (void)sink, (void)fault;
}

/* The next scope that elements of the array are or lead to, the one at hand counted in; NULL: none. */
static const struct sketch_scope *next_below(const struct level *level) {
    struct sketch_scope *scope = level->scope;
    const struct sketch_scope *next = scope_below(scope, level->ordinal, level->next);
    if (!next && scope->below_at < scope->below_n) {
        next = scope->below[scope->below_at];
    }
    return next && next->array == level->ordinal ? next : NULL;
}

/* Whether elements that follow need no events: those of one size are known by their bytes. */
static bool pass_elements(struct sketch *sketch, struct level *level, const struct vm_event *rest) {
    const struct filter *filter = sketch->options.filter;
    bool plain = !rest->space->made_by && !rest->space->pieces && rest->start % 8 == 0 &&
                 (rest->end - rest->start) / rest->count % 8 == 0 && !sketch->options.left_out &&
                 (!filter || filter_is_settled(filter, level->filter));
    switch ((enum mode)level->mode) {
    case MODE_SKIP:
        return true;
    case MODE_FOLLOW:
        return !next_below(level);
    case MODE_NODES:
        plain = plain && level->next == 0 && !level->scope->in_full;
        if (plain) {
            struct sketch_node *node = &level->scope->nodes[level->node];
            node->fixed = true;
            node->type = rest->type;
            node->array.count = rest->count;
            node->start = rest->start;
            node->end = rest->end;
        }
        return plain;
    case MODE_FOLD:
        if (plain) {
            fold_place(sketch, rest);
            struct bytes bytes =
                bytes_of(rest->space->data + rest->start / 8, (rest->end - rest->start) / 8);
            sketch->hash = mix_bytes(mix_number(sketch->hash, rest->type), bytes);
        }
        return plain;
    }
    return false;
}

static bool on_pass(struct vm_sink *sink, const struct vm_event *rest, const struct vm_row *row) {
    struct sketch *sketch = sketch_of(sink);
    struct level *level = top(sketch);
    if (!level || !level->array || rest->count == 0 || sketch->lets > 0 ||
        !pass_elements(sketch, level, rest)) {
        return false;
    }
    level->next += rest->count;
    sketch->keys[level->keyed] += rest->count;
    if (row->dense) {
        cover(sketch, rest);
    }
    return true;
}

/* What no scope that is wanted is in: of elements, those in front of the next one. */
static uint64_t on_skip(struct vm_sink *sink, const struct vm_event *rest) {
    struct sketch *sketch = sketch_of(sink);
    struct level *level = top(sketch);
    if (!level || sketch->run == 1 || sketch->lets > 0) {
        return 0;
    }
    if (level->mode == MODE_SKIP && !level->array) {
        return rest->count;
    }
    if (!level->array || (level->mode != MODE_FOLLOW && level->mode != MODE_SKIP)) {
        return 0;
    }
    uint64_t n = rest->count;
    const struct sketch_scope *next = level->mode == MODE_FOLLOW ? next_below(level) : NULL;
    if (next) {
        n = next->index - level->next < n ? next->index - level->next : n;
    }
    level->next += n;
    sketch->keys[level->keyed] += n;
    return n;
}

/* runs */

static const struct vm_sink_ops ops = {
    .struct_begin = on_struct_begin,
    .struct_end = on_struct_end,
    .array_begin = on_array_begin,
    .array_end = on_array_end,
    .value = on_value,
    .source = on_source,
    .magic = on_magic,
    .fault = on_fault,
    .finding = on_finding,
    .pass = on_pass,
    .skip = on_skip,
};

struct sketch *sketch_new(const struct sketch_options *options) {
    struct sketch *sketch = mem_zalloc(1, sizeof *sketch);
    sketch->sink.ops = &ops;
    sketch->options = *options;
    return sketch;
}

void sketch_free(struct sketch *sketch) {
    if (sketch) {
        stretches_clear(&sketch->cover);
        mem_free(sketch->levels);
        mem_free(sketch);
    }
}

struct vm_sink *sketch_begin(struct sketch *sketch, struct sketch_scope *const *scopes,
                             uint32_t n) {
    sketch->run++;
    sketch->depth = 0;
    sketch->lets = 0;
    memset(sketch->keys, 0, sizeof sketch->keys);
    sketch->elements = 0;
    sketch->left = n;
    sketch->enough = false;
    for (uint32_t i = 0; i < n; i++) {
        scopes[i]->wanted = sketch->run;
        lead_to(sketch, scopes[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        sort_around(sketch, scopes[i]);
    }
    return &sketch->sink;
}

void sketch_done(struct sketch *sketch) {
    stretches_settle(&sketch->cover);
    struct vm_event end = {.type = PROGRAM_NONE, .member = PROGRAM_NONE, .end = VM_UNKNOWN};
    while (sketch->depth > 0) { /* of a run that was stopped */
        close(sketch, &end);
    }
}

const bool *sketch_enough(const struct sketch *sketch) {
    return &sketch->enough;
}

const struct stretches *sketch_cover(const struct sketch *sketch) {
    return &sketch->cover;
}

bool sketch_is_full(const struct sketch *sketch) {
    return sketch->full;
}

bool sketch_bytes(const struct sketch *sketch, uint64_t start, uint64_t end, struct bytes *out) {
    if (start == VM_UNKNOWN || start % 8 || end % 8 || end < start ||
        end / 8 > sketch->options.size) {
        return false;
    }
    *out = bytes_of(sketch->options.data + start / 8, (end - start) / 8);
    return true;
}

bool sketch_is_whole(const struct sketch_scope *scope, const struct sketch_node *node) {
    uint32_t first = (uint32_t)(node - scope->nodes);
    bool whole = !node->made;
    for (uint32_t i = first + 1; i < node->next && whole; i++) {
        const struct sketch_node *n = &scope->nodes[i];
        if (n->made) {
            continue;
        }
        if (n->kind != SKETCH_ARRAY || n->fixed) {
            whole = n->end <= n->start || (n->start >= node->start && n->end <= node->end);
            continue;
        }
        for (uint64_t k = 0; k < n->array.count && whole; k++) {
            const struct sketch_element *e = &scope->elements[n->array.first + k];
            whole = !e->apart && e->start >= node->start && e->end <= node->end;
        }
    }
    return whole;
}

struct bytes sketch_name(const struct sketch *sketch, const struct sketch_node *node) {
    const struct program *program = sketch->options.program;
    return node->member == PROGRAM_NONE
               ? bytes_of("", 0)
               : program_text(program, program->members.at[node->member].name);
}
