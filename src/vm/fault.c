#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/numtext.h"
#include "vm/machine.h"

/* Faults and findings: how they are worded, and how a fault finds the place where decoding goes on. */

static void put_index(struct buf *out, uint64_t index) {
    if (index != VM_UNKNOWN) {
        buf_printf(out, "[%" PRIu64 "]", index);
    }
}

static void put_member(struct vm *vm, uint32_t member, uint64_t index, struct buf *out) {
    if (member != PROGRAM_NONE) {
        struct bytes name = program_text(vm->program, vm->program->members.at[member].name);
        if (out->len) {
            buf_putc(out, '.');
        }
        buf_put(out, name.at, name.len);
    }
    put_index(out, index);
}

/* "chunks[3].body.width": the way from the root to a member of frame. */
void vm_path_of(struct vm *vm, const struct vm_frame *frame, uint32_t member, struct buf *out) {
    uint32_t n = 0;
    for (const struct vm_frame *f = frame; f; f = f->parent) {
        if (n == vm->way_cap) {
            vm->way_cap = n ? 2 * n : 64;
            vm->way = mem_realloc(vm->way, vm->way_cap, sizeof *vm->way);
        }
        vm->way[n++] = f;
    }
    while (n-- > 0) {
        put_member(vm, vm->way[n]->member, vm->way[n]->index, out);
    }
    if (member != PROGRAM_NONE) {
        put_member(vm, member, VM_UNKNOWN, out);
    }
}

void vm_value_path(struct vm *vm, const struct vm_value *value, struct buf *out) {
    if (value->kind == VM_FRAME) {
        vm_path_of(vm, value->frame, PROGRAM_NONE, out);
    } else if (value->kind == VM_PLACE) {
        vm_path_of(vm, value->owner, value->via, out);
        put_index(out, value->index);
    }
}

/* "read|write|0x80 (0x83)"; nothing for 0. */
static bool describe_flags(struct vm *vm, const struct vm_value *value, struct buf *out) {
    const struct program_enum *e = &vm->program->enums.at[value->names];
    int128 left = value->integer;
    size_t start = out->len;
    for (uint32_t i = 0; i < e->count; i++) {
        const struct program_enumerator *item = &vm->program->items.at[e->first + i];
        if (item->value != 0 && (value->integer & item->value) == item->value) {
            struct bytes name = program_text(vm->program, item->name);
            buf_printf(out, "%s%.*s", out->len > start ? "|" : "", (int)name.len,
                       (const char *)name.at);
            left &= ~item->value;
        }
    }
    if (out->len == start || value->integer < 0 || value->integer > UINT64_MAX) {
        out->len = start;
        return false;
    }
    if (left != 0) {
        buf_printf(out, "|0x%" PRIx64, (uint64_t)left);
    }
    buf_printf(out, " (0x%" PRIx64 ")", (uint64_t)value->integer);
    return true;
}

static void describe_integer(struct vm *vm, const struct vm_value *value, struct buf *out) {
    char text[INT128_TEXT_MAX];
    bool named = value->names != PROGRAM_NONE;
    bool flags = named && vm->program->enums.at[value->names].flags;
    if (flags && describe_flags(vm, value, out)) {
        return;
    }
    const struct program_enumerator *item =
        named && !flags ? program_enumerator(vm->program, value->names, value->integer) : NULL;
    if (item) {
        struct bytes name = program_text(vm->program, item->name);
        buf_printf(out, "%.*s (", (int)name.len, (const char *)name.at);
    }
    buf_put(out, text, int128_text(value->integer, text));
    if (!item && value->integer > 9 && value->integer <= UINT64_MAX) {
        buf_printf(out, " (0x%" PRIx64 ")", (uint64_t)value->integer);
    }
    buf_puts(out, item ? ")" : "");
}

