#include "config.h"

#include "vm/hop.h"

#include <string.h>

#include "vm/machine.h"

/* Walks that hop from struct to struct, many at a time. A walk stands at an element all the while, and where the one behind it
 * can't be reached in this way, because the one at hand is cut off or the last one, its step function goes on. */

/* Numbers are below that, so that the product with what they count can't overflow. */
#define NUMBER_BITS 40

/* Elements, and bytes, between two looks at what else there is to do. */
#define HOPS_MAX  65536u
#define BYTES_MAX ((uint64_t)1 << 22)

void vm_hop_set(struct vm_hop *hop, const struct program *program, uint32_t first, uint32_t n,
                struct vm_ambient ambient) {
    hop->first = first;
    hop->endian = ambient.endian;
    hop->n = (uint8_t)n;
    for (uint32_t i = 0; i < n; i++) {
        const struct program_stretch *from = &program->stretches.at[first + i];
        const struct program_type *t =
            from->type == PROGRAM_NONE ? NULL : &program->types.at[from->type];
        hop->at[i] = (struct vm_hop_stretch){.size = from->bit_size / 8};
        if (!t) {
            continue;
        }
        struct vm_hop_stretch *to = &hop->at[i];
        to->base = from->base / 8;
        to->off = from->bit_off / 8;
        to->per = from->per / 8;
        to->more = from->more / 8;
        to->in = from->in;
        to->len = t->bits / 8u;
        to->big = vm_big_endian(t, ambient);
        to->beyond = ~((UINT64_C(1) << NUMBER_BITS) - 1);
        to->beyond |= t->is_signed ? UINT64_C(1) << (t->bits - 1) : 0;
    }
}

/* Of the elements of a walk over an array that hops. */
static const struct vm_hop *hop_of(struct vm *vm, const struct vm_ctl *c) {
    const struct program *p = vm->program;
    const struct program_struct *s = &p->structs.at[p->types.at[p->types.at[c->type].of].of];
    if (vm->hop.n == 0 || vm->hop.first != s->stretch_first ||
        vm->hop.endian != c->list.ambient.endian) {
        vm_hop_set(&vm->hop, p, s->stretch_first, s->stretch_count, c->list.ambient);
    }
    return &vm->hop;
}

/* Whether the element at hand is one that the walk got to, and has not been lost in. */
static bool stands(const struct vm *vm, const struct vm_ctl *c) {
    if (c->type == PROGRAM_NONE || !vm->program->types.at[c->type].hops || !c->begun || c->done ||
        c->stepping || c->seq_space != c->list.space || c->seq_pos % 8 != 0 ||
        c->list.ambient.endian == ORDER_UNDECIDED || c->index == VM_UNKNOWN || vm_making(vm)) {
        return false;
    }
    const struct vm_frame *f = c->item.kind == VM_FRAME ? c->item.frame : NULL;
    return f ? f->start == c->seq_pos && f->space == c->seq_space && !f->lost && !f->ended
             : c->item.kind == VM_PLACE && c->item.start == c->seq_pos;
}

static uint64_t limit_of(const struct vm_ctl *c) {
    uint64_t limit = c->seq_limit / 8;
    return limit < c->seq_space->size ? limit : c->seq_space->size;
}

/* The walk comes to an element further on, by place, and the one before it. */
static void go_to(struct vm *vm, struct vm_ctl *c, uint64_t index, uint64_t at, uint64_t before) {
    struct vm_value place = c->item.kind == VM_FRAME ? vm_place_of(c->item.frame) : c->item;
    vm_item_clear(vm, c, &c->prev, c->keeps);
    if (index == c->index + 1) {
        c->prev = c->item;
    } else {
        vm_item_clear(vm, c, &c->item, c->keeps);
        c->prev = place;
        c->prev.index = index - 1;
        c->prev.start = before * 8;
        c->prev.end = at * 8;
    }
    c->item = place;
    c->item.index = index;
    c->item.start = at * 8;
    c->item.end = c->item.count = VM_UNKNOWN;
    c->item.tail = 0;
    c->index = index;
    c->seq_pos = c->last_pos = at * 8;
    c->faults = vm->result.faults;
    c->item_end = VM_UNKNOWN;
    vm_trail_mark(vm, c, false);
}

