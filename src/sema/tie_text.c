#include "config.h"

#include "sema/tie.h"
#include "syn/unparse.h"

/* Ties in words. */

/* "chunk"; of a struct that is written in place, the way to it: "ntfs.attributes". */
static void put_struct(const struct sema_struct *s, struct buf *out) {
    if (s->name) {
        buf_puts(out, s->name);
        return;
    }
    if (s->lexical) {
        put_struct(s->lexical, out);
    }
    for (const struct sema_decl *d = s->uses; d; d = d->arm_of) {
        if (d->name) {
            buf_printf(out, "%s%s", s->lexical ? "." : "", d->name);
            return;
        }
    }
}

static void put_written(const struct sema_expr *e, struct buf *out) {
    if (e->ast) {
        unparse_expr(e->ast, out);
    }
}

static void put_thing(const struct sema_expr *e, struct buf *out) {
    switch (e->kind) {
    case E_SEEN:
        put_thing(e->kid[1], out);
        break;
    case E_FIELD:
        put_struct(e->member->owner, out);
        buf_printf(out, ".%s", e->member->name);
        break;
    case E_INDEX:
        put_thing(e->kid[0], out);
        buf_putc(out, '[');
        put_written(e->kid[1], out);
        buf_putc(out, ']');
        break;
    default:
        put_written(e, out);
        break;
    }
}

void sema_tie_name(const struct sema_expr *unknown, struct buf *out) {
    put_thing(unknown->kid[0], out);
}

void sema_tie_declared(const struct sema_decl *decl, struct buf *out) {
    const struct sema_decl *named = decl;
    while (named->arm_of && (!named->name || !named->owner)) {
        named = named->arm_of;
    }
    if (named->owner) {
        put_struct(named->owner, out);
        buf_putc(out, '.');
    }
    buf_puts(out, named->name ? named->name : "?");
}

void sema_tie_condition(const struct sema_expr *condition, struct buf *out) {
    switch (condition->kind) {
    case E_SEEN:
        sema_tie_condition(condition->kid[1], out);
        break;
    case E_PRESENT:
        buf_puts(out, "present(");
        put_written(condition->kid[0], out);
        buf_putc(out, ')');
        break;
    case E_USE:
        buf_puts(out, "it is ");
        sema_tie_declared(condition->decl, out);
        break;
    case E_IN:
        if (condition->ast == condition->kid[0]->ast) { /* of an arm: its labels */
            put_written(condition, out);
            buf_puts(out, " in { ");
            for (uint32_t i = 0; i < condition->kid[1]->args.n; i++) {
                buf_puts(out, i > 0 ? ", " : "");
                put_written(condition->kid[1]->args.at[i], out);
            }
            buf_puts(out, " }");
            break;
        }
        put_written(condition, out);
        break;
    case E_UNARY:
        buf_puts(out, "not ");
        sema_tie_condition(condition->kid[0], out);
        break;
    case E_BINARY:
        if (condition->op == AST_OP_AND &&
            condition->ast == condition->kid[1]->ast) { /* branches within each other */
            sema_tie_condition(condition->kid[0], out);
            buf_puts(out, " and ");
            sema_tie_condition(condition->kid[1], out);
            break;
        }
        put_written(condition, out);
        break;
    default:
        put_written(condition, out);
        break;
    }
}
