#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "vm/machine.h"

/* Telling the sink what is at the cursor. */

/* A watcher is called once for each stretch of so many bits that blocks are told of (128 KiB). */
#define WATCH_SHIFT 20

/* The index of the element that is being emitted in the running function, or VM_UNKNOWN. */
static uint64_t element_index(const struct vm *vm) {
    for (uint32_t i = vm->cp; i-- > 0;) {
        const struct vm_ctl *c = &vm->ctl[i];
        if (c->kind == CTL_LOOP && c->open) {
            return c->index;
        }
        if (c->kind == CTL_CALL) {
            return c->call == CALL_EMIT ? c->index : VM_UNKNOWN;
        }
    }
    return VM_UNKNOWN;
}

struct vm_event vm_event_at(const struct vm *vm, uint32_t member, uint32_t type, uint64_t start,
                            uint64_t end) {
    return (struct vm_event){.program = vm->program,
                             .lsb = vm->frame && vm_lsb(vm, type, vm->frame->ambient),
                             .member = member,
                             .type = type,
                             .index = element_index(vm),
                             .space = vm->space,
                             .start = start,
                             .end = end,
                             .count = VM_UNKNOWN};
}

void vm_emit_record(struct vm *vm, bool begin) {
    if (vm->sink->ops->record) {
        vm->sink->ops->record(vm->sink, begin);
    }
}

void vm_emit_finding(struct vm *vm, const struct vm_finding *finding) {
    if (vm->sink->ops->finding) {
        vm->sink->ops->finding(vm->sink, finding);
    }
}

/* What a sink may do without. */

static void tell_struct(struct vm *vm, const struct vm_event *event, bool begin) {
    const struct vm_sink_ops *ops = vm->sink->ops;
    if (begin ? ops->struct_begin != NULL : ops->struct_end != NULL) {
        (begin ? ops->struct_begin : ops->struct_end)(vm->sink, event);
    }
}

static void tell_array(struct vm *vm, const struct vm_event *event, bool begin) {
    const struct vm_sink_ops *ops = vm->sink->ops;
    if (begin ? ops->array_begin != NULL : ops->array_end != NULL) {
        (begin ? ops->array_begin : ops->array_end)(vm->sink, event);
    }
}

void vm_emit_event(struct vm *vm, const struct vm_event *event) {
    if (vm->sink->ops->value) {
        vm->sink->ops->value(vm->sink, event);
    }
}

void vm_emit_struct(struct vm *vm, bool begin) {
    struct vm_frame *f = vm->frame;
    f->shown = f->shown || begin;
    if (begin ? !vm->sink->ops->struct_begin : !vm->sink->ops->struct_end) {
        return;
    }
    struct vm_event e = vm_event_at(vm, f->member, f->type, f->start, begin ? VM_UNKNOWN : vm->pos);
    e.space = f->space;
    e.index = f->index;
    if (begin) {
        e.file = vm_file_of(f);
    }
    tell_struct(vm, &e, begin);
}

/* The path of a struct or array, "" for other values. */
static const char *reference_to(struct vm *vm, const struct vm_value *value) {
    buf_clear(&vm->scratch);
    vm_value_path(vm, value, &vm->scratch);
    if (value->kind == VM_FRAME && vm->scratch.len == 0) {
        buf_puts(&vm->scratch, "$root");
    }
    return buf_text(&vm->scratch);
}

void vm_emit_reference(struct vm *vm, uint32_t type, uint32_t member, struct vm_frame *to) {
    if (!vm->sink->ops->value) {
        return;
    }
    struct vm_event e = vm_event_at(vm, member, type, vm->pos, vm->pos);
    struct vm_value v = vm_absent();
    v.kind = VM_FRAME;
    v.frame = to;
    e.value = &v;
    e.refers = reference_to(vm, &v);
    vm_emit_event(vm, &e);
}

