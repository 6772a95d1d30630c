#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "vm/machine.h"

/* The run loop. Each instruction either is done (and the next follows), was replaced by a call that will come back to
 * it, or raised a fault; the last two leave vm->pc where to go on. */

#define STEPS_BETWEEN_WATCHES 4096u

/* How far ahead of the cursor a walk asks for bytes (measured: a walk by lengths is bound by the memory's latency). */
#define LOOK_AHEAD 2048u
#define CACHE_LINE 64u

static bool fits_value(struct vm *vm, uint32_t type, uint32_t member) {
    return vm_emit_value(vm, type, member, VM_UNKNOWN);
}

static struct vm_value take(struct vm *vm) {
    return vm->stack[--vm->sp];
}

static struct vm_value literal(const struct vm *vm, uint32_t data) {
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

static bool own_number(struct vm *vm, uint32_t member) {
    const struct program_member *m = &vm->program->members.at[member];
    const struct vm_frame *f = vm->frame;
    uint64_t behind;
    if (m->owner != f->of) {
        return vm_fail(vm, "type", f->start / 8, "the struct has no such field");
    }
    uint64_t at = f->start + (uint64_t)m->bit_off;
    vm_push(vm, vm_absent());
    return vm_load_at(vm, m->type, f->space, at, VM_UNKNOWN, f->limit, f->ambient, &vm->stack[vm->sp - 1], &behind);
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
    vm_push(vm, v);
}

static struct vm_value place_here(struct vm *vm, uint32_t type, uint64_t index) {
    struct vm_value v = vm_absent();
    if (type == PROGRAM_NONE) {
        return v;
    }
    int64_t size = vm->program->types.at[type].bit_size;
    v.kind = VM_PLACE;
    v.type = type;
    v.member = PROGRAM_NONE;
    v.via = vm->program->code.at[vm->pc].member;
    v.count = VM_UNKNOWN;
    v.space = vm->space;
    v.start = vm->pos;
    v.end = size >= 0 ? vm->pos + (uint64_t)size : VM_UNKNOWN;
    v.limit = vm->limit;
    v.owner = vm->frame;
    v.index = index;
    v.ambient = vm->frame ? vm->frame->ambient : (struct vm_ambient){0};
    return v;
}

/* What refers to a walk's element beyond the walk: its place, or the element itself when its parameters need the walk. */
static struct vm_value outliving(struct vm *vm, struct vm_value v) {
    if (v.kind != VM_FRAME || v.frame->kept || !v.frame->parent) {
        return v;
    }
    struct vm_frame *f = v.frame;
    if (f->type == PROGRAM_NONE || vm->program->structs.at[f->of].params) {
        f->kept = true;
        vm_temp_add(vm, TEMP_FRAME, f);
        return v;
    }
    v = vm_absent();
    v.kind = VM_PLACE;
    v.type = f->type;
    v.member = f->index == VM_UNKNOWN ? f->member : PROGRAM_NONE;
    v.via = f->member;
    v.count = VM_UNKNOWN;
    v.space = f->space;
    v.start = f->start;
    v.end = f->end;
    v.limit = f->limit;
    v.owner = f->parent;
    v.index = f->index;
    v.ambient = f->ambient;
    return v;
}

static bool list_add(struct vm *vm, bool flatten) {
    struct vm_value v = vm->stack[vm->sp - 1], list = vm->stack[vm->sp - 2];
    if (list.kind != VM_LIST) {
        return vm_fail(vm, "type", vm->pos / 8, "not a list");
    }
    bool array = v.kind == VM_PLACE && vm->program->types.at[v.type].kind == TYPE_ARRAY;
    if (flatten && (array || v.kind == VM_LIST)) { /* its elements one by one, by a walk of this instruction's own */
        struct vm_ctl *top = vm->cp ? &vm->ctl[vm->cp - 1] : NULL;
        if (!top || top->kind != CTL_ITER || !top->inner || top->pc != vm->pc) {
            vm_iter_begin(vm, v);
            vm->ctl[vm->cp - 1].inner = vm->ctl[vm->cp - 1].keeps = true;
            vm->ctl[vm->cp - 1].pc = vm->pc;
        }
        while (vm_iter_next(vm)) {
            struct vm_ctl *c = &vm->ctl[vm->cp - 1];
            if (c->done) {
                vm_item_clear(vm, &c->prev, true);
                vm->cp--;
                vm->sp--;
                return true;
            }
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

static bool iter_begin(struct vm *vm, bool keeps) {
    struct vm_value v = take(vm);
    vm_iter_begin(vm, v);
    vm->ctl[vm->cp - 1].keeps = keeps;
    return true;
}

static void pop_loop(struct vm *vm) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    vm_item_clear(vm, &c->item, c->keeps);
    vm_item_clear(vm, &c->prev, c->keeps);
    vm->cp--;
}

static bool fold_extreme(struct vm *vm, bool greatest) {
    struct vm_value a = vm->stack[vm->sp - 2], b = vm->stack[vm->sp - 1];
    if (a.kind == VM_ABSENT || b.kind == VM_ABSENT) {
        vm->sp--;
        vm->stack[vm->sp - 1] = a.kind == VM_ABSENT ? b : a;
        return true;
    }
    vm_push(vm, a);
    vm_push(vm, b);
    if (!vm_binary(vm, OP_LT)) {
        return false;
    }
    bool less = take(vm).boolean;
    vm->sp--;
    vm->stack[vm->sp - 1] = less != greatest ? a : b;
    return true;
}

static bool condition(struct vm *vm, bool *out, bool *absent) {
    struct vm_value *v = &vm->stack[vm->sp - 1];
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    v = &vm->stack[vm->sp - 1];
    *absent = v->kind == VM_ABSENT;
    *out = v->kind == VM_BOOL && v->boolean;
    return *absent || v->kind == VM_BOOL || vm_fail(vm, "type", vm->pos / 8, "a condition is not a bool");
}

static bool in_enum(struct vm *vm, uint32_t names) {
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value *v = &vm->stack[vm->sp - 1];
    if (v->kind == VM_ABSENT) {
        return true;
    }
    if (v->kind != VM_INT) {
        return vm_fail(vm, "type", vm->pos / 8, "only a number has a name in an enum");
    }
    *v = vm_bool(program_enumerator(vm->program, names, v->integer) != NULL);
    return true;
}

static bool flag(struct vm *vm, int128 mask) {
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value *v = &vm->stack[vm->sp - 1];
    if (v->kind == VM_ABSENT) {
        return true;
    }
    if (v->kind != VM_INT) {
        return vm_fail(vm, "type", vm->pos / 8, "only flags have bits");
    }
    *v = vm_bool((v->integer & mask) == mask);
    return true;
}

static bool cast(struct vm *vm, uint32_t names) {
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value *v = &vm->stack[vm->sp - 1];
    if (v->kind == VM_INT) {
        v->names = names;
    }
    return v->kind == VM_INT || v->kind == VM_ABSENT || vm_fail(vm, "type", vm->pos / 8, "only a number can be an enum's");
}

static bool size_of(struct vm *vm) {
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
    case VM_FLOAT:
    case VM_LIST:
        break;
    }
    return vm_fail(vm, "type", vm->pos / 8, "a computed value takes no bytes");
}

static bool offset_of(struct vm *vm) {
    struct vm_value *v = &vm->stack[vm->sp - 1];
    const struct vm_frame *root = vm_root_frame(vm);
    struct vm_space *space = v->kind == VM_FRAME ? v->frame->space : v->space;
    uint64_t start = v->kind == VM_FRAME ? v->frame->start : v->start;
    if (v->kind == VM_ABSENT) {
        return true;
    }
    if (!space) {
        return vm_fail(vm, "type", vm->pos / 8, "a computed value has no place");
    }
    uint64_t origin = root && root->space == space ? root->start : 0;
    *v = vm_int((int128)(start / 8) - (int128)(origin / 8));
    return true;
}

static bool slice(struct vm *vm) {
    if (!vm_loaded(vm, vm->sp - 3)) {
        return false;
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
        return vm_fail(vm, "range", vm->pos / 8, "the slice reaches outside of its %zu bytes", v->bytes.len);
    }
    v->bytes.at += (size_t)low.integer;
    v->bytes.len = (size_t)(high.integer - low.integer + 1);
    v->end = v->start + (uint64_t)(high.integer + 1) * 8;
    v->start += (uint64_t)low.integer * 8;
    return true;
}

static bool bytes_of_top(struct vm *vm) {
    struct vm_value *v = &vm->stack[vm->sp - 1];
    if (v->kind != VM_PLACE && v->kind != VM_FRAME) {
        return v->kind == VM_TEXT ? vm_bytes(vm, v) : true;
    }
    return vm_need_end(vm, vm->sp - 1) && vm_bytes(vm, &vm->stack[vm->sp - 1]);
}

/* statements */

static uint32_t release_mark(const struct vm *vm) {
    const struct vm_ctl *top = vm->cp ? &vm->ctl[vm->cp - 1] : NULL;
    bool walk = top && (top->kind == CTL_ITER || top->kind == CTL_LOOP);
    return walk && top->temps > vm->floor ? top->temps : vm->floor;
}

static bool run_length(struct vm *vm, const struct program_inst *i) {
    struct vm_value v = vm->stack[vm->sp - 1];
    const struct program_type *t = &vm->program->types.at[i->a];
    if (v.kind != VM_INT) {
        return vm_fail(vm, v.kind == VM_ABSENT ? "absent" : "type", vm->pos / 8,
                       v.kind == VM_ABSENT ? "the length depends on something that is not there" : "the length is not a number");
    }
    if (v.integer < 0 || (t->packed && v.integer > 128)) {
        char text[INT128_TEXT_MAX];
        int128_text(v.integer, text);
        return vm_fail(vm, "range", vm->pos / 8, t->packed ? "%s is no bit width" : "the length is negative: %s", text);
    }
    vm->sp--;
    uint64_t left = vm->limit > vm->pos ? vm->limit - vm->pos : 0;
    if (t->packed) {
        return vm_emit_value(vm, i->a, i->b, vm->pos + (uint64_t)v.integer);
    }
    if (v.integer <= (int128)(left / 8)) {
        return vm_emit_value(vm, i->a, i->b, vm->pos + (uint64_t)v.integer * 8);
    }
    struct cursor_fault f = {CURSOR_SHORT, vm->pos / 8, v.integer > INT64_MAX ? INT64_MAX : (uint64_t)v.integer, left / 8};
    return (left < 8 || vm_emit_value(vm, i->a, i->b, vm->pos + left / 8 * 8)) && vm_fail_cursor(vm, &f);
}

static bool until_terminator(struct vm *vm, uint64_t *end, uint64_t *behind) {
    struct vm_value v = vm->stack[vm->sp - 1];
    if ((v.kind != VM_BYTES && v.kind != VM_TEXT) || v.bytes.len == 0) {
        return vm_fail(vm, "type", vm->pos / 8, "a terminator must be text");
    }
    uint64_t limit = vm->limit / 8 < vm->space->size ? vm->limit / 8 : vm->space->size, from = vm->pos / 8;
    const uint8_t *at = from < limit ? memmem(vm->space->data + from, limit - from, v.bytes.at, v.bytes.len) : NULL;
    if (!at) {
        struct cursor_fault f = {CURSOR_UNTERMINATED, from, v.bytes.len, limit > from ? limit - from : 0};
        return vm_fail_cursor(vm, &f);
    }
    vm->sp--;
    *end = (uint64_t)(at - vm->space->data) * 8;
    *behind = *end + v.bytes.len * 8;
    return true;
}

static bool magic(struct vm *vm, uint32_t data) {
    struct bytes want = program_text(vm->program, data), got;
    struct cursor c = vm_cursor(vm);
    struct cursor_fault f;
    if (!cursor_bytes(&c, want.len, &got, &f)) {
        vm->frame->ended = vm->frame->not_one = true;
        vm_fail_cursor(vm, &f);
        vm->fault.kind = "magic";
        return false;
    }
    if (!bytes_equal(got, want)) {
        struct vm_value w = literal(vm, data), g = vm_absent();
        struct buf text = {0};
        g.kind = VM_BYTES;
        g.bytes = got;
        vm_describe(vm, &w, &text);
        buf_puts(&text, ", got ");
        vm_describe(vm, &g, &text);
        vm_fail(vm, "magic", vm->pos / 8, "wanted %s", buf_text(&text));
        buf_free(&text);
        vm->frame->ended = vm->frame->not_one = true;
        return false;
    }
    vm->pos += want.len * 8;
    return true;
}

static bool require(struct vm *vm, uint32_t id) {
    bool yes, absent;
    if (!condition(vm, &yes, &absent)) {
        return false;
    }
    vm->sp--;
    if (yes) {
        return true;
    }
    const struct program_check *c = &vm->program->checks.at[id];
    struct bytes said = program_text(vm->program, c->message), formula = program_text(vm->program, c->formula);
    uint64_t at = vm->frame->start / 8;
    vm->frame->ended = true;
    return said.len ? vm_fail(vm, "require", at, "%.*s", (int)said.len, (const char *)said.at)
                    : vm_fail(vm, "require", at, "does not hold: %.*s", (int)formula.len, (const char *)formula.at);
}

static bool check(struct vm *vm, uint32_t id) {
    bool yes, absent;
    if (!condition(vm, &yes, &absent)) {
        return false;
    }
    vm->sp--;
    if (!yes && !absent) {
        vm_finding(vm, &vm->program->checks.at[id], NULL, NULL);
    }
    return true;
}

static bool check_equal(struct vm *vm, uint32_t id) {
    if (!vm_loaded(vm, vm->sp - 2) || !vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    for (uint32_t at = vm->sp - 2; at < vm->sp; at++) {
        enum vm_kind kind = vm->stack[at].kind;
        if ((kind == VM_PLACE || kind == VM_FRAME) && (!vm_need_end(vm, at) || !vm_bytes(vm, &vm->stack[at]))) {
            return false;
        }
    }
    struct vm_value want = vm->stack[vm->sp - 1], got = vm->stack[vm->sp - 2];
    vm->sp -= 2;
    if (want.kind == VM_ABSENT || got.kind == VM_ABSENT) {
        return true;
    }
    if (want.kind == VM_INT && got.kind == VM_INT) {
        want.names = got.names;
    }
    if (vm_equal(vm, &got, &want) != 1) {
        vm_finding(vm, &vm->program->checks.at[id], &got, &want);
    }
    return true;
}

static bool fail(struct vm *vm, uint32_t id) {
    const struct program_check *c = &vm->program->checks.at[id];
    struct bytes formula = program_text(vm->program, c->formula);
    return vm_fail(vm, "unmet", vm->pos / 8, "the region ends before the array does: until %.*s", (int)formula.len,
                   (const char *)formula.at);
}

static bool set_order(struct vm *vm, bool bits) {
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value v = take(vm);
    if (v.kind != VM_INT || (v.integer != ORDER_LITTLE && v.integer != ORDER_BIG)) {
        return vm_fail(vm, "absent", vm->pos / 8, "the byte or bit order depends on something that is not there");
    }
    if (bits) {
        vm->frame->ambient.bitorder = (uint8_t)v.integer;
    } else {
        vm->frame->ambient.endian = (uint8_t)v.integer;
    }
    return true;
}

static bool set_encoding(struct vm *vm, bool next) {
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value v = take(vm);
    if (v.kind != VM_TEXT && v.kind != VM_BYTES) {
        return vm_fail(vm, "absent", vm->pos / 8, "the encoding depends on something that is not there");
    }
    uint16_t id = vm_encoding(vm, v.bytes);
    if (next) {
        vm->next_encoding = id;
    } else {
        vm->frame->ambient.encoding = id;
    }
    return true;
}

static bool skip_count(struct vm *vm, int128 each) {
    struct vm_value v = vm->stack[vm->sp - 1];
    int128 bits;
    if (v.kind != VM_INT) {
        return vm_fail(vm, v.kind == VM_ABSENT ? "absent" : "type", vm->pos / 8, "the size depends on something that is not there");
    }
    if (!int128_mul(v.integer, each, &bits)) {
        bits = INT128_MAX;
    }
    vm->sp--;
    return vm_skip_bits(vm, bits);
}

static bool skip_value(struct vm *vm, uint32_t type) {
    struct vm_value ignored;
    return vm_load_at(vm, type, vm->space, vm->pos, VM_UNKNOWN, vm->limit, vm->frame->ambient, &ignored, &vm->pos);
}

static bool loop_count(struct vm *vm, uint32_t up) {
    struct vm_value v = vm->stack[vm->sp - 1];
    if (v.kind != VM_INT || v.integer < 0) {
        char text[INT128_TEXT_MAX] = "";
        if (v.kind == VM_INT) {
            int128_text(v.integer, text);
        }
        return vm_fail(vm, v.kind == VM_ABSENT ? "absent" : "range", vm->pos / 8,
                       v.kind == VM_ABSENT ? "the number of elements depends on something that is not there%s"
                                           : "not a number of elements: %s", text);
    }
    vm->sp--;
    vm_record(vm, up)->count = v.integer > INT64_MAX ? INT64_MAX : (uint64_t)v.integer;
    return true;
}

static bool loop_stride(struct vm *vm, uint32_t up) {
    struct vm_value v = vm->stack[vm->sp - 1];
    struct vm_ctl *c = vm_record(vm, up);
    int128 pos;
    if (v.kind != VM_INT || v.integer < 0 || !int128_mul(v.integer, (int128)c->index * 8, &pos) ||
        !int128_add(pos, (int128)c->base_pos, &pos)) {
        return vm_fail(vm, "range", vm->pos / 8, "not a distance between elements");
    }
    if (pos > (int128)vm->limit) {
        struct cursor_fault f = {CURSOR_OUTSIDE, vm->pos / 8, pos / 8 > INT64_MAX ? INT64_MAX : (uint64_t)(pos / 8), vm->limit / 8};
        return vm_fail_cursor(vm, &f);
    }
    vm->sp--;
    vm->pos = (uint64_t)pos;
    return true;
}

static void loop_here(struct vm *vm, uint32_t type, uint32_t up) {
    struct vm_ctl *c = vm_record(vm, up);
    vm_item_clear(vm, &c->item, c->keeps);
    c->item = place_here(vm, type, c->index == VM_UNKNOWN ? 0 : c->index);
    if (c->kind == CTL_ITER) {
        c->item.via = c->list.via;
    }
}

/* Asks for the cache lines ahead of a walk through the input, each once. */
static void look_ahead(struct vm *vm) {
    uint64_t at = vm->pos / 8, to = at + LOOK_AHEAD;
    uint64_t from = vm->ahead > at && vm->ahead < to ? vm->ahead : at;
    if (vm->space == &vm->input) {
        for (; from < to; from += CACHE_LINE) {
            __builtin_prefetch(vm->space->data + from);
        }
        vm->ahead = from;
    }
}

static void loop_next(struct vm *vm, uint32_t up) {
    struct vm_ctl *c = vm_record(vm, up);
    look_ahead(vm);
    if (c->item.kind != VM_ABSENT || c->prev.kind != VM_ABSENT) {
        vm_item_clear(vm, &c->prev, c->keeps);
        c->prev = c->item;
        c->item = vm_absent();
    }
    c->index++;
    c->item_end = VM_UNKNOWN;
}

static bool loop_item(struct vm *vm, uint32_t up) {
    struct vm_ctl *c = vm_record(vm, up);
    bool is_struct = c->item.kind == VM_PLACE && vm->program->types.at[c->item.type].kind == TYPE_STRUCT;
    bool unready = c->item.kind == VM_FRAME && !c->item.frame->args_ready;
    if ((is_struct || unready) && !vm_enter(vm, &c->item, c)) {
        return false;
    }
    vm_push(vm, vm_record(vm, up)->item);
    return true;
}

static void step(struct vm *vm, const struct program_inst *i) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    if (!c->begun) {
        c->begun = true;
        c->base_pos = vm->pos;
        c->index = 0;
        vm->pc = i->a;
        return;
    }
    if (c->type != PROGRAM_NONE && vm->program->types.at[c->type].placed) {
        vm->pc = i->b;
    } else if (c->item_end != VM_UNKNOWN) {
        vm->pos = c->item_end;
        vm->pc = i->b;
    } else {
        vm->pc++;
    }
}

static void pop_record(struct vm *vm) {
    struct vm_ctl *c = &vm->ctl[--vm->cp];
    if (c->kind == CTL_TRY) {
        return;
    }
    vm->space = c->space;
    vm->pos = c->kind == CTL_SPACE ? c->pos + c->taken : c->pos;
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
    if (!condition(vm, &yes, &absent)) {
        return AGAIN;
    }
    vm->sp--;
    return yes == when ? jump(vm, i->a) : NEXT;
}

/* AND_THEN, OR_ELSE: what decides stays on the stack. */
static enum outcome short_circuit(struct vm *vm, const struct program_inst *i, bool going_on) {
    bool yes, absent;
    if (!condition(vm, &yes, &absent)) {
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
    if (!condition(vm, &yes, &absent)) {
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
    if (f->ended || (f->lost && (sequence || i->b))) {
        vm->pc = i->a;
        return AGAIN;
    }
    f->resume = i->a;
    f->resume_loses = sequence;
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
        struct cursor_fault fault = {CURSOR_SHORT, f->start / 8, (f->limit - f->start) / 8 + f->missing, (f->limit - f->start) / 8};
        vm_fail_cursor(vm, &fault);
        vm_tell(vm);
        f->lost = true;
    }
    vm_emit_struct(vm, false);
    return true;
}

static bool run_until(struct vm *vm, const struct program_inst *i) {
    uint64_t end, behind;
    if (!until_terminator(vm, &end, &behind) || !vm_emit_value(vm, i->a, i->b, end)) {
        return false;
    }
    vm->pos = behind;
    return true;
}

static bool emit_nothing(struct vm *vm, uint32_t member) {
    struct vm_value v = vm_absent();
    vm_emit_let(vm, member, &v);
    return true;
}

static enum outcome execute(struct vm *vm, const struct program_inst *i) {
    uint64_t end;
    switch ((enum program_op)i->op) {
    case OP_PUSH_INT:
        vm_push(vm, vm_int(vm->program->ints.at[i->a]));
        return NEXT;
    case OP_PUSH_FLOAT:
        vm_push(vm, vm_float(vm->program->floats.at[i->a]));
        return NEXT;
    case OP_PUSH_TEXT:
        vm_push(vm, literal(vm, i->a));
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
        return done(in_enum(vm, i->a));
    case OP_FLAG:
        return done(flag(vm, vm->program->ints.at[i->a]));
    case OP_CAST:
        return done(cast(vm, i->a));
    case OP_PRESENT:
        vm->stack[vm->sp - 1] = vm_bool(vm->stack[vm->sp - 1].kind != VM_ABSENT);
        return NEXT;
    case OP_JUMP:
        return jump(vm, i->a);
    case OP_JUMP_FALSE:
        return jump_if(vm, i, false);
    case OP_JUMP_TRUE:
        return jump_if(vm, i, true);
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
        return done(condition(vm, &yes, &absent) &&
                    (!absent || vm_fail(vm, "absent", vm->pos / 8, "the condition depends on something that is not there")));
    }
    case OP_SELF:
        push_self(vm, i->a);
        return NEXT;
    case OP_FIELD:
        return done(vm_field(vm, i->a) || (!vm->faulted && vm->stop));
    case OP_OWN:
        return done(own_number(vm, i->a));
    case OP_NAMED:
        return done(vm_named(vm, i->a));
    case OP_PARAM:
        return done(push_param(vm, i->a, i->b));
    case OP_LOOP_ITEM:
        return done(loop_item(vm, i->a));
    case OP_LOOP_INDEX:
        vm_push(vm, vm_record(vm, i->a)->index == VM_UNKNOWN ? vm_absent() : vm_int((int128)vm_record(vm, i->a)->index));
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
        return done(slice(vm));
    case OP_COUNT:
        return done(vm_count(vm));
    case OP_SIZEOF:
        return done(size_of(vm));
    case OP_OFFSETOF:
        return done(offset_of(vm));
    case OP_BYTES_OF:
        return done(bytes_of_top(vm));
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
        return done(list_add(vm, i->a != 0));
    case OP_ITER_BEGIN:
        return done(iter_begin(vm, i->a != 0));
    case OP_ITER_NEXT:
        return iter_next(vm, i);
    case OP_ITER_END:
    case OP_LOOP_END:
        pop_loop(vm);
        return NEXT;
    case OP_FOLD_MIN:
    case OP_FOLD_MAX:
        return done(fold_extreme(vm, i->op == OP_FOLD_MAX));
    case OP_CALL:
        return call_function(vm, i);
    case OP_RETURN:
        vm_return(vm);
        return AGAIN;
    case OP_BUILTIN:
        return done(vm_builtin(vm, i->a, i->b));
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
        vm_ctl_push(vm, CTL_TRY)->pc = i->a;
        return NEXT;
    case OP_RELEASE:
        vm_temp_release(vm, release_mark(vm));
        return NEXT;
    case OP_SKIP_BITS:
        return done(vm_skip_bits(vm, vm->program->ints.at[i->a]));
    case OP_SKIP:
        return done(skip_count(vm, 8));
    case OP_SKIP_PACKED:
        return done(skip_count(vm, 1));
    case OP_SKIP_REST:
        vm->pos = vm->limit > vm->pos ? vm->limit : vm->pos;
        return NEXT;
    case OP_SKIP_VALUE:
        return done(skip_value(vm, i->a));
    case OP_SKIP_UNTIL:
        return done(until_terminator(vm, &end, &vm->pos));
    case OP_SKIP_ITEM:
        return done(vm_skip_item(vm, i->a));
    case OP_SKIP_ELEMENTS:
        return done(skip_count(vm, vm->program->ints.at[i->a]));
    case OP_ALIGN:
        return done(vm_align(vm));
    case OP_BYTE_ALIGN:
        vm->pos = (vm->pos + 7) / 8 * 8;
        return NEXT;
    case OP_REGION:
        return done(vm_region(vm, i->a));
    case OP_REGION_END:
        return done(vm_region_end(vm));
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
        return done(vm_at(vm, i->a));
    case OP_SPACE:
        return done(vm_space(vm, i->a, i->b != 0));
    case OP_AT_END:
    case OP_SPACE_END:
    case OP_TRY_END:
        pop_record(vm);
        return NEXT;
    case OP_ENDIAN:
    case OP_BITORDER:
        return done(set_order(vm, i->op == OP_BITORDER));
    case OP_ENCODING:
    case OP_ENCODING_NEXT:
        return done(set_encoding(vm, i->op == OP_ENCODING_NEXT));
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
        return NEXT;
    case OP_LOOP_COUNT:
        return done(loop_count(vm, i->a));
    case OP_LOOP_TEST:
        return loop_test(vm, i);
    case OP_LOOP_HERE:
    case OP_LOOP_THERE:
        loop_here(vm, i->a, i->b);
        return NEXT;
    case OP_LOOP_STRIDE:
        return done(loop_stride(vm, i->a));
    case OP_LOOP_DONE:
        vm_record(vm, i->a)->item_end = vm->pos;
        if (vm_record(vm, i->a)->item.kind == VM_PLACE) {
            vm_record(vm, i->a)->item.end = vm->pos;
        }
        return NEXT;
    case OP_LOOP_NEXT:
        loop_next(vm, i->a);
        return NEXT;
    case OP_LOOP_FIRST:
        if (vm_record(vm, i->b)->index != 0) {
            vm->pc = i->a;
            return AGAIN;
        }
        return NEXT;
    case OP_LOOP_VALUE:
        vm_item_clear(vm, &vm_record(vm, i->a)->item, true);
        vm_record(vm, i->a)->item = take(vm);
        return NEXT;
    case OP_STEP:
        step(vm, i);
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
        if (v.kind != VM_INT || v.integer < -1) {
            vm_emit_array(vm, i->a, PROGRAM_NONE, false);
            return done(vm_fail(vm, "range", vm->pos / 8, "not a number of elements"));
        }
        return done(vm_emit_blocks(vm, i->a, i->b, v.integer));
    }
    case OP_FLAT:
        if (vm_emit_flat(vm, i->b)) {
            vm->pc = i->a;
            return AGAIN;
        }
        return NEXT;
    case OP_RECORD:
        vm_record(vm, 0)->record = i->a != 0;
        vm->sink->ops->record(vm->sink, i->a != 0);
        return NEXT;
    case OP_RECORDS:
        return done(vm_emit_records(vm, i->a, i->b));
    case OP_ARRAY_BEGIN:
        vm_emit_array(vm, i->a, i->b, true);
        return NEXT;
    case OP_ARRAY_END:
        vm_emit_array(vm, PROGRAM_NONE, PROGRAM_NONE, false);
        return NEXT;
    case OP_VALUE:
        return done(fits_value(vm, i->a, i->b));
    case OP_RUN:
        return done(run_length(vm, i));
    case OP_RUN_REST:
        return done(vm_emit_value(vm, i->a, i->b, vm->limit > vm->pos ? vm->limit : vm->pos));
    case OP_RUN_UNTIL:
        return done(run_until(vm, i));
    case OP_EMIT_LET: {
        struct vm_value v;
        if (!vm_loaded(vm, vm->sp - 1)) {
            return AGAIN;
        }
        v = take(vm);
        vm_emit_let(vm, i->a, &v);
        return NEXT;
    }
    case OP_EMIT_NOTHING:
        return done(emit_nothing(vm, i->a));
    case OP_EMIT:
        vm_emit(vm, i->a != 0);
        return AGAIN;
    case OP_MAGIC:
        return done(magic(vm, i->a));
    case OP_REQUIRE:
        return done(require(vm, i->a));
    case OP_CHECK:
        return done(check(vm, i->a));
    case OP_CHECK_EQUAL:
        return done(check_equal(vm, i->a));
    case OP_FAIL:
        return done(fail(vm, i->a));
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
        vm_item_clear(vm, &c->item, false);
        vm_item_clear(vm, &c->prev, false);
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
    vm_temp_release(vm, 0);
    vm_frame_free(vm, vm->root);
    vm->root = vm->frame = NULL;
    vm->sp = vm->floor = vm->base = 0;
    return vm->result;
}

struct vm *vm_new(const struct program *program, const uint8_t *data, uint64_t size, const struct vm_limits *limits) {
    struct vm *vm = mem_zalloc(1, sizeof *vm);
    vm->program = program;
    vm->input = (struct vm_space){.data = data, .size = size};
    vm->limits = limits ? *limits : (struct vm_limits){0};
    vm->limits.depth = vm->limits.depth ? vm->limits.depth : 1024;
    vm->limits.work = vm->limits.work ? vm->limits.work : (1u << 20) + size * 1024;
    vm->limits.expansion = vm->limits.expansion ? vm->limits.expansion : (1u << 24) + size * 1032;
    vm->stack_cap = 256;
    vm->stack = mem_zalloc(vm->stack_cap, sizeof *vm->stack);
    vm->ctl_cap = 64;
    vm->ctl = mem_zalloc(vm->ctl_cap, sizeof *vm->ctl);
    vm->text = vm_text_new();
    vm->spare = mem_zalloc(program->structs.n, sizeof(struct vm_frame *));
    return vm;
}

void vm_free(struct vm *vm) {
    for (uint32_t i = 0; i < vm->encoding_count; i++) {
        mem_free((void *)(uintptr_t)vm->encodings[i].at);
    }
    vm_text_free(vm->text);
    vm_frames_end(vm);
    mem_free(vm->stack);
    mem_free(vm->ctl);
    mem_free(vm->temps);
    buf_free(&vm->path);
    buf_free(&vm->message);
    buf_free(&vm->scratch);
    mem_free(vm);
}

void vm_stop(struct vm *vm) {
    vm->stop = true;
}

uint64_t vm_progress(const struct vm *vm) {
    return vm->space == &vm->input ? vm->pos / 8 : 0;
}

void vm_watch(struct vm *vm, void (*watch)(void *context, struct vm *vm), void *context) {
    vm->watch = watch;
    vm->watch_context = context;
}
