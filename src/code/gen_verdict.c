#include "config.h"

#include "code/gen_internal.h"

/* What a program does without that tells nothing but what is wrong.
 *
 * Computed values that are never wrong are left out: what they are made of is told where it is itself if it can't be read, and no
 * number on the way is too large. Sound structs, of a fixed size and with nothing in them that could be wrong, are stepped
 * over where all of their bits are there; where they are cut off, they are decoded to tell where. Neither is done
 * where the data has chosen no byte order, so that every number is wrong (LEAP). */

/* computed values */

/* A number is below 2 to the power of that many bits, its sign aside; more is not promised to fit. */
#define BITS_MAX 120

/* Expressions within each other that are looked at. */
#define DEPTH_MAX 32u

/* Whose expression is looked at: fields of the struct in front of it are there, or told. */
struct looker {
    struct gen *g;
    const struct sema_struct *of;
    uint32_t order;
    unsigned depth;
};

static bool is_silent(struct looker at, const struct sema_expr *e, int *bits);

static bool is_number(const struct sema_expr *e, struct looker at, int *bits) {
    bool number = e->vtype.kind == SEMA_V_INT ||
                  (e->kind == E_FIELD && e->vtype.kind != SEMA_V_BOOL); /* of several types */
    return number && is_silent(at, e, bits);
}

static bool is_truth(const struct sema_expr *e, struct looker at) {
    int bits;
    return e->vtype.kind == SEMA_V_BOOL && is_silent(at, e, &bits);
}

static int bits_of(int128 value) {
    uint128 left = value < 0 ? -(uint128)value : (uint128)value;
    int bits = 0;
    for (; left; left >>= 1) {
        bits++;
    }
    return bits;
}

/* Whether no clause says that it is elsewhere, or not there, or how much of it there is. */
static bool has_no_clause(const struct sema_decl *d) {
    return !d->at && !d->when && !d->sized && !d->from && !d->then && !d->until && !d->while_ &&
           !d->stride && !d->recover;
}

static bool is_bare(const struct sema_member *m) {
    return m->kind == SEMA_M_FIELD && !m->same && !m->branch && gen_leader(m) == m &&
           m->decl->dims.n == 0 && has_no_clause(m->decl);
}

/* Whether the struct is found by arithmetic alone. */
static bool is_fixed_struct(const struct sema_expr *e) {
    for (; e->kind == E_FIELD; e = e->kid[0]) {
        if (!is_bare(e->member) || e->member->bit_off == SEMA_DYNAMIC ||
            e->member->decl->type->kind != SEMA_STRUCT) {
            return false;
        }
    }
    return e->kind == E_SELF;
}

/* A computed value; each is looked at once. What is being looked at needs itself. */
static bool is_silent_let(struct looker at, const struct sema_member *m, int *bits) {
    enum { UNKNOWN, NO, YES };
    uintptr_t known = (uintptr_t)map_get(&at.g->silent, m, NULL);
    if (known == UNKNOWN) {
        struct looker inner = {at.g, m->owner, m->order, at.depth};
        enum sema_vkind kind = m->vtype.kind;
        map_put(&at.g->silent, at.g->arena, m, NULL, (void *)(uintptr_t)NO);
        bool yes = !m->next && gen_is_free_let(m) && (kind == SEMA_V_INT || kind == SEMA_V_BOOL) &&
                   is_silent(inner, m->expr, bits);
        known = yes ? YES + (uintptr_t)*bits : NO;
        map_put(&at.g->silent, at.g->arena, m, NULL, (void *)known);
    }
    *bits = known >= YES ? (int)(known - YES) : 0;
    return known >= YES;
}

/* Whether every value is a number of 64 bits at most, or absent. */
static bool is_number_type(const struct sema_decl *d, unsigned depth) {
    const struct sema_type *t = d->type;
    int128 width;
    bool yes = !d->packed || (d->bits && sema_constant_int(d->bits, &width));
    if (d->dims.n > 0 || !has_no_clause(d) || !yes || depth > DEPTH_MAX) {
        return false;
    }
    if (t->kind == SEMA_ALIAS) {
        return is_number_type(t->alias, depth + 1);
    }
    for (uint32_t i = 0; i < d->arms.n && yes; i++) {
        const struct sema_arm *arm = &d->arms.at[i];
        yes = !arm->let && (!arm->decl || is_number_type(arm->decl, depth + 1));
    }
    return yes && (t->kind == SEMA_SWITCH || t->kind == SEMA_ULEB || t->kind == SEMA_VLQ ||
                   ((t->kind == SEMA_UINT || t->kind == SEMA_INT) && t->bits <= 64));
}

