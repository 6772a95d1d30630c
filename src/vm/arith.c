#include "config.h"

#include <math.h>
#include <string.h>

#include "base/real.h"
#include "vm/machine.h"

/* Operators. Integers are exact or a fault; absent operands make the result absent. */

static bool overflow(struct vm *vm) {
    return vm_fail(vm, "arithmetic", vm->pos / 8, "the result does not fit 127 bits");
}

static bool calculate(struct vm *vm, enum program_op op, int128 a, int128 b, int128 *r) {
    bool ok = true;
    switch (op) {
    case OP_ADD:
        ok = int128_add(a, b, r);
        break;
    case OP_SUB:
        ok = int128_sub(a, b, r);
        break;
    case OP_MUL:
        ok = int128_mul(a, b, r);
        break;
    case OP_DIV:
    case OP_REM:
        if (b == 0) {
            return vm_fail(vm, "arithmetic", vm->pos / 8, "division by zero");
        }
        ok = op == OP_DIV ? int128_div(a, b, r) : int128_rem(a, b, r);
        break;
    case OP_SHL:
    case OP_SHR:
        if (b < 0) {
            return vm_fail(vm, "arithmetic", vm->pos / 8, "a shift by a negative number");
        }
        ok = op == OP_SHL ? int128_shl(a, b, r) : int128_shr(a, b, r);
        break;
    case OP_BITAND:
        *r = a & b;
        break;
    case OP_BITOR:
        *r = a | b;
        break;
    default: /* OP_BITXOR */
        *r = a ^ b;
        break;
    }
    return ok || overflow(vm);
}

static double calculate_real(enum program_op op, double a, double b) {
    switch (op) {
    case OP_ADD:
        return a + b;
    case OP_SUB:
        return a - b;
    case OP_MUL:
        return a * b;
    case OP_DIV:
        return a / b;
    default:
        return real_rem(a, b);
    }
}

static bool as_real(const struct vm_value *v, double *out) {
    if (v->kind == VM_INT || v->kind == VM_WIDE) {
        *out = v->kind == VM_INT ? (double)v->integer : (double)(uint128)v->integer;
        return true;
    }
    *out = v->number;
    return v->kind == VM_FLOAT;
}

static bool is_whole(const struct vm_value *v) {
    return v->kind == VM_INT || v->kind == VM_WIDE;
}

/* An integer, unsigned where it is wide, against a floating-point number, exactly. */
static int order_mixed(const struct vm_value *whole, double d) {
    const double beyond = 0x1p127;
    bool wide = whole->kind == VM_WIDE;
    if (isnan(d)) {
        return 2;
    }
    if (d >= (wide ? 2 * beyond : beyond)) {
        return -1;
    }
    if (wide ? d < beyond : d < -beyond) {
        return 1;
    }
    double floored = floor(d);
    bool less =
        wide ? (uint128)whole->integer < (uint128)floored : whole->integer < (int128)floored;
    bool same =
        wide ? (uint128)whole->integer == (uint128)floored : whole->integer == (int128)floored;
    return less || (same && floored < d) ? -1 : same ? 0 : 1;
}

/* -1, 0, 1; 2: unordered (a NaN) or of kinds that have no order. */
static int order(const struct vm_value *a, const struct vm_value *b) {
    if (a->kind == VM_INT && b->kind == VM_INT) {
        return a->integer < b->integer ? -1 : a->integer > b->integer;
    }
    if (is_whole(a) && is_whole(b)) { /* a wide one is the greater */
        int wide = (a->kind == VM_WIDE) - (b->kind == VM_WIDE);
        uint128 i = (uint128)a->integer, k = (uint128)b->integer;
        return wide ? wide : i < k ? -1 : i > k;
    }
    if (is_whole(a) && b->kind == VM_FLOAT) {
        return order_mixed(a, b->number);
    }
    if (a->kind == VM_FLOAT && is_whole(b)) {
        int o = order_mixed(b, a->number);
        return o == 2 ? 2 : -o;
    }
    if (a->kind == VM_FLOAT && b->kind == VM_FLOAT) {
        double x = a->number, y = b->number;
        return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
    }
    bool text =
        (a->kind == VM_TEXT || a->kind == VM_BYTES) && (b->kind == VM_TEXT || b->kind == VM_BYTES);
    if (!text) {
        return 2;
    }
    size_t n = a->bytes.len < b->bytes.len ? a->bytes.len : b->bytes.len;
    int c = n ? memcmp(a->bytes.at, b->bytes.at, n) : 0;
    return c ? (c < 0 ? -1 : 1) : a->bytes.len < b->bytes.len ? -1 : a->bytes.len > b->bytes.len;
}

