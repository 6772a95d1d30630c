#include "config.h"

#include "ask/aggregate.h"

#include "ask/tally.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/mem.h"
#include "io/out.h"
#include "sink/scalar.h"

struct group {
    struct cell key;
    uint64_t rows;
    struct tally *tallies; /* one an aggregate */
};

/* The group of an integer key that was met, by the key's hash: the last one of those that have it. */
struct known {
    int128 key;
    struct group *group; /* NULL: none */
};

#define KNOWN_BITS 10
#define HASH       0x9e3779b97f4a7c15u /* 2^64 by the golden ratio (Knuth, volume 3, 6.4) */

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
    struct map by_key;   /* text -> group */
    struct known *known; /* 2^KNOWN_BITS */
    VEC(struct group *) groups;
};

static struct aggregate *aggregate_of(struct vm_sink *sink) {
    return (struct aggregate *)(void *)sink;
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
            tally_add(&group->tallies[i], one->kind, &a->cells[one->column]);
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

/* The row goes by the value of the event, which becomes its first cell. */
static void set_key(struct aggregate *a, const struct vm_event *event) {
    struct cell *cell = &a->cells[0];
    const struct vm_value *value = event->value;
    *cell = (struct cell){*value, event->type};
    scalar_put(&a->key_out, event, SCALAR_JSON);
    buf_clear(&a->key_bytes);
    if (value->kind == VM_TEXT ||
        value->kind == VM_BYTES) { /* they are gone when the event is over */
        buf_put(&a->key_bytes, value->bytes.at, value->bytes.len);
        cell->value.bytes = buf_bytes(&a->key_bytes);
        cell->value.raw = (struct bytes){0};
        cell->value.space = NULL;
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
        set_key(a, event);
    }
}

/* The group that the key of row i goes by. */
static struct group *group_of_key(struct aggregate *a, const struct vm_numbers *keys, uint64_t i) {
    struct cell cell = tally_cell(keys, i);
    struct known *known = &a->known[(uint64_t)cell.value.integer * HASH >> (64 - KNOWN_BITS)];
    if (keys->real || !known->group || known->key != cell.value.integer) {
        set_key(a, &(struct vm_event){.program = a->program,
                                      .member = PROGRAM_NONE,
                                      .type = cell.type,
                                      .index = VM_UNKNOWN,
                                      .count = VM_UNKNOWN,
                                      .value = &cell.value});
        *known = (struct known){cell.value.integer, group_of(a)};
    }
    return known->group;
}

static void add_by_key(struct aggregate *a, const struct vm_many *many) {
    for (uint64_t k = 0; k < many->rows; k++) {
        struct group *group = group_of_key(a, &many->columns[0], k);
        group->rows++;
        for (uint32_t i = 0; i < a->select->aggregates.n; i++) {
            const struct sema_aggregate *one = &a->select->aggregates.at[i];
            if (one->column != SEMA_NO_COLUMN) {
                struct cell cell = tally_cell(&many->columns[one->column], k);
                tally_add(&group->tallies[i], one->kind, &cell);
            }
        }
    }
}

static void on_many(struct vm_sink *sink, const struct vm_many *many) {
    struct aggregate *a = aggregate_of(sink);
    a->program = many->program;
    a->rows += many->rows;
    if (a->select->grouped) {
        add_by_key(a, many);
        return;
    }
    struct group *group = a->groups.n ? a->groups.at[0] : group_of(a);
    group->rows += many->rows;
    for (uint32_t i = 0; i < a->select->aggregates.n; i++) {
        const struct sema_aggregate *one = &a->select->aggregates.at[i];
        if (one->column != SEMA_NO_COLUMN) {
            tally_add_many(&group->tallies[i], one->kind, &many->columns[one->column], many->rows);
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

static struct cell result_of(const struct group *group, const struct sema_aggregate *one,
                             const struct tally *tally) {
    return one->column == SEMA_NO_COLUMN ? (struct cell){vm_int(group->rows), PROGRAM_NONE}
                                         : tally_result(tally, one->kind);
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
        struct cell cell = result_of(group, &a->select->aggregates.at[i], &group->tallies[i]);
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
    a->known = select->grouped ? mem_zalloc((size_t)1 << KNOWN_BITS, sizeof *a->known) : NULL;
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
        mem_free(a->known);
        mem_free(a->cells);
        mem_free(a);
    }
}
