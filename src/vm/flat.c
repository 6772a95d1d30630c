#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "vm/machine.h"

/* Structs that are one block each, of a kind that a number in it may tell: in one loop, for as long as all of one is there and
 * there is nothing to be said of it. The others go the way that all structs go. */

/* Of the numbers from 0 on, so many have their kind in a table. */
#define TABLE 256u

/* A text of a kind: a run that its stretch ends with, or so many bytes at a fixed place. */
struct text {
    uint32_t in;       /* the stretch */
    uint64_t off, len; /* bytes, from its start; len: VM_UNKNOWN of a run */
    const struct encoding *encoding;
    bool utf8, cut;
};

struct kind {
    int128 low, high;
    const struct program_block *block; /* NULL: it is none */
    bool runs;
    struct vm_hop hop;
    struct text *texts;
    uint32_t text_n;
};

/* A flat struct in a byte order. */
struct vm_flat {
    uint8_t endian; /* enum type_order, of what is around */
    uint64_t off;   /* the number that tells the kind: bytes from the start */
    unsigned len;   /* 0: there is none */
    bool big, is_signed;
    bool runs; /* some kind has them, or there are several */
    uint32_t n;
    struct kind *kinds;
    const struct kind *of[TABLE];
};

static struct text text_of(struct vm *vm, const struct program_field *f) {
    const struct program_type *t = &vm->program->types.at[f->type];
    const struct encoding *encoding =
        encodings_find(vm->encodings, program_text(vm->program, t->encoding));
    return (struct text){
        .in = f->stretch,
        .off = f->bit_off / 8,
        .len = t->bit_size < 0 ? VM_UNKNOWN : (uint64_t)t->bit_size / 8,
        .encoding = encoding,
        .utf8 = encoding && encoding_is_utf8(encoding),
        .cut = t->cut,
    };
}

static void set_kind(struct vm *vm, struct kind *kind, const struct program_kind *from,
                     struct vm_ambient ambient) {
    const struct program *p = vm->program;
    *kind = (struct kind){.low = from->low, .high = from->high};
    if (from->block == PROGRAM_NONE) {
        return;
    }
    const struct program_block *block = kind->block = &p->blocks.at[from->block];
    vm_hop_set(&kind->hop, p, block->stretch_first, block->stretch_count, ambient);
    kind->runs = block->runs;
    kind->texts = mem_zalloc(block->count, sizeof *kind->texts);
    for (uint32_t i = 0; i < block->count; i++) {
        const struct program_field *f = &p->fields.at[block->first + i];
        if (f->what == FIELD_VALUE && p->types.at[f->type].kind == TYPE_TEXT) {
            kind->texts[kind->text_n++] = text_of(vm, f);
        }
    }
}

static const struct kind *kind_of(const struct vm_flat *flat, int128 number) {
    for (uint32_t i = 0; i < flat->n; i++) {
        const struct kind *kind = &flat->kinds[i];
        if (kind->low <= number && number <= kind->high) {
            return kind;
        }
    }
    return NULL;
}

static struct vm_flat *make_flat(struct vm *vm, const struct program_flat *from,
                                 struct vm_ambient ambient) {
    struct vm_flat *flat = mem_zalloc(1, sizeof *flat);
    const struct program *p = vm->program;
    flat->endian = ambient.endian;
    if (from->type != PROGRAM_NONE) {
        const struct program_type *t = &p->types.at[from->type];
        flat->off = from->bit_off / 8;
        flat->len = t->bits / 8u;
        flat->big = vm_big_endian(t, ambient);
        flat->is_signed = t->is_signed;
    }
    flat->n = from->kind_count;
    flat->runs = flat->n > 1;
    flat->kinds = mem_zalloc(flat->n, sizeof *flat->kinds);
    for (uint32_t i = 0; i < flat->n; i++) {
        set_kind(vm, &flat->kinds[i], &p->kinds.at[from->kind_first + i], ambient);
        flat->runs = flat->runs || flat->kinds[i].runs;
    }
    for (uint32_t i = 0; i < TABLE; i++) {
        flat->of[i] = kind_of(flat, i);
    }
    return flat;
}

