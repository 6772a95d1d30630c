#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "vm/flats.h"
#include "vm/machine.h"

/* Structs that are one block each, of a kind that a number in it may tell: in one loop, for as long as all of one is there and
 * there is nothing to be said of it. The others go the way that all structs go. */

/* The machine looks around when a sink has gone so many bytes. */
#define LOOK ((uint64_t)128 << 10)

/* A text of a kind: a run that its stretch ends with, or so many bytes at a fixed place. */
struct vm_flat_text {
    uint32_t in;       /* the stretch */
    uint64_t off, len; /* bytes, from its start; len: VM_UNKNOWN of a run */
    const struct encoding *encoding;
    bool cut;
};

static struct vm_flat_text text_of(struct vm *vm, const struct program_field *f) {
    const struct program_type *t = &vm->program->types.at[f->type];
    const struct encoding *encoding =
        encodings_find(vm->encodings, program_text(vm->program, t->encoding));
    return (struct vm_flat_text){
        .in = f->stretch,
        .off = f->bit_off / 8,
        .len = t->bit_size < 0 ? VM_UNKNOWN : (uint64_t)t->bit_size / 8,
        .encoding = encoding,
        .cut = t->cut,
    };
}

static void set_kind(struct vm *vm, struct vm_flat_kind *kind, const struct program_kind *from,
                     struct vm_ambient ambient) {
    const struct program *p = vm->program;
    *kind = (struct vm_flat_kind){.low = from->low, .high = from->high};
    if (from->block == PROGRAM_NONE) {
        return;
    }
    const struct program_block *block = &p->blocks.at[from->block];
    bool known = true; /* the encodings */
    vm_hop_set(&kind->hop, p, block->stretch_first, block->stretch_count, ambient);
    kind->runs = block->runs;
    kind->texts = mem_zalloc(block->count, sizeof *kind->texts);
    for (uint32_t i = 0; i < block->count; i++) {
        const struct program_field *f = &p->fields.at[block->first + i];
        if (f->what == FIELD_VALUE && p->types.at[f->type].kind == TYPE_TEXT) {
            kind->texts[kind->text_n++] = text_of(vm, f);
            known = known && kind->texts[kind->text_n - 1].encoding;
        }
    }
    vm_flat_set_sums(vm, kind, block, ambient);
    if (known && vm_hop_least(&kind->hop) > 0) { /* a way must get on */
        kind->block = block;
        kind->id = from->block;
    }
}

const struct vm_flat_kind *vm_flat_kind_of(const struct vm_flat *flat, int128 number) {
    for (uint32_t i = 0; i < flat->n; i++) {
        const struct vm_flat_kind *kind = &flat->kinds[i];
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
        flat->sums = flat->sums || flat->kinds[i].sum_n > 0;
    }
    for (uint32_t i = 0; i < VM_FLAT_TABLE; i++) {
        flat->of[i] = vm_flat_kind_of(flat, i);
    }
    return flat;
}

static void free_flat(struct vm_flat *flat) {
    for (uint32_t i = 0; flat && i < flat->n; i++) {
        mem_free(flat->kinds[i].texts);
        mem_free(flat->kinds[i].sums);
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

static bool are_texts_fine(struct vm *vm, const struct vm_flat_kind *kind, uint64_t at,
                           uint64_t limit) {
    const uint8_t *data = vm->space->data;
    uint64_t ends[PROGRAM_STRETCHES_MAX];
    vm_hop_ends(&kind->hop, data, at, limit, ends);
    bool fine = true;
    for (uint32_t i = 0; i < kind->text_n && fine; i++) {
        const struct vm_flat_text *text = &kind->texts[i];
        uint64_t from = (text->in ? ends[text->in - 1] : at) + text->off;
        uint64_t len = text->len == VM_UNKNOWN ? ends[text->in] - from : text->len;
        fine =
            encoding_is_fine(text->encoding, text->cut, bytes_of(data + from, len), &vm->scratch);
    }
    return fine;
}

/* Those on the way that have nothing odd in them, many at a time. */
static void tell_blocks(struct vm *vm, struct vm_flats *way) {
    const struct vm_flat *flat = way->flat;
    const struct vm_flat_kind *kind;
    struct vm_blocks blocks =
        vm_blocks_of(vm, flat->n == 1 ? flat->kinds[0].block : NULL, way->records);
    uint64_t end;
    way->most = way->limit;
    while ((kind = vm_flats_find(way, &end)) != NULL &&
           (kind->text_n == 0 || are_texts_fine(vm, kind, way->at, way->limit))) {
        if (blocks.n == VM_BLOCKS_MAX) {
            vm->pos = way->at * 8;
            vm_tell_blocks(vm, &blocks);
            if (vm->stop) {
                break;
            }
        }
        blocks.of[blocks.n] = kind->block;
        blocks.at[blocks.n++] = way->data + way->at;
        vm_flats_take(way, end);
    }
    vm->pos = way->at * 8;
    vm_tell_blocks(vm, &blocks);
}

/* The sink goes the way, and once in a while the machine looks around. */
static void tell_way(struct vm *vm, struct vm_flats *way) {
    do {
        uint64_t left = way->left;
        way->most = way->limit - way->at < LOOK ? way->limit : way->at + LOOK;
        vm->sink->ops->flats(vm->sink, way);
        vm->pos = way->at * 8;
        vm_told_blocks(vm, left - way->left);
    } while (way->left > 0 && way->at >= way->most && way->at < way->limit && !vm->stop);
}

void vm_emit_flats(struct vm *vm, uint32_t id, uint32_t up) {
    struct vm_ctl *loop = vm_record(vm, up);
    if (!vm_writes_blocks(vm) || vm_is_deep(vm)) {
        return;
    }
    const struct vm_flat *flat = flat_at(vm, id);
    const struct vm_sink_ops *ops = vm->sink->ops;
    if ((flat->runs && !ops->runs) || (flat->sums && ops->checked)) {
        return;
    }
    if (loop->index == VM_UNKNOWN) {
        vm_loop_start(vm, loop);
    }
    uint64_t limit = vm->limit / 8;
    limit = limit < vm->space->size ? limit : vm->space->size;
    struct vm_flats way = {.vm = vm,
                           .program = vm->program,
                           .flat = flat,
                           .ambient = vm->frame->ambient,
                           .records = !loop->open,
                           .data = vm->space->data,
                           .at = vm->pos / 8,
                           .limit = limit,
                           .left = loop->count - loop->index,
                           .ahead = vm->ahead};
    if (way.at >= limit) {
        return;
    }
    if (ops->flats) {
        tell_way(vm, &way);
    } else {
        tell_blocks(vm, &way);
    }
    loop->index = loop->count - way.left;
    vm->ahead = way.ahead;
}
