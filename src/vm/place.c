#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "vm/machine.h"

/* From one value to another: a struct's member, an array's element, how many there are, where something ends. What is
 * not known yet is found by a function of the program; the instruction that asked is then tried again. */

static bool is_struct_place(const struct vm *vm, const struct vm_value *v) {
    return v->kind == VM_PLACE && vm->program->types.at[v->type].kind == TYPE_STRUCT;
}

static bool is_array_place(const struct vm *vm, const struct vm_value *v) {
    return v->kind == VM_PLACE && vm->program->types.at[v->type].kind == TYPE_ARRAY;
}

/* Runs a function in the frame and at the place of something, silently. */
static struct vm_ctl *visit(struct vm *vm, enum vm_call_kind call, uint32_t target,
                            struct vm_frame *frame, const struct vm_value *place) {
    struct vm_ctl *c = vm_ctl_call(vm, call, vm->pc, target);
    c->ambient = frame->ambient;
    c->index = place->index;
    frame->ambient = place->ambient;
    vm->frame = frame;
    vm->space = place->space;
    vm->pos = place->start;
    vm->limit = place->limit;
    vm->tail = 0;
    c->window = place->window;
    return c;
}

static struct vm_ctl *visit_frame(struct vm *vm, enum vm_call_kind call, uint32_t target,
                                  struct vm_frame *f) {
    struct vm_value place = {.space = f->space,
                             .start = f->start,
                             .limit = f->limit,
                             .ambient = f->ambient,
                             .index = f->index};
    return visit(vm, call, target, f, &place);
}

static bool work_out_args(struct vm *vm, struct vm_frame *f, struct vm_ctl *record) {
    uint32_t pc = f->type == PROGRAM_NONE ? PROGRAM_NONE : vm->program->types.at[f->type].args_pc;
    if (pc == PROGRAM_NONE || !f->parent) {
        return vm_fail(vm, "type", f->start / 8, "the struct's parameters are not known here");
    }
    if (vm_too_deep(vm)) {
        return false;
    }
    struct vm_value prev = record ? record->prev : vm_absent();
    struct vm_value place = {.space = f->space,
                             .start = f->start,
                             .limit = f->limit,
                             .ambient = f->ambient,
                             .index = f->index};
    struct vm_ctl *c = visit(vm, CALL_ARGS, pc, f->parent, &place);
    c->made = f;
    c->prev = prev;
    c->prev.borrowed = true;
    return false;
}

/* The slot a place was taken from, when it still says the same. */
static struct vm_slot *slot_of(const struct vm *vm, const struct vm_value *v) {
    if (v->kind != VM_PLACE || v->member == PROGRAM_NONE || !v->owner) {
        return NULL;
    }
    const struct program_member *m = &vm->program->members.at[v->member];
    if (m->slot == PROGRAM_NONE || m->owner != v->owner->of) {
        return NULL;
    }
    struct vm_slot *s = &v->owner->slots[m->slot];
    return s->state == SLOT_SET && s->start == v->start && s->space == v->space &&
                   s->type == v->type
               ? s
               : NULL;
}

/* Which struct around it the one at a place is again, or NULL; its arguments, if any, are not known yet. */
static struct vm_frame *again_at(const struct vm *vm, const struct vm_value *value) {
    struct vm_region where = {value->space, value->start, value->limit};
    const struct program_type *t = &vm->program->types.at[value->type];
    return value->owner && vm->program->structs.at[t->of].params == 0
               ? vm_again(vm, value->owner, value->type, &where, value->window, NULL, 0)
               : NULL;
}

struct vm_value vm_place_of(const struct vm_frame *f) {
    struct vm_value v = vm_absent();
    v.kind = VM_PLACE;
    v.type = f->type;
    v.member = f->index == VM_UNKNOWN ? f->member : PROGRAM_NONE;
    v.via = f->member;
    v.count = VM_UNKNOWN;
    v.space = f->space;
    v.start = f->start;
    v.end = f->end;
    v.limit = f->limit;
    v.owner = f->parent;
    v.index = f->index;
    v.ambient = f->ambient;
    v.window = f->window;
    return v;
}

