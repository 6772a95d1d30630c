#include "config.h"

#include <string.h>

#include "vm/machine.h"
#include "vm/scan_number.h"

/* Scans: in a walk over structs of one size, those whose numbers can't be wanted are passed over in one go, without a look
 * at anything else. Elements that are not whole are left to the walk. */

/* Elements between two looks at what else there is to do. */
#define CHUNK 65536u

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
    struct vm *vm;
    struct scan_test tests[PROGRAM_PARTS_MAX];
    uint32_t test_n;
    /* what is told of those that hold: one a column, some the same as one before */
    struct scan_number takes[PROGRAM_PARTS_MAX];
    struct vm_numbers columns[PROGRAM_PARTS_MAX];
    uint32_t take_n;
    const uint8_t *at;
    uint64_t stride, n; /* bytes; elements */
};

static bool add_test(struct scan *s, const struct scan_number *number,
                     const struct program_inst *i) {
    const struct program *p = s->vm->program;
    struct scan_test *test = &s->tests[s->test_n++];
    *test = (struct scan_test){.number = *number, .op = i->b};
    if (i->op == OP_TEST_REAL) {
        test->than = p->floats.at[i->a];
        return number->real;
    }
    int128 value = p->ints.at[i->a];
    test->negated = i->op == OP_TEST_OTHER;
    scan_test_range(test, i->op == OP_TEST_MOST ? INT128_MIN : value,
                    i->op == OP_TEST_LEAST ? INT128_MAX : value);
    return !number->real;
}

static bool add_take(struct scan *s, const struct scan_number *number, uint32_t column) {
    s->takes[s->take_n] = *number;
    return column == s->take_n++;
}

/* What the n instructions behind a scan say; false where the elements at hand are not such that they can be tried. */
static bool read_parts(struct scan *s, const struct program_inst *i, uint32_t n,
                       const struct vm_value *array) {
    const struct program *p = s->vm->program;
    struct scan_number number = {0};
    bool ok = true;
    for (uint32_t k = 0; k < n && ok; k++, i++) {
        if (i->op == OP_SCAN_OF) {
            ok = scan_number_set(&number, p, i->a, p->ints.at[i->b],
                                 p->types.at[array->type].stride, array->ambient);
        } else {
            ok = i->op == OP_TAKE ? add_take(s, &number, i->a) : add_test(s, &number, i);
        }
    }
    return ok;
}

/* A number as it is read alone, for what numbers of its type have besides. */
static bool set_like(struct scan *s, const struct scan_number *number, struct vm_value *like) {
    const struct vm_ctl *c = &s->vm->ctl[s->vm->cp - 1];
    uint64_t start = c->list.start + 8 * (c->index * s->stride + number->off), behind;
    return vm_load_at(s->vm, number->type, c->list.space, start, VM_UNKNOWN, VM_UNKNOWN,
                      c->list.ambient, like, &behind);
}

/* Columns of the same number as one before share what is read. */
static const struct vm_numbers *same_before(const struct scan *s, uint32_t column) {
    for (uint32_t i = 0; i < column; i++) {
        if (s->takes[i].type == s->takes[column].type && s->takes[i].off == s->takes[column].off) {
            return &s->columns[i];
        }
    }
    return NULL;
}

static void tell_numbers(struct scan *s, const uint8_t *held, const uint8_t *at, uint64_t n,
                         uint64_t found) {
    union {
        uint64_t integers[SCAN_BLOCK];
        double reals[SCAN_BLOCK];
    } read[PROGRAM_PARTS_MAX];
    struct vm_many many = {s->vm->program, found, s->columns};
    for (uint32_t i = 0; i < s->take_n; i++) {
        const struct scan_number *number = &s->takes[i];
        struct vm_numbers *out = &s->columns[i];
        const struct vm_numbers *same = same_before(s, i);
        if (same) {
            *out = *same;
        } else if (number->real) {
            scan_reals(number, held, at, s->stride, n, found, read[i].reals);
            out->reals = read[i].reals;
        } else {
            scan_integers(number, held, at, s->stride, n, read[i].integers);
            out->integers = read[i].integers;
        }
    }
    s->vm->sink->ops->many(s->vm->sink, &many);
}

static uint64_t count(const uint8_t *held, uint64_t n) {
    uint64_t found = 0;
    for (uint64_t k = 0; k < n; k++) {
        found += held[k];
    }
    return found;
}

/* How many of the elements hold; with first, how many come before the first one that does. */
static uint64_t run(struct scan *s, bool first, bool tells) {
    uint8_t held[SCAN_BLOCK];
    uint64_t all = 0;
    for (uint64_t i = 0; i < s->n; i += SCAN_BLOCK) {
        uint64_t n = s->n - i < SCAN_BLOCK ? s->n - i : SCAN_BLOCK;
        const uint8_t *at = s->at + i * s->stride;
        memset(held, 1, n);
        for (uint32_t k = 0; k < s->test_n; k++) {
            scan_test_try(&s->tests[k], held, at, s->stride, n);
        }
        if (first) {
            const uint8_t *hit = memchr(held, 1, n);
            if (hit) {
                return i + (uint64_t)(hit - held);
            }
            continue;
        }
        uint64_t found = s->test_n ? count(held, n) : n;
        all += found;
        if (tells && found) {
            tell_numbers(s, found == n ? NULL : held, at, n, found);
        }
    }
    return first ? s->n : all;
}

/* Makes ready for what is told; false: the sink wants rows. */
static bool begin_telling(struct scan *s) {
    for (uint32_t i = 0; i < s->take_n; i++) {
        struct vm_numbers *out = &s->columns[i];
        *out = (struct vm_numbers){.type = s->takes[i].type,
                                   .real = s->takes[i].real,
                                   .bits = 8 * s->takes[i].width,
                                   .bias = s->takes[i].flip};
        if (!set_like(s, &s->takes[i], &out->like)) {
            return false;
        }
    }
    return s->vm->sink->ops->many != NULL;
}

bool vm_scan(struct vm *vm, const struct program_inst *i) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    struct scan s = {.vm = vm, .n = whole_ahead(vm, c)};
    bool first = i->op == OP_SCAN, tells = i->op == OP_SCAN_TAKE;
    if (s.n == 0 || !read_parts(&s, i + 1, i->b, &c->list)) {
        return false;
    }
    s.n = s.n < CHUNK ? s.n : CHUNK;
    s.stride = (uint64_t)vm->program->types.at[c->type].stride / 8;
    s.at = c->list.space->data + c->list.start / 8 + c->index * s.stride;
    if (tells && !begin_telling(&s)) {
        return false;
    }
    uint64_t found = run(&s, first, tells);
    bool here = first && found < s.n;
    if (!first) {
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
