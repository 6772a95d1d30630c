#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "vm/machine.h"

/* Spaces, where the bytes of a gathered one lie, and which bytes are as a file to a struct. */

bool vm_space_place(const struct vm_space *space, uint64_t off, uint64_t *place, uint64_t *run) {
    if (!space->pieces) {
        *place = off;
        *run = off < space->size ? space->size - off : 0;
        return !space->made_by;
    }
    uint32_t low = 0, high = space->piece_n; /* the piece at low begins at off or before */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (space->pieces[middle].at <= off) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const struct vm_piece *piece = &space->pieces[low];
    uint64_t end = low + 1 < space->piece_n ? piece[1].at : space->size;
    *run = off < end ? end - off : 0;
    *place = piece->place == VM_UNKNOWN ? VM_UNKNOWN : piece->place + (off - piece->at);
    return piece->place != VM_UNKNOWN;
}

uint32_t vm_space_pieces(const struct vm_space *space, uint64_t start, uint64_t end) {
    uint32_t n = 0;
    uint64_t place, run;
    for (uint64_t at = start / 8; at < end / 8 + (end % 8 != 0) && at < space->size; at += run) {
        vm_space_place(space, at, &place, &run);
        n++;
    }
    return n;
}

void vm_locate(struct vm *vm, const struct vm_space **space, uint64_t *offset) {
    uint64_t place, run;
    if (!*space || !(*space)->pieces || (*space)->size == 0) {
        return;
    }
    bool behind = *offset >= (*space)->size; /* behind the last byte */
    uint64_t at = behind ? (*space)->size - 1 : *offset;
    if (vm_space_place(*space, at, &place, &run)) {
        *space = &vm->input;
        *offset = place + behind;
    }
}

struct vm_space *vm_space_copy(const struct vm_space *of, uint64_t start, uint64_t end) {
    struct vm_space *own = mem_zalloc(1, sizeof *own);
    end = end < of->size ? end : of->size;
    start = start < end ? start : end;
    own->size = end - start;
    own->owned = mem_alloc(own->size + 1);
    if (own->size) {
        memcpy(own->owned, of->data + start, own->size);
    }
    own->data = own->owned;
    own->made_by = of->made_by;
    own->pieces =
        of->pieces ? mem_alloc((vm_space_pieces(of, start * 8, end * 8) + 1) * sizeof *own->pieces)
                   : NULL;
    for (uint64_t at = start, run; own->pieces && at < end; at += run) {
        struct vm_piece piece = {.at = at - start, .place = VM_UNKNOWN};
        if (!vm_space_place(of, at, &piece.place, &run)) {
            piece.place = VM_UNKNOWN;
        }
        own->pieces[own->piece_n++] = piece;
    }
    return own;
}

void vm_space_give(struct vm_space *space, struct vm_frame *frame) {
    space->owner = frame;
    space->next = frame->spaces;
    frame->spaces = space;
}

struct vm_region vm_region_of(struct vm_space *space, struct vm_window window) {
    uint64_t end = space->size * 8, start = window.start < end ? window.start : end;
    end = window.end < end ? window.end : end;
    return (struct vm_region){space, start, end > start ? end : start};
}

struct vm_region vm_file_of(const struct vm_frame *frame) {
    const struct vm_frame *f = frame->file;
    struct vm_window own = {f->start, f->limit};
    return vm_region_of(f->space, f->window.start == VM_UNKNOWN ? own : f->window);
}

struct vm_region vm_file(const struct vm *vm) {
    return vm->frame ? vm_file_of(vm->frame)
                     : vm_region_of(vm->space, (struct vm_window){0, VM_UNKNOWN});
}

uint64_t vm_origin(const struct vm *vm, const struct vm_space *space) {
    struct vm_region file = vm_file(vm);
    return file.space == space ? file.start : 0;
}

struct vm_window vm_source(const struct vm *vm) {
    for (uint32_t i = vm->cp; i-- > 0;) {
        const struct vm_ctl *c = &vm->ctl[i];
        if (c->kind == CTL_SPACE || c->kind == CTL_CALL) {
            return c->window;
        }
        if (c->kind == CTL_ITER && c->stepping) {
            return c->list.window;
        }
    }
    return (struct vm_window){0, VM_UNKNOWN};
}

bool vm_file_value(struct vm *vm) {
    struct vm_value *v = &vm->stack[vm->sp - 1];
    if (v->kind == VM_ABSENT) {
        return true;
    }
    bool place = v->kind == VM_PLACE && vm->program->types.at[v->type].kind == TYPE_STRUCT;
    if (!place && v->kind != VM_FRAME) {
        return vm_fail(vm, "type", vm->pos / 8, "only a struct has a file that it is read from");
    }
    if (place && !vm_enter(vm, v, NULL)) {
        return false;
    }
    v = &vm->stack[vm->sp - 1];
    struct vm_region file = vm_file_of(v->frame);
    *v = vm_absent();
    v->kind = VM_BYTES;
    v->space = file.space;
    v->start = file.start;
    v->end = file.limit;
    v->bytes = bytes_of(file.space->data + file.start / 8, (file.limit - file.start) / 8);
    return true;
}