struct vm_frame *vm_frame_at(struct vm *vm, const struct vm_value *place) {
    struct vm_frame *f = vm_frame_new(vm, vm->program->types.at[place->type].of, place->owner);
    f->type = place->type;
    f->member = place->via;
    f->index = place->index;
    f->space = place->space;
    f->start = place->start;
    f->end = place->end;
    f->limit = place->limit;
    f->ambient = place->ambient;
    vm_frame_isolate(vm, f, place->type, place->window);
    return f;
}

bool vm_enter(struct vm *vm, struct vm_value *value, struct vm_ctl *record) {
    if (value->kind == VM_FRAME) {
        return value->frame->args_ready || work_out_args(vm, value->frame, record);
    }
    struct vm_slot *slot = slot_of(vm, value);
    struct vm_frame *f = slot ? slot->child : NULL;
    struct vm_frame *again = f ? NULL : again_at(vm, value);
    if (again) {
        *value = vm_absent();
        value->kind = VM_FRAME;
        value->frame = again;
        value->borrowed = true;
        return true;
    }
    if (!f && value->owner && value->owner->depth + 1 >= vm->limits.depth) {
        return vm_fail_depth(vm);
    }
    if (!f) {
        f = vm_frame_at(vm, value);
        if (slot) {
            slot->child = f;
            vm_frame_adopt(value->owner, f);
        } else if (!record) {
            f->kept = true;
            vm_temp_add(vm, TEMP_FRAME, f);
        }
    }
    *value = vm_absent();
    value->kind = VM_FRAME;
    value->frame = f;
    return f->args_ready || work_out_args(vm, f, record);
}

static struct vm_value slot_value(const struct vm_slot *s, struct vm_frame *owner,
                                  uint32_t member) {
    struct vm_value v = vm_absent();
    if (s->child) {
        v.kind = VM_FRAME;
        v.frame = s->child;
        return v;
    }
    v.kind = VM_PLACE;
    v.type = s->type;
    v.member = v.via = member;
    v.space = s->space;
    v.start = s->start;
    v.end = s->end;
    v.tail = s->tail;
    v.limit = s->limit;
    v.window = s->window;
    v.count = s->count;
    v.ambient = s->ambient;
    v.owner = owner;
    v.index = VM_UNKNOWN;
    return v;
}

/* A member at a fixed distance from its struct's start. */
static bool fixed_place(struct vm *vm, struct vm_frame *f, uint32_t member, struct vm_slot *out) {
    const struct program_member *m = &vm->program->members.at[member];
    if (m->type == PROGRAM_NONE || f->start + (uint64_t)m->bit_off > f->limit) {
        return vm_fail(vm, "truncated", f->start / 8, "the struct ends before this field");
    }
    int64_t size = vm->program->types.at[m->type].bit_size;
    *out = (struct vm_slot){.state = SLOT_SET,
                            .type = m->type,
                            .space = f->space,
                            .start = f->start + (uint64_t)m->bit_off,
                            .limit = f->limit,
                            .ambient = f->ambient,
                            .count = VM_UNKNOWN};
    out->end = size >= 0 ? out->start + (uint64_t)size : VM_UNKNOWN;
    return true;
}

bool vm_known_place(struct vm *vm, struct vm_frame *f, uint32_t member, struct vm_value *out) {
    const struct program_member *m = &vm->program->members.at[member];
    struct vm_slot fixed = {.state = SLOT_EMPTY};
    const struct vm_slot *slot = m->slot == PROGRAM_NONE ? &fixed : &f->slots[m->slot];
    bool near = m->owner == f->of && m->slot == PROGRAM_NONE && m->type != PROGRAM_NONE &&
                m->bit_off >= 0 && f->start + (uint64_t)m->bit_off <= f->limit;
    if (m->owner != f->of || (near && !fixed_place(vm, f, member, &fixed)) ||
        slot->state != SLOT_SET) {
        return false;
    }
    *out = slot_value(slot, f, member);
    return true;
}

