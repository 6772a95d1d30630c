#include "config.h"

#include <string.h>

#include "vm/machine.h"

/* Ties: telling the sink of clauses that say how long, how many or where, and solving them for a stored number. */

/* what a clause is about */

/* Whether anything is known of it: not where the data was cut off. */
static bool tied_to(struct vm *vm, struct vm_space *space, uint64_t start, uint64_t end,
                    int128 value) {
    vm->tie = (struct vm_tie){.space = space,
                              .start = start,
                              .end = end,
                              .used = end,
                              .count = VM_UNKNOWN,
                              .value = value,
                              .type = PROGRAM_NONE,
                              .vm = vm};
    vm->tie_told = false;
    return true;
}

static void tied_region(struct vm *vm) {
    const struct vm_stretch *r = &vm->region;
    tied_to(vm, r->space, r->start, r->end, (int128)((r->end - r->start) / 8));
    vm->tie.used = r->used;
}

static void tied_struct(struct vm *vm) {
    const struct vm_frame *f = vm->frame;
    tied_to(vm, f->space, f->start, f->limit, (int128)((f->limit - f->start) / 8 + f->missing));
    vm->tie.used = f->lost || vm->pos > f->limit ? f->limit : vm->pos;
    vm->tie_told = f->missing != 0 || !f->sized;
}

static void op_tied(struct vm *vm, const struct program_inst *inst) {
    uint64_t bits = vm->pos - vm->began;
    switch ((enum tied)inst->a) {
    case TIED_REGION:
        tied_region(vm);
        break;
    case TIED_RUN:
        tied_to(vm, vm->space, vm->began, vm->pos, (int128)(bits / 8));
        break;
    case TIED_BLOCKS: {
        int64_t stride = vm->program->types.at[inst->b].stride;
        tied_to(vm, vm->space, vm->began, vm->pos, 0);
        vm->tie.count = stride > 0 ? bits / (uint64_t)stride : 0;
        vm->tie.value = (int128)vm->tie.count;
        break;
    }
    case TIED_PLACE:
        tied_to(vm, vm->space, vm->pos, vm->pos, vm->place_said);
        vm->tie.origin_space = vm->space;
        vm->tie.origin = vm->place_origin;
        break;
    case TIED_STRUCT:
        tied_struct(vm);
        break;
    case TIED_LOOP:
        break;
    }
    vm->tie.type = inst->b;
}

static void op_tied_loop(struct vm *vm, uint32_t up) {
    const struct vm_ctl *c = vm_record(vm, up);
    uint64_t n = c->index == VM_UNKNOWN ? 0 : c->index;
    uint64_t start = c->index == VM_UNKNOWN ? vm->pos : c->base_pos;
    tied_to(vm, vm->space, start, vm->pos, (int128)c->count);
    vm->tie.count = n;
    vm->tie.type = c->type;
    vm->tie_told = c->count == VM_UNKNOWN;
}

/* telling */

void vm_tell_gap(struct vm *vm, uint64_t start, uint64_t unit) {
    int128 ignored;
    struct vm_tie tie = {.kind = VM_TIE_ALIGN,
                         .space = vm->space,
                         .start = start,
                         .end = vm->pos,
                         .used = start,
                         .count = VM_UNKNOWN,
                         .origin_space = vm->space,
                         .origin = vm_origin(vm, vm->space),
                         .value = (int128)unit,
                         .follows = true,
                         .member = PROGRAM_NONE,
                         .type = PROGRAM_NONE,
                         .span = span_none(),
                         .vm = vm};
    vm->sink->ops->tie(vm->sink, &tie, &ignored);
}

static void describe_tie(struct vm *vm, const struct program_inst *inst) {
    const struct program_check *row = &vm->program->checks.at[inst->a];
    vm->tie.kind = row->kind == CHECK_TIE_SIZE    ? VM_TIE_SIZE
                   : row->kind == CHECK_TIE_COUNT ? VM_TIE_COUNT
                                                  : VM_TIE_PLACE;
    vm->tie.member = row->member;
    vm->tie.span = row->span;
    vm->tie.follows = row->apart;
    vm->tie.solvable = row->message == PROGRAM_NONE;
    vm->tie.why =
        vm->tie.solvable ? NULL : (const char *)program_text(vm->program, row->message).at;
}

