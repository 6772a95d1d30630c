#include "config.h"

#include "vm/machine.h"

/* The run loop. Each instruction either is done (and the next follows), was replaced by a call that will come back to
 * it, or raised a fault; the last two leave vm->pc where to go on. */

#define STEPS_BETWEEN_WATCHES 4096u

static struct vm_value take(struct vm *vm) {
    return vm->stack[--vm->sp];
}

struct vm_value vm_literal(const struct vm *vm, uint32_t data) {
    struct vm_value v = vm_absent();
    v.kind = VM_TEXT;
    v.literal = true;
    v.bytes = program_text(vm->program, data);
    return v;
}

static void push_self(struct vm *vm, uint32_t of) {
    struct vm_value v = vm_absent();
    for (struct vm_frame *f = vm->frame; f; f = f->parent) {
        if (f->of == of) {
            v.kind = VM_FRAME;
            v.frame = f;
            break;
        }
    }
    vm_push(vm, v);
}

static void push_root(struct vm *vm) {
    struct vm_value v = vm_absent();
    for (struct vm_frame *f = vm->frame; f; f = f->parent) {
        v.kind = VM_FRAME;
        v.frame = f;
    }
    vm_push(vm, v);
}

static bool own_number(struct vm *vm, uint32_t member) {
    const struct program_member *m = &vm->program->members.at[member];
    const struct vm_frame *f = vm->frame;
    uint64_t behind;
    if (m->owner != f->of) {
        return vm_fail(vm, "type", f->start / 8, "the struct has no such field");
    }
    uint64_t at = f->start + (uint64_t)m->bit_off;
    vm_push(vm, vm_absent());
    return vm_load_at(vm, m->type, f->space, at, VM_UNKNOWN, f->limit, f->ambient,
                      &vm->stack[vm->sp - 1], &behind);
}

static bool push_param(struct vm *vm, uint32_t of, uint32_t index) {
    for (struct vm_frame *f = vm->frame; f; f = f->parent) {
        if (f->of != of) {
            continue;
        }
        if (!f->args_ready || index >= vm->program->structs.at[of].params) {
            return vm_fail(vm, "type", f->start / 8, "the struct's parameters are not known here");
        }
        vm_push(vm, f->args[index]);
        vm->unknown = vm->unknown || f->args[index].unknown;
        return true;
    }
    vm_push(vm, vm_absent());
    return true;
}

static void push_rest(struct vm *vm) {
    struct vm_value v = vm_absent();
    uint64_t limit = vm->limit / 8 < vm->space->size ? vm->limit / 8 : vm->space->size;
    uint64_t from = (vm->pos + 7) / 8 < limit ? (vm->pos + 7) / 8 : limit;
    v.kind = VM_BYTES;
    v.bytes = bytes_of(vm->space->data + from, limit - from);
    v.space = vm->space;
    v.start = from * 8;
    v.end = limit * 8;
    vm->taken = limit - from;
    vm->unknown = vm->unknown || (vm->maker && vm->space->growing && !vm->space->exact);
    vm_push(vm, v);
}

static bool push_file(struct vm *vm) {
    struct vm_value v = vm_absent();
    v.kind = VM_FRAME;
    v.frame = vm->frame;
    vm_push(vm, v);
    return vm_file_value(vm);
}

static bool is_around(struct vm *vm) {
    struct vm_value inner = take(vm), *outer = &vm->stack[vm->sp - 1];
    *outer = vm_bool(outer->kind == VM_FRAME && inner.kind == VM_FRAME &&
                     vm_is_around(outer->frame, inner.frame));
    return true;
}

static bool iter_begin(struct vm *vm, bool keeps) {
    struct vm_value v = take(vm);
    vm_iter_begin(vm, v);
    vm->ctl[vm->cp - 1].keeps = keeps;
    return true;
}

static void pop_loop(struct vm *vm) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    vm_loop_drop(vm, c, c->keeps);
    vm->cp--;
}

