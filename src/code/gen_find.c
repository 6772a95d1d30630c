#include "config.h"

#include "code/gen_internal.h"
#include "sema/builtins.h"

/* The functions of a struct that show nothing: stepping over it, finding one of its members. */

struct walker {
    struct gen *g;
    const struct sema_member
        *wanted;        /* the leader of a chain of same names; NULL: the struct's end */
    uint32_t ahead;     /* how many of that chain were not met yet */
    enum gen_mode mode; /* what to do at the wanted member */
    bool strict;        /* magic is checked on the way: see gen_recover.c */
    bool deep;          /* so is what else makes the struct one whose end is not known */
    bool apart;         /* it has a place of its own: no need to step over what is before it */
    int128 pending;     /* bits to be stepped over before anything else happens */
    bool bits;          /* what is behind it may lie inside a byte */
};

static bool contains(const struct sema_block *block, const struct sema_member *wanted) {
    for (uint32_t i = 0; wanted && i < block->at.n; i++) {
        const struct sema_member *m = block->at.at[i];
        if (m->name && m->name == wanted->name) {
            return true;
        }
        if (m->kind == SEMA_M_IF && (contains(&m->yes, wanted) || contains(&m->no, wanted))) {
            return true;
        }
    }
    return false;
}

static void settle(struct walker *w) {
    if (w->pending > 0) {
        gen_op(w->g, OP_SKIP_BITS, gen_int(w->g, w->pending), 0);
        w->pending = 0;
    }
}

static void walk_block(struct walker *w, const struct sema_block *block);

static void walk_if(struct walker *w, struct sema_member *m) {
    struct gen *g = w->g;
    if (w->apart && !contains(&m->yes, w->wanted) && !contains(&m->no, w->wanted)) {
        return;
    }
    settle(w);
    gen_set_files(g, m);
    gen_value(g, m->expr);
    gen_op(g, OP_REQUIRE_BOOL, 0, 0);
    uint32_t otherwise = gen_op(g, OP_JUMP_FALSE, 0, 0);
    walk_block(w, &m->yes);
    settle(w);
    uint32_t out = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, otherwise, gen_here(g));
    walk_block(w, &m->no);
    settle(w);
    gen_patch(g, out, gen_here(g));
}

/* The wanted member: where it is, and the end of the function. */
static void walk_arrive(struct walker *w, struct sema_member *m) {
    settle(w);
    if (m->kind == SEMA_M_LET) {
        gen_let(w->g, m);
        gen_op(w->g, OP_MARK_LET, gen_leader(m)->id, 0);
    } else {
        gen_decl(w->g, m->decl, w->mode, (struct gen_target){.member = m}, NULL);
    }
    gen_op(w->g, OP_END_PART, 0, 0);
}

/* In front of what is laid out: whether it begins on a byte where bits before it may end inside of one. */
static void walk_onto_byte(struct walker *w, const struct sema_member *m) {
    if (gen_joins(m)) {
        w->bits = true;
        return;
    }
    bool open = w->pending % 8 != 0 || (m->bit_off == SEMA_DYNAMIC && (w->bits || !w->pending));
    if (open) {
        settle(w);
        gen_op(w->g, OP_BYTE_ALIGN, 0, 0);
    }
    w->bits = false;
}

static void walk_member(struct walker *w, struct sema_member *m) {
    struct gen *g = w->g;
    int128 n;
    bool laid_out = m->kind == SEMA_M_MAGIC || m->kind == SEMA_M_SKIP || m->kind == SEMA_M_PAD ||
                    (m->kind == SEMA_M_FIELD && !gen_stands_apart(m));
    if (laid_out && !w->apart) {
        walk_onto_byte(w, m);
    }
    switch (m->kind) {
    case SEMA_M_FIELD:
    case SEMA_M_PAD:
        if (gen_stands_apart(m) || w->apart) {
            break;
        }
        if (m->decl->bit_total != SEMA_DYNAMIC && !(w->deep && gen_is_strict(g, m->decl)) &&
            !(m->kind == SEMA_M_FIELD && gen_has_slot(gen_leader(m))) &&
            !(w->deep && m->decl->require)) {
            w->pending += m->decl->bit_total;
            break;
        }
        settle(w);
        g->checking = w->deep;
        gen_decl(g, m->decl, GEN_SKIP,
                 m->kind == SEMA_M_FIELD ? gen_slot_target(m) : (struct gen_target){0}, NULL);
        g->checking = false;
        break;
    case SEMA_M_MAGIC:
        if (w->strict) {
            settle(w);
            gen_op(g, OP_MAGIC, gen_data(g, m->expr->text), 0);
            break;
        }
        w->pending += w->apart ? 0 : (int128)m->expr->text.len * 8;
        break;
    case SEMA_M_SKIP:
        if (!w->apart && sema_constant_int(m->expr, &n) && n >= 0) {
            w->pending += n * 8;
        } else if (!w->apart) {
            settle(w);
            gen_value(g, m->expr);
            gen_op(g, OP_SKIP, 0, 0);
        }
        break;
    case SEMA_M_ALIGN:
        if (!w->apart) {
            settle(w);
            gen_value(g, m->expr);
            gen_op(g, OP_ALIGN, 0, 0);
        }
        break;
    case SEMA_M_ENDIAN:
    case SEMA_M_BITORDER:
    case SEMA_M_ENCODING:
        settle(w);
        gen_set_ambient(g, m);
        break;
    case SEMA_M_IF:
        walk_if(w, m);
        break;
    case SEMA_M_REQUIRE:
        if (w->deep) {
            settle(w);
            gen_value(g, m->expr);
            gen_op(g, OP_REQUIRE, gen_require_check(g, m), 0);
        }
        break;
    case SEMA_M_LET:
    case SEMA_M_CHECK:
        break;
    }
}

