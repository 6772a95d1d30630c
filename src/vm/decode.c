#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "vm/machine.h"

/* What decoding a struct does to the machine: entering and leaving, regions, places, spaces, remembered members. */

void vm_restore(struct vm *vm, const struct vm_ctl *c) {
    vm->frame = c->frame;
    vm->space = c->space;
    vm->pos = c->pos;
    vm->limit = c->limit;
    vm->base = c->base;
    vm->floor = c->floor;
    vm->emitting = c->emitting;
    vm->unknown = vm->unknown || c->unknown;
    vm->pc = c->pc;
}

/* The loop whose element at hand starts where the frame does. */
static struct vm_ctl *loop_of(struct vm *vm, const struct vm_frame *f) {
    for (uint32_t i = vm->cp; i-- > 0 && vm->ctl[i].kind != CTL_CALL;) {
        struct vm_ctl *c = &vm->ctl[i];
        if (c->kind == CTL_LOOP && c->item.kind == VM_PLACE && c->item.start == f->start &&
            c->item.space == f->space) {
            return c;
        }
    }
    return NULL;
}

struct vm_slot *vm_slot_for(struct vm *vm, uint32_t member) {
    if (member == PROGRAM_NONE || !vm->frame) {
        return NULL;
    }
    const struct program_member *m = &vm->program->members.at[member];
    return m->slot != PROGRAM_NONE && m->owner == vm->frame->of ? &vm->frame->slots[m->slot] : NULL;
}

static uint64_t index_at(const struct vm *vm) {
    for (uint32_t i = vm->cp; i-- > 0;) {
        const struct vm_ctl *c = &vm->ctl[i];
        if (c->kind == CTL_LOOP) {
            return c->index;
        }
        if (c->kind == CTL_CALL) {
            return c->index;
        }
    }
    return VM_UNKNOWN;
}

/* Whether a place, or bytes that it is read from, have led here, rather than what comes in front. */
static bool is_placed(const struct vm *vm) {
    for (uint32_t i = vm->cp; i-- > 0 && vm->ctl[i].kind != CTL_CALL;) {
        if (vm->ctl[i].kind == CTL_AT || vm->ctl[i].kind == CTL_SPACE) {
            return true;
        }
    }
    return false;
}

/* Which struct around the one at the cursor is again, or NULL. */
static struct vm_frame *again_at(struct vm *vm, const struct program_inst *inst) {
    if (vm->cp == 0 || !is_placed(vm)) {
        return NULL;
    }
    struct vm_region where = {vm->space, vm->pos, vm->limit};
    bool source = vm->program->types.at[inst->a].file == FILE_SOURCE;
    struct vm_window window = source ? vm_source(vm) : (struct vm_window){0};
    return vm_again(vm, vm->frame, inst->a, &where, window, &vm->stack[vm->sp - inst->b], inst->b);
}

/* Where the struct that an instruction decodes at the cursor ends, if that is sure: it has a size, or a region of its own. */
static uint64_t sure_end(const struct vm *vm, const struct program_inst *inst) {
    uint64_t size = vm->space->size * 8, limit = vm->limit < size ? vm->limit : size;
    int64_t bits = vm->program->types.at[inst->a].bit_size;
    const struct program_inst *next = inst + 1;
    if (next->op == OP_JUMP) {
        next = &vm->program->code.at[next->a];
    }
    bool filled = next->op == OP_REGION_END && vm->cp && vm->ctl[vm->cp - 1].kind == CTL_REGION;
    if (vm->pos > limit) {
        return VM_UNKNOWN;
    }
    return filled                                           ? limit
           : bits >= 0 && (uint64_t)bits <= limit - vm->pos ? vm->pos + (uint64_t)bits
                                                            : VM_UNKNOWN;
}

/* Whether the sink does without the struct at the cursor; then it is passed over. */
static bool skips_struct(struct vm *vm, const struct program_inst *inst) {
    if (!vm->sink->ops->skip || !vm->emitting || vm->cp == 0 || !vm_is_confined(vm, inst->a)) {
        return false;
    }
    uint64_t end = sure_end(vm, inst);
    if (end == VM_UNKNOWN || vm_skips(vm, inst->a, end, 1) == 0) {
        return false;
    }
    vm->sp -= inst->b;
    vm->pos = end;
    vm->pc++;
    vm->work++;
    return true;
}

