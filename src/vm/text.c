#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "vm/machine.h"

/* Text in the data: which encoding it is in, where it ends, what is odd about it. */

static bool unknown_encoding(struct vm *vm, struct bytes name) {
    struct vm_value v = vm_absent();
    struct buf text = {0};
    v.kind = VM_TEXT;
    v.bytes = name;
    vm_describe(vm, &v, &text);
    vm_fail(vm, "encoding", vm->pos / 8, "unknown encoding %s", buf_text(&text));
    buf_free(&text);
    return false;
}

bool vm_encoding(struct vm *vm, struct bytes name, uint16_t *out) {
    const struct encoding *e = encodings_find(vm->encodings, name);
    if (!e) {
        return unknown_encoding(vm, name);
    }
    *out = (uint16_t)(encodings_number(vm->encodings, e) + 1);
    return true;
}

bool vm_encoding_of(struct vm *vm, uint32_t type, struct vm_ambient ambient,
                    const struct encoding **out) {
    uint32_t said = vm->program->types.at[type].encoding;
    if (said == PROGRAM_NONE) {
        *out = ambient.encoding ? encodings_at(vm->encodings, ambient.encoding - 1u)
                                : encodings_find(vm->encodings, bytes_of("", 0));
        return true;
    }
    const struct encoding **known = &vm->encoding_of_type[type];
    if (!*known) {
        *known = encodings_find(vm->encodings, program_text(vm->program, said));
    }
    *out = *known;
    return *out || unknown_encoding(vm, program_text(vm->program, said));
}

const struct encoding *vm_encoding_for(struct vm *vm, uint32_t type, struct vm_ambient ambient) {
    uint32_t said = vm->program->types.at[type].encoding;
    if (vm->program->types.at[type].kind != TYPE_TEXT) {
        return NULL;
    }
    if (said != PROGRAM_NONE) {
        return encodings_find(vm->encodings, program_text(vm->program, said));
    }
    return ambient.encoding ? encodings_at(vm->encodings, ambient.encoding - 1u)
                            : encodings_find(vm->encodings, bytes_of("", 0));
}

struct vm_ambient vm_text_ambient(struct vm *vm) {
    struct vm_ambient ambient = vm->frame ? vm->frame->ambient : (struct vm_ambient){0};
    if (vm->next_encoding) {
        ambient.encoding = vm->next_encoding;
    }
    return ambient;
}

/* Takes raw, which lies in the file or in a space, as text; notes what is odd about it for vm_text_findings. */
bool vm_load_text(struct vm *vm, uint32_t type, struct bytes raw, struct vm_ambient ambient,
                  struct vm_value *out) {
    const struct encoding *encoding;
    if (!vm_encoding_of(vm, type, ambient, &encoding)) {
        return false;
    }
    struct bytes text = raw;
    vm->odd_behind = ENCODING_FINE;
    if (vm->program->types.at[type].cut) {
        text = encoding_cut(encoding, raw);
        vm->odd_behind = encoding_behind(raw, text.len);
    }
    struct buf converted = {0};
    out->kind = VM_TEXT;
    out->raw = raw;
    out->type = type;
    out->bytes = encoding_decode(encoding, &converted, text, &vm->odd_text);
    if (out->bytes.at != text.at && converted.at) {
        vm_temp_add(vm, TEMP_BYTES, converted.at);
    } else {
        buf_free(&converted);
    }
    return true;
}

/* A few bytes of the text from there on. */
static void put_bytes(struct buf *out, const struct vm_event *e, size_t from) {
    size_t len = (e->end - e->start) / 8;
    for (size_t i = from; i < len && i < from + 4; i++) {
        buf_printf(out, " %02x", e->space->data[e->start / 8 + i]);
    }
}