/* How many elements of one size are on their way: the number on top, or as many as fit. */
static uint64_t counted(const struct vm *vm, uint32_t type) {
    const struct vm_value *n = vm->sp ? &vm->stack[vm->sp - 1] : NULL;
    int64_t stride = type == PROGRAM_NONE ? -1 : vm->program->types.at[type].stride;
    if (!n || n->kind != VM_INT) {
        return VM_UNKNOWN;
    }
    if (n->integer == PROGRAM_REST) {
        return stride > 0 && vm->limit >= vm->pos ? (vm->limit - vm->pos) / (uint64_t)stride
                                                  : VM_UNKNOWN;
    }
    return n->integer >= 0 && n->integer < (int128)VM_UNKNOWN ? (uint64_t)n->integer : VM_UNKNOWN;
}

void vm_emit_array(struct vm *vm, uint32_t type, uint32_t member, bool begin) {
    struct vm_event e = vm_event_at(vm, member, type, vm->pos, begin ? VM_UNKNOWN : vm->pos);
    struct vm_ctl *c = vm->cp ? &vm->ctl[vm->cp - 1] : NULL;
    bool own = c && c->kind == CTL_LOOP && c->type == type && c->open != begin;
    if (begin) {
        e.count = own ? c->count : counted(vm, type);
    }
    tell_array(vm, &e, begin);
    if (own) {
        c->open = begin;
    }
}

static void add_to_path(struct vm *vm, uint32_t member, uint64_t index) {
    if (member != PROGRAM_NONE) {
        struct bytes name = program_text(vm->program, vm->program->members.at[member].name);
        buf_printf(&vm->path, "%s%.*s", vm->path.len ? "." : "", (int)name.len,
                   (const char *)name.at);
    }
    if (index != VM_UNKNOWN) {
        buf_printf(&vm->path, "[%" PRIu64 "]", index);
    }
}

/* The path of what the instruction at hand is about. */
static void start_path(struct vm *vm, uint32_t member) {
    bool own = vm->frame && member != PROGRAM_NONE &&
               vm->program->members.at[member].owner == vm->frame->of;
    buf_clear(&vm->path);
    vm_path_of(vm, vm->frame, own ? member : PROGRAM_NONE, &vm->path);
}

/* The value that was just loaded, and what is odd about it. */
static void put_loaded(struct vm *vm, const struct vm_event *e) {
    vm_emit_event(vm, e);
    if (vm_text_is_odd(vm, e->type)) {
        start_path(vm, e->member);
        add_to_path(vm, PROGRAM_NONE, e->index);
        vm_text_findings(vm, e);
    }
}

/* Emits what is between the cursor and end (or, VM_UNKNOWN, what the type says) as one value, and steps over it, up to
 * cover (VM_UNKNOWN: no further than the value). */
bool vm_emit_value(struct vm *vm, uint32_t type, uint32_t member, uint64_t end, uint64_t cover) {
    struct vm_value v;
    uint64_t behind;
    if (!vm_load_at(vm, type, vm->space, vm->pos, end, vm->limit, vm_text_ambient(vm), &v,
                    &behind)) {
        return false;
    }
    behind = cover != VM_UNKNOWN ? cover : behind;
    uint64_t shown = end != VM_UNKNOWN && end > behind ? end : behind;
    if (vm->sink->ops->value || vm_text_is_odd(vm, type)) {
        struct vm_event e = vm_event_at(vm, member, type, vm->pos, shown);
        e.value = &v;
        put_loaded(vm, &e);
    }
    vm->next_encoding = 0;
    vm->pos = behind;
    return true;
}

void vm_emit_source(struct vm *vm, uint64_t bits) {
    struct vm_event e = vm_event_at(vm, PROGRAM_NONE, PROGRAM_NONE, vm->pos, vm->pos + bits);
    if (vm->emitting && vm->sink->ops->source) {
        vm->sink->ops->source(vm->sink, &e);
    }
}

void vm_emit_met(struct vm *vm, uint32_t spot) {
    if (vm->sink->ops->met) {
        vm->sink->ops->met(vm->sink, spot);
    }
}

/* The bits from start to end were stepped over. */
static void emit_over(struct vm *vm, uint64_t start, uint64_t end) {
    if (vm->sink->ops->over && vm->emitting && start < end) {
        struct vm_event e = vm_event_at(vm, PROGRAM_NONE, PROGRAM_NONE, start, end);
        vm->sink->ops->over(vm->sink, &e);
    }
}

