#include "config.h"

#include <string.h>

#include "vm/builtin.h"

/* Built-ins that make bytes shorter, to where something stands in them. What they make is part of what they are given:
 * nothing is copied, and bytes of the file keep their places. */

/* The result is the first len bytes of argument 0; taken of them count as read, where those are what the cursor stands
 * at. */
static bool give_first(struct builtin_call *c, size_t len, size_t taken) {
    const struct vm_value *of = &c->args[0];
    if (builtin_is_rest(c)) {
        c->vm->taken = taken;
    }
    *c->out = *of;
    c->out->bytes.len = len;
    if (of->space) {
        c->out->end = of->start + (uint64_t)len * 8;
    }
    return true;
}

/* Argument 1: bytes, or a number for one of them. */
static bool want_mark(struct builtin_call *c, unsigned char *byte, struct bytes *out) {
    int128 number = 0;
    if (c->args[1].kind == VM_INT) {
        if (!builtin_want_int(c, 1, 0, UINT8_MAX, &number)) {
            return false;
        }
        *byte = (unsigned char)number;
        *out = bytes_of(byte, 1);
        return true;
    }
    return builtin_want_bytes(c, 1, out) && (out->len || builtin_wants(c, "at least one byte"));
}

/* Up to argument 1, with it or not; taken: that counts as read, too. */
static bool cut(struct builtin_call *c, bool with_mark, bool taken) {
    struct bytes in, mark;
    unsigned char byte;
    if (!builtin_want_bytes(c, 0, &in) || !want_mark(c, &byte, &mark)) {
        return false;
    }
    const uint8_t *at = in.len ? memmem(in.at, in.len, mark.at, mark.len) : NULL;
    if (c->n > 2 && c->args[2].kind != VM_BOOL) {
        return builtin_wants(c, "a bool");
    }
    if (!at && c->n > 2 && c->args[2].boolean) {
        const struct vm_value *of = &c->args[0];
        return vm_fail(c->vm, "unterminated", (of->space ? of->start : c->vm->pos) / 8,
                       "no terminator in the %zu byte%s left", in.len, in.len == 1 ? "" : "s");
    }
    size_t before = at ? (size_t)(at - in.at) : in.len, with = before + (at ? mark.len : 0);
    builtin_charge(c->vm, before);
    return give_first(c, with_mark ? with : before, taken ? with : before);
}

bool builtin_call_upto(struct builtin_call *c) {
    return cut(c, false, false);
}

bool builtin_call_through(struct builtin_call *c) {
    return cut(c, true, true);
}

bool builtin_call_including(struct builtin_call *c) {
    return cut(c, true, false);
}

bool builtin_call_unpad(struct builtin_call *c) {
    struct bytes in, mark;
    unsigned char byte;
    if (!builtin_want_bytes(c, 0, &in) || !want_mark(c, &byte, &mark)) {
        return false;
    }
    if (mark.len != 1) {
        return builtin_wants(c, "one byte");
    }
    size_t len = in.len;
    while (len && in.at[len - 1] == mark.at[0]) {
        len--;
    }
    builtin_charge(c->vm, in.len - len);
    return give_first(c, len, in.len);
}