bool vm_condition(struct vm *vm, bool *out, bool *absent) {
    struct vm_value *v = &vm->stack[vm->sp - 1];
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    v = &vm->stack[vm->sp - 1];
    *absent = v->kind == VM_ABSENT;
    *out = v->kind == VM_BOOL && v->boolean;
    return *absent || v->kind == VM_BOOL ||
           vm_fail(vm, "type", vm->pos / 8, "a condition is not a bool");
}

/* statements */

static uint32_t release_mark(const struct vm *vm) {
    const struct vm_ctl *top = vm->cp ? &vm->ctl[vm->cp - 1] : NULL;
    bool walk = top && (top->kind == CTL_ITER || top->kind == CTL_LOOP);
    return walk && top->temps > vm->floor ? top->temps : vm->floor;
}

static void pop_record(struct vm *vm) {
    struct vm_ctl *c = &vm->ctl[--vm->cp];
    if (c->kind == CTL_TRY) {
        return;
    }
    vm->space = c->space;
    vm->pos = c->pos;
    vm->limit = c->limit;
}

static bool over_limit(struct vm *vm) {
    if (vm->work > vm->limits.work) {
        vm_give_up(vm);
        return true;
    }
    if (vm->watch && vm->work % STEPS_BETWEEN_WATCHES == 0) {
        vm->watch(vm->watch_context, vm);
    }
    return vm->stop;
}

static void begin_trial(struct vm *vm, const struct program_inst *i) {
    struct vm_ctl *c = vm_ctl_push(vm, CTL_TRY);
    c->pc = i->a;
    c->tells = i->b != 0;
}

enum outcome { NEXT, AGAIN, STOP };

/* Most instructions: true goes on to the next. */
static enum outcome done(bool ok) {
    return ok ? NEXT : AGAIN;
}

/* Going back counts as work: whatever loops has to do it. */
static enum outcome jump(struct vm *vm, uint32_t to) {
    bool back = to <= vm->pc;
    vm->pc = to;
    vm->work += back;
    return back && over_limit(vm) ? STOP : AGAIN;
}

static enum outcome jump_if(struct vm *vm, const struct program_inst *i, bool when) {
    bool yes, absent;
    if (!vm_condition(vm, &yes, &absent)) {
        return AGAIN;
    }
    vm->sp--;
    if (vm_make_is_searching(vm)) {
        vm->unknown = vm->unknown && !yes;
    } else if (vm->unknown && vm_making(vm)) {
        yes = vm_make_goes_on(vm, i->member, yes);
        yes = when ? !yes : yes; /* an end that can't be known: where nothing more is given */
    }
    return yes == when ? jump(vm, i->a) : NEXT;
}

static enum outcome try_case(struct vm *vm, const struct program_inst *i) {
    const struct vm_value *top = &vm->stack[vm->sp - 1];
    int128 wanted = vm->program->ints.at[i->b];
    if (top->kind == VM_INT && !vm->unknown) {
        if (top->integer != wanted) {
            return NEXT;
        }
        vm->sp--;
        return jump(vm, i->a);
    }
    vm_push(vm, *top);
    vm_push(vm, vm_int(wanted));
    if (!vm_binary(vm, OP_EQ)) {
        return AGAIN;
    }
    enum outcome to = jump_if(vm, i, true);
    vm->sp -= to != NEXT;
    return to;
}

/* AND_THEN, OR_ELSE: what decides stays on the stack. */
static enum outcome short_circuit(struct vm *vm, const struct program_inst *i, bool going_on) {
    bool yes, absent;
    if (!vm_condition(vm, &yes, &absent)) {
        return AGAIN;
    }
    if (absent || yes != going_on) {
        return jump(vm, i->a);
    }
    vm->sp--;
    return NEXT;
}

static enum outcome choose(struct vm *vm, const struct program_inst *i) {
    bool yes, absent;
    if (!vm_condition(vm, &yes, &absent)) {
        return AGAIN;
    }
    if (absent) {
        return jump(vm, i->b);
    }
    vm->sp--;
    return yes ? NEXT : jump(vm, i->a);
}