void vm_emit_step(struct vm *vm, bool ends) {
    if (ends && vm->over.space == vm->space) {
        emit_over(vm, vm->over.start, vm->pos);
    }
    vm->over = (struct vm_region){vm->space, vm->pos, vm->pos};
}

void vm_emit_checked(struct vm *vm, uint32_t check, bool holds) {
    if (vm->sink->ops->checked && vm->emitting) {
        vm->sink->ops->checked(vm->sink, check, holds);
    }
}

void vm_emit_magic(struct vm *vm, struct bytes bytes) {
    struct vm_value v = vm_absent();
    struct vm_event e =
        vm_event_at(vm, PROGRAM_NONE, PROGRAM_NONE, vm->pos, vm->pos + bytes.len * 8);
    if (vm->emitting && vm->sink->ops->magic) {
        v.kind = VM_TEXT;
        v.bytes = bytes;
        e.value = &v;
        vm->sink->ops->magic(vm->sink, &e);
    }
}

/* Lists within lists; what a chain has made deeper is shown as nothing. */
#define LISTS_MAX 64u

static void emit_computed(struct vm *vm, struct vm_event e, unsigned depth) {
    const struct vm_list *list = e.value->kind == VM_LIST ? e.value->list : NULL;
    if (!list || depth == LISTS_MAX) {
        e.refers = reference_to(vm, e.value);
        vm_emit_event(vm, &e);
        return;
    }
    tell_array(vm, &e, true);
    for (uint32_t i = 0; i < list->n; i++) {
        struct vm_event element = e;
        element.index = i;
        element.value = &list->at[i];
        emit_computed(vm, element, depth + 1);
    }
    tell_array(vm, &e, false);
}

void vm_emit_let(struct vm *vm, uint32_t member, const struct vm_value *value, bool whole) {
    if (!vm->sink->ops->value || (value->kind == VM_ABSENT && element_index(vm) == VM_UNKNOWN)) {
        return;
    }
    struct vm_event e = vm_event_at(vm, member, PROGRAM_NONE, vm->pos, vm->pos);
    e.value = value;
    e.let = true;
    e.whole = whole;
    emit_computed(vm, e, 0);
}

/* What is there of a text or of bytes that the region cuts off; the fault raised for it stays. */
static void emit_cut_run(struct vm *vm, struct vm_event *e, struct vm_ambient ambient) {
    const struct program_type *t = &vm->program->types.at[e->type];
    uint64_t limit = vm->limit < vm->space->size * 8 ? vm->limit : vm->space->size * 8;
    struct vm_value v;
    if ((t->kind == TYPE_TEXT || t->kind == TYPE_BYTES) && limit >= e->start + 8 &&
        vm_load_at(vm, e->type, vm->space, e->start, limit / 8 * 8, limit, ambient, &v, &e->end)) {
        struct vm_event cut = *e;
        cut.value = &v;
        vm_emit_event(vm, &cut);
    }
}

/* Adds the way to a field of a block, an element's where it has an index, to the path of who has it. */
static void add_field(struct vm *vm, const struct program_block *block, uint32_t field,
                      uint64_t index) {
    const struct program_field *fields = &vm->program->fields.at[block->first];
    add_to_path(vm, PROGRAM_NONE, index);
    for (uint32_t i = 0; i < field; i++) {
        if (fields[i].what == FIELD_ENTER) {
            add_to_path(vm, fields[i].member, VM_UNKNOWN);
        } else if (fields[i].what == FIELD_LEAVE) {
            struct bytes name =
                program_text(vm->program, vm->program->members.at[fields[i].member].name);
            vm->path.len -= name.len;
            vm->path.len -= vm->path.len > 0; /* the dot */
        }
    }
    add_to_path(vm, fields[field].member, VM_UNKNOWN);
}

static bool emit_field(struct vm *vm, struct vm_event *e, struct vm_value *v) {
    struct vm_ambient ambient = vm->frame ? vm->frame->ambient : (struct vm_ambient){0};
    if (vm_making(vm) && !vm_make_value(vm, e, VM_UNKNOWN, &e->end)) {
        return false;
    }
    if (!vm_load_at(vm, e->type, vm->space, e->start, VM_UNKNOWN, vm->limit, ambient, v, &e->end)) {
        emit_cut_run(vm, e, ambient);
        return false;
    }
    e->value = v;
    vm_emit_event(vm, e);
    return true;
}

