#include "config.h"

#include "code/gen_stretch.h"

/* Stretches: what a struct consists of, where numbers at fixed places in it tell how long it is. So it can be stepped over
 * without a function: many of them in one loop (src/vm/hop.c). */

/* Numbers that a length is made of beside the one that is stored, and how much they may make of it. */
#define FACTOR_MAX   ((int128)1 << 16) /* bits, as MORE_MAX */
#define MORE_MAX     ((int128)1 << 31)
#define LINEAR_DEPTH 8u

/* Bits of the fixed part of a stretch. */
#define SIZE_MAX_BITS ((int128)1 << 32)

/* A length as a stored number times so much, and so much more. */
struct linear {
    const struct sema_expr *number;
    int128 factor, more;
};

static bool is_small(int128 value, int128 most) {
    return value >= -most && value <= most;
}

static bool scale(struct linear *l, int128 by) {
    l->factor *= by;
    l->more *= by;
    return by > 0 && l->factor <= FACTOR_MAX && is_small(l->more, MORE_MAX);
}

static bool find_linear(const struct sema_expr *e, struct linear *l, unsigned depth) {
    int128 value;
    if (e->kind != E_BINARY) {
        *l = (struct linear){e, 1, 0};
        return e->kind == E_FIELD;
    }
    bool sum = e->op == AST_OP_ADD || e->op == AST_OP_SUB;
    int constant = sema_constant_int(e->kid[1], &value) ? 1 : 0;
    bool ok = depth > 0 && (sum || e->op == AST_OP_MUL) &&
              (constant || (e->op != AST_OP_SUB && sema_constant_int(e->kid[0], &value))) &&
              is_small(value, FACTOR_MAX) && find_linear(e->kid[1 - constant], l, depth - 1);
    if (!ok || !sum) {
        return ok && scale(l, value);
    }
    l->more += e->op == AST_OP_SUB ? -value : value;
    return is_small(l->more, MORE_MAX);
}

static bool is_plain(const struct sema_member *m) {
    const struct sema_decl *d = m->decl;
    return m->kind == SEMA_M_FIELD && !m->same && !m->branch && gen_leader(m) == m && !d->at &&
           !d->when && !d->from && !d->then && !d->until && !d->while_ && !d->stride &&
           !d->recover && !d->sized;
}

/* Whether what the struct sets would count for numbers in it. */
static bool sets_order(const struct sema_struct *s) {
    return s->endian || s->bitorder;
}

/* Where the member begins that an expression names, of those in front of what is being looked at. */
static struct gen_start find_start(const struct gen_stretches *s, const struct sema_expr *e) {
    struct gen_start nowhere = {.known = false};
    if (e->kind != E_FIELD || !is_plain(e->member) || e->member->decl->dims.n) {
        return nowhere;
    }
    if (e->kid[0]->kind == E_SELF) {
        bool own = e->kid[0]->of == s->of && e->member->owner == s->of;
        return own ? s->starts[e->member->at] : nowhere;
    }
    const struct sema_struct *inner = e->member->owner; /* of a fixed layout, and in this one */
    struct gen_start start = find_start(s, e->kid[0]);
    start.known = start.known && e->member->bit_off != SEMA_DYNAMIC && !sets_order(inner) &&
                  e->kid[0]->member->decl->type->kind == SEMA_STRUCT;
    start.bit += (int128)e->member->bit_off;
    return start;
}

bool gen_stretch_number(const struct gen_stretches *s, const struct sema_expr *number,
                        uint32_t *type, struct gen_start *start) {
    *start = find_start(s, number);
    if (!start->known || start->bit % 8) {
        return false;
    }
    *type = gen_type(s->g, number->member->decl, 0);
    const struct program_type *t = *type == PROGRAM_NONE ? NULL : &s->g->program->types.at[*type];
    return t && t->kind == TYPE_INT && !t->packed && !t->is_bool && t->bits <= 64;
}

bool gen_stretch_run(struct gen_stretches *s, const struct sema_expr *count, int128 unit,
                     int128 inside) {
    struct linear l;
    struct gen_start start;
    uint32_t type;
    int128 size = s->bits + inside;
    if (s->n == PROGRAM_STRETCHES_MAX || s->bits % 8 || size % 8 || size >= SIZE_MAX_BITS ||
        !find_linear(count, &l, LINEAR_DEPTH) || !scale(&l, unit) ||
        !gen_stretch_number(s, l.number, &type, &start) ||
        s->g->program->types.at[type].names != PROGRAM_NONE) {
        return false;
    }
    s->at[s->n++] = (struct program_stretch){.bit_size = (uint64_t)size,
                                             .base = (uint64_t)s->bits,
                                             .type = type,
                                             .in = start.in,
                                             .bit_off = (uint64_t)start.bit,
                                             .per = (uint64_t)l.factor,
                                             .more = (int64_t)l.more};
    s->bits = 0;
    return true;
}