/* What stands behind the last that may be wanted may need it: the way ends there. */
static void walk_nowhere(struct walker *w) {
    gen_op(w->g, OP_MARK_ABSENT, w->wanted->id, 0);
    gen_op(w->g, OP_END_PART, 0, 0);
}

static void walk_block_from(struct walker *w, const struct sema_block *block, uint32_t first) {
    for (uint32_t i = first; i < block->at.n; i++) {
        struct sema_member *m = block->at.at[i];
        if (w->wanted && w->ahead == 0) {
            walk_nowhere(w);
            return;
        }
        w->g->span = m->span;
        w->g->member = m->kind == SEMA_M_FIELD ? m->id : PROGRAM_NONE;
        if (w->wanted && m->name == w->wanted->name && m->name) {
            w->ahead--;
            walk_arrive(w, m);
            return;
        }
        walk_member(w, m);
    }
}

static void walk_block(struct walker *w, const struct sema_block *block) {
    walk_block_from(w, block, 0);
}

/* Looking for a field far behind in a struct does not begin at its start each time, or as many functions as there are
 * fields would each step over all of them. Of the fields that instances remember some are marks: those behind one are found
 * from where it ends. The more there is to be stepped over, the nearer the marks are; yet each is a call within the one for
 * the mark behind it, so in a struct of very many they are further apart. */
#define MARKS_WANTED 512u
#define MARK_LEAST   8u
#define MARK_MOST    64u

/* Whether what is declared, where it is there, lies where the cursor is. */
static bool lies_in_line(const struct sema_decl *d) {
    bool yes = !d->at && !d->from;
    for (uint32_t i = 0; i < d->arms.n && yes; i++) {
        yes = !d->arms.at[i].let;
    }
    return yes;
}

/* A field whose end, or where it would be if it were there, is a place on the way to those behind it. */
static bool may_be_mark(const struct sema_member *m) {
    uint32_t looks = GEN_ARMS_MAX;
    return m->kind == SEMA_M_FIELD && !m->same && gen_leader(m) == m && gen_has_slot(m) &&
           gen_each_arm(m->decl, lies_in_line, &looks);
}

/* Whether something in there sets one of them in a way that can't be done from behind it. */
static bool sets_only_here(const struct sema_member *m) {
    if (gen_is_setting(m)) {
        return gen_is_of_cursor(m->expr);
    }
    for (int no = 0; no < 2 && m->kind == SEMA_M_IF; no++) {
        const struct sema_block *block = no ? &m->no : &m->yes;
        for (uint32_t i = 0; i < block->at.n; i++) {
            if (gen_is_setting(block->at.at[i]) || sets_only_here(block->at.at[i])) {
                return true;
            }
        }
    }
    return false;
}

/* What it takes to step over a member: more where arms say how. */
static uint32_t weight_of(const struct sema_member *m) {
    const struct sema_decl *d = m->decl;
    while (d && d->dims.n == 0 && d->type->kind == SEMA_ALIAS) {
        d = d->type->alias;
    }
    return 2 + (d ? d->arms.n : 0);
}

static uint32_t marks_apart(const struct sema_struct *s) {
    uint32_t weight = 0;
    for (uint32_t i = 0; i < s->block.at.n; i++) {
        weight += may_be_mark(s->block.at.at[i]) ? weight_of(s->block.at.at[i]) : 0;
    }
    uint32_t apart = weight / MARKS_WANTED;
    return apart < MARK_LEAST ? MARK_LEAST : apart > MARK_MOST ? MARK_MOST : apart;
}

