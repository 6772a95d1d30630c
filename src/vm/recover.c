#include "config.h"

#include "vm/machine.h"

/* Going on behind a damaged element of an array: the loop takes the fault in, and looks for the next element's place from
 * one byte behind the damaged one's start. So it always moves forward. */

void vm_recover(struct vm *vm, uint32_t pc) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    c->recover = pc;
    c->recover_sp = vm->sp;
    c->recover_open = c->open;
}

bool vm_recovers(struct vm *vm, struct vm_ctl *c) {
    bool walks = c->kind == CTL_ITER;
    if (c->recover == PROGRAM_NONE || !c->inside || c->open != c->recover_open ||
        (walks && !c->stepping) || vm->stop) {
        return false;
    }
    vm_record_drop(vm, c);
    c->inside = false;
    vm->space = walks ? c->seq_space : c->space;
    vm->limit = walks ? c->seq_limit : c->limit;
    vm->pos = c->last_pos + 8;
    vm->sp = c->recover_sp;
    vm->pc = c->recover;
    if (!walks || !c->keeps) {
        vm_temp_release(vm, !walks && c->temps > vm->floor ? c->temps : vm->floor);
    }
    if (vm->emitting) {
        vm_tell(vm);
    }
    vm->faulted = vm->quiet = false;
    return true;
}

/* The place on the stack is where the array goes on; absent: nowhere. */
bool vm_resync(struct vm *vm, uint32_t end) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    struct vm_value v = vm->stack[--vm->sp];
    if (v.kind == VM_ABSENT) {
        bool over = end != PROGRAM_NONE;
        c->index += over;
        return over || !vm_lose(vm);
    }
    uint64_t origin = v.anchored ? 0 : vm_origin(vm, vm->space) / 8;
    int128 at;
    bool fine = v.kind == VM_INT && (!v.anchored || v.space == vm->space) &&
                int128_add(v.integer, (int128)origin, &at) && at >= (int128)(vm->pos / 8) &&
                at <= (int128)(vm->limit / 8);
    if (!fine) {
        vm_loop_over(vm);
        return vm_fail(vm, "range", vm->pos / 8,
                       "the place to go on at must lie behind the damaged element's start");
    }
    vm->pos = (uint64_t)at * 8;
    vm_loop_next(vm, 0);
    return true;
}