/* The member that the struct at the cursor belongs to: the one at work, or the one whose elements are emitted alone. */
static uint32_t member_of(const struct vm *vm, uint32_t member) {
    for (uint32_t i = vm->cp; i-- > 0 && member == PROGRAM_NONE;) {
        if (vm->ctl[i].kind == CTL_CALL) {
            member = vm->ctl[i].call == CALL_EMIT ? vm->ctl[i].via : PROGRAM_NONE;
            break;
        }
    }
    bool own = vm->frame && member != PROGRAM_NONE &&
               vm->program->members.at[member].owner == vm->frame->of;
    return own ? member : PROGRAM_NONE;
}

/* Enters the struct at the cursor; the arguments are on the stack. */
bool vm_decode(struct vm *vm, const struct program_inst *inst, bool emit) {
    const struct program_type *t = &vm->program->types.at[inst->a];
    const struct program_struct *s = &vm->program->structs.at[t->of];
    uint32_t n = inst->b;
    uint32_t pc = emit ? s->dump_pc : s->skip_pc;
    if (pc == PROGRAM_NONE || n != s->params) {
        return vm_fail(vm, "type", vm->pos / 8, "the struct can't be decoded from here");
    }
    struct vm_frame *again = again_at(vm, inst);
    if (again) {
        return vm_refer(vm, inst, again, emit);
    }
    if (emit && skips_struct(vm, inst)) {
        return true;
    }
    if (vm_too_deep(vm)) {
        return false;
    }
    if (vm->cp && vm->frame->depth + 1 >= vm->limits.depth) {
        return vm_fail_depth(vm);
    }
    bool top = vm->cp == 0; /* the root: the frame below it is only where paths start */
    struct vm_frame *f = vm_frame_new(vm, t->of, top ? NULL : vm->frame);
    f->type = inst->a;
    f->member = member_of(vm, inst->member);
    f->index = index_at(vm);
    if (t->file != FILE_AROUND) {
        vm_frame_isolate(vm, f, inst->a, vm_source(vm));
    }
    vm_frame_take_args(vm, f, &vm->stack[vm->sp - n], n);
    vm->sp -= n;
    struct vm_ctl *c = vm_ctl_call(vm, emit ? CALL_DECODE : CALL_PASS, vm->pc + 1, pc);
    c->made = f;
    vm->frame = f;
    return true;
}

/* Whom the frame belongs to once its struct is over: the loop, the slot, or nobody. */
static void settle_frame(struct vm *vm, struct vm_frame *f) {
    struct vm_ctl *loop = loop_of(vm, f);
    struct vm_slot *slot = vm_slot_for(vm, f->member);
    if (f->kept) {
        return;
    }
    if (loop) {
        loop->item = vm_absent();
        loop->item.kind = VM_FRAME;
        loop->item.frame = f;
    } else if (slot && slot->state == SLOT_SET && slot->start == f->start &&
               slot->space == f->space && !slot->child && f->index == VM_UNKNOWN) {
        slot->child = f;
        vm_frame_adopt(vm->frame, f);
    } else {
        vm_frame_free(vm, f);
    }
}

static void drop_records(struct vm *vm) {
    while (vm->cp > 0 && vm->ctl[vm->cp - 1].kind != CTL_CALL) {
        struct vm_ctl *c = &vm->ctl[--vm->cp];
        vm_loop_drop(vm, c, true);
    }
}

/* A struct that lost its cursor but knows its size ends where it should. */
static bool recovers(const struct vm *vm, const struct vm_frame *f, uint64_t limit, uint64_t *end) {
    int64_t size = vm->program->structs.at[f->of].bit_size;
    if (!f->lost || f->not_one || f->missing) {
        return false;
    }
    if (f->sized) {
        *end = f->limit;
        return true;
    }
    *end = f->start + (uint64_t)size;
    return size >= 0 && *end <= limit;
}

bool vm_end_struct(struct vm *vm) {
    struct vm_frame *f = vm->frame;
    struct vm_ctl c = vm->ctl[vm->cp - 1];
    uint64_t end = vm->pos;
    bool lost = f->lost;
    if (recovers(vm, f, c.limit, &end)) {
        lost = false;
    } else if (!lost && f->sized) {
        end = f->limit;
    }
    f->end = lost ? VM_UNKNOWN : end;
    vm_temp_release(vm, c.temps);
    vm->cp--;
    bool record = c.open;
    bool existing = c.made == NULL; /* emitted in place of a walk's element */
    vm_restore(vm, &c);
    if (record) {
        vm_emit_record(vm, false);
    }
    if (existing) {
        return true;
    }
    if (vm->cp == 0) {
        vm->result.end = lost ? VM_UNKNOWN : (end + 7) / 8;
    }
    if (!lost) {
        vm->pos = end;
    }
    settle_frame(vm, f);
    return !lost || !vm_lose(vm);
}

