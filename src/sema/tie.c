#include "config.h"

#include "sema/tie.h"

#include <string.h>

#include "sema/builtins.h"
#include "sema/internal.h"

/* Which number is the unknown of a clause: its cases, and the choice in each.
 *
 * A number that one case of one clause is made of alone is *owned* by that clause; of several numbers those that others own
 * are known, and the one that is left is the unknown. That is found out round by round. */

#define CASES_MAX   64u
#define ROUNDS_MAX  8u
#define NUMBERS_MAX 64u
#define STEPS_MAX   4096u

/* The stored numbers that a value is made of. */
struct numbers {
    struct sema_expr *at[NUMBERS_MAX];
    uint32_t n;
    bool too_many;
};

static void collect(struct numbers *numbers, struct sema_expr *e) {
    if (e->kind == E_LATER) {
        bool number = e->quantity->what == SEMA_NUMBER;
        numbers->too_many = numbers->too_many || (number && numbers->n == NUMBERS_MAX);
        if (number && numbers->n < NUMBERS_MAX) {
            numbers->at[numbers->n++] = e;
        }
    } else if (e->kind == E_COND) {
        collect(numbers, e->kid[1]);
        collect(numbers, e->kid[2]);
    } else if (e->kind == E_UNARY || e->kind == E_BINARY) {
        for (int i = 0; i < 2 && e->kid[i]; i++) {
            collect(numbers, e->kid[i]);
        }
    } else if (e->kind == E_BUILTIN && e->builtin == BUILTIN_DIV) {
        collect(numbers, e->args.at[0]);
        collect(numbers, e->args.at[1]);
    }
}

/* cases */

struct decided {
    struct sema_expr *condition;
    bool holds;
};

struct splitter {
    struct sema *sema;
    uint32_t cases;
    VEC(struct decided) decided; /* on the way to the case at hand */
};

/* Whether two expressions are the same, seen from the same place. */
static bool is_same(const struct sema_expr *a, const struct sema_expr *b) {
    if (a == b || !a || !b) {
        return a == b;
    }
    bool same = a->kind == b->kind && a->op == b->op && a->fold == b->fold &&
                a->integer == b->integer && a->number == b->number && a->flag == b->flag &&
                a->index == b->index && a->name == b->name && a->of == b->of &&
                a->member == b->member && a->names == b->names && a->dollar == b->dollar &&
                a->function == b->function && a->below == b->below && a->builtin == b->builtin &&
                a->decl == b->decl && a->args.n == b->args.n && bytes_equal(a->text, b->text) &&
                (!a->quantity || a->quantity->what == b->quantity->what);
    for (int i = 0; i < 3 && same; i++) {
        same = is_same(a->kid[i], b->kid[i]);
    }
    for (uint32_t i = 0; i < a->args.n && same; i++) {
        same = is_same(a->args.at[i], b->args.at[i]);
    }
    return same;
}

/* The first choice between values of which one is made of stored numbers, from the outside in; NULL: none. */
static struct sema_expr *first_choice(struct sema_expr *e) {
    struct numbers numbers = {0};
    collect(&numbers, e);
    if (numbers.n == 0 || e->kind == E_LATER) {
        return NULL;
    }
    if (e->kind == E_COND) {
        return e;
    }
    struct sema_expr *found = NULL;
    for (int i = 0; i < 2 && !found; i++) {
        struct sema_expr *kid = e->kind == E_BUILTIN ? e->args.at[i] : e->kid[i];
        found = kid ? first_choice(kid) : NULL;
    }
    return found;
}

