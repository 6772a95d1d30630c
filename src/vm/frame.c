#include "config.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "vm/machine.h"

/* Memory of a running program: instances, spaces, lists, and the two stacks. Instances are freed with what owns them:
 * a parent's slot, a loop's record, or the temporaries of a statement. */

bool vm_starts_file(const struct vm *vm, uint32_t of, const struct vm_frame *around) {
    const struct program_struct *s = &vm->program->structs.at[of];
    if (!s->outermost) {
        return s->root;
    }
    while (around && around->of != of) {
        around = around->parent;
    }
    return !around;
}

struct vm_frame *vm_frame_new(struct vm *vm, uint32_t of, struct vm_frame *parent) {
    const struct program_struct *s = &vm->program->structs.at[of];
    size_t args = sizeof(struct vm_frame) + s->slots * sizeof(struct vm_slot);
    args = (args + _Alignof(struct vm_value) - 1) / _Alignof(struct vm_value) *
           _Alignof(struct vm_value);
    size_t size = args + s->params * sizeof(struct vm_value);
    struct vm_frame *f = vm->spare[of];
    if (f) {
        vm->spare[of] = f->sibling;
        memset(f, 0, size);
    } else {
        f = mem_zalloc(1, size);
    }
    f->of = of;
    f->parent = parent;
    f->depth = parent ? parent->depth + 1 : 0;
    f->file = parent && !vm_starts_file(vm, of, parent) ? parent->file : f;
    f->window.start = VM_UNKNOWN;
    f->member = PROGRAM_NONE;
    f->index = VM_UNKNOWN;
    f->resume = PROGRAM_NONE;
    f->end = VM_UNKNOWN;
    f->space = vm->space;
    f->start = vm->pos;
    f->limit = vm->limit;
    f->ambient = vm->frame ? vm->frame->ambient : (struct vm_ambient){0};
    f->args = (struct vm_value *)(void *)((char *)f + args);
    f->args_ready = s->params == 0;
    return f;
}

void vm_frame_isolate(struct vm *vm, struct vm_frame *f, uint32_t type, struct vm_window window) {
    enum type_file file = vm->program->types.at[type].file;
    if (file != FILE_AROUND) {
        f->file = f;
    }
    if (file == FILE_SOURCE) {
        f->window = window;
    }
}

void vm_space_free(struct vm_space *space) {
    mem_free(space->owned);
    mem_free(space->damage);
    mem_free(space->pieces);
    vm_pack_free(space->pack);
    mem_free(space);
}

static void free_list(struct vm_list *list) {
    mem_free(list->at);
    mem_free(list->names);
    mem_free(list);
}

static void free_value(struct vm_value *value) {
    if (value->kind == VM_LIST) {
        free_list(value->list);
    }
    mem_free(value);
}

static void free_contents(struct vm *vm, struct vm_frame *f) {
    uint32_t slots = vm->program->structs.at[f->of].slots;
    for (uint32_t i = 0; i < slots; i++) {
        if (f->slots[i].value) {
            free_value(f->slots[i].value);
        }
    }
    while (f->spaces) {
        struct vm_space *next = f->spaces->next;
        vm_space_free(f->spaces);
        f->spaces = next;
    }
    vm_trails_free(vm, f);
    while (f->lists) {
        struct vm_list *next = f->lists->next;
        free_list(f->lists);
        f->lists = next;
    }
}

/* Children first into one list, so that deep ownership needs no deep recursion. */
void vm_frame_free(struct vm *vm, struct vm_frame *frame) {
    struct vm_frame *todo = frame;
    frame->sibling = NULL;
    while (todo) {
        struct vm_frame *f = todo;
        todo = f->sibling;
        while (f->children) {
            struct vm_frame *child = f->children;
            f->children = child->sibling;
            child->sibling = todo;
            todo = child;
        }
        free_contents(vm, f);
        f->sibling = vm->spare[f->of];
        vm->spare[f->of] = f;
    }
}

void vm_frames_end(struct vm *vm) {
    for (uint32_t i = 0; i < vm->program->structs.n; i++) {
        while (vm->spare[i]) {
            struct vm_frame *next = vm->spare[i]->sibling;
            mem_free(vm->spare[i]);
            vm->spare[i] = next;
        }
    }
    mem_free(vm->spare);
}

