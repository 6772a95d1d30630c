#include "config.h"

#include "code/gen_internal.h"

/* Byte order, bit order and encoding: what structs say of them for what follows, and files for all that has nothing said. */

/* Where a struct first says one, or NULL. */
static const struct ast *first_of(const struct sema_struct *s, enum sema_member_kind what) {
    return what == SEMA_M_ENDIAN ? s->endian : what == SEMA_M_BITORDER ? s->bitorder : s->encoding;
}

bool gen_is_said(const struct sema_struct *s, uint32_t before, enum sema_member_kind what) {
    for (; s; s = s->lexical) {
        const struct ast *first = first_of(s, what);
        if (first && first->span.lo < before) {
            return true;
        }
    }
    return false;
}

bool gen_is_setting(const struct sema_member *m) {
    return m->kind == SEMA_M_ENDIAN || m->kind == SEMA_M_BITORDER || m->kind == SEMA_M_ENCODING;
}

static void set(struct gen *g, enum sema_member_kind what, const struct sema_expr *e) {
    gen_value(g, e);
    gen_op(g,
           what == SEMA_M_ENDIAN     ? OP_ENDIAN
           : what == SEMA_M_BITORDER ? OP_BITORDER
                                     : OP_ENCODING,
           0, 0);
}

void gen_set_ambient(struct gen *g, const struct sema_member *m) {
    set(g, m->kind, m->expr);
}

void gen_set_files(struct gen *g, const struct sema_member *branches) {
    static const enum sema_member_kind all[] = {SEMA_M_ENDIAN, SEMA_M_BITORDER, SEMA_M_ENCODING};
    const struct sema_struct *s = branches->owner;
    const struct sema_expr *const files[] = {s->schema->endian, s->schema->bitorder,
                                             s->schema->encoding};
    for (int i = 0; i < 3 && !branches->branch; i++) {
        const struct ast *first = first_of(s, all[i]);
        if (files[i] && files[i]->kind != E_ABSENT && first &&
            first->span.lo >= branches->span.lo && first->span.hi <= branches->span.hi &&
            !gen_is_said(s, branches->span.lo, all[i])) {
            set(g, all[i], files[i]);
        }
    }
}
