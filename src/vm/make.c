#include "config.h"

#include "vm/make.h"

#include <string.h>

#include "base/mem.h"
#include "sema/builtins.h"
#include "vm/machine.h"

static void grow(struct vm_space *space, const struct vm_making *making) {
    space->growing = true;
    space->made = 0;
    space->touched = making->touched;
    space->before = making->before * 8;
    space->guess = VM_UNKNOWN;
    space->exact = making->exact;
    space->burst = false;
}

void vm_make(struct vm *vm, struct vm_maker *maker, const struct vm_making *making) {
    vm->maker = maker;
    grow(&vm->input, making);
}

bool vm_make_burst(const struct vm *vm) {
    return vm->input.burst;
}

uint64_t vm_made(const struct vm *vm) {
    return (vm->input.made + 7) / 8;
}

bool vm_take_unknown(struct vm *vm) {
    bool unknown = vm->unknown;
    vm->unknown = false;
    return unknown && vm_making(vm);
}

static void reach(struct vm_space *space, uint64_t bits) {
    space->made = bits > space->made ? bits : space->made;
}

void vm_make_reached(struct vm *vm) {
    if (vm_making(vm)) {
        reach(vm->space, vm->pos);
    }
}

uint64_t vm_make_there(const struct vm_space *space) {
    return (space->made > space->before ? space->made : space->before) / 8;
}

bool vm_make_is_behind(const struct vm *vm) {
    return vm->maker && !vm->emitting && vm->space->growing &&
           vm->pos / 8 >= vm_make_there(vm->space);
}

bool vm_make_is_searching(const struct vm *vm) {
    const struct vm_ctl *c = vm->cp ? &vm->ctl[vm->cp - 1] : NULL;
    return vm_making(vm) && c && c->kind == CTL_LOOP && c->type == PROGRAM_NONE;
}

void vm_make_ran_out(struct vm *vm) {
    bool at_end = vm->limit / 8 >= vm->space->size;
    if (vm->maker && vm->space->growing && vm->space->exact && at_end) {
        vm->space->burst = true;
    }
}

static void touch(struct vm_space *space, uint64_t off, uint64_t len) {
    for (uint64_t i = off; space->touched && i < off + len; i++) {
        space->touched[i / 8] |= (uint8_t)(1u << i % 8);
    }
}

/* Whether the bits are made in this round. */
static bool is_made(const struct vm_space *space, uint64_t start, uint64_t end) {
    if (end > space->made) {
        return false;
    }
    for (uint64_t i = start / 8; space->touched && i < (end + 7) / 8; i++) {
        if (!(space->touched[i / 8] >> i % 8 & 1)) {
            return false;
        }
    }
    return true;
}

bool vm_make_has(const struct vm_space *space, uint64_t start, uint64_t end) {
    return end <= space->before || is_made(space, start, end);
}

bool vm_make_bytes(struct vm *vm, uint64_t start, struct bytes bytes) {
    struct vm_space *space = vm->space;
    uint64_t off = start / 8, limit = vm->limit / 8 < space->size ? vm->limit / 8 : space->size;
    if (off > limit || bytes.len > limit - off) {
        space->burst = space->burst || bytes.len > space->size - off || off > space->size;
        return vm_fail(vm, "outside", off, "%zu bytes do not fit in what is left for them",
                       bytes.len);
    }
    if (bytes.len > 0) {
        /* the space is being made: its bytes are the machine's to write */
        memcpy((uint8_t *)(uintptr_t)space->data + off, bytes.at, bytes.len);
    }
    touch(space, off, bytes.len);
    reach(space, (off + bytes.len) * 8);
    return true;
}

/* The bytes that a value of so many bits takes. */
static struct bytes bytes_there(const struct vm *vm, uint64_t start, uint64_t bits) {
    if (bits == VM_UNKNOWN) {
        return bytes_of(NULL, 0);
    }
    uint64_t off = start / 8, end = (start + bits + 7) / 8;
    end = end < vm->space->size ? end : vm->space->size;
    return off < end ? bytes_of(vm->space->data + off, (size_t)(end - off)) : bytes_of(NULL, 0);
}