static void tell_finding(struct vm *vm, const struct vm_event *e, size_t at) {
    uint32_t member = e->member;
    struct span span = vm->program->spans.n > vm->pc ? vm->program->spans.at[vm->pc] : span_none();
    if (member != PROGRAM_NONE) {
        span = vm->program->members.at[member].span;
    }
    struct vm_finding f = {.path = buf_text(&vm->path),
                           .message = buf_text(&vm->message),
                           .space = e->space,
                           .offset = e->start / 8 + at,
                           .member = member,
                           .span = span};
    vm_locate(vm, &f.space, &f.offset);
    vm->result.findings++;
    vm_emit_finding(vm, &f);
}

bool vm_text_is_odd(const struct vm *vm, uint32_t type) {
    return type != PROGRAM_NONE && vm->program->types.at[type].kind == TYPE_TEXT &&
           (vm->odd_text != ENCODING_FINE || vm->odd_behind != ENCODING_FINE);
}

void vm_text_findings(struct vm *vm, const struct vm_event *e) {
    const struct encoding *encoding;
    if (vm->odd_text != ENCODING_FINE &&
        vm_encoding_of(vm, e->type, vm_text_ambient(vm), &encoding)) {
        buf_clear(&vm->message);
        buf_printf(&vm->message, "byte %zu is no %s:", vm->odd_text, encoding_name(encoding));
        put_bytes(&vm->message, e, vm->odd_text);
        tell_finding(vm, e, vm->odd_text);
    }
    if (vm->odd_behind != ENCODING_FINE) {
        buf_clear(&vm->message);
        buf_printf(&vm->message, "byte %zu is behind the NUL and no padding:", vm->odd_behind);
        put_bytes(&vm->message, e, vm->odd_behind);
        tell_finding(vm, e, vm->odd_behind);
    }
}

static uint32_t collect_texts(struct vm *vm, const struct program_block *block,
                              struct vm_texts *out) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < block->count; i++) {
        const struct program_field *f = &vm->program->fields.at[block->first + i];
        const struct program_type *t = &vm->program->types.at[f->type];
        if (f->what != FIELD_VALUE || t->kind != TYPE_TEXT) {
            continue;
        }
        if (out) {
            struct vm_text_field *at = &out->at[n];
            *at = (struct vm_text_field){
                .off = f->bit_off / 8, .len = (uint64_t)t->bit_size / 8, .cut = t->cut};
            struct bytes name = program_text(vm->program, t->encoding);
            at->encoding = encodings_find(vm->encodings, name);
        }
        n++;
    }
    return n;
}

const struct vm_texts *vm_texts_of(struct vm *vm, const struct program_block *block) {
    struct vm_texts **known = &vm->texts_of_block[block - vm->program->blocks.at];
    if (!*known) {
        uint32_t n = collect_texts(vm, block, NULL);
        *known = mem_zalloc(1, sizeof **known + n * sizeof *(*known)->at);
        (*known)->n = n;
        collect_texts(vm, block, *known);
    }
    return *known;
}

bool vm_texts_fine(struct vm *vm, const struct vm_texts *texts, const uint8_t *at) {
    bool fine = true;
    for (uint32_t i = 0; i < texts->n && fine; i++) {
        const struct vm_text_field *f = &texts->at[i];
        fine = f->encoding &&
               encoding_is_fine(f->encoding, f->cut, bytes_of(at + f->off, f->len), &vm->scratch);
    }
    return fine;
}

/* The bytes of the terminator on the stack: a string of the schema is encoded as the text is. */
static bool terminator(struct vm *vm, const struct encoding *encoding, struct bytes ahead,
                       struct buf *made, struct bytes *out) {
    const struct vm_value *v = &vm->stack[vm->sp - 1];
    if ((v->kind != VM_BYTES && v->kind != VM_TEXT) || v->bytes.len == 0) {
        return vm_fail(vm, "type", vm->pos / 8, "a terminator must be text");
    }
    *out = v->kind == VM_TEXT && v->raw.at ? v->raw : v->bytes;
    if (!v->literal || v->as_bytes || encoding_is_utf8(encoding)) {
        return true;
    }
    if (!encoding_encode(encoding, v->bytes, ahead, made)) {
        return vm_fail(vm, "encoding", vm->pos / 8, "%s has no such characters as the terminator's",
                       encoding_name(encoding));
    }
    *out = buf_bytes(made);
    return true;
}