static void free_flat(struct vm_flat *flat) {
    for (uint32_t i = 0; flat && i < flat->n; i++) {
        mem_free(flat->kinds[i].texts);
    }
    if (flat) {
        mem_free(flat->kinds);
    }
    mem_free(flat);
}

void vm_flats_free(struct vm *vm) {
    for (uint32_t i = 0; i < vm->program->flats.n; i++) {
        free_flat(vm->flats[i]);
    }
    mem_free(vm->flats);
}

/* The one of that number, as it is in what is around. */
static const struct vm_flat *flat_at(struct vm *vm, uint32_t id) {
    struct vm_flat **flat = &vm->flats[id];
    struct vm_ambient ambient = vm->frame->ambient;
    if (*flat && (*flat)->endian != ambient.endian) {
        free_flat(*flat);
        *flat = NULL;
    }
    if (!*flat) {
        *flat = make_flat(vm, &vm->program->flats.at[id], ambient);
    }
    return *flat;
}

/* The kind of the struct that begins at the byte `at`, or NULL. */
static inline const struct kind *kind_at(const struct vm_flat *flat, const uint8_t *data,
                                         uint64_t at, uint64_t limit) {
    if (flat->len == 0) {
        return flat->kinds;
    }
    if (limit - at < flat->len || flat->off > limit - at - flat->len) {
        return NULL;
    }
    uint64_t number = number_load(data + at + flat->off, flat->len, flat->big);
    if (number < TABLE && !flat->is_signed) {
        return flat->of[number];
    }
    return kind_of(flat, flat->is_signed ? number_sign(number, 8 * flat->len) : (int128)number);
}

static bool are_texts_fine(struct vm *vm, const struct kind *kind, uint64_t at, uint64_t limit) {
    const uint8_t *data = vm->space->data;
    uint64_t ends[PROGRAM_STRETCHES_MAX];
    vm_hop_ends(&kind->hop, data, at, limit, ends);
    bool fine = true;
    for (uint32_t i = 0; i < kind->text_n && fine; i++) {
        const struct text *text = &kind->texts[i];
        uint64_t from = (text->in ? ends[text->in - 1] : at) + text->off;
        uint64_t len = text->len == VM_UNKNOWN ? ends[text->in] - from : text->len;
        fine =
            vm_text_is_fine(vm, text->encoding, text->utf8, text->cut, bytes_of(data + from, len));
    }
    return fine;
}

void vm_emit_flats(struct vm *vm, uint32_t id, uint32_t up) {
    struct vm_ctl *loop = vm_record(vm, up);
    if (!vm_writes_blocks(vm)) {
        return;
    }
    const struct vm_flat *flat = flat_at(vm, id);
    if (flat->runs && !vm->sink->ops->runs) {
        return;
    }
    if (loop->index == VM_UNKNOWN) {
        vm_loop_start(vm, loop);
    }
    const uint8_t *data = vm->space->data;
    uint64_t at = vm->pos / 8, limit = vm->limit / 8, ahead = vm->ahead;
    uint64_t left = loop->count - loop->index;
    limit = limit < vm->space->size ? limit : vm->space->size;
    struct vm_blocks blocks =
        vm_blocks_of(vm, flat->n == 1 ? flat->kinds[0].block : NULL, !loop->open);
    while (left > 0 && at < limit) {
        const struct kind *kind = kind_at(flat, data, at, limit);
        uint64_t end = kind && kind->block ? vm_hop_end(&kind->hop, data, at, limit) : VM_UNKNOWN;
        if (end == VM_UNKNOWN || (kind->text_n && !are_texts_fine(vm, kind, at, limit))) {
            break;
        }
        if (blocks.n == VM_BLOCKS_MAX) {
            vm->pos = at * 8;
            vm_tell_blocks(vm, &blocks);
            if (vm->stop) {
                break;
            }
        }
        blocks.of[blocks.n] = kind->block;
        blocks.at[blocks.n++] = data + at;
        at = end;
        left--;
        ahead = vm_ask_ahead(data, ahead, at);
    }
    vm->pos = at * 8;
    loop->index = loop->count - left;
    vm->ahead = ahead;
    vm_tell_blocks(vm, &blocks);
}
