#include "config.h"

#include <string.h>

#include "vm/builtin.h"

/* find and rfind. */

/* Where the places at hand count from: the root struct's start; in bytes that lie elsewhere, theirs. */
static uint64_t origin(const struct vm *vm) {
    const struct vm_frame *root = vm_root_frame(vm);
    return root && root->space == vm->space ? root->start / 8 : 0;
}

static struct vm_value place(const struct vm *vm, const uint8_t *at) {
    const struct vm_frame *root = vm_root_frame(vm);
    struct vm_value v = vm_int((int128)(at - vm->space->data) - (int128)origin(vm));
    v.space = root && root->space == vm->space ? NULL : vm->space;
    return v;
}

/* What a second argument says bounds where a match starts. */
static bool start_bound(struct builtin_call *c, uint64_t otherwise, uint64_t *bound) {
    int128 said = 0;
    *bound = otherwise;
    if (c->n < 2) {
        return true;
    }
    if (!builtin_want_int(c, 1, INT128_MIN, INT128_MAX, &said)) {
        return false;
    }
    if (said > INT64_MAX || !int128_add(said, (int128)origin(c->vm), &said)) {
        said = INT64_MAX;
    }
    *bound = said < 0 ? 0 : (uint64_t)said;
    return true;
}

static uint64_t region_end(const struct vm *vm) {
    return vm->limit / 8 < vm->space->size ? vm->limit / 8 : vm->space->size;
}

bool builtin_call_find(struct builtin_call *c) {
    struct bytes wanted = {0};
    struct vm *vm = c->vm;
    uint64_t from, end = region_end(vm);
    if (!builtin_want_bytes(c, 0, &wanted) || !start_bound(c, vm->pos / 8, &from)) {
        return false;
    }
    const uint8_t *at =
        from < end ? memmem(vm->space->data + from, end - from, wanted.at, wanted.len) : NULL;
    *c->out = at ? place(vm, at) : vm_absent();
    builtin_charge(vm, (at ? (uint64_t)(at - vm->space->data) : end) - (from < end ? from : end));
    return true;
}

bool builtin_call_rfind(struct builtin_call *c) {
    struct bytes wanted = {0};
    struct vm *vm = c->vm;
    uint64_t before, end = region_end(vm);
    if (!builtin_want_bytes(c, 0, &wanted) || !start_bound(c, end, &before)) {
        return false;
    }
    *c->out = vm_absent();
    if (wanted.len == 0 || wanted.len > end) {
        return true;
    }
    uint64_t starts = end - wanted.len + 1; /* a match starts in front of this */
    starts = before < starts ? before : starts;
    uint64_t at = starts;
    const uint8_t *p = NULL;
    while (at > 0 && (p = memrchr(vm->space->data, wanted.at[0], at)) != NULL &&
           memcmp(p, wanted.at, wanted.len) != 0) {
        at = (uint64_t)(p - vm->space->data);
    }
    p = at > 0 ? p : NULL;
    *c->out = p ? place(vm, p) : vm_absent();
    builtin_charge(vm, starts - (p ? (uint64_t)(p - vm->space->data) : 0));
    return true;
}