void vm_frame_adopt(struct vm_frame *parent, struct vm_frame *child) {
    child->kept = true;
    child->sibling = parent->children;
    parent->children = child;
}

void vm_temp_add(struct vm *vm, enum temp_kind kind, void *at) {
    if (vm->tp == vm->temp_cap) {
        vm->temp_cap = vm->temp_cap ? vm->temp_cap * 2 : 64;
        vm->temps = mem_realloc(vm->temps, vm->temp_cap, sizeof *vm->temps);
    }
    vm->temps[vm->tp++] = (struct vm_temp){kind, at};
}

void vm_temp_release(struct vm *vm, uint32_t mark) {
    while (vm->tp > mark) {
        struct vm_temp t = vm->temps[--vm->tp];
        switch (t.kind) {
        case TEMP_NONE:
            break;
        case TEMP_FRAME:
            vm_frame_free(vm, t.at);
            break;
        case TEMP_SPACE:
            vm_space_free(t.at);
            break;
        case TEMP_LIST:
            free_list(t.at);
            break;
        case TEMP_BYTES:
            mem_free(t.at);
            break;
        }
    }
}

struct vm_list *vm_list_new(struct vm *vm) {
    struct vm_list *list = mem_zalloc(1, sizeof *list);
    vm_temp_add(vm, TEMP_LIST, list);
    return list;
}

void vm_list_add(struct vm_list *list, const struct vm_value *value) {
    if (list->n == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 8;
        list->at = mem_realloc(list->at, list->cap, sizeof *list->at);
    }
    list->at[list->n++] = *value;
}

static bool is_scalar(const struct vm_value *value) {
    return value->kind == VM_ABSENT || value->kind == VM_BOOL || value->kind == VM_INT ||
           value->kind == VM_WIDE || value->kind == VM_FLOAT;
}

/* Whether the space stays for as long as the frame does: the input's, or one of the structs around. */
static bool outlasts(const struct vm *vm, const struct vm_space *space, const struct vm_frame *f) {
    bool stays = space == &vm->input;
    for (; f && !stays; f = f->parent) {
        stays = space->owner == f;
    }
    return stays;
}

static bool lies_in(const struct vm_space *space, struct bytes bytes) {
    return space && space->data && bytes.at >= space->data && bytes.at < space->data + space->size;
}

/* The value's bytes, or its text as stored, if they lie in memory that stays; else a copy that the frame has. */
static struct bytes keep_bytes(struct vm *vm, struct vm_frame *f, const struct vm_value *arg,
                               struct bytes bytes) {
    if (bytes.len == 0 || lies_in(&vm->input, bytes) || lies_in(arg->space, bytes)) {
        return bytes;
    }
    struct vm_space lent = {.data = bytes.at, .size = bytes.len};
    struct vm_space *own = vm_space_copy(&lent, 0, bytes.len);
    vm_space_give(own, f);
    vm->work += bytes.len / VM_BYTES_A_STEP;
    return bytes_of(own->data, own->size);
}

/* The stretch of a space that may go before the frame does becomes the frame's own. */
static void keep_stored(struct vm *vm, struct vm_frame *f, struct vm_value *arg) {
    const struct vm_space *lent = arg->space;
    struct vm_space *own = vm_space_copy(lent, arg->start / 8, (arg->end + 7) / 8);
    struct bytes *runs[] = {&arg->bytes, arg->kind == VM_TEXT ? &arg->raw : NULL};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        if (runs[i] && lies_in(lent, *runs[i])) {
            runs[i]->at = own->data + (runs[i]->at - lent->data) - arg->start / 8;
        }
    }
    own->serial = lent->serial ? ++vm->spaces : 0;
    vm->work += own->size / VM_BYTES_A_STEP;
    vm_space_give(own, f);
    arg->space = own;
    arg->end -= arg->start / 8 * 8;
    arg->start %= 8;
}

bool vm_is_around(const struct vm_frame *frame, const struct vm_frame *f) {
    while (f && f->depth > frame->depth) {
        f = f->parent;
    }
    return f == frame;
}