static bool ask(struct vm *vm, int128 *target) {
    vm->tie_told = true;
    vm->work++;
    if (!vm->sink->ops->tie || !vm->sink->ops->tie(vm->sink, &vm->tie, target)) {
        return false;
    }
    vm->solving = true;
    vm->solved_for = PROGRAM_NONE;
    vm->sought = vm_absent();
    return true;
}

bool vm_tie(struct vm *vm, const struct program_inst *inst) {
    int128 target;
    if (vm->tie_told) {
        return false;
    }
    describe_tie(vm, inst);
    if (!ask(vm, &target)) {
        return false;
    }
    vm_push(vm, vm_int(target));
    return true;
}

const char *vm_tie_path(const struct vm_tie *tie) {
    struct vm *vm = tie->vm;
    buf_clear(&vm->path);
    vm_path_here(vm, tie->member, tie->kind == VM_TIE_COUNT ? tie->type : PROGRAM_NONE, &vm->path);
    return buf_text(&vm->path);
}

static void op_solve(struct vm *vm, uint32_t stmt) {
    vm->solving = true;
    vm->solved_for = stmt;
    vm->sought = vm_absent();
    vm->tie_told = true;
}

/* Tells the edit of the unknown: its value, or (NULL) why there is none. */
static void tell(struct vm *vm, const struct vm_value *value, const char *failed) {
    bool known = vm->sought.kind == VM_PLACE;
    vm->solving = false;
    if (!vm->sink->ops->edit) {
        return;
    }
    buf_clear(&vm->path);
    vm_value_path(vm, &vm->sought, &vm->path);
    struct vm_edit edit = {.kind = VM_EDIT_NUMBER,
                           .stmt = vm->solved_for,
                           .path = buf_text(&vm->path),
                           .place = known ? &vm->sought : NULL,
                           .value = value,
                           .index = VM_UNKNOWN,
                           .base = vm->sought_base,
                           .failed = failed,
                           .program = vm->program,
                           .vm = vm};
    vm->sink->ops->edit(vm->sink, &edit);
}

/* The place on top is the number that changes. */
static bool op_unknown(struct vm *vm, uint32_t base) {
    if (!vm_need_end(vm, vm->sp - 1)) {
        return false;
    }
    const struct vm_value *v = &vm->stack[vm->sp - 1];
    const struct program_type *t = v->kind == VM_PLACE ? &vm->program->types.at[v->type] : NULL;
    bool number = t && (t->kind == TYPE_INT || t->kind == TYPE_VARINT || t->kind == TYPE_CODED);
    if (v->kind == VM_ABSENT) {
        return vm_fail(vm, "absent", vm->pos / 8, "the number that says it is not there");
    }
    if (base ? !t || t->kind != TYPE_TEXT : !number) {
        return vm_fail(vm, "type", vm->pos / 8, "no stored number says it");
    }
    vm->sought = *v;
    vm->sought_base = base;
    vm->sp--;
    return true;
}

static bool op_number(struct vm *vm) {
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value value = vm->stack[vm->sp - 1];
    if (value.kind != VM_INT) {
        return vm_fail(vm, "absent", vm->pos / 8, "what it depends on is not there");
    }
    vm->sp--;
    tell(vm, &value, NULL);
    return true;
}

static void op_unsolved(struct vm *vm, uint32_t row) {
    vm->sp--;
    tell(vm, NULL, (const char *)program_text(vm->program, vm->program->checks.at[row].message).at);
}