/* What a value of a block must be: the first check that it does not pass, or PROGRAM_NONE. */
static uint32_t failed_check(const struct vm *vm, const struct program_field *f,
                             const struct vm_value *v) {
    for (uint32_t i = 0; i < f->checks; i++) {
        const struct program_check *check = &vm->program->checks.at[f->check + i];
        if (v->kind != VM_INT || !vm_passes(vm, check, v->integer)) {
            return f->check + i;
        }
    }
    return PROGRAM_NONE;
}

/* Tells of the checks of a field of which that one failed, or none. */
static void tell_checks(struct vm *vm, const struct program_field *f, uint32_t failed) {
    for (uint32_t i = 0; i < f->checks && f->check + i <= failed; i++) {
        vm_emit_checked(vm, f->check + i, f->check + i != failed);
    }
}

static bool fields_hold(struct vm *vm, const struct program_block *block, uint64_t base) {
    struct vm_ambient ambient = vm->frame ? vm->frame->ambient : (struct vm_ambient){0};
    for (uint32_t i = 0; i < block->count; i++) {
        const struct program_field *f = &vm->program->fields.at[block->first + i];
        struct vm_value v;
        uint64_t end;
        if (f->checks == 0) {
            continue;
        }
        bool loaded = vm_load_at(vm, f->type, vm->space, base + f->bit_off, VM_UNKNOWN, vm->limit,
                                 ambient, &v, &end);
        vm->faulted = vm->faulted && loaded; /* it is told when the block goes by its fields */
        if (!loaded || failed_check(vm, f, &v) != PROGRAM_NONE) {
            return false;
        }
    }
    return true;
}

/* Whether all fields of a block that is there are what they must be. */
static bool block_holds(struct vm *vm, const struct program_block *block, uint64_t base) {
    return !block->checked || fields_hold(vm, block, base);
}

static bool row_holds(struct vm *vm, const struct program_block *block, uint64_t n) {
    bool holds = true;
    for (uint64_t i = 0; block->checked && holds && i < n; i++) {
        holds = block_holds(vm, block, vm->pos + i * block->bit_size);
    }
    return holds;
}

/* A field of a block that is not what it must be: the struct it lies in ends, which in the block goes on behind it; or it
 * is the frame's, and false is returned. */
static bool fail_field(struct vm *vm, const struct program_block *block, uint32_t field,
                       uint64_t index, uint32_t check, const struct vm_event *e, bool inner) {
    if (!inner) { /* what is around it ends behind it */
        vm->pos = e->end;
        vm->frame->ended = vm->frame->ended || !vm->program->checks.at[check].apart;
    }
    vm_fail_requirement(vm, check, e->value, e->start / 8);
    add_field(vm, block, field, index);
    vm->fault.path = buf_text(&vm->path);
    vm->fault.member = vm->program->fields.at[block->first + field].member;
    if (inner) {
        vm_tell_here(vm);
        vm->faulted = vm->quiet = false;
    }
    return inner;
}

/* From a field to the end of the struct around it, or of the block. */
static uint32_t end_of_struct(const struct vm *vm, const struct program_block *block,
                              uint32_t field) {
    const struct program_field *fields = &vm->program->fields.at[block->first];
    uint32_t depth = 0, i = field + 1;
    for (; i < block->count && !(depth == 0 && fields[i].what == FIELD_LEAVE); i++) {
        depth += fields[i].what == FIELD_ENTER;
        depth -= fields[i].what == FIELD_LEAVE;
    }
    return i;
}