bool vm_less(struct vm *vm, const struct vm_value *a, const struct vm_value *b, bool *less) {
    int o = order(a, b);
    *less = o == -1;
    return o != 2 || a->kind == VM_FLOAT || b->kind == VM_FLOAT ||
           vm_fail(vm, "type", vm->pos / 8, "values that have no order can't be compared");
}

/* Text equals text by its characters; a string of the schema that is written as bytes, by what is stored. */
static bool same_text(const struct vm *vm, const struct vm_value *a, const struct vm_value *b) {
    const struct vm_value *stored = a->as_bytes ? b : a, *said = a->as_bytes ? a : b;
    if (said->as_bytes && stored->kind == VM_TEXT && stored->raw.at) {
        struct bytes raw = stored->raw;
        while (vm->program->types.at[stored->type].cut && raw.len > said->bytes.len &&
               raw.at[raw.len - 1] == 0) {
            raw.len--;
        }
        return bytes_equal(raw, said->bytes);
    }
    return bytes_equal(a->bytes, b->bytes);
}

static int same_list(struct vm *vm, const struct vm_list *a, const struct vm_list *b) {
    vm->work += a->n;
    int same = a->n == b->n;
    for (uint32_t i = 0; same == 1 && i < a->n; i++) {
        same = vm_equal(vm, &a->at[i], &b->at[i]);
    }
    return same;
}

/* Bytes equal a list of the numbers that they are. */
static int same_bytes(struct vm *vm, struct bytes bytes, const struct vm_list *list) {
    vm->work += list->n;
    if (bytes.len != list->n) {
        return 0;
    }
    for (uint32_t i = 0; i < list->n; i++) {
        const struct vm_value *v = &list->at[i];
        if (v->kind != VM_INT) {
            return -1;
        }
        if (v->integer != bytes.at[i]) {
            return 0;
        }
    }
    return 1;
}

int vm_equal(struct vm *vm, struct vm_value *a, struct vm_value *b) {
    if (a->kind == VM_LIST && b->kind == VM_LIST) {
        return same_list(vm, a->list, b->list);
    }
    if ((a->kind == VM_BYTES && b->kind == VM_LIST) ||
        (a->kind == VM_LIST && b->kind == VM_BYTES)) {
        const struct vm_value *list = a->kind == VM_LIST ? a : b;
        return same_bytes(vm, (list == a ? b : a)->bytes, list->list);
    }
    bool text_a = a->kind == VM_TEXT || a->kind == VM_BYTES,
         text_b = b->kind == VM_TEXT || b->kind == VM_BYTES;
    if (text_a && text_b) {
        return same_text(vm, a, b);
    }
    if (a->kind == VM_BOOL && b->kind == VM_BOOL) {
        return a->boolean == b->boolean;
    }
    bool numbers = (is_whole(a) || a->kind == VM_FLOAT) && (is_whole(b) || b->kind == VM_FLOAT);
    return numbers ? order(a, b) == 0 : -1;
}

/* Both operands as values; places of structs and arrays as their bytes, when both are. */
static bool load_operands(struct vm *vm, bool compares) {
    for (uint32_t at = vm->sp - 2; at < vm->sp; at++) {
        if (!vm_loaded(vm, at)) {
            return false;
        }
        struct vm_value *v = &vm->stack[at];
        if (compares && (v->kind == VM_PLACE || v->kind == VM_FRAME)) {
            if (!vm_need_end(vm, at) || !vm_bytes(vm, &vm->stack[at])) {
                return false;
            }
        }
    }
    return true;
}

/* What a place that counts from `start` does not leave: the file there, or, where that is elsewhere, the space. */
static struct vm_window window_around(const struct vm_frame *frame, const struct vm_space *space,
                                      uint64_t start) {
    struct vm_region file = frame ? vm_file_of(frame) : (struct vm_region){0};
    bool there = file.space == space && start >= file.start && start <= file.limit;
    return there ? (struct vm_window){file.start, file.limit}
                 : (struct vm_window){0, space->size * 8};
}

/* A struct plus a number is the place so many bytes behind its start. */
static bool add_place(struct vm *vm, struct vm_value *a, const struct vm_value *b, bool minus) {
    struct vm_space *space = a->kind == VM_FRAME ? a->frame->space : a->space;
    uint64_t start = a->kind == VM_FRAME ? a->frame->start : a->start;
    struct vm_window window =
        window_around(a->kind == VM_FRAME ? a->frame : a->owner, space, start);
    int128 pos;
    bool fits = b->kind == VM_INT && (minus ? int128_sub((int128)(start / 8), b->integer, &pos)
                                            : int128_add((int128)(start / 8), b->integer, &pos));
    if (!fits || pos < 0 || pos > INT64_MAX / 8) {
        return vm_fail(vm, "outside", start / 8, "the place lies outside of everything");
    }
    *a = vm_int(pos);
    a->space = space;
    a->anchored = true;
    a->window = window;
    a->start = (uint64_t)pos * 8;
    return true;
}