/* A trial is over: what was not told in it is told now. */
static void op_solved(struct vm *vm, const struct program_inst *inst) {
    bool failed = vm->stack[--vm->sp].kind == VM_ABSENT;
    int128 target;
    if (failed && !vm->tie_told) {
        describe_tie(vm, inst);
        buf_clear(&vm->scratch);
        buf_puts(&vm->scratch, vm->fault.message);
        vm->tie.why = buf_text(&vm->scratch);
        (void)ask(vm, &target);
    }
    if (vm->solving) {
        tell(vm, NULL, failed ? vm->fault.message : "what it depends on is not there");
    }
}

/* undoing */

static bool too_large(struct vm *vm) {
    return vm_fail(vm, "arithmetic", vm->pos / 8, "the result does not fit 127 bits");
}

/* What times k is it? */
static bool undo_product(struct vm *vm, int128 result, int128 k, int128 now, int128 *out) {
    char text[2][INT128_TEXT_MAX];
    int128_text(result, text[0]);
    int128_text(k, text[1]);
    if (k == 0) {
        *out = now;
        return result == 0 ||
               vm_fail(vm, "solve", vm->pos / 8, "0 times anything is not %s", text[0]);
    }
    int128 left;
    return (int128_rem(result, k, &left) && left == 0 && int128_div(result, k, out)) ||
           vm_fail(vm, "solve", vm->pos / 8, "%s is no multiple of %s", text[0], text[1]);
}

/* What divided by k is it? What is left over of it now stays, where it may. */
static bool undo_quotient(struct vm *vm, int128 result, int128 k, int128 now, bool down,
                          int128 *out) {
    int128 left, product;
    if (k == 0) {
        return vm_fail(vm, "arithmetic", vm->pos / 8, "division by zero");
    }
    if (!int128_rem(now, k, &left) || !int128_mul(result, k, &product)) {
        return too_large(vm);
    }
    bool against =
        left != 0 && (down ? (left < 0) != (k < 0) : result != 0 && (left < 0) != (product < 0));
    left = !against ? left : down ? left + k : 0;
    return int128_add(product, left, out) || too_large(vm);
}

static bool undo_shift(struct vm *vm, bool left, int128 result, int128 k, int128 now, int128 *out) {
    int128 unit, high, low;
    if (k < 0 || k > 126) {
        return vm_fail(vm, "arithmetic", vm->pos / 8, "a shift by such a number can't be undone");
    }
    unit = (int128)1 << k;
    if (left) {
        return undo_product(vm, result, unit, now, out);
    }
    low = now & (unit - 1);
    return (int128_mul(result, unit, &high) && int128_add(high, low, out)) || too_large(vm);
}

static bool undo_mask(struct vm *vm, bool and, int128 result, int128 mask, int128 now,
                      int128 *out) {
    char text[INT128_TEXT_MAX];
    int128_text(result, text);
    bool fits = and? (result & ~mask) == 0 : (result & mask) == mask;
    *out = and? (now & ~mask) | result : (result & ~mask) | (now & mask);
    if (fits) {
        return true;
    }
    if (mask < 0 || mask > UINT64_MAX) {
        return vm_fail(vm, "solve", vm->pos / 8, "%s does not fit the mask", text);
    }
    return vm_fail(vm, "solve", vm->pos / 8,
                   and? "%s does not fit the mask 0x%llx" : "%s has not all bits of 0x%llx", text,
                   (unsigned long long)mask);
}

static bool undo(struct vm *vm, enum undo how, int128 result, int128 other, int128 now,
                 int128 *out) {
    switch (how) {
    case UNDO_MUL:
        return undo_product(vm, result, other, now, out);
    case UNDO_DIV:
    case UNDO_DIV_DOWN:
        return undo_quotient(vm, result, other, now, how == UNDO_DIV_DOWN, out);
    case UNDO_SHL:
    case UNDO_SHR:
        return undo_shift(vm, how == UNDO_SHL, result, other, now, out);
    case UNDO_AND:
    case UNDO_OR:
        return undo_mask(vm, how == UNDO_AND, result, other, now, out);
    }
    return false;
}