/* One value of a block; false after a fault. *next: the field to go on with. */
static bool emit_block_value(struct vm *vm, const struct program_block *block, uint32_t i,
                             uint64_t index, struct vm_event *e, bool inner, uint32_t *next) {
    const struct program_field *f = &vm->program->fields.at[block->first + i];
    struct vm_value v;
    if (!emit_field(vm, e, &v)) {
        add_field(vm, block, i, index);
        vm->fault.path = buf_text(&vm->path);
        vm->fault.member = f->member;
        if (f->member != PROGRAM_NONE) { /* else the instruction's, an array's */
            vm->fault.span = vm->program->members.at[f->member].span;
        }
        return false;
    }
    if (vm_text_is_odd(vm, e->type)) {
        start_path(vm, vm->program->code.at[vm->pc].member);
        add_field(vm, block, i, index);
        vm_text_findings(vm, e);
    }
    uint32_t failed = failed_check(vm, f, &v);
    tell_checks(vm, f, failed);
    if (failed == PROGRAM_NONE) {
        return true;
    }
    *next = end_of_struct(vm, block, i);
    return fail_field(vm, block, i, index, failed, e, inner);
}

/* A block field by field: for sinks that want events, for one with something wrong in it, and for a block that the region
 * cuts off. *end: where what was emitted of it ends. */
static bool emit_fields(struct vm *vm, const struct program_block *block, uint64_t base,
                        uint64_t index, uint64_t *end) {
    uint32_t open = 0;
    uint64_t cut = VM_UNKNOWN;            /* where a struct that a field has ended does */
    uint64_t reached = base, told = base; /* told: up to there, by fields or as stepped over */
    bool ok = true;
    for (uint32_t i = 0, next; i < block->count && ok; i = next) {
        const struct program_field *f = &vm->program->fields.at[block->first + i];
        struct vm_event e = vm_event_at(vm, f->member, f->type, base + f->bit_off, VM_UNKNOWN);
        if (i || !block->whole) {
            e.index = f->index == PROGRAM_NONE && (open || f->member != PROGRAM_NONE) ? VM_UNKNOWN
                                                                                      : e.index;
        }
        next = i + 1;
        reached = e.start;
        emit_over(vm, told, reached);
        told = reached;
        switch ((enum field_what)f->what) {
        case FIELD_ENTER:
            e.file = vm_file(vm);
            tell_struct(vm, &e, true);
            open++;
            break;
        case FIELD_LEAVE:
            e.end = cut != VM_UNKNOWN ? cut : e.start;
            cut = VM_UNKNOWN;
            tell_struct(vm, &e, false);
            open--;
            break;
        case FIELD_PLACED: /* such blocks are told whole or not at all (placed.c) */
            break;
        case FIELD_VALUE:
            ok = emit_block_value(vm, block, i, index, &e, block->whole || open > 0, &next);
            told = ok ? e.end : told;
            cut = ok && next > i + 1 ? e.end : VM_UNKNOWN;
            break;
        }
    }
    *end = cut != VM_UNKNOWN ? cut : base + block->bit_size;
    if (ok) {
        emit_over(vm, told, *end);
    }
    if (!ok && open > 0) {
        vm_tell_here(vm);
    }
    while (open-- > 0 && !ok) {
        struct vm_event e = vm_event_at(vm, PROGRAM_NONE, PROGRAM_NONE, reached, reached);
        tell_struct(vm, &e, false);
    }
    return ok;
}

static bool fits(const struct vm *vm, uint64_t bits) {
    uint64_t limit = vm->limit < vm->space->size * 8 ? vm->limit : vm->space->size * 8;
    return vm->pos <= limit && bits <= limit - vm->pos;
}

bool vm_writes_blocks(const struct vm *vm) {
    return vm->sink->ops->blocks && vm->pos % 8 == 0 &&
           !(vm->frame &&
             (vm->frame->ambient.encoding || vm->frame->ambient.endian == ORDER_UNDECIDED));
}

bool vm_by_table(const struct vm *vm, const struct program_block *block) {
    return block->texts && vm_writes_blocks(vm);
}

struct vm_blocks vm_blocks_of(const struct vm *vm, const struct program_block *block,
                              bool records) {
    struct vm_blocks blocks;
    blocks.program = vm->program;
    blocks.block = block;
    blocks.ambient = vm->frame ? vm->frame->ambient : (struct vm_ambient){0};
    blocks.records = records;
    blocks.safe = vm->space->data + vm->space->size;
    blocks.n = 0;
    return blocks;
}

void vm_told_blocks(struct vm *vm, uint64_t n) {
    vm->work += n / VM_BLOCKS_MAX;
    if (vm->watch && vm->pos >> WATCH_SHIFT != vm->watched) {
        vm->watched = vm->pos >> WATCH_SHIFT;
        vm->watch(vm->watch_context, vm);
    }
}

