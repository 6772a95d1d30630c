#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "vm/machine.h"

/* Runs of bytes, text and bits at the cursor: emitted or stepped over. */

bool vm_run_length(struct vm *vm, const struct program_inst *i) {
    struct vm_value v = vm->stack[vm->sp - 1];
    const struct program_type *t = &vm->program->types.at[i->a];
    if (v.kind != VM_INT) {
        return vm_fail(vm, v.kind == VM_ABSENT ? "absent" : "type", vm->pos / 8,
                       v.kind == VM_ABSENT ? "the length depends on something that is not there"
                                           : "the length is not a number");
    }
    if (v.integer < 0 || (t->packed && v.integer > 128)) {
        char text[INT128_TEXT_MAX];
        int128_text(v.integer, text);
        return vm_fail(vm, "range", vm->pos / 8,
                       t->packed ? "%s is no bit width" : "the length is negative: %s", text);
    }
    vm->sp--;
    vm->began = vm->pos;
    if (vm_making(vm)) {
        uint64_t end, bits = (uint64_t)v.integer * (t->packed ? 1 : 8);
        bits = vm_take_unknown(vm) || v.integer > (int128)(vm->space->size) ? VM_UNKNOWN : bits;
        return vm_make_at_cursor(vm, i->a, i->b, bits, &end) &&
               vm_emit_value(vm, i->a, i->b, end, VM_UNKNOWN);
    }
    uint64_t left = vm->limit > vm->pos ? vm->limit - vm->pos : 0;
    if (t->packed) {
        return vm_emit_value(vm, i->a, i->b, vm->pos + (uint64_t)v.integer, VM_UNKNOWN);
    }
    if (v.integer <= (int128)(left / 8)) {
        return vm_emit_value(vm, i->a, i->b, vm->pos + (uint64_t)v.integer * 8, VM_UNKNOWN);
    }
    struct cursor_fault f = {CURSOR_SHORT, vm->pos / 8,
                             v.integer > INT64_MAX ? INT64_MAX : (uint64_t)v.integer, left / 8};
    return (left < 8 || vm_emit_value(vm, i->a, i->b, vm->pos + left / 8 * 8, VM_UNKNOWN)) &&
           vm_fail_cursor(vm, &f);
}

bool vm_run_until(struct vm *vm, const struct program_inst *i) {
    uint64_t end, behind;
    return (vm_making(vm) ? vm_make_until(vm, i, &end, &behind)
                          : vm_until_terminator(vm, i->a, &end, &behind)) &&
           vm_emit_value(vm, i->a, i->b, end, behind);
}

bool vm_skip_until(struct vm *vm, uint32_t type) {
    uint64_t end;
    bool found = vm_until_terminator(vm, type, &end, &vm->pos);
    vm->next_encoding = 0;
    return found;
}

bool vm_skip_count(struct vm *vm, int128 each) {
    struct vm_value v = vm->stack[vm->sp - 1];
    int128 bits;
    if (v.kind != VM_INT) {
        return vm_fail(vm, v.kind == VM_ABSENT ? "absent" : "type", vm->pos / 8,
                       "the size depends on something that is not there");
    }
    if (!int128_mul(v.integer, each, &bits)) {
        bits = INT128_MAX;
    }
    vm->sp--;
    vm->next_encoding = 0;
    return vm_skip_bits(vm, bits);
}

bool vm_skip_value(struct vm *vm, uint32_t type) {
    struct vm_value ignored;
    if (vm->program->types.at[type].nul_ended) { /* no need to read it */
        struct cursor c = vm_cursor(vm);
        struct bytes text;
        bool found = vm_until_nul(vm, type, &c, vm_text_ambient(vm), &text);
        vm->next_encoding = 0;
        vm->pos = found ? c.pos * 8 : vm->pos;
        return found;
    }
    return vm_load_at(vm, type, vm->space, vm->pos, VM_UNKNOWN, vm->limit, vm->frame->ambient,
                      &ignored, &vm->pos);
}
