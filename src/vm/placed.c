#include "config.h"

#include "base/number.h"
#include "base/utf8.h"
#include "vm/machine.h"

/* Elements whose fields lie one behind the other, and one text of each elsewhere: where a table of names begins, plus a
 * number of its own. They are told as blocks for as long as nothing is odd; what is, is decoded like any struct. */

/* A number of a block, as it is read. */
struct number {
    uint64_t off;
    unsigned len; /* 0: there is none */
    bool big;
    uint64_t beyond; /* bits of one that would be negative */
};

static struct number number_in(const struct vm *vm, uint32_t type, uint64_t bit_off) {
    if (type == PROGRAM_NONE) {
        return (struct number){0};
    }
    const struct program_type *t = &vm->program->types.at[type];
    return (struct number){.off = bit_off / 8,
                           .len = t->bits / 8u,
                           .big = vm_big_endian(t, vm->frame->ambient),
                           .beyond = t->is_signed ? UINT64_C(1) << (t->bits - 1) : 0};
}

static uint64_t load(const struct number *number, const uint8_t *at) {
    return number_load(at + number->off, number->len, number->big);
}

/* The bytes of the file from so many on: none where that lies outside, or is no number. */
static struct bytes file_from(const struct vm *vm, const struct vm_value *from) {
    struct vm_region file = vm_file(vm);
    uint64_t start = file.start / 8, end = file.limit / 8;
    end = end < file.space->size ? end : file.space->size;
    if (from->kind != VM_INT || from->anchored || from->integer < 0 || start > end ||
        from->integer > (int128)(end - start)) {
        return bytes_of(NULL, 0);
    }
    start += (uint64_t)from->integer;
    return bytes_of(file.space->data + start, end - start);
}

/* The text up to a NUL so far behind the start; false where it is odd in any way. */
static bool find_text(struct bytes names, uint64_t off, struct bytes *out) {
    if (off >= names.len) {
        return false;
    }
    *out = bytes_of(names.at + off, utf8_ascii_run(names.at + off, names.len - off));
    return out->len < names.len - off && out->at[out->len] == '\0';
}

/* Whether the text of such a field is in UTF-8, which the sink writes as it is. */
static bool is_utf8(struct vm *vm, const struct program_block *block) {
    const struct encoding *encoding = NULL;
    for (uint32_t i = block->first; i < block->first + block->count; i++) {
        const struct program_field *f = &vm->program->fields.at[i];
        if (f->what == FIELD_PLACED) {
            encoding = vm_encoding_for(vm, f->type, vm->frame->ambient);
        }
    }
    return block->placed == PROGRAM_NONE || (encoding && encoding_is_utf8(encoding));
}

/* Numbers for which an element is more than its block. */
struct unless {
    uint32_t n;
    struct number numbers[BLOCK_UNLESS_MAX];
    uint64_t raw[BLOCK_UNLESS_MAX];
};

static void read_unless(const struct vm *vm, const struct program_block *block,
                        struct unless *out) {
    out->n = block->unless_count;
    for (uint32_t i = 0; i < out->n; i++) {
        const struct program_unless *unless = &vm->program->unless.at[block->unless_first + i];
        out->numbers[i] = number_in(vm, unless->type, unless->bit_off);
        out->raw[i] = unless->raw;
    }
}

static bool is_more(const struct unless *unless, const uint8_t *at) {
    for (uint32_t i = 0; i < unless->n; i++) {
        if (load(&unless->numbers[i], at) == unless->raw[i]) {
            return true;
        }
    }
    return false;
}

bool vm_emit_placed(struct vm *vm, uint32_t block_id) {
    const struct program_block *block = &vm->program->blocks.at[block_id];
    struct vm_value from = vm->stack[--vm->sp];
    struct vm_ctl *loop = vm_record(vm, 0);
    if (!vm_by_table(vm, block) || vm_is_deep(vm) || !is_utf8(vm, block)) {
        return false;
    }
    const struct number placed = number_in(vm, block->placed, block->placed_off);
    struct unless unless;
    read_unless(vm, block, &unless);
    const struct vm_texts *texts = vm_texts_of(vm, block);
    struct bytes names = placed.len ? file_from(vm, &from) : bytes_of(NULL, 0);
    struct vm_blocks blocks = vm_blocks_of(vm, block, false);
    uint64_t first = loop->index;
    uint64_t limit = vm->limit < vm->space->size * 8 ? vm->limit : vm->space->size * 8;
    while (!vm->stop && vm->work <= vm->limits.work && loop->index < loop->count &&
           vm->pos <= limit && block->bit_size <= limit - vm->pos) {
        const uint8_t *at = vm->space->data + vm->pos / 8;
        struct bytes *text = &blocks.texts[blocks.n];
        if (is_more(&unless, at) || (texts->n && !vm_texts_fine(vm, texts, at)) ||
            (placed.len &&
             (load(&placed, at) & placed.beyond || !find_text(names, load(&placed, at), text)))) {
            break;
        }
        vm->work += placed.len ? text->len / VM_BYTES_A_STEP : 0;
        blocks.at[blocks.n++] = at;
        vm->pos += block->bit_size;
        loop->index++;
        if (blocks.n == VM_BLOCKS_MAX) {
            vm_tell_blocks(vm, &blocks);
        }
    }
    vm_tell_blocks(vm, &blocks);
    return loop->index != first;
}
