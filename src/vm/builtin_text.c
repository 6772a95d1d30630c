#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "vm/builtin.h"

/* Built-ins that make and join texts and bytes. */

/* Of a list: a number is one byte. */
bool builtin_call_bytes(struct builtin_call *c) {
    *c->out = c->args[0];
    if (c->out->kind != VM_LIST) {
        return c->out->kind == VM_BYTES || builtin_wants(c, "text or bytes");
    }
    struct buf made = {0};
    const struct vm_list *list = c->args[0].list;
    for (uint32_t i = 0; i < list->n; i++) {
        const struct vm_value *v = &list->at[i];
        if (v->kind != VM_INT || v->integer < 0 || v->integer > UINT8_MAX) {
            buf_free(&made);
            return v->kind == VM_INT ? vm_fail(c->vm, "range", c->vm->pos / 8,
                                               "element %u of the list is no byte: not 0 to 255", i)
                                     : builtin_wants(c, "a list of numbers");
        }
        buf_putc(&made, (char)v->integer);
    }
    builtin_charge_made(c->vm, made.len);
    builtin_give_space(c, &made, "bytes");
    return true;
}

bool builtin_call_join(struct builtin_call *c) {
    struct bytes sep = {0};
    if (!builtin_want_bytes(c, 1, &sep)) {
        return false;
    }
    if (c->args[0].kind != VM_LIST) {
        return builtin_wants(c, "a list");
    }
    struct buf made = {0};
    const struct vm_list *list = c->args[0].list;
    for (uint32_t i = 0; i < list->n; i++) {
        if (i) {
            buf_put(&made, sep.at, sep.len);
        }
        const struct vm_value *v = &list->at[i];
        if (v->kind == VM_INT) {
            char digits[INT128_TEXT_MAX];
            int128_text(v->integer, digits);
            buf_puts(&made, digits);
        } else if (v->kind == VM_TEXT || v->kind == VM_BYTES) {
            buf_put(&made, v->bytes.at, v->bytes.len);
        } else {
            buf_free(&made);
            return builtin_wants(c, "a list of texts or integers");
        }
    }
    builtin_charge_made(c->vm, made.len);
    builtin_give_text(c, made.at, buf_bytes(&made));
    return true;
}

static bool is_blank(unsigned char ch) {
    return ch == ' ' || ch == 0 || ch == '\t' || ch == '\n' || ch == '\r';
}

