#include "config.h"

#include <string.h>

#include "vm/builtin.h"

/* find and rfind. */

/* Both count bytes of the space at hand. */
bool builtin_call_find(struct builtin_call *c) {
    struct bytes wanted = {0};
    struct vm *vm = c->vm;
    if (!builtin_want_bytes(c, 0, &wanted)) {
        return false;
    }
    uint64_t end = vm->limit / 8 < vm->space->size ? vm->limit / 8 : vm->space->size,
             from = vm->pos / 8;
    const uint8_t *at =
        from < end ? memmem(vm->space->data + from, end - from, wanted.at, wanted.len) : NULL;
    *c->out = at ? vm_int(at - vm->space->data) : vm_absent();
    return true;
}

bool builtin_call_rfind(struct builtin_call *c) {
    struct bytes wanted = {0};
    struct vm *vm = c->vm;
    if (!builtin_want_bytes(c, 0, &wanted)) {
        return false;
    }
    uint64_t end = vm->limit / 8 < vm->space->size ? vm->limit / 8 : vm->space->size;
    *c->out = vm_absent();
    if (wanted.len == 0 || wanted.len > end) {
        return true;
    }
    for (uint64_t at = end - wanted.len + 1; at-- > 0;) {
        const uint8_t *p = memrchr(vm->space->data, wanted.at[0], at + 1);
        if (!p) {
            return true;
        }
        at = (uint64_t)(p - vm->space->data);
        if (memcmp(p, wanted.at, wanted.len) == 0) {
            *c->out = vm_int((int128)at);
            return true;
        }
    }
    return true;
}
