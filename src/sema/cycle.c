#include "config.h"

#include "sema/internal.h"

/* What needs itself, within one struct: `uint8 a[b]; uint8 b;` — b begins behind a, whose length is b.
 *
 * A graph of questions about the struct's members: where one lies, where the cursor stands before it, how large it is,
 * what its value is. An edge leads to a question that must be answered first; each question is visited once, with a
 * stack of its own. What goes through other structs is found at run time. */

enum question {
    ASK_PLACE,  /* where a field lies */
    ASK_CURSOR, /* where what is before it ends */
    ASK_SIZE,   /* of a field */
    ASK_VALUE,  /* of a let */
    QUESTIONS,
};

enum { UNSEEN, OPEN, DONE };

struct step {
    uint32_t node;       /* order of the member times QUESTIONS, and the question */
    uint32_t first_need; /* in `needs`; those of the steps below come before */
};

struct cycle_walk {
    struct sema *sema;
    const struct sema_struct *of;
    uint8_t *state; /* by node */
    VEC(struct step) path;
    VEC(uint32_t) needs; /* of the steps on the path, still to be visited */
};

static const struct sema_member *member_at(const struct cycle_walk *walk, uint32_t node) {
    return walk->of->flat.at[node / QUESTIONS];
}

static void need(struct cycle_walk *walk, const struct sema_member *m, enum question question) {
    *vec_push(&walk->needs, walk->sema->arena) = m->order * QUESTIONS + question;
}

/* What an expression needs. Lets are worked out when they are wanted: of theirs only the parts count that are worked out
 * in any case (strict). */
static void need_expr(struct cycle_walk *walk, const struct sema_expr *e, bool strict) {
    if (!e) {
        return;
    }
    if (e->kind == E_FIELD && e->kid[0]->kind == E_SELF && e->kid[0]->of == walk->of) {
        need(walk, e->member, e->member->kind == SEMA_M_LET ? ASK_VALUE : ASK_PLACE);
        return;
    }
    bool lazy =
        e->kind == E_COND || (e->kind == E_BINARY &&
                              (e->op == AST_OP_AND || e->op == AST_OP_OR || e->op == AST_OP_ELSE));
    for (int i = 0; i < 3; i++) {
        if (i == 0 || !strict || !lazy) {
            need_expr(walk, e->kid[i], strict);
        }
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        need_expr(walk, e->args.at[i], strict);
    }
}

static void need_size(struct cycle_walk *walk, const struct sema_decl *d) {
    if ((d->bit_total != SEMA_DYNAMIC && !d->when) || d->at) {
        return;
    }
    const struct sema_expr *inputs[] = {d->length, d->sized,  d->when,
                                        d->bits,   d->stride, d->selector};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        need_expr(walk, inputs[i], false);
    }
    for (uint32_t i = 0; i < d->dims.n; i++) {
        need_expr(walk, d->dims.at[i].count, false);
    }
    if (sema_element(d)) {
        need_size(walk, sema_element(d));
    }
}

/* Puts what must be known to answer a question on top of `needs`. */
static void enter(struct cycle_walk *walk, uint32_t node) {
    const struct sema_member *m = member_at(walk, node);
    walk->state[node] = OPEN;
    *vec_push(&walk->path, walk->sema->arena) = (struct step){node, walk->needs.n};
    switch ((enum question)(node % QUESTIONS)) {
    case ASK_PLACE:
        if (m->bit_off != SEMA_DYNAMIC && !m->same) {
            break;
        }
        if (m->decl->at) {
            need_expr(walk, m->decl->at, false);
        } else {
            need(walk, m, ASK_CURSOR);
        }
        break;
    case ASK_CURSOR:
        if (m->order > 0) {
            const struct sema_member *before = walk->of->flat.at[m->order - 1];
            need(walk, before, ASK_CURSOR);
            if (before->kind == SEMA_M_FIELD) {
                need(walk, before, ASK_SIZE);
            }
        }
        break;
    case ASK_SIZE:
        need_size(walk, m->decl);
        break;
    case ASK_VALUE:
        need_expr(walk, m->expr, true);
        need_expr(walk, m->next, true);
        need_expr(walk, m->cond, true);
        break;
    case QUESTIONS:
        break;
    }
}

/* The path from the question that came up again, told by its members, each once; cursors are no news. */
static void report(struct cycle_walk *walk, uint32_t node) {
    struct sema *sema = walk->sema;
    uint32_t from = walk->path.n - 1;
    while (walk->path.at[from].node != node) {
        from--;
    }
    VEC(struct sema_link) links = {0};
    bool values = true;
    for (uint32_t i = from; i < walk->path.n; i++) {
        const struct sema_member *m = member_at(walk, walk->path.at[i].node);
        uint32_t question = walk->path.at[i].node % QUESTIONS;
        values = values && question == ASK_VALUE;
        bool again = links.n && (links.at[links.n - 1].what == m || links.at[0].what == m);
        if (question != ASK_CURSOR && !again) {
            *vec_push(&links, sema->arena) = (struct sema_link){m, m->name, m->ast->name_span};
        }
    }
    struct diag *d =
        diag_report(sema->diags, DIAG_CYCLE, links.at[0].span,
                    values ? "the value of '%s' needs itself" : "where '%s' lies depends on itself",
                    links.at[0].name);
    sema_note_cycle(sema, d, "needs", links.at, links.n);
    if (!values) {
        diag_note(sema->diags, d, span_none(),
                  "a field is found behind those before it: what their sizes and places depend on "
                  "stands in front of them, or has a place of its own ('@')");
    }
}

/* Answers a question and all that it needs; false, and reported, when one needs itself. */
static bool answer(struct cycle_walk *walk, uint32_t node) {
    if (walk->state[node] == DONE) {
        return true;
    }
    enter(walk, node);
    while (walk->path.n) {
        const struct step *top = &walk->path.at[walk->path.n - 1];
        if (walk->needs.n == top->first_need) {
            walk->state[top->node] = DONE;
            walk->path.n--;
            continue;
        }
        uint32_t next = walk->needs.at[--walk->needs.n];
        if (walk->state[next] == OPEN) {
            report(walk, next);
            return false;
        }
        if (walk->state[next] == UNSEEN) {
            enter(walk, next);
        }
    }
    return true;
}

static void check_struct(struct sema *sema, const struct sema_struct *s) {
    struct cycle_walk walk = {.sema = sema, .of = s};
    walk.state = arena_alloc(sema->arena, (size_t)s->flat.n * QUESTIONS + 1);
    bool ok = true;
    for (uint32_t i = 0; ok && i < s->flat.n; i++) {
        uint32_t node = i * QUESTIONS;
        ok = s->flat.at[i]->kind == SEMA_M_LET
                 ? answer(&walk, node + ASK_VALUE)
                 : answer(&walk, node + ASK_PLACE) && answer(&walk, node + ASK_SIZE);
    }
}

void sema_check_cycles(struct sema *sema, const struct sema_schema *schema) {
    for (uint32_t i = schema->struct_first; i < sema->structs.n; i++) {
        check_struct(sema, sema->structs.at[i]);
    }
}