void vm_describe(struct vm *vm, const struct vm_value *value, struct buf *out) {
    char text[NUMTEXT_MAX + INT128_TEXT_MAX];
    (void)vm;
    switch ((enum vm_kind)value->kind) {
    case VM_ABSENT:
        buf_puts(out, "nothing");
        break;
    case VM_BOOL:
        buf_puts(out, value->boolean ? "true" : "false");
        break;
    case VM_INT:
        describe_integer(vm, value, out);
        break;
    case VM_WIDE:
        buf_puts(out, "0x");
        for (unsigned shift = 128; shift > 0; shift -= 4) {
            buf_putc(out, "0123456789abcdef"[(uint128)value->integer >> (shift - 4) & 15]);
        }
        break;
    case VM_FLOAT:
        buf_put(out, text, (size_t)(numtext_double(text, value->number) - text));
        break;
    case VM_TEXT:
    case VM_BYTES:
        buf_putc(out, '"');
        for (size_t i = 0; i < value->bytes.len && i < 32; i++) {
            unsigned char c = value->bytes.at[i];
            if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
                buf_putc(out, (char)c);
            } else {
                buf_printf(out, "\\x%02x", c);
            }
        }
        buf_puts(out, value->bytes.len > 32 ? "\"…" : "\"");
        break;
    case VM_PLACE:
        buf_puts(out, "a place");
        break;
    case VM_FRAME:
        buf_puts(out, "a struct");
        break;
    case VM_LIST:
        buf_printf(out, "a list of %u", value->list->n);
        break;
    }
}

static bool owns(const struct vm *vm, uint32_t member) {
    return member != PROGRAM_NONE && vm->frame &&
           vm->program->members.at[member].owner == vm->frame->of;
}

/* The elements that the running function is at: "[3][1]"; but for those of an array type. */
static void put_loops(struct vm *vm, uint32_t but, struct buf *out) {
    uint32_t first = vm->cp;
    while (first > 0 && vm->ctl[first - 1].kind != CTL_CALL) {
        first--;
    }
    for (uint32_t i = first; i < vm->cp; i++) {
        const struct vm_ctl *c = &vm->ctl[i];
        bool loop = c->kind == CTL_LOOP && (but == PROGRAM_NONE || c->type != but);
        if (loop || (c->kind == CTL_ITER && c->stepping)) {
            put_index(out, c->index);
        }
    }
}

void vm_path_here(struct vm *vm, uint32_t member, uint32_t but, struct buf *out) {
    bool own = owns(vm, member);
    vm_path_of(vm, vm->frame, own ? member : PROGRAM_NONE, out);
    if (own) {
        put_loops(vm, but, out);
    }
}

/* The member that the running instruction works for; in a function of the schema, the one that called it. */
static uint32_t member_at_work(const struct vm *vm) {
    uint32_t member = vm->program->code.at[vm->pc].member;
    for (uint32_t i = vm->cp; i-- > 0 && member == PROGRAM_NONE;) {
        const struct vm_ctl *c = &vm->ctl[i];
        if (c->kind == CTL_CALL && c->call != CALL_FUNCTION) {
            break;
        }
        member = c->kind == CTL_CALL ? vm->program->code.at[c->pc - 1].member : member;
    }
    return member;
}

bool vm_fail(struct vm *vm, const char *kind, uint64_t offset, const char *format, ...) {
    uint32_t member = member_at_work(vm);
    vm->work += 16 + vm->cp; /* the path takes time */
    buf_clear(&vm->path);
    buf_clear(&vm->message);
    bool own = owns(vm, member);
    vm_path_here(vm, member, PROGRAM_NONE, &vm->path);
    va_list args;
    va_start(args, format);
    buf_vprintf(&vm->message, format, args);
    va_end(args);
    vm->fault = (struct vm_fault){
        .kind = kind,
        .path = buf_text(&vm->path),
        .member = own ? member : PROGRAM_NONE,
        .message = buf_text(&vm->message),
        .space = vm->space,
        .offset = offset,
        .span = vm->program->spans.n > vm->pc ? vm->program->spans.at[vm->pc] : span_none()};
    vm_locate(vm, &vm->fault.space, &vm->fault.offset);
    vm->faulted = true;
    vm->quiet = false;
    vm->loose = member == PROGRAM_NONE;
    vm->next_encoding = 0;
    return false;
}