static void end_pass(struct vm *vm, struct vm_ctl *c, uint64_t end) {
    struct vm_frame *f = c->made;
    f->end = f->sized ? f->limit : end;
    end = f->end;
    vm_restore(vm, c);
    vm->pos = end;
    settle_frame(vm, f);
}

void vm_end_part(struct vm *vm) {
    drop_records(vm);
    struct vm_ctl c = vm->ctl[vm->cp - 1];
    uint64_t end = vm->pos;
    if (c.slot && c.slot->state == SLOT_BUSY) {
        c.slot->state = SLOT_ABSENT;
        c.slot->start = VM_UNKNOWN;
    }
    if (c.call != CALL_PASS && c.call != CALL_DECODE) {
        vm->frame->ambient = c.ambient;
    }
    vm_temp_release(vm, c.temps);
    vm->cp--;
    switch ((enum vm_call_kind)c.call) {
    case CALL_PASS:
        end_pass(vm, &c, end);
        return;
    case CALL_END:
        if (c.made) {
            c.made->end = c.made->sized ? c.made->limit : end;
        } else {
            uint64_t known = c.slot && c.slot->end != VM_UNKNOWN      ? c.slot->end
                             : c.slot && c.slot->state == SLOT_ABSENT ? VM_UNKNOWN
                                                                      : vm->pos;
            vm->stack[c.wanted].end = known != VM_UNKNOWN ? known : vm->stack[c.wanted].start;
            vm->stack[c.wanted].tail = c.slot ? c.slot->tail : vm->tail;
        }
        break;
    case CALL_ITEM:
        if (vm->cp > 0) {
            vm->ctl[vm->cp - 1].item_end = vm->pos;
        }
        break;
    case CALL_EMIT:
        if (c.open) {
            vm_emit_record(vm, false);
        }
        break;
    case CALL_FIND:
    case CALL_DECODE:
    case CALL_LET:
    case CALL_ARGS:
    case CALL_COUNT:
    case CALL_FUNCTION:
        break;
    }
    vm_restore(vm, &c);
}

static bool take_count(struct vm *vm, const struct vm_ctl *c, const struct vm_value *v) {
    if (v->kind != VM_INT || v->integer < 0 || v->integer > (int128)(INT64_MAX / 8)) {
        return vm_fail(vm, "range", vm->pos / 8,
                       v->kind == VM_ABSENT ? "the number of elements is not there"
                                            : "not a number of elements");
    }
    struct vm_value *array = &vm->stack[c->wanted];
    array->count = (uint64_t)v->integer;
    if (array->member != PROGRAM_NONE && array->owner) {
        const struct program_member *m = &vm->program->members.at[array->member];
        struct vm_slot *slot = m->slot != PROGRAM_NONE && m->owner == array->owner->of
                                   ? &array->owner->slots[m->slot]
                                   : NULL;
        if (slot && slot->state == SLOT_SET && slot->start == array->start) {
            slot->count = array->count;
        }
    }
    return true;
}

/* From the call on top back to the instruction that made it. */
static void leave(struct vm *vm) {
    struct vm_ctl c = vm->ctl[--vm->cp];
    vm->frame->ambient = c.ambient;
    vm_restore(vm, &c);
    vm->sp = c.sp;
}

/* What can't be kept in its slot is handed over by the function that was to find it, or it would be looked for without
 * end. The instruction that asked is done with it. */
static void hand_over(struct vm *vm, const struct vm_slot *slot, struct vm_value value) {
    uint32_t at = vm->cp;
    while (at > 0 && vm->ctl[at - 1].kind != CTL_CALL) {
        at--;
    }
    if (at > 0 && vm->ctl[at - 1].call == CALL_FIND && vm->ctl[at - 1].slot == slot) {
        drop_records(vm);
        leave(vm);
        vm->stack[vm->sp - 1] = value;
    }
}

bool vm_return(struct vm *vm) {
    struct vm_value v = vm->stack[vm->sp - 1];
    drop_records(vm);
    struct vm_ctl c = vm->ctl[vm->cp - 1];
    if (c.call == CALL_COUNT && !take_count(vm, &c, &v)) {
        return false;
    }
    if (c.call == CALL_LET && c.slot) {
        vm_slot_keep(vm, c.slot, &v);
    }
    leave(vm);
    if (c.call == CALL_LET) {
        vm->stack[vm->sp - 1] = v;
        vm->pc++;
    } else if (c.call == CALL_FUNCTION) {
        vm_push(vm, v);
    }
    return true;
}