/* Frames that an argument refers to, and that would go with the statement that made them, stay as long as the frame. */
static void keep_frames(struct vm *vm, struct vm_frame *f, struct vm_frame *needed) {
    for (; needed && !vm_is_around(needed, f); needed = needed->parent) {
        for (uint32_t i = vm->tp; needed->kept && i-- > 0;) {
            if (vm->temps[i].at == needed) {
                vm->temps[i].kind = TEMP_NONE;
                vm->temps[i].at = NULL;
                vm_frame_adopt(f, needed);
                break;
            }
        }
    }
}

/* Lists within lists that a frame keeps, and the items of all of them besides as many as there are bytes: what a chain of
 * lists has made of itself is cut short. */
#define KEPT_DEPTH_MAX 32u
#define KEPT_ITEMS_MAX (1u << 20)

struct keeper {
    struct vm *vm;
    struct vm_frame *frame;
    uint64_t items; /* so many more */
};

/* A list that may go before the frame does becomes the frame's own, but for its items, which are as in the other one. */
static struct vm_list *keep_list(struct keeper *keeper, const struct vm_list *lent) {
    struct vm_list *own = mem_zalloc(1, sizeof *own);
    own->n = lent->n < keeper->items ? lent->n : (uint32_t)keeper->items;
    own->cap = own->n;
    own->at = mem_alloc((own->n + 1) * sizeof *own->at);
    if (own->n) {
        memcpy(own->at, lent->at, own->n * sizeof *own->at);
    }
    keeper->items -= own->n;
    keeper->vm->work += own->n;
    own->owner = keeper->frame;
    own->next = keeper->frame->lists;
    keeper->frame->lists = own;
    return own;
}

/* What a value refers to stays for as long as the frame does. */
static void keep_value(struct keeper *keeper, struct vm_value *value, unsigned depth) {
    struct vm *vm = keeper->vm;
    struct vm_frame *f = keeper->frame;
    switch ((enum vm_kind)value->kind) {
    case VM_FRAME:
        keep_frames(vm, f, value->frame);
        return;
    case VM_PLACE:
        keep_frames(vm, f, value->owner);
        return;
    case VM_LIST:
        if (value->list->owner && vm_is_around(value->list->owner, f)) {
            return;
        }
        if (depth == KEPT_DEPTH_MAX) {
            *value = vm_absent();
            return;
        }
        value->list = keep_list(keeper, value->list);
        for (uint32_t i = 0; i < value->list->n; i++) {
            keep_value(keeper, &value->list->at[i], depth + 1);
        }
        return;
    case VM_TEXT:
    case VM_BYTES:
        if (value->literal) {
            return;
        }
        if (value->space && !outlasts(vm, value->space, f)) {
            keep_stored(vm, f, value);
        }
        value->bytes = keep_bytes(vm, f, value, value->bytes);
        if (value->kind == VM_TEXT) {
            value->raw = keep_bytes(vm, f, value, value->raw);
        }
        return;
    case VM_ABSENT:
    case VM_BOOL:
    case VM_INT:
    case VM_WIDE:
    case VM_FLOAT:
        return;
    }
}

void vm_frame_take_args(struct vm *vm, struct vm_frame *f, const struct vm_value *values,
                        uint32_t n) {
    struct keeper keeper = {.vm = vm, .frame = f, .items = KEPT_ITEMS_MAX + vm->input.size};
    for (uint32_t i = 0; i < n; i++) {
        f->args[i] = values[i];
        f->args[i].unknown = vm->unknown; /* whatever was unknown in them has told so */
        keep_value(&keeper, &f->args[i], 0);
    }
    f->args_ready = true;
}

/* Remembers a let's value when it refers to nothing that may go before the frame does. */
void vm_slot_keep(struct vm *vm, struct vm_slot *slot, const struct vm_value *value) {
    slot->state = SLOT_EMPTY;
    if (is_scalar(value)) {
        slot->value = mem_alloc(sizeof *value);
        *slot->value = *value;
        slot->value->unknown = vm->unknown;
        slot->state = SLOT_VALUE;
        return;
    }
    if (value->kind != VM_LIST) {
        return;
    }
    for (uint32_t i = 0; i < value->list->n; i++) {
        if (!is_scalar(&value->list->at[i])) {
            return;
        }
    }
    for (uint32_t i = vm->tp; i-- > 0;) {
        if (vm->temps[i].at == value->list) { /* from the statement's hands into the frame's */
            vm->temps[i].kind = TEMP_NONE;
            slot->value = mem_alloc(sizeof *value);
            *slot->value = *value;
            slot->state = SLOT_VALUE;
            return;
        }
    }
}

