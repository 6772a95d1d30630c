#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "vm/machine.h"

/* Scripts: what was wrong with the data is remembered, so that it can be asked for; statements tell how they went. */

/* Of hopeless data so many are remembered. */
#define MET_MAX 4096u

static char *keep(const char *text) {
    size_t len = strlen(text) + 1;
    return memcpy(mem_alloc(len), text, len);
}

void vm_met(struct vm *vm, const char *path, const char *kind, const char *message) {
    if (!vm->remembers || vm->met_n == MET_MAX) {
        return;
    }
    if (vm->met_n == vm->met_cap) {
        vm->met_cap = vm->met_cap ? vm->met_cap * 2 : 16;
        vm->met = mem_realloc(vm->met, vm->met_cap, sizeof *vm->met);
    }
    vm->met[vm->met_n++] =
        (struct vm_met){.path = keep(path), .message = keep(message), .kind = kind};
}

void vm_forget(struct vm *vm) {
    for (uint32_t i = 0; i < vm->met_n; i++) {
        mem_free(vm->met[i].path);
        mem_free(vm->met[i].message);
    }
    mem_free(vm->met);
    vm->met = NULL;
    vm->met_n = vm->met_cap = 0;
}

static bool contains(const char *text, struct bytes part) {
    return part.len == 0 || memmem(text, strlen(text), part.at, part.len) != NULL;
}

/* part: NULL for any. */
static bool is_about(const char *kind, const char *message, const struct bytes *part) {
    return !part || bytes_equal(bytes_text(kind), *part) || contains(message, *part);
}

/* Whether something remembered is at the path or below it. */
static bool met_at(const struct vm *vm, struct bytes path, const struct bytes *part) {
    for (uint32_t i = 0; i < vm->met_n; i++) {
        const struct vm_met *m = &vm->met[i];
        size_t len = strlen(m->path);
        bool below = path.len == 0 ||
                     (len >= path.len && memcmp(m->path, path.at, path.len) == 0 &&
                      (len == path.len || m->path[path.len] == '.' || m->path[path.len] == '['));
        if (below && is_about(m->kind, m->message, part)) {
            return true;
        }
    }
    return false;
}

static bool met_at_value(struct vm *vm, const struct vm_value *v, struct bytes name,
                         const struct bytes *part) {
    buf_clear(&vm->scratch);
    vm_value_path(vm, v, &vm->scratch);
    if (name.len) {
        buf_puts(&vm->scratch, vm->scratch.len ? "." : "");
        buf_put(&vm->scratch, name.at, name.len);
    }
    vm->work += vm->met_n;
    return met_at(vm, buf_bytes(&vm->scratch), part);
}

bool vm_fault_at(struct vm *vm, uint32_t name, bool wants_text) {
    struct vm_value v = vm->stack[vm->sp - 1], text = vm->stack[vm->sp - 2];
    struct vm_value *result = &vm->stack[vm->sp - 2];
    vm->sp--;
    *result = vm_absent();
    if (wants_text && text.kind != VM_TEXT && text.kind != VM_BYTES) {
        return true;
    }
    const struct bytes *part = wants_text ? &text.bytes : NULL;
    bool yes = false;
    switch ((enum vm_kind)v.kind) {
    case VM_ABSENT: /* what can't be found for a fault has that one */
        yes = v.literal && is_about(vm->fault.kind, vm->fault.message, part);
        break;
    case VM_LIST:
        for (uint32_t i = 0; i < v.list->n && !yes; i++) {
            yes = met_at_value(vm, &v.list->at[i], program_text(vm->program, name), part);
        }
        break;
    case VM_PLACE:
    case VM_FRAME:
        yes = met_at_value(vm, &v, program_text(vm->program, name), part);
        break;
    case VM_BOOL:
    case VM_INT:
    case VM_WIDE:
    case VM_FLOAT:
    case VM_TEXT:
    case VM_BYTES:
        break;
    }
    *result = vm_bool(yes);
    return true;
}

bool vm_is(struct vm *vm, uint32_t type) {
    struct vm_value *v = &vm->stack[vm->sp - 1];
    const struct program_type *t = &vm->program->types.at[type];
    bool yes = false;
    if (v->kind == VM_FRAME) {
        yes = t->kind == TYPE_STRUCT && v->frame->of == t->of;
    } else if (v->kind == VM_PLACE) {
        const struct program_type *own = &vm->program->types.at[v->type];
        yes = v->type == type ||
              (t->kind == TYPE_STRUCT && own->kind == TYPE_STRUCT && own->of == t->of);
    }
    *v = vm_bool(yes);
    return true;
}

