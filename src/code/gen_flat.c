#include "config.h"

#include "code/gen_block.h"
#include "code/gen_stretch.h"
#include "sema/builtins.h"

/* Flat structs: fields at fixed places, and runs of which numbers in front of them say how long they are, all that is known
 * of the struct being in a table. With a switch whose selector is a number at a fixed place there is a table for each arm: a kind.
 * Many are told at once (src/vm/flat.c); one that is not whole, or of a kind that is no such struct, is decoded as others are. */

#define KINDS_MAX 64u

struct flat {
    struct block_builder block;
    struct gen_stretches stretches;
    const struct sema_member *chooser; /* the field that is a switch, or NULL */
    const struct sema_arm *arm; /* which the kind is of; NULL: none fits, and nothing is there */
    struct gen_start *ends;     /* by position in the struct's block: of the members so far */
};

static bool has_clauses(const struct sema_decl *d) {
    return d->at || d->when || d->from || d->then || d->until || d->while_ || d->stride ||
           d->recover || d->require || d->equals || d->in || d->dims.n > 0 || d->packed ||
           (d->encoding && d->encoding->kind != E_TEXT);
}

/* The fields go on where the stretch that is being made does. */
static uint64_t place(struct flat *f) {
    f->block.stretch = f->stretches.n;
    return (uint64_t)f->stretches.bits;
}

static bool is_run_kind(const struct sema_decl *d) {
    return d->type->kind == SEMA_BYTE || d->type->kind == SEMA_CHAR || d->type->kind == SEMA_STRING;
}

/* The value of a member, which may be an arm's, in a region of its own (of `size` bytes) or not. */
static bool add_value(struct flat *f, const struct sema_member *m, struct sema_decl *d,
                      const struct sema_expr *size) {
    struct gen_stretches *s = &f->stretches;
    bool run = is_run_kind(d) && d->bit_total == SEMA_DYNAMIC;
    if (has_clauses(d) || (d->sized && d->sized != size)) {
        return false;
    }
    if (!run) {
        struct sema_decl bare = *d; /* what the region may have more */
        bare.sized = NULL;
        bare.bit_total = d->bit_size;
        if (!gen_block_is_bare(f->block.g, &bare) || d->bit_size % 8 || s->bits % 8) {
            return false;
        }
        gen_block_decl(&f->block, m, d, place(f));
        return size ? gen_stretch_run(s, size, 8, d->bit_size) : gen_stretch_fixed(s, d->bit_size);
    }
    const struct sema_expr *length = size ? size : d->length;
    if (d->length_kind != (size ? SEMA_LEN_REST : SEMA_LEN_EXPR)) {
        return false;
    }
    gen_block_name(&f->block, m);
    gen_block_value(&f->block, gen_type(f->block.g, d, 0), m->id, place(f));
    f->block.block.runs = true;
    return gen_stretch_run(s, length, 8, 0);
}

static bool add_arm(struct flat *f, const struct sema_member *m) {
    const struct sema_expr *size = m->decl->sized;
    if (f->arm && f->arm->decl) {
        return !f->arm->decl->sized && add_value(f, m, f->arm->decl, size);
    }
    bool nothing = !f->arm || !f->arm->let;
    return nothing && (!size || gen_stretch_run(&f->stretches, size, 8, 0));
}

/* Whether a field is what a built-in makes of bytes, with or without libraries. */
static bool is_sum(const struct sema_member *m) {
    const struct sema_expr *e = m->decl->equals;
    return e && !m->decl->in && e->kind == E_BUILTIN && builtin_sums(e->builtin);
}

static struct program_spot spot_of(const struct gen_start *start) {
    return (struct program_spot){start->in, (uint64_t)start->bit / 8};
}

/* The bytes of one of a sum's arguments, a field of the struct; one that begins where the one before it ends goes on with that. */
static bool add_range(struct flat *f, const struct sema_member *sum, const struct sema_expr *arg,
                      struct program_sum *row) {
    struct gen *g = f->block.g;
    const struct sema_member *m = arg->kind == E_FIELD ? arg->member : NULL;
    if (!m || arg->kid[0]->kind != E_SELF || arg->kid[0]->of != sum->owner ||
        m->owner != sum->owner || m == sum || m == f->chooser || m->branch ||
        !f->ends[m->at].known || m->decl->sized || m->decl->packed) {
        return false;
    }
    const struct gen_start *start = &f->stretches.starts[m->at], *end = &f->ends[m->at];
    struct program_spot from = spot_of(start), to = spot_of(end);
    struct program_range *last =
        row->range_count ? &g->program->ranges.at[g->program->ranges.n - 1] : NULL;
    if (last && last->to.in == from.in && last->to.off == from.off) {
        last->to = to;
    } else {
        *vec_push(&g->program->ranges, g->arena) = (struct program_range){from, to};
        row->range_count++;
    }
    return start->bit % 8 == 0 && end->bit % 8 == 0 && row->range_count <= SUM_RANGES_MAX;
}

