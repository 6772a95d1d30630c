#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "vm/machine.h"

/* Where a chain has been, so that one that goes round is told at the element that is an earlier one again.
 *
 * Up to VISITS_MAX elements are remembered, in an open-addressed table that doubles. A longer chain is watched by one
 * element that the following ones are compared with, which moves up with every doubling of the index (Brent, "An
 * improved Monte Carlo factorization algorithm", 1980): no more memory, and a loop is found within three times the
 * elements there are. */

#define VISITS_MAX (1u << 20)

struct visit {
    int128 place;
    const struct vm_space *space;
    uint64_t index; /* + 1; 0: free */
};

struct vm_visits {
    struct visit *at;
    size_t n, cap; /* cap: a power of two */
    struct visit mark;
};

void vm_visits_free(struct vm_visits *visits) {
    if (visits) {
        mem_free(visits->at);
        mem_free(visits);
    }
}

static size_t slot_of(const struct vm_visits *v, const struct visit *visit) {
    uint64_t hash =
        (uint64_t)visit->place * 0x9e3779b97f4a7c15u ^ (uint64_t)(uintptr_t)visit->space;
    size_t at = (size_t)(hash ^ hash >> 32) & (v->cap - 1);
    while (v->at[at].index &&
           (v->at[at].place != visit->place || v->at[at].space != visit->space)) {
        at = (at + 1) & (v->cap - 1);
    }
    return at;
}

static void grow(struct vm_visits *v) {
    struct vm_visits old = *v;
    v->cap = old.cap ? old.cap * 2 : 16;
    v->at = mem_zalloc(v->cap, sizeof *v->at);
    for (size_t i = 0; i < old.cap; i++) {
        if (old.at[i].index) {
            v->at[slot_of(v, &old.at[i])] = old.at[i];
        }
    }
    mem_free(old.at);
}

/* The index + 1 at which the chain was there before, or 0. */
static uint64_t visit(struct vm_visits *v, const struct visit *now) {
    if (v->n == VISITS_MAX) {
        if (v->mark.index > now->index) { /* of a walk that has come further */
            v->mark.index = 0;
        }
        bool again = v->mark.place == now->place && v->mark.space == now->space && v->mark.index;
        uint64_t before = again ? v->mark.index : v->at[slot_of(v, now)].index;
        if (((now->index - 1) & (now->index - 2)) == 0) {
            v->mark = *now;
        }
        return before;
    }
    if (v->n * 4 >= v->cap * 3) {
        grow(v);
    }
    struct visit *at = &v->at[slot_of(v, now)];
    if (!at->index) {
        *at = *now;
        v->n++;
        return 0;
    }
    return at->index;
}

bool vm_visit(struct vm *vm, uint32_t up) {
    const struct vm_value *v = &vm->stack[vm->sp - 1];
    struct vm_ctl *c = vm_record(vm, up);
    if (v->kind != VM_INT) {
        return true;
    }
    struct vm_visits **visits = vm_trail_visits(c);
    if (!*visits) {
        *visits = mem_zalloc(1, sizeof **visits);
    }
    uint64_t index = c->index == VM_UNKNOWN ? 0 : c->index;
    struct visit now = {
        .place = v->integer, .space = v->anchored ? v->space : NULL, .index = index + 1};
    uint64_t before = visit(*visits, &now);
    if (before == 0 || before == now.index) { /* a walk before this one came to it */
        return true;
    }
    vm_loop_over(vm);
    c->inside = false;
    char text[INT128_TEXT_MAX];
    int128_text(v->integer, text);
    return vm_fail(vm, "loop", vm->pos / 8,
                   "the chain goes round: element %" PRIu64 " is element %" PRIu64 " again, %s%s",
                   index, before - 1, c->type == PROGRAM_NONE ? "" : "at ", text);
}
