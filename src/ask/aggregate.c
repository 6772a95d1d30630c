#include "config.h"

#include "ask/aggregate.h"

#include "base/intern.h"
#include "base/map.h"
#include "base/mem.h"
#include "io/out.h"
#include "sink/scalar.h"

/* A value of a row, and its type, which says how it is shown. */
struct cell {
    struct vm_value value;
    uint32_t type;
};

struct tally {
    uint64_t n;     /* values that were there */
    int128 sum;     /* of the integers ... */
    double rest;    /* ... and of what is none, or no longer fits */
    bool inexact;   /* rest counts */
    struct cell at; /* the smallest or greatest one */
};

struct group {
    struct cell key;
    uint64_t rows;
    struct tally *tallies; /* one an aggregate */
};

struct aggregate {
    struct vm_sink sink; /* first */
    const struct sema_select *select;
    const struct program *program; /* of the values, once there are any */
    uint64_t rows;
    /* the row at hand */
    uint32_t column;
    uint32_t depth; /* structs and arrays open */
    struct cell *cells;
    struct buf key;       /* text of what the group goes by */
    struct buf key_bytes; /* where that is text or bytes: they */
    struct out key_out;
    /* groups */
    struct arena arena;
    struct intern *texts;
    struct map by_key; /* text -> group */
    VEC(struct group *) groups;
};

static struct aggregate *aggregate_of(struct vm_sink *sink) {
    return (struct aggregate *)(void *)sink;
}

/* numbers */

static double real(const struct vm_value *v) {
    return v->kind == VM_FLOAT ? v->number
           : v->kind == VM_INT ? (double)v->integer
                               : (double)(uint128)v->integer;
}

static bool is_number(const struct vm_value *v) {
    return v->kind == VM_INT || v->kind == VM_WIDE || v->kind == VM_FLOAT;
}

static bool is_less(const struct vm_value *a, const struct vm_value *b) {
    return a->kind == VM_INT && b->kind == VM_INT ? a->integer < b->integer : real(a) < real(b);
}

static void add_number(struct tally *t, const struct vm_value *v) {
    if (v->kind != VM_INT || !int128_add(t->sum, v->integer, &t->sum)) {
        t->rest += real(v);
        t->inexact = true;
    }
}

static void add_value(struct tally *t, enum sema_aggregate_kind kind, const struct cell *cell) {
    const struct vm_value *v = &cell->value;
    if (v->kind == VM_ABSENT || (kind != SEMA_A_COUNT && !is_number(v))) {
        return;
    }
    bool first = t->n++ == 0;
    switch (kind) {
    case SEMA_A_COUNT:
        break;
    case SEMA_A_SUM:
    case SEMA_A_AVG:
        add_number(t, v);
        break;
    case SEMA_A_MIN:
        t->at = first || is_less(v, &t->at.value) ? *cell : t->at;
        break;
    case SEMA_A_MAX:
        t->at = first || is_less(&t->at.value, v) ? *cell : t->at;
        break;
    }
}

/* Numbers of at most so many bits that come at once add up in 64: they are far fewer than 256. */
#define SUMS_IN_64 56u

/* The sum of integers as they come: of wide ones the halves are added up. */
static int128 sum_of(const struct vm_numbers *numbers, uint64_t n) {
    uint64_t low = 0, high = 0;
    if (numbers->bits <= SUMS_IN_64) {
        for (uint64_t i = 0; i < n; i++) {
            low += numbers->integers[i];
        }
    } else {
        for (uint64_t i = 0; i < n; i++) {
            low += numbers->integers[i] & UINT32_MAX;
            high += numbers->integers[i] >> 32;
        }
    }
    return (int128)(((uint128)high << 32) + low) - (int128)n * (int128)numbers->bias;
}

/* The smallest, or greatest, of n integers as they come; two at a time, for each comparison waits for the one before. */
static uint64_t best_of(const struct vm_numbers *numbers, uint64_t n, bool greatest) {
    const uint64_t *at = numbers->integers;
    uint64_t flip = greatest ? 0 : UINT64_MAX, best = at[0] ^ flip, other = best, i = 1;
    for (; i + 1 < n; i += 2) {
        uint64_t v = at[i] ^ flip, w = at[i + 1] ^ flip;
        best = v > best ? v : best;
        other = w > other ? w : other;
    }
    if (i < n && (at[i] ^ flip) > best) {
        best = at[i] ^ flip;
    }
    return (best > other ? best : other) ^ flip;
}

