#include "config.h"

#include "code/gen_scan.h"

/* Lanes: expressions worked out for many elements at once. How large each value can get is known from the widths of the numbers it
 * is made of; what might not fit 64 bits, or might fail, is left to the machine. */

/* Operators, and computed values, within each other. */
#define DEPTH_MAX 64u

struct lane {
    struct scan *s;
    uint32_t depth;
};

static bool add_value(struct lane *l, const struct sema_expr *e, struct scan_range *range);

static bool is_in_64(struct scan_range r) {
    return r.low >= INT64_MIN && r.high <= INT64_MAX;
}

static bool set_range(struct scan_range *range, int128 low, int128 high) {
    *range = (struct scan_range){low, high};
    return true;
}

/* Adds a part that takes so many lanes and leaves one. */
static bool add_op(struct lane *l, enum program_op op, uint32_t takes, uint32_t a, uint32_t b) {
    struct scan *s = l->s;
    s->lanes = s->lanes - takes + 1;
    return s->lanes <= PROGRAM_LANES_MAX && scan_add(s, op, scan_nowhere, a, b);
}

static bool add_int(struct lane *l, int128 value, struct scan_range *range) {
    set_range(range, value, value);
    return is_in_64(*range) && add_op(l, OP_LANE_INT, 0, gen_int(l->s->g, value), 0);
}

static bool add_binary(struct lane *l, enum program_op op) {
    return add_op(l, OP_LANE_OP, 2, 0, op);
}

static bool add_number(struct lane *l, struct scan_place place, struct scan_range *range) {
    const struct program_type *t = &l->s->g->program->types.at[place.type];
    int128 many = (int128)1 << t->bits;
    struct scan_range zero;
    l->s->lanes++;
    if (t->kind != TYPE_INT || l->s->lanes > PROGRAM_LANES_MAX ||
        !scan_add(l->s, OP_LANE_NUMBER, place, 0, 0)) {
        return false;
    }
    if (t->is_bool) {
        set_range(range, 0, 1);
        return add_int(l, 0, &zero) && add_binary(l, OP_NE);
    }
    int128 low = t->is_signed ? -many / 2 : 0;
    return set_range(range, low, low + many - 1);
}

/* The smallest 2^n - 1 that is no less. */
static int128 all_bits(int128 value) {
    int128 bits = 0;
    while (bits < value) {
        bits = 2 * bits + 1;
    }
    return bits;
}

/* Between which values lies what an operator of bits makes of two that fit 64. */
static bool bits_range(enum ast_op op, struct scan_range a, struct scan_range b,
                       struct scan_range *range) {
    bool and = op == AST_OP_BITAND;
    if (and&&(a.low >= 0 || b.low >= 0)) {
        int128 high = a.low < 0 ? b.high : b.low < 0 || a.high < b.high ? a.high : b.high;
        return set_range(range, 0, high);
    }
    int128 most = 0;
    const int128 reach[] = {a.high, b.high, ~a.low, ~b.low};
    for (unsigned i = 0; i < 4; i++) {
        most = reach[i] > most ? reach[i] : most;
    }
    most = all_bits(most);
    return set_range(range, a.low < 0 || b.low < 0 ? ~most : 0, most);
}

static void include(struct scan_range *range, int128 value) {
    range->low = value < range->low ? value : range->low;
    range->high = value > range->high ? value : range->high;
}

/* The products of the ends: the others lie between them. */
static bool product_range(struct scan_range a, struct scan_range b, struct scan_range *range) {
    set_range(range, a.low * b.low, a.low * b.low);
    include(range, a.low * b.high);
    include(range, a.high * b.low);
    include(range, a.high * b.high);
    return true;
}

/* Quotient and remainder by what is not 0: no further from 0 than the dividend, the remainder than the divisor, too. */
static bool division_range(enum ast_op op, struct scan_range a, struct scan_range b,
                           struct scan_range *range) {
    if (b.low <= 0 && b.high >= 0) {
        return false;
    }
    int128 most = -a.low > a.high ? -a.low : a.high;
    if (op == AST_OP_REM) {
        int128 divisor = -b.low > b.high ? -b.low : b.high;
        most = divisor - 1 < most ? divisor - 1 : most;
    }
    bool negative = a.low < 0 || (op == AST_OP_DIV && b.low < 0);
    bool positive = a.high > 0 || (op == AST_OP_DIV && b.low < 0);
    return set_range(range, negative ? -most : 0, positive ? most : 0);
}

