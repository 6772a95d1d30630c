#include "config.h"

#include "sema/internal.h"

/* Byte order has no default: every number of several bytes must have one by its suffix, its file, its struct, or the
 * structs it is used in. Walked from the root struct, in the order of decoding, as long as no order is known. */

struct order_walk {
    struct sema *sema;
    uint8_t *seen; /* by struct: visited without an order */
};

static bool walk_struct(struct order_walk *walk, const struct sema_struct *s);

static bool needs_order(const struct sema_decl *d) {
    const struct sema_type *t = d->type;
    if (t->order != SEMA_AMBIENT || (d->schema && d->schema->endian)) {
        return false;
    }
    bool number = t->kind == SEMA_UINT || t->kind == SEMA_INT || t->kind == SEMA_FLOAT ||
                  t->kind == SEMA_BFLOAT;
    bool coded = t->kind == SEMA_ZIGZAG || t->kind == SEMA_BCD;
    if (d->packed) {
        return number && !(d->schema && d->schema->bitorder);
    }
    return (number && t->bits > 8) || (coded && t->limit > 1);
}

/* False once something was reported: one cause, one error. */
static bool walk_decl(struct order_walk *walk, const struct sema_decl *d) {
    if (d->type->kind == SEMA_STRUCT) {
        return walk_struct(walk, d->type->of);
    }
    if (d->type->kind == SEMA_ALIAS) {
        return walk_decl(walk, d->type->alias);
    }
    for (uint32_t i = 0; i < d->arms.n; i++) {
        if (d->arms.at[i].decl && !walk_decl(walk, d->arms.at[i].decl)) {
            return false;
        }
    }
    if (!needs_order(d)) {
        return true;
    }
    struct diag *diag =
        diag_report(walk->sema->diags, DIAG_NO_ENDIAN, d->span,
                    "'%s' has several bytes and no byte order", d->name ? d->name : "this");
    diag_note(walk->sema->diags, diag, span_none(),
              "write 'endian little;' or 'endian big;' in the file or before it in the struct");
    return false;
}

/* *known becomes true where a statement says the order. */
static bool walk_block(struct order_walk *walk, const struct sema_block *block, bool *known) {
    for (uint32_t i = 0; i < block->at.n && !*known; i++) {
        const struct sema_member *m = block->at.at[i];
        if (m->kind == SEMA_M_ENDIAN) {
            *known = true;
        } else if (m->kind == SEMA_M_IF) {
            if (!walk_block(walk, &m->yes, known) || !walk_block(walk, &m->no, known)) {
                return false;
            }
        } else if (m->decl && m->kind == SEMA_M_FIELD && !walk_decl(walk, m->decl)) {
            return false;
        }
    }
    return true;
}

static bool walk_struct(struct order_walk *walk, const struct sema_struct *s) {
    if (walk->seen[s->id] || s->schema->endian) {
        return true;
    }
    walk->seen[s->id] = 1;
    bool known = false;
    return walk_block(walk, &s->block, &known);
}

void sema_check_order(struct sema *sema, struct sema_schema *schema) {
    if (schema->root) {
        struct order_walk walk = {.sema = sema,
                                  .seen = arena_alloc(sema->arena, sema->structs.n + 1)};
        walk_struct(&walk, schema->root);
    }
}