bool vm_fail_cursor(struct vm *vm, const struct cursor_fault *f) {
    switch (f->trouble) {
    case CURSOR_SHORT:
        vm_make_ran_out(vm);
        return vm_fail(vm, "truncated", f->off, "wanted %" PRIu64 " byte%s, %" PRIu64 " %s left",
                       f->wanted, f->wanted == 1 ? "" : "s", f->there,
                       f->there == 1 ? "is" : "are");
    case CURSOR_OUTSIDE:
        vm_make_ran_out(vm);
        return vm_fail(vm, "outside", f->off,
                       "place 0x%" PRIx64 " lies outside: the region ends at 0x%" PRIx64, f->wanted,
                       f->there);
    case CURSOR_UNTERMINATED:
        vm_make_ran_out(vm);
        return vm_fail(vm, "unterminated", f->off, "no terminator in the %" PRIu64 " byte%s left",
                       f->there, f->there == 1 ? "" : "s");
    case CURSOR_TOO_WIDE:
        return vm_fail(vm, "too-wide", f->off,
                       "a variable-length number goes on beyond its %" PRIu64 " bytes", f->wanted);
    }
    return false;
}

bool vm_fail_space(struct vm *vm, struct vm_space *space) {
    vm_fail(vm, "transform", space->damage_off, "%s", space->damage);
    mem_free(space->damage);
    space->damage = NULL;
    return false;
}

void vm_finding(struct vm *vm, const struct program_check *check, const struct vm_value *field,
                const struct vm_value *got, const struct vm_value *wanted) {
    struct bytes formula = program_text(vm->program, check->formula);
    struct bytes said = program_text(vm->program, check->message);
    buf_clear(&vm->path);
    buf_clear(&vm->message);
    vm_path_of(vm, vm->frame, check->member, &vm->path);
    if (wanted) { /* CHECK_EQUALS */
        vm_describe(vm, got, &vm->message);
        buf_puts(&vm->message, ", wanted ");
        vm_describe(vm, wanted, &vm->message);
    } else if (check->kind == CHECK_MEMBERSHIP) {
        if (got && got->kind != VM_PLACE) {
            vm_describe(vm, got, &vm->message);
            buf_puts(&vm->message, " is ");
        }
        buf_printf(&vm->message, "not in %.*s", (int)formula.len, (const char *)formula.at);
    } else if (said.len) {
        buf_put(&vm->message, said.at, said.len);
    } else if (check->kind == CHECK_EQUALS) { /* a list */
        buf_printf(&vm->message, "wanted %.*s", (int)formula.len, (const char *)formula.at);
    } else {
        buf_printf(&vm->message, "does not hold: %.*s", (int)formula.len, (const char *)formula.at);
    }
    struct vm_value here;
    if (!field && check->member != PROGRAM_NONE &&
        vm_known_place(vm, vm->frame, check->member, &here)) {
        field = &here;
    }
    if (field == &here && here.end == VM_UNKNOWN && got && got->space == here.space) {
        here.end = got->end;
    }
    struct vm_finding f = {.path = buf_text(&vm->path),
                           .field = field,
                           .message = buf_text(&vm->message),
                           .member = check->member,
                           .wanted = wanted,
                           .span = check->span};
    f.space = vm->frame->space;
    f.offset = vm->frame->start / 8;
    if (got && got->space) {
        f.space = got->space;
        f.offset = got->start / 8;
    }
    vm_locate(vm, &f.space, &f.offset);
    vm->result.findings++;
    vm_met(vm, f.path, "finding", f.message);
    vm_emit_finding(vm, &f);
}

static uint64_t hash_text(uint64_t hash, const char *text) {
    for (const char *p = text; *p; p++) {
        hash = (hash ^ (unsigned char)*p) * 0x100000001b3u;
    }
    return hash;
}

