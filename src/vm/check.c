#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "vm/machine.h"

/* What a schema says must hold: magic, require, check, relations. */

bool vm_is_next(struct vm *vm, uint32_t data) {
    struct bytes want = program_text(vm->program, data), got;
    struct cursor c = vm_cursor(vm);
    struct cursor_fault f;
    return cursor_bytes(&c, want.len, &got, &f) && bytes_equal(got, want);
}

bool vm_magic(struct vm *vm, uint32_t data) {
    struct bytes want = program_text(vm->program, data), got;
    if (vm_making(vm) && !vm_make_bytes(vm, vm->pos, want)) {
        return false;
    }
    struct cursor c = vm_cursor(vm);
    struct cursor_fault f;
    if (!cursor_bytes(&c, want.len, &got, &f)) {
        vm->frame->ended = vm->frame->not_one = true;
        vm_fail_cursor(vm, &f);
        vm->fault.kind = "magic";
        return false;
    }
    if (!bytes_equal(got, want)) {
        vm->unknown = vm->unknown || vm_make_is_behind(vm);
        struct vm_value w = vm_literal(vm, data), g = vm_absent();
        struct buf text = {0};
        g.kind = VM_BYTES;
        g.bytes = got;
        vm_describe(vm, &w, &text);
        buf_puts(&text, ", got ");
        vm_describe(vm, &g, &text);
        vm_fail(vm, "magic", vm->pos / 8, "wanted %s", buf_text(&text));
        buf_free(&text);
        vm->frame->ended = vm->frame->not_one = true;
        return false;
    }
    vm_emit_magic(vm, got);
    vm->pos += want.len * 8;
    return true;
}

/* Adds the value, if it is a number, text or bytes. */
static bool describe_item(struct vm *vm, const struct vm_value *item, struct buf *out) {
    struct vm_value v = *item;
    const struct program_type *t = v.kind == VM_PLACE ? &vm->program->types.at[v.type] : NULL;
    bool parts = v.kind == VM_ABSENT || v.kind == VM_FRAME || v.kind == VM_LIST ||
                 (t && (t->kind == TYPE_STRUCT || t->kind == TYPE_ARRAY));
    if (parts || !vm_load(vm, &v)) {
        return false;
    }
    vm_describe(vm, &v, out);
    return true;
}

/* What is said where a check does not hold. */
static void word_requirement(struct vm *vm, const struct program_check *c,
                             const struct vm_value *item, struct buf *out) {
    struct bytes said = program_text(vm->program, c->message);
    struct bytes formula = program_text(vm->program, c->formula);
    if (said.len) {
        buf_put(out, said.at, said.len);
        return;
    }
    buf_puts(out, "does not hold");
    size_t len = out->len;
    buf_puts(out, " of ");
    if (!item || !describe_item(vm, item, out)) {
        out->len = len;
    }
    buf_puts(out, ": ");
    buf_put(out, formula.at, formula.len);
}

bool vm_fail_requirement(struct vm *vm, uint32_t id, const struct vm_value *value,
                         uint64_t offset) {
    const struct program_check *c = &vm->program->checks.at[id];
    struct buf text = {0};
    word_requirement(vm, c, value, &text);
    vm_fail(vm, "require", offset, "%s", buf_text(&text));
    vm->fault.shape = (enum check_shape)c->shape;
    vm->fault.span = c->span;
    buf_free(&text);
    return false;
}

static bool is_among(const int128 *numbers, uint32_t n, int128 value) {
    for (uint32_t i = 0; i < n; i++) {
        if (numbers[i] == value) {
            return true;
        }
    }
    return false;
}

