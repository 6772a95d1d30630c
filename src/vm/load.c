#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "vm/machine.h"

/* Numbers, text and bytes read from places, always through a cursor. */

static struct cursor cursor_at(const struct vm_space *space, uint64_t pos, uint64_t limit) {
    struct cursor c = cursor_of(space->data, space->size);
    uint64_t hi = limit / 8 + (limit % 8 != 0); /* bits may end inside the last byte */
    c.hi = hi < space->size ? hi : space->size;
    c.pos = pos / 8 < c.hi ? pos / 8 : c.hi;
    return c;
}

struct cursor vm_cursor(const struct vm *vm) {
    return cursor_at(vm->space, vm->pos, vm->limit);
}

/* Whether the order of a number's bytes, or of its bits, is known; a fault otherwise. */
static bool is_decided(struct vm *vm, const struct program_type *t, struct vm_ambient ambient,
                       const struct cursor *c) {
    bool bits_follow = t->bitorder == ORDER_AMBIENT && ambient.bitorder == ORDER_AMBIENT;
    if (t->order != ORDER_AMBIENT || ambient.endian != ORDER_UNDECIDED ||
        (t->packed ? !bits_follow : t->bits <= 8)) {
        return true;
    }
    return vm_fail(vm, "undecided", c->pos, "the data has not decided on a byte order");
}

static void set_number(const struct program_type *t, uint128 raw, unsigned bits,
                       struct vm_value *out) {
    if (t->is_bool) {
        *out = vm_bool(raw != 0);
        return;
    }
    *out = vm_int(t->is_signed ? number_sign(raw, bits) : (int128)raw);
    out->names = t->names;
}

static bool load_packed(struct vm *vm, const struct program_type *t, struct cursor *c,
                        uint64_t start, unsigned bits, struct vm_ambient ambient,
                        struct vm_value *out) {
    uint128 raw;
    struct cursor_fault fault;
    if (!is_decided(vm, t, ambient, c)) {
        return false;
    }
    if (!cursor_bits(c, start % 8, bits, vm_msb_first(t, ambient), &raw, &fault)) {
        bool begun = start % 8 != 0 && fault.there > 0; /* the byte was there for what is before */
        fault.off += begun;
        fault.wanted -= begun;
        fault.there -= begun;
        return vm_fail_cursor(vm, &fault);
    }
    set_number(t, raw, bits, out);
    return true;
}

static bool load_number(struct vm *vm, const struct program_type *t, struct cursor *c,
                        struct vm_ambient ambient, struct vm_value *out) {
    struct cursor_fault fault;
    uint128 raw;
    if (!is_decided(vm, t, ambient, c)) {
        return false;
    }
    if (!cursor_uint(c, t->bits / 8, vm_big_endian(t, ambient), &raw, &fault)) {
        return vm_fail_cursor(vm, &fault);
    }
    if (t->bits == 128 && !t->is_signed && raw >> 127) {
        *out = vm_absent();
        out->kind = VM_WIDE;
        out->integer = (int128)raw;
        return true;
    }
    set_number(t, raw, t->bits, out);
    return true;
}

static bool load_float(struct vm *vm, const struct program_type *t, struct cursor *c,
                       struct vm_ambient ambient, struct vm_value *out) {
    struct cursor_fault fault;
    bool big = vm_big_endian(t, ambient);
    double value;
    struct bytes raw;
    if (!is_decided(vm, t, ambient, c)) {
        return false;
    }
    if (t->bfloat || t->bits == 80) {
        if (!cursor_bytes(c, t->bits / 8, &raw, &fault)) {
            return vm_fail_cursor(vm, &fault);
        }
        uint8_t le[10];
        for (unsigned i = 0; i < t->bits / 8; i++) {
            le[i] = raw.at[big ? t->bits / 8 - 1 - i : i];
        }
        value = t->bfloat ? number_bfloat((uint16_t)(le[0] | le[1] << 8)) : number_float80(le);
    } else if (!cursor_float(c, t->bits / 8, big, &value, &fault)) {
        return vm_fail_cursor(vm, &fault);
    }
    *out = vm_float(value);
    return true;
}

static bool load_varint(struct vm *vm, const struct program_type *t, struct cursor *c,
                        struct vm_value *out) {
    struct cursor_fault fault;
    int128 value;
    bool ok = t->varint == VARINT_SLEB  ? cursor_sleb128(c, &value, &fault)
              : t->varint == VARINT_VLQ ? cursor_vlq(c, t->limit, &value, &fault)
                                        : cursor_uleb128(c, &value, &fault);
    if (!ok) {
        return vm_fail_cursor(vm, &fault);
    }
    if (t->varint == VARINT_ZIGZAG) {
        value = number_zigzag((uint128)value);
    }
    *out = vm_int(value);
    out->names = t->names;
    return true;
}

static bool load_coded(struct vm *vm, const struct program_type *t, struct cursor *c,
                       struct vm_ambient ambient, struct vm_value *out) {
    struct cursor_fault fault;
    bool big = vm_big_endian(t, ambient);
    uint64_t at = c->pos;
    if (!is_decided(vm, t, ambient, c)) {
        return false;
    }
    if (t->varint == CODING_ZIGZAG) {
        uint128 raw;
        if (!cursor_uint(c, t->bits / 8, big, &raw, &fault)) {
            return vm_fail_cursor(vm, &fault);
        }
        *out = vm_int(number_zigzag(raw));
        return true;
    }
    struct bytes raw;
    uint128 value;
    if (!cursor_bytes(c, t->bits / 8, &raw, &fault)) {
        return vm_fail_cursor(vm, &fault);
    }
    int bad = number_bcd(raw.at, t->bits / 8, big, vm_msb_first(t, ambient), &value);
    if (bad >= 0) {
        return vm_fail(vm, "range", at, "0x%x is no decimal digit", (unsigned)bad);
    }
    *out = vm_int((int128)value);
    return true;
}

