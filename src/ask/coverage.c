#include "config.h"

#include "ask/coverage.h"

#include <string.h>

#include "base/mem.h"
#include "base/number.h"

static struct coverage *coverage_of(struct vm_sink *sink) {
    return (struct coverage *)(void *)sink;
}

/* what can be met */

static uint32_t element_of(const struct program *program, uint32_t type) {
    while (type != PROGRAM_NONE && program->types.at[type].kind == TYPE_ARRAY) {
        type = program->types.at[type].of;
    }
    return type;
}

static void reach_type(struct coverage *c, uint32_t type) {
    type = element_of(c->program, type);
    if (type == PROGRAM_NONE) {
        return;
    }
    const struct program_type *t = &c->program->types.at[type];
    if (t->kind == TYPE_STRUCT) {
        return;
    }
    if (t->names != PROGRAM_NONE) {
        c->enums[t->names].used = true;
    }
}

/* Structs that the program has a function or blocks for, and the enums of what it emits. */
static void find_reachable(struct coverage *c) {
    const struct program *p = c->program;
    for (uint32_t i = 0; i < p->structs.n; i++) {
        c->reachable[i] = p->structs.at[i].dump_pc != PROGRAM_NONE;
    }
    for (uint32_t i = 0; i < p->fields.n; i++) {
        const struct program_field *f = &p->fields.at[i];
        const struct program_type *t = &p->types.at[f->type];
        if (f->member != PROGRAM_NONE) {
            c->reachable[p->members.at[f->member].owner] = true;
        }
        if (f->what == FIELD_ENTER && t->kind == TYPE_STRUCT) {
            c->reachable[t->of] = true;
        }
        reach_type(c, f->type);
    }
    for (uint32_t i = 0; i < p->members.n; i++) {
        if (coverage_has_member(c, i)) {
            reach_type(c, p->members.at[i].type);
        }
    }
    for (uint32_t i = 0; i < p->code.n; i++) {
        const struct program_inst *inst = &p->code.at[i];
        switch (inst->op) {
        case OP_VALUE:
        case OP_RUN:
        case OP_ARRAY_BEGIN:
            reach_type(c, inst->a);
            break;
        case OP_CAST:
            c->enums[inst->a].used = true;
            break;
        default: /* of other instructions nothing is shown */
            break;
        }
    }
}

static bool same_place(const struct program_check *a, const struct program_check *b) {
    return a->kind == b->kind && a->span.lo == b->span.lo && a->span.hi == b->span.hi;
}

/* Checks by where they are written: few are written often, those of a typedef. */
static void find_checks(struct coverage *c) {
    struct arena scratch = {0};
    struct map known = {0};
    for (uint32_t i = 0; i < c->program->checks.n; i++) {
        const struct program_check *check = &c->program->checks.at[i];
        const void *place = (const void *)((uintptr_t)check->span.lo + 1);
        uintptr_t first =
            (uintptr_t)map_get(&known, place, (const void *)((uintptr_t)check->kind + 1));
        if (first && same_place(check, &c->program->checks.at[first - 1])) {
            c->check_of[i] = (uint32_t)first - 1;
            continue;
        }
        c->check_of[i] = i;
        map_put(&known, &scratch, place, (const void *)((uintptr_t)check->kind + 1),
                (void *)(uintptr_t)(i + 1));
    }
    arena_free(&scratch);
}

/* counting */

/* Where values are met: an event's, or (inner) those of a field in an element of a row that it stands for. */
struct met_at {
    const struct vm_event *event;
    uint32_t inner; /* or PROGRAM_NONE */
};

