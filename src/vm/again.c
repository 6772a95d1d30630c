#include "config.h"

#include "vm/machine.h"

/* Structs that are one of those around them: a directory that names itself. Decoding such a struct would go on without
 * end, so it is told, and used, as a reference to the one around it.
 *
 * It is the same struct where its type, its place and room, its file, and its arguments are. */

/* What a struct at a place that is not entered yet would be. */
struct candidate {
    uint32_t of;
    const struct vm_region *where;
    bool own_file;         /* places in it count from its start */
    struct vm_region file; /* else in these bytes */
    const struct vm_value *args;
    uint32_t n;
};

static bool same_file(const struct candidate *c, const struct vm_frame *f) {
    bool own = f->file == f && f->window.start == VM_UNKNOWN;
    if (c->own_file) {
        return own;
    }
    struct vm_region file = vm_file_of(f);
    return file.space == c->file.space && file.start == c->file.start &&
           file.limit == c->file.limit;
}

static bool same_bytes(struct bytes a, struct bytes b) {
    return a.len == b.len && (a.at == b.at || bytes_equal(a, b));
}

static bool same_argument(const struct vm_value *a, const struct vm_value *b) {
    if (a->kind != b->kind) {
        return false;
    }
    switch ((enum vm_kind)a->kind) {
    case VM_ABSENT:
        return true;
    case VM_BOOL:
        return a->boolean == b->boolean;
    case VM_INT:
    case VM_WIDE:
        return a->integer == b->integer && a->anchored == b->anchored &&
               (!a->anchored || a->space == b->space);
    case VM_FLOAT:
        return a->number == b->number;
    case VM_TEXT:
    case VM_BYTES:
        return same_bytes(a->bytes, b->bytes);
    case VM_PLACE:
        return a->space == b->space && a->start == b->start && a->type == b->type;
    case VM_FRAME:
        return a->frame == b->frame;
    case VM_LIST:
        return a->list == b->list;
    }
    return false;
}

static bool same_arguments(const struct candidate *c, const struct vm_frame *f) {
    bool same = c->n == 0 || f->args_ready;
    for (uint32_t i = 0; i < c->n && same; i++) {
        same = same_argument(&c->args[i], &f->args[i]);
    }
    return same;
}

static bool is_same(const struct candidate *c, const struct vm_frame *f) {
    const struct vm_region *where = c->where;
    if (f->of != c->of || f->space != where->space || f->start != where->start) {
        return false;
    }
    bool room = f->sized ? f->limit <= where->limit : f->limit == where->limit;
    return room && same_file(c, f) && same_arguments(c, f);
}

struct vm_frame *vm_again(const struct vm *vm, struct vm_frame *around, uint32_t type,
                          const struct vm_region *where, struct vm_window source,
                          const struct vm_value *args, uint32_t n) {
    const struct program_type *t = &vm->program->types.at[type];
    struct vm_frame *f = around;
    while (f && (f->of != t->of || f->start != where->start)) {
        f = f->parent;
    }
    if (!f) {
        return NULL;
    }
    struct candidate c = {.of = t->of, .where = where, .args = args, .n = n};
    c.own_file = t->file == FILE_OWN || vm_starts_file(vm, t->of, around);
    c.file = t->file == FILE_SOURCE ? vm_region_of(where->space, source) : vm_file_of(around);
    while (f && !is_same(&c, f)) {
        f = f->parent;
    }
    return f;
}

/* Whether what follows the struct lies behind it: it is an element among others. */
static bool is_followed(const struct vm *vm) {
    for (uint32_t i = vm->cp; i-- > 0;) {
        switch ((enum vm_ctl_kind)vm->ctl[i].kind) {
        case CTL_LOOP:
            return true;
        case CTL_AT:
        case CTL_SPACE:
        case CTL_CALL:
            return false;
        case CTL_REGION:
        case CTL_ITER:
        case CTL_TRY:
        case CTL_BLANK:
        case CTL_WITH:
            break;
        }
    }
    return false;
}

bool vm_refer(struct vm *vm, const struct program_inst *inst, struct vm_frame *again, bool emit) {
    bool followed = is_followed(vm);
    if (followed && !vm_need_frame_end(vm, again)) {
        return false;
    }
    vm->sp -= inst->b;
    if (emit) {
        vm_emit_reference(vm, inst->a, inst->member, again);
    }
    vm->pos = followed ? again->end : vm->pos;
    const struct program_member *m =
        inst->member == PROGRAM_NONE ? NULL : &vm->program->members.at[inst->member];
    if (m && m->slot != PROGRAM_NONE && m->owner == vm->frame->of) {
        struct vm_slot *slot = &vm->frame->slots[m->slot];
        bool here = slot->state == SLOT_SET && slot->type == inst->a;
        slot->child = here && !slot->child ? again : slot->child;
    }
    vm->pc++;
    return true;
}