/* By position in the struct's block: the last mark before it, or NULL. */
static struct sema_member **marks_of(struct gen *g, const struct sema_struct *s) {
    struct sema_member **marks = map_get(&g->marks, s, NULL);
    if (marks) {
        return marks;
    }
    marks = arena_array(g->arena, s->block.at.n + 1, sizeof *marks);
    struct sema_member *mark = NULL;
    uint32_t weight = 0, apart = marks_apart(s);
    bool plain = !s->is_union;
    for (uint32_t i = 0; i < s->block.at.n; i++) {
        struct sema_member *m = s->block.at.at[i];
        marks[i] = mark;
        plain = plain && !sets_only_here(m);
        if (!plain || !may_be_mark(m)) {
            continue;
        }
        weight += weight_of(m);
        if (weight >= apart) {
            mark = m;
            weight = 0;
        }
    }
    map_put(&g->marks, g->arena, s, NULL, marks);
    return marks;
}

/* Behind a mark: the byte order, bit order and encoding that the struct's members in front of one set: the last of each. */
static void set_as_before(struct gen *g, const struct sema_struct *s, uint32_t at) {
    const struct sema_member *last[3] = {0};
    for (uint32_t i = 0; i < at; i++) {
        const struct sema_member *m = s->block.at.at[i];
        if (gen_is_setting(m)) {
            last[m->kind == SEMA_M_ENDIAN ? 0 : m->kind == SEMA_M_BITORDER ? 1 : 2] = m;
        }
    }
    for (int i = 0; i < 3; i++) {
        if (last[i]) {
            gen_set_ambient(g, last[i]);
        }
    }
}

/* Where the walk to a member begins; leaves instructions that go to the mark before it. */
static uint32_t walk_start(struct gen *g, const struct sema_struct *s,
                           const struct sema_member *wanted) {
    const struct sema_member *outer = wanted;
    while (outer->branch) {
        outer = outer->branch->of;
    }
    struct sema_member *mark = marks_of(g, s)[outer->at];
    if (!mark) {
        return 0;
    }
    gen_own(g, mark);
    gen_op(g, OP_FOLLOW, mark->id, 0);
    set_as_before(g, s, mark->at);
    return mark->at + 1;
}

static bool all_apart(const struct sema_member *m) {
    for (; m; m = m->same) {
        if (!gen_stands_apart(m) || gen_needs_cursor(m)) {
            return false;
        }
    }
    return true;
}

void gen_locate(struct gen *g, struct sema_member *member, bool end) {
    struct sema_struct *s = member->owner;
    struct walker w = {.g = g, .wanted = member, .mode = end ? GEN_SKIP : GEN_MARK};
    w.apart = all_apart(member);
    for (const struct sema_member *m = member; m; m = m->same) {
        w.ahead++;
    }
    g->span = member->span;
    gen_own_size(g, s, member);
    if (s->is_union) {
        walk_arrive(&w, member);
        return;
    }
    walk_block_from(&w, &s->block, w.apart ? 0 : walk_start(g, s, member));
    walk_nowhere(&w);
}

/* As far as the last magic, where one is checked: without it there is no such struct, whatever its size. */
static void walk_to_magic(struct walker *w, const struct sema_block *block) {
    uint32_t n = block->at.n;
    while (n > 0 && !(w->strict && block->at.at[n - 1]->kind == SEMA_M_MAGIC)) {
        n--;
    }
    for (uint32_t i = 0; i < n; i++) {
        walk_member(w, block->at.at[i]);
    }
    settle(w);
}

/* Steps over each member of a union whose size the data decides. */
static void skip_union(struct walker *w, struct sema_struct *s) {
    struct gen *g = w->g;
    uint32_t measured = 0;
    for (uint32_t i = 0; i < s->block.at.n; i++) {
        struct sema_member *m = s->block.at.at[i];
        if (gen_is_laid_out(m)) {
            gen_op(g, OP_REWIND, measured++ == 0, 0);
            g->span = m->span;
            g->member = m->id;
            walk_member(w, m);
            settle(w);
            gen_op(g, OP_MEASURE, 0, 0);
        }
    }
    gen_op(g, OP_WIDEST, measured, 0);
}

void gen_struct_skip(struct gen *g, struct sema_struct *s) {
    struct walker w = {.g = g, .strict = g->strict[s->id]};
    w.deep = w.strict && !s->sized && s->bit_size == SEMA_DYNAMIC; /* else its size tells its end */
    g->span = s->span;
    gen_own_size(g, s, NULL);
    if (s->is_union && s->bit_size != SEMA_DYNAMIC) {
        gen_op(g, OP_SKIP_BITS, gen_int(g, s->bit_size), 0);
    } else if (s->sized) {
        walk_to_magic(&w, &s->block);
        gen_op(g, OP_SKIP_REST, 0, 0);
    } else if (s->is_union) {
        skip_union(&w, s);
    } else {
        walk_block(&w, &s->block);
        settle(&w);
    }
    gen_op(g, OP_END_PART, 0, 0);
}