/* Where a value is, or goes; half of the slots at least are empty. */
static uint16_t *odd_slot(struct coverage_enum *e, int128 value) {
    uint64_t hash = ((uint64_t)value ^ (uint64_t)(value >> 64)) * 0x9e3779b97f4a7c15u;
    if (!e->slots) {
        e->slots = mem_zalloc(COVERAGE_SLOTS, sizeof *e->slots);
    }
    uint32_t at = (uint32_t)(hash >> 55) % COVERAGE_SLOTS;
    while (e->slots[at] && e->odd[e->slots[at] - 1].value != value) {
        at = (at + 1) % COVERAGE_SLOTS;
    }
    return &e->slots[at];
}

static void add_odd(struct coverage *c, struct coverage_enum *e, int128 value, uint64_t n,
                    const struct met_at *at) {
    uint16_t *slot = odd_slot(e, value);
    if (*slot) {
        e->odd[*slot - 1].met += n;
        return;
    }
    if (e->odd_n == COVERAGE_ODD_MAX) {
        e->more += n;
        return;
    }
    *slot = (uint16_t)(e->odd_n + 1);
    if (e->odd_n == e->odd_cap) {
        e->odd_cap = e->odd_cap ? e->odd_cap * 2 : 8;
        e->odd = mem_realloc(e->odd, e->odd_cap, sizeof *e->odd);
    }
    struct buf path = {0};
    way_put(&c->way, c->program, at->event, &path);
    if (at->inner != PROGRAM_NONE) {
        struct bytes name = program_text(c->program, c->program->members.at[at->inner].name);
        buf_putc(&path, '.');
        buf_put(&path, name.at, name.len);
    }
    e->odd[e->odd_n++] = (struct coverage_odd){
        .value = value, .met = n, .file = mem_strdup(c->file), .path = mem_strdup(buf_text(&path))};
    buf_free(&path);
}

static void count_flags(struct coverage *c, const struct program_enum *names,
                        struct coverage_enum *e, int128 value, uint64_t n,
                        const struct met_at *at) {
    uint128 left = (uint128)value;
    for (uint32_t i = 0; i < names->count; i++) {
        int128 mask = c->program->items.at[names->first + i].value;
        bool set = mask ? (value & mask) == mask : value == 0;
        e->met[i] += set ? n : 0;
        left &= set ? ~(uint128)mask : ~(uint128)0;
    }
    for (unsigned bit = 0; left && bit < 127; bit++) {
        if (left >> bit & 1) {
            add_odd(c, e, (int128)1 << bit, n, at);
            left &= ~((uint128)1 << bit);
        }
    }
}

/* A value of an enum was met n times. */
static void count_name(struct coverage *c, uint32_t id, int128 value, uint64_t n,
                       const struct met_at *at) {
    const struct program_enum *names = &c->program->enums.at[id];
    struct coverage_enum *e = &c->enums[id];
    if (names->flags) {
        count_flags(c, names, e, value, n, at);
        return;
    }
    const struct program_enumerator *item = program_enumerator(c->program, id, value);
    if (item) {
        e->met[item - (c->program->items.at + names->first)] += n;
    } else {
        add_odd(c, e, value, n, at);
    }
}

uint64_t coverage_item_met(const struct coverage *c, uint32_t names, uint32_t item) {
    const struct program_enum *e = &c->program->enums.at[names];
    int128 value = c->program->items.at[e->first + item].value;
    const struct program_enumerator *counted =
        e->flags ? NULL : program_enumerator(c->program, names, value);
    return counted ? c->enums[names].met[counted - (c->program->items.at + e->first)]
                   : c->enums[names].met[item];
}

/* the sink */

static bool is_view(const struct coverage *c, uint32_t member) {
    return c->views > 0 || (member != PROGRAM_NONE && c->spots->views[member]);
}

static void describe(struct coverage *c, const struct vm_event *e, enum extent_how how) {
    if (!c->extent || !e->space || e->end == VM_UNKNOWN || e->end <= e->start) {
        return;
    }
    struct extent_space *first = extent_add(c->extent, e->space, e->start, e->end, how);
    if (first) {
        struct buf path = {0};
        way_put(&c->way, c->program, NULL, &path);
        first->path = mem_strdup(buf_text(&path));
        buf_free(&path);
    }
}

