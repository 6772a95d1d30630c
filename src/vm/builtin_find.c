#include "config.h"

#include <string.h>

#include "vm/builtin.h"

/* find and rfind. */

/* Both count bytes of the space at hand; what a second argument says bounds where a match starts. */
static bool start_bound(struct builtin_call *c, uint64_t otherwise, uint64_t *bound) {
    int128 said = 0;
    *bound = otherwise;
    if (c->n < 2) {
        return true;
    }
    if (!builtin_want_int(c, 1, INT128_MIN, INT128_MAX, &said)) {
        return false;
    }
    *bound = said < 0 ? 0 : said > (int128)UINT64_MAX ? UINT64_MAX : (uint64_t)said;
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
    *c->out = at ? vm_int(at - vm->space->data) : vm_absent();
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
    *c->out = p ? vm_int(p - vm->space->data) : vm_absent();
    builtin_charge(vm, starts - (p ? (uint64_t)(p - vm->space->data) : 0));
    return true;
}
