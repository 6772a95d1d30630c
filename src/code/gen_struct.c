#include "config.h"

#include "code/gen_internal.h"
#include "sema/builtins.h"

/* The functions of a struct: emitting it, stepping over it, finding one of its members.
 *
 * A struct's members fall into those that follow one another (they need the cursor, and after a fault the ones behind
 * it are lost) and those with a place or value of their own (which go on). SEQUENCE and APART tell the VM which. */

struct sema_member *gen_leader(const struct sema_member *m) {
    return m->leader;
}

/* Whether a value depends on where the cursor is. */
bool gen_is_of_cursor(const struct sema_expr *e) {
    if (!e) {
        return false;
    }
    bool search = e->kind == E_BUILTIN &&
                  (e->builtin == BUILTIN_FIND || e->builtin == BUILTIN_RFIND) && e->args.n == 1;
    bool yes = search || e->kind == E_REST;
    for (int i = 0; i < 3 && !yes; i++) {
        yes = gen_is_of_cursor(e->kid[i]);
    }
    for (uint32_t i = 0; i < e->args.n && !yes; i++) {
        yes = gen_is_of_cursor(e->args.at[i]);
    }
    return yes;
}

/* Whether a member with a place or value of its own depends on where it stands. */
bool gen_needs_cursor(const struct sema_member *m) {
    if (m->kind == SEMA_M_LET) {
        return gen_is_of_cursor(m->expr) || gen_is_of_cursor(m->next) || gen_is_of_cursor(m->cond);
    }
    return m->decl && (gen_is_of_cursor(m->decl->at) || gen_is_of_cursor(m->decl->from));
}

bool gen_is_free_let(const struct sema_member *m) {
    return m->kind == SEMA_M_LET && !m->same && !m->branch && !gen_needs_cursor(m);
}

/* Whether the member's struct says a byte order, bit order or encoding, be it behind the member: its place alone does not tell
 * how it reads. */
bool gen_is_beside_ambient(const struct sema_member *m) {
    const struct sema_type *t = m->decl ? m->decl->type : NULL;
    bool number = t && (t->kind == SEMA_UINT || t->kind == SEMA_INT || t->kind == SEMA_FLOAT);
    bool fixed = number && !m->decl->packed && (t->order != SEMA_AMBIENT || t->bits == 8);
    const struct sema_struct *s = m->owner;
    return (s->endian || s->bitorder || s->encoding) && !fixed;
}

/* Whether instances remember where the member is. One with a fixed place is found by arithmetic, unless it is a struct,
 * whose own memory is worth keeping. */
bool gen_has_slot(const struct sema_member *m) {
    if (!m->captured) {
        return false;
    }
    return m->kind == SEMA_M_LET || m->bit_off == SEMA_DYNAMIC || m->same || m->decl->dims.n ||
           m->decl->type->kind == SEMA_STRUCT || m->decl->type->kind == SEMA_SWITCH ||
           m->decl->type->kind == SEMA_ALIAS || m->decl->bit_total == SEMA_DYNAMIC ||
           m->decl->sized || m->branch || gen_is_beside_ambient(m);
}

bool gen_stands_apart(const struct sema_member *m) {
    if (m->kind == SEMA_M_FIELD) {
        return m->decl->at || (m->decl->from && !gen_takes_rest(m->decl->from));
    }
    return m->kind == SEMA_M_LET || m->kind == SEMA_M_CHECK;
}

uint32_t gen_require_check(struct gen *g, const struct sema_member *m) {
    uint32_t check = gen_check(g, CHECK_REQUIRE, NULL, m->message, m->expr);
    g->program->checks.at[check].shape = (uint8_t)gen_shape(m->expr, NULL);
    return check;
}

/* emitting */

struct emitter {
    struct gen *g;
    struct sema_struct *of;
    uint32_t resume; /* the SEQUENCE still to be told where to go on, or PROGRAM_NONE */
    VEC(struct sema_member *) checks; /* relations left for the end */
};

static void emit_block(struct emitter *em, const struct sema_block *block);

static void end_sequence(struct emitter *em) {
    if (em->resume != PROGRAM_NONE) {
        gen_patch(em->g, em->resume, gen_here(em->g));
        em->resume = PROGRAM_NONE;
    }
}

static void begin_sequence(struct emitter *em) {
    if (em->resume == PROGRAM_NONE) {
        em->resume = gen_op(em->g, OP_SEQUENCE, 0, 0);
    }
}