bool gen_stretch_fixed(struct gen_stretches *s, int128 bits) {
    s->bits += bits;
    return bits >= 0 && s->bits < SIZE_MAX_BITS;
}

static bool add_field(struct gen_stretches *s, const struct sema_member *m) {
    const struct sema_decl *d = m->decl;
    if (d->bit_total != SEMA_DYNAMIC) {
        return gen_stretch_fixed(s, d->bit_total);
    }
    if (m->kind == SEMA_M_FIELD && d->sized && !d->from && !d->when && !d->at) {
        return gen_stretch_run(s, d->sized, 8, 0);
    }
    if (!is_plain(m) || d->packed) {
        return false;
    }
    if (d->dims.n == 1 && d->dims.at[0].count && gen_is_uniform(d, 0) && d->bit_size % 8 == 0) {
        return gen_stretch_run(s, d->dims.at[0].count, d->bit_size, 0);
    }
    return d->dims.n == 0 && d->length_kind == SEMA_LEN_EXPR && gen_stretch_run(s, d->length, 8, 0);
}

void gen_stretch_begin(struct gen_stretches *s, const struct sema_member *m) {
    bool joins = m->decl && gen_joins(m);
    s->bits += joins || s->bits % 8 == 0 ? 0 : 8 - s->bits % 8;
    s->starts[m->at] = (struct gen_start){true, s->n, s->bits};
}

bool gen_stretch_member(struct gen_stretches *s, const struct sema_member *m) {
    int128 n;
    if (gen_stands_apart(m) || m->kind == SEMA_M_REQUIRE) { /* who steps over it does not ask */
        return true;
    }
    gen_stretch_begin(s, m);
    switch (m->kind) {
    case SEMA_M_FIELD:
    case SEMA_M_PAD:
        return add_field(s, m);
    case SEMA_M_MAGIC:
        return gen_stretch_fixed(s, (int128)m->expr->text.len * 8);
    case SEMA_M_SKIP:
        return sema_constant_int(m->expr, &n) ? is_small(n, MORE_MAX) && gen_stretch_fixed(s, n * 8)
                                              : gen_stretch_run(s, m->expr, 8, 0);
    case SEMA_M_LET:
    case SEMA_M_CHECK:
    case SEMA_M_REQUIRE:
    case SEMA_M_ALIGN:
    case SEMA_M_ENDIAN:
    case SEMA_M_BITORDER:
    case SEMA_M_ENCODING:
    case SEMA_M_IF:
        break;
    }
    return false;
}

struct gen_stretches gen_stretches_of(struct gen *g, const struct sema_struct *of) {
    struct gen_stretches s = {.g = g, .of = of};
    s.starts = arena_array(g->arena, of->block.at.n, sizeof *s.starts);
    return s;
}

uint32_t gen_stretches_end(struct gen_stretches *s, uint32_t *first) {
    if (s->bits % 8 || (s->bits && s->n == PROGRAM_STRETCHES_MAX)) {
        return 0;
    }
    if (s->bits) {
        s->at[s->n++] =
            (struct program_stretch){.bit_size = (uint64_t)s->bits, .type = PROGRAM_NONE};
        s->bits = 0;
    }
    if (s->n == 0 || s->at[0].bit_size == 0) {
        return 0;
    }
    *first = s->g->program->stretches.n;
    for (uint32_t i = 0; i < s->n; i++) {
        *vec_push(&s->g->program->stretches, s->g->arena) = s->at[i];
    }
    return s->n;
}

bool gen_stretches(struct gen *g, const struct sema_struct *of) {
    struct program_struct *row = &g->program->structs.at[of->id];
    if (row->stretch_count) {
        return true;
    }
    struct gen_stretches s = gen_stretches_of(g, of);
    bool ok = !of->sized && !of->is_union && !of->joins && !of->params.n && !g->strict[of->id];
    for (uint32_t i = 0; i < of->block.at.n && ok; i++) {
        ok = gen_stretch_member(&s, of->block.at.at[i]);
    }
    row->stretch_count = ok ? gen_stretches_end(&s, &row->stretch_first) : 0;
    return row->stretch_count > 0;
}

bool gen_set_hops(struct gen *g, struct sema_decl *decl, uint32_t level) {
    bool hops = gen_is_run(decl, level) && decl->type->of->bit_size == SEMA_DYNAMIC &&
                !decl->recover && decl->file != SEMA_FILE_SOURCE && !gen_magic_ahead(decl, level) &&
                gen_stretches(g, decl->type->of);
    uint32_t type = gen_type(g, decl, level);
    g->program->types.at[type].hops = hops;
    return hops;
}