static bool op_undo(struct vm *vm, uint32_t how) {
    for (uint32_t at = vm->sp - 3; at < vm->sp; at++) {
        if (!vm_loaded(vm, at)) {
            return false;
        }
        if (vm->stack[at].kind != VM_INT) {
            return vm_fail(vm, "absent", vm->pos / 8, "what it depends on is not there");
        }
    }
    const struct vm_value *v = &vm->stack[vm->sp - 3];
    int128 out = 0;
    if (!undo(vm, (enum undo)how, v[0].integer, v[1].integer, v[2].integer, &out)) {
        return false;
    }
    vm->sp -= 2;
    vm->stack[vm->sp - 1] = vm_int(out);
    return true;
}

/* numbers as they will be */

/* Something and a number of it become that number as it will be. */
static bool op_later(struct vm *vm, uint32_t what) {
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value now = vm->stack[--vm->sp], of = vm->stack[vm->sp - 1];
    vm->stack[vm->sp - 1] = now;
    bool stored = of.kind == VM_PLACE || of.kind == VM_FRAME;
    if (now.kind != VM_INT || !stored || !vm->sink->ops->later) {
        return true;
    }
    if (what == QUANTITY_SIZE && of.kind == VM_PLACE) {
        of.end = of.start + (uint64_t)now.integer * 8;
    }
    int128 number = now.integer;
    if (vm->sink->ops->later(vm->sink, (enum quantity)what, &of, &number)) {
        vm->stack[vm->sp - 1] = vm_int(number);
    }
    return true;
}

static bool op_anchor(struct vm *vm) {
    struct vm_value *v = &vm->stack[vm->sp - 1];
    bool known = v->kind == VM_FRAME || v->kind == VM_PLACE;
    if (known) {
        *v = vm_int((int128)((v->kind == VM_FRAME ? v->frame->start : v->start) / 8));
    }
    return known || v->kind == VM_ABSENT ||
           vm_fail(vm, "type", vm->pos / 8, "a computed value has no place");
}

/* seeing from elsewhere */

static void op_decoded_as(struct vm *vm, uint32_t type) {
    struct vm_value *v = &vm->stack[vm->sp - 1];
    *v = vm_bool((v->kind == VM_FRAME && v->frame->type == type) ||
                 (v->kind == VM_PLACE && v->type == type));
}

static bool op_with(struct vm *vm, bool giver) {
    if (!vm_instance(vm)) {
        return false;
    }
    struct vm_value *v = &vm->stack[vm->sp - 1];
    struct vm_frame *f = v->kind == VM_FRAME ? v->frame : NULL;
    struct vm_frame *seen = f && giver ? f->parent : f;
    if (!seen) {
        return vm_fail(vm, "absent", vm->pos / 8, "what it depends on is not there");
    }
    vm->sp--;
    struct vm_ctl *c = vm_ctl_push(vm, CTL_WITH);
    c->index = f->index;
    vm->frame = seen;
    return true;
}

void vm_with_end(struct vm *vm) {
    vm->frame = vm->ctl[--vm->cp].frame;
}

bool vm_solve(struct vm *vm, const struct program_inst *inst) {
    switch (inst->op) {
    case OP_TIED:
        op_tied(vm, inst);
        return true;
    case OP_TIED_LOOP:
        op_tied_loop(vm, inst->a);
        return true;
    case OP_SOLVE:
        op_solve(vm, inst->a);
        return true;
    case OP_UNKNOWN:
        return op_unknown(vm, inst->a);
    case OP_NUMBER:
        return op_number(vm);
    case OP_UNSOLVED:
        op_unsolved(vm, inst->a);
        return true;
    case OP_SOLVED:
        op_solved(vm, inst);
        return true;
    case OP_UNDO:
        return op_undo(vm, inst->a);
    case OP_LATER:
        return op_later(vm, inst->a);
    case OP_ANCHOR:
        return op_anchor(vm);
    case OP_DECODED_AS:
        op_decoded_as(vm, inst->a);
        return true;
    case OP_WITH:
        return op_with(vm, inst->a != 0);
    default: /* OP_WITH_END */
        vm_with_end(vm);
        return true;
    }
}
