#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "vm/machine.h"

/* Trails: where walks over one array whose elements are of no fixed size stood.
 *
 * A walk leaves a checkpoint every so many elements: all that the next step takes, the element at hand and the one before
 * among it. Whoever wants an element, or how many there are, begins at the nearest checkpoint in front of it, or where the
 * last one who wanted one ended. When an array has CHECKPOINTS_MAX, every other one goes and the distance doubles.
 *
 * A trail belongs to the frame in which the array's expressions are worked out and goes with it. A walk holds the one it
 * uses; of those that nobody holds, the one used longest ago makes room for another. */

#define CHECKPOINTS_MAX   1024u
#define CHECKPOINTS_FIRST 8u
#define STRIDE_FIRST      16u /* elements */
#define TRAILS_MAX        16u /* of one frame */
#define CHECKPOINTS_ALL   (1u << 17)
#define TRAIL_TAKES       2u /* as many checkpoints as a trail itself takes the memory of */

struct checkpoint {
    uint64_t index;
    uint64_t pos, last_pos, item_end, stalls; /* the walk's */
    struct vm_value item, prev;               /* as places or numbers */
    struct vm_value *args; /* owned: prev's, where those can't be worked out again; or NULL */
};

struct vm_trail {
    struct vm_trail *next;
    uint32_t walks; /* that hold it */
    /* which array it is */
    uint32_t type;
    struct vm_ambient ambient;
    const struct vm_space *space;
    uint64_t start, limit, index;
    /* what is known of it */
    uint64_t count, total; /* as it says itself, as they were met; or VM_UNKNOWN */
    uint64_t stride;
    struct checkpoint *at; /* in order */
    uint32_t n, cap;
    struct checkpoint last; /* index: VM_UNKNOWN for none */
    struct vm_visits *visits;
};

static bool leaves_trail(const struct vm *vm, const struct vm_ctl *walk) {
    if (walk->kind != CTL_ITER || walk->type == PROGRAM_NONE || !walk->list.owner) {
        return false;
    }
    const struct program_type *t = &vm->program->types.at[walk->type];
    return t->stride <= 0 && !t->apart;
}

static bool is_of(const struct vm_trail *trail, const struct vm_ctl *walk) {
    return trail->type == walk->type && trail->space == walk->list.space &&
           trail->start == walk->list.start && trail->limit == walk->seq_limit &&
           trail->index == walk->list.index && trail->ambient.endian == walk->list.ambient.endian &&
           trail->ambient.bitorder == walk->list.ambient.bitorder &&
           trail->ambient.encoding == walk->list.ambient.encoding;
}

static void free_trail(struct vm *vm, struct vm_trail *trail) {
    for (uint32_t i = 0; i < trail->n; i++) {
        mem_free(trail->at[i].args);
    }
    vm->checkpoints -= trail->cap + TRAIL_TAKES;
    mem_free(trail->last.args);
    mem_free(trail->at);
    vm_visits_free(trail->visits);
    mem_free(trail);
}

void vm_trails_free(struct vm *vm, struct vm_frame *frame) {
    while (frame->trails) {
        struct vm_trail *next = frame->trails->next;
        free_trail(vm, frame->trails);
        frame->trails = next;
    }
}

void vm_trail_find(struct vm *vm, struct vm_ctl *walk) {
    if (!leaves_trail(vm, walk)) {
        return;
    }
    struct vm_trail **first = &walk->list.owner->trails;
    for (struct vm_trail **at = first; *at; at = &(*at)->next) {
        struct vm_trail *trail = *at;
        if (is_of(trail, walk)) {
            *at = trail->next;
            trail->next = *first;
            *first = trail;
            trail->walks++;
            walk->trail = trail;
            return;
        }
    }
}

void vm_trail_leave(struct vm_ctl *walk) {
    if (walk->trail) {
        walk->trail->walks--;
        walk->trail = NULL;
    }
}

/* Makes room for another trail of the frame; false: all are in use. */
static bool make_room(struct vm *vm, struct vm_frame *frame) {
    uint32_t n = 0;
    struct vm_trail **idle = NULL;
    for (struct vm_trail **at = &frame->trails; *at; at = &(*at)->next) {
        idle = (*at)->walks == 0 ? at : idle;
        n++;
    }
    if (n >= TRAILS_MAX && idle) {
        struct vm_trail *gone = *idle;
        *idle = gone->next;
        free_trail(vm, gone);
        n--;
    }
    return n < TRAILS_MAX && vm->checkpoints + TRAIL_TAKES <= CHECKPOINTS_ALL;
}