void vm_end_args(struct vm *vm, uint32_t n) {
    struct vm_ctl c = vm->ctl[vm->cp - 1];
    struct vm_frame *f = c.made;
    uint32_t params = vm->program->structs.at[f->of].params;
    vm_frame_take_args(vm, f, &vm->stack[vm->sp - n], n < params ? n : params);
    leave(vm);
}

static void emit_scalar(struct vm *vm, const struct vm_value *v, uint32_t type,
                        struct vm_ambient ambient) {
    struct vm_event e = {.program = vm->program,
                         .member = PROGRAM_NONE,
                         .type = type,
                         .index = VM_UNKNOWN,
                         .space = v->space,
                         .start = v->start,
                         .end = v->end,
                         .count = VM_UNKNOWN,
                         .value = v,
                         .let = type == PROGRAM_NONE,
                         .lsb = vm_lsb(vm, type, ambient)};
    vm_emit_event(vm, &e);
    if (vm_text_is_odd(vm, type)) {
        buf_clear(&vm->path);
        vm_text_findings(vm, &e);
    }
}

/* What emits a struct or array; PROGRAM_NONE: nothing in this program. */
static uint32_t emitter_of(const struct vm *vm, const struct vm_value *v) {
    if (v->kind == VM_FRAME) {
        return v->frame->args_ready ? vm->program->structs.at[v->frame->of].dump_pc : PROGRAM_NONE;
    }
    return vm->program->types.at[v->type].emit_pc;
}

/* Calls what emits the struct or array on top. */
static void call_emitter(struct vm *vm, uint32_t pc, bool record) {
    struct vm_value top = vm->stack[--vm->sp];
    struct vm_ctl *c =
        vm_ctl_call(vm, top.kind == VM_FRAME ? CALL_DECODE : CALL_EMIT, vm->pc + 1, pc);
    c->open = record;
    c->index = top.kind == VM_FRAME ? VM_UNKNOWN : top.index;
    c->via = top.kind == VM_FRAME ? PROGRAM_NONE : top.via;
    c->window = top.window;
    struct vm_frame *f = top.kind == VM_FRAME ? top.frame : top.owner;
    vm->frame = f;
    vm->space = top.kind == VM_FRAME ? f->space : top.space;
    vm->pos = top.kind == VM_FRAME ? f->start : top.start;
    vm->limit = top.kind == VM_FRAME ? f->limit : top.limit;
    if (top.kind == VM_PLACE) {
        c->ambient = f->ambient;
        f->ambient = top.ambient;
    } else {
        f->lost = f->ended = f->shown = f->not_one = false;
        f->resume = PROGRAM_NONE;
    }
}

/* Loads the value at a place of the stack, and enters it if it is a struct. */
static bool is_entered(struct vm *vm, uint32_t at) {
    if (!vm_loaded(vm, at)) {
        return false;
    }
    struct vm_value *v = &vm->stack[at];
    return v->kind != VM_PLACE || vm->program->types.at[v->type].kind != TYPE_STRUCT ||
           vm_enter(vm, v, NULL);
}

/* Emits the value on top. A struct or array is emitted by a function, then the next instruction goes on. */
bool vm_emit(struct vm *vm, bool record) {
    uint32_t at = vm->sp - 1,
             type = vm->stack[at].kind == VM_PLACE ? vm->stack[at].type : PROGRAM_NONE;
    struct vm_ambient ambient = vm->stack[at].ambient;
    if (!is_entered(vm, at)) {
        return false;
    }
    struct vm_value top = vm->stack[at];
    if (top.kind != VM_FRAME && top.kind != VM_PLACE) {
        if (record) {
            vm_emit_record(vm, true);
        }
        if (top.kind == VM_LIST) {
            vm_emit_let(vm, PROGRAM_NONE, &top, false);
        } else {
            emit_scalar(vm, &top, type, ambient);
        }
        if (record) {
            vm_emit_record(vm, false);
        }
        vm->sp--;
        vm->pc++;
        return true;
    }
    uint32_t pc = emitter_of(vm, &top);
    if (pc == PROGRAM_NONE) {
        return vm_fail(vm, "type", vm->pos / 8, "the value can't be emitted from here");
    }
    if (vm_too_deep(vm)) {
        return false;
    }
    if (record) {
        vm_emit_record(vm, true);
    }
    call_emitter(vm, pc, record);
    return true;
}