/* A value computed step by step: `let x = first then next while …`. */
static void gen_chain(struct gen *g, struct sema_member *m) {
    gen_op(g, OP_LIST_NEW, 0, 0);
    gen_value(g, m->expr);
    gen_op(g, OP_LOOP, PROGRAM_NONE, 0);
    m->dollar.depth = g->ctl++;
    bool goes_round = gen_is_of_element(m->next) && gen_is_of_element(m->cond);
    if (goes_round) {
        gen_op(g, OP_VISIT, 0, 0);
    }
    gen_op(g, OP_LOOP_VALUE, 0, 0);
    uint32_t head = gen_here(g);
    uint32_t exit = PROGRAM_NONE;
    gen_op(g, OP_LOOP_TEST, head, 0); /* guards against a chain without end */
    if (!m->until) {
        gen_value(g, m->cond);
        exit = gen_op(g, OP_JUMP_FALSE, 0, 0);
    }
    gen_op(g, OP_LOOP_ITEM, 0, 0);
    gen_op(g, OP_LIST_ADD, 0, 0);
    if (m->until) {
        gen_value(g, m->cond);
        exit = gen_op(g, OP_JUMP_TRUE, 0, 0);
    }
    gen_value(g, m->next);
    gen_op(g, OP_LOOP_NEXT, 0, 0);
    if (goes_round) {
        gen_op(g, OP_VISIT, 0, 0);
    }
    gen_op(g, OP_LOOP_VALUE, 0, 0);
    gen_op(g, OP_JUMP, head, 0);
    gen_patch(g, exit, gen_here(g));
    gen_op(g, OP_LOOP_END, 0, 0);
    g->ctl--;
}

void gen_let(struct gen *g, struct sema_member *m) {
    if (m->next) {
        gen_chain(g, m);
    } else {
        gen_value(g, m->expr);
    }
}

/* Whether a value may be a struct or an array. */
static bool may_refer(const struct sema_vtype *v) {
    switch (v->kind) {
    case SEMA_V_ANY:
    case SEMA_V_STRUCT:
    case SEMA_V_ARRAY:
    case SEMA_V_SWITCH:
        return true;
    case SEMA_V_BOOL:
    case SEMA_V_INT:
    case SEMA_V_FLOAT:
    case SEMA_V_TEXT:
    case SEMA_V_BYTES:
    case SEMA_V_LIST:
    case SEMA_V_NOTHING:
        break;
    }
    return false;
}

static void emit_let(struct gen *g, struct sema_member *m) {
    bool list = m->vtype.kind == SEMA_V_LIST;
    if (list) { /* of numbers and texts, not of where they are */
        gen_op(g, OP_LIST_NEW, 0, 0);
    }
    if (gen_has_slot(m)) {
        gen_own(g, m);
    } else {
        gen_let(g, m);
    }
    if (list) {
        gen_add_loaded(g, &m->vtype);
    } else if (g->request->whole && may_refer(&m->vtype)) {
        gen_ask_emit(g, &m->vtype);
    }
    gen_op(g, OP_EMIT_LET, m->id, 0);
}

/* The relations collected since there were n: each where it can fail alone. */
static void emit_checks(struct emitter *em, uint32_t n) {
    for (uint32_t i = n; i < em->checks.n; i++) {
        uint32_t apart = gen_op(em->g, OP_APART, 0, 1);
        gen_relation(em->g, em->checks.at[i]);
        gen_patch(em->g, apart, gen_here(em->g));
    }
    em->checks.n = n;
}

/* A branch checks its own relations: in another branch a field of the same name may have others. */
static void emit_branch(struct emitter *em, const struct sema_block *block) {
    uint32_t n = em->checks.n;
    emit_block(em, block);
    emit_checks(em, n);
}

static void emit_if(struct emitter *em, struct sema_member *m) {
    struct gen *g = em->g;
    gen_set_files(g, m);
    gen_value(g, m->expr);
    gen_op(g, OP_REQUIRE_BOOL, 0, 0);
    uint32_t otherwise = gen_op(g, OP_JUMP_FALSE, 0, 0);
    /* the branches have sequences of their own */
    uint32_t outer = em->resume;
    em->resume = PROGRAM_NONE;
    gen_met_side(g, m, true);
    emit_branch(em, &m->yes);
    uint32_t out = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, otherwise, gen_here(g));
    gen_met_side(g, m, false);
    emit_branch(em, &m->no);
    gen_patch(g, out, gen_here(g));
    em->resume = outer;
    end_sequence(em);
}

struct gen_target gen_slot_target(struct sema_member *m) {
    return (struct gen_target){.member = gen_has_slot(gen_leader(m)) ? m : NULL};
}