static void describe_field(struct coverage *c, const struct vm_event *e) {
    describe(c, e,
             is_view(c, e->member) ? EXTENT_VIEW
             : c->unions > 0       ? EXTENT_IN_UNION
                                   : EXTENT_FIELD);
}

static void count_member(struct coverage *c, const struct vm_event *e) {
    if (e->member != PROGRAM_NONE && !way_in_array(&c->way)) {
        c->members[e->member]++;
    }
}

static void open_level(struct coverage *c, const struct vm_event *e, bool array) {
    count_member(c, e);
    bool view = e->member != PROGRAM_NONE && c->spots->views[e->member];
    struct way_level *level = way_open(&c->way, e, array);
    const struct program_type *t =
        array || e->type == PROGRAM_NONE ? NULL : &c->program->types.at[e->type];
    if (t && t->kind == TYPE_STRUCT) {
        c->structs[t->of]++;
        level->is_union = c->spots->structs[t->of].is_union;
    }
    level->view = view;
    c->unions += level->is_union;
    c->views += level->view;
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    open_level(coverage_of(sink), event, false);
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    open_level(coverage_of(sink), event, true);
}

static void on_end(struct vm_sink *sink, const struct vm_event *event) {
    struct coverage *c = coverage_of(sink);
    struct way_level level = way_close(&c->way);
    (void)event;
    c->views -= level.view;
    c->unions -= level.is_union;
    if (level.is_union && c->unions == 0 && c->extent) {
        extent_union_ends(c->extent);
    }
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct coverage *c = coverage_of(sink);
    const struct vm_value *value = event->value;
    if (!value || value->kind == VM_ABSENT) {
        return;
    }
    count_member(c, event);
    if (value->kind == VM_INT && value->names != PROGRAM_NONE) {
        struct met_at at = {event, PROGRAM_NONE};
        count_name(c, value->names, value->integer, 1, &at);
    }
    if (!event->let) {
        describe_field(c, event);
    }
}

static void on_described(struct vm_sink *sink, const struct vm_event *event) {
    describe_field(coverage_of(sink), event);
}

static void on_over(struct vm_sink *sink, const struct vm_event *event) {
    describe(coverage_of(sink), event, EXTENT_OVER);
}

static void on_met(struct vm_sink *sink, uint32_t spot) {
    struct coverage *c = coverage_of(sink);
    if (spot < c->spots->at.n) {
        c->met[spot]++;
    }
}

static void on_checked(struct vm_sink *sink, uint32_t check, bool holds) {
    struct coverage *c = coverage_of(sink);
    c->checks[c->check_of[check]].tested++;
    c->checks[c->check_of[check]].failed += !holds;
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct coverage *c = coverage_of(sink);
    c->faults++;
    if (c->extent) {
        extent_fault(c->extent, fault->space, fault->offset);
    }
}

/* elements that lie in a row */

/* The numbers of one field in a row of elements, those alike counted together. */
static void count_column(struct coverage *c, const struct vm_event *rest, const struct vm_row *row,
                         const struct program_field *f) {
    const struct program_type *t = &c->program->types.at[f->type];
    uint64_t stride = row->block->bit_size, n = 0;
    struct vm_event e = *rest;
    const struct met_at met = {&e, f->member};
    bool big = vm_big_endian(t, row->ambient), msb = vm_msb_first(t, row->ambient);
    int128 last = 0;
    for (uint64_t i = 0; i < rest->count; i++) {
        uint64_t bit = rest->start + i * stride + f->bit_off;
        const uint8_t *at = rest->space->data + bit / 8;
        uint128 raw = t->packed ? number_bits(at, bit % 8, t->bits, msb)
                                : number_load128(at, t->bits / 8u, big);
        int128 value = t->is_signed ? number_sign(raw, t->bits) : (int128)raw;
        if (n > 0 && value != last) {
            count_name(c, t->names, last, n, &met);
            n = 0;
        }
        e.index = rest->index + i;
        last = value;
        n++;
    }
    if (n > 0) {
        count_name(c, t->names, last, n, &met);
    }
}