static bool shift_range(enum ast_op op, struct scan_range a, struct scan_range b,
                        struct scan_range *range) {
    if (b.low < 0 || b.high > 63) {
        return false;
    }
    int128 one = 1;
    if (op == AST_OP_SHL) {
        return product_range(a, (struct scan_range){one << b.low, one << b.high}, range);
    }
    set_range(range, a.low >> b.low, a.low >> b.low);
    include(range, a.low >> b.high);
    include(range, a.high >> b.low);
    include(range, a.high >> b.high);
    return true;
}

/* Of integers that fit 64 bits. */
static bool result_range(enum ast_op op, struct scan_range a, struct scan_range b,
                         struct scan_range *range) {
    switch (op) {
    case AST_OP_ADD:
        return set_range(range, a.low + b.low, a.high + b.high);
    case AST_OP_SUB:
        return set_range(range, a.low - b.high, a.high - b.low);
    case AST_OP_MUL:
        return product_range(a, b, range);
    case AST_OP_DIV:
    case AST_OP_REM:
        return division_range(op, a, b, range);
    case AST_OP_SHL:
    case AST_OP_SHR:
        return shift_range(op, a, b, range);
    case AST_OP_BITAND:
    case AST_OP_BITOR:
    case AST_OP_BITXOR:
        return bits_range(op, a, b, range);
    case AST_OP_EQ:
    case AST_OP_NE:
    case AST_OP_LT:
    case AST_OP_GT:
    case AST_OP_LE:
    case AST_OP_GE:
        return set_range(range, 0, 1);
    default:
        return false;
    }
}

static bool is_logical(enum ast_op op) {
    return op == AST_OP_AND || op == AST_OP_OR;
}

/* Both sides are worked out whatever the first one is: nothing in the second can fail. */
static bool add_sides(struct lane *l, const struct sema_expr *e, struct scan_range *range) {
    const struct sema_expr *left = e->kid[0], *right = e->kid[1];
    struct scan_range a, b;
    if (left->vtype.kind != right->vtype.kind || !add_value(l, left, &a) ||
        !add_value(l, right, &b)) {
        return false;
    }
    if (is_logical(e->op)) {
        set_range(range, 0, 1);
        return add_binary(l, e->op == AST_OP_AND ? OP_BITAND : OP_BITOR);
    }
    /* beyond 64 bits: only the bits that a mask leaves */
    bool masked =
        e->op == AST_OP_BITAND && a.low >= 0 && b.low >= 0 && (is_in_64(a) || is_in_64(b));
    return (masked || (is_in_64(a) && is_in_64(b))) && result_range(e->op, a, b, range) &&
           is_in_64(*range) && add_binary(l, gen_binary_op(e->op));
}

static bool add_unary(struct lane *l, const struct sema_expr *e, struct scan_range *range) {
    struct scan_range a, all;
    switch (e->op) {
    case AST_OP_NOT:
        return add_value(l, e->kid[0], range) && add_int(l, 1, &all) && add_binary(l, OP_BITXOR);
    case AST_OP_BITNOT:
        return add_value(l, e->kid[0], &a) && is_in_64(a) && add_int(l, -1, &all) &&
               add_binary(l, OP_BITXOR) && set_range(range, ~a.high, ~a.low);
    case AST_OP_NEG:
        return add_int(l, 0, &all) && add_value(l, e->kid[0], &a) && is_in_64(a) &&
               set_range(range, -a.high, -a.low) && is_in_64(*range) && add_binary(l, OP_SUB);
    default:
        return false;
    }
}

static bool add_choice(struct lane *l, const struct sema_expr *e, struct scan_range *range) {
    struct scan_range condition, yes, no;
    if (e->kid[1]->vtype.kind != e->kid[2]->vtype.kind || !add_value(l, e->kid[0], &condition) ||
        !add_value(l, e->kid[1], &yes) || !add_value(l, e->kid[2], &no)) {
        return false;
    }
    *range = yes;
    include(range, no.low);
    include(range, no.high);
    return is_in_64(*range) && add_op(l, OP_LANE_CHOOSE, 3, 0, 0);
}

