#include "config.h"

#include "lib/selection.h"

/* What is said of one expression among others. */
typedef void (*select_one)(struct sema *sema, struct sema_schema *schema,
                           struct sema_select *select, const struct ast *node, const char *name);

/* A selection on its way from words. */
struct selection {
    struct compiled *compiled;
    const struct selection_words *words;
    struct sema_select *select;
};

/* The tree of what is said; NULL where there is one mistake or another. */
static const struct ast *parse(const struct selection *s, const char *word, const char *text,
                               bool list) {
    struct compiled *compiled = s->compiled;
    const char *name = arena_printf(&compiled->arena, "<%s%s>", s->words->mark, word);
    const struct ast *tree = compile_parse(compiled, name, text, list);
    return compiled->diags.errors == 0 ? tree : NULL;
}

/* One expression, which is called as it is written. */
static void resolve(const struct selection *s, const char *word, const char *text,
                    select_one resolve_one) {
    const struct ast *node = parse(s, word, text, false);
    if (node) {
        resolve_one(&s->compiled->sema, s->compiled->schema, s->select, node, text);
    }
}

/* Each of the expressions with commas between. */
static void resolve_list(const struct selection *s, const char *word, const char *text,
                         select_one resolve_one) {
    struct compiled *compiled = s->compiled;
    const struct ast *list = parse(s, word, text, true);
    for (const struct ast *node = list ? list->kid[0] : NULL; node; node = node->next) {
        const struct source *source = sources_find(compiled->sources, node->span);
        const char *name = arena_strndup(
            &compiled->arena, (const char *)source->text.at + (node->span.lo - source->base),
            node->span.hi - node->span.lo);
        resolve_one(&compiled->sema, compiled->schema, s->select, node, name);
    }
}

static void resolve_where(struct sema *sema, struct sema_schema *schema, struct sema_select *select,
                          const struct ast *node, const char *name) {
    (void)name;
    sema_select_where(sema, schema, select, node);
}

static void resolve_shown(const struct selection *s) {
    const struct selection_words *words = s->words;
    if (words->columns) {
        resolve_list(s, "columns", words->columns, sema_select_column);
    } else if (words->aggregate) {
        if (words->by) {
            resolve(s, "by", words->by, sema_select_key);
        }
        resolve_list(s, "aggregate", words->aggregate, sema_select_aggregate);
    } else {
        sema_select_fields(&s->compiled->sema, s->select);
    }
}

struct sema_select *selection_resolve(struct compiled *compiled, const struct sema_expr *of,
                                      const struct selection_words *words) {
    struct selection s = {compiled, words, sema_select_new(&compiled->sema, of)};
    if (words->where) {
        resolve(&s, "where", words->where, resolve_where);
    }
    resolve_shown(&s);
    return compiled->diags.errors == 0 ? s.select : NULL;
}