static bool add_sum(struct flat *f, const struct sema_member *m) {
    struct gen *g = f->block.g;
    const struct sema_expr *e = m->decl->equals;
    struct program_sum row = {.builtin = e->builtin,
                              .type = gen_type(g, m->decl, 0),
                              .number = spot_of(&f->stretches.starts[m->at]),
                              .range_first = g->program->ranges.n};
    bool ok = true;
    for (uint32_t i = 0; i < e->args.n && ok; i++) {
        ok = add_range(f, m, e->args.at[i], &row);
    }
    *vec_push(&g->program->sums, g->arena) = row;
    f->block.block.sum_count++;
    return ok && f->block.block.sum_count <= BLOCK_SUMS_MAX;
}

static bool add_sums(struct flat *f) {
    const struct sema_block *block = &f->stretches.of->block;
    for (uint32_t i = 0; i < block->at.n; i++) {
        if (gen_has_relation(block->at.at[i]) && !add_sum(f, block->at.at[i])) {
            return false;
        }
    }
    return true;
}

static bool add_member(struct flat *f, const struct sema_member *m) {
    struct gen_stretches *s = &f->stretches;
    if (m->kind == SEMA_M_PAD || m->kind == SEMA_M_SKIP) {
        return gen_stretch_member(s, m);
    }
    if (gen_is_left_out(f->block.g, m)) {
        return true;
    }
    if (m->kind != SEMA_M_FIELD || m->same || gen_leader(m) != m) {
        return false;
    }
    if (gen_is_never_wrong(f->block.g, m)) { /* it need not be told of */
        return gen_stretch_member(s, m);
    }
    gen_stretch_begin(s, m);
    if (m == f->chooser) {
        return !has_clauses(m->decl) && add_arm(f, m);
    }
    if (gen_is_block_field(f->block.g, m) && !m->decl->require &&
        (!gen_has_relation(m) || is_sum(m))) {
        gen_block_decl(&f->block, m, m->decl, place(f));
        return gen_stretch_fixed(s, m->decl->bit_total);
    }
    return s->bits % 8 == 0 && add_value(f, m, m->decl, m->decl->sized);
}

/* One kind as a block; PROGRAM_NONE where it is more than that. */
static uint32_t make_kind(struct gen *g, const struct sema_struct *of,
                          const struct sema_member *chooser, const struct sema_arm *arm) {
    struct flat f = {.block = gen_block_begin(g, true),
                     .stretches = gen_stretches_of(g, of),
                     .chooser = chooser,
                     .arm = arm};
    bool ok = true;
    f.ends = arena_array(g->arena, of->block.at.n, sizeof *f.ends);
    for (uint32_t i = 0; i < of->block.at.n && ok; i++) {
        ok = add_member(&f, of->block.at.at[i]);
        f.ends[i] = (struct gen_start){true, f.stretches.n, f.stretches.bits};
    }
    struct program_block *b = &f.block.block;
    uint32_t ranges = g->program->ranges.n;
    b->sum_first = g->program->sums.n;
    ok = ok && add_sums(&f);
    b->stretch_count = ok && b->count ? gen_stretches_end(&f.stretches, &b->stretch_first) : 0;
    if (b->stretch_count == 0) {
        g->program->fields.n = b->first;
        g->program->sums.n = b->sum_first;
        g->program->ranges.n = ranges;
        buf_free(&f.block.text);
        return PROGRAM_NONE;
    }
    for (uint32_t i = 0; i < b->count; i++) { /* places are those of the struct's start otherwise */
        b->runs = b->runs || g->program->fields.at[b->first + i].stretch > 0;
    }
    return gen_block_end(&f.block, (int64_t)g->program->stretches.at[b->stretch_first].bit_size);
}

struct kinds {
    VEC(struct program_kind) at;
    bool any; /* one of them is a block */
};

