#include "config.h"

#include "base/number.h"
#include "vm/hop.h"
#include "vm/machine.h"

/* Elements of which a program wants to know only whether they are right: their texts, and numbers that are sums of their members.
 * As many as are right are stepped over in one loop; the first one that is not, or is cut off, is decoded, which tells of it. */

/* The machine looks around when it has gone so many bytes. */
#define LOOK ((uint64_t)128 << 10)

/* An element on the way; in bytes. */
struct element {
    const uint8_t *data;
    uint64_t at, end;
    uint64_t ends[PROGRAM_STRETCHES_MAX]; /* of its stretches */
};

/* The bytes of a part; false where they are not in the element. */
static bool find_part(const struct element *e, const struct program_part *part, struct bytes *out) {
    uint64_t start = part->stretch ? e->ends[part->stretch - 1] : e->at,
             end = e->ends[part->stretch];
    if (part->off > end - start) {
        return false;
    }
    uint64_t left = end - start - part->off;
    *out = bytes_of(e->data + start + part->off, part->len == PART_REST ? left : part->len);
    return out->len <= left;
}

static bool is_text_fine(struct vm *vm, const struct program_part *part, struct bytes text) {
    const struct encoding *encoding = vm_encoding_for(vm, part->type, vm->frame->ambient);
    return encoding &&
           encoding_is_fine(encoding, vm->program->types.at[part->type].cut, text, &vm->scratch);
}

static void push_bytes(struct vm *vm, struct bytes bytes) {
    struct vm_value v = vm_absent();
    v.kind = VM_BYTES;
    v.bytes = bytes;
    vm_push(vm, v);
}

/* Whether a number is what a function makes of the n byte strings on top, which are taken off. */
static bool is_sum(struct vm *vm, const struct program_part *part, uint32_t n,
                   struct bytes number) {
    const struct program_type *t = &vm->program->types.at[part->type];
    if (!vm_builtin(vm, part->builtin, n, false)) {
        return false;
    }
    struct vm_value sum = vm->stack[--vm->sp];
    return sum.kind == VM_INT &&
           sum.integer == (int128)number_load(number.at, (unsigned)number.len,
                                              vm_big_endian(t, vm->frame->ambient));
}

static bool is_right(struct vm *vm, const struct program_sound *sound, const struct element *e) {
    uint32_t sp = vm->sp;
    bool right = true;
    for (uint32_t i = 0; i < sound->part_count && right; i++) {
        const struct program_part *part = &vm->program->parts.at[sound->part_first + i];
        struct bytes bytes;
        right = find_part(e, part, &bytes);
        if (right && part->what == PART_TEXT) {
            right = is_text_fine(vm, part, bytes);
        } else if (right && part->what == PART_BYTES) {
            push_bytes(vm, bytes);
        } else if (right) {
            right = is_sum(vm, part, vm->sp - sp, bytes);
        }
    }
    vm->sp = sp;
    return right;
}

void vm_sound_elements(struct vm *vm, uint32_t id, uint32_t up) {
    const struct program_sound *sound = &vm->program->sounds.at[id];
    struct vm_ctl *loop = vm_record(vm, up);
    uint64_t limit = vm->limit / 8 < vm->space->size ? vm->limit / 8 : vm->space->size;
    struct element e = {.data = vm->space->data, .at = vm->pos / 8};
    struct vm_hop hop;
    if (!vm_may_leap(vm) || vm->pos % 8 || e.at >= limit) {
        return;
    }
    if (loop->index == VM_UNKNOWN) {
        vm_loop_start(vm, loop);
    }
    vm_hop_set(&hop, vm->program, sound->stretch_first, sound->stretch_count, vm->frame->ambient);
    uint64_t looked = e.at, ahead = vm->ahead, n = 0;
    while (loop->index < loop->count && e.at < limit && !vm->stop && vm->work <= vm->limits.work) {
        ahead = vm_ask_ahead(e.data, ahead, e.at);
        e.end = vm_hop_ends(&hop, e.data, e.at, limit, e.ends);
        if (e.end == VM_UNKNOWN || !is_right(vm, sound, &e)) {
            break;
        }
        e.at = e.end;
        vm->pos = e.at * 8;
        loop->index++;
        n++;
        if (e.at - looked >= LOOK) {
            looked = e.at;
            vm_told_blocks(vm, n);
            n = 0;
        }
    }
    vm->ahead = ahead;
    vm->work += n;
}