static bool find_member(struct vm *vm, struct vm_frame *f, uint32_t member, struct vm_slot *slot) {
    const struct program_member *m = &vm->program->members.at[member];
    bool let = m->let_pc != PROGRAM_NONE;
    uint32_t pc = let ? m->let_pc : m->locate_pc;
    if (pc == PROGRAM_NONE) {
        return vm_fail(vm, "type", f->start / 8, "the field can't be found from here");
    }
    if (vm_too_deep(vm)) {
        return false;
    }
    slot->state = SLOT_BUSY;
    struct vm_ctl *c = visit_frame(vm, let ? CALL_LET : CALL_FIND, pc, f);
    c->slot = slot;
    return false;
}

static bool member_of(struct vm *vm, struct vm_value *top, uint32_t member) {
    struct vm_frame *f = top->frame;
    const struct program_member *m = &vm->program->members.at[member];
    if (m->owner != f->of) {
        return vm_fail(vm, "type", f->start / 8, "the struct has no such field");
    }
    struct vm_slot fixed;
    struct vm_slot *slot = m->slot == PROGRAM_NONE ? &fixed : &f->slots[m->slot];
    if (m->slot == PROGRAM_NONE) {
        if (m->bit_off < 0) {
            return vm_fail(vm, "type", f->start / 8, "the field was not remembered");
        }
        if (!fixed_place(vm, f, member, slot)) {
            return false;
        }
    }
    switch ((enum vm_slot_state)slot->state) {
    case SLOT_SET:
        *top = slot_value(slot, f, member);
        return true;
    case SLOT_VALUE:
        *top = *slot->value;
        vm->unknown = vm->unknown || top->unknown;
        return true;
    case SLOT_ABSENT:
        *top = vm_absent();
        return true;
    case SLOT_BUSY:
        return vm_fail(vm, "cycle", f->start / 8, "'%.*s' needs itself to be found",
                       (int)program_text(vm->program, m->name).len,
                       (const char *)program_text(vm->program, m->name).at);
    case SLOT_EMPTY:
        break;
    }
    if (m->bit_off >= 0 && m->kind == MEMBER_FIELD && m->type != PROGRAM_NONE) {
        if (!fixed_place(vm, f, member, slot)) {
            slot->state = SLOT_EMPTY;
            return false;
        }
        *top = slot_value(slot, f, member);
        return true;
    }
    return find_member(vm, f, member, slot);
}

/* The struct on top, entered; *absent when there is none. */
static bool struct_on_top(struct vm *vm, bool *absent) {
    struct vm_value *top = &vm->stack[vm->sp - 1];
    *absent = top->kind == VM_ABSENT;
    if (*absent) {
        return true;
    }
    if (is_struct_place(vm, top) || top->kind == VM_FRAME) {
        return vm_enter(vm, top, NULL);
    }
    return vm_fail(vm, "type", vm->pos / 8, "only a struct has fields");
}

bool vm_instance(struct vm *vm) {
    bool absent;
    return struct_on_top(vm, &absent);
}

/* The struct on top becomes the one that directly holds it. */
bool vm_parent(struct vm *vm) {
    struct vm_value *top = &vm->stack[vm->sp - 1];
    if (top->kind == VM_ABSENT) {
        return true;
    }
    if (top->kind != VM_FRAME && !is_struct_place(vm, top)) {
        return vm_fail(vm, "type", vm->pos / 8, "only a struct has a struct around it");
    }
    struct vm_frame *parent = top->kind == VM_FRAME ? top->frame->parent : top->owner;
    *top = vm_absent();
    if (parent) {
        top->kind = VM_FRAME;
        top->frame = parent;
    }
    return true;
}

bool vm_field(struct vm *vm, uint32_t member) {
    bool absent;
    if (!struct_on_top(vm, &absent)) {
        return false;
    }
    return absent || member_of(vm, &vm->stack[vm->sp - 1], member);
}

