#include "config.h"

#include <stdlib.h>

#include "sema/internal.h"

/* The selector, labels and values of a switch, and labels that an earlier one covers. */

/* A label as the interval of numbers it stands for. */
struct interval {
    int128 low, high;
    uint32_t at; /* in the order of the text */
    const struct sema_expr *label;
};

struct coverage {
    struct sema *sema;
    VEC(struct interval) intervals;
    struct map texts;                 /* interned text -> label */
    const struct sema_expr *truth[2]; /* labels false and true */
};

static void report_unreachable(struct sema *sema, const struct sema_expr *label,
                               const struct sema_expr *by) {
    struct diag *d =
        diag_report(sema->diags, DIAG_UNREACHABLE_ARM, label->span, "this arm can't be reached");
    diag_note(sema->diags, d, by->span, "the same value is taken here");
}

/* Takes up a label; texts and bools at once, numbers for check_intervals. */
static void cover(struct coverage *c, const struct sema_expr *label) {
    struct sema *sema = c->sema;
    if (label->kind == E_TEXT) {
        const char *key = intern_add(sema->intern, (const char *)label->text.at, label->text.len);
        const struct sema_expr *by = map_get(&c->texts, key, NULL);
        if (by) {
            report_unreachable(sema, label, by);
        } else {
            map_put(&c->texts, sema->arena, key, NULL, (void *)(uintptr_t)label);
        }
        return;
    }
    if (label->kind == E_BOOL) {
        if (c->truth[label->flag]) {
            report_unreachable(sema, label, c->truth[label->flag]);
        } else {
            c->truth[label->flag] = label;
        }
        return;
    }
    bool range = label->kind == E_RANGE;
    struct interval one = {.at = c->intervals.n, .label = label};
    if (sema_constant_int(range ? label->kid[0] : label, &one.low) &&
        sema_constant_int(range ? label->kid[1] : label, &one.high)) {
        *vec_push(&c->intervals, sema->arena) = one;
    }
}

static int compare_intervals(const void *a, const void *b) {
    const struct interval *x = a, *y = b;
    if (x->low != y->low) {
        return x->low < y->low ? -1 : 1;
    }
    return x->at < y->at ? -1 : x->at > y->at;
}

/* In the order of their lows, each interval asks for the highest end among those that begin no later and stand before it
 * in the text: a Fenwick tree of maxima over the order of the text (P. M. Fenwick, Software: Practice and Experience 24
 * (1994), 327-336). */
static void check_intervals(struct coverage *c) {
    uint32_t n = c->intervals.n;
    if (n < 2) {
        return;
    }
    struct interval *sorted = c->intervals.at;
    qsort(sorted, n, sizeof *sorted, compare_intervals);
    const struct interval **highest = arena_array(c->sema->arena, n + 1, sizeof(void *));
    for (uint32_t i = 0; i < n; i++) {
        const struct interval *by = NULL;
        for (uint32_t k = sorted[i].at; k > 0; k -= k & -k) {
            if (highest[k] && (!by || highest[k]->high > by->high)) {
                by = highest[k];
            }
        }
        if (by && by->high >= sorted[i].high) {
            report_unreachable(c->sema, sorted[i].label, by->label);
        }
        for (uint32_t k = sorted[i].at + 1; k <= n; k += k & -k) {
            if (!highest[k] || highest[k]->high < sorted[i].high) {
                highest[k] = &sorted[i];
            }
        }
    }
}

static void check_label(struct sema *sema, const struct sema_decl *decl,
                        const struct sema_expr *label) {
    const struct sema_vtype *selector = &decl->selector->vtype;
    const struct sema_expr *value = label->kind == E_RANGE ? label->kid[0] : label;
    if (!sema_vtype_is(selector, value->vtype.kind) && value->kind != E_ABSENT &&
        !(value->kind == E_TEXT && selector->kind == SEMA_V_BYTES)) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, label->span,
                    "the switch is over %s, this label is %s", sema_vtype_text(sema, selector),
                    sema_vtype_text(sema, &value->vtype));
    }
}

static void check_default(struct sema *sema, const struct ast *arm, const struct ast **fallback) {
    if (*fallback) {
        struct diag *d =
            diag_report(sema->diags, DIAG_DUPLICATE, arm->span, "a switch has one 'default'");
        diag_note(sema->diags, d, (*fallback)->span, "the first one is here");
    } else {
        *fallback = arm;
    }
}

void sema_resolve_switch(struct sema *sema, const struct sema_scope *scope,
                         struct sema_decl *decl) {
    const struct ast *node = decl->ast->kid[0];
    decl->selector = sema_resolve(sema, scope, node->kid[0]);
    struct sema_scope labels = *scope;
    labels.wanted = &decl->selector->vtype;
    struct coverage coverage = {.sema = sema};
    const struct ast *fallback = NULL;
    uint32_t i = 0;
    for (struct ast *a = node->kid[1]; a; a = a->next) {
        if (a->kind != AST_ARM) {
            continue;
        }
        struct sema_arm *arm = &decl->arms.at[i++];
        if (arm->fallback) {
            check_default(sema, a, &fallback);
        }
        for (struct ast *l = a->kid[0]; l; l = l->next) {
            struct sema_expr *label = sema_resolve(sema, &labels, l);
            *vec_push(&arm->labels, sema->arena) = label;
            check_label(sema, decl, label);
            cover(&coverage, label);
        }
        if (a->kid[1] && a->kid[1]->kind == AST_LET) {
            struct ast *value = a->kid[1]->kid[0];
            arm->let = sema_resolve(sema, scope, value->kind == AST_SEQ ? value->kid[0] : value);
        }
    }
    check_intervals(&coverage);
}
