#include "config.h"

#include "vm/builtin.h"

#include "base/mem.h"
#include "sema/builtins.h"

/* The table of built-in functions, and what they do with arguments and results. */

bool builtin_wants(struct builtin_call *c, const char *wanted) {
    return vm_fail(c->vm, "type", c->vm->pos / 8, "a built-in function wants %s here", wanted);
}

static bool has_bytes(const struct vm_value *v) {
    return v->kind == VM_BYTES || v->kind == VM_TEXT;
}

bool builtin_want_bytes(struct builtin_call *c, uint32_t i, struct bytes *out) {
    *out = c->args[i].bytes;
    return has_bytes(&c->args[i]) || builtin_wants(c, "text or bytes");
}

bool builtin_want_int(struct builtin_call *c, uint32_t i, int128 low, int128 high, int128 *out) {
    if (c->args[i].kind != VM_INT || c->args[i].integer < low || c->args[i].integer > high) {
        return builtin_wants(c, "another number");
    }
    *out = c->args[i].integer;
    return true;
}

bool builtin_is_rest(const struct builtin_call *c) {
    const struct vm_value *v = &c->args[0];
    return v->space && (v->space->of_rest ||
                        (v->space == c->vm->space && v->start == (c->vm->pos + 7) / 8 * 8));
}

void builtin_charge(struct vm *vm, uint64_t len) {
    vm->work += len / VM_BYTES_A_STEP;
}

void builtin_charge_made(struct vm *vm, uint64_t len) {
    vm->work += len;
}

/* Bytes that count as zeros, but for bits of the first and the last one. */
struct blank {
    const unsigned char *from, *to; /* from NULL: none */
    unsigned char first, last;      /* the bits that stay */
};

/* Those of the field whose value the expression at hand works out. */
static struct blank blank_of(const struct vm *vm) {
    const struct vm_value *field = NULL;
    for (uint32_t i = vm->cp; i-- > 0 && !field;) {
        const struct vm_ctl *c = &vm->ctl[i];
        if (c->kind == CTL_CALL && c->call != CALL_FUNCTION) {
            break;
        }
        field = c->kind == CTL_BLANK ? &c->item : NULL;
    }
    if (!field || field->kind != VM_PLACE || (field->end + 7) / 8 > field->space->size) {
        return (struct blank){0};
    }
    bool msb = vm_msb_first(&vm->program->types.at[field->type], field->ambient);
    unsigned before = field->start % 8, behind = (8 - field->end % 8) % 8;
    return (struct blank){
        .from = field->space->data + field->start / 8,
        .to = field->space->data + (field->end + 7) / 8,
        .first = (unsigned char)(msb ? ~(0xffu >> before) : ~(0xffu << before)),
        .last = (unsigned char)(msb ? ~(0xffu << behind) : ~(0xffu >> behind)),
    };
}

static void take_blanked(const struct blank *b, struct bytes piece,
                         void (*take)(void *state, struct bytes piece), void *state) {
    const unsigned char *at = piece.at, *end = at + piece.len;
    if (!b->from || (uintptr_t)b->to <= (uintptr_t)at || (uintptr_t)b->from >= (uintptr_t)end) {
        take(state, piece);
        return;
    }
    if (at < b->from) {
        take(state, bytes_of(at, (size_t)(b->from - at)));
        at = b->from;
    }
    for (; at < end && at < b->to; at++) {
        unsigned stays = (at == b->from ? b->first : 0u) | (at == b->to - 1 ? b->last : 0u);
        unsigned char byte = (unsigned char)(*at & stays);
        take(state, bytes_of(&byte, 1));
    }
    if (at < end) {
        take(state, bytes_of(at, (size_t)(end - at)));
    }
}

bool builtin_each_piece(struct builtin_call *c, uint32_t first,
                        void (*take)(void *state, struct bytes piece), void *state) {
    struct blank blank = blank_of(c->vm);
    for (uint32_t i = first; i < c->n; i++) {
        const struct vm_value *v = &c->args[i];
        bool list = v->kind == VM_LIST;
        const struct vm_value *at = list ? v->list->at : v;
        uint32_t n = list ? v->list->n : 1;
        for (uint32_t k = 0; k < n; k++) {
            if (has_bytes(&at[k])) {
                builtin_charge(c->vm, at[k].bytes.len);
                c->piece = &at[k];
                take_blanked(&blank, at[k].bytes, take, state);
            } else if (list || at[k].kind != VM_ABSENT) {
                return builtin_wants(c, "text or bytes");
            }
        }
    }
    return true;
}

struct vm_space *builtin_give_space(struct builtin_call *c, struct buf *made, const char *made_by) {
    struct vm_space *space = mem_zalloc(1, sizeof *space);
    space->data = space->owned = (uint8_t *)(made->at ? made->at : mem_alloc(1));
    space->size = made->len;
    space->made_by = made_by;
    space->serial = ++c->vm->spaces;
    *made = (struct buf){0};
    vm_temp_add(c->vm, TEMP_SPACE, space);
    *c->out = vm_absent();
    c->out->kind = VM_BYTES;
    c->out->bytes = bytes_of(space->data, space->size);
    c->out->space = space;
    c->out->end = space->size * 8;
    return space;
}

void builtin_give_text(struct builtin_call *c, void *memory, struct bytes text) {
    vm_temp_add(c->vm, TEMP_BYTES, memory);
    *c->out = vm_absent();
    c->out->kind = VM_TEXT;
    c->out->bytes = text;
}

static bool (*const calls[BUILTIN_COUNT])(struct builtin_call *) = {
#define BUILTIN(name, text, min, max, takes, result, about) builtin_call_##text,
#define TRANSFORM                                           BUILTIN
#include "sema/builtin.def"
#undef TRANSFORM
#undef BUILTIN
};

bool builtin_sum_of(struct vm *vm, uint32_t which, const struct bytes *bytes, uint32_t n,
                    int128 *out) {
    struct vm_value values[SUM_RANGES_MAX], made = vm_absent();
    for (uint32_t i = 0; i < n; i++) {
        values[i] = vm_absent();
        values[i].kind = VM_BYTES;
        values[i].bytes = bytes[i];
    }
    struct builtin_call call = {.vm = vm, .args = values, .n = n, .out = &made};
    bool ok = calls[which](&call) && made.kind == VM_INT;
    *out = made.integer;
    return ok;
}

bool vm_builtin(struct vm *vm, uint32_t which, uint32_t n, bool partial) {
    const struct builtin_info *info = builtin_info(which);
    struct vm_value out = vm_absent();
    struct builtin_call call = {
        .vm = vm, .args = &vm->stack[vm->sp - n], .n = n, .out = &out, .partial = partial};
    bool absent = false;
    for (uint32_t i = 0; i < n; i++) {
        absent = absent || call.args[i].kind == VM_ABSENT;
    }
    if (n < info->min || n > info->max) {
        return vm_fail(vm, "type", vm->pos / 8, "'%s' called with %u arguments", info->text, n);
    }
    bool drops_absent = which == BUILTIN_CONCAT;
    if ((!absent || drops_absent) && !calls[which](&call)) {
        return false;
    }
    vm->sp -= n;
    vm_push(vm, out);
    return true;
}