static bool flag_named(struct vm *vm, struct vm_value *top, struct bytes name) {
    const struct program_enum *e = &vm->program->enums.at[top->names];
    for (uint32_t i = 0; i < e->count; i++) {
        const struct program_enumerator *item = &vm->program->items.at[e->first + i];
        if (bytes_equal(program_text(vm->program, item->name), name)) {
            *top = vm_bool((top->integer & item->value) == item->value);
            return true;
        }
    }
    return vm_fail(vm, "type", vm->pos / 8, "no bit of that name");
}

bool vm_named(struct vm *vm, uint32_t name) {
    struct bytes text = program_text(vm->program, name);
    struct vm_value *top = &vm->stack[vm->sp - 1];
    if (top->kind == VM_PLACE && vm->program->types.at[top->type].kind == TYPE_INT &&
        !vm_load(vm, top)) {
        return false;
    }
    if (top->kind == VM_INT && top->names != PROGRAM_NONE &&
        vm->program->enums.at[top->names].flags) {
        return flag_named(vm, top, text);
    }
    bool absent;
    if (!struct_on_top(vm, &absent) || absent) {
        return absent;
    }
    const struct program_struct *s = &vm->program->structs.at[vm->stack[vm->sp - 1].frame->of];
    for (uint32_t i = 0; i < s->member_count; i++) {
        uint32_t id = s->member_first + i;
        if (bytes_equal(program_text(vm->program, vm->program->members.at[id].name), text)) {
            return member_of(vm, &vm->stack[vm->sp - 1], id);
        }
    }
    return vm_fail(vm, "type", vm->pos / 8, "the struct that is there has no field '%.*s'",
                   (int)text.len, (const char *)text.at);
}

/* ends */

bool vm_need_frame_end(struct vm *vm, struct vm_frame *f) {
    const struct program_struct *s = &vm->program->structs.at[f->of];
    if (f->end != VM_UNKNOWN) {
        return true;
    }
    if (s->bit_size >= 0) {
        f->end = f->start + (uint64_t)s->bit_size;
        return true;
    }
    if (s->skip_pc == PROGRAM_NONE) {
        return vm_fail(vm, "type", f->start / 8, "the struct's end can't be found from here");
    }
    if (vm_too_deep(vm)) {
        return false;
    }
    struct vm_ctl *c = visit_frame(vm, CALL_END, s->skip_pc, f);
    c->made = f;
    c->wanted = VM_UNKNOWN;
    return false;
}

/* Where no function of its own finds the end of a member, that which finds the start does. */
static uint32_t end_function(const struct program_member *m) {
    return m->locate_end_pc != PROGRAM_NONE ? m->locate_end_pc : m->locate_pc;
}

static bool end_of_place(struct vm *vm, uint32_t at) {
    struct vm_value *v = &vm->stack[at];
    const struct program_type *t = &vm->program->types.at[v->type];
    if (t->bit_size >= 0) {
        v->end = v->start + (uint64_t)t->bit_size;
        return true;
    }
    struct vm_slot *slot = slot_of(vm, v);
    if (slot && slot->end != VM_UNKNOWN) {
        v->end = slot->end;
        v->tail = slot->tail;
        return true;
    }
    if (t->kind == TYPE_VARINT || t->nul_ended) {
        struct vm_value ignored;
        return vm_load_at(vm, v->type, v->space, v->start, VM_UNKNOWN, v->limit, v->ambient,
                          &ignored, &v->end);
    }
    uint32_t pc = slot ? end_function(&vm->program->members.at[v->member]) : t->skip_pc;
    if (pc == PROGRAM_NONE || !v->owner) {
        return vm_fail(vm, "type", v->start / 8, "its end can't be found from here");
    }
    if (vm_too_deep(vm)) {
        return false;
    }
    struct vm_ctl *c;
    if (slot) {
        slot->state = SLOT_BUSY;
        c = visit_frame(vm, CALL_END, pc, v->owner);
        c->slot = slot;
    } else {
        c = visit(vm, CALL_END, pc, v->owner, v);
    }
    c->wanted = at;
    return false;
}

