#include "config.h"

#include "vm/machine.h"

/* Spaces, and where the bytes of a gathered one lie. */

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