bool vm_passes(const struct vm *vm, const struct program_check *check, int128 value) {
    bool numbers = check->test != TEST_NONE && check->test != TEST_ENUM;
    const int128 *wanted = numbers ? vm->program->ints.at + check->wanted : NULL;
    switch ((enum check_against)check->test) {
    case TEST_NONE:
        return true;
    case TEST_EQ:
        return value == wanted[0];
    case TEST_NE:
        return value != wanted[0];
    case TEST_LT:
        return value < wanted[0];
    case TEST_LE:
        return value <= wanted[0];
    case TEST_GT:
        return value > wanted[0];
    case TEST_GE:
        return value >= wanted[0];
    case TEST_RANGE:
        return value >= wanted[0] && value <= wanted[1];
    case TEST_LIST:
        return is_among(wanted, check->wanted_n, value);
    case TEST_ENUM:
        return program_enumerator(vm->program, check->wanted, value) != NULL;
    }
    return true;
}

bool vm_require(struct vm *vm, uint32_t id, const struct vm_value *item) {
    bool yes, absent;
    if (!vm_condition(vm, &yes, &absent)) {
        return false;
    }
    vm->sp--;
    vm_emit_checked(vm, id, yes);
    if (yes) {
        return true;
    }
    const struct program_check *c = &vm->program->checks.at[id];
    uint64_t at = vm->frame->start / 8;
    if (item && (item->kind == VM_FRAME || item->space == vm->space)) {
        at = (item->kind == VM_FRAME ? item->frame->start : item->start) / 8;
    }
    vm->frame->ended = vm->frame->ended || !c->apart;
    return vm_fail_requirement(vm, id, item, at);
}

bool vm_check(struct vm *vm, uint32_t id) {
    bool yes, absent;
    if (!vm_condition(vm, &yes, &absent)) {
        return false;
    }
    vm->sp--;
    if (!absent) {
        vm_emit_checked(vm, id, yes);
    }
    if (!yes && !absent) {
        const struct vm_ctl *c = &vm->ctl[vm->cp - 1];
        bool element = vm->cp > 0 && c->kind == CTL_ITER; /* a relation: of the element at hand */
        struct vm_value got = element ? c->item : vm_absent();
        bool known = element && vm_load(vm, &got);
        struct vm_value item = element ? c->item : vm_absent();
        if (known && item.kind == VM_PLACE && item.end == VM_UNKNOWN) {
            item.end = got.end;
        }
        vm_finding(vm, &vm->program->checks.at[id], item.kind == VM_PLACE ? &item : NULL,
                   known ? &got : NULL, NULL);
    }
    return true;
}

bool vm_check_equal(struct vm *vm, uint32_t id) {
    if (!vm_loaded(vm, vm->sp - 2) || !vm_loaded(vm, vm->sp - 1)) {
        return false;
    }
    for (uint32_t at = vm->sp - 2; at < vm->sp; at++) {
        enum vm_kind kind = vm->stack[at].kind;
        if ((kind == VM_PLACE || kind == VM_FRAME) &&
            (!vm_need_end(vm, at) || !vm_bytes(vm, &vm->stack[at]))) {
            return false;
        }
    }
    struct vm_value want = vm->stack[vm->sp - 1], got = vm->stack[vm->sp - 2];
    vm->sp -= 2;
    if (want.kind == VM_ABSENT || got.kind == VM_ABSENT) {
        return true;
    }
    if (want.kind == VM_INT && got.kind == VM_INT) {
        want.names = got.names;
    }
    bool equal = vm_equal(vm, &got, &want) == 1;
    vm_emit_checked(vm, id, equal);
    if (!equal) {
        vm_finding(vm, &vm->program->checks.at[id], NULL, &got, &want);
    }
    return true;
}

bool vm_unmet(struct vm *vm, uint32_t id) {
    const struct program_check *c = &vm->program->checks.at[id];
    struct bytes formula = program_text(vm->program, c->formula);
    vm_loop_over(vm);
    return vm_fail(vm, "unmet", vm->pos / 8, "the region ends before the array does: until %.*s",
                   (int)formula.len, (const char *)formula.at);
}