bool vm_need_end(struct vm *vm, uint32_t at) {
    struct vm_value *v = &vm->stack[at];
    if (is_struct_place(vm, v) && v->end == VM_UNKNOWN) {
        if (!vm_enter(vm, v, NULL)) {
            return false;
        }
    }
    if (v->kind == VM_FRAME) {
        return (v->frame->args_ready || vm_enter(vm, v, NULL)) && vm_need_frame_end(vm, v->frame);
    }
    return v->kind != VM_PLACE || v->end != VM_UNKNOWN || end_of_place(vm, at);
}

bool vm_loaded(struct vm *vm, uint32_t at) {
    const struct vm_value *v = &vm->stack[at];
    if (v->kind != VM_PLACE) {
        return true;
    }
    enum type_kind kind = vm->program->types.at[v->type].kind;
    if (kind == TYPE_STRUCT || kind == TYPE_ARRAY) {
        return true;
    }
    bool sized = kind == TYPE_TEXT || kind == TYPE_BYTES || vm->program->types.at[v->type].packed;
    return (!sized || vm_need_end(vm, at)) && vm_load(vm, &vm->stack[at]);
}

/* counts and elements */

bool vm_need_count(struct vm *vm, uint32_t at) {
    struct vm_value *v = &vm->stack[at];
    if (!is_array_place(vm, v) || v->count != VM_UNKNOWN) {
        return true;
    }
    const struct program_type *t = &vm->program->types.at[v->type];
    if (t->count_pc != PROGRAM_NONE) {
        if (vm_too_deep(vm)) {
            return false;
        }
        struct vm_ctl *c = visit(vm, CALL_COUNT, t->count_pc, v->owner, v);
        c->wanted = at;
        return false;
    }
    if (t->stride > 0) {
        uint64_t end = v->end != VM_UNKNOWN ? v->end : v->limit;
        v->count = end > v->start ? (end - v->start) / (uint64_t)t->stride : 0;
    }
    return true;
}

/* Walks to the end, counting; the walk is a record of its own on top. */
static bool count_by_walking(struct vm *vm, uint32_t at) {
    struct vm_ctl *top = vm->cp ? &vm->ctl[vm->cp - 1] : NULL;
    if (!top || top->kind != CTL_ITER || !top->inner || top->pc != vm->pc) {
        struct vm_value list = vm->stack[at];
        vm_iter_begin(vm, list);
        struct vm_ctl *c = &vm->ctl[vm->cp - 1];
        c->inner = true;
        c->pc = vm->pc;
        uint64_t total = vm_trail_count(c);
        c->done = c->ready = total != VM_UNKNOWN;
        if (c->done) {
            c->index = total;
        } else {
            vm_trail_resume(vm, c, VM_UNKNOWN);
        }
    }
    while (vm_iter_next(vm)) {
        struct vm_ctl *c = &vm->ctl[vm->cp - 1];
        if (!c->done) {
            vm_hop_to(vm, c, VM_UNKNOWN);
            continue;
        }
        struct vm_slot *slot = slot_of(vm, &vm->stack[at]);
        vm->stack[at].count = c->index;
        if (slot) {
            slot->count = c->index;
        }
        vm_trail_total(c);
        vm_loop_drop(vm, c, false);
        vm->cp--;
        return true;
    }
    return false;
}

bool vm_counted(struct vm *vm, uint32_t at) {
    return vm_need_count(vm, at) && (vm->stack[at].count != VM_UNKNOWN || count_by_walking(vm, at));
}

