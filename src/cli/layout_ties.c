#include "config.h"

#include "cli/layout_ties.h"

#include "syn/unparse.h"

/* Where the numbers begin. */
#define NUMBER_COLUMN 40u
#define WAY_MAX       16u

/* A condition on the way to a case. */
struct way {
    const struct sema_expr *condition[WAY_MAX];
    bool holds[WAY_MAX];
    unsigned n;
};

/* The struct with a name that one stands in. */
static const struct sema_struct *named_of(const struct sema_struct *s) {
    while (s && !s->name) {
        s = s->lexical;
    }
    return s;
}

/* What declares a struct that is written in place: "attributes.". */
static void put_way_in(struct buf *out, const struct sema_struct *s) {
    if (!s || s->name) {
        return;
    }
    put_way_in(out, s->lexical);
    for (const struct sema_decl *d = s->uses; d; d = d->arm_of) {
        if (d->name) {
            buf_printf(out, "%s.", d->name);
            return;
        }
    }
}

static bool is_constant(const struct sema_tie_case *c) {
    return !c->condition && c->value && c->value->kind == E_INT;
}

/* "body sized length" */
static void put_clause(struct buf *out, const struct sema_tie *tie) {
    const struct sema_expr *e = tie->clause;
    const struct sema_decl *d = tie->decl;
    put_way_in(out, tie->of);
    if (d) {
        const struct sema_decl *named = d;
        while (!named->name && named->arm_of) {
            named = named->arm_of;
        }
        buf_printf(out, "%s ", named->name ? named->name : "");
    }
    const char *word = !d               ? "sized "
                       : e == d->at     ? "@ "
                       : e == d->then   ? "then "
                       : e == d->sized  ? "sized "
                       : e == d->stride ? "stride "
                                        : NULL;
    buf_puts(out, word ? word : "[");
    if (e->ast) {
        unparse_expr(e->ast, out);
    }
    buf_puts(out, word ? "" : "]");
}

static void put_way(struct buf *out, const struct way *way) {
    for (unsigned i = 0; i < way->n; i++) {
        buf_puts(out, i == 0 ? "  if " : " and ");
        buf_puts(out, way->holds[i] ? "" : "not ");
        sema_tie_condition(way->condition[i], out);
    }
}

static void put_cases(struct buf *out, size_t line, const struct sema_tie_case *c,
                      struct way *way) {
    if (c->condition && way->n < WAY_MAX) {
        way->condition[way->n] = c->condition;
        way->holds[way->n++] = true;
        put_cases(out, line, c->yes, way);
        way->holds[way->n - 1] = false;
        put_cases(out, out->len, c->no, way);
        way->n--;
        return;
    }
    size_t columns = 0;
    for (size_t i = line; i < out->len; i++) {
        columns += ((unsigned char)out->at[i] & 0xc0) != 0x80;
    }
    if (columns >= NUMBER_COLUMN) {
        buf_putc(out, '\n');
        columns = 0;
    }
    buf_fill(out, ' ', NUMBER_COLUMN - columns);
    if (c->unknown) {
        sema_tie_name(c->unknown, out);
    } else {
        buf_printf(out, "- (%s)", c->follows ? "it follows" : c->why);
    }
    put_way(out, way);
    buf_putc(out, '\n');
}

void layout_put_ties(struct buf *out, const struct sema_ties *ties,
                     const struct sema_schema *schema, const struct sema_struct *of) {
    for (uint32_t i = 0; i < ties->all.n; i++) {
        const struct sema_tie *tie = &ties->all.at[i];
        bool here =
            of ? named_of(tie->of) == of : !tie->of && tie->decl && tie->decl->schema == schema;
        if (!here || is_constant(tie->how)) {
            continue;
        }
        struct way way = {.n = 0};
        size_t line = out->len;
        buf_puts(out, "    ");
        put_clause(out, tie);
        put_cases(out, line, tie->how, &way);
    }
}
