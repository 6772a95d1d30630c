#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "vm/builtin.h"

/* find and rfind. */

/* A place at hand as places count; in bytes that lie elsewhere, from their start. */
static struct vm_value place(const struct vm *vm, const uint8_t *at) {
    struct vm_value v =
        vm_int((int128)(at - vm->space->data) - (int128)(vm_origin(vm, vm->space) / 8));
    v.anchored = vm_file(vm).space != vm->space;
    v.space = vm->space;
    v.window = (struct vm_window){0, vm->space->size * 8};
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
    if (said > INT64_MAX ||
        !int128_add(said, (int128)(vm_origin(c->vm, c->vm->space) / 8), &said)) {
        said = INT64_MAX;
    }
    *bound = said < 0 ? 0 : (uint64_t)said;
    return true;
}

/* Of bytes that are being made: behind what is there, from this round or the one before. */
static uint64_t region_end(const struct vm *vm) {
    const struct vm_space *space = vm->space;
    uint64_t end = vm->limit / 8 < space->size ? vm->limit / 8 : space->size;
    uint64_t there = vm_make_there(space);
    return vm->maker && space->growing && there < end ? there : end;
}

/* Where it was found; what is not found in what is being made may be there later. */
static bool tell(struct builtin_call *c, const uint8_t *at) {
    struct vm *vm = c->vm;
    *c->out = at ? place(vm, at) : vm_absent();
    vm->unknown = vm->unknown || (!at && vm->maker && vm->space->growing);
    return true;
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
    builtin_charge(vm, (at ? (uint64_t)(at - vm->space->data) : end) - (from < end ? from : end));
    return tell(c, at);
}

/* Up to so many bytes are compared anew at each place where the first of them is. */
#define SHORT 16u

static const uint8_t *last_short(struct bytes in, struct bytes wanted) {
    for (size_t n = in.len - wanted.len + 1; n > 0;) {
        const uint8_t *p = memrchr(in.at, wanted.at[0], n);
        if (!p || memcmp(p, wanted.at, wanted.len) == 0) {
            return p;
        }
        n = (size_t)(p - in.at);
    }
    return NULL;
}

/* From the end on, never comparing a byte again that is known to fit (Knuth, Morris and Pratt, 1977). */
static const uint8_t *last_long(struct bytes in, struct bytes wanted) {
    size_t m = wanted.len;
    size_t *fits = mem_zalloc(
        m + 1, sizeof *fits); /* of the last k bytes wanted: how many of them to go on with */
    const uint8_t *last = wanted.at + m - 1, *found = NULL;
    for (size_t i = 1, k = 0; i < m; i++) {
        while (k > 0 && *(last - i) != *(last - k)) {
            k = fits[k];
        }
        k += *(last - i) == *(last - k);
        fits[i + 1] = k;
    }
    size_t k = 0;
    for (const uint8_t *p = in.at + in.len; p > in.at && !found;) {
        p--;
        while (k > 0 && *p != *(last - k)) {
            k = fits[k];
        }
        k += *p == *(last - k);
        found = k == m ? p : NULL;
    }
    mem_free(fits);
    return found;
}

bool builtin_call_rfind(struct builtin_call *c) {
    struct bytes wanted = {0};
    struct vm *vm = c->vm;
    uint64_t before, end = region_end(vm);
    if (!builtin_want_bytes(c, 0, &wanted) || !start_bound(c, end, &before)) {
        return false;
    }
    if (wanted.len == 0 || wanted.len > end) {
        return tell(c, NULL);
    }
    uint64_t starts = end - wanted.len + 1; /* a match starts in front of this */
    starts = before < starts ? before : starts;
    struct bytes in = bytes_of(vm->space->data, starts ? starts + wanted.len - 1 : 0);
    const uint8_t *at = starts ? (wanted.len <= SHORT ? last_short : last_long)(in, wanted) : NULL;
    builtin_charge(vm, in.len - (at ? (uint64_t)(at - in.at) : 0));
    return tell(c, at);
}