static enum outcome go_on(struct vm *vm, const struct program_inst *i, bool sequence) {
    struct vm_frame *f = vm->frame;
    if (vm->stop) {
        return STOP;
    }
    if (f->ended || (f->lost && (sequence || i->b == 1))) {
        vm->pc = i->a;
        return AGAIN;
    }
    f->resume = i->a;
    f->resume_loses = sequence;
    f->resume_let = !sequence && i->b == 2;
    return NEXT;
}

static enum outcome iter_next(struct vm *vm, const struct program_inst *i) {
    if (over_limit(vm)) {
        return STOP;
    }
    if (!vm_iter_next(vm)) {
        return AGAIN;
    }
    if (vm->ctl[vm->cp - 1].done) {
        vm->pc = i->a;
        return AGAIN;
    }
    return NEXT;
}

static enum outcome loop_test(struct vm *vm, const struct program_inst *i) {
    bool over;
    if (over_limit(vm)) {
        return STOP;
    }
    if (!vm_loop_test(vm, i->b, &over)) {
        return AGAIN;
    }
    if (over) {
        vm->pc = i->a;
        return AGAIN;
    }
    return NEXT;
}

static enum outcome resync(struct vm *vm, const struct program_inst *i) {
    bool over = vm->stack[vm->sp - 1].kind == VM_ABSENT;
    if (!vm_resync(vm, i->a)) {
        return AGAIN;
    }
    if (over) {
        vm->pc = i->a;
        return AGAIN;
    }
    return NEXT;
}

static enum outcome call_function(struct vm *vm, const struct program_inst *i) {
    if (vm_too_deep(vm)) {
        return AGAIN;
    }
    if (over_limit(vm)) {
        return STOP;
    }
    uint32_t base = vm->sp - i->b;
    struct vm_ctl *c = vm_ctl_call(vm, CALL_FUNCTION, vm->pc + 1, i->a);
    c->sp = base;
    vm->base = base;
    return AGAIN;
}

static bool end_check(struct vm *vm) {
    struct vm_frame *f = vm->frame;
    if (f->missing && !f->lost) {
        struct cursor_fault fault = {CURSOR_SHORT, f->start / 8,
                                     (f->limit - f->start) / 8 + f->missing,
                                     (f->limit - f->start) / 8};
        vm_fail_cursor(vm, &fault);
        vm_tell(vm);
        f->lost = true;
    }
    vm_emit_struct(vm, false);
    return true;
}

static bool emit_nothing(struct vm *vm, uint32_t member) {
    struct vm_value v = vm_absent();
    vm_emit_let(vm, member, &v, false);
    return true;
}