static void add_sum(struct tally *t, const struct vm_numbers *numbers, uint64_t n) {
    if (!numbers->real) {
        struct vm_value sum = vm_int(sum_of(numbers, n));
        add_number(t, &sum);
        return;
    }
    for (uint64_t i = 0; i < n; i++) { /* in their order, as one by one */
        t->rest += numbers->reals[i];
    }
    t->inexact = true;
}

/* The smallest or greatest of those before, if any, and n more, the first one of those that are equal. */
static void add_extreme(struct tally *t, const struct vm_numbers *numbers, uint64_t n,
                        bool greatest) {
    struct vm_value at = t->n ? t->at.value : numbers->like;
    if (numbers->real) {
        double best = t->n ? at.number : numbers->reals[0];
        for (uint64_t i = 0; i < n; i++) {
            double v = numbers->reals[i];
            best = (greatest ? best < v : v < best) ? v : best;
        }
        at.number = best;
    } else {
        int128 here = (int128)best_of(numbers, n, greatest) - (int128)numbers->bias;
        bool better = t->n == 0 || (greatest ? at.integer < here : here < at.integer);
        at.integer = better ? here : at.integer;
    }
    t->at = (struct cell){at, numbers->type};
}

/* n (not 0) values at once. */
static void add_numbers(struct tally *t, enum sema_aggregate_kind kind,
                        const struct vm_numbers *numbers, uint64_t n) {
    switch (kind) {
    case SEMA_A_COUNT:
        break;
    case SEMA_A_SUM:
    case SEMA_A_AVG:
        add_sum(t, numbers, n);
        break;
    case SEMA_A_MIN:
    case SEMA_A_MAX:
        add_extreme(t, numbers, n, kind == SEMA_A_MAX);
        break;
    }
    t->n += n;
}

/* groups */

static struct group *new_group(struct aggregate *a, const char *text) {
    struct group *group = arena_alloc(&a->arena, sizeof *group);
    *vec_push(&a->groups, &a->arena) = group;
    group->tallies = arena_array(&a->arena, a->select->aggregates.n + 1, sizeof *group->tallies);
    group->key = (struct cell){vm_absent(), PROGRAM_NONE};
    map_put(&a->by_key, &a->arena, text, NULL, group);
    return group;
}

static struct cell kept(struct aggregate *a, struct cell cell) {
    struct vm_value *v = &cell.value;
    if (v->kind == VM_TEXT || v->kind == VM_BYTES) {
        v->bytes = bytes_of(arena_strndup(&a->arena, (const char *)v->bytes.at, v->bytes.len),
                            v->bytes.len);
    }
    return cell;
}

static struct group *group_of(struct aggregate *a) {
    out_flush(&a->key_out);
    const char *text = intern_add(a->texts, (const char *)a->key.at, a->key.len);
    struct group *group = map_get(&a->by_key, text, NULL);
    if (!group) {
        group = new_group(a, text);
        if (a->select->grouped) {
            group->key = kept(a, a->cells[0]);
        }
    }
    buf_clear(&a->key);
    return group;
}

static void end_row(struct aggregate *a) {
    struct group *group = group_of(a);
    a->rows++;
    group->rows++;
    for (uint32_t i = 0; i < a->select->aggregates.n; i++) {
        const struct sema_aggregate *one = &a->select->aggregates.at[i];
        if (one->column != SEMA_NO_COLUMN) {
            add_value(&group->tallies[i], one->kind, &a->cells[one->column]);
        }
    }
}

/* events */

static void on_column(struct vm_sink *sink, uint32_t column) {
    struct aggregate *a = aggregate_of(sink);
    a->column = column;
    a->depth = 0;
    if (column == a->select->columns.n) {
        end_row(a);
    } else {
        a->cells[column] = (struct cell){vm_absent(), PROGRAM_NONE};
    }
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct aggregate *a = aggregate_of(sink);
    if (a->depth > 0 || a->column >= a->select->columns.n) {
        return;
    }
    struct cell *cell = &a->cells[a->column];
    a->program = event->program;
    *cell = (struct cell){*event->value, event->type};
    if (a->select->grouped && a->column == 0) {
        scalar_put(&a->key_out, event, SCALAR_JSON);
        struct bytes bytes = event->value->bytes;
        bool copied = event->value->kind == VM_TEXT || event->value->kind == VM_BYTES;
        buf_clear(&a->key_bytes);
        if (copied) { /* they are gone when the event is over */
            buf_put(&a->key_bytes, bytes.at, bytes.len);
            cell->value.bytes = buf_bytes(&a->key_bytes);
            cell->value.raw = (struct bytes){0};
            cell->value.space = NULL;
        }
    }
}