void vm_tell_blocks(struct vm *vm, struct vm_blocks *blocks) {
    if (blocks->n) {
        vm->sink->ops->blocks(vm->sink, blocks);
        vm_told_blocks(vm, blocks->n);
        blocks->n = 0;
    }
}

bool vm_emit_block(struct vm *vm, uint32_t block_id) {
    const struct program_block *block = &vm->program->blocks.at[block_id];
    bool whole = fits(vm, block->bit_size);
    const uint8_t *at = vm->space->data + vm->pos / 8;
    uint64_t end, told = vm->result.faults;
    if (whole && vm_by_table(vm, block) && vm_texts_fine(vm, vm_texts_of(vm, block), at) &&
        block_holds(vm, block, vm->pos)) {
        struct vm_blocks one = vm_blocks_of(vm, block, false);
        one.at[one.n++] = at;
        vm->sink->ops->blocks(vm->sink, &one);
    } else if (!emit_fields(vm, block, vm->pos, VM_UNKNOWN, &end)) {
        return false;
    }
    if (!whole && vm->result.faults != told) {
        return !vm_lose(vm); /* a struct in it has ended; what would follow is not there */
    }
    if (!whole) { /* only padding is missing */
        struct cursor_fault f = {CURSOR_SHORT, vm->pos / 8, block->bit_size / 8,
                                 vm->limit > vm->pos ? (vm->limit - vm->pos) / 8 : 0};
        return vm_fail_cursor(vm, &f);
    }
    vm->pos += block->bit_size;
    return true;
}

/* Where numbers have no byte order they are wrong, and so are structs too many within each other. */
static bool may_leap(struct vm *vm) {
    return vm->frame->ambient.endian != ORDER_UNDECIDED && !vm_is_deep(vm);
}

bool vm_leap(struct vm *vm, const struct program_inst *inst) {
    uint64_t bits = (uint64_t)vm->program->ints.at[inst->b];
    bool yes = may_leap(vm) && fits(vm, bits);
    vm->pos += yes ? bits : 0;
    vm->pc = yes ? inst->a : vm->pc;
    return yes;
}

void vm_leap_elements(struct vm *vm, int128 bits, uint32_t up) {
    struct vm_ctl *loop = vm_record(vm, up);
    uint64_t size = (uint64_t)bits;
    if (!may_leap(vm) || !fits(vm, size)) {
        return;
    }
    if (loop->index == VM_UNKNOWN) {
        vm_loop_start(vm, loop);
    }
    uint64_t limit = vm->limit < vm->space->size * 8 ? vm->limit : vm->space->size * 8;
    uint64_t there = (limit - vm->pos) / size, left = loop->count - loop->index;
    uint64_t n = left < there ? left : there;
    loop->index += n;
    vm->pos += n * size;
}

/* One element of a static array by events. */
static bool emit_element(struct vm *vm, uint32_t type, const struct program_block *block,
                         uint64_t index) {
    struct vm_event e =
        vm_event_at(vm, vm->program->code.at[vm->pc].member, type, vm->pos, VM_UNKNOWN);
    struct vm_value v;
    e.index = index;
    if (!block->whole) {
        struct vm_ambient ambient = vm->frame ? vm->frame->ambient : (struct vm_ambient){0};
        if (vm_making(vm) && !vm_make_value(vm, &e, VM_UNKNOWN, &e.end)) {
            return false;
        }
        if (!vm_load_at(vm, type, vm->space, vm->pos, VM_UNKNOWN, vm->limit, ambient, &v, &e.end)) {
            emit_cut_run(vm, &e, ambient);
            add_to_path(vm, PROGRAM_NONE, index);
            vm->fault.path = buf_text(&vm->path);
            return false;
        }
        e.value = &v;
        put_loaded(vm, &e);
        const struct program_field *f = &vm->program->fields.at[block->first];
        uint32_t failed = failed_check(vm, f, &v);
        tell_checks(vm, f, failed);
        return failed == PROGRAM_NONE || fail_field(vm, block, 0, index, failed, &e, false);
    }
    e.file = vm_file(vm);
    tell_struct(vm, &e, true);
    bool ok = emit_fields(vm, block, vm->pos, index, &e.end);
    if (ok) {
        tell_struct(vm, &e, false);
    } else { /* the fault belongs to the element */
        if (!vm->quiet) {
            vm_tell_here(vm);
        }
        tell_struct(vm, &e, false);
    }
    return ok;
}