/* Whether this very fault was told lately: other members that need the same field meet it again, and a struct that ends
 * where its last member was cut off. */
static bool told_before(struct vm *vm) {
    const struct vm_fault *f = &vm->fault;
    struct vm_told fault = {
        .field = hash_text(hash_text((uint64_t)f->span.lo << 32, f->path), f->message),
        .place = hash_text(f->offset, f->message),
    };
    for (uint32_t i = 0; i < VM_TOLD; i++) {
        if (vm->told[i].field == fault.field || (vm->loose && vm->told[i].place == fault.place)) {
            return true;
        }
    }
    vm->told[vm->result.faults % VM_TOLD] = fault;
    return false;
}

void vm_tell_here(struct vm *vm) {
    vm->result.faults++;
    vm_met(vm, vm->fault.path, vm->fault.kind, vm->fault.message);
    if (vm->sink->ops->fault) {
        vm->sink->ops->fault(vm->sink, &vm->fault);
    }
    vm->quiet = true;
}

void vm_tell(struct vm *vm) {
    if (!vm->quiet && !told_before(vm)) {
        vm_tell_here(vm);
    }
    vm->faulted = false;
    vm->quiet = false;
}

void vm_give_up(struct vm *vm) {
    if (!vm->stop) {
        vm_fail(vm, "limit", vm->pos / 8,
                "the work limit of %" PRIu64 " steps is reached: too much for a file of %" PRIu64
                " bytes",
                vm->limits.work, vm->input.size);
        vm_tell(vm);
        vm->stop = true;
    }
}

bool vm_lose(struct vm *vm) {
    vm->faulted = vm->quiet = true;
    return true;
}

static void restore_cursor(struct vm *vm, const struct vm_ctl *c) {
    vm->space = c->space;
    vm->pos = c->pos;
    vm->limit = c->limit;
}

/* Ends a record that may take a fault in. */
static bool absorb(struct vm *vm, struct vm_ctl *c) {
    uint64_t end = vm->limit;
    struct vm_space *made = c->kind == CTL_SPACE && vm->space != c->space ? vm->space : NULL;
    /* where the struct is over, so is what its fields lie in */
    bool over = vm->frame && vm->frame->ended;
    bool takes = vm->emitting && c->pc != PROGRAM_NONE && !over;
    if (c->kind == CTL_REGION) {
        vm->region = (struct vm_stretch){vm->space, c->pos, end, end};
    }
    restore_cursor(vm, c);
    if (c->kind == CTL_REGION) {
        vm->pos = end;
    } else if (c->kind == CTL_SPACE) {
        vm->pos += c->taken;
    }
    vm->cp--;
    if (!takes) {
        return false;
    }
    vm_tell(vm);
    vm_record_drop(vm, c);
    if (c->is_short) { /* what follows would only say the same again */
        return !vm_lose(vm);
    }
    vm->sp = c->sp;
    vm->pc = c->pc;
    if (made && made->damage) {
        vm->pc--; /* the SPACE_END, as which the fault is told */
        return vm_fail_space(vm, made);
    }
    return true;
}

void vm_record_drop(struct vm *vm, struct vm_ctl *c) {
    if (c->record || (c->kind == CTL_CALL && c->open)) {
        vm_emit_record(vm, false);
    }
    c->record = false;
}

static void drop_loop(struct vm *vm, struct vm_ctl *c) {
    if (c->kind == CTL_LOOP && c->open) {
        vm_emit_array(vm, c->type, PROGRAM_NONE, false);
    }
    vm_record_drop(vm, c);
    bool keep = c->kind == CTL_ITER && c->keeps;
    vm_loop_drop(vm, c, keep);
    if (c->kind == CTL_ITER && c->stepping) { /* the step ran in the array's frame */
        vm->frame->ambient = c->ambient;
        vm->frame = c->frame;
        restore_cursor(vm, c);
        vm->emitting = c->emitting;
        vm->floor = c->floor;
        vm->base = c->base;
    }
    vm->cp--;
}

