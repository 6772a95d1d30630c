#include "config.h"

#include "base/mem.h"
#include "vm/builtin.h"

/* Built-ins that make and join texts and bytes. */

bool builtin_call_bytes(struct builtin_call *c) {
    *c->out = c->args[0];
    return c->out->kind == VM_BYTES || builtin_wants(c, "text or bytes");
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