void vm_push(struct vm *vm, struct vm_value value) {
    if (vm->sp == vm->stack_cap) {
        vm->stack_cap *= 2;
        vm->stack = mem_realloc(vm->stack, vm->stack_cap, sizeof *vm->stack);
    }
    vm->stack[vm->sp++] = value;
}

struct vm_ctl *vm_ctl_push(struct vm *vm, enum vm_ctl_kind kind) {
    if (vm->cp == vm->ctl_cap) {
        vm->ctl_cap *= 2;
        vm->ctl = mem_realloc(vm->ctl, vm->ctl_cap, sizeof *vm->ctl);
    }
    struct vm_ctl *c = &vm->ctl[vm->cp++];
    memset(c, 0, offsetof(struct vm_ctl, frame)); /* the rest is set below, or by who uses it */
    c->slot = NULL;
    c->made = NULL;
    c->visits = NULL;
    c->trail = NULL;
    c->held = NULL;
    c->window = (struct vm_window){0, VM_UNKNOWN};
    c->taken = c->wanted = c->base_pos = c->stalls = 0;
    c->last_pos = VM_UNKNOWN;
    c->from = 0;
    c->recover = PROGRAM_NONE;
    c->ambient = (struct vm_ambient){0};
    c->kind = (uint8_t)kind;
    c->sp = vm->sp;
    c->frame = vm->frame;
    c->space = vm->space;
    c->pos = vm->pos;
    c->limit = vm->limit;
    c->temps = vm->tp;
    c->index = c->count = c->item_end = VM_UNKNOWN;
    c->item.kind = c->prev.kind = c->list.kind = VM_ABSENT;
    return c;
}

/* Starts a function; the caller goes on at pc. */
struct vm_ctl *vm_ctl_call(struct vm *vm, enum vm_call_kind call, uint32_t pc, uint32_t target) {
    struct vm_ctl *c = vm_ctl_push(vm, CTL_CALL);
    c->call = (uint8_t)call;
    c->pc = pc;
    c->base = vm->base;
    c->floor = vm->floor;
    c->emitting = vm->emitting;
    c->ambient = vm->frame ? vm->frame->ambient : (struct vm_ambient){0};
    c->unknown = vm->unknown;
    vm->unknown = false;
    vm->floor = vm->tp;
    vm->emitting = vm->emitting && (call == CALL_DECODE || call == CALL_EMIT);
    vm->pc = target;
    vm->work++;
    return c;
}

/* Records on the control stack for each struct that may be within another: calls of functions, loops, regions. */
#define CALLS_PER_LEVEL 16u

/* Whether another call would be one too many: too deep, or too much work; raises the fault. */
bool vm_too_deep(struct vm *vm) {
    if (vm->work > vm->limits.work) {
        vm_give_up(vm);
        return true;
    }
    return vm_is_deep(vm) && !vm_fail_depth(vm);
}

bool vm_is_deep(const struct vm *vm) {
    return vm->cp / CALLS_PER_LEVEL >= vm->limits.depth;
}

bool vm_fail_depth(struct vm *vm) {
    return vm_fail(vm, "depth", vm->pos / 8, "nested more than %u level%s deep", vm->limits.depth,
                   vm->limits.depth == 1 ? "" : "s");
}

/* Gives back what a walk's element was; keep: something may still refer to it until the statement ends. The walk holds it
 * until then, for this may be within a function whose temporaries end before. */
void vm_item_clear(struct vm *vm, struct vm_ctl *walk, struct vm_value *item, bool keep) {
    if (item->kind == VM_FRAME && !item->frame->kept && !item->borrowed) {
        if (keep || item->frame->listed) {
            item->frame->kept = true;
            item->frame->sibling = walk->held;
            walk->held = item->frame;
        } else {
            vm_frame_free(vm, item->frame);
        }
    }
    item->kind = VM_ABSENT;
}
