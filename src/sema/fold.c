#include "config.h"

#include "sema/internal.h"

#include "sema/builtins.h"

/* Constant folding: an expression whose inputs are constants becomes one, in place. Arithmetic that fails is reported
 * here, so that a constant overflow is an error of the schema and not of the data. */

bool sema_constant_int(const struct sema_expr *expr, int128 *out) {
    if (expr->kind != E_INT) {
        return false;
    }
    *out = expr->integer;
    return true;
}

bool sema_is_constant(const struct sema_expr *expr) {
    return expr->kind == E_INT || expr->kind == E_FLOAT || expr->kind == E_TEXT ||
           expr->kind == E_BOOL;
}

static void become_int(struct sema_expr *e, int128 value) {
    e->kind = E_INT;
    e->integer = value;
}

static void become_bool(struct sema_expr *e, bool value) {
    e->kind = E_BOOL;
    e->flag = value;
}

static void fail(struct sema *sema, struct sema_expr *e, const char *why) {
    diag_report(sema->diags, DIAG_ARITHMETIC, e->span, "%s", why);
    e->kind = E_ABSENT;
    e->vtype = sema_vtype_simple(SEMA_V_ANY);
}

static void fold_unary(struct sema *sema, struct sema_expr *e) {
    const struct sema_expr *k = e->kid[0];
    int128 r = 0;
    if (e->op == AST_OP_NOT && k->kind == E_BOOL) {
        become_bool(e, !k->flag);
    } else if (e->op == AST_OP_BITNOT && k->kind == E_INT) {
        become_int(e, ~k->integer);
    } else if (e->op == AST_OP_NEG && k->kind == E_FLOAT) {
        e->kind = E_FLOAT;
        e->number = -k->number;
    } else if (e->op == AST_OP_NEG && k->kind == E_INT) {
        if (int128_sub(0, k->integer, &r)) {
            become_int(e, r);
        } else {
            fail(sema, e, "the constant overflows 127 bits");
        }
    }
}

static bool compare(enum ast_op op, int128 a, int128 b) {
    switch (op) {
    case AST_OP_EQ:
        return a == b;
    case AST_OP_NE:
        return a != b;
    case AST_OP_LT:
        return a < b;
    case AST_OP_GT:
        return a > b;
    case AST_OP_LE:
        return a <= b;
    default:
        return a >= b;
    }
}

/* One arithmetic operation on constants; false when it has no result. */
static bool calculate(enum ast_op op, int128 a, int128 b, int128 *r) {
    switch (op) {
    case AST_OP_ADD:
        return int128_add(a, b, r);
    case AST_OP_SUB:
        return int128_sub(a, b, r);
    case AST_OP_MUL:
        return int128_mul(a, b, r);
    case AST_OP_DIV:
        return int128_div(a, b, r);
    case AST_OP_REM:
        return int128_rem(a, b, r);
    case AST_OP_SHL:
        return int128_shl(a, b, r);
    case AST_OP_SHR:
        return int128_shr(a, b, r);
    case AST_OP_BITAND:
        *r = a & b;
        return true;
    case AST_OP_BITOR:
        *r = a | b;
        return true;
    case AST_OP_BITXOR:
        *r = a ^ b;
        return true;
    default:
        return false;
    }
}

static void fold_integers(struct sema *sema, struct sema_expr *e, int128 a, int128 b) {
    if (e->op >= AST_OP_EQ && e->op <= AST_OP_GE) {
        become_bool(e, compare(e->op, a, b));
        return;
    }
    int128 r = 0;
    if (calculate(e->op, a, b, &r)) {
        become_int(e, r);
    } else if (b == 0 && (e->op == AST_OP_DIV || e->op == AST_OP_REM)) {
        fail(sema, e, "division by zero");
    } else if (b < 0 && (e->op == AST_OP_SHL || e->op == AST_OP_SHR)) {
        fail(sema, e, "a shift by a negative number");
    } else {
        fail(sema, e, "the constant overflows 127 bits");
    }
}

/* div and mod of constants. */
static void fold_builtin(struct sema *sema, struct sema_expr *e) {
    bool div = e->builtin == BUILTIN_DIV;
    int128 a, b, r;
    if ((!div && e->builtin != BUILTIN_MOD) || !sema_constant_int(e->args.at[0], &a) ||
        !sema_constant_int(e->args.at[1], &b)) {
        return;
    }
    if (div ? int128_floor_div(a, b, &r) : int128_floor_mod(a, b, &r)) {
        become_int(e, r);
    } else {
        fail(sema, e, b == 0 ? "division by zero" : "the constant overflows 127 bits");
    }
}

void sema_fold(struct sema *sema, struct sema_expr *e) {
    if (e->kind == E_BUILTIN) {
        fold_builtin(sema, e);
        return;
    }
    if (e->kind == E_UNARY) {
        fold_unary(sema, e);
        return;
    }
    if (e->kind == E_COND && e->kid[0]->kind == E_BOOL) {
        struct sema_expr *chosen = e->kid[0]->flag ? e->kid[1] : e->kid[2];
        if (sema_is_constant(chosen)) {
            struct span span = e->span;
            *e = *chosen;
            e->span = span;
        }
        return;
    }
    if (e->kind != E_BINARY) {
        return;
    }
    const struct sema_expr *a = e->kid[0], *b = e->kid[1];
    if (a->kind == E_INT && b->kind == E_INT && e->op != AST_OP_ELSE) {
        fold_integers(sema, e, a->integer, b->integer);
    } else if (a->kind == E_BOOL && b->kind == E_BOOL &&
               (e->op == AST_OP_AND || e->op == AST_OP_OR)) {
        become_bool(e, e->op == AST_OP_AND ? a->flag && b->flag : a->flag || b->flag);
    }
}

bool sema_bind_int(struct sema *sema, const struct sema_scope *scope, const struct ast *node,
                   int128 *out) {
    if (node->kind == AST_INT && !scope->wanted) { /* as the most are, of enums */
        *out = node->integer;
        return true;
    }
    struct sema_expr *e = sema_resolve(sema, scope, node);
    if (sema_constant_int(e, out)) {
        return true;
    }
    if (e->kind != E_ABSENT) {
        diag_report(sema->diags, DIAG_NOT_CONSTANT, node->span, "a constant number is wanted here");
    }
    return false;
}