static bool is_truth_type(const struct sema_decl *d) {
    int128 width;
    return !d->packed || (d->bits && sema_constant_int(d->bits, &width));
}

static bool is_silent_field(struct looker at, const struct sema_expr *e, int *bits) {
    const struct sema_member *m = e->member;
    const struct sema_expr *of = e->kid[0];
    if (m->kind == SEMA_M_LET) {
        return of->kind == E_SELF && is_silent_let(at, m, bits);
    }
    bool before = of->kind == E_SELF && of->of == at.of && m->order < at.order;
    if (!is_bare(m) || !(before || (m->bit_off != SEMA_DYNAMIC && is_fixed_struct(of)))) {
        return false;
    }
    *bits = m->decl->type->kind == SEMA_BOOL ? 0 : 64;
    return *bits == 0 ? is_truth_type(m->decl) : is_number_type(m->decl, at.depth);
}

/* By a constant. */
static bool is_silent_by(enum ast_op op, int left, const struct sema_expr *right, int *bits) {
    int128 n;
    if (!sema_constant_int(right, &n)) {
        return false;
    }
    bool shift = op == AST_OP_SHL || op == AST_OP_SHR;
    *bits = op == AST_OP_SHL ? left + (n >= 0 && n <= BITS_MAX ? (int)n : BITS_MAX + 1) : left + 1;
    return shift ? n >= 0 && n <= BITS_MAX : n != 0;
}

static bool is_silent_binary(struct looker at, const struct sema_expr *e, int *bits) {
    const struct sema_expr *left = e->kid[0], *right = e->kid[1];
    int a = 0, b = 0;
    *bits = 0;
    if (e->op == AST_OP_AND || e->op == AST_OP_OR) {
        return is_truth(left, at) && is_truth(right, at);
    }
    if (!is_number(left, at, &a) || !is_number(right, at, &b)) {
        return false;
    }
    int most = a > b ? a : b;
    switch (e->op) {
    case AST_OP_EQ:
    case AST_OP_NE:
    case AST_OP_LT:
    case AST_OP_GT:
    case AST_OP_LE:
    case AST_OP_GE:
        return true;
    case AST_OP_ADD:
    case AST_OP_SUB:
    case AST_OP_BITOR:
    case AST_OP_BITXOR:
    case AST_OP_BITAND:
        *bits = most + 1;
        return true;
    case AST_OP_ELSE:
        *bits = most;
        return true;
    case AST_OP_MUL:
        *bits = a + b;
        return true;
    case AST_OP_SHL:
    case AST_OP_SHR:
    case AST_OP_DIV:
    case AST_OP_REM:
        return is_silent_by(e->op, a, right, bits);
    case AST_OP_NONE:
    case AST_OP_WHILE:
    case AST_OP_UNTIL:
    case AST_OP_NEG:
    case AST_OP_NOT:
    case AST_OP_BITNOT:
    case AST_OP_OR:
    case AST_OP_AND:
        break;
    }
    return false;
}

static bool is_silent_choice(struct looker at, const struct sema_expr *e, int *bits) {
    int a = 0, b = 0;
    bool yes = is_truth(e->kid[0], at) &&
               ((is_number(e->kid[1], at, &a) && is_number(e->kid[2], at, &b)) ||
                (is_truth(e->kid[1], at) && is_truth(e->kid[2], at)));
    *bits = a > b ? a : b;
    return yes;
}

/* In constants. */
static bool is_silent_in(struct looker at, const struct sema_expr *e) {
    const struct sema_expr *set = e->kid[1];
    int bits;
    int128 n;
    bool yes = is_number(e->kid[0], at, &bits);
    if (set->kind == E_RANGE) {
        yes = yes && sema_constant_int(set->kid[0], &n) && sema_constant_int(set->kid[1], &n);
    } else if (set->kind == E_LIST) {
        for (uint32_t i = 0; i < set->args.n && yes; i++) {
            yes = sema_constant_int(set->args.at[i], &n);
        }
    } else {
        yes = yes && set->kind == E_ENUM_SET;
    }
    return yes;
}