/* Bytes that no field of a block describes are stepped over. Fields in a row are one stretch. */
static void describe_row(struct coverage *c, const struct vm_event *rest,
                         const struct vm_row *row) {
    struct stretches fields = {0};
    for (uint32_t k = 0; k < row->block->count && !row->dense; k++) {
        const struct program_field *f = &c->program->fields.at[row->block->first + k];
        if (f->what == FIELD_VALUE) {
            int64_t size = c->program->types.at[f->type].bit_size;
            stretches_add(&fields, f->bit_off, f->bit_off + (uint64_t)size);
        }
    }
    if (row->dense) {
        describe_field(c, rest);
    } else {
        describe(c, rest, EXTENT_OVER);
    }
    stretches_settle(&fields);
    struct vm_event e = *rest;
    for (uint64_t i = 0; fields.n > 0 && i < rest->count; i++) {
        for (size_t k = 0; k < fields.n; k++) {
            e.start = rest->start + i * row->block->bit_size + fields.at[k].lo;
            e.end = e.start + (fields.at[k].hi - fields.at[k].lo);
            describe_field(c, &e);
        }
    }
    stretches_clear(&fields);
}

/* Whether a field's numbers can be read one by one, as they lie there. */
static bool is_column(const struct program_type *t) {
    return t->names == PROGRAM_NONE ||
           (t->kind == TYPE_INT && t->bits > 0 && t->bits < 128 && (t->packed || t->bits % 8 == 0));
}

static bool on_pass(struct vm_sink *sink, const struct vm_event *rest, const struct vm_row *row) {
    struct coverage *c = coverage_of(sink);
    const struct program_field *fields = &c->program->fields.at[row->block->first];
    for (uint32_t i = 0; i < row->block->count; i++) {
        if (fields[i].what == FIELD_VALUE && !is_column(&c->program->types.at[fields[i].type])) {
            return false;
        }
    }
    const struct program_type *t = &c->program->types.at[rest->type];
    if (t->kind == TYPE_STRUCT) {
        c->structs[t->of] += rest->count;
    }
    for (uint32_t i = 0; i < row->block->count; i++) {
        const struct program_field *f = &fields[i];
        const struct program_type *type = &c->program->types.at[f->type];
        if (f->what == FIELD_LEAVE) {
            continue;
        }
        if (f->member != PROGRAM_NONE) {
            c->members[f->member] += rest->count;
        }
        if (f->what == FIELD_ENTER) {
            c->structs[type->of] += rest->count;
        } else if (type->names != PROGRAM_NONE) {
            count_column(c, rest, row, f);
        }
        for (uint32_t k = 0; k < f->checks; k++) {
            c->checks[c->check_of[f->check + k]].tested += rest->count;
        }
    }
    describe_row(c, rest, row);
    return true;
}

static const struct vm_sink_ops ops = {
    .struct_begin = on_struct_begin,
    .struct_end = on_end,
    .array_begin = on_array_begin,
    .array_end = on_end,
    .value = on_value,
    .source = on_described,
    .magic = on_described,
    .over = on_over,
    .fault = on_fault,
    .met = on_met,
    .checked = on_checked,
    .pass = on_pass,
};

/* making, files, sums */

