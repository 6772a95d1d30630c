#include "config.h"

#include <math.h>

#include "base/real.h"
#include "vm/builtin.h"

/* Built-ins that make numbers: of others, and of texts. */

/* Both arguments as binary64. */
static bool want_floats(struct builtin_call *c, double out[2]) {
    for (uint32_t i = 0; i < 2; i++) {
        const struct vm_value *v = &c->args[i];
        if (v->kind != VM_INT && v->kind != VM_FLOAT) {
            return builtin_wants(c, "a number");
        }
        out[i] = v->kind == VM_INT ? (double)v->integer : v->number;
    }
    return true;
}

/* div or mod of integers: exact, or a fault. */
static bool divide(struct builtin_call *c, bool (*operation)(int128 a, int128 b, int128 *out)) {
    int128 b = c->args[1].integer, r = 0;
    if (!operation(c->args[0].integer, b, &r)) {
        return vm_fail(c->vm, "arithmetic", c->vm->pos / 8,
                       b == 0 ? "division by zero" : "the result does not fit 127 bits");
    }
    *c->out = vm_int(r);
    return true;
}

/* The remainder of b's sign, and the quotient that goes with it, which floor(a / b) need not be: that rounds twice. */
static double floor_mod(double a, double b) {
    double r = real_rem(a, b);
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

static double floor_div(double a, double b) {
    double r = real_rem(a, b), q = (a - r) / b;
    q -= r != 0 && (r < 0) != (b < 0);
    return floor(q) + (q - floor(q) > 0.5);
}

bool builtin_call_div(struct builtin_call *c) {
    double x[2];
    if (c->args[0].kind == VM_INT && c->args[1].kind == VM_INT) {
        return divide(c, int128_floor_div);
    }
    bool ok = want_floats(c, x);
    *c->out = ok ? vm_float(floor_div(x[0], x[1])) : vm_absent();
    return ok;
}

bool builtin_call_mod(struct builtin_call *c) {
    double x[2];
    if (c->args[0].kind == VM_INT && c->args[1].kind == VM_INT) {
        return divide(c, int128_floor_mod);
    }
    bool ok = want_floats(c, x);
    *c->out = ok ? vm_float(floor_mod(x[0], x[1])) : vm_absent();
    return ok;
}

static int digit_of(unsigned char ch) {
    return ch >= '0' && ch <= '9'   ? ch - '0'
           : ch >= 'a' && ch <= 'z' ? ch - 'a' + 10
           : ch >= 'A' && ch <= 'Z' ? ch - 'A' + 10
                                    : 99;
}

/* That a text is no number. */
static bool fail_conversion(struct vm *vm, struct bytes text, int base) {
    struct vm_value v = vm_absent();
    struct buf shown = {0};
    v.kind = VM_TEXT;
    v.bytes = bytes_of(text.at, text.len < 40 ? text.len : 40);
    vm_describe(vm, &v, &shown);
    vm_fail(vm, "conversion", vm->pos / 8, "%s is not a number in base %d", buf_text(&shown), base);
    buf_free(&shown);
    return false;
}

/* int("0644", 8): blanks around the digits are passed over, other characters are a fault; nothing at all: absent. */
bool builtin_call_int(struct builtin_call *c) {
    int128 base = 10, value = 0;
    if (c->args[0].kind == VM_INT) {
        *c->out = vm_int(c->args[0].integer);
        return true;
    }
    if (c->args[0].kind == VM_BOOL) {
        *c->out = vm_int(c->args[0].boolean);
        return true;
    }
    if (c->args[0].kind == VM_FLOAT) {
        double d = c->args[0].number;
        if (!(d > -0x1p127 && d < 0x1p127)) {
            return vm_fail(c->vm, "arithmetic", c->vm->pos / 8, "the number does not fit 127 bits");
        }
        *c->out = vm_int((int128)d);
        return true;
    }
    struct builtin_call trim = *c;
    if ((c->n > 1 && !builtin_want_int(c, 1, 2, 36, &base)) || !builtin_call_trim(&trim)) {
        return false;
    }
    struct bytes text = c->out->bytes;
    bool minus = text.len && text.at[0] == '-';
    bool sign = minus || (text.len && text.at[0] == '+');
    if (text.len == 1 && sign) {
        return fail_conversion(c->vm, text, (int)base);
    }
    for (size_t i = sign; i < text.len; i++) {
        int digit = digit_of(text.at[i]);
        if (digit >= base) {
            return fail_conversion(c->vm, text, (int)base);
        }
        if (!int128_mul(value, base, &value) || !int128_add(value, digit, &value)) {
            return vm_fail(c->vm, "arithmetic", c->vm->pos / 8, "the number does not fit 127 bits");
        }
    }
    *c->out = text.len ? vm_int(minus ? -value : value) : vm_absent();
    return true;
}

bool builtin_call_double(struct builtin_call *c) {
    if (c->args[0].kind == VM_INT) {
        *c->out = vm_float((double)c->args[0].integer);
        return true;
    }
    *c->out = c->args[0];
    return c->args[0].kind == VM_FLOAT || builtin_wants(c, "a number");
}