bool vm_count(struct vm *vm) {
    uint32_t at = vm->sp - 1;
    if (!vm_loaded(vm, at)) {
        return false;
    }
    struct vm_value *v = &vm->stack[at];
    switch ((enum vm_kind)v->kind) {
    case VM_ABSENT:
        return true;
    case VM_LIST:
        *v = vm_int(v->list->n);
        return true;
    case VM_TEXT:
        *v = vm_int((int128)(v->raw.at ? v->raw.len : v->bytes.len));
        return true;
    case VM_BYTES:
        *v = vm_int((int128)v->bytes.len);
        return true;
    case VM_PLACE:
        if (!vm_counted(vm, at)) {
            return false;
        }
        vm->stack[at] = vm_int((int128)vm->stack[at].count);
        return true;
    case VM_BOOL:
    case VM_INT:
    case VM_WIDE:
    case VM_FLOAT:
    case VM_FRAME:
        break;
    }
    return vm_fail(vm, "type", vm->pos / 8, "only an array, a list, text or bytes can be counted");
}

static bool bad_index(struct vm *vm, int128 index, uint64_t count) {
    char text[INT128_TEXT_MAX];
    int128_text(index, text);
    if (count == VM_UNKNOWN) {
        return vm_fail(vm, "range", vm->pos / 8, "there is no element %s: they are numbered from 0",
                       text);
    }
    return vm_fail(vm, "range", vm->pos / 8, "there is no element %s: there are %" PRIu64, text,
                   count);
}

static bool element_by_walking(struct vm *vm, uint32_t at, uint64_t index) {
    struct vm_ctl *top = vm->cp ? &vm->ctl[vm->cp - 1] : NULL;
    if (!top || top->kind != CTL_ITER || !top->inner || top->pc != vm->pc) {
        struct vm_value list = vm->stack[at];
        vm_iter_begin(vm, list);
        struct vm_ctl *c = &vm->ctl[vm->cp - 1];
        c->inner = true;
        c->pc = vm->pc;
        if (vm->program->types.at[list.type].apart) {
            c->index = index;
        } else {
            vm_trail_resume(vm, c, index);
        }
    }
    while (vm_iter_next(vm)) {
        struct vm_ctl *c = &vm->ctl[vm->cp - 1];
        if (c->done) {
            uint64_t count = c->count != VM_UNKNOWN ? c->count : c->index;
            vm_trail_total(c);
            vm_loop_drop(vm, c, false);
            vm->cp--;
            return bad_index(vm, index, count);
        }
        if (c->index < index) {
            vm_hop_to(vm, c, index);
        }
        if (c->index < index) {
            continue;
        }
        vm_trail_mark(vm, c, true);
        uint32_t walk = vm->cp - 1;
        if (!vm_iter_enter(vm)) {
            vm->ctl[walk].ready = true; /* the same element once more */
            return false;
        }
        c = &vm->ctl[vm->cp - 1];
        struct vm_value item = c->item;
        vm_loop_drop(vm, c, true);
        vm->cp--;
        vm->stack[at] = item;
        vm->sp = at + 1;
        return true;
    }
    return false;
}

struct vm_value vm_element_at(const struct vm *vm, const struct vm_value *array, uint64_t index) {
    const struct program_type *t = &vm->program->types.at[array->type];
    struct vm_value v = *array;
    v.type = t->of;
    v.member = PROGRAM_NONE;
    v.index = index;
    v.count = VM_UNKNOWN;
    v.start = array->start + index * (uint64_t)t->stride;
    v.end = VM_UNKNOWN;
    int64_t size = vm->program->types.at[t->of].bit_size;
    bool reaches =
        t->file == FILE_OWN && size == t->stride; /* to the end of what the array lies in */
    if (!reaches && v.limit > v.start + (uint64_t)t->stride) {
        v.limit = v.start + (uint64_t)t->stride;
    }
    if (size >= 0) {
        v.end = v.start + (uint64_t)size;
    }
    return v;
}

static bool byte_of(struct vm *vm, uint32_t at, struct bytes bytes, int128 index) {
    if (index < 0 || index >= (int128)bytes.len) {
        return bad_index(vm, index, bytes.len);
    }
    vm->stack[at] = vm_int(bytes.at[(size_t)index]);
    vm->sp = at + 1;
    return true;
}