/* The value with another part in place of an old one: a copy of what leads there. */
static struct sema_expr *replaced(struct splitter *s, struct sema_expr *e,
                                  const struct sema_expr *old, struct sema_expr *new) {
    bool inner = e->kind == E_UNARY || e->kind == E_BINARY || e->kind == E_COND;
    bool call = e->kind == E_BUILTIN && e->builtin == BUILTIN_DIV;
    if (e == old || (!inner && !call)) {
        return e == old ? new : e;
    }
    struct sema_expr made = *e, *args[2] = {NULL, NULL};
    bool changed = false;
    for (int i = e->kind == E_COND; i < 3 && inner; i++) {
        made.kid[i] = e->kid[i] ? replaced(s, e->kid[i], old, new) : NULL;
        changed = changed || made.kid[i] != e->kid[i];
    }
    for (uint32_t i = 0; i < 2 && call; i++) {
        args[i] = replaced(s, e->args.at[i], old, new);
        changed = changed || args[i] != e->args.at[i];
    }
    if (!changed) {
        return e;
    }
    s->sema->tie_nodes++;
    struct sema_expr *copy = arena_alloc(s->sema->arena, sizeof *copy);
    *copy = made;
    copy->args.at = NULL;
    copy->args.n = copy->args.cap = 0;
    for (uint32_t i = 0; i < 2 && call; i++) {
        *vec_push(&copy->args, s->sema->arena) = args[i];
    }
    return copy;
}

static struct sema_tie_case *case_of(struct splitter *s, struct sema_expr *value);

static struct sema_tie_case *side_of(struct splitter *s, struct sema_expr *value,
                                     struct sema_expr *choice, bool holds) {
    *vec_push(&s->decided, s->sema->arena) = (struct decided){choice->kid[0], holds};
    struct sema_tie_case *c = case_of(s, replaced(s, value, choice, choice->kid[holds ? 1 : 2]));
    s->decided.n--;
    return c;
}

static struct sema_tie_case *case_of(struct splitter *s, struct sema_expr *value) {
    struct sema_tie_case *c = arena_alloc(s->sema->arena, sizeof *c);
    struct sema_expr *choice = value ? first_choice(value) : NULL;
    c->value = value;
    if (!choice) {
        s->cases++;
        return c;
    }
    for (uint32_t i = 0; i < s->decided.n; i++) {
        const struct decided *d = &s->decided.at[i];
        if (is_same(d->condition, choice->kid[0])) {
            return case_of(s, replaced(s, value, choice, choice->kid[d->holds ? 1 : 2]));
        }
    }
    if (s->cases >= CASES_MAX || s->sema->tie_nodes > SEMA_TIE_NODES_MAX) {
        c->value = NULL; /* too involved */
        return c;
    }
    c->condition = choice->kid[0];
    c->yes = side_of(s, value, choice, true);
    c->no = side_of(s, value, choice, false);
    return c;
}

/* the choice */

/* Whether a clause other than this one is tied to the number alone. */
static bool is_owned(const struct sema_ties *ties, struct sema_expr *number,
                     struct sema_expr *clause) {
    void *owner = number->quantity->of ? map_get(&ties->owned, number->quantity->of, NULL) : NULL;
    return owner && owner != clause;
}

/* Leaves those for which `keep` says so, unless that leaves none. */
static void keep_if(struct numbers *numbers, bool (*keep)(struct sema_expr *, uint32_t),
                    uint32_t than) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < numbers->n; i++) {
        n += keep(numbers->at[i], than);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < numbers->n && n > 0; i++) {
        if (keep(numbers->at[i], than)) {
            numbers->at[kept++] = numbers->at[i];
        }
    }
    numbers->n = n > 0 ? kept : numbers->n;
}

static bool is_free(struct sema_expr *number, uint32_t ignored) {
    (void)ignored;
    return !number->quantity->related;
}

static bool is_as_near(struct sema_expr *number, uint32_t distance) {
    return number->quantity->distance <= distance;
}

static uint32_t nearest(const struct numbers *numbers) {
    uint32_t least = UINT32_MAX;
    for (uint32_t i = 0; i < numbers->n; i++) {
        uint32_t distance = numbers->at[i]->quantity->distance;
        least = distance < least ? distance : least;
    }
    return least;
}

/* The unknown among the numbers: they are left in `numbers` where there is none, none where all are owned by others. */
static struct sema_expr *choose(const struct sema_ties *ties, struct sema_expr *clause,
                                struct numbers *numbers) {
    keep_if(numbers, is_free, 0);
    struct numbers near = *numbers;
    keep_if(&near, is_as_near, nearest(numbers));
    if (near.n == 1) {
        return near.at[0];
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < near.n; i++) {
        if (!is_owned(ties, near.at[i], clause)) {
            near.at[n++] = near.at[i];
        }
    }
    if (n == 0) { /* of those further out the only one that is left */
        for (uint32_t i = 0; i < numbers->n; i++) {
            if (!is_owned(ties, numbers->at[i], clause)) {
                near.at[n++] = numbers->at[i];
            }
        }
    }
    near.n = n;
    *numbers = near;
    return n == 1 ? near.at[0] : NULL;
}

