#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "vm/machine.h"

/* Loops that decode: the element at hand, the one before, the way to the next. */

/* Asks for the cache lines ahead of a walk through the input, each once. */
void vm_look_ahead(struct vm *vm) {
    if (vm->space == &vm->input) {
        vm->ahead = vm_ask_ahead(vm->space->data, vm->ahead, vm->pos / 8);
    }
}

static struct vm_value place_here(struct vm *vm, uint32_t type, uint64_t index) {
    struct vm_value v = vm_absent();
    if (type == PROGRAM_NONE) {
        return v;
    }
    int64_t size = vm->program->types.at[type].bit_size;
    v.kind = VM_PLACE;
    v.type = type;
    v.member = PROGRAM_NONE;
    v.via = vm->program->code.at[vm->pc].member;
    v.count = VM_UNKNOWN;
    v.space = vm->space;
    v.start = vm->pos;
    v.end = size >= 0 ? vm->pos + (uint64_t)size : VM_UNKNOWN;
    v.limit = vm->limit;
    v.owner = vm->frame;
    v.index = index;
    v.ambient = vm_text_ambient(vm);
    if (vm->program->types.at[type].file == FILE_SOURCE) {
        v.window = vm_source(vm);
    }
    return v;
}

bool vm_loop_count(struct vm *vm, uint32_t up) {
    struct vm_value v = vm->stack[vm->sp - 1];
    if (v.kind != VM_INT || v.integer < 0) {
        char text[INT128_TEXT_MAX] = "";
        if (v.kind == VM_INT) {
            int128_text(v.integer, text);
        }
        return vm_fail(vm, v.kind == VM_ABSENT ? "absent" : "range", vm->pos / 8,
                       v.kind == VM_ABSENT
                           ? "the number of elements depends on something that is not there%s"
                           : "not a number of elements: %s",
                       text);
    }
    vm->sp--;
    struct vm_ctl *loop = vm_record(vm, up);
    loop->count = v.integer > INT64_MAX ? INT64_MAX : (uint64_t)v.integer;
    if (vm_take_unknown(vm)) {
        loop->count = loop->given;
    }
    return true;
}

bool vm_loop_stride(struct vm *vm, uint32_t up) {
    struct vm_value v = vm->stack[vm->sp - 1];
    struct vm_ctl *c = vm_record(vm, up);
    int128 pos;
    if (v.kind != VM_INT || v.integer < 0 || !int128_mul(v.integer, (int128)c->index * 8, &pos) ||
        !int128_add(pos, (int128)c->base_pos, &pos)) {
        return vm_fail(vm, "range", vm->pos / 8, "not a distance between elements");
    }
    if (pos > (int128)vm->limit && c->index > 0 && c->index == c->count) {
        pos = (int128)vm->limit; /* the last element needs no room behind it */
    }
    if (pos > (int128)vm->limit) {
        struct cursor_fault f = {CURSOR_OUTSIDE, vm->pos / 8,
                                 pos / 8 > INT64_MAX ? INT64_MAX : (uint64_t)(pos / 8),
                                 vm->limit / 8};
        return vm_fail_cursor(vm, &f);
    }
    vm->sp--;
    vm->pos = (uint64_t)pos;
    return true;
}

void vm_loop_here(struct vm *vm, uint32_t type, uint32_t up) {
    struct vm_ctl *c = vm_record(vm, up);
    vm_item_clear(vm, c, &c->item, c->keeps);
    vm->tail = 0;
    c->item = place_here(vm, type, c->index == VM_UNKNOWN ? 0 : c->index);
    if (c->kind == CTL_ITER) {
        c->item.via = c->list.via;
    }
}

/* The element at hand ends here in the bytes it is read from, of its own it may have. */
void vm_loop_close(struct vm *vm, uint32_t up, uint32_t bounded) {
    struct vm_value *item = &vm_record(vm, up)->item;
    if (item->kind == VM_PLACE &&
        item->space == vm->space) { /* else it has bytes of its own, already ended */
        item->end = vm_value_end(vm, bounded, &item->tail);
    }
}

void vm_loop_done(struct vm *vm, uint32_t up) {
    struct vm_ctl *c = vm_record(vm, up);
    c->item_end = vm->pos;
    if (c->item.kind == VM_PLACE && c->item.end == VM_UNKNOWN) {
        c->item.end = vm->pos;
        c->item.tail = vm->tail;
    }
}

