#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "vm/machine.h"

/* Lists, parts and properties of values. */

/* What refers to a walk's element beyond the walk: its place, or the element itself when its parameters need the walk. */
static struct vm_value outliving(struct vm *vm, struct vm_value v) {
    if (v.kind != VM_FRAME || v.frame->kept || !v.frame->parent) {
        return v;
    }
    struct vm_frame *f = v.frame;
    if (f->type == PROGRAM_NONE || vm->program->structs.at[f->of].params) {
        f->listed = true;
        return v;
    }
    return vm_place_of(f);
}

bool vm_add_to_list(struct vm *vm, bool flatten) {
    struct vm_value v = vm->stack[vm->sp - 1], list = vm->stack[vm->sp - 2];
    if (list.kind != VM_LIST) {
        return vm_fail(vm, "type", vm->pos / 8, "not a list");
    }
    bool array = v.kind == VM_PLACE && vm->program->types.at[v.type].kind == TYPE_ARRAY;
    if (flatten &&
        (array ||
         v.kind == VM_LIST)) { /* its elements one by one, by a walk of this instruction's own */
        struct vm_ctl *top = vm->cp ? &vm->ctl[vm->cp - 1] : NULL;
        if (!top || top->kind != CTL_ITER || !top->inner || top->pc != vm->pc) {
            vm_iter_begin(vm, v);
            vm->ctl[vm->cp - 1].inner = vm->ctl[vm->cp - 1].keeps = true;
            vm->ctl[vm->cp - 1].pc = vm->pc;
        }
        while (vm_iter_next(vm)) {
            struct vm_ctl *c = &vm->ctl[vm->cp - 1];
            if (c->done) {
                vm_loop_drop(vm, c, true);
                vm->cp--;
                vm->sp--;
                return true;
            }
            uint32_t walk = vm->cp - 1;
            if (!vm_iter_enter(vm)) {
                vm->ctl[walk].ready = true; /* the same element once more */
                return false;
            }
            c = &vm->ctl[vm->cp - 1];
            struct vm_value item = outliving(vm, c->item);
            vm_list_add(list.list, &item);
        }
        return false;
    }
    if (v.kind != VM_ABSENT) {
        v = outliving(vm, v);
        vm_list_add(list.list, &v);
    }
    vm->sp--;
    return true;
}

void vm_add_to_object(struct vm *vm, uint32_t name) {
    struct vm_value v = vm->stack[vm->sp - 1];
    struct vm_list *list =
        vm->stack[vm->sp - 2].kind == VM_LIST ? vm->stack[vm->sp - 2].list : NULL;
    if (list && v.kind != VM_ABSENT) {
        v = outliving(vm, v);
        vm_list_add(list, &v);
        list->names = mem_realloc(list->names, list->cap, sizeof *list->names);
        list->names[list->n - 1] = name;
    }
    vm->sp--;
}

bool vm_extreme(struct vm *vm, bool greatest) {
    struct vm_value a = vm->stack[vm->sp - 2], b = vm->stack[vm->sp - 1];
    if (a.kind == VM_ABSENT || b.kind == VM_ABSENT) {
        vm->sp--;
        vm->stack[vm->sp - 1] = a.kind == VM_ABSENT ? b : a;
        return true;
    }
    bool less;
    if (!vm_less(vm, &a, &b, &less)) {
        return false;
    }
    vm->sp--;
    vm->stack[vm->sp - 1] = less != greatest ? a : b;
    return true;
}

bool vm_slice(struct vm *vm) {
    for (uint32_t i = 1; i <= 3; i++) {
        if (!vm_loaded(vm, vm->sp - i)) {
            return false;
        }
    }
    struct vm_value *v = &vm->stack[vm->sp - 3], low = v[1], high = v[2];
    vm->sp -= 2;
    if (v->kind == VM_ABSENT || low.kind == VM_ABSENT || high.kind == VM_ABSENT) {
        *v = vm_absent();
        return true;
    }
    if ((v->kind != VM_BYTES && v->kind != VM_TEXT) || low.kind != VM_INT || high.kind != VM_INT) {
        return vm_fail(vm, "type", vm->pos / 8, "only bytes and text have slices");
    }
    if (v->kind == VM_TEXT) {
        v->bytes = v->raw.at ? v->raw : v->bytes;
        v->kind = VM_BYTES;
    }
    if (low.integer < 0 || high.integer < low.integer - 1 || high.integer >= (int128)v->bytes.len) {
        return vm_fail(vm, "range", vm->pos / 8, "the slice reaches outside of its %zu bytes",
                       v->bytes.len);
    }
    v->bytes.at += (size_t)low.integer;
    v->bytes.len = (size_t)(high.integer - low.integer + 1);
    v->end = v->start + (uint64_t)(high.integer + 1) * 8;
    v->start += (uint64_t)low.integer * 8;
    return true;
}

