#include "config.h"

#include "vm/machine.h"

/* What fields inherit from statements: byte order, bit order, encoding. Each takes the value on top. */

bool vm_set_order(struct vm *vm, bool bits) {
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value v = vm->stack[--vm->sp];
    if (!bits && (v.kind == VM_ABSENT || (v.kind == VM_INT && v.integer == ORDER_UNDECIDED))) {
        vm->frame->ambient.endian = ORDER_UNDECIDED; /* a fault where an order is wanted */
        return true;
    }
    if (v.kind != VM_INT || (v.integer != ORDER_LITTLE && v.integer != ORDER_BIG)) {
        return v.kind == VM_ABSENT
                   ? vm_fail(vm, "absent", vm->pos / 8,
                             "the bit order depends on something that is not there")
                   : vm_fail(vm, "type", vm->pos / 8, "this is no byte or bit order");
    }
    uint8_t before = vm->frame->ambient.bitorder;
    if (bits && vm->emitting && vm->pos % 8 != 0 && before && before != v.integer) {
        return vm_fail(vm, "range", vm->pos / 8, "the bit order changes inside a byte");
    }
    if (bits) {
        vm->frame->ambient.bitorder = (uint8_t)v.integer;
    } else {
        vm->frame->ambient.endian = (uint8_t)v.integer;
    }
    return true;
}

bool vm_set_encoding(struct vm *vm, bool next) {
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value v = vm->stack[--vm->sp];
    if (v.kind != VM_TEXT && v.kind != VM_BYTES) {
        return vm_fail(vm, "absent", vm->pos / 8,
                       "the encoding depends on something that is not there");
    }
    uint16_t id;
    if (!vm_encoding(vm, v.bytes, &id)) {
        return false;
    }
    if (next) {
        vm->next_encoding = id;
    } else {
        vm->frame->ambient.encoding = id;
    }
    return true;
}