static void drop_call(struct vm *vm, struct vm_ctl *c) {
    vm_record_drop(vm, c);
    if (c->slot && c->slot->state == SLOT_BUSY) {
        c->slot->state = SLOT_EMPTY;
    }
    if (vm->frame && c->call != CALL_DECODE && c->call != CALL_PASS) {
        vm->frame->ambient = c->ambient;
    }
    vm_temp_release(vm, c->temps);
    vm->frame = c->frame;
    restore_cursor(vm, c);
    vm->emitting = c->emitting;
    vm->floor = c->floor;
    vm->base = c->base;
    vm->sp = c->sp;
    if ((c->call == CALL_PASS || c->call == CALL_DECODE) && c->made && !c->made->kept) {
        vm_frame_free(vm, c->made);
    }
    vm->cp--;
}

/* Whether the struct being emitted goes on somewhere behind the fault. */
static bool resume(struct vm *vm, uint32_t sp) {
    struct vm_frame *f = vm->frame;
    if (!f || f->resume == PROGRAM_NONE) {
        return false;
    }
    /* a computed value that wants what was lost is left out: the loss was told */
    bool reading = strcmp(vm->fault.kind, "truncated") == 0 ||
                   strcmp(vm->fault.kind, "unterminated") == 0 ||
                   strcmp(vm->fault.kind, "too-wide") == 0;
    vm->quiet = vm->quiet || (f->lost && f->resume_let && reading);
    vm->loose = vm->loose || (f->resume_let && reading); /* of the field that it reads */
    f->lost = f->lost || f->resume_loses;
    vm->sp = sp;
    vm->pc = f->resume;
    f->resume = PROGRAM_NONE; /* once: the next member says anew */
    vm_tell(vm);
    vm_temp_release(vm, vm->floor);
    return true;
}

/* Handles the fault raised: false when nothing is left to go on with. */
bool vm_unwind(struct vm *vm) {
    for (;;) {
        if (vm->cp == 0) {
            if (resume(vm, 0)) {
                return true;
            }
            vm_tell(vm);
            return false;
        }
        struct vm_ctl *c = &vm->ctl[vm->cp - 1];
        switch ((enum vm_ctl_kind)c->kind) {
        case CTL_TRY:
            vm->frame = c->frame;
            restore_cursor(vm, c);
            vm->sp = c->sp;
            vm->pc = c->pc;
            vm->cp--;
            if (vm->building && vm->cp < vm->build_cp) {
                vm_build_end(vm);
            }
            if (c->tells ||
                strcmp(vm->fault.kind, "depth") == 0) { /* a limit is not the data's end */
                vm_tell(vm);
            }
            vm->faulted = vm->quiet = false;
            vm_push(vm, vm_absent());
            vm->stack[vm->sp - 1].literal = true;
            return true;
        case CTL_BLANK:
            vm->cp--;
            break;
        case CTL_WITH:
            vm_with_end(vm);
            break;
        case CTL_REGION:
        case CTL_AT:
        case CTL_SPACE:
            if (absorb(vm, c)) {
                return true;
            }
            break;
        case CTL_LOOP:
        case CTL_ITER:
            if (vm_recovers(vm, c)) {
                return true;
            }
            drop_loop(vm, c);
            break;
        case CTL_CALL:
            if (vm->building && vm->cp - 1 == vm->build_cp) { /* its maker sees what comes of it */
                vm_tell(vm);
                drop_call(vm, c);
                vm->pc = c->pc;
                return true;
            }
            if (c->call == CALL_DECODE && resume(vm, c->sp)) {
                return true;
            }
            if (c->call == CALL_DECODE && vm->frame->shown) {
                vm_tell(vm);
                vm->quiet = vm->faulted = true;
                vm_emit_struct(vm, false);
            }
            drop_call(vm, c);
            break;
        }
    }
}