/* Part of the loop below: as a call of its own it would save and restore registers for each instruction. */
__attribute__((always_inline)) static inline enum outcome execute(struct vm *vm,
                                                                  const struct program_inst *i) {
    switch ((enum program_op)i->op) {
    case OP_PUSH_INT:
        vm_push(vm, vm_int(vm->program->ints.at[i->a]));
        return NEXT;
    case OP_PUSH_FLOAT:
        vm_push(vm, vm_float(vm->program->floats.at[i->a]));
        return NEXT;
    case OP_PUSH_TEXT:
        vm_push(vm, vm_literal(vm, i->a));
        vm->stack[vm->sp - 1].as_bytes = i->b != 0;
        return NEXT;
    case OP_PUSH_BOOL:
        vm_push(vm, vm_bool(i->a != 0));
        return NEXT;
    case OP_PUSH_ABSENT:
        vm_push(vm, vm_absent());
        return NEXT;
    case OP_DUP: {
        struct vm_value v = vm->stack[vm->sp - 1];
        vm_push(vm, v);
        return NEXT;
    }
    case OP_SWAP: {
        struct vm_value v = vm->stack[vm->sp - 1];
        vm->stack[vm->sp - 1] = vm->stack[vm->sp - 2];
        vm->stack[vm->sp - 2] = v;
        return NEXT;
    }
    case OP_DROP:
        vm->sp--;
        return NEXT;
    case OP_ARG: {
        struct vm_value v = vm->stack[vm->base + i->a];
        vm_push(vm, v);
        return NEXT;
    }
    case OP_NEG:
    case OP_NOT:
    case OP_BITNOT:
        return done(vm_unary(vm, i->op));
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_REM:
    case OP_SHL:
    case OP_SHR:
    case OP_BITAND:
    case OP_BITOR:
    case OP_BITXOR:
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_GT:
    case OP_LE:
    case OP_GE:
        return done(vm_binary(vm, i->op));
    case OP_IN_RANGE:
        return done(vm_in_range(vm));
    case OP_IN_ENUM:
        return done(vm_in_enum(vm, i->a));
    case OP_FLAG:
        return done(vm_flag(vm, vm->program->ints.at[i->a]));
    case OP_CAST:
        return done(vm_cast(vm, i->a));
    case OP_PRESENT:
        vm->stack[vm->sp - 1] = vm_bool(vm->stack[vm->sp - 1].kind != VM_ABSENT);
        return NEXT;
    case OP_JUMP:
        return jump(vm, i->a);
    case OP_JUMP_FALSE:
        return jump_if(vm, i, false);
    case OP_JUMP_TRUE:
        return jump_if(vm, i, true);
    case OP_CASE:
        return try_case(vm, i);
    case OP_AND_THEN:
        return short_circuit(vm, i, true);
    case OP_OR_ELSE:
        return short_circuit(vm, i, false);
    case OP_CHOOSE:
        return choose(vm, i);
    case OP_UNLESS_ABSENT:
        if (vm->stack[vm->sp - 1].kind != VM_ABSENT) {
            vm->pc = i->a;
            return AGAIN;
        }
        vm->sp--;
        return NEXT;
    case OP_REQUIRE_BOOL: {
        bool yes, absent;
        return done(vm_condition(vm, &yes, &absent) &&
                    (!absent || vm_fail(vm, "absent", vm->pos / 8,
                                        "the condition depends on something that is not there")));
    }
    case OP_TIE:
        return vm_tie(vm, i) ? NEXT : jump(vm, i->b);
    case OP_TIED:
    case OP_TIED_LOOP:
    case OP_SOLVE:
    case OP_UNKNOWN:
    case OP_NUMBER:
    case OP_UNSOLVED:
    case OP_SOLVED:
    case OP_UNDO:
    case OP_LATER:
    case OP_ANCHOR:
    case OP_DECODED_AS:
    case OP_WITH:
    case OP_WITH_END:
        return done(vm_solve(vm, i));
    case OP_SELF:
        push_self(vm, i->a);
        return NEXT;
    case OP_ROOT:
        push_root(vm);
        return NEXT;
    case OP_PARENT:
        return done(vm_parent(vm));
    case OP_FIELD:
        return done(vm_field(vm, i->a) || (!vm->faulted && vm->stop));
    case OP_INSTANCE:
        return done(vm_instance(vm));
    case OP_AROUND:
        return done(is_around(vm));
    case OP_IS:
        return done(vm_is(vm, i->a));
    case OP_OWN:
        return done(own_number(vm, i->a));
    case OP_NAMED:
        return done(vm_named(vm, i->a));
    case OP_PARAM:
        return done(push_param(vm, i->a, i->b));
    case OP_LOOP_ITEM:
        return done(vm_loop_item(vm, i->a));
    case OP_LOOP_INDEX:
        vm_push(vm, vm_record(vm, i->a)->index == VM_UNKNOWN
                        ? vm_absent()
                        : vm_int((int128)vm_record(vm, i->a)->index));
        return NEXT;
    case OP_LOOP_PREV:
        vm_push(vm, vm_record(vm, i->a)->prev);
        return NEXT;
    case OP_REST:
        push_rest(vm);
        return NEXT;
    case OP_INDEX:
        return done(vm_index(vm));
    case OP_SLICE:
        return done(vm_slice(vm));
    case OP_COUNT:
        return done(vm_count(vm));
    case OP_SIZEOF:
        return done(vm_size_of(vm));
    case OP_FILE:
        return done(push_file(vm));
    case OP_FILEOF:
        return done(vm_file_value(vm));
    case OP_OFFSETOF:
        return done(vm_offset_of(vm));
    case OP_BYTES_OF:
        return done(vm_bytes_of_top(vm));
    case OP_LOAD:
        return done(vm_loaded(vm, vm->sp - 1));
    case OP_LIST_NEW: {
        struct vm_value v = vm_absent();
        v.kind = VM_LIST;
        v.list = vm_list_new(vm);
        vm_push(vm, v);
        return NEXT;
    }
    case OP_LIST_ADD:
        return done(vm_add_to_list(vm, i->a != 0));
    case OP_ITER_BEGIN:
        return done(iter_begin(vm, i->a != 0));
    case OP_ITER_FROM:
        return done(vm_iter_from(vm));
    case OP_ITER_NEXT:
        return iter_next(vm, i);
    case OP_ITER_END:
    case OP_LOOP_END:
        pop_loop(vm);
        return NEXT;
    case OP_FOLD_MIN:
    case OP_FOLD_MAX:
        return done(vm_extreme(vm, i->op == OP_FOLD_MAX));
    case OP_CALL:
        return call_function(vm, i);
    case OP_RETURN:
        vm_return(vm);
        return AGAIN;
    case OP_BUILTIN:
    case OP_TRANSFORM:
        if (i->op == OP_TRANSFORM && vm_make_is_open(vm, i->b)) {
            return done(vm_make_transform(vm, i->a, i->b));
        }
        return done(vm_builtin(vm, i->a, i->b, i->op == OP_TRANSFORM));
    case OP_DECODE:
        vm_decode(vm, i, true);
        return AGAIN;
    case OP_PASS:
        vm_decode(vm, i, false);
        return AGAIN;
    case OP_END_STRUCT:
        vm_end_struct(vm);
        return AGAIN;
    case OP_END_PART:
        vm_end_part(vm);
        return AGAIN;
    case OP_END_ARGS:
        vm_end_args(vm, i->b);
        return AGAIN;
    case OP_HALT:
        return STOP;
    case OP_SEQUENCE:
        return go_on(vm, i, true);
    case OP_APART:
        return go_on(vm, i, false);
    case OP_TRY:
        begin_trial(vm, i);
        return NEXT;
    case OP_BLANK:
        return done(vm_blank(vm));
    case OP_BLANK_END:
        vm->cp--;
        return NEXT;
    case OP_RELEASE:
        vm->unknown = false;
        vm_temp_release(vm, release_mark(vm));
        return NEXT;
    case OP_FOLLOW:
        return done(vm_follow(vm, i->a));
    case OP_SKIP_BITS:
        return done(vm_skip_bits(vm, vm->program->ints.at[i->a]));
    case OP_SKIP:
        return done(vm_skip_count(vm, 8));
    case OP_SKIP_PACKED:
        return done(vm_skip_count(vm, 1));
    case OP_SKIP_REST:
        vm->pos = vm->limit > vm->pos ? vm->limit : vm->pos;
        vm->next_encoding = 0;
        return NEXT;
    case OP_SKIP_VALUE:
        return done(vm_skip_value(vm, i->a));
    case OP_SKIP_UNTIL:
        return done(vm_skip_until(vm, i->a));
    case OP_SKIP_ITEM:
        return done(vm_skip_item(vm, i->a));
    case OP_SKIP_ELEMENTS:
        return done(vm_skip_count(vm, vm->program->ints.at[i->a]));
    case OP_ALIGN:
        return done(vm_align(vm));
    case OP_BYTE_ALIGN:
        vm->pos = (vm->pos + 7) / 8 * 8;
        return NEXT;
    case OP_REGION:
        return done(vm_region(vm, i->a, i->b != 0));
    case OP_REGION_END:
        return done(vm_region_end(vm));
    case OP_REWIND:
    case OP_MEASURE:
    case OP_WIDEST:
        return done(vm_union(vm, i));
    case OP_UNLESS_SIZED:
        if (vm->frame->sized) {
            vm->limit = vm->limit < vm->frame->limit ? vm->limit : vm->frame->limit;
            vm->pc = i->a;
            return AGAIN;
        }
        return NEXT;
    case OP_OWN_SIZE:
        return done(vm_own_size(vm));
    case OP_AT:
        return done(vm_at(vm, i->a, i->b));
    case OP_WITHIN:
        return done(vm_within(vm, i->a, i->b));
    case OP_SPACE:
        return done(vm_space(vm, i->a, i->b != 0));
    case OP_SPACE_END:
        return done(vm_space_end(vm));
    case OP_AT_END:
    case OP_TRY_END:
        pop_record(vm);
        return NEXT;
    case OP_ENDIAN:
    case OP_BITORDER:
        return done(vm_set_order(vm, i->op == OP_BITORDER));
    case OP_ENCODING:
    case OP_ENCODING_NEXT:
        return done(vm_set_encoding(vm, i->op == OP_ENCODING_NEXT));
    case OP_MARK:
        vm_mark(vm, i->a, i->b);
        return NEXT;
    case OP_MARK_END:
    case OP_MARK_COUNT:
    case OP_MARK_ABSENT:
    case OP_MARK_LET:
        vm_mark_more(vm, i);
        return NEXT;
    case OP_LOOP:
        vm_ctl_push(vm, CTL_LOOP)->type = i->a;
        if (vm_making(vm)) {
            vm_make_loop(vm, i);
        }
        return NEXT;
    case OP_LOOP_COUNT:
        return done(vm_loop_count(vm, i->a));
    case OP_LOOP_TEST:
        return loop_test(vm, i);
    case OP_LOOP_HERE:
        vm_loop_here(vm, i->a, i->b);
        return NEXT;
    case OP_LOOP_STRIDE:
        return done(vm_loop_stride(vm, i->a));
    case OP_LOOP_CLOSE:
        vm_loop_close(vm, i->b, i->a);
        return NEXT;
    case OP_LOOP_DONE:
        vm_loop_done(vm, i->a);
        return NEXT;
    case OP_LOOP_NEXT:
        vm_loop_next(vm, i->a);
        return NEXT;
    case OP_LOOP_MAGIC:
        if (!vm_making(vm) && !vm_is_next(vm, i->b)) {
            vm->pc = i->a;
            return AGAIN;
        }
        return NEXT;
    case OP_LOOP_FIRST:
        if (vm_record(vm, i->b)->index != 0) {
            vm->pc = i->a;
            return AGAIN;
        }
        return NEXT;
    case OP_VISIT:
        return done(vm_visit(vm, i->a));
    case OP_RECOVER:
        vm_recover(vm, i->a);
        return NEXT;
    case OP_RESYNC:
        return resync(vm, i);
    case OP_LOOP_VALUE:
        vm_item_clear(vm, vm_record(vm, i->a), &vm_record(vm, i->a)->item, true);
        vm_record(vm, i->a)->item = take(vm);
        vm_record(vm, i->a)->item.borrowed = true;
        return NEXT;
    case OP_STEP:
        vm_step(vm, i);
        return AGAIN;
    case OP_YIELD:
        vm_step_end(vm, false);
        return AGAIN;
    case OP_FINISH:
        vm_step_end(vm, true);
        return AGAIN;
    case OP_BEGIN:
        vm_emit_struct(vm, true);
        return NEXT;
    case OP_END:
        return done(end_check(vm));
    case OP_BLOCK:
        return done(vm_emit_block(vm, i->a));
    case OP_BLOCKS: {
        struct vm_value v = take(vm);
        if (vm_making(vm) && (vm_take_unknown(vm) || v.integer == PROGRAM_REST)) {
            v = vm_int((int128)vm->maker->ops->count(vm->maker, PROGRAM_NONE));
        }
        if (v.kind != VM_INT || (v.integer < 0 && v.integer != PROGRAM_REST)) {
            vm_emit_array(vm, i->a, PROGRAM_NONE, false);
            return done(vm_fail(vm, "range", vm->pos / 8, "not a number of elements"));
        }
        return done(vm_emit_blocks(vm, i->a, i->b, v.integer));
    }
    case OP_FLATS:
        vm_emit_flats(vm, i->a, i->b);
        return vm->stop ? STOP : NEXT;
    case OP_PLACED:
        return vm_emit_placed(vm, i->a) ? jump(vm, i->b) : vm->stop ? STOP : NEXT;
    case OP_RECORD:
        vm_record(vm, 0)->record = i->a != 0;
        vm_emit_record(vm, i->a != 0);
        return NEXT;
    case OP_RECORDS:
        return done(vm_emit_records(vm, i->a, i->b));
    case OP_ARRAY_BEGIN:
        vm_emit_array(vm, i->a, i->b, true);
        return NEXT;
    case OP_ARRAY_END:
        vm_emit_array(vm, i->a, PROGRAM_NONE, false);
        return NEXT;
    case OP_VALUE: {
        uint64_t end;
        return done((!vm_making(vm) || vm_make_at_cursor(vm, i->a, i->b, VM_UNKNOWN, &end)) &&
                    vm_emit_value(vm, i->a, i->b, VM_UNKNOWN, VM_UNKNOWN));
    }
    case OP_RUN:
        return done(vm_run_length(vm, i));
    case OP_RUN_REST: {
        uint64_t end = vm->limit > vm->pos ? vm->limit : vm->pos;
        return done((!vm_making(vm) || vm_make_at_cursor(vm, i->a, i->b, VM_UNKNOWN, &end)) &&
                    vm_emit_value(vm, i->a, i->b, end, VM_UNKNOWN));
    }
    case OP_RUN_UNTIL:
        return done(vm_run_until(vm, i));
    case OP_EMIT_LET:
        if (vm->unknown && vm_making(vm)) {
            vm_make_let(vm, i->a);
        }
        vm_tell_let(vm, i->a);
        return AGAIN;
    case OP_EMIT_NOTHING:
        return done(emit_nothing(vm, i->a));
    case OP_EMIT:
        vm_emit(vm, i->a != 0);
        return AGAIN;
    case OP_BUILD:
        vm_build(vm, i->a);
        return AGAIN;
    case OP_BUILT:
        return vm_built(vm) ? NEXT : jump(vm, i->a);
    case OP_LIES:
        return done(vm_lies(vm));
    case OP_EXTENT:
        return done(vm_extent(vm));
    case OP_EDIT:
        return done(vm_edit(vm, (enum program_edit)i->a, i->b));
    case OP_OBJECT_ADD:
        vm_add_to_object(vm, i->a);
        return NEXT;
    case OP_COLUMN:
        if (vm->sink->ops->column) {
            vm->sink->ops->column(vm->sink, i->a);
        }
        return NEXT;
    case OP_SCAN:
    case OP_SCAN_ALL:
    case OP_SCAN_TAKE:
    case OP_SCAN_SET:
        if (vm_scan(vm, i)) {
            vm->pc = i->a;
            return AGAIN;
        }
        return NEXT;
    case OP_SCAN_OF:
    case OP_TEST_LEAST:
    case OP_TEST_MOST:
    case OP_TEST_OTHER:
    case OP_TEST_REAL:
    case OP_TAKE:
    case OP_LANE_NUMBER:
    case OP_LANE_INT:
    case OP_LANE_OP:
    case OP_LANE_IN:
    case OP_LANE_CHOOSE:
    case OP_LANE_TEST:
    case OP_LANE_TAKE:
    case OP_SHOW:
    case OP_SCAN_INTO:
    case OP_PUT:
    case OP_LANE_PUT:
        return NEXT; /* of the scan in front of them */
    case OP_TALLY:
        vm_push(vm, vm_int(++vm->tally));
        return NEXT;
    case OP_TALLIED:
        vm_push(vm, vm_int(vm->tally));
        return NEXT;
    case OP_REMEMBER:
        vm->remembers = i->a != 0;
        return NEXT;
    case OP_FAULT:
        return done(vm_fault_at(vm, i->a, i->b != 0));
    case OP_ROOT_ARGS:
        vm_root_args(vm, i->b);
        return NEXT;
    case OP_ANSWER:
        return done(vm_answer(vm, i->a, i->b));
    case OP_MAGIC:
        return done(vm_magic(vm, i->a));
    case OP_REQUIRE:
        return done(vm_require(vm, i->a, NULL));
    case OP_REQUIRE_ITEM:
        return done(vm_require(vm, i->a, &vm_record(vm, i->b)->item));
    case OP_CHECK:
        return done(vm_check(vm, i->a));
    case OP_CHECK_EQUAL:
        return done(vm_check_equal(vm, i->a));
    case OP_FAIL:
        return done(vm_unmet(vm, i->a));
    case OP_LEAP:
        return vm_leap(vm, i) ? AGAIN : NEXT;
    case OP_LEAPS:
        vm_leap_elements(vm, vm->program->ints.at[i->a], i->b);
        return NEXT;
    case OP_MET:
        vm_emit_met(vm, i->a);
        return NEXT;
    case OP_OVER:
        vm_emit_step(vm, i->a != 0);
        return NEXT;
    case OP_COUNT_:
        break;
    }
    return STOP;
}