static void emit_plain(struct emitter *em, struct sema_member *m) {
    struct gen *g = em->g;
    g->span = m->span;
    g->member = m->kind == SEMA_M_FIELD || m->kind == SEMA_M_LET ? m->id : PROGRAM_NONE;
    switch (m->kind) {
    case SEMA_M_FIELD:
        gen_decl(g, m->decl, GEN_EMIT, gen_slot_target(m), m);
        break;
    case SEMA_M_PAD:
        gen_over(g, false);
        gen_decl(g, m->decl, GEN_SKIP, (struct gen_target){0}, NULL);
        gen_over(g, true);
        break;
    case SEMA_M_LET:
        emit_let(g, m);
        break;
    case SEMA_M_CHECK:
        gen_value(g, m->expr);
        gen_op(g, OP_CHECK, gen_check(g, CHECK_EXPR, NULL, m->message, m->expr), 0);
        break;
    case SEMA_M_REQUIRE:
        gen_value(g, m->expr);
        gen_op(g, OP_REQUIRE, gen_require_check(g, m), 0);
        break;
    case SEMA_M_MAGIC:
        gen_op(g, OP_BYTE_ALIGN, 0, 0);
        gen_op(g, OP_MAGIC, gen_data(g, m->expr->text), 0);
        break;
    case SEMA_M_ALIGN:
        gen_over(g, false);
        gen_value(g, m->expr);
        gen_op(g, OP_ALIGN, 0, 0);
        gen_over(g, true);
        break;
    case SEMA_M_SKIP:
        gen_op(g, OP_BYTE_ALIGN, 0, 0);
        gen_over(g, false);
        gen_value(g, m->expr);
        gen_op(g, OP_SKIP, 0, 0);
        gen_over(g, true);
        break;
    case SEMA_M_ENDIAN:
    case SEMA_M_BITORDER:
    case SEMA_M_ENCODING:
        gen_set_ambient(g, m);
        break;
    case SEMA_M_IF:
        emit_if(em, m);
        break;
    }
    gen_op(g, OP_RELEASE, 0, 0);
    g->member = PROGRAM_NONE;
}

/* How many members from i on make one block. Those that are remembered must have fixed places. */
static uint32_t run_length(struct emitter *em, const struct sema_block *block, uint32_t i) {
    uint32_t n = 0, fields = 0;
    for (uint32_t k = i; k < block->at.n; k++) {
        struct sema_member *m = block->at.at[k];
        int128 skip;
        bool pad = (m->kind == SEMA_M_PAD && m->decl->bit_total > 0) ||
                   (m->kind == SEMA_M_SKIP && sema_constant_int(m->expr, &skip) && skip >= 0 &&
                    skip < (1 << 20));
        bool field = gen_is_block_field(em->g, m) && (m->same == NULL && gen_leader(m) == m);
        if (field && gen_has_slot(m) && m->bit_off == SEMA_DYNAMIC) {
            field = false;
        }
        if (field && gen_has_relation(m) && !em->g->style) {
            field = false;
        }
        if (!pad && !field) {
            break;
        }
        fields += field;
        n++;
    }
    return fields ? n : 0;
}

bool gen_joins(const struct sema_member *m) {
    return m->decl && m->decl->joins;
}

static bool starts_on_byte(const struct sema_block *block, uint32_t i) {
    const struct sema_member *m = block->at.at[i];
    return m->bit_off != SEMA_DYNAMIC || !gen_joins(m);
}

/* Whether what is laid out before a member may end inside a byte. */
static bool may_follow_bits(const struct sema_block *block, uint32_t i) {
    const struct sema_member *m = block->at.at[i];
    while (i > 0 && !block->at.at[i - 1]->decl) {
        i--;
    }
    const struct sema_decl *before = i > 0 ? block->at.at[i - 1]->decl : NULL;
    return m->bit_off == SEMA_DYNAMIC || (before && before->bit_total % 8 != 0);
}