struct coverage *coverage_new(const struct program *program, const struct spots *spots) {
    struct coverage *c = mem_zalloc(1, sizeof *c);
    c->sink.ops = &ops;
    c->program = program;
    c->spots = spots;
    c->reachable = mem_zalloc(program->structs.n + 1, sizeof *c->reachable);
    c->structs = mem_zalloc(program->structs.n + 1, sizeof *c->structs);
    c->members = mem_zalloc(program->members.n + 1, sizeof *c->members);
    c->met = mem_zalloc(spots->at.n + 1, sizeof *c->met);
    c->checks = mem_zalloc(program->checks.n + 1, sizeof *c->checks);
    c->check_of = mem_zalloc(program->checks.n + 1, sizeof *c->check_of);
    c->enums = mem_zalloc(program->enums.n + 1, sizeof *c->enums);
    for (uint32_t i = 0; i < program->enums.n; i++) {
        c->enums[i].met = mem_zalloc(program->enums.at[i].count + 1, sizeof *c->enums[i].met);
    }
    find_reachable(c);
    find_checks(c);
    return c;
}

void coverage_free(struct coverage *c) {
    for (uint32_t i = 0; c && i < c->program->enums.n; i++) {
        struct coverage_enum *e = &c->enums[i];
        for (uint32_t k = 0; k < e->odd_n; k++) {
            mem_free(e->odd[k].file);
            mem_free(e->odd[k].path);
        }
        mem_free(e->odd);
        mem_free(e->slots);
        mem_free(e->met);
    }
    if (c) {
        way_free(&c->way);
        mem_free(c->reachable);
        mem_free(c->structs);
        mem_free(c->members);
        mem_free(c->met);
        mem_free(c->checks);
        mem_free(c->check_of);
        mem_free(c->enums);
        mem_free(c);
    }
}

struct vm_sink *coverage_begin(struct coverage *c, const char *file, struct extent *extent) {
    c->file = file;
    c->extent = extent;
    c->unions = c->views = 0;
    c->faults = 0;
    way_clear(&c->way);
    return &c->sink;
}

void coverage_end(struct coverage *c) {
    const struct extent_space *file = &c->extent->file;
    extent_finish(c->extent);
    c->files++;
    c->damaged += c->faults > 0;
    c->size += file->size;
    c->described += file->described;
    c->stepped += file->stepped;
    c->missing += file->missing;
    c->beyond += file->beyond;
    c->gaps += file->gap_n;
    c->overlaps += file->overlap_n;
    c->made_size += c->extent->made_size;
    c->made_described += c->extent->made_described;
}

bool coverage_has_member(const struct coverage *c, uint32_t member) {
    return c->reachable[c->program->members.at[member].owner];
}

/* That a value has no case is no part of the schema. */
bool coverage_has_spot(const struct coverage *c, uint32_t spot) {
    return c->spots->at.at[spot].kind != SPOT_NO_ARM;
}

/* That the data ended before an array did is no check that could be made. */
bool coverage_check_is_first(const struct coverage *c, uint32_t check) {
    return c->check_of[check] == check && c->program->checks.at[check].kind != CHECK_UNMET;
}

static void add(struct coverage_sum *sum, uint64_t met) {
    sum->all++;
    sum->met += met > 0;
}

void coverage_sum_up(const struct coverage *c, struct coverage_sums *sums) {
    const struct program *p = c->program;
    *sums = (struct coverage_sums){0};
    for (uint32_t i = 0; i < p->structs.n; i++) {
        if (c->reachable[i]) {
            add(&sums->structs, c->structs[i]);
        }
    }
    for (uint32_t i = 0; i < p->members.n; i++) {
        if (coverage_has_member(c, i)) {
            add(&sums->fields, c->members[i]);
        }
    }
    for (uint32_t i = 0; i < p->enums.n; i++) {
        for (uint32_t k = 0; c->enums[i].used && k < p->enums.at[i].count; k++) {
            add(&sums->names, coverage_item_met(c, i, k));
        }
    }
    for (uint32_t i = 0; i < c->spots->at.n; i++) {
        if (coverage_has_spot(c, i)) {
            add(&sums->branches, c->met[i]);
        }
    }
    for (uint32_t i = 0; i < p->checks.n; i++) {
        if (coverage_check_is_first(c, i)) {
            add(&sums->checks, c->checks[i].tested);
        }
    }
}