/* Whether a frame is a struct that is a value, or an element of an array that is one. */
static bool is_part(const struct vm_frame *f, const struct vm_value *v) {
    if (!f) {
        return false;
    }
    if (v->kind == VM_FRAME) {
        return f->of == v->frame->of && f->space == v->frame->space && f->start == v->frame->start;
    }
    return f->parent == v->owner && f->index != VM_UNKNOWN && f->space == v->space &&
           f->start >= v->start && (v->end == VM_UNKNOWN || f->start < v->end);
}

/* Whether a struct or array is around what is being emitted. */
static bool is_around(const struct vm *vm, const struct vm_value *v) {
    bool around = is_part(vm->frame, v);
    for (uint32_t i = 0; i < vm->cp && !around; i++) {
        around = vm->ctl[i].kind == CTL_CALL && is_part(vm->ctl[i].frame, v);
    }
    return around;
}

/* Tells the value on top as that of a let; a struct or array whole, where the sink wants it. */
bool vm_tell_let(struct vm *vm, uint32_t member) {
    uint32_t at = vm->sp - 1, pc = PROGRAM_NONE;
    bool whole = vm->sink->ops->whole;
    if (whole ? !is_entered(vm, at) : !vm_loaded(vm, at)) {
        return false;
    }
    struct vm_value top = vm->stack[at];
    if (whole && (top.kind == VM_FRAME || top.kind == VM_PLACE)) {
        vm->work += vm->cp;
        pc = is_around(vm, &top) ? PROGRAM_NONE : emitter_of(vm, &top);
        if (pc != PROGRAM_NONE && vm_too_deep(vm)) {
            return false;
        }
    }
    vm_emit_let(vm, member, &top, pc != PROGRAM_NONE);
    if (pc != PROGRAM_NONE) {
        call_emitter(vm, pc, false);
        return true;
    }
    vm->sp--;
    vm->pc++;
    return true;
}

/* The member starts at the cursor. */
void vm_mark(struct vm *vm, uint32_t member, uint32_t type) {
    struct vm_slot *s = vm_slot_for(vm, member);
    if (!s) {
        return;
    }
    if (s->state == SLOT_SET && s->start == vm->pos && s->space == vm->space && s->type == type) {
        return; /* found before its turn */
    }
    s->state = SLOT_SET;
    s->type = type;
    s->space = vm->space;
    s->start = vm->pos;
    s->limit = vm->limit;
    s->count = VM_UNKNOWN;
    s->child = NULL;
    s->ambient = vm_text_ambient(vm);
    if (type != PROGRAM_NONE && vm->program->types.at[type].file == FILE_SOURCE) {
        s->window = vm_source(vm);
    }
    s->tail = vm->tail = 0;
    int64_t size = type == PROGRAM_NONE ? -1 : vm->program->types.at[type].bit_size;
    s->end = size >= 0 ? s->start + (uint64_t)size : VM_UNKNOWN;
}

/* Where what has just been read ends; what lies behind its value is its tail. bounded as for MARK_END. */
uint64_t vm_value_end(const struct vm *vm, uint32_t bounded, int64_t *tail) {
    bool open = vm->cp && vm->ctl[vm->cp - 1].kind == CTL_REGION && vm->ctl[vm->cp - 1].unknown;
    uint64_t end = bounded && !open ? vm->limit : vm->pos;
    *tail = bounded == 2 ? 0 : vm->tail + ((int64_t)end - (int64_t)vm->pos) / 8;
    return end;
}

/* Where the member ends, how many elements it has, that it is not there, or that it is a value. */
void vm_mark_more(struct vm *vm, const struct program_inst *inst) {
    struct vm_value v = vm_absent();
    if (inst->op == OP_MARK_LET) {
        v = vm->stack[--vm->sp];
    }
    struct vm_slot *s = vm_slot_for(vm, inst->a);
    if (!s) {
        return;
    }
    if (inst->op == OP_MARK_END && s->state == SLOT_SET &&
        s->space == vm->space) { /* else an arm's own space, already ended */
        s->end = vm_value_end(vm, inst->b, &s->tail);
    } else if (inst->op == OP_MARK_COUNT && s->state == SLOT_SET) {
        s->count = vm_record(vm, inst->b)->index;
    } else if (inst->op == OP_MARK_ABSENT) {
        s->state = SLOT_ABSENT;
        s->start = vm->space == vm->frame->space ? vm->pos : VM_UNKNOWN;
    } else if (inst->op == OP_MARK_LET) {
        if (s->value) {
            mem_free(s->value);
            s->value = NULL;
        }
        vm_slot_keep(vm, s, &v);
        if (s->state == SLOT_EMPTY) {
            hand_over(vm, s, v);
        }
    }
}