/* What a value that its terminator, of len bytes, stands behind at end takes: *end, where it ends, in bits; *behind, where
 * the cursor goes on. */
static void take_terminator(struct vm *vm, uint32_t type, size_t len, uint64_t *end,
                            uint64_t *behind) {
    unsigned until = vm->program->types.at[type].until;
    uint64_t bits = (uint64_t)len * 8;
    *behind = *end + (until & UNTIL_LEFT ? 0 : bits);
    *end += until & UNTIL_INCLUDED ? bits : 0;
    vm->tail = ((int64_t)*behind - (int64_t)*end) / 8;
}

bool vm_terminator(struct vm *vm, uint32_t type, struct bytes ahead, struct buf *made,
                   struct bytes *out, const struct encoding **encoding) {
    struct vm_ambient ambient = vm_text_ambient(vm);
    if (vm->program->types.at[type].kind == TYPE_TEXT) {
        if (!vm_encoding_of(vm, type, ambient, encoding)) {
            return false;
        }
    } else if (!vm_encoding(vm, bytes_of("", 0), &ambient.encoding)) {
        return false;
    } else {
        *encoding = encodings_at(vm->encodings, ambient.encoding - 1u);
    }
    return terminator(vm, *encoding, ahead, made, out);
}

/* Finds the terminator on the stack, which it drops: where the value ends, and where the cursor goes on, in bits. */
bool vm_until_terminator(struct vm *vm, uint32_t type, uint64_t *end, uint64_t *behind) {
    const struct encoding *encoding = NULL;
    uint64_t limit = vm->limit / 8 < vm->space->size ? vm->limit / 8 : vm->space->size,
             from = vm->pos / 8;
    struct bytes ahead =
        from < limit ? bytes_of(vm->space->data + from, limit - from) : bytes_of("", 0);
    struct bytes wanted;
    struct buf made = {0};
    if (!vm_terminator(vm, type, ahead, &made, &wanted, &encoding)) {
        buf_free(&made);
        return false;
    }
    size_t at = encoding_search(encoding, ahead, wanted), len = wanted.len;
    buf_free(&made);
    if (at == ENCODING_FINE && vm->program->types.at[type].until & UNTIL_OPTIONAL) {
        at = ahead.len;
        len = 0;
    }
    if (at == ENCODING_FINE) {
        struct cursor_fault f = {CURSOR_UNTERMINATED, from, len, ahead.len};
        return vm_fail_cursor(vm, &f);
    }
    vm->sp--;
    *end = (from + at) * 8;
    take_terminator(vm, type, len, end, behind);
    return true;
}

/* The bytes of NUL-ended text in front of its NUL; the cursor goes behind it. */
bool vm_until_nul(struct vm *vm, uint32_t type, struct cursor *c, struct vm_ambient ambient,
                  struct bytes *out) {
    const struct encoding *encoding;
    if (!vm_encoding_of(vm, type, ambient, &encoding)) {
        return false;
    }
    size_t unit = encoding_unit(encoding);
    struct cursor_fault fault;
    if (unit == 1) {
        return cursor_cstring(c, UINT64_MAX, out, &fault) || vm_fail_cursor(vm, &fault);
    }
    static const uint8_t nul[4];
    struct bytes ahead = bytes_of(c->data + c->pos, cursor_remaining(c));
    size_t at = encoding_search(encoding, ahead, bytes_of(nul, unit));
    if (at == ENCODING_FINE) {
        fault = (struct cursor_fault){CURSOR_UNTERMINATED, c->pos, ahead.len, ahead.len};
        return vm_fail_cursor(vm, &fault);
    }
    *out = bytes_of(ahead.at, at);
    c->pos += at + unit;
    return true;
}