bool builtin_call_trim(struct builtin_call *c) {
    struct bytes text = {0};
    if (!builtin_want_bytes(c, 0, &text)) {
        return false;
    }
    while (text.len && is_blank(text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len && is_blank(text.at[text.len - 1])) {
        text.len--;
    }
    *c->out = vm_absent();
    c->out->kind = VM_TEXT;
    c->out->bytes = text;
    return true;
}

/* Bytes of the character that text, of at least one byte, begins with; of bytes one. */
static size_t step(const struct vm_value *of, struct bytes text) {
    uint32_t code;
    int len = of->kind == VM_TEXT ? utf8_decode(text.at, text.len, &code) : 1;
    return (size_t)(len < 0 ? -len : len);
}

/* Argument 0, a text or bytes. */
static bool want_run(struct builtin_call *c, struct bytes *out) {
    bool ok = builtin_want_bytes(c, 0, out);
    if (ok) {
        builtin_charge(c->vm, out->len);
    }
    return ok;
}

bool builtin_call_length(struct builtin_call *c) {
    struct bytes text;
    int128 n = 0;
    if (!want_run(c, &text)) {
        return false;
    }
    for (size_t at = 0; at < text.len; n++) {
        at += step(&c->args[0], bytes_from(text, at));
    }
    *c->out = vm_int(n);
    return true;
}

bool builtin_call_reverse(struct builtin_call *c) {
    struct bytes text;
    if (!want_run(c, &text)) {
        return false;
    }
    struct buf made = {0};
    char *room = buf_reserve(&made, text.len);
    for (size_t at = 0, len; at < text.len; at += len) {
        len = step(&c->args[0], bytes_from(text, at));
        memcpy(room + text.len - at - len, text.at + at, len);
    }
    made.len = text.len;
    builtin_charge_made(c->vm, made.len);
    if (c->args[0].kind == VM_BYTES) {
        builtin_give_space(c, &made, "reverse");
    } else {
        builtin_give_text(c, made.at, buf_bytes(&made));
    }
    return true;
}

/* Argument i: which character, from 0 on. */
static bool want_place(struct builtin_call *c, uint32_t i, int128 *out) {
    char text[INT128_TEXT_MAX];
    if (!builtin_want_int(c, i, INT128_MIN, INT128_MAX, out)) {
        return false;
    }
    int128_text(*out, text);
    return *out >= 0 || vm_fail(c->vm, "range", c->vm->pos / 8,
                                "characters count from 0 on: there is none at %s", text);
}

/* A part of what argument 0 is, which stays where it is. */
bool builtin_call_substr(struct builtin_call *c) {
    struct bytes text;
    int128 from = 0, to = 0, n = 0;
    if (!want_run(c, &text) || !want_place(c, 1, &from) || !want_place(c, 2, &to)) {
        return false;
    }
    size_t at = 0, begin = text.len;
    for (; at < text.len && n < to; n++) {
        begin = n == from ? at : begin;
        at += step(&c->args[0], bytes_from(text, at));
    }
    begin = begin < at ? begin : at;
    *c->out = vm_absent();
    c->out->kind = c->args[0].kind;
    c->out->bytes = bytes_of(text.at + begin, at - begin);
    if (c->args[0].kind == VM_BYTES && c->args[0].space) {
        c->out->space = c->args[0].space;
        c->out->start = c->args[0].start + (uint64_t)begin * 8;
        c->out->end = c->args[0].start + (uint64_t)at * 8;
    }
    return true;
}

/* The encoding that argument 1 names. */
static bool want_encoding(struct builtin_call *c, const struct encoding **out) {
    struct bytes name;
    uint16_t number;
    if (!builtin_want_bytes(c, 1, &name) || !vm_encoding(c->vm, name, &number)) {
        return false;
    }
    *out = encodings_at(c->vm->encodings, number - 1u);
    return true;
}

bool builtin_call_encode(struct builtin_call *c) {
    const struct encoding *encoding;
    struct bytes text;
    struct buf made = {0};
    if (!want_run(c, &text) || !want_encoding(c, &encoding)) {
        return false;
    }
    if (!encoding_encode(encoding, text, bytes_of("", 0), &made)) {
        buf_free(&made);
        return vm_fail(c->vm, "encoding", c->vm->pos / 8, "%s has no such characters as the text's",
                       encoding_name(encoding));
    }
    builtin_charge_made(c->vm, made.len);
    builtin_give_space(c, &made, "encode");
    return true;
}

bool builtin_call_decode(struct builtin_call *c) {
    const struct encoding *encoding;
    struct bytes raw;
    struct buf made = {0};
    size_t bad;
    if (!want_run(c, &raw) || !want_encoding(c, &encoding)) {
        return false;
    }
    struct bytes text = encoding_decode(encoding, &made, raw, &bad);
    if (text.at == raw.at) { /* it was UTF-8 */
        buf_free(&made);
        *c->out = vm_absent();
        c->out->kind = VM_TEXT;
        c->out->bytes = text;
    } else {
        builtin_charge_made(c->vm, made.len);
        builtin_give_text(c, made.at, text);
    }
    return true;
}

bool builtin_call_text(struct builtin_call *c) {
    int128 base = 10, value = 0;
    if ((c->n > 1 && !builtin_want_int(c, 1, 2, 36, &base)) ||
        !builtin_want_int(c, 0, INT128_MIN + 1, INT128_MAX, &value)) {
        return false;
    }
    char *made = mem_alloc(132);
    size_t at = 132;
    int128 left = value < 0 ? -value : value;
    do {
        made[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)(left % base)];
        left /= base;
    } while (left);
    if (value < 0) {
        made[--at] = '-';
    }
    builtin_give_text(c, made, bytes_of(made + at, 132 - at));
    return true;
}