/* A value as a message shows it. */
static void describe(struct vm *vm, const struct vm_value *value, struct buf *out) {
    struct vm_value v = *value;
    if (v.kind == VM_PLACE && vm->program->types.at[v.type].bit_size >= 0 &&
        vm->program->types.at[v.type].kind != TYPE_STRUCT &&
        vm->program->types.at[v.type].kind != TYPE_ARRAY) {
        vm_load(vm, &v);
    }
    if (v.kind == VM_PLACE || v.kind == VM_FRAME) {
        size_t start = out->len;
        vm_value_path(vm, &v, out);
        buf_puts(out, out->len == start ? "the whole" : "");
    } else {
        vm_describe(vm, &v, out);
    }
}

#define SHOWN_MAX 16u

static void describe_answer(struct vm *vm, const struct vm_value *v, struct buf *out) {
    if (v->kind != VM_LIST) {
        describe(vm, v, out);
        return;
    }
    buf_putc(out, '{');
    for (uint32_t i = 0; i < v->list->n && i < SHOWN_MAX; i++) {
        buf_puts(out, i ? ", " : " ");
        describe(vm, &v->list->at[i], out);
    }
    buf_puts(out, v->list->n > SHOWN_MAX ? ", … }" : " }");
}

/* The path of the element that the innermost loop of the script is at. */
static void put_element(struct vm *vm, struct buf *out) {
    for (uint32_t i = vm->cp; i-- > 0;) {
        if (vm->ctl[i].kind == CTL_ITER) {
            vm_value_path(vm, &vm->ctl[i].item, out);
            return;
        }
    }
}

bool vm_answer(struct vm *vm, uint32_t id, uint32_t n) {
    struct vm_value *values = &vm->stack[vm->sp - n];
    struct buf text[VM_ANSWER_MAX] = {0}, element = {0};
    struct vm_answer answer = {.id = id, .n = n, .values = values};
    bool faulted = n == 1 && values[0].kind == VM_ABSENT && values[0].literal;
    answer.fault = faulted ? &vm->fault : NULL;
    for (uint32_t i = 0; i < n && i < VM_ANSWER_MAX; i++) {
        describe_answer(vm, &values[i], &text[i]);
        answer.text[i] = buf_text(&text[i]);
    }
    put_element(vm, &element);
    answer.element = buf_text(&element);
    if (vm->sink->ops->answer) {
        vm->sink->ops->answer(vm->sink, &answer);
    }
    for (uint32_t i = 0; i < VM_ANSWER_MAX; i++) {
        buf_free(&text[i]);
    }
    buf_free(&element);
    struct vm_value last = values[n - 1];
    vm->sp -= n;
    vm_push(vm, last);
    return true;
}

void vm_root_args(struct vm *vm, uint32_t n) {
    vm_frame_take_args(vm, vm->root, &vm->stack[vm->sp - n], n);
}

/* Whether the value is an element of an element, of which only the last index is known. */
static bool is_nested(const struct vm *vm, const struct vm_value *v) {
    if (v->kind != VM_PLACE || v->index == VM_UNKNOWN || v->via == PROGRAM_NONE) {
        return false;
    }
    uint32_t array = vm->program->members.at[v->via].type;
    return array != PROGRAM_NONE && vm->program->types.at[array].kind == TYPE_ARRAY &&
           vm->program->types.at[vm->program->types.at[array].of].kind == TYPE_ARRAY &&
           v->type != vm->program->types.at[array].of;
}

void vm_place_path(struct vm *vm, const struct vm_value *value, struct buf *out) {
    if (!is_nested(vm, value)) {
        vm_value_path(vm, value, out);
    }
}

bool vm_lies(struct vm *vm) {
    if (!vm_need_end(vm, vm->sp - 1)) {
        return false;
    }
    const struct vm_value *v = &vm->stack[vm->sp - 1];
    if (v->kind == VM_ABSENT || !vm->sink->ops->place) {
        return true;
    }
    bool frame = v->kind == VM_FRAME, place = v->kind == VM_PLACE, bytes = v->kind == VM_BYTES;
    struct vm_event e = {.program = vm->program,
                         .member = place ? v->member : PROGRAM_NONE,
                         .type = frame   ? v->frame->type
                                 : place ? v->type
                                         : PROGRAM_NONE,
                         .index = VM_UNKNOWN,
                         .space = frame            ? v->frame->space
                                  : place || bytes ? v->space
                                                   : NULL,
                         .start = frame ? v->frame->start : v->start,
                         .end = frame ? v->frame->end : v->end,
                         .count = VM_UNKNOWN,
                         .value = v,
                         .let = !frame && !place,
                         .lsb = place && vm_lsb(vm, v->type, v->ambient)};
    buf_clear(&vm->scratch);
    vm_place_path(vm, v, &vm->scratch);
    e.refers = buf_text(&vm->scratch);
    vm->sink->ops->place(vm->sink, &e);
    return true;
}