static bool is_silent(struct looker at, const struct sema_expr *e, int *bits) {
    int128 value;
    bool yes = false;
    *bits = 0;
    if (++at.depth > DEPTH_MAX) {
        return false;
    }
    if (sema_constant_int(e, &value)) {
        *bits = bits_of(value);
        return *bits <= BITS_MAX;
    }
    if (e->kind == E_BOOL) {
        return true;
    }
    if (e->kind == E_FIELD) {
        yes = is_silent_field(at, e, bits);
    } else if (e->kind == E_BINARY) {
        yes = is_silent_binary(at, e, bits);
    } else if (e->kind == E_COND) {
        yes = is_silent_choice(at, e, bits);
    } else if (e->kind == E_IN) {
        yes = is_silent_in(at, e);
    } else if (e->kind == E_UNARY && e->op == AST_OP_NOT) {
        yes = is_truth(e->kid[0], at);
    } else if (e->kind == E_UNARY && (e->op == AST_OP_NEG || e->op == AST_OP_BITNOT)) {
        yes = is_number(e->kid[0], at, bits);
        *bits += 1;
    } else if (e->kind == E_CAST || e->kind == E_FLAG) {
        yes = is_number(e->kid[0], at, bits);
    }
    return yes && *bits <= BITS_MAX;
}

bool gen_is_left_out(struct gen *g, const struct sema_member *m) {
    struct looker at = {.g = g};
    int bits;
    return g->request->verdict && m->kind == SEMA_M_LET && is_silent_let(at, m, &bits);
}

uint32_t gen_leap_let(struct gen *g, const struct sema_member *m) {
    return gen_is_left_out(g, m) ? gen_op(g, OP_LEAP, 0, gen_int(g, 0)) : PROGRAM_NONE;
}

/* sound things */

static bool is_sound_struct(struct gen *g, const struct sema_struct *s);

/* Numbers and bytes of a fixed width, and structs of them; text may be wrong in its encoding. */
static bool is_sound(struct gen *g, const struct sema_decl *d) {
    if (!has_no_clause(d) || d->require || d->equals || d->in || d->args.n || d->encoding ||
        d->bit_total < 0) {
        return false;
    }
    switch (d->type->kind) {
    case SEMA_UINT:
    case SEMA_INT:
    case SEMA_BOOL:
    case SEMA_FLOAT:
    case SEMA_BFLOAT:
    case SEMA_BYTE:
        return true;
    case SEMA_STRUCT:
        return is_sound_struct(g, d->type->of);
    case SEMA_ALIAS:
        return is_sound(g, d->type->alias);
    case SEMA_ULEB:
    case SEMA_SLEB:
    case SEMA_VLQ:
    case SEMA_ZIGZAG:
    case SEMA_BCD:
    case SEMA_CHAR:
    case SEMA_STRING:
    case SEMA_CSTRING:
    case SEMA_SWITCH:
    case SEMA_BAD:
        break;
    }
    return false;
}

bool gen_is_never_wrong(struct gen *g, const struct sema_member *m) {
    return g->request->verdict && is_sound(g, m->decl);
}

static bool look_whether_sound(struct gen *g, const struct sema_struct *s) {
    bool yes = s->bit_size > 0 && s->bit_size % 8 == 0 && s->params.n == 0 && !s->sized &&
               !s->is_union && !s->joins;
    for (uint32_t i = 0; i < s->block.at.n && yes; i++) {
        const struct sema_member *m = s->block.at.at[i];
        yes = m->kind == SEMA_M_PAD || m->kind == SEMA_M_SKIP || gen_is_left_out(g, m) ||
              (m->kind == SEMA_M_FIELD && is_sound(g, m->decl));
    }
    return yes;
}

static bool is_sound_struct(struct gen *g, const struct sema_struct *s) {
    enum { UNKNOWN, NO, YES };
    uintptr_t known = (uintptr_t)map_get(&g->sound, s, NULL);
    if (known == UNKNOWN) {
        known = look_whether_sound(g, s) ? YES : NO;
        map_put(&g->sound, g->arena, s, NULL, (void *)known);
    }
    return known == YES;
}

uint32_t gen_leap(struct gen *g, const struct sema_struct *s) {
    return g->request->verdict && is_sound_struct(g, s)
               ? gen_op(g, OP_LEAP, 0, gen_int(g, s->bit_size))
               : PROGRAM_NONE;
}

void gen_leap_elements(struct gen *g, const struct sema_decl *decl) {
    if (g->request->verdict && !decl->require && decl->type->kind == SEMA_STRUCT &&
        is_sound_struct(g, decl->type->of)) {
        gen_op(g, OP_LEAPS, gen_int(g, decl->type->of->bit_size), 0);
    }
}