bool vm_make_value(struct vm *vm, const struct vm_event *event, uint64_t bits, uint64_t *end) {
    const struct program_type *t = &vm->program->types.at[event->type];
    struct vm_wanted wanted = {.event = event, .ambient = vm_text_ambient(vm), .bits = bits};
    if (wanted.bits == VM_UNKNOWN && t->bit_size >= 0) {
        wanted.bits = (uint64_t)t->bit_size;
    }
    if (t->kind == TYPE_TEXT &&
        !vm_encoding_of(vm, event->type, wanted.ambient, &wanted.encoding)) {
        return false;
    }
    wanted.there = bytes_there(vm, event->start, wanted.bits);
    struct buf bytes = {0};
    bool fine = vm->maker->ops->value(vm->maker, &wanted, &bytes);
    if (!fine) {
        vm_stop(vm);
    } else {
        fine = vm_make_bytes(vm, event->start, buf_bytes(&bytes));
    }
    bool as_said = wanted.bits != VM_UNKNOWN && bytes.len == wanted.there.len;
    *end = as_said ? event->start + wanted.bits : event->start + bytes.len * 8;
    buf_free(&bytes);
    return fine;
}

bool vm_make_at_cursor(struct vm *vm, uint32_t type, uint32_t member, uint64_t bits,
                       uint64_t *end) {
    struct vm_event event = vm_event_at(vm, member, type, vm->pos, VM_UNKNOWN);
    return vm_make_value(vm, &event, bits, end);
}

/* Text or bytes and the terminator on the stack, which is dropped, behind them. */
bool vm_make_until(struct vm *vm, const struct program_inst *inst, uint64_t *end,
                   uint64_t *behind) {
    struct buf encoded = {0};
    struct bytes terminator;
    const struct encoding *encoding;
    bool fine = vm_make_at_cursor(vm, inst->a, inst->b, VM_UNKNOWN, end) &&
                vm_terminator(vm, inst->a, bytes_of("", 0), &encoded, &terminator, &encoding);
    unsigned until = vm->program->types.at[inst->a].until;
    *behind = *end;
    if (fine && !(until & (UNTIL_INCLUDED | UNTIL_LEFT))) {
        fine = vm_make_bytes(vm, *end, terminator);
        *behind += terminator.len * 8;
    }
    vm->tail = (int64_t)(*behind - *end) / 8;
    vm->sp -= fine;
    buf_free(&encoded);
    return fine;
}

void vm_make_loop(struct vm *vm, const struct program_inst *inst) {
    struct vm_ctl *loop = vm_record(vm, 0);
    loop->given = vm->maker->ops->count(vm->maker, inst->member);
}

bool vm_make_loop_test(struct vm *vm, const struct vm_ctl *loop, bool *done) {
    if (vm_make_is_searching(vm)) {
        *done = vm->unknown && vm->stack[vm->sp - 1].kind == VM_ABSENT;
        return true;
    }
    if (vm_making(vm) && loop->count == VM_UNKNOWN) {
        *done = loop->index >= loop->given;
        return true;
    }
    if (loop->type != PROGRAM_NONE && vm_make_is_behind(vm)) {
        vm->unknown = true; /* there may be something later */
        *done = true;
        return true;
    }
    return false;
}

bool vm_make_goes_on(struct vm *vm, uint32_t member, bool said) {
    return vm_take_unknown(vm) ? vm->maker->ops->goes_on(vm->maker, member) : said;
}

bool vm_make_place(struct vm *vm, uint32_t member, struct vm_value *place) {
    if (vm_take_unknown(vm)) {
        uint64_t at = vm->maker->ops->place(vm->maker, member);
        if (at == VM_UNKNOWN) {
            return vm_fail(vm, "absent", vm->pos / 8, "its place is not given, nor known yet");
        }
        vm->space->guess = at;
        *place = vm_int((int128)(at / 8));
        place->anchored = true;
        place->space = vm->space;
        place->window = (struct vm_window){0, vm->space->size * 8};
    }
    return true;
}

