#include "config.h"

#include "vm/make.h"

#include <string.h>

#include "vm/machine.h"

void vm_make(struct vm *vm, struct vm_maker *maker) {
    vm->maker = maker;
    vm->input.growing = true;
    vm->input.made = 0;
}

uint64_t vm_made(const struct vm *vm) {
    return (vm->input.made + 7) / 8;
}

bool vm_take_unknown(struct vm *vm) {
    bool unknown = vm->unknown;
    vm->unknown = false;
    return unknown && vm_making(vm);
}

static void reach(struct vm_space *space, uint64_t bits) {
    space->made = bits > space->made ? bits : space->made;
}

void vm_make_reached(struct vm *vm) {
    if (vm_making(vm)) {
        reach(vm->space, vm->pos);
    }
}

bool vm_make_bytes(struct vm *vm, uint64_t start, struct bytes bytes) {
    struct vm_space *space = vm->space;
    uint64_t off = start / 8, limit = vm->limit / 8 < space->size ? vm->limit / 8 : space->size;
    if (off > limit || bytes.len > limit - off) {
        return vm_fail(vm, "outside", off, "%zu bytes do not fit in what is left for them",
                       bytes.len);
    }
    if (bytes.len > 0) {
        /* the space is being made: its bytes are the machine's to write */
        memcpy((uint8_t *)(uintptr_t)space->data + off, bytes.at, bytes.len);
    }
    reach(space, (off + bytes.len) * 8);
    return true;
}

/* The bytes that a value of so many bits takes. */
static struct bytes bytes_there(const struct vm *vm, uint64_t start, uint64_t bits) {
    if (bits == VM_UNKNOWN) {
        return bytes_of(NULL, 0);
    }
    uint64_t off = start / 8, end = (start + bits + 7) / 8;
    end = end < vm->space->size ? end : vm->space->size;
    return off < end ? bytes_of(vm->space->data + off, (size_t)(end - off)) : bytes_of(NULL, 0);
}

bool vm_make_value(struct vm *vm, const struct vm_event *event, uint64_t bits, uint64_t *end) {
    const struct program_type *t = &vm->program->types.at[event->type];
    struct vm_wanted wanted = {.event = event, .ambient = vm_text_ambient(vm), .bits = bits};
    if (wanted.bits == VM_UNKNOWN && t->bit_size >= 0) {
        wanted.bits = (uint64_t)t->bit_size;
    }
    if (t->kind == TYPE_TEXT &&
        !vm_encoding_of(vm, event->type, wanted.ambient, &wanted.encoding)) {
        return false;
    }
    wanted.there = bytes_there(vm, event->start, wanted.bits);
    struct buf bytes = {0};
    bool fine = vm->maker->ops->value(vm->maker, &wanted, &bytes);
    if (!fine) {
        vm_stop(vm);
    } else {
        fine = vm_make_bytes(vm, event->start, buf_bytes(&bytes));
    }
    *end = wanted.bits != VM_UNKNOWN ? event->start + wanted.bits : event->start + bytes.len * 8;
    buf_free(&bytes);
    return fine;
}

bool vm_make_at_cursor(struct vm *vm, uint32_t type, uint32_t member, uint64_t bits,
                       uint64_t *end) {
    struct vm_event event = vm_event_at(vm, member, type, vm->pos, VM_UNKNOWN);
    return vm_make_value(vm, &event, bits, end);
}

/* Text or bytes and the terminator on the stack, which is dropped, behind them. */
bool vm_make_until(struct vm *vm, const struct program_inst *inst, uint64_t *end,
                   uint64_t *behind) {
    struct buf encoded = {0};
    struct bytes terminator;
    const struct encoding *encoding;
    bool fine = vm_make_at_cursor(vm, inst->a, inst->b, VM_UNKNOWN, end) &&
                vm_terminator(vm, inst->a, bytes_of("", 0), &encoded, &terminator, &encoding);
    unsigned until = vm->program->types.at[inst->a].until;
    *behind = *end;
    if (fine && !(until & (UNTIL_INCLUDED | UNTIL_LEFT))) {
        fine = vm_make_bytes(vm, *end, terminator);
        *behind += terminator.len * 8;
    }
    vm->tail = (int64_t)(*behind - *end) / 8;
    vm->sp -= fine;
    buf_free(&encoded);
    return fine;
}

void vm_make_loop(struct vm *vm, const struct program_inst *inst) {
    struct vm_ctl *loop = vm_record(vm, 0);
    loop->given = vm->maker->ops->count(vm->maker, inst->member);
}

bool vm_make_goes_on(struct vm *vm, uint32_t member, bool said) {
    return vm_take_unknown(vm) ? vm->maker->ops->goes_on(vm->maker, member) : said;
}

void vm_make_place(struct vm *vm, uint32_t member, struct vm_value *place) {
    if (vm_take_unknown(vm)) {
        uint64_t at = vm->maker->ops->place(vm->maker, member);
        *place = vm_int((int128)(at / 8));
        place->anchored = true;
        place->space = vm->space;
        place->window = (struct vm_window){0, vm->space->size * 8};
    }
}