static bool emit_one(struct vm *vm, uint32_t type, const struct program_block *block,
                     uint64_t index, bool record) {
    if (record) {
        vm_emit_record(vm, true);
    }
    bool ok = emit_element(vm, type, block, index);
    if (record) {
        vm_emit_record(vm, false);
    }
    return ok;
}

/* n blocks that lie one behind the other; returns how many were told of, fewer where the sink had enough. One with odd
 * text goes by events, so that what is odd can be told. */
static uint64_t tell_row(struct vm *vm, struct vm_blocks *blocks, uint32_t type, uint64_t n,
                         bool *ok) {
    const struct vm_texts *texts = vm_texts_of(vm, blocks->block);
    uint64_t told = 0;
    for (*ok = true; told < n && *ok && !vm->stop; told += *ok) {
        const uint8_t *at = vm->space->data + vm->pos / 8;
        bool fine = (texts->n == 0 || vm_texts_fine(vm, texts, at)) &&
                    block_holds(vm, blocks->block, vm->pos);
        if (fine) {
            blocks->at[blocks->n++] = at;
        }
        if (!fine || told + 1 == n || blocks->n == VM_BLOCKS_MAX) {
            vm_tell_blocks(vm, blocks);
        }
        if (!fine) {
            *ok = emit_one(vm, type, blocks->block, told, blocks->records);
        }
        vm->pos += *ok ? blocks->block->bit_size : 0;
    }
    return told;
}

/* Whether fields describe all bits of a block. */
static bool is_dense(const struct program *program, const struct program_block *block) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < block->count; i++) {
        const struct program_field *f = &program->fields.at[block->first + i];
        bits += f->what == FIELD_VALUE ? (uint64_t)program->types.at[f->type].bit_size : 0;
    }
    return bits == block->bit_size;
}

/* Text may be wrong in its encoding, which is told. */
static bool has_text(const struct program *program, const struct program_block *block) {
    for (uint32_t i = 0; i < block->count; i++) {
        const struct program_field *f = &program->fields.at[block->first + i];
        if (f->what == FIELD_VALUE && program->types.at[f->type].kind == TYPE_TEXT) {
            return true;
        }
    }
    return false;
}

/* How many of the n elements of a static array, each a block, the sink wants events for. */
static uint64_t wanted(struct vm *vm, uint32_t type, const struct program_block *block,
                       uint64_t done, uint64_t n) {
    struct vm_event rest =
        vm_event_at(vm, vm->program->code.at[vm->pc].member, type, vm->pos, VM_UNKNOWN);
    rest.index = done;
    rest.count = n - done;
    rest.end = vm->pos + rest.count * block->bit_size;
    struct vm_row row = {.block = block, .dense = is_dense(vm->program, block)};
    row.ambient = vm->frame ? vm->frame->ambient : (struct vm_ambient){0};
    return vm->sink->ops->pass(vm->sink, &rest, &row) ? done : n;
}

uint64_t vm_skips(struct vm *vm, uint32_t type, uint64_t end, uint64_t count) {
    if (!count || !vm->sink->ops->skip) {
        return 0;
    }
    struct vm_event rest = vm_event_at(vm, vm->program->code.at[vm->pc].member, type, vm->pos, end);
    rest.count = count;
    return vm->sink->ops->skip(vm->sink, &rest);
}

/* The same of elements that are blocks. Of numbers that must be something the first one that is not ends the array. */
static uint64_t skipped(struct vm *vm, uint32_t type, const struct program_block *block,
                        uint64_t n) {
    bool may = block->whole || !block->checked;
    return may ? vm_skips(vm, type, vm->pos + n * block->bit_size, n) : 0;
}

