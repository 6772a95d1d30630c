#include "config.h"

#include "sema/internal.h"

/* Byte order has no default: every number of several bytes must have one by its suffix, its file, its struct, or the
 * structs it is used in. Bits need a bit order or a byte order that the schema fixes: formats whose files may have either
 * seldom turn their bits around with their bytes. Walked from the root struct as long as something is not known. A struct
 * or typedef is looked at once for each of the things that may be known where it is used, from a list, so that chains of
 * them need no stack. */

/* What is known where the cursor stands. */
struct known {
    bool bytes;
    bool chosen; /* the byte order: the data chooses it */
    bool bits;
};

struct order_task {
    const struct sema_struct *of;
    const struct sema_decl *alias; /* or a typedef's declaration */
    struct known known;
};

struct order_walk {
    struct sema *sema;
    const struct sema_struct *root;
    struct span test; /* the test that root alone is the subject of; or none */
    struct map seen;  /* (struct or declaration, one of `ways`) */
    VEC(struct order_task) tasks;
};

/* Keys of order_walk.seen. */
static const char ways[8];

static bool is_settled(struct known known) {
    return known.bytes && (known.bits || !known.chosen);
}

static void ask(struct order_walk *walk, struct order_task task) {
    const void *object = task.of ? (const void *)task.of : (const void *)task.alias;
    const void *way =
        &ways[(task.known.bits ? 1 : 0) | (task.known.bytes ? 2 : 0) | (task.known.chosen ? 4 : 0)];
    if (!map_get(&walk->seen, object, way)) {
        map_put(&walk->seen, walk->sema->arena, object, way, walk);
        *vec_push(&walk->tasks, walk->sema->arena) = task;
    }
}

static bool needs_order(const struct sema_decl *d, struct known known) {
    const struct sema_type *t = d->type;
    if (t->order != SEMA_AMBIENT || (d->schema && d->schema->endian)) {
        return false;
    }
    bool number = t->kind == SEMA_UINT || t->kind == SEMA_INT || t->kind == SEMA_FLOAT ||
                  t->kind == SEMA_BFLOAT;
    bool coded = t->kind == SEMA_ZIGZAG || t->kind == SEMA_BCD;
    if (d->packed) {
        return (number || t->kind == SEMA_BOOL) && !known.bits && (!known.bytes || known.chosen) &&
               !(d->schema && d->schema->bitorder);
    }
    return !known.bytes && ((number && t->bits > 8) || (coded && t->limit > 1));
}

static void report_order(struct order_walk *walk, const struct sema_decl *d, struct known known) {
    const char *name = d->name ? d->name : "this";
    if (!span_is_none(walk->test)) {
        struct diag *diag = diag_report(
            walk->sema->diags, DIAG_NO_ENDIAN, walk->test,
            "the %s order of '%s' is that of the structs around, and a '%s' alone has none",
            d->packed ? "bit" : "byte", name, walk->root->name);
        diag_note(walk->sema->diags, diag, d->span, "it is declared here");
        return;
    }
    struct diag *diag = d->packed ? diag_report(walk->sema->diags, DIAG_NO_ENDIAN, d->span,
                                                "the bits of '%s' have no order", name)
                                  : diag_report(walk->sema->diags, DIAG_NO_ENDIAN, d->span,
                                                "'%s' has several bytes and no byte order", name);
    diag_note(
        walk->sema->diags, diag, span_none(),
        d->packed && known.chosen
            ? "the data chooses the byte order, which seldom turns bits around: write 'bitorder "
              "msb;' or 'bitorder lsb;' in the file or before it in the struct"
        : d->packed ? "write 'bitorder msb;' or 'bitorder lsb;' (or an endian statement) in the "
                      "file or before it in the struct"
                    : "write 'endian little;' or 'endian big;' in the file or before it in the "
                      "struct");
}

/* False once something was reported: one cause, one error. */
static bool walk_decl(struct order_walk *walk, const struct sema_decl *d, struct known known) {
    if (d->type->kind == SEMA_STRUCT) {
        ask(walk, (struct order_task){.of = d->type->of, .known = known});
        return true;
    }
    if (d->type->kind == SEMA_ALIAS) {
        ask(walk, (struct order_task){.alias = d->type->alias, .known = known});
        return true;
    }
    for (uint32_t i = 0; i < d->arms.n; i++) {
        if (d->arms.at[i].decl && !walk_decl(walk, d->arms.at[i].decl, known)) {
            return false;
        }
    }
    if (!needs_order(d, known)) {
        return true;
    }
    report_order(walk, d, known);
    return false;
}

static bool walk_block(struct order_walk *walk, const struct sema_block *block,
                       struct known *known) {
    for (uint32_t i = 0; i < block->at.n && !is_settled(*known); i++) {
        const struct sema_member *m = block->at.at[i];
        if (m->kind == SEMA_M_ENDIAN) {
            known->bytes = true;
            known->chosen = !sema_is_constant(m->expr);
        } else if (m->kind == SEMA_M_BITORDER) {
            known->bits = true;
        } else if (m->kind == SEMA_M_IF) {
            struct known yes = *known, no = *known;
            if (!walk_block(walk, &m->yes, &yes) || !walk_block(walk, &m->no, &no)) {
                return false;
            }
            known->bytes = yes.bytes && no.bytes;
            known->chosen = yes.chosen || no.chosen;
            known->bits = yes.bits && no.bits;
        } else if (m->decl && m->kind == SEMA_M_FIELD && !walk_decl(walk, m->decl, *known)) {
            return false;
        }
    }
    return true;
}

void sema_check_order(struct sema *sema, const struct sema_struct *root, struct span test) {
    struct order_walk walk = {.sema = sema, .root = root, .test = test};
    ask(&walk, (struct order_task){.of = root});
    bool ok = true;
    for (uint32_t i = 0; ok && i < walk.tasks.n; i++) {
        struct order_task task = walk.tasks.at[i]; /* the vector may move */
        if (task.alias) {
            ok = walk_decl(&walk, task.alias, task.known);
        } else if (!task.of->schema->endian) {
            ok = walk_block(&walk, &task.of->block, &task.known);
        }
    }
}