/* Whether something in the value comes from where things are, through lets and functions; steps: those left for looking. */
static bool find_places(const struct sema_expr *e, uint32_t *steps) {
    if (*steps == 0) {
        return false;
    }
    --*steps;
    bool yes =
        e->kind == E_REST || e->kind == E_SIZEOF || e->kind == E_OFFSETOF ||
        (e->kind == E_LATER && e->quantity->what != SEMA_NUMBER) ||
        (e->kind == E_FOLD && e->fold == FOLD_COUNT) ||
        (e->kind == E_BUILTIN && (e->builtin == BUILTIN_FIND || e->builtin == BUILTIN_RFIND));
    bool let = e->kind == E_FIELD && e->member->kind == SEMA_M_LET;
    yes = yes || (let && find_places(e->member->expr, steps)) ||
          (e->kind == E_CALL && find_places(e->function->body, steps));
    for (int i = e->kind == E_COND; i < 3 && !yes; i++) {
        yes = e->kid[i] && find_places(e->kid[i], steps);
    }
    for (uint32_t i = 0; i < e->args.n && !yes; i++) {
        yes = find_places(e->args.at[i], steps);
    }
    return yes;
}

static bool is_of_places(const struct sema_expr *e) {
    uint32_t steps = STEPS_MAX;
    return find_places(e, &steps);
}

static bool leads_to(const struct sema_expr *e, const struct sema_expr *unknown) {
    bool yes = e == unknown;
    for (int i = 0; i < 3 && !yes && e->kind != E_LATER; i++) {
        yes = e->kid[i] && leads_to(e->kid[i], unknown);
    }
    for (uint32_t i = 0; i < e->args.n && !yes && e->kind == E_BUILTIN; i++) {
        yes = leads_to(e->args.at[i], unknown);
    }
    return yes;
}

int sema_tie_side(const struct sema_expr *e, const struct sema_expr *unknown) {
    bool call = e->kind == E_BUILTIN;
    struct sema_expr *first = call ? e->args.at[0] : e->kid[0];
    return leads_to(first, unknown) ? 0 : 1;
}

/* What stands between the value and the unknown and can't be undone, or NULL. */
static const char *obstacle(struct sema_expr *e, struct sema_expr *unknown) {
    if (e == unknown) {
        return NULL;
    }
    int side = sema_tie_side(e, unknown);
    bool call = e->kind == E_BUILTIN, binary = call || e->kind == E_BINARY;
    struct sema_expr *in = call ? e->args.at[side] : e->kid[side],
                     *other = !binary ? NULL
                              : call  ? e->args.at[1 - side]
                                      : e->kid[1 - side];
    if (other && sema_is_of_cursor(other)) {
        return "where it stands takes part in it";
    }
    if (e->kind == E_BINARY && e->op == AST_OP_REM) {
        return "'%' can't be undone";
    }
    bool one_way = call || (e->kind == E_BINARY &&
                            (e->op == AST_OP_DIV || e->op == AST_OP_SHL || e->op == AST_OP_SHR));
    return one_way && side == 1 ? "it is what something is divided or shifted by"
                                : obstacle(in, unknown);
}

static bool is_one(const struct numbers *numbers) {
    const struct sema_member *of = numbers->at[0]->quantity->of;
    for (uint32_t i = 1; i < numbers->n && of; i++) {
        of = numbers->at[i]->quantity->of == of ? of : NULL;
    }
    return of != NULL;
}

/* Leaves each field once. */
static void keep_one_each(struct numbers *numbers) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < numbers->n; i++) {
        const struct sema_member *of = numbers->at[i]->quantity->of;
        bool known = false;
        for (uint32_t k = 0; k < n && of; k++) {
            known = known || numbers->at[k]->quantity->of == of;
        }
        numbers->at[n] = numbers->at[i];
        n += !known;
    }
    numbers->n = n;
}