/* So many elements, each a block; the array's begin was emitted, and after a fault its end is emitted here. */
bool vm_emit_blocks(struct vm *vm, uint32_t type, uint32_t block_id, int128 count) {
    const struct program_block *block = &vm->program->blocks.at[block_id];
    uint64_t limit = vm->limit < vm->space->size * 8 ? vm->limit : vm->space->size * 8;
    uint64_t there = vm->pos <= limit && block->bit_size ? (limit - vm->pos) / block->bit_size : 0;
    bool rest = count == PROGRAM_REST;
    uint64_t n = rest || count > (int128)there ? there : (uint64_t)count;
    bool more = rest ? (limit - vm->pos) % block->bit_size != 0 : count > (int128)there;
    bool ok = true;
    vm->began = vm->pos;
    bool undecided = vm->frame && vm->frame->ambient.endian == ORDER_UNDECIDED;
    bool asks = vm->sink->ops->pass && !undecided && !has_text(vm->program, block) &&
                row_holds(vm, block, n);
    if (!asks && vm_by_table(vm, block)) {
        struct vm_blocks blocks = vm_blocks_of(vm, block, false);
        n -= tell_row(vm, &blocks, type, n, &ok);
    }
    uint64_t end = n;
    for (uint64_t i = 0; i < end && ok && !vm->stop; i++) {
        uint64_t over = skipped(vm, type, block, n - i);
        vm->pos += over * block->bit_size;
        i += over;
        if (i == n) {
            break;
        }
        if (asks && (end = wanted(vm, type, block, i, n)) == i) {
            vm->pos += (n - i) * block->bit_size;
            break;
        }
        ok = emit_element(vm, type, block, i);
        vm->pos += ok ? block->bit_size : 0;
        vm->work++;
    }
    if (ok && more && !vm->stop) {
        uint64_t told = vm->result.faults;
        ok = emit_element(vm, type, block, there);
        ok = ok &&
             (vm->result.faults == told || !vm_lose(vm)); /* it has ended before it is cut off */
    }
    if (!ok) {
        vm_emit_array(vm, type, PROGRAM_NONE, false);
    }
    return ok;
}

/* The elements of the array on top as records of a stream; a last one that is cut off is emitted as far as it goes. */
bool vm_emit_records(struct vm *vm, uint32_t type, uint32_t block_id) {
    const struct program_block *block = &vm->program->blocks.at[block_id];
    if (vm->stack[vm->sp - 1].kind == VM_ABSENT) {
        vm->sp--;
        return true;
    }
    if (vm->stack[vm->sp - 1].kind != VM_PLACE) {
        return vm_fail(vm, "type", vm->pos / 8, "only an array has records");
    }
    if (!vm_need_count(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value v = vm->stack[--vm->sp];
    uint64_t limit = v.limit < v.space->size * 8 ? v.limit : v.space->size * 8;
    uint64_t there = v.start <= limit ? (limit - v.start) / block->bit_size : 0;
    const struct program_type *array = &vm->program->types.at[v.type];
    bool counted = array->count_pc != PROGRAM_NONE && v.count != VM_UNKNOWN;
    uint64_t n = counted && v.count < there ? v.count : there;
    bool more = counted ? v.count > there : v.start + there * block->bit_size < limit;
    struct vm_space *space = vm->space;
    uint64_t pos = vm->pos, old_limit = vm->limit;
    vm->space = v.space;
    vm->pos = v.start;
    vm->limit = v.limit;
    struct vm_ambient around = vm->frame->ambient;
    vm->frame->ambient = v.ambient;
    uint64_t i = 0;
    bool ok = true;
    if (vm_by_table(vm, block)) {
        struct vm_blocks blocks = vm_blocks_of(vm, block, true);
        i = tell_row(vm, &blocks, type, n, &ok);
    }
    for (; i < n && ok && !vm->stop; i++) {
        ok = emit_one(vm, type, block, i, true);
        vm->pos += block->bit_size;
        if (vm->watch && i % 4096 == 4095) {
            vm->watch(vm->watch_context, vm);
        }
    }
    if (more && ok && !vm->stop) {
        ok = emit_one(vm, type, block, n, true);
    }
    vm->frame->ambient = around;
    vm->space = space;
    vm->pos = pos;
    vm->limit = old_limit;
    return ok;
}