/* The way of a walk through the bytes: from the element at hand on. */
struct way {
    const struct vm_hop *hop;
    const uint8_t *data;
    uint64_t at, before; /* bytes: where the element begins, and the one before it */
    uint64_t limit;
    uint64_t ahead; /* up to where lines were asked for */
};

/* n elements further, or as far as there is another one behind a whole one, or bytes for one look; returns how many. Of one
 * stretch each, which most are, or of several: in a loop of its own, that keeps what it needs in registers. */
__attribute__((always_inline)) static inline uint64_t run_of(struct way *way, uint64_t n,
                                                             bool one) {
    const struct vm_hop *hop = way->hop;
    const uint8_t *data = way->data;
    uint64_t at = way->at, before = way->before, ahead = way->ahead, limit = way->limit, done = 0;
    uint64_t most = limit - at < BYTES_MAX ? limit : at + BYTES_MAX;
    while (done < n && at < most) {
        ahead = vm_ask_ahead(data, ahead, at);
        uint64_t end = one ? vm_hop_stretch_end(&hop->at[0], data, at, at, limit)
                           : vm_hop_end(hop, data, at, limit);
        if (end >= limit) {
            break;
        }
        before = at;
        at = end;
        done++;
    }
    way->at = at;
    way->before = before;
    way->ahead = ahead;
    return done;
}

static uint64_t run(struct way *way, uint64_t n) {
    return way->hop->n == 1 ? run_of(way, n, true) : run_of(way, n, false);
}

static void look(struct vm *vm, const struct vm_ctl *c, uint64_t hops) {
    vm->work += hops;
    vm->scanned = c->seq_space == &vm->input ? c->seq_pos / 8 : vm->scanned;
    if (vm->watch) {
        vm->watch(vm->watch_context, vm);
    }
}

void vm_hop_to(struct vm *vm, struct vm_ctl *c, uint64_t to) {
    if (!stands(vm, c)) {
        return;
    }
    to = c->count <= to ? c->count - 1 : to; /* VM_UNKNOWN is the greatest there is */
    struct way way = {.hop = hop_of(vm, c),
                      .data = c->seq_space->data,
                      .at = c->seq_pos / 8,
                      .limit = limit_of(c)};
    way.ahead = way.at;
    while (c->index < to && way.at < way.limit && !vm->stop) {
        uint64_t due = vm_trail_due(c), n = (to < due ? to : due) - c->index;
        n = n < HOPS_MAX ? n : HOPS_MAX;
        uint64_t hops = run(&way, n);
        if (hops == 0) {
            break;
        }
        go_to(vm, c, c->index + hops, way.at, way.before);
        look(vm, c, hops);
    }
}

bool vm_hop_next(struct vm *vm, struct vm_ctl *c) {
    if (!stands(vm, c) || c->count <= c->index + 1) {
        return false;
    }
    uint64_t at = c->seq_pos / 8, limit = limit_of(c);
    uint64_t end = at < limit ? vm_hop_end(hop_of(vm, c), c->seq_space->data, at, limit) : limit;
    if (end >= limit) {
        return false;
    }
    go_to(vm, c, c->index + 1, end, at);
    return true;
}

uint64_t vm_hop_gather(struct vm *vm, struct vm_ctl *c, uint8_t *heads, uint64_t head, uint64_t n,
                       uint64_t *starts) {
    if (!stands(vm, c)) {
        return 0;
    }
    const struct vm_hop *hop = hop_of(vm, c);
    const uint8_t *data = c->seq_space->data;
    uint64_t at = c->seq_pos / 8, limit = limit_of(c), found = 0;
    uint64_t ahead = vm->ahead;
    n = n < c->count - c->index ? n : c->count - c->index;
    for (uint64_t end; found < n && at < limit; at = end) {
        ahead = vm_ask_ahead(data, ahead, at);
        end = vm_hop_end(hop, data, at, limit);
        if (end == VM_UNKNOWN) {
            break;
        }
        memcpy(heads + found * head, data + at, head);
        starts[found++] = at;
    }
    vm->ahead = ahead;
    return found;
}

void vm_hop_over(struct vm *vm, struct vm_ctl *c, const uint64_t *starts, uint64_t n) {
    if (n > 0) {
        look(vm, c, n);
        go_to(vm, c, c->index + n, starts[n], starts[n - 1]);
    }
}