/* Why none of them is the unknown. */
static const char *names_of(struct sema *sema, struct numbers *numbers) {
    struct buf text = {0};
    bool one = is_one(numbers);
    keep_one_each(numbers);
    for (uint32_t i = 0; i < numbers->n; i++) {
        buf_puts(&text, i == 0 ? "'" : i + 1 == numbers->n ? " and '" : ", '");
        sema_tie_name(numbers->at[i], &text);
        buf_puts(&text, "'");
    }
    buf_puts(&text, one ? " takes part in it more than once" : " say it together");
    const char *names = arena_strndup(sema->arena, buf_text(&text), text.len);
    buf_free(&text);
    return names;
}

static void settle(struct sema *sema, const struct sema_ties *ties, struct sema_expr *clause,
                   struct sema_tie_case *c) {
    if (c->condition) {
        settle(sema, ties, clause, c->yes);
        settle(sema, ties, clause, c->no);
        return;
    }
    struct numbers numbers = {0};
    c->unknown = NULL;
    c->why = NULL;
    c->follows = false;
    if (c->value) {
        collect(&numbers, c->value);
    }
    if (!c->value || numbers.too_many) {
        c->why = "it is too involved";
        return;
    }
    bool some = numbers.n > 0;
    c->unknown = choose(ties, clause, &numbers);
    if (c->unknown) {
        c->why = obstacle(c->value, c->unknown);
        c->unknown = c->why ? NULL : c->unknown;
    } else if (numbers.n > 1) {
        c->why = names_of(sema, &numbers);
    } else if (some || is_of_places(c->value)) {
        c->follows = true;
    } else {
        int128 constant;
        char text[INT128_TEXT_MAX];
        bool always = sema_constant_int(c->value, &constant);
        size_t len = always ? int128_text(constant, text) : 0;
        c->why = always ? arena_printf(sema->arena, "it is always %.*s", (int)len, text)
                 : c->value->kind == E_FOLD ? "several numbers say it together"
                                            : "no stored number says it";
    }
}

/* Notes the numbers that cases have for unknowns while nothing else would do. */
static bool own(struct sema *sema, struct sema_ties *ties, struct sema_expr *clause,
                struct sema_tie_case *c) {
    if (c->condition) {
        bool yes = own(sema, ties, clause, c->yes);
        return own(sema, ties, clause, c->no) || yes;
    }
    struct numbers numbers = {0};
    if (!c->unknown || !c->unknown->quantity->of ||
        map_get(&ties->owned, c->unknown->quantity->of, NULL)) {
        return false;
    }
    collect(&numbers, c->value);
    keep_if(&numbers, is_free, 0);
    uint32_t left = 0;
    for (uint32_t i = 0; i < numbers.n; i++) {
        left += !is_owned(ties, numbers.at[i], clause);
    }
    if (left != 1) {
        return false;
    }
    map_put(&ties->owned, sema->arena, c->unknown->quantity->of, NULL, clause);
    return true;
}

static bool comes_to_the_same(const struct sema_tie_case *a, const struct sema_tie_case *b) {
    bool single = !a->condition && !b->condition && a->unknown == b->unknown;
    bool said = a->why && b->why ? strcmp(a->why, b->why) == 0 : a->why == b->why;
    return single && said && a->follows == b->follows;
}

/* Whether the unknown stands on a side of a choice. */
static bool is_chosen(const struct sema_expr *e, const struct sema_expr *unknown) {
    bool yes = false;
    for (int i = 0; i < 3 && !yes && e->kind != E_LATER; i++) {
        bool here = e->kid[i] && leads_to(e->kid[i], unknown);
        yes = here && (e->kind == E_COND || is_chosen(e->kid[i], unknown));
    }
    for (uint32_t i = 0; i < e->args.n && !yes && e->kind == E_BUILTIN; i++) {
        yes = is_chosen(e->args.at[i], unknown);
    }
    return yes;
}