static bool want_bytes(struct vm *vm, const char *what, uint64_t *out) {
    struct vm_value v = vm->stack[vm->sp - 1];
    if (v.kind == VM_ABSENT) {
        return vm_fail(vm, "absent", vm->pos / 8, "%s depends on something that is not there",
                       what);
    }
    if (v.kind != VM_INT) {
        return vm_fail(vm, "type", vm->pos / 8, "%s is not a number", what);
    }
    if (v.integer < 0) {
        char text[INT128_TEXT_MAX];
        int128_text(v.integer, text);
        return vm_fail(vm, "range", vm->pos / 8, "%s is negative: %s", what, text);
    }
    *out = v.integer > (int128)(INT64_MAX / 16) ? INT64_MAX / 16 : (uint64_t)v.integer;
    vm->sp--;
    return true;
}

/* A region longer than what is there is cut, read as far as it goes, and faults at its end. */
bool vm_region(struct vm *vm, uint32_t resume_pc, bool lenient) {
    uint64_t n;
    if (!want_bytes(vm, "a size", &n)) {
        return false;
    }
    struct vm_ctl *c = vm_ctl_push(vm, CTL_REGION);
    c->pc = resume_pc;
    c->wanted = n;
    if (vm_take_unknown(vm)) {
        c->unknown = true;
        return true;
    }
    bool there = vm->limit >= vm->pos && n * 8 <= vm->limit - vm->pos;
    c->is_short = !there && !lenient;
    if (there) {
        vm->limit = vm->pos + n * 8;
    }
    return true;
}

bool vm_region_end(struct vm *vm) {
    struct vm_ctl c = vm->ctl[vm->cp - 1];
    bool as_made =
        c.unknown || (c.is_short && vm_making(vm)); /* it ends where what is in it does */
    uint64_t end = as_made ? vm->pos : vm->limit;
    vm->region = (struct vm_stretch){vm->space, c.pos, end, vm->pos};
    vm->pos = end;
    vm->limit = c.limit;
    vm->cp--;
    vm_make_reached(vm);
    if (c.is_short &&
        vm->emitting) { /* what only looks for something goes on as far as there is anything */
        struct cursor_fault f = {CURSOR_SHORT, c.pos / 8, c.wanted,
                                 c.limit > c.pos ? (c.limit - c.pos) / 8 : 0};
        return vm_fail_cursor(vm, &f);
    }
    return true;
}

/* Works out where a place lies that counts in a file, or from where it is anchored: up to the file's end. */
static bool find_place(struct vm *vm, const struct vm_value *v, const struct vm_region *file,
                       struct vm_region *out) {
    if (v->kind == VM_ABSENT) {
        return vm_fail(vm, "absent", vm->pos / 8,
                       "the place depends on something that is not there");
    }
    if (v->kind != VM_INT) {
        return vm_fail(vm, "type", vm->pos / 8, "a place is not a number");
    }
    struct vm_space *space = v->anchored ? v->space : file->space;
    uint64_t start = (v->anchored ? v->window.start : file->start) / 8;
    uint64_t end = (v->anchored ? v->window.end : file->limit) / 8;
    if (v->integer < 0 && vm->maker && space->growing && !space->exact && end >= space->size) {
        end = vm_make_there(space);
    }
    int128 at;
    bool fits = v->anchored ? int128_add(v->integer, 0, &at)
                            : int128_add(v->integer, (int128)(v->integer < 0 ? end : start), &at);
    if (!fits || at < (int128)start || at > (int128)end) {
        char text[INT128_TEXT_MAX];
        int128_text(v->integer, text);
        bool whole = space == &vm->input && start == 0 && end == space->size;
        space->burst = space->burst || (space->growing && space->exact && end == space->size);
        return vm_fail(vm, "outside", vm->pos / 8, "place %s lies outside: the %s at %" PRIu64,
                       text, whole ? "file ends" : "bytes end", v->anchored ? end : end - start);
    }
    *out = (struct vm_region){space, (uint64_t)at * 8, end * 8};
    vm->place_said = v->integer;
    vm->place_origin = v->anchored ? 0 : (v->integer < 0 ? end : start) * 8;
    return true;
}

