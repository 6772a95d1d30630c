#include "config.h"

#include <inttypes.h>

#include "vm/machine.h"

/* What a script changes: the sink is told, and makes of it what it likes. */

static bool is_array(const struct vm *vm, const struct vm_value *v) {
    return v->kind == VM_PLACE && vm->program->types.at[v->type].kind == TYPE_ARRAY;
}

bool vm_extent(struct vm *vm) {
    uint32_t at = vm->sp - 1;
    return vm_need_end(vm, at) && (!is_array(vm, &vm->stack[at]) || vm_counted(vm, at));
}

/* Whether the value can be what a change wants; a fault otherwise. */
static bool is_value(struct vm *vm, const struct vm_value *v) {
    if (v->kind == VM_ABSENT) {
        return vm_fail(vm, "absent", vm->pos / 8, "the value is not there");
    }
    return (v->kind != VM_PLACE && v->kind != VM_FRAME) ||
           vm_fail(vm, "type", vm->pos / 8, "a struct or an array is no value");
}

static bool is_place(struct vm *vm, const struct vm_value *place, const struct vm_value *array,
                     enum program_edit kind) {
    bool of_array = kind == EDIT_DELETE || kind == EDIT_INSERT || kind == EDIT_APPEND;
    if (of_array && !is_array(vm, array)) {
        return vm_fail(vm, array->kind == VM_ABSENT ? "absent" : "type", vm->pos / 8,
                       array->kind == VM_ABSENT ? "the array is not there"
                                                : "this is an element of no array");
    }
    bool end = place->kind == VM_BOOL && (kind == EDIT_INSERT || kind == EDIT_APPEND);
    bool stored = place->kind == VM_PLACE || place->kind == VM_FRAME ||
                  (kind == EDIT_REPLACE && place->kind == VM_BYTES && place->space);
    return end || stored ||
           vm_fail(vm, "type", vm->pos / 8, "only what is stored in the file can be changed");
}

static uint64_t index_of(const struct vm_value *place) {
    return place->kind == VM_FRAME ? place->frame->index : place->index;
}

bool vm_edit(struct vm *vm, enum program_edit kind, uint32_t stmt) {
    static const enum vm_edit_kind kinds[EDIT_KINDS] = {
        [EDIT_SET] = VM_EDIT_SET,         [EDIT_DELETE] = VM_EDIT_DELETE,
        [EDIT_INSERT] = VM_EDIT_INSERT,   [EDIT_APPEND] = VM_EDIT_APPEND,
        [EDIT_REPLACE] = VM_EDIT_REPLACE,
    };
    if (!vm_need_end(vm, vm->sp - 1)) {
        return false;
    }
    const struct vm_value *place = &vm->stack[vm->sp - 1], *array = place - 1, *value = place - 2;
    if (place->kind == VM_ABSENT) {
        vm->sp -= 3;
        return true;
    }
    if (!is_place(vm, place, array, kind) || (kind != EDIT_DELETE && !is_value(vm, value))) {
        return false;
    }
    bool end = place->kind == VM_BOOL;
    struct vm_edit edit = {
        .kind = kinds[kind],
        .stmt = stmt,
        .place = end ? array : place,
        .array = array->kind == VM_ABSENT ? NULL : array,
        .value = kind == EDIT_DELETE ? NULL : value,
        .index = kind != EDIT_INSERT && kind != EDIT_APPEND ? VM_UNKNOWN
                 : end                                      ? array->count
                                                            : index_of(place),
        .program = vm->program,
        .vm = vm,
    };
    if (vm->sink->ops->edit) {
        vm->sink->ops->edit(vm->sink, &edit);
    }
    vm->sp -= 3;
    return true;
}

const char *vm_edit_path(const struct vm_edit *edit) {
    struct vm *vm = edit->vm;
    if (edit->path) {
        return edit->path;
    }
    buf_clear(&vm->scratch);
    vm_place_path(vm, edit->place, &vm->scratch);
    if (edit->place == edit->array && edit->index != VM_UNKNOWN) {
        buf_printf(&vm->scratch, "[%" PRIu64 "]", edit->index);
    }
    return buf_text(&vm->scratch);
}

bool vm_read(struct vm *vm, const struct vm_value *place, struct vm_value *out) {
    *out = *place;
    bool read = vm_load(vm, out) && out->kind != VM_PLACE && out->kind != VM_FRAME;
    vm->faulted = vm->quiet = false; /* nobody is told */
    return read;
}