/* Choices that make no difference to what the unknown is are part of what the number is made of otherwise. */
static void merge(struct sema_tie_case *c) {
    if (!c->condition) {
        return;
    }
    merge(c->yes);
    merge(c->no);
    bool chosen = c->yes->unknown && is_chosen(c->value, c->yes->unknown);
    if (!comes_to_the_same(c->yes, c->no) || (chosen && !is_same(c->yes->value, c->no->value))) {
        return;
    }
    c->condition = NULL;
    c->value = chosen ? c->yes->value : c->value;
    c->unknown = c->yes->unknown;
    c->follows = c->yes->follows;
    c->why = c->yes->why;
}

/* all of them */

/* It is not for one element to say how much room all have. */
static bool is_stride(const struct sema_tie *tie) {
    return tie->decl && tie->clause == tie->decl->stride;
}

static void add(struct sema *sema, struct sema_ties *ties, struct sema_tie tie) {
    if (!tie.clause || map_get(&ties->by_clause, tie.clause, NULL)) {
        return;
    }
    struct splitter s = {.sema = sema};
    if (is_stride(&tie)) {
        tie.how = arena_alloc(sema->arena, sizeof *tie.how);
        tie.how->value = tie.clause;
        tie.how->why = "all elements have as much room";
    } else {
        tie.how = case_of(&s, sema_expand(sema, tie.of, tie.clause));
    }
    *vec_push(&ties->all, sema->arena) = tie;
    map_put(&ties->by_clause, sema->arena, tie.clause, NULL, (void *)(uintptr_t)ties->all.n);
}

static void add_decl(struct sema *sema, struct sema_ties *ties, struct sema_decl *decl) {
    struct sema_decl *outer = decl;
    while (!outer->owner && outer->arm_of) {
        outer = outer->arm_of;
    }
    struct sema_tie tie = {.decl = decl, .of = outer->owner};
    const struct {
        enum sema_tie_kind kind;
        struct sema_expr *clause;
    } clauses[] = {
        {SEMA_TIE_PLACE, decl->at},    {SEMA_TIE_PLACE, decl->then},  {SEMA_TIE_SIZE, decl->sized},
        {SEMA_TIE_SIZE, decl->stride}, {SEMA_TIE_SIZE, decl->length},
    };
    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++) {
        tie.kind = clauses[i].kind;
        tie.clause = clauses[i].clause;
        add(sema, ties, tie);
    }
    for (uint32_t i = 0; i < decl->dims.n; i++) {
        tie.kind = SEMA_TIE_COUNT;
        tie.clause = decl->dims.at[i].count;
        add(sema, ties, tie);
    }
}

struct sema_ties *sema_ties(struct sema *sema) {
    struct sema_ties *ties = arena_alloc(sema->arena, sizeof *ties);
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        struct sema_struct *s = sema->structs.at[i];
        add(sema, ties, (struct sema_tie){.kind = SEMA_TIE_SIZE, .clause = s->sized, .of = s});
    }
    for (uint32_t i = 0; i < sema->decls.n; i++) {
        add_decl(sema, ties, sema->decls.at[i]);
    }
    bool more = true;
    for (uint32_t round = 0; round < ROUNDS_MAX && more; round++) {
        more = false;
        for (uint32_t i = 0; i < ties->all.n; i++) {
            const struct sema_tie *tie = &ties->all.at[i];
            if (!is_stride(tie)) {
                settle(sema, ties, tie->clause, tie->how);
            }
        }
        for (uint32_t i = 0; i < ties->all.n; i++) {
            const struct sema_tie *tie = &ties->all.at[i];
            more = own(sema, ties, tie->clause, tie->how) || more;
        }
    }
    for (uint32_t i = 0; i < ties->all.n; i++) {
        merge(ties->all.at[i].how);
    }
    return ties;
}

const struct sema_tie *sema_tie_of(const struct sema_ties *ties, const struct sema_expr *clause) {
    uint32_t known = (uint32_t)(uintptr_t)map_get(&ties->by_clause, clause, NULL);
    return known ? &ties->all.at[known - 1] : NULL;
}

struct sema_tie_case *sema_solve(struct sema *sema, const struct sema_ties *ties,
                                 struct sema_struct *in, struct sema_expr *number) {
    struct splitter s = {.sema = sema};
    struct sema_tie_case *how = case_of(&s, sema_expand(sema, in, number));
    settle(sema, ties, number, how);
    merge(how);
    return how;
}