/* Closes what is still open when a run stops in the middle. */
static void close_all(struct vm *vm) {
    while (vm->cp > 0) {
        struct vm_ctl *c = &vm->ctl[vm->cp - 1];
        if (c->kind == CTL_LOOP && c->open) {
            vm_emit_array(vm, c->type, PROGRAM_NONE, false);
        }
        if (c->kind == CTL_CALL && c->call == CALL_DECODE && vm->frame && vm->frame->shown) {
            vm_emit_struct(vm, false);
        }
        vm_record_drop(vm, c);
        vm_loop_drop(vm, c, false);
        struct vm_frame *f = (c->call == CALL_DECODE || c->call == CALL_PASS) ? c->made : NULL;
        if (c->kind == CTL_CALL || c->stepping) {
            vm->frame = c->frame;
        }
        if (c->kind == CTL_CALL && f && !f->kept) {
            vm_frame_free(vm, f);
        }
        vm->cp--;
    }
}

struct vm_result vm_run(struct vm *vm, struct vm_sink *sink) {
    vm->sink = sink;
    vm->pc = vm->program->entry;
    vm->space = &vm->input;
    vm->pos = 0;
    vm->limit = vm->input.size * 8;
    vm->emitting = true;
    vm->result = (struct vm_result){.end = VM_UNKNOWN};
    vm->fault = (struct vm_fault){
        .kind = "", .path = "", .message = "", .span = span_none()}; /* none yet */
    vm->frame = vm->root = vm_frame_new(vm, vm->program->root, NULL);
    vm->root->kept = true;
    for (bool running = true; running;) {
        switch (execute(vm, &vm->program->code.at[vm->pc])) {
        case NEXT:
            vm->pc++;
            break;
        case AGAIN:
            running = !vm->stop && (!vm->faulted || vm_unwind(vm));
            break;
        case STOP:
            running = false;
            break;
        }
    }
    vm->result.stopped = vm->stop;
    close_all(vm);
    vm_build_end(vm);
    vm_temp_release(vm, 0);
    vm_frame_free(vm, vm->root);
    vm->root = vm->frame = NULL;
    vm->sp = vm->floor = vm->base = 0;
    return vm->result;
}