/* The walk is the first one that has come so far. */
static void begin_trail(struct vm *vm, struct vm_ctl *walk) {
    struct vm_frame *frame = walk->list.owner;
    if (!make_room(vm, frame)) {
        return;
    }
    struct vm_trail *trail = mem_zalloc(1, sizeof *trail);
    trail->type = walk->type;
    trail->ambient = walk->list.ambient;
    trail->space = walk->list.space;
    trail->start = walk->list.start;
    trail->limit = walk->seq_limit;
    trail->index = walk->list.index;
    trail->count = trail->total = trail->last.index = VM_UNKNOWN;
    trail->stride = STRIDE_FIRST;
    trail->walks = 1;
    trail->visits = walk->visits;
    trail->next = frame->trails;
    frame->trails = trail;
    vm->checkpoints += TRAIL_TAKES;
    walk->visits = NULL;
    walk->trail = trail;
}

struct vm_visits **vm_trail_visits(struct vm_ctl *walk) {
    return walk->trail ? &walk->trail->visits : &walk->visits;
}

/* Whether what lies in the space can be referred to for as long as the array's frame is there. */
static bool stays(const struct vm *vm, const struct vm_ctl *walk, const struct vm_space *space) {
    return !space || space == walk->list.space || space == &vm->input ||
           space->owner == walk->list.owner;
}

/* Copies of a struct's arguments, where they refer to nothing; else NULL. */
static struct vm_value *copy_args(const struct vm *vm, const struct vm_frame *f) {
    uint32_t n = vm->program->structs.at[f->of].params;
    bool plain = f->args_ready;
    for (uint32_t i = 0; i < n && plain; i++) {
        enum vm_kind kind = f->args[i].kind;
        plain = kind == VM_ABSENT || kind == VM_BOOL || kind == VM_FLOAT || kind == VM_WIDE ||
                (kind == VM_INT && !f->args[i].anchored);
    }
    struct vm_value *copy = plain ? mem_alloc((n + 1) * sizeof *copy) : NULL;
    if (copy && n) {
        memcpy(copy, f->args, n * sizeof *copy);
    }
    return copy;
}

/* An element as it can be kept, with its arguments where those take the element before it (args); false: it can't be. */
static bool keep_item(const struct vm *vm, const struct vm_ctl *walk, const struct vm_value *item,
                      struct vm_value *out, struct vm_value **args) {
    *out = *item;
    switch ((enum vm_kind)item->kind) {
    case VM_ABSENT:
    case VM_BOOL:
    case VM_FLOAT:
    case VM_WIDE:
        return true;
    case VM_INT:
        return !item->anchored;
    case VM_PLACE:
        return item->owner == walk->list.owner && stays(vm, walk, item->space);
    case VM_FRAME: {
        const struct vm_frame *f = item->frame;
        if (item->borrowed || f->type == PROGRAM_NONE || f->parent != walk->list.owner ||
            !stays(vm, walk, f->space)) {
            return false;
        }
        *out = vm_place_of(f);
        if (!args || !vm->program->types.at[walk->type].needs_prev ||
            vm->program->structs.at[f->of].params == 0) {
            return true;
        }
        *args = copy_args(vm, f);
        return *args != NULL;
    }
    case VM_TEXT:
    case VM_BYTES:
    case VM_LIST:
        break;
    }
    return false;
}

static bool take_checkpoint(const struct vm *vm, const struct vm_ctl *walk,
                            struct checkpoint *out) {
    *out = (struct checkpoint){
        .index = walk->index,
        .pos = walk->seq_pos,
        .last_pos = walk->last_pos,
        .item_end = walk->item_end,
        .stalls = walk->stalls,
    };
    return walk->seq_space == walk->list.space && walk->item.kind != VM_FRAME &&
           keep_item(vm, walk, &walk->item, &out->item, NULL) &&
           keep_item(vm, walk, &walk->prev, &out->prev, &out->args);
}

static void thin_out(struct vm_trail *trail) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < trail->n; i++) {
        if (i % 2) {
            mem_free(trail->at[i].args);
        } else {
            trail->at[n++] = trail->at[i];
        }
    }
    trail->n = n;
    trail->stride *= 2;
}