bool vm_at(struct vm *vm, uint32_t resume_pc, uint32_t bad_pc) {
    struct vm_region region = {0}, file = vm_file(vm);
    uint32_t member = vm->program->code.at[vm->pc].member;
    bool found = (!vm_making(vm) || vm_make_place(vm, member, &vm->stack[vm->sp - 1])) &&
                 find_place(vm, &vm->stack[vm->sp - 1], &file, &region);
    if (!found && bad_pc == PROGRAM_NONE) {
        return false;
    }
    vm->sp--;
    struct vm_ctl *c = vm_ctl_push(vm, CTL_AT);
    c->pc = found ? resume_pc : bad_pc; /* which takes the fault of the place */
    if (found) {
        vm->space = region.space;
        vm->pos = region.start;
        vm->limit = region.limit;
    }
    return found;
}

/* A space that a transform made goes from the statement's hands into the frame's. */
static void own_space(struct vm *vm, struct vm_space *space) {
    for (uint32_t i = vm->tp; i-- > 0;) {
        if (vm->temps[i].kind == TEMP_SPACE && vm->temps[i].at == space) {
            vm->temps[i].kind = TEMP_NONE;
            vm_space_give(space, vm->frame);
            return;
        }
    }
}

/* The value on top as bytes of a space. */
static bool take_source(struct vm *vm, struct vm_value *v) {
    if (v->kind != VM_BYTES && v->kind != VM_TEXT) {
        return v->kind == VM_ABSENT
                   ? vm_fail(vm, "absent", vm->pos / 8, "the bytes to read from are not there")
                   : vm_fail(vm, "type", vm->pos / 8, "only bytes can be read from");
    }
    if (v->space) {
        return true;
    }
    struct vm_space *made = mem_zalloc(1, sizeof *made);
    made->owned = mem_alloc(v->bytes.len + 1);
    if (v->bytes.len) {
        memcpy(made->owned, v->bytes.at, v->bytes.len);
    }
    made->data = made->owned;
    made->size = v->bytes.len;
    made->made_by = "text";
    made->serial = ++vm->spaces;
    vm_temp_add(vm, TEMP_SPACE, made);
    v->space = made;
    v->start = 0;
    v->end = made->size * 8;
    return true;
}

static struct vm_ctl *enter_space(struct vm *vm, uint32_t resume_pc, const struct vm_value *v) {
    struct vm_ctl *c = vm_ctl_push(vm, CTL_SPACE);
    c->pc = resume_pc;
    c->window = (struct vm_window){v->start, v->end};
    own_space(vm, v->space);
    vm->space = v->space;
    vm->pos = v->start;
    vm->limit = v->end;
    return c;
}

bool vm_space(struct vm *vm, uint32_t resume_pc, bool takes) {
    struct vm_value v = vm->stack[vm->sp - 1];
    if (!take_source(vm, &v)) {
        return false;
    }
    vm->sp--;
    if (takes && v.space != vm->space) {
        vm_emit_source(vm, vm->taken * 8);
    }
    enter_space(vm, resume_pc, &v)->taken = takes ? vm->taken * 8 : 0;
    return true;
}

/* Bytes and a place in them. */
bool vm_within(struct vm *vm, uint32_t resume_pc, uint32_t bad_pc) {
    struct vm_value v = vm->stack[vm->sp - 2];
    struct vm_region region = {0};
    bool found = take_source(vm, &v);
    if (found) {
        struct vm_region file = {v.space, v.start, v.end};
        found = find_place(vm, &vm->stack[vm->sp - 1], &file, &region);
    }
    if (!found && bad_pc == PROGRAM_NONE) {
        return false;
    }
    vm->sp -= 2;
    if (!found) {
        vm_ctl_push(vm, CTL_AT)->pc = bad_pc; /* which takes the fault */
        return false;
    }
    enter_space(vm, resume_pc, &v);
    vm->space = region.space;
    vm->pos = region.start;
    vm->limit = region.limit;
    return true;
}

/* Behind what only a transform could have told the end of, the cursor is lost with it. */
bool vm_space_end(struct vm *vm) {
    struct vm_ctl c = vm->ctl[--vm->cp];
    struct vm_space *made = vm->space;
    vm->space = c.space;
    vm->pos = c.pos + c.taken;
    vm->limit = c.limit;
    if (made->growing && made->pack && !vm_make_packed(vm, made)) {
        return false;
    }
    bool quiet = made == c.space || (!vm->emitting && c.taken == 0); /* within it; or looked into */
    return !made->damage || quiet || vm_fail_space(vm, made);
}