void vm_loop_start(struct vm *vm, struct vm_ctl *loop) {
    loop->index = 0;
    loop->base_pos = vm->pos;
}

/* Gives back what a loop or walk has, before its record goes. */
void vm_loop_drop(struct vm *vm, struct vm_ctl *loop, bool keep) {
    vm_item_clear(vm, loop, &loop->item, keep);
    vm_item_clear(vm, loop, &loop->prev, keep);
    while (loop->held) {
        struct vm_frame *next = loop->held->sibling;
        vm_temp_add(vm, TEMP_FRAME, loop->held);
        loop->held = next;
    }
    vm_trail_leave(loop);
    vm_visits_free(loop->visits);
    loop->visits = NULL;
}

/* The fault to be raised is one of the array, not of its element at hand. */
void vm_loop_over(struct vm *vm) {
    struct vm_ctl *top = &vm->ctl[vm->cp - 1];
    if (top->kind == CTL_LOOP || top->kind == CTL_ITER) {
        top->index = VM_UNKNOWN;
    }
}

void vm_loop_next(struct vm *vm, uint32_t up) {
    struct vm_ctl *c = vm_record(vm, up);
    vm_look_ahead(vm);
    if (c->item.kind != VM_ABSENT || c->prev.kind != VM_ABSENT) {
        vm_item_clear(vm, c, &c->prev, c->keeps);
        c->prev = c->item;
        c->item = vm_absent();
    }
    c->index++;
    c->item_end = VM_UNKNOWN;
}

bool vm_is_confined(const struct vm *vm, uint32_t type) {
    while (type != PROGRAM_NONE && vm->program->types.at[type].kind == TYPE_ARRAY) {
        type = vm->program->types.at[type].of;
    }
    const struct program_type *t = type == PROGRAM_NONE ? NULL : &vm->program->types.at[type];
    return t && (t->kind != TYPE_STRUCT || vm->program->structs.at[t->of].confined);
}

void vm_loop_skip(struct vm *vm, struct vm_ctl *loop) {
    const struct program_type *t =
        loop->type == PROGRAM_NONE ? NULL : &vm->program->types.at[loop->type];
    if (!vm->sink->ops->skip || !loop->open || !t || t->stride <= 0 || !vm_is_confined(vm, t->of) ||
        vm->pos >= vm->limit) {
        return;
    }
    uint64_t stride = (uint64_t)t->stride, size = vm->space->size * 8;
    uint64_t limit = vm->limit < size ? vm->limit : size;
    uint64_t n = limit > vm->pos ? (limit - vm->pos) / stride : 0;
    uint64_t left = loop->count == VM_UNKNOWN ? n : loop->count - loop->index;
    n = n < left ? n : left;
    uint64_t over = vm_skips(vm, t->of, vm->pos + n * stride, n);
    if (over > 0) {
        vm->pos += (over - 1) * stride;
        loop->index += over;
        vm_item_clear(vm, loop, &loop->prev, loop->keeps);
        loop->prev = place_here(vm, t->of, loop->index - 1);
        vm->pos += stride;
    }
}

bool vm_loop_item(struct vm *vm, uint32_t up) {
    struct vm_ctl *c = vm_record(vm, up);
    bool is_struct =
        c->item.kind == VM_PLACE && vm->program->types.at[c->item.type].kind == TYPE_STRUCT;
    bool unready = c->item.kind == VM_FRAME && !c->item.frame->args_ready;
    if ((is_struct || unready) && !vm_enter(vm, &c->item, c)) {
        return false;
    }
    vm_push(vm, vm_record(vm, up)->item);
    return true;
}

void vm_step(struct vm *vm, const struct program_inst *i) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    if (!c->begun) {
        c->begun = true;
        c->base_pos = vm->pos;
        vm->pc = i->a;
        return;
    }
    if (c->type != PROGRAM_NONE && vm->program->types.at[c->type].placed) {
        vm->pc = i->b;
    } else if (c->item_end != VM_UNKNOWN) {
        vm->pos = c->item_end;
        vm->pc = i->b;
    } else {
        vm->pc++;
    }
}