static void add_kind(struct gen *g, struct kinds *kinds, int128 low, int128 high, uint32_t block) {
    *vec_push(&kinds->at, g->arena) = (struct program_kind){low, high, block};
    kinds->any = kinds->any || block != PROGRAM_NONE;
}

/* The labels of an arm, in the order they are tried; false where not all are numbers known before there is data. */
static bool add_labels(struct gen *g, struct kinds *kinds, const struct sema_arm *arm,
                       uint32_t block) {
    for (uint32_t i = 0; i < arm->labels.n; i++) {
        const struct sema_expr *label = arm->labels.at[i];
        bool range = label->kind == E_RANGE;
        int128 low, high;
        if (!sema_constant_int(range ? label->kid[0] : label, &low) ||
            !sema_constant_int(range ? label->kid[1] : label, &high)) {
            return false;
        }
        add_kind(g, kinds, low, high, block);
    }
    return true;
}

static bool add_kinds(struct gen *g, const struct sema_struct *of,
                      const struct sema_member *chooser, struct kinds *kinds) {
    const struct sema_arm *fallback = NULL;
    const struct sema_decl *d = chooser->decl;
    for (uint32_t i = 0; i < d->arms.n; i++) {
        const struct sema_arm *arm = &d->arms.at[i];
        fallback = arm->fallback ? arm : fallback;
        if (arm->labels.n && !add_labels(g, kinds, arm, make_kind(g, of, chooser, arm))) {
            return false;
        }
    }
    add_kind(g, kinds, INT128_MIN, INT128_MAX, make_kind(g, of, chooser, fallback));
    return kinds->at.n <= KINDS_MAX;
}

/* Where the number lies that a switch chooses by. */
static bool find_selector(struct gen *g, const struct sema_struct *of,
                          const struct sema_member *chooser, struct program_flat *flat) {
    struct gen_stretches s = gen_stretches_of(g, of);
    struct gen_start start;
    for (uint32_t i = 0; i < chooser->at; i++) {
        if (!gen_stretch_member(&s, of->block.at.at[i])) {
            return false;
        }
    }
    if (!gen_stretch_number(&s, chooser->decl->selector, &flat->type, &start) || start.in > 0) {
        return false;
    }
    flat->bit_off = (uint64_t)start.bit;
    return true;
}

/* The field that is a switch, or NULL; *several: there are more. */
static const struct sema_member *find_chooser(const struct sema_struct *of, bool *several) {
    const struct sema_member *found = NULL;
    *several = false;
    for (uint32_t i = 0; i < of->block.at.n; i++) {
        const struct sema_member *m = of->block.at.at[i];
        if (m->kind == SEMA_M_FIELD && m->decl->type->kind == SEMA_SWITCH) {
            *several = *several || found;
            found = m;
        }
    }
    return found;
}

static uint32_t make_flat(struct gen *g, const struct sema_struct *of) {
    struct program_flat flat = {.type = PROGRAM_NONE};
    struct kinds kinds = {.any = false};
    bool several;
    const struct sema_member *chooser = find_chooser(of, &several);
    if (of->params.n || of->sized || of->is_union || of->joins || several) {
        return PROGRAM_NONE;
    }
    if (!chooser) {
        add_kind(g, &kinds, INT128_MIN, INT128_MAX, make_kind(g, of, NULL, NULL));
    } else if (!find_selector(g, of, chooser, &flat) || !add_kinds(g, of, chooser, &kinds)) {
        return PROGRAM_NONE;
    }
    if (!kinds.any) {
        return PROGRAM_NONE;
    }
    flat.kind_first = g->program->kinds.n;
    flat.kind_count = kinds.at.n;
    for (uint32_t i = 0; i < kinds.at.n; i++) {
        *vec_push(&g->program->kinds, g->arena) = kinds.at.at[i];
    }
    *vec_push(&g->program->flats, g->arena) = flat;
    return g->program->flats.n - 1;
}

uint32_t gen_flat(struct gen *g, struct sema_struct *of) {
    if (!g->style || g->request->spots) {
        return PROGRAM_NONE;
    }
    uintptr_t known =
        (uintptr_t)map_get(&g->blocks, of, g); /* 1: it is none; else two more than which */
    if (known == 0) {
        uint32_t flat = make_flat(g, of);
        known = flat == PROGRAM_NONE ? 1 : flat + (uintptr_t)2;
        map_put(&g->blocks, g->arena, of, g, (void *)known);
    }
    return known == 1 ? PROGRAM_NONE : (uint32_t)(known - 2);
}