bool vm_own_size(struct vm *vm) {
    uint64_t n;
    if (!want_bytes(vm, "the struct's size", &n)) {
        return false;
    }
    struct vm_frame *f = vm->frame;
    if (f->sized || vm_take_unknown(vm)) {
        return true;
    }
    uint64_t room = f->limit > f->start ? f->limit - f->start : 0;
    f->sized = true;
    if (n * 8 > room) {
        f->missing = n - room / 8;
    } else {
        f->limit = f->start + n * 8;
    }
    if (vm->limit > f->limit || f->limit < vm->pos) {
        vm->limit = f->limit;
    }
    if (f->limit < vm->pos) {
        return vm_fail(vm, "range", f->start / 8,
                       "the struct says it has %" PRIu64 " bytes, fewer than it starts with", n);
    }
    return true;
}

/* A union's members all start where it does; it ends where the longest one does. */
bool vm_union(struct vm *vm, const struct program_inst *inst) {
    struct vm_frame *f = vm->frame;
    if (inst->op == OP_REWIND) {
        f->measured = inst->a ? 0 : f->measured;
        f->widest = inst->a ? f->start : f->widest;
        vm->pos = f->start;
    } else if (inst->op == OP_MEASURE) {
        f->measured++;
        f->widest = vm->pos > f->widest ? vm->pos : f->widest;
    } else if (f->measured < inst->a) {
        return !vm_lose(vm);
    } else {
        vm->pos = f->widest;
    }
    return true;
}

bool vm_align(struct vm *vm) {
    uint64_t n;
    if (!want_bytes(vm, "an alignment", &n)) {
        return false;
    }
    if (n == 0) {
        return vm_fail(vm, "range", vm->pos / 8, "an alignment of 0");
    }
    uint64_t over = ((vm->pos + 7) / 8 - vm_origin(vm, vm->space) / 8) % n;
    uint64_t start = vm->pos = (vm->pos + 7) / 8 * 8;
    bool fine = over == 0 || vm_skip_bits(vm, (int128)(n - over) * 8);
    if (fine && vm->emitting && vm->sink->ops->tie) {
        vm_tell_gap(vm, start, n);
    }
    return fine;
}

bool vm_skip_bits(struct vm *vm, int128 bits) {
    uint64_t left = vm->limit > vm->pos ? vm->limit - vm->pos : 0;
    if (bits < 0) {
        return vm_fail(vm, "range", vm->pos / 8, "a negative number of bytes to step over");
    }
    if (bits > (int128)left) {
        uint64_t wanted =
            bits / 8 > (int128)(UINT64_MAX / 16) ? UINT64_MAX / 16 : (uint64_t)((bits + 7) / 8);
        struct cursor_fault f = {CURSOR_SHORT, vm->pos / 8, wanted, left / 8};
        return vm_fail_cursor(vm, &f);
    }
    vm->pos += (uint64_t)bits;
    vm_make_reached(vm);
    return true;
}

/* Whether a loop is over; guards against elements of no size and chains without end. */
bool vm_loop_test(struct vm *vm, uint32_t up, bool *done) {
    struct vm_ctl *c = vm_record(vm, up);
    const struct program_type *t = c->type == PROGRAM_NONE ? NULL : &vm->program->types.at[c->type];
    bool chained = !t || t->chained;
    vm->work++;
    if (c->index == VM_UNKNOWN) {
        vm_loop_start(vm, c);
    } else if (c->last_pos == vm->pos) {
        c->stalls++;
    }
    /* the next element would be the same one, with the same fault */
    bool fruitless = c->stalls > 0 && c->last_pos == vm->pos && c->faults != vm->result.faults &&
                     !chained && !(t && t->placed);
    if (c->count == VM_UNKNOWN || c->index < c->count) {
        vm_loop_skip(vm, c);
    }
    c->last_pos = vm->pos;
    c->faults = vm->result.faults;
    if (c->stalls > vm->input.size + vm->space->size + 64) {
        vm_loop_over(vm);
        c->inside = false;
        return vm_fail(vm, "endless", vm->pos / 8,
                       chained
                           ? "the chain has more elements than the file has bytes: it does not end"
                           : "more elements of no size than the file has bytes");
    }
    if (vm_make_loop_test(vm, c, done)) {
        c->inside = !*done;
        return true;
    }
    *done = fruitless ||
            (c->count != VM_UNKNOWN ? c->index >= c->count
                                    : !chained && !(t && t->placed) && vm->pos >= vm->limit);
    c->inside = !*done;
    return true;
}