static bool finish(struct vm *vm, struct vm_value value) {
    vm->sp--;
    vm->stack[vm->sp - 1] = value;
    return true;
}

static bool mismatch(struct vm *vm) {
    const struct vm_value *a = &vm->stack[vm->sp - 1], *b = vm->sp > 1 ? a - 1 : a;
    if (a->kind == VM_WIDE || b->kind == VM_WIDE) {
        return vm_fail(vm, "range", vm->pos / 8, "the number does not fit 127 bits");
    }
    return vm_fail(vm, "type", vm->pos / 8, "an operator met values of kinds it can't use");
}

static bool compare(struct vm *vm, enum program_op op, struct vm_value *a, struct vm_value *b) {
    if (op == OP_EQ || op == OP_NE) {
        int same = vm_equal(vm, a, b);
        return same < 0 ? mismatch(vm) : finish(vm, vm_bool(same == (op == OP_EQ)));
    }
    int o = order(a, b);
    if (o == 2 && a->kind != VM_FLOAT && b->kind != VM_FLOAT) {
        return mismatch(vm);
    }
    bool r = op == OP_LT   ? o == -1
             : op == OP_GT ? o == 1
             : op == OP_LE ? o == -1 || o == 0
                           : o == 1 || o == 0;
    return finish(vm, vm_bool(r));
}

bool vm_binary(struct vm *vm, enum program_op op) {
    bool compares =
        op == OP_EQ || op == OP_NE || op == OP_LT || op == OP_GT || op == OP_LE || op == OP_GE;
    if (!load_operands(vm, compares)) {
        return false;
    }
    struct vm_value *a = &vm->stack[vm->sp - 2], *b = &vm->stack[vm->sp - 1];
    if (a->kind == VM_ABSENT || b->kind == VM_ABSENT) {
        return finish(vm, vm_absent());
    }
    if (compares) {
        return compare(vm, op, a, b);
    }
    if (a->kind == VM_WIDE || b->kind == VM_WIDE) {
        return mismatch(vm);
    }
    if ((op == OP_ADD || op == OP_SUB) && (a->kind == VM_FRAME || a->kind == VM_PLACE)) {
        vm->sp--;
        return add_place(vm, a, b, op == OP_SUB);
    }
    if (a->kind == VM_INT && b->kind == VM_INT) {
        int128 r;
        if (!calculate(vm, op, a->integer, b->integer, &r)) {
            return false;
        }
        struct vm_value sum = vm_int(r);
        if (a->anchored && (op == OP_ADD || op == OP_SUB)) { /* header + a + b */
            sum.anchored = true;
            sum.space = a->space;
            sum.window = a->window;
        }
        return finish(vm, sum);
    }
    double x, y;
    if (!as_real(a, &x) || !as_real(b, &y) || op >= OP_SHL) {
        return mismatch(vm);
    }
    return finish(vm, vm_float(calculate_real(op, x, y)));
}

bool vm_unary(struct vm *vm, enum program_op op) {
    if (!vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    struct vm_value *v = &vm->stack[vm->sp - 1];
    if (v->kind == VM_ABSENT) {
        return true;
    }
    int128 r;
    if (op == OP_NOT && v->kind == VM_BOOL) {
        *v = vm_bool(!v->boolean);
        return true;
    }
    if (op == OP_NEG && v->kind == VM_FLOAT) {
        *v = vm_float(-v->number);
        return true;
    }
    if (v->kind != VM_INT || op == OP_NOT) {
        return mismatch(vm);
    }
    if (op == OP_BITNOT) {
        *v = vm_int(~v->integer);
        return true;
    }
    if (!int128_sub(0, v->integer, &r)) {
        return overflow(vm);
    }
    *v = vm_int(r);
    return true;
}

bool vm_in_range(struct vm *vm) {
    for (uint32_t at = vm->sp - 3; at < vm->sp; at++) {
        if (!vm_loaded(vm, at)) {
            return false;
        }
    }
    struct vm_value *v = &vm->stack[vm->sp - 3];
    vm->sp -= 2;
    if (v->kind == VM_ABSENT || v[1].kind == VM_ABSENT || v[2].kind == VM_ABSENT) {
        *v = vm_absent();
        return true;
    }
    int low = order(v, &v[1]), high = order(v, &v[2]);
    bool floats = v->kind == VM_FLOAT || v[1].kind == VM_FLOAT || v[2].kind == VM_FLOAT;
    if ((low == 2 || high == 2) && !floats) {
        return mismatch(vm);
    }
    *v = vm_bool((low == 0 || low == 1) && (high == 0 || high == -1));
    return true;
}