/* Text and bytes whose end is known, and NUL-ended text, whose end is found. */
static bool load_run(struct vm *vm, uint32_t type, struct cursor *c, uint64_t length,
                     struct vm_ambient ambient, struct vm_value *out) {
    const struct program_type *t = &vm->program->types.at[type];
    struct cursor_fault fault;
    struct bytes raw;
    if (t->nul_ended) {
        if (!vm_until_nul(vm, type, c, ambient, &raw)) {
            return false;
        }
    } else if (!cursor_bytes(c, length, &raw, &fault)) {
        return vm_fail_cursor(vm, &fault);
    }
    *out = vm_absent();
    if (t->kind == TYPE_TEXT) {
        return vm_load_text(vm, type, raw, ambient, out);
    }
    out->kind = VM_BYTES;
    out->bytes = raw;
    return true;
}

bool vm_load_at(struct vm *vm, uint32_t type, struct vm_space *space, uint64_t start, uint64_t end,
                uint64_t limit, struct vm_ambient ambient, struct vm_value *out, uint64_t *behind) {
    const struct program_type *t = &vm->program->types.at[type];
    struct cursor c = cursor_at(space, start, limit);
    bool ok = false;
    switch ((enum type_kind)t->kind) {
    case TYPE_INT:
        if (t->packed) {
            unsigned bits = t->bits                                  ? t->bits
                            : end == VM_UNKNOWN || end - start > 128 ? 128
                                                                     : (unsigned)(end - start);
            *behind = start + bits;
            ok = bits == 0 ? (set_number(t, 0, 1, out), true)
                           : load_packed(vm, t, &c, start, bits, ambient, out);
            break;
        }
        ok = load_number(vm, t, &c, ambient, out);
        *behind = c.pos * 8;
        break;
    case TYPE_FLOAT:
        ok = load_float(vm, t, &c, ambient, out);
        *behind = c.pos * 8;
        break;
    case TYPE_VARINT:
        ok = load_varint(vm, t, &c, out);
        *behind = c.pos * 8;
        break;
    case TYPE_CODED:
        ok = load_coded(vm, t, &c, ambient, out);
        *behind = start + t->bits;
        break;
    case TYPE_TEXT:
    case TYPE_BYTES:
        ok = load_run(vm, type, &c,
                      end != VM_UNKNOWN  ? (end - start) / 8
                      : t->bit_size >= 0 ? (uint64_t)t->bit_size / 8
                                         : 0,
                      ambient, out);
        *behind = c.pos * 8;
        break;
    case TYPE_STRUCT:
    case TYPE_ARRAY:
        return vm_fail(vm, "type", start / 8,
                       "a struct or array stands where a number or text is wanted");
    }
    out->space = space;
    out->start = start;
    out->end = *behind;
    if (vm->maker && space->growing) {
        vm->unknown = vm->unknown || (ok && !vm_make_has(space, start, *behind)) ||
                      !vm->maker->ops->knows(vm->maker, start);
    }
    return ok;
}

/* A place of a number, text or bytes becomes its value; other values stay. The place's end is known where it matters. */
bool vm_load(struct vm *vm, struct vm_value *value) {
    if (value->kind != VM_PLACE) {
        return true;
    }
    enum type_kind kind = vm->program->types.at[value->type].kind;
    if (kind == TYPE_STRUCT || kind == TYPE_ARRAY) {
        return true;
    }
    struct vm_value out;
    uint64_t behind, end = value->end;
    if (end != VM_UNKNOWN && value->tail <= (int64_t)((end - value->start) / 8)) {
        end -= (uint64_t)value->tail * 8;
    }
    if (!vm_load_at(vm, value->type, value->space, value->start, end, value->limit, value->ambient,
                    &out, &behind)) {
        return false;
    }
    *value = out;
    return true;
}

/* The stored bytes of a value whose end is known. */
bool vm_bytes(struct vm *vm, struct vm_value *value) {
    if (value->kind == VM_TEXT) {
        struct bytes raw = value->raw.at ? value->raw : value->bytes;
        value->kind = VM_BYTES;
        value->bytes = raw;
        return true;
    }
    struct vm_space *space = value->space;
    uint64_t start = value->start, end = value->end;
    if (value->kind == VM_FRAME) {
        space = value->frame->space;
        start = value->frame->start;
        end = value->frame->end;
    } else if (value->kind != VM_PLACE) {
        return true;
    }
    struct cursor c = cursor_of(space->data, space->size);
    struct cursor_fault fault;
    struct bytes raw;
    if (!cursor_seek(&c, start / 8, &fault) ||
        !cursor_bytes(&c, (end + 7) / 8 - start / 8, &raw, &fault)) {
        return vm_fail_cursor(vm, &fault);
    }
    *value = vm_absent();
    value->kind = VM_BYTES;
    value->bytes = raw;
    value->space = space;
    value->start = start;
    value->end = end;
    return true;
}