void vm_make_let(struct vm *vm, uint32_t member) {
    const struct program_member *m = &vm->program->members.at[member];
    struct vm_slot *slot = m->slot != PROGRAM_NONE ? &vm->frame->slots[m->slot] : NULL;
    int128 given;
    if (vm_take_unknown(vm) && slot && slot->state == SLOT_VALUE && slot->value->kind == VM_INT &&
        vm->maker->ops->let(vm->maker, member, &given)) {
        *slot->value = vm_int(given);
        vm->stack[vm->sp - 1] = *slot->value;
    }
}

/* transforms, the other way round */

bool vm_make_is_open(const struct vm *vm, uint32_t n) {
    const struct vm_value *from = n > 0 ? &vm->stack[vm->sp - n] : NULL;
    bool open = from && from->space && from->space->growing &&
                (from->kind == VM_BYTES || from->kind == VM_TEXT) &&
                (from->space->pack || !is_made(from->space, from->start, from->end) ||
                 !vm->maker->ops->knows(vm->maker, from->start));
    return vm->maker && vm->emitting && n > 0 && (open || vm->unknown);
}

static bool take_key(struct vm *vm, const struct vm_value *key, struct vm_pack *pack) {
    uint8_t byte = (uint8_t)key->integer;
    struct bytes bytes = key->kind == VM_INT ? bytes_of(&byte, 1) : key->bytes;
    if (key->kind != VM_INT && key->kind != VM_BYTES && key->kind != VM_TEXT) {
        return vm_fail(vm, "type", vm->pos / 8, "a key is a number or bytes");
    }
    if (bytes.len == 0) {
        return vm_fail(vm, "range", vm->pos / 8, "a key has at least one byte");
    }
    pack->key = mem_alloc(bytes.len);
    pack->key_len = bytes.len;
    memcpy(pack->key, bytes.at, bytes.len);
    return true;
}

static bool take_turn(struct vm *vm, const struct vm_value *args, uint32_t n, bool right,
                      struct vm_pack *pack) {
    int128 group = n > 2 ? args[2].integer : 1, bits = args[1].integer;
    if (args[1].kind != VM_INT || (n > 2 && args[2].kind != VM_INT) || group < 1 || group > 16 ||
        bits < 0 || bits > group * 8) {
        return vm_fail(vm, "range", vm->pos / 8, "not a number of bits in groups of 1 to 16 bytes");
    }
    unsigned width = (unsigned)group * 8, left = (unsigned)bits % width;
    pack->group = (unsigned)group;
    pack->left = right ? (width - left) % width : left;
    return true;
}

bool vm_make_transform(struct vm *vm, uint32_t which, uint32_t n) {
    const struct vm_value *args = &vm->stack[vm->sp - n];
    struct vm_pack *pack = mem_zalloc(1, sizeof *pack);
    pack->transform = builtin_info(which)->text;
    struct vm_space *of = args[0].space;
    pack->source = of && of->growing && of->pack ? of : NULL;
    bool stored = args[0].space == vm->space && is_made(vm->space, args[0].start, args[0].end);
    pack->field = stored && !pack->source ? args[0].start : VM_UNKNOWN;
    bool fine = which == BUILTIN_XOR ? take_key(vm, &args[1], pack)
                : which == BUILTIN_ROTL || which == BUILTIN_ROTR
                    ? take_turn(vm, args, n, which == BUILTIN_ROTR, pack)
                    : true;
    struct vm_space *made = mem_zalloc(1, sizeof *made);
    made->pack = pack;
    vm_temp_add(vm, TEMP_SPACE, made);
    if (!fine) {
        return false;
    }
    made->data = vm->maker->ops->room(vm->maker, &made->size);
    if (!made->data) {
        vm_stop(vm);
        return false;
    }
    made->made_by = pack->transform;
    made->growing = true;
    struct vm_value v = vm_absent();
    v.kind = VM_BYTES;
    v.bytes = bytes_of(made->data, made->size);
    v.space = made;
    v.end = made->size * 8;
    vm->sp -= n;
    vm_push(vm, v);
    vm->taken = 0;
    vm->unknown = false;
    return true;
}