static void emit_block(struct emitter *em, const struct sema_block *block) {
    struct gen *g = em->g;
    for (uint32_t i = 0; i < block->at.n;) {
        struct sema_member *m = block->at.at[i];
        if (gen_stands_apart(m)) {
            end_sequence(em);
            g->span = m->span;
            uint32_t over = gen_leap_let(g, m);
            uint32_t apart = gen_op(g, OP_APART, 0,
                                    m->kind == SEMA_M_CHECK ? 1
                                    : m->kind == SEMA_M_LET ? 2
                                                            : 0);
            emit_plain(em, m);
            if (gen_has_relation(m)) {
                *vec_push(&em->checks, g->arena) = m;
            }
            gen_patch(g, apart, gen_here(g));
            gen_landing(g, over);
            i++;
            continue;
        }
        g->span = m->span;
        begin_sequence(em);
        uint32_t n = em->of->is_union ? 0 : run_length(em, block, i);
        if (n && starts_on_byte(block, i)) {
            int64_t base = m->bit_off == SEMA_DYNAMIC ? 0 : m->bit_off;
            if (!gen_joins(m) && may_follow_bits(block, i)) {
                gen_op(g, OP_BYTE_ALIGN, 0, 0);
            }
            gen_op(g, OP_BLOCK, gen_run_block(g, &block->at.at[i], n, base), 0);
            for (uint32_t k = 0; k < n; k++) {
                if (gen_has_relation(block->at.at[i + k])) {
                    *vec_push(&em->checks, g->arena) = block->at.at[i + k];
                }
            }
            i += n;
            continue;
        }
        emit_plain(em, m);
        if (gen_has_relation(m) && gen_is_checked_at_once(g, m)) {
            gen_relation(g, m);
        } else if (gen_has_relation(m)) {
            *vec_push(&em->checks, g->arena) = m;
        }
        i++;
    }
    end_sequence(em);
}

/* own sizes */

static bool depends_on(const struct sema_expr *e, const struct sema_member *m, unsigned depth) {
    if (!e || depth > 64) {
        return e != NULL;
    }
    if (e->kind == E_FIELD && e->kid[0]->kind == E_SELF && e->member->owner == m->owner) {
        const struct sema_member *at = e->member;
        if (at->name == m->name) {
            return true;
        }
        if (at->kind == SEMA_M_LET) {
            return depends_on(at->expr, m, depth + 1);
        }
        /* where a field lies depends on those before it */
        return at->bit_off == SEMA_DYNAMIC && at->order > m->order;
    }
    for (int i = 0; i < 3; i++) {
        if (depends_on(e->kid[i], m, depth + 1)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        if (depends_on(e->args.at[i], m, depth + 1)) {
            return true;
        }
    }
    return false;
}

/* The struct's own size, unless known or needed to find the very member that is looked for. */
void gen_own_size(struct gen *g, struct sema_struct *s, const struct sema_member *wanted) {
    if (!s->sized || (wanted && depends_on(s->sized, wanted, 0))) {
        return;
    }
    uint32_t known = gen_op(g, OP_UNLESS_SIZED, 0, 0);
    gen_value(g, s->sized);
    gen_op(g, OP_OWN_SIZE, 0, 0);
    gen_patch(g, known, gen_here(g));
}

/* Whether the member of a union takes up room in it. */
bool gen_is_laid_out(const struct sema_member *m) {
    return m->kind == SEMA_M_FIELD && !gen_stands_apart(m);
}

static void emit_union(struct emitter *em, struct sema_struct *s) {
    struct gen *g = em->g;
    uint32_t measured = 0;
    for (uint32_t i = 0; i < s->block.at.n; i++) {
        struct sema_member *m = s->block.at.at[i];
        uint32_t apart = gen_op(g, OP_APART, 0, 0);
        if (gen_is_laid_out(m)) {
            gen_op(g, OP_REWIND, measured++ == 0, 0);
        }
        emit_plain(em, m);
        if (gen_is_laid_out(m)) {
            gen_op(g, OP_MEASURE, 0, 0);
        }
        if (gen_has_relation(m)) {
            *vec_push(&em->checks, g->arena) = m;
        }
        gen_patch(g, apart, gen_here(g));
    }
    begin_sequence(em);
    if (s->bit_size != SEMA_DYNAMIC) {
        gen_op(g, OP_REWIND, 0, 0);
        gen_op(g, OP_SKIP_BITS, gen_int(g, s->bit_size), 0);
    } else {
        gen_op(g, OP_WIDEST, measured, 0);
    }
    end_sequence(em);
}

void gen_struct_dump(struct gen *g, struct sema_struct *s) {
    struct emitter em = {.g = g, .of = s, .resume = PROGRAM_NONE};
    g->span = s->span;
    gen_op(g, OP_BEGIN, 0, 0);
    if (s->sized) {
        begin_sequence(&em);
        gen_own_size(g, s, NULL);
        gen_op(g, OP_RELEASE, 0, 0);
        end_sequence(&em);
    }
    if (s->is_union) {
        emit_union(&em, s);
    } else {
        emit_block(&em, &s->block);
    }
    gen_tie(g, s->sized, TIED_STRUCT, PROGRAM_NONE);
    emit_checks(&em, 0);
    gen_op(g, OP_END, 0, 0);
    gen_op(g, OP_END_STRUCT, 0, 0);
}