bool vm_index(struct vm *vm) {
    uint32_t at = vm->sp - 2;
    if (!vm_loaded(vm, at)) {
        return false;
    }
    struct vm_value *v = &vm->stack[at], *i = &vm->stack[at + 1];
    if (v->kind == VM_ABSENT || i->kind != VM_INT) {
        bool ok = v->kind == VM_ABSENT || i->kind == VM_ABSENT;
        *v = vm_absent();
        vm->sp = at + 1;
        return ok || vm_fail(vm, "type", vm->pos / 8, "an index must be a number");
    }
    int128 index = i->integer;
    if (v->kind == VM_LIST) {
        bool there = index >= 0 &&
                     index < v->list->n; /* a list is what was found: outside of it is nothing */
        *v = there ? v->list->at[(uint32_t)index] : vm_absent();
        vm->sp = at + 1;
        return true;
    }
    if (v->kind == VM_TEXT || v->kind == VM_BYTES) {
        return byte_of(vm, at, v->kind == VM_TEXT && v->raw.at ? v->raw : v->bytes, index);
    }
    if (!is_array_place(vm, v)) {
        return vm_fail(vm, "type", vm->pos / 8,
                       "only an array, a list, text or bytes has elements");
    }
    if (index < 0 || index > INT64_MAX / 8) {
        return bad_index(vm, index, v->count);
    }
    const struct program_type *t = &vm->program->types.at[v->type];
    if (t->stride < 0) {
        return element_by_walking(vm, at, (uint64_t)index);
    }
    if (!vm_need_count(vm, at)) {
        return false;
    }
    v = &vm->stack[at];
    if (v->count != VM_UNKNOWN && (uint64_t)index >= v->count) {
        return bad_index(vm, index, v->count);
    }
    int128 start = (int128)v->start + index * t->stride;
    if (start > (int128)v->limit) {
        return vm_fail(vm, "truncated", v->start / 8, "the array ends before this element");
    }
    *v = vm_element_at(vm, v, (uint64_t)index);
    vm->sp = at + 1;
    return true;
}

/* The cursor goes to where the element at hand ends. */
bool vm_skip_item(struct vm *vm, uint32_t up) {
    struct vm_ctl *c = vm_record(vm, up);
    if (c->type != PROGRAM_NONE && vm->program->types.at[c->type].placed) {
        return true;
    }
    if (c->item_end != VM_UNKNOWN) {
        vm->pos = c->item_end;
        return true;
    }
    if (c->item.kind == VM_PLACE) {
        const struct program_type *t = &vm->program->types.at[c->item.type];
        if (t->bit_size >= 0) {
            vm->pos = c->item_end = c->item.start + (uint64_t)t->bit_size;
            return true;
        }
        if (t->kind != TYPE_STRUCT) {
            struct vm_value item = c->item;
            if (t->kind == TYPE_VARINT || t->nul_ended) {
                struct vm_value ignored;
                return vm_load_at(vm, item.type, item.space, item.start, VM_UNKNOWN, item.limit,
                                  item.ambient, &ignored, &vm->pos);
            }
            if (t->skip_pc == PROGRAM_NONE || vm_too_deep(vm)) {
                return vm->faulted ? false
                                   : vm_fail(vm, "type", item.start / 8,
                                             "the element's end can't be found from here");
            }
            visit(vm, CALL_ITEM, t->skip_pc, item.owner, &item);
            return false;
        }
        if (!vm_enter(vm, &c->item, c)) {
            return false;
        }
    }
    c = vm_record(vm, up);
    if (c->item.kind != VM_FRAME) {
        return true;
    }
    struct vm_frame *f = c->item.frame;
    if (!f->args_ready && !vm_enter(vm, &c->item, c)) {
        return false;
    }
    if (f->shown && f->lost && f->end == VM_UNKNOWN) { /* what was told when it was emitted */
        vm_lose(vm);
        return false;
    }
    if (!vm_need_frame_end(vm, f)) {
        return false;
    }
    vm->pos = vm_record(vm, up)->item_end = f->end;
    return true;
}