static void on_many(struct vm_sink *sink, const struct vm_many *many) {
    struct aggregate *a = aggregate_of(sink);
    struct group *group = group_of(a);
    a->program = many->program;
    a->rows += many->rows;
    group->rows += many->rows;
    for (uint32_t i = 0; i < a->select->aggregates.n; i++) {
        const struct sema_aggregate *one = &a->select->aggregates.at[i];
        if (one->column != SEMA_NO_COLUMN) {
            add_numbers(&group->tallies[i], one->kind, &many->columns[one->column], many->rows);
        }
    }
}

static void on_begin(struct vm_sink *sink, const struct vm_event *event) {
    (void)event;
    aggregate_of(sink)->depth++;
}

static void on_end(struct vm_sink *sink, const struct vm_event *event) {
    struct aggregate *a = aggregate_of(sink);
    (void)event;
    a->depth -= a->depth > 0;
}

/* telling */

static struct cell result_of(const struct tally *t, const struct sema_aggregate *one,
                             uint64_t rows) {
    double total = t->inexact ? (double)t->sum + t->rest : (double)t->sum;
    struct cell none = {vm_absent(), PROGRAM_NONE};
    switch (one->kind) {
    case SEMA_A_COUNT:
        return (struct cell){vm_int(one->column == SEMA_NO_COLUMN ? rows : t->n), PROGRAM_NONE};
    case SEMA_A_SUM:
        return (struct cell){t->inexact ? vm_float(total) : vm_int(t->sum), PROGRAM_NONE};
    case SEMA_A_AVG:
        return t->n ? (struct cell){vm_float(total / (double)t->n), PROGRAM_NONE} : none;
    case SEMA_A_MIN:
    case SEMA_A_MAX:
        return t->n ? t->at : none;
    }
    return none;
}

static void tell_cell(const struct aggregate *a, struct vm_sink *sink, const struct cell *cell) {
    struct vm_event e = {.program = a->program,
                         .member = PROGRAM_NONE,
                         .type = cell->type,
                         .index = VM_UNKNOWN,
                         .count = VM_UNKNOWN,
                         .value = &cell->value,
                         .let = true};
    sink->ops->value(sink, &e);
}

static void tell_group(const struct aggregate *a, struct vm_sink *sink, const struct group *group) {
    uint32_t column = 0;
    if (a->select->grouped) {
        sink->ops->column(sink, column++);
        tell_cell(a, sink, &group->key);
    }
    for (uint32_t i = 0; i < a->select->aggregates.n; i++) {
        struct cell cell = result_of(&group->tallies[i], &a->select->aggregates.at[i], group->rows);
        sink->ops->column(sink, column++);
        tell_cell(a, sink, &cell);
    }
    sink->ops->column(sink, column);
}

void aggregate_tell(const struct aggregate *a, struct vm_sink *sink) {
    struct tally *none = mem_zalloc(a->select->aggregates.n + 1, sizeof *none);
    struct group empty = {.tallies = none};
    if (a->groups.n == 0 && !a->select->grouped) {
        tell_group(a, sink, &empty);
    }
    for (uint32_t i = 0; i < a->groups.n; i++) {
        tell_group(a, sink, a->groups.at[i]);
    }
    mem_free(none);
}

/* making and ending */

struct aggregate *aggregate_new(const struct sema_select *select) {
    static const struct vm_sink_ops ops = {
        .struct_begin = on_begin,
        .struct_end = on_end,
        .array_begin = on_begin,
        .array_end = on_end,
        .value = on_value,
        .column = on_column,
        .many = on_many,
    };
    struct aggregate *a = mem_zalloc(1, sizeof *a);
    a->sink.ops = &ops;
    a->select = select;
    a->cells = mem_zalloc(select->columns.n + 1, sizeof *a->cells);
    a->texts = intern_new(&a->arena);
    a->column = select->columns.n;
    out_memory(&a->key_out, &a->key);
    return a;
}

struct vm_sink *aggregate_sink(struct aggregate *aggregate) {
    return &aggregate->sink;
}

uint64_t aggregate_rows(const struct aggregate *aggregate) {
    return aggregate->rows;
}

void aggregate_free(struct aggregate *a) {
    if (a) {
        out_close(&a->key_out);
        buf_free(&a->key);
        buf_free(&a->key_bytes);
        arena_free(&a->arena);
        mem_free(a->cells);
        mem_free(a);
    }
}