bool vm_make_packed(struct vm *vm, struct vm_space *made) {
    struct buf packed = {0};
    struct bytes plain = bytes_of(made->data, (size_t)((made->made + 7) / 8));
    bool fine = true;
    made->growing = false; /* what refers to it later finds it whole */
    made->size = plain.len;
    for (struct vm_space *s = made; fine && s; s = s->pack->source) {
        struct buf next = {0};
        fine = vm->maker->ops->pack(vm->maker, s->pack, plain, &next);
        buf_free(&packed);
        packed = next;
        plain = buf_bytes(&packed);
        if (fine && !s->pack->source && s->pack->field != VM_UNKNOWN) {
            vm->maker->ops->learn(vm->maker, s->pack->field, plain);
        } else if (fine && !s->pack->source) {
            fine = vm_make_bytes(vm, vm->pos, plain);
            vm->pos += plain.len * 8;
        }
    }
    buf_free(&packed);
    if (!fine && !vm->faulted) {
        vm_stop(vm);
    }
    return fine;
}

struct vm_pack *vm_pack_copy(const struct vm_pack *pack) {
    struct vm_pack *copy = mem_alloc(sizeof *copy);
    *copy = *pack;
    if (pack->key) {
        copy->key = mem_alloc(pack->key_len);
        memcpy(copy->key, pack->key, pack->key_len);
    }
    return copy;
}

void vm_pack_free(struct vm_pack *pack) {
    if (pack) {
        mem_free(pack->key);
        mem_free(pack);
    }
}

/* parts of scripts */

void vm_build_end(struct vm *vm) {
    if (vm->building) {
        vm->sink = vm->told_by;
        vm->maker = NULL;
        vm_space_free(vm->building);
        vm->building = NULL;
    }
}

/* Asks the sink for a maker of the value on top. */
static bool begin_building(struct vm *vm, uint32_t type) {
    const struct vm_sink_ops *ops = vm->sink->ops;
    struct vm_maker *maker = ops->build ? ops->build(vm->sink, &vm->stack[vm->sp - 1], type) : NULL;
    if (!maker) {
        return vm_fail(vm, "type", vm->pos / 8, "the value can't be made from here");
    }
    vm->maker = maker;
    vm->told_by = vm->sink;
    vm->sink = maker->sink;
    vm->building = mem_zalloc(1, sizeof *vm->building);
    vm->build_cp = vm->cp;
    return true;
}

bool vm_build(struct vm *vm, uint32_t type) {
    const struct vm_value *at = &vm->stack[vm->sp - 2];
    uint32_t pc = vm->program->types.at[type].emit_pc;
    struct vm_frame *f = at->kind == VM_FRAME ? at->frame->parent : at->owner;
    if (pc == PROGRAM_NONE || !f || (at->kind != VM_FRAME && at->kind != VM_PLACE)) {
        return vm_fail(vm, "type", vm->pos / 8, "the value can't be made from here");
    }
    if (!vm->building && !begin_building(vm, type)) {
        return false;
    }
    struct vm_making making;
    vm->maker->ops->begin(vm->maker, &making);
    vm->building->data = making.room;
    vm->building->size = making.size;
    grow(vm->building, &making);
    memset(vm->told, 0, sizeof vm->told); /* each round tells anew */
    struct vm_ambient ambient = at->kind == VM_FRAME ? f->ambient : at->ambient;
    struct vm_ctl *c = vm_ctl_call(vm, CALL_EMIT, vm->pc + 1, pc);
    c->index = VM_UNKNOWN;
    c->ambient = f->ambient;
    f->ambient = ambient;
    vm->frame = f;
    vm->space = vm->building;
    vm->pos = 0;
    vm->limit = making.size * 8;
    return true;
}

bool vm_built(struct vm *vm) {
    uint64_t made = (vm->building->made + 7) / 8;
    const uint8_t *bytes = vm->building->data;
    if (vm->maker->ops->again(vm->maker, made, vm->building->burst)) {
        return false;
    }
    struct vm_value v = vm_absent();
    v.kind = VM_BYTES;
    v.bytes = bytes_of(bytes, (size_t)made);
    vm->stack[vm->sp - 1] = v;
    vm_build_end(vm);
    return true;
}