/* Makes room for one more checkpoint. */
static bool grow(struct vm *vm, struct vm_trail *trail) {
    if (trail->n < trail->cap) {
        return true;
    }
    uint32_t more = trail->cap ? trail->cap : CHECKPOINTS_FIRST;
    if (trail->cap < CHECKPOINTS_MAX && vm->checkpoints + more <= CHECKPOINTS_ALL) {
        vm->checkpoints += more;
        trail->cap += more;
        trail->at = mem_realloc(trail->at, trail->cap, sizeof *trail->at);
    } else if (trail->n > 1) {
        thin_out(trail);
    }
    return trail->n < trail->cap;
}

/* Whether a walk that stands at the element leaves a checkpoint of it. */
static bool is_due(const struct vm_trail *trail, uint64_t index) {
    return index >= (trail->n ? trail->at[trail->n - 1].index : 0) + trail->stride;
}

uint64_t vm_trail_due(const struct vm_ctl *walk) {
    const struct vm_trail *trail = walk->trail;
    uint64_t next = walk->index - walk->index % STRIDE_FIRST + STRIDE_FIRST;
    uint64_t due = trail && trail->n ? trail->at[trail->n - 1].index + trail->stride : next;
    return due > next ? due : next;
}

void vm_trail_mark(struct vm *vm, struct vm_ctl *walk, bool ends) {
    if (walk->index == 0 || (!ends && walk->index % STRIDE_FIRST) || !leaves_trail(vm, walk)) {
        return;
    }
    if (!walk->trail && walk->index >= STRIDE_FIRST) {
        vm_trail_find(vm, walk);
        if (!walk->trail) {
            begin_trail(vm, walk);
        }
    }
    struct vm_trail *trail = walk->trail;
    struct checkpoint now;
    bool due = trail && walk->index % STRIDE_FIRST == 0 && is_due(trail, walk->index);
    if (!trail || !(ends ? trail->last.index != walk->index : due)) {
        return;
    }
    if (!take_checkpoint(vm, walk, &now)) {
        mem_free(now.args);
        return;
    }
    trail->count = walk->count;
    if (ends) {
        mem_free(trail->last.args);
        trail->last = now;
    } else if (grow(vm, trail)) {
        trail->at[trail->n++] = now;
    } else {
        mem_free(now.args);
    }
}

/* The last checkpoint that is not behind the element, or NULL. */
static const struct checkpoint *nearest(const struct vm_trail *trail, uint64_t index) {
    uint32_t low = 0, high = trail->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (trail->at[middle].index <= index) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const struct checkpoint *found = low ? &trail->at[low - 1] : NULL;
    const struct checkpoint *last = &trail->last;
    bool closer =
        last->index != VM_UNKNOWN && last->index <= index && (!found || last->index > found->index);
    return closer ? last : found;
}

/* The element before the one at hand, as the walk that left the checkpoint had it. */
static struct vm_value bring_back(struct vm *vm, const struct checkpoint *from) {
    if (!from->args) {
        return from->prev;
    }
    struct vm_value v = vm_absent();
    v.kind = VM_FRAME;
    v.frame = vm_frame_at(vm, &from->prev);
    uint32_t n = vm->program->structs.at[v.frame->of].params;
    memcpy(v.frame->args, from->args, n * sizeof *from->args);
    v.frame->args_ready = true;
    return v;
}

void vm_trail_resume(struct vm *vm, struct vm_ctl *walk, uint64_t index) {
    const struct checkpoint *from = walk->trail ? nearest(walk->trail, index) : NULL;
    if (!from) {
        return;
    }
    walk->begun = walk->ready = walk->inside = true;
    walk->index = from->index;
    walk->seq_pos = from->pos;
    walk->base_pos = walk->list.start;
    walk->last_pos = from->last_pos;
    walk->item_end = from->item_end;
    walk->stalls = from->stalls;
    walk->faults = vm->result.faults;
    walk->item = from->item;
    walk->prev = bring_back(vm, from);
    if (walk->count == VM_UNKNOWN) {
        walk->count = walk->trail->count;
    }
}

void vm_trail_total(struct vm_ctl *walk) {
    if (walk->trail) {
        walk->trail->total = walk->index;
    }
}

uint64_t vm_trail_count(const struct vm_ctl *walk) {
    return walk->trail ? walk->trail->total : VM_UNKNOWN;
}
