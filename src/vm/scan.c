#include "config.h"

#include <string.h>

#include "base/number.h"
#include "vm/machine.h"

/* Scans: in a walk over structs of one size, those whose numbers can't be wanted are passed over in one go, without a look
 * at anything else. Elements that are not whole are left to the walk. */

/* Elements tried together. */
#define BLOCK 64u

/* Elements between two looks at what else there is to do. */
#define CHUNK 65536u

/* Whether a number is in a range, or is not. Of a signed one the sign bit is turned over, which gives it the order of
 * unsigned ones. */
struct test {
    uint64_t off; /* bytes, in the element */
    unsigned width;
    bool big, negated;
    uint64_t flip;
    uint64_t low, span; /* the highest one is low + span */
};

/* n elements, of which some still hold (1). The width is a constant where it is called: one loop for each. */
__attribute__((always_inline)) static inline void narrow(uint8_t *held, const uint8_t *at,
                                                         uint64_t stride, uint64_t n,
                                                         const struct test *t, unsigned width,
                                                         bool big) {
    uint64_t flip = t->flip, low = t->low, span = t->span;
    bool negated = t->negated;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t v = number_load(at + i * stride, width, big) ^ flip;
        held[i] &= (v - low <= span) != negated;
    }
}

static void try_test(uint8_t *held, const uint8_t *at, uint64_t stride, uint64_t n,
                     const struct test *t) {
    at += t->off;
    switch (t->big ? -(int)t->width : (int)t->width) {
    case 1:
    case -1:
        narrow(held, at, stride, n, t, 1, false);
        break;
    case 2:
        narrow(held, at, stride, n, t, 2, false);
        break;
    case -2:
        narrow(held, at, stride, n, t, 2, true);
        break;
    case 4:
        narrow(held, at, stride, n, t, 4, false);
        break;
    case -4:
        narrow(held, at, stride, n, t, 4, true);
        break;
    case 8:
        narrow(held, at, stride, n, t, 8, false);
        break;
    default:
        narrow(held, at, stride, n, t, t->width, t->big);
        break;
    }
}

/* low..high cut to what the number may be. */
static void set_range(struct test *t, bool is_signed, int128 low, int128 high) {
    unsigned bits = 8 * t->width;
    int128 least = is_signed ? -((int128)1 << (bits - 1)) : 0;
    int128 most = least + (((int128)1 << bits) - 1);
    low = low < least ? least : low;
    high = high > most ? most : high;
    t->flip = is_signed ? (uint64_t)1 << (bits - 1) : 0;
    t->low = (uint64_t)(low - least);
    t->span = (uint64_t)(high - low);
    if (low > high) { /* no number is in it */
        t->negated = !t->negated;
        t->low = 0;
        t->span = UINT64_MAX;
    }
}

/* What an instruction tests of the elements of an array; false where they are not of its struct. */
static bool read_test(const struct vm *vm, const struct program_inst *i,
                      const struct vm_value *array, struct test *t) {
    const struct program *p = vm->program;
    const struct program_member *m = &p->members.at[i->a];
    const struct program_type *type = &p->types.at[m->type];
    const struct program_type *element = &p->types.at[p->types.at[array->type].of];
    int128 value = p->ints.at[i->b];
    bool undecided = type->order == ORDER_AMBIENT && type->bits > 8 &&
                     array->ambient.endian == ORDER_UNDECIDED; /* the walk faults */
    if (undecided || element->kind != TYPE_STRUCT || element->of != m->owner ||
        m->bit_off + type->bit_size > p->types.at[array->type].stride) {
        return false;
    }
    *t = (struct test){.off = (uint64_t)m->bit_off / 8,
                       .width = type->bits / 8u,
                       .big = vm_big_endian(type, array->ambient),
                       .negated = i->op == OP_TEST_OTHER};
    set_range(t, type->is_signed, i->op == OP_TEST_MOST ? INT128_MIN : value,
              i->op == OP_TEST_LEAST ? INT128_MAX : value);
    return true;
}

/* How many whole elements there are from the one at hand on; 0 where they can't be scanned. */
static uint64_t whole_ahead(const struct vm *vm, const struct vm_ctl *c) {
    const struct vm_value *array = &c->list;
    if (array->kind != VM_PLACE || c->type == PROGRAM_NONE || c->done) {
        return 0;
    }
    const struct program_type *t = &vm->program->types.at[c->type];
    if (t->stride <= 0 || t->stride % 8 != 0 || array->start % 8 != 0 || t->needs_prev ||
        (c->count == VM_UNKNOWN && t->count_pc != PROGRAM_NONE)) {
        return 0;
    }
    uint64_t size = array->space->size * 8;
    uint64_t limit = c->seq_limit < size ? c->seq_limit : size;
    uint64_t n = limit > array->start ? (limit - array->start) / (uint64_t)t->stride : 0;
    n = c->count < n ? c->count : n;
    return n > c->index ? n - c->index : 0;
}

/* The walk comes to an element further on. */
static void go_to(struct vm *vm, struct vm_ctl *c, uint64_t index) {
    if (index == c->index) {
        return;
    }
    vm_item_clear(vm, c, &c->prev, c->keeps);
    vm_item_clear(vm, c, &c->item, c->keeps);
    c->index = index;
    c->prev = vm_element_at(vm, &c->list, index - 1);
    c->item = vm_element_at(vm, &c->list, index);
}

struct scan {
    struct test tests[PROGRAM_TESTS_MAX];
    uint32_t test_n;
    const uint8_t *at;
    uint64_t stride, n; /* bytes; elements */
};

/* How many of the elements hold; with first, how many come before the first one that does. */
static uint64_t run(const struct scan *s, bool first) {
    uint8_t held[BLOCK];
    uint64_t found = 0;
    for (uint64_t i = 0; i < s->n; i += BLOCK) {
        uint64_t n = s->n - i < BLOCK ? s->n - i : BLOCK;
        memset(held, 1, n);
        for (uint32_t k = 0; k < s->test_n; k++) {
            try_test(held, s->at + i * s->stride, s->stride, n, &s->tests[k]);
        }
        if (!first) {
            for (uint64_t k = 0; k < n; k++) {
                found += held[k];
            }
            continue;
        }
        const uint8_t *hit = memchr(held, 1, n);
        if (hit) {
            return i + (uint64_t)(hit - held);
        }
    }
    return first ? s->n : found;
}

bool vm_scan(struct vm *vm, const struct program_inst *i, bool counts) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    struct scan s = {.test_n = i->b, .n = whole_ahead(vm, c)};
    if (s.n == 0) {
        return false;
    }
    for (uint32_t k = 0; k < s.test_n; k++) {
        if (!read_test(vm, i + 1 + k, &c->list, &s.tests[k])) {
            return false;
        }
    }
    s.n = s.n < CHUNK ? s.n : CHUNK;
    s.stride = (uint64_t)vm->program->types.at[c->type].stride / 8;
    s.at = c->list.space->data + c->list.start / 8 + c->index * s.stride;
    uint64_t found = run(&s, !counts);
    bool here = !counts && found < s.n;
    if (counts) {
        vm->tally += found;
    }
    uint64_t passed = here ? found : s.n - 1;
    vm->work += passed;
    go_to(vm, c, c->index + passed);
    if (vm->watch && !here) {
        vm->watch(vm->watch_context, vm);
    }
    return !here;
}