/* The number on top, or NULL with *ok telling whether it is absent, which is no fault. */
static struct vm_value *number_on_top(struct vm *vm, const char *otherwise, bool *ok) {
    *ok = vm_loaded(vm, vm->sp - 1);
    struct vm_value *v = &vm->stack[vm->sp - 1];
    if (!*ok || v->kind == VM_INT) {
        return *ok ? v : NULL;
    }
    *ok = v->kind == VM_ABSENT || vm_fail(vm, "type", vm->pos / 8, "%s", otherwise);
    return NULL;
}

bool vm_in_enum(struct vm *vm, uint32_t names) {
    bool ok;
    struct vm_value *v = number_on_top(vm, "only a number has a name in an enum", &ok);
    if (v) {
        *v = vm_bool(program_enumerator(vm->program, names, v->integer) != NULL);
    }
    return ok;
}

bool vm_flag(struct vm *vm, int128 mask) {
    bool ok;
    struct vm_value *v = number_on_top(vm, "only flags have bits", &ok);
    if (v) {
        *v = vm_bool((v->integer & mask) == mask);
    }
    return ok;
}

bool vm_cast(struct vm *vm, uint32_t names) {
    bool ok;
    struct vm_value *v = number_on_top(vm, "only a number can be an enum's", &ok);
    if (v) {
        v->names = names;
    }
    return ok;
}

bool vm_size_of(struct vm *vm) {
    if (!vm_need_end(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value *v = &vm->stack[vm->sp - 1];
    switch ((enum vm_kind)v->kind) {
    case VM_ABSENT:
        return true;
    case VM_FRAME:
        *v = vm_int((int128)((v->frame->end - v->frame->start + 7) / 8));
        return true;
    case VM_PLACE:
        *v = vm_int((int128)((v->end - v->start + 7) / 8));
        return true;
    case VM_TEXT:
        *v = vm_int((int128)(v->raw.at ? v->raw.len : v->bytes.len));
        return true;
    case VM_BYTES:
        *v = vm_int((int128)v->bytes.len);
        return true;
    case VM_BOOL:
    case VM_INT:
    case VM_WIDE:
    case VM_FLOAT:
    case VM_LIST:
        break;
    }
    return vm_fail(vm, "type", vm->pos / 8, "a computed value takes no bytes");
}

bool vm_follow(struct vm *vm, uint32_t member) {
    if (!vm_need_end(vm, vm->sp - 1)) {
        return false;
    }
    const struct vm_value *v = &vm->stack[vm->sp - 1];
    const struct vm_space *space = v->kind == VM_FRAME ? v->frame->space : v->space;
    uint64_t end = v->kind == VM_FRAME ? v->frame->end : v->end;
    const struct vm_slot *slot = v->kind == VM_ABSENT ? vm_slot_for(vm, member) : NULL;
    if (slot && slot->state == SLOT_ABSENT && slot->start != VM_UNKNOWN) {
        space = vm->frame->space;
        end = slot->start;
    } else if (v->kind != VM_FRAME && v->kind != VM_PLACE) {
        space = NULL;
    }
    if (!space || space != vm->space) {
        return vm_fail(vm, "type", vm->pos / 8, "the field before it can't be found from here");
    }
    if (end > vm->limit) {
        return vm_fail(vm, "truncated", vm->limit / 8, "the struct ends before this field");
    }
    vm->pos = end;
    vm->sp--;
    return true;
}

bool vm_offset_of(struct vm *vm) {
    struct vm_value *v = &vm->stack[vm->sp - 1];
    struct vm_space *space = v->kind == VM_FRAME ? v->frame->space : v->space;
    uint64_t start = v->kind == VM_FRAME ? v->frame->start : v->start;
    if (v->kind == VM_ABSENT) {
        return true;
    }
    if (!space) {
        return vm_fail(vm, "type", vm->pos / 8, "a computed value has no place");
    }
    vm->unknown = vm->unknown || (vm->maker && space->growing && start == space->guess);
    *v = vm_int((int128)(start / 8) - (int128)(vm_origin(vm, space) / 8));
    return true;
}

bool vm_bytes_of_top(struct vm *vm) {
    struct vm_value *v = &vm->stack[vm->sp - 1];
    if (v->kind != VM_PLACE && v->kind != VM_FRAME) {
        return v->kind == VM_TEXT ? vm_bytes(vm, v) : true;
    }
    return vm_need_end(vm, vm->sp - 1) && vm_bytes(vm, &vm->stack[vm->sp - 1]);
}

bool vm_blank(struct vm *vm) {
    uint32_t at = vm->sp - 1;
    bool place = vm->stack[at].kind == VM_PLACE;
    if (place && !vm_need_end(vm, at)) {
        return false;
    }
    struct vm_ctl *c = vm_ctl_push(vm, CTL_BLANK);
    if (place) {
        c->item = vm->stack[at];
        c->item.borrowed = true;
    }
    return true;
}
