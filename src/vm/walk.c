#include "config.h"

#include "vm/machine.h"

/* Walks over the elements of an array, a list or bytes, for expressions: silent, each step a function of the program where
 * the elements have no fixed size. */

static bool is_array(const struct vm *vm, const struct vm_value *v) {
    return v->kind == VM_PLACE && vm->program->types.at[v->type].kind == TYPE_ARRAY;
}

void vm_iter_begin(struct vm *vm, struct vm_value list) {
    struct vm_ctl *c = vm_ctl_push(vm, CTL_ITER);
    c->list = list;
    c->index = 0;
    c->type = PROGRAM_NONE;
    if (is_array(vm, &list)) {
        c->type = list.type;
        c->seq_space = list.space;
        c->seq_pos = list.start;
        /* a terminator that is not stepped over may lie behind the last of so many */
        bool counted =
            list.count != VM_UNKNOWN || vm->program->types.at[list.type].count_pc != PROGRAM_NONE;
        c->seq_limit = list.end < list.limit && !counted ? list.end : list.limit;
        c->count = list.count;
        vm_trail_find(vm, c);
    }
}

static bool next_of_list(struct vm *vm, struct vm_ctl *c) {
    const struct vm_list *list = c->list.list;
    c->index = c->begun ? c->index + 1 : c->from;
    c->begun = true;
    c->done = c->index >= list->n;
    vm_item_clear(vm, c, &c->prev, true);
    c->prev = c->item;
    c->item = c->done ? vm_absent() : list->at[c->index];
    c->item.borrowed = true;
    return true;
}

/* The bytes as numbers. */
static bool next_of_bytes(struct vm_ctl *c) {
    c->index = c->begun ? c->index + 1 : c->from;
    c->begun = true;
    c->done = c->index >= c->list.bytes.len;
    c->prev = c->item;
    c->item = c->done ? vm_absent() : vm_int(c->list.bytes.at[c->index]);
    return true;
}

/* Elements of one size behind one another need no step function. */
static bool next_of_strided(struct vm *vm, struct vm_ctl *c) {
    const struct program_type *t = &vm->program->types.at[c->type];
    if (c->count == VM_UNKNOWN && t->count_pc != PROGRAM_NONE) {
        return false;
    }
    uint64_t index = c->begun ? c->index + 1 : 0;
    if (index < c->from) {
        index = c->from;
    }
    uint64_t start = c->list.start + index * (uint64_t)t->stride;
    c->done =
        c->count != VM_UNKNOWN ? index >= c->count : start + (uint64_t)t->stride > c->seq_limit;
    c->begun = true;
    c->index = index;
    vm_item_clear(vm, c, &c->prev, c->keeps);
    c->prev = c->item;
    c->item = vm_absent();
    if (!c->done) {
        c->item = vm_element_at(vm, &c->list, index);
    }
    return true;
}

bool vm_iter_enter(struct vm *vm) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    bool needs_prev = c->item.kind == VM_PLACE && c->type != PROGRAM_NONE &&
                      vm->program->types.at[c->type].needs_prev &&
                      vm->program->types.at[c->item.type].kind == TYPE_STRUCT;
    return !needs_prev || vm_enter(vm, &c->item, c);
}

/* The first element that the walk is to come to. */
static void begin_at(struct vm *vm, struct vm_ctl *c, uint64_t index) {
    const struct program_type *t = is_array(vm, &c->list) ? &vm->program->types.at[c->type] : NULL;
    c->from = index;
    if (t && t->stride > 0) { /* no further than there is room for elements: places are products */
        uint64_t room = c->seq_limit > c->list.start ? c->seq_limit - c->list.start : 0;
        uint64_t most = room / (uint64_t)t->stride;
        c->from = index < most ? index : most;
    } else if (t && t->apart) {
        c->index = index;
    } else {
        vm_trail_resume(vm, c, index);
    }
}

bool vm_iter_from(struct vm *vm) {
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value v = vm->stack[--vm->sp];
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    if (v.kind == VM_ABSENT) {
        c->done = c->ready = true;
        return true;
    }
    if (v.kind != VM_INT) {
        return vm_fail(vm, "type", vm->pos / 8, "the first element is not a number");
    }
    if (v.integer > 0 && !c->begun) {
        begin_at(vm, c, v.integer > INT64_MAX / 8 ? INT64_MAX / 8 : (uint64_t)v.integer);
    }
    return true;
}

/* Whether the walk stands at an element in front of the one that it is to begin at. */
static bool is_early(struct vm *vm, struct vm_ctl *c) {
    if (c->done || c->index < c->from) {
        return !c->done;
    }
    if (c->from && c->index == c->from) {
        vm_trail_mark(vm, c, true);
    }
    return false;
}

static bool go_to_next(struct vm *vm) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    vm->work++;
    if (c->ready) {
        c->ready = false;
        return true;
    }
    if (c->list.kind == VM_LIST) {
        return next_of_list(vm, c);
    }
    if (c->list.kind == VM_BYTES) {
        return next_of_bytes(c);
    }
    if (!is_array(vm, &c->list)) {
        c->done = true;
        c->index = 0;
        return c->list.kind == VM_ABSENT ||
               vm_fail(vm, "type", vm->pos / 8, "only an array or a list has elements");
    }
    if (!vm_iter_enter(vm)) {
        return false; /* for the next one's sake; then this instruction once more */
    }
    c = &vm->ctl[vm->cp - 1];
    const struct program_type *t = &vm->program->types.at[c->type];
    if (t->stride > 0 && next_of_strided(vm, c)) {
        return true;
    }
    if (t->hops && vm_hop_next(vm, c)) {
        return true;
    }
    if (t->step_pc == PROGRAM_NONE) {
        return vm_fail(vm, "type", c->list.start / 8, "the array can't be walked from here");
    }
    if (vm_too_deep(vm)) {
        return false;
    }
    c->stepping = true;
    c->pc = vm->pc;
    c->frame = vm->frame;
    c->space = vm->space;
    c->pos = vm->pos;
    c->limit = vm->limit;
    c->base = vm->base;
    c->floor = vm->floor;
    c->emitting = vm->emitting;
    vm->frame = c->list.owner;
    c->ambient = vm->frame->ambient;
    vm->frame->ambient = c->list.ambient;
    vm->space = c->seq_space;
    vm->pos = c->seq_pos;
    vm->limit = c->seq_limit;
    vm->emitting = false;
    vm->floor = vm->tp;
    vm->pc = t->step_pc;
    return false;
}

/* To the next element of the walk on top: true when it is there (or none is: done). */
bool vm_iter_next(struct vm *vm) {
    while (go_to_next(vm)) {
        struct vm_ctl *c = &vm->ctl[vm->cp - 1];
        if (!c->done && c->index < c->from) {
            vm_hop_to(vm, c, c->from);
        }
        if (!is_early(vm, &vm->ctl[vm->cp - 1])) {
            return true;
        }
    }
    return false;
}

void vm_step_end(struct vm *vm, bool done) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    c->seq_space = vm->space;
    c->seq_pos = vm->pos;
    c->done = done;
    c->ready = true;
    c->stepping = false;
    if (!done) {
        vm_trail_mark(vm, c, false);
    }
    if (!c->keeps) {
        vm_temp_release(vm, vm->floor);
    }
    vm->frame->ambient = c->ambient;
    vm_restore(vm, c);
}