/* Whether it is one constant, or lies between two. */
static bool add_item(struct lane *l, const struct sema_expr *value, const struct sema_expr *item) {
    struct gen *g = l->s->g;
    struct scan_range range;
    int128 low, high;
    bool bounded = item->kind == E_RANGE;
    if (!sema_constant_int(bounded ? item->kid[0] : item, &low) ||
        !sema_constant_int(bounded ? item->kid[1] : item, &high) || !add_value(l, value, &range) ||
        !is_in_64(range)) {
        return false;
    }
    low = low < INT64_MIN ? INT64_MIN : low > range.high ? range.high + 1 : low;
    high = high > INT64_MAX ? INT64_MAX : high < range.low ? range.low - 1 : high;
    return is_in_64((struct scan_range){low, low}) && is_in_64((struct scan_range){high, high}) &&
           add_op(l, OP_LANE_IN, 1, gen_int(g, low), gen_int(g, high));
}

/* value in a..b, or in { a, b..c }: each is tried. */
static bool add_in(struct lane *l, const struct sema_expr *e, struct scan_range *range) {
    const struct sema_expr *value = e->kid[0], *set = e->kid[1];
    set_range(range, 0, 1);
    if (value->vtype.kind != SEMA_V_INT) {
        return false;
    }
    if (set->kind == E_RANGE) {
        return add_item(l, value, set);
    }
    bool ok = set->kind == E_LIST && set->args.n > 0;
    for (uint32_t i = 0; ok && i < set->args.n; i++) {
        ok = add_item(l, value, set->args.at[i]) && (i == 0 || add_binary(l, OP_BITOR));
    }
    return ok;
}

/* All bits of a mask are set. */
static bool add_flag(struct lane *l, const struct sema_expr *e, struct scan_range *range) {
    struct scan_range value, mask;
    bool fine = e->integer >= 0 && e->integer <= INT64_MAX && add_value(l, e->kid[0], &value) &&
                add_int(l, e->integer, &mask) && add_binary(l, OP_BITAND) &&
                add_int(l, e->integer, &mask) && add_binary(l, OP_EQ);
    return fine && set_range(range, 0, 1);
}

/* What is always worked out, in the struct at hand. */
static bool add_let(struct lane *l, const struct sema_expr *e, struct scan_range *range) {
    const struct sema_member *m = e->member;
    if (m->kind != SEMA_M_LET || m->branch || m->same || m->next || gen_leader(m) != m) {
        return false;
    }
    struct scan_self outer = l->s->self;
    int128 bit = scan_start_of(l->s, e->kid[0]);
    if (bit < 0) {
        return false;
    }
    l->s->self = (struct scan_self){m->owner, bit};
    bool ok = add_value(l, m->expr, range);
    l->s->self = outer;
    return ok;
}

static bool add_by_kind(struct lane *l, const struct sema_expr *e, struct scan_range *range) {
    switch ((int)e->kind) {
    case E_INT:
        return add_int(l, e->integer, range);
    case E_BOOL:
        return add_int(l, e->flag, range);
    case E_UNARY:
        return add_unary(l, e, range);
    case E_BINARY:
        return add_sides(l, e, range);
    case E_COND:
        return add_choice(l, e, range);
    case E_IN:
        return add_in(l, e, range);
    case E_FLAG:
        return add_flag(l, e, range);
    case E_FIELD:
        return add_let(l, e, range);
    default:
        return false;
    }
}

static bool add_value(struct lane *l, const struct sema_expr *e, struct scan_range *range) {
    bool number = e->vtype.kind == SEMA_V_INT || e->vtype.kind == SEMA_V_BOOL;
    if (!number || l->depth == DEPTH_MAX) {
        return false;
    }
    struct scan_place place = scan_number_of(l->s, e);
    l->depth++;
    bool ok = place.type != PROGRAM_NONE ? add_number(l, place, range) : add_by_kind(l, e, range);
    l->depth--;
    return ok;
}

bool gen_lane(struct scan *s, const struct sema_expr *e, struct scan_range *range) {
    uint32_t n = s->n, lanes = s->lanes;
    struct lane lane = {s, 0};
    bool ok = add_value(&lane, e, range) && is_in_64(*range);
    if (!ok) {
        s->n = n;
        s->lanes = lanes;
    }
    return ok;
}
