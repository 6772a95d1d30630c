#include "config.h"

#include "code/gen_internal.h"
#include "sema/builtins.h"

/* Declarations as instructions. One description serves two modes: emitting what is there, and stepping over it. The
 * clauses apply from the outside in: when, @, sized, from, then the dimensions, then the type. */

static void set_member_type(struct gen *g, struct gen_target target, uint32_t type) {
    if (target.member) {
        gen_op(g, OP_MARK, gen_leader(target.member)->id, type);
    }
    for (const struct gen_watch *w = target.watch; w; w = w->outer) {
        gen_op(g, OP_LOOP_HERE, type, g->ctl - 1 - w->depth);
    }
}

/* A condition that a region's end or an absent input must not turn into silence. */
static void gen_strict(struct gen *g, const struct sema_expr *e) {
    gen_value(g, e);
    gen_op(g, OP_REQUIRE_BOOL, 0, 0);
}

static bool uses(const struct sema_expr *e, const struct sema_dollar *dollar) {
    if (!e) {
        return false;
    }
    bool yes = e->dollar == dollar &&
               (e->kind == E_DOLLAR || e->kind == E_DOLLAR_INDEX || e->kind == E_DOLLAR_PREV);
    for (int i = 0; i < 3 && !yes; i++) {
        yes = uses(e->kid[i], dollar);
    }
    for (uint32_t i = 0; i < e->args.n && !yes; i++) {
        yes = uses(e->args.at[i], dollar);
    }
    return yes;
}

bool gen_takes_rest(const struct sema_expr *e) {
    if (!e || e->kind == E_SIZEOF || e->kind == E_OFFSETOF) {
        return false; /* where they lie and how many they are takes none */
    }
    bool yes = e->kind == E_REST;
    for (int i = 0; i < 3 && !yes; i++) {
        yes = gen_takes_rest(e->kid[i]);
    }
    for (uint32_t i = 0; i < e->args.n && !yes; i++) {
        yes = gen_takes_rest(e->args.at[i]);
    }
    return yes;
}

bool gen_is_of_element(const struct sema_expr *e) {
    bool yes = !e || (e->kind != E_DOLLAR_INDEX && e->kind != E_DOLLAR_PREV);
    for (int i = 0; e && i < 3 && yes; i++) {
        yes = gen_is_of_element(e->kid[i]);
    }
    for (uint32_t i = 0; e && i < e->args.n && yes; i++) {
        yes = gen_is_of_element(e->args.at[i]);
    }
    return yes;
}

static uint32_t open_record(struct gen *g, enum program_op op, const struct sema_expr *e) {
    if (op == OP_SPACE) {
        gen_source(g, e);
    } else {
        gen_value(g, e);
    }
    uint32_t inst = gen_op(g, op, 0, op == OP_SPACE && gen_takes_rest(e));
    g->ctl++;
    return inst;
}

static void close_record(struct gen *g, enum program_op op, uint32_t opened) {
    gen_op(g, op, 0, 0);
    g->ctl--;
    gen_patch(g, opened, gen_here(g));
}

/* Bytes and text: how long they are, then the instruction for that kind of length. */
static void gen_run(struct gen *g, struct sema_decl *decl, uint32_t type, enum gen_mode mode,
                    uint32_t member) {
    bool emit = mode == GEN_EMIT;
    switch (decl->length_kind) {
    case SEMA_LEN_EXPR:
        gen_value(g, decl->length);
        gen_op(g, emit ? OP_RUN : OP_SKIP, emit ? type : 0, emit ? member : 0);
        gen_tie(g, emit ? decl->length : NULL, TIED_RUN, type);
        break;
    case SEMA_LEN_REST:
        gen_op(g, emit ? OP_RUN_REST : OP_SKIP_REST, emit ? type : 0, emit ? member : 0);
        break;
    case SEMA_LEN_UNTIL:
        if (decl->until->kind == E_TEXT) {
            gen_expr(g, decl->until); /* to be encoded as the text is */
        } else {
            gen_bytes(g, decl->until);
        }
        gen_op(g, emit ? OP_RUN_UNTIL : OP_SKIP_UNTIL, type, emit ? member : 0);
        break;
    case SEMA_LEN_NONE:
        if (emit) {
            gen_op(g, OP_VALUE, type, member);
        } else if (g->program->types.at[type].bit_size >= 0) {
            gen_op(g, OP_SKIP_BITS, gen_int(g, g->program->types.at[type].bit_size), 0);
        } else {
            gen_op(g, OP_SKIP_VALUE, type, 0);
        }
        break;
    }
}

static void gen_leaf(struct gen *g, struct sema_decl *decl, enum gen_mode mode,
                     struct gen_target target, struct sema_member *member) {
    uint32_t type = gen_type(g, decl, decl->dims.n);
    if (!decl->packed) {
        gen_op(g, OP_BYTE_ALIGN, 0, 0);
    }
    if (decl->encoding && decl->encoding->kind != E_TEXT) {
        gen_value(g, decl->encoding);
        gen_op(g, OP_ENCODING_NEXT, 0, 0);
    }
    set_member_type(g, target, type);
    int128 width;
    if (decl->packed && decl->bits && !sema_constant_int(decl->bits, &width)) {
        gen_value(g, decl->bits);
        gen_op(g, mode == GEN_EMIT ? OP_RUN : OP_SKIP_PACKED, mode == GEN_EMIT ? type : 0,
               mode == GEN_EMIT ? gen_member_id(member) : 0);
        return;
    }
    if (mode == GEN_EMIT && decl->type->kind == SEMA_BCD) { /* wrong digits are no reason to stop */
        gen_op(g, OP_PUSH_INT, gen_int(g, decl->type->limit), 0);
        uint32_t region = gen_op(g, OP_REGION, 0, 0);
        g->ctl++;
        gen_run(g, decl, type, mode, gen_member_id(member));
        close_record(g, OP_REGION_END, region);
        return;
    }
    gen_run(g, decl, type, mode, gen_member_id(member));
}

void gen_struct_args(struct gen *g, const struct sema_decl *decl) {
    for (uint32_t i = 0; i < decl->args.n; i++) {
        const struct sema_expr *e = decl->args.at[i];
        bool list = e->vtype.kind == SEMA_V_LIST; /* of numbers and texts, not of where they are */
        if (list) {
            gen_op(g, OP_LIST_NEW, 0, 0);
        }
        gen_expr(g, e);
        if (list) {
            gen_add_items(g, OP_LOAD);
        }
    }
}

static void gen_struct_value(struct gen *g, struct sema_decl *decl, enum gen_mode mode,
                             struct gen_target target) {
    uint32_t type = gen_type(g, decl, decl->dims.n);
    struct sema_struct *of = decl->type->of;
    bool behind_whole = decl->dims.n > 0 && of->bit_size >= 0 && of->bit_size % 8 == 0;
    bool joins = of->joins && decl->file != SEMA_FILE_OWN;
    if (!joins && !behind_whole) { /* an array sees to it for its first element */
        gen_op(g, OP_BYTE_ALIGN, 0, 0);
    }
    set_member_type(g, target, type);
    if (mode == GEN_MARK) {
        return;
    }
    if (mode == GEN_SKIP && of->bit_size != SEMA_DYNAMIC && !gen_is_strict(g, decl)) {
        gen_op(g, OP_SKIP_BITS, gen_int(g, of->bit_size), 0);
        return;
    }
    uint32_t over = mode == GEN_EMIT ? gen_leap(g, of) : PROGRAM_NONE;
    gen_struct_args(g, decl);
    gen_ask(g, (struct gen_task){.kind = mode == GEN_EMIT ? TASK_DUMP : TASK_SKIP, .of = of});
    gen_op(g, mode == GEN_EMIT ? OP_DECODE : OP_PASS, type, decl->args.n);
    gen_landing(g, over);
}

/* Whether elements may be handled all at once: each of one fixed size, nothing asked of them along the way. */
bool gen_is_uniform(const struct sema_decl *decl, uint32_t level) {
    return level + 1 == decl->dims.n && decl->bit_size > 0 &&
           (decl->joins || decl->bit_size % 8 == 0) &&
           !(level == 0 && (decl->until || decl->while_ || decl->then || decl->placed_each ||
                            decl->stride || decl->recover));
}

/* Leaves the number of elements on the stack; -1 for as many as fit. */
static void gen_count(struct gen *g, const struct sema_decl *decl, uint32_t level) {
    const struct sema_expr *count = decl->dims.at[level].count;
    if (count) {
        gen_value(g, count);
    } else {
        gen_op(g, OP_PUSH_INT, gen_int(g, PROGRAM_REST), 0);
    }
}

/* Whether the elements are the records that are asked for. */
static bool is_records(const struct gen *g, const struct sema_decl *decl, uint32_t level) {
    return g->records == decl && g->records_level == level;
}

static bool gen_uniform(struct gen *g, struct sema_decl *decl, uint32_t level, enum gen_mode mode,
                        struct gen_target target, struct sema_member *member) {
    if (!gen_is_uniform(decl, level) || (mode == GEN_SKIP && gen_is_required(g, decl, mode))) {
        return false;
    }
    uint32_t type = gen_type(g, decl, level);
    if (mode == GEN_SKIP) {
        if (!decl->joins) {
            gen_op(g, OP_BYTE_ALIGN, 0, 0);
        }
        set_member_type(g, target, type);
        if (!decl->dims.at[level].count) {
            gen_op(g, OP_SKIP_REST, 0, 0);
            return true;
        }
        gen_count(g, decl, level);
        gen_op(g, OP_SKIP_ELEMENTS, gen_int(g, decl->bit_size), 0);
        return true;
    }
    if (decl->equals || decl->in || decl->packed || decl->args.n || decl->bit_size % 8 != 0 ||
        is_records(g, decl, level)) {
        return false;
    }
    uint32_t block = gen_element_block(g, decl);
    if (block == PROGRAM_NONE) {
        return false;
    }
    if (!decl->joins) {
        gen_op(g, OP_BYTE_ALIGN, 0, 0);
    }
    set_member_type(g, target, type);
    gen_count(g, decl, level);
    gen_op(g, OP_ARRAY_BEGIN, type, gen_member_id(member));
    gen_op(g, OP_BLOCKS, g->program->types.at[type].of, block);
    gen_op(g, OP_ARRAY_END, type, 0);
    gen_tie(g, decl->dims.at[level].count, TIED_BLOCKS, type);
    return true;
}

/* Whether more than the cursor tells what an element is, and where: a switch, or clauses of its own. */
static bool is_made(const struct sema_decl *decl, uint32_t level) {
    for (const struct sema_decl *d = decl; level == d->dims.n; d = d->type->alias, level = 0) {
        bool clauses = d != decl && (d->sized || d->from || d->at || d->when ||
                                     (d->encoding && d->encoding->kind != E_TEXT));
        if (clauses || d->type->kind == SEMA_SWITCH) {
            return true;
        }
        if (d->type->kind != SEMA_ALIAS) {
            return false;
        }
    }
    return false;
}

/* An element that more than the cursor tells of is stepped over at once, so that its end is known. */
static void gen_made(struct gen *g, struct sema_decl *decl, uint32_t level, uint32_t depth) {
    const struct gen_watch watch = {.depth = depth};
    gen_level(g, decl, level, GEN_SKIP, (struct gen_target){.watch = &watch}, NULL);
    gen_op(g, OP_LOOP_DONE, g->ctl - 1 - depth, 0);
}

static void gen_while(struct gen *g, struct sema_decl *decl, uint32_t elem, uint32_t *exit_jump) {
    bool made = is_made(decl, 1) && !decl->packed;
    gen_ask_type(g, decl, 1);
    if (!decl->joins) {
        gen_op(g, OP_BYTE_ALIGN, 0, 0);
    }
    if (!made) {
        gen_op(g, OP_LOOP_HERE, elem, gen_up(g, &decl->dims.at[0].dollar));
    }
    uint32_t trial = gen_try(g, false);
    if (made) { /* and the cursor is where it was again */
        gen_op(g, OP_REST, 0, 0);
        gen_op(g, OP_SPACE, PROGRAM_NONE, 0);
        g->ctl++;
        gen_made(g, decl, 1, decl->dims.at[0].dollar.depth);
    }
    gen_value(g, decl->while_);
    if (made) {
        gen_op(g, OP_SPACE_END, 0, 0);
        g->ctl--;
    }
    gen_try_end(g, trial);
    *exit_jump = gen_op(g, OP_JUMP_FALSE, 0, 0);
}

/* What a struct must begin with, or NULL. */
static const struct sema_expr *magic_of(const struct sema_struct *s) {
    for (uint32_t i = 0; i < s->block.at.n; i++) {
        const struct sema_member *m = s->block.at.at[i];
        switch (m->kind) {
        case SEMA_M_MAGIC:
            return m->expr;
        case SEMA_M_LET:
        case SEMA_M_CHECK:
        case SEMA_M_ENDIAN:
        case SEMA_M_BITORDER:
        case SEMA_M_ENCODING:
            break; /* take no bytes */
        case SEMA_M_FIELD:
        case SEMA_M_IF:
        case SEMA_M_PAD:
        case SEMA_M_REQUIRE:
        case SEMA_M_ALIGN:
        case SEMA_M_SKIP:
            return NULL;
        }
    }
    return NULL;
}

const struct sema_expr *gen_magic_ahead(const struct sema_decl *decl, uint32_t level) {
    bool fills = !decl->dims.at[level].count && level + 1 == decl->dims.n && !decl->until &&
                 !decl->then && !decl->placed_each && !decl->recover &&
                 decl->type->kind == SEMA_STRUCT;
    return fills ? magic_of(decl->type->of) : NULL;
}

static void gen_look(struct gen *g, const struct sema_decl *decl, uint32_t level,
                     uint32_t *exit_jump) {
    const struct sema_expr *magic = gen_magic_ahead(decl, level);
    if (magic) {
        gen_op(g, OP_BYTE_ALIGN, 0, 0); /* the element before may end inside a byte */
        *exit_jump = gen_op(g, OP_LOOP_MAGIC, 0, gen_data(g, magic->text));
    }
}

/* Whether anything asks for the element at hand or the one before: then the loop must remember them. */
static bool is_watched(const struct sema_decl *decl, uint32_t level) {
    const struct sema_dollar *dollar = &decl->dims.at[level].dollar;
    bool yes = decl->type->kind == SEMA_SWITCH || sema_element(decl) || level + 1 < decl->dims.n ||
               uses(decl->until, dollar) || uses(decl->while_, dollar) ||
               uses(decl->then, dollar) || uses(decl->at, dollar) || uses(decl->length, dollar) ||
               uses(decl->bits, dollar) || uses(decl->require, dollar) ||
               (decl->require && level + 1 == decl->dims.n);
    for (uint32_t i = 0; i < decl->args.n; i++) {
        yes = yes || uses(decl->args.at[i], dollar);
    }
    return yes;
}

bool gen_is_run(const struct sema_decl *decl, uint32_t level) {
    return decl->type->kind == SEMA_STRUCT && level + 1 == decl->dims.n && !decl->args.n &&
           !decl->placed_each && !decl->then && !decl->stride && !decl->while_ && !decl->until &&
           !is_watched(decl, level);
}

/* Where the element at hand starts, and so many bytes for it; returns what close_record takes. */
static uint32_t open_room(struct gen *g, const struct sema_decl *decl, uint32_t loop_depth) {
    gen_value(g, decl->stride);
    gen_op(g, OP_LOOP_STRIDE, g->ctl - 1 - loop_depth, 0);
    gen_value(g, decl->stride);
    uint32_t region = gen_op(g, OP_REGION, 0, 1);
    g->ctl++;
    return region;
}

/* Where a loop or walk over an array arrives that the region, a condition or the element last met has ended. */
static void gen_exits(struct gen *g, struct sema_decl *decl, uint32_t level, uint32_t exits[3],
                      struct sema_member *member) {
    if (level == 0 && decl->until) { /* the region ended first; or the last element was met */
        gen_patch(g, exits[0], gen_here(g));
        gen_op(g, OP_FAIL, gen_check(g, CHECK_UNMET, member, NULL, decl->until), 0);
        exits[0] = PROGRAM_NONE;
        gen_patch(g, exits[2], gen_here(g));
        gen_op(g, OP_LOOP_NEXT, 0, 0);
        exits[2] = PROGRAM_NONE;
    }
    for (int i = 0; i < 3; i++) {
        if (exits[i] != PROGRAM_NONE) {
            gen_patch(g, exits[i], gen_here(g));
        }
    }
}

/* Behind an element that has a place of its own: one whose place is bad comes to nothing, and so does a number that can't
 * be read there; what is left of other things was shown. The elements behind it are where they are. */
static void gen_lack(struct gen *g, struct sema_decl *decl, uint32_t level, bool shows, uint32_t at,
                     struct sema_member *member) {
    struct sema_vtype elem = sema_vtype_of(decl, level + 1);
    bool parts = elem.kind != SEMA_V_INT && elem.kind != SEMA_V_BOOL && elem.kind != SEMA_V_FLOAT;
    if (decl->then) {
        return;
    }
    if (!shows) {
        gen_patch_b(g, at, gen_here(g));
        return;
    }
    uint32_t over = gen_op(g, OP_JUMP, 0, 0);
    gen_patch_b(g, at, gen_here(g));
    if (!parts) {
        gen_patch(g, at, gen_here(g));
    }
    gen_op(g, OP_EMIT_NOTHING, gen_member_id(member), 0);
    gen_patch(g, over, gen_here(g));
    if (parts) {
        gen_patch(g, at, gen_here(g));
    }
}

/* Where the loop's next element may be one of many that are told at once. */
static void gen_flats(struct gen *g, uint32_t flat) {
    if (flat != PROGRAM_NONE) {
        gen_op(g, OP_FLATS, flat, 0);
    }
}

static void gen_array(struct gen *g, struct sema_decl *decl, uint32_t level, enum gen_mode mode,
                      struct gen_target target, struct sema_member *member) {
    if (gen_uniform(g, decl, level, mode, target, member)) {
        return;
    }
    struct sema_dim *dim = &decl->dims.at[level];
    uint32_t type = gen_type(g, decl, level);
    uint32_t elem = g->program->types.at[type].of;
    bool first = level == 0;
    bool placed = first && (decl->placed_each || decl->then);
    if (!decl->joins) {
        gen_op(g, OP_BYTE_ALIGN, 0, 0);
    }
    set_member_type(g, target, type);
    if (dim->count) {
        gen_value(g, dim->count);
    }
    gen_op(g, OP_LOOP, type, 0);
    dim->dollar.depth = g->ctl++;
    if (dim->count) {
        gen_op(g, OP_LOOP_COUNT, 0, 0);
    }
    bool records = mode == GEN_EMIT && is_records(g, decl, level);
    g->records = NULL; /* not those inside of it */
    if (mode == GEN_EMIT && !records) {
        gen_op(g, OP_ARRAY_BEGIN, type, gen_member_id(member));
    }
    bool run = mode == GEN_EMIT && gen_is_run(decl, level) && !g->request->ties;
    if (run) {
        gen_leap_elements(g, decl);
    }
    uint32_t flat = run ? gen_flat(g, decl->type->of) : PROGRAM_NONE;
    gen_flats(g, flat);
    uint32_t recover = gen_recover_begin(g, decl, level);
    uint32_t head = gen_here(g);
    uint32_t exits[3] = {gen_op(g, OP_LOOP_TEST, 0, 0), PROGRAM_NONE, PROGRAM_NONE};
    if (mode == GEN_EMIT && !records && !decl->recover && gen_is_run(decl, level)) {
        gen_placed_ahead(g, decl->type->of, head);
    }
    uint32_t at = PROGRAM_NONE;
    if (placed) {
        at = gen_open_place(g, decl, 0);
        gen_tie_place(g, decl, mode);
    }
    if (first && decl->while_) { /* where the element lies */
        gen_while(g, decl, elem, &exits[1]);
    } else {
        gen_look(g, decl, level, &exits[1]);
    }
    uint32_t room = first && decl->stride ? open_room(g, decl, dim->dollar.depth) : PROGRAM_NONE;
    if (records) {
        gen_op(g, OP_RECORD, 1, 0);
    }
    bool watched = is_watched(decl, level);
    const struct gen_watch watch = {.depth = dim->dollar.depth};
    bool apart = g->apart;
    g->apart = apart || placed || room != PROGRAM_NONE || recover != PROGRAM_NONE;
    gen_level(g, decl, level + 1, mode, (struct gen_target){.watch = watched ? &watch : NULL},
              member);
    g->apart = apart;
    if (watched) {
        gen_op(g, OP_LOOP_DONE, g->ctl - 1 - dim->dollar.depth, 0);
    }
    if (records) {
        gen_op(g, OP_RECORD, 0, 0);
    }
    if (room != PROGRAM_NONE) {
        close_record(g, OP_REGION_END, room);
        gen_tie(g, mode == GEN_EMIT ? decl->stride : NULL, TIED_REGION, elem);
    }
    if (placed) {
        close_record(g, gen_place_end(decl), at);
        gen_lack(g, decl, level, mode == GEN_EMIT && !records, at, member);
    }
    if (first && decl->until) {
        gen_ask_type(g, decl, 1);
        gen_strict(g, decl->until);
        exits[2] = gen_op(g, OP_JUMP_TRUE, 0, 0);
    }
    gen_op(g, OP_LOOP_NEXT, 0, 0);
    gen_op(g, OP_RELEASE, 0, 0);
    gen_flats(g, flat);
    gen_op(g, OP_JUMP, head, 0);
    gen_recover(g, decl, recover, head, false);
    if (placed) {
        gen_leave_place(g, decl, &exits[1]);
    }
    gen_exits(g, decl, level, exits, member);
    if (first && decl->stride && dim->count && !placed) {
        gen_value(g, decl->stride);
        gen_op(g, OP_LOOP_STRIDE, 0, 0);
    }
    if (mode == GEN_EMIT && !records) {
        gen_op(g, OP_ARRAY_END, type, 0);
    }
    if (target.member) {
        gen_op(g, OP_MARK_COUNT, gen_leader(target.member)->id, 0);
    }
    gen_tie(g, mode == GEN_EMIT ? dim->count : NULL, TIED_LOOP, type);
    gen_op(g, OP_LOOP_END, 0, 0);
    g->ctl--;
}

void gen_single(struct gen *g, struct sema_decl *decl, enum gen_mode mode, struct gen_target target,
                struct sema_member *member) {
    switch (decl->type->kind) {
    case SEMA_ALIAS:
        gen_decl(g, decl->type->alias, mode, target, member);
        break;
    case SEMA_STRUCT:
        gen_struct_value(g, decl, mode, target);
        break;
    case SEMA_SWITCH:
        gen_switch(g, decl, mode, target, member);
        break;
    case SEMA_UINT:
    case SEMA_INT:
    case SEMA_BOOL:
    case SEMA_FLOAT:
    case SEMA_BFLOAT:
    case SEMA_ULEB:
    case SEMA_SLEB:
    case SEMA_VLQ:
    case SEMA_ZIGZAG:
    case SEMA_BCD:
    case SEMA_BYTE:
    case SEMA_CHAR:
    case SEMA_STRING:
    case SEMA_CSTRING:
        gen_leaf(g, decl, mode, target, member);
        break;
    case SEMA_BAD:
        break;
    }
}

void gen_level(struct gen *g, struct sema_decl *decl, uint32_t level, enum gen_mode mode,
               struct gen_target target, struct sema_member *member) {
    if (g->ctl > GEN_RECORDS_MAX) {
        gen_refuse(g, "too many dimensions and clauses within each other");
    }
    if (g->refused) {
        return;
    }
    if (level < decl->dims.n) {
        if (mode == GEN_MARK) {
            if (!decl->joins) {
                gen_op(g, OP_BYTE_ALIGN, 0, 0);
            }
            set_member_type(g, target, gen_type(g, decl, level));
        } else {
            gen_array(g, decl, level, mode, target, member);
        }
        return;
    }
    gen_demanded(g, decl, mode, target, member);
}

/* Whether the value of a declaration that has a size is sure to end where its region does: it needs no look at it. */
static bool fills_region(const struct sema_decl *decl) {
    return gen_is_leaf(decl) &&
           (decl->length_kind == SEMA_LEN_NONE || decl->length_kind == SEMA_LEN_REST);
}

/* Opens the outer (0) or inner (1) record of sized and from, where there is one: a size bounds what `$rest` is in from, and
 * else the bytes that are read. Returns the instruction, or PROGRAM_NONE. */
static uint32_t open_bound(struct gen *g, const struct sema_decl *decl, bool inner) {
    bool of_size = inner != (decl->from && gen_takes_rest(decl->from));
    if (of_size && decl->sized) {
        gen_op(g, OP_BYTE_ALIGN, 0, 0);
        return open_record(g, OP_REGION, decl->sized);
    }
    bool reads = !of_size && decl->from && !gen_is_within(decl);
    return reads ? open_record(g, OP_SPACE, decl->from) : PROGRAM_NONE;
}

static void close_bound(struct gen *g, uint32_t opened) {
    if (opened != PROGRAM_NONE) {
        bool region = g->program->code.at[opened].op == OP_REGION;
        close_record(g, region ? OP_REGION_END : OP_SPACE_END, opened);
    }
}

void gen_there(struct gen *g, struct sema_decl *decl, enum gen_mode mode, struct gen_target target,
               struct sema_member *member) {
    if (decl->sized && (!decl->from || gen_takes_rest(decl->from)) && mode == GEN_SKIP &&
        !target.member && !target.watch &&
        !gen_is_required(g, decl, mode)) { /* nothing inside is asked for */
        gen_op(g, OP_BYTE_ALIGN, 0, 0);
        gen_value(g, decl->sized);
        gen_op(g, OP_SKIP, 0, 0);
        return;
    }
    uint32_t outer = open_bound(g, decl, false), inner = open_bound(g, decl, true);
    bool bounded = decl->sized != NULL;
    bool required = gen_is_required(g, decl, mode);
    bool filled = bounded && mode != GEN_EMIT && !required && fills_region(decl);
    if (filled) {
        set_member_type(g, target, gen_type(g, decl, 0));
    } else {
        bool marks = mode == GEN_SKIP && bounded && !required;
        gen_level(g, decl, 0, marks ? GEN_MARK : mode, target, member);
    }
    bool marked = !bounded && gen_is_handed_on(decl);
    if (target.member && !marked && (mode != GEN_MARK || bounded || gen_is_leaf(decl))) {
        gen_op(g, OP_MARK_END, gen_leader(target.member)->id, filled ? 2 : bounded);
    }
    bool elsewhere = bounded || decl->from || decl->at;
    for (const struct gen_watch *w = elsewhere && !marked ? target.watch : NULL; w; w = w->outer) {
        gen_op(g, OP_LOOP_CLOSE, filled ? 2 : bounded, g->ctl - 1 - w->depth);
    }
    close_bound(g, inner);
    close_bound(g, outer);
    if (decl->sized && mode == GEN_EMIT) { /* nothing else lies behind the region's end */
        gen_tie(g, decl->sized, TIED_REGION, PROGRAM_NONE);
    }
}

/* Leaves the jump taken when the field is not there. */
static uint32_t gen_when(struct gen *g, struct sema_decl *decl) {
    if (!uses(decl->when, &decl->when_dollar)) {
        gen_strict(g, decl->when);
        return gen_op(g, OP_JUMP_FALSE, 0, 0);
    }
    /* "$" is the field as it would be read, at its place, from its bytes: what can't be read is not there */
    uint32_t type = gen_type(g, decl, 0);
    gen_ask_type(g, decl, 0);
    gen_op(g, OP_LOOP, type, 0);
    decl->when_dollar.depth = g->ctl++;
    uint32_t trial = gen_try(g, false);
    bool placed = decl->at && !decl->placed_each && !decl->then;
    if (placed) {
        gen_open_place(g, decl, PROGRAM_NONE);
    }
    bool made = decl->from && !gen_is_within(decl) && !gen_takes_rest(decl->from);
    if (made) {
        gen_bytes(g, decl->from);
        gen_op(g, OP_SPACE, PROGRAM_NONE, 0);
        g->ctl++;
    }
    bool bounded = decl->sized && (placed || made); /* the cursor is known again behind it */
    if (bounded) {
        gen_value(g, decl->sized);
        gen_op(g, OP_REGION, PROGRAM_NONE, 0);
        g->ctl++;
    }
    gen_op(g, OP_LOOP_HERE, type, g->ctl - 1 - decl->when_dollar.depth);
    gen_value(g, decl->when);
    if (bounded) {
        gen_op(g, OP_REGION_END, 0, 0);
        g->ctl--;
    }
    if (made) {
        gen_op(g, OP_SPACE_END, 0, 0);
        g->ctl--;
    }
    if (placed) {
        gen_op(g, gen_place_end(decl), 0, 0);
        g->ctl--;
    }
    gen_try_end(g, trial);
    gen_op(g, OP_LOOP_END, 0, 0);
    g->ctl--;
    return gen_op(g, OP_JUMP_FALSE, 0, 0);
}

void gen_decl(struct gen *g, struct sema_decl *decl, enum gen_mode mode, struct gen_target target,
              struct sema_member *member) {
    struct span outer = g->span;
    g->span = decl->span;
    uint32_t absent = PROGRAM_NONE, at = PROGRAM_NONE;
    if (decl->when) {
        absent = gen_when(g, decl);
        if (mode == GEN_EMIT) {
            gen_met_field(g, decl, true);
        }
    }
    if (decl->at && !decl->placed_each && !decl->then) {
        at = gen_open_place(g, decl, 0);
        gen_tie_place(g, decl, mode);
    }
    bool apart = g->apart;
    g->apart = apart || at != PROGRAM_NONE || (decl->from && !gen_takes_rest(decl->from));
    gen_there(g, decl, mode, target, member);
    g->apart = apart;
    if (at != PROGRAM_NONE) {
        close_record(g, gen_place_end(decl), at);
    }
    if (absent != PROGRAM_NONE) {
        uint32_t out = gen_op(g, OP_JUMP, 0, 0);
        gen_patch(g, absent, gen_here(g));
        if (mode == GEN_EMIT) {
            gen_met_field(g, decl, false);
        }
        if (target.member) {
            gen_op(g, OP_MARK_ABSENT, gen_leader(target.member)->id, 0);
        }
        gen_tell_value(g, target, NULL);
        if (mode == GEN_EMIT && target.watch) { /* an element that is not there */
            gen_op(g, OP_EMIT_NOTHING, gen_member_id(member), 0);
        }
        gen_patch(g, out, gen_here(g));
    }
    g->span = outer;
}

/* What the element of a walk is: its type and place, nothing decoded. */
static void gen_item(struct gen *g, struct sema_decl *decl, uint32_t level, uint32_t depth) {
    if (is_made(decl, level)) {
        gen_made(g, decl, level, depth);
        return;
    }
    struct sema_vtype v = sema_vtype_of(decl, level);
    if ((v.kind == SEMA_V_STRUCT || v.kind == SEMA_V_ARRAY) && !v.decl->joins) {
        gen_op(g, OP_BYTE_ALIGN, 0, 0);
    }
    const struct gen_watch watch = {.depth = depth};
    set_member_type(g, (struct gen_target){.watch = &watch}, gen_type(g, decl, level));
}

/* The element that a step of a walk arrives at; placed: the cursor is at its place, to be left again. */
static void gen_step_item(struct gen *g, struct sema_decl *decl, uint32_t level, bool placed) {
    enum program_op end = placed ? gen_place_end(decl) : OP_COUNT_;
    if (!placed && level == 0 && decl->stride) {
        uint32_t room = open_room(g, decl, 0);
        g->program->code.at[room].a = PROGRAM_NONE; /* a fault is the walk's */
        end = OP_REGION_END;
    }
    gen_item(g, decl, level + 1, 0);
    if (end != OP_COUNT_) {
        gen_op(g, end, 0, 0);
        g->ctl--;
    }
}

/* One step of a walk over an array's elements; the walk's record is right below this function's. */
void gen_step(struct gen *g, struct sema_decl *decl, uint32_t level) {
    struct sema_dim *dim = &decl->dims.at[level];
    uint32_t type = gen_type(g, decl, level);
    uint32_t elem = g->program->types.at[type].of;
    bool first = level == 0;
    g->ctl = 1; /* the record of the walk */
    dim->dollar.depth = 0;
    uint32_t recover = gen_recover_begin(g, decl, level);
    uint32_t step = gen_op(g, OP_STEP, 0, 0);
    if (recover != PROGRAM_NONE) { /* with the checks that emitting it makes */
        g->apart = g->checking = true;
        gen_level(g, decl, level + 1, GEN_SKIP, (struct gen_target){0}, NULL);
        g->apart = g->checking = false;
    } else if (!(first && decl->stride)) { /* then it does not matter where it ends */
        gen_op(g, OP_SKIP_ITEM, 0, 0);
    }
    gen_patch_b(g, step, gen_here(g));
    uint32_t exits[3] = {PROGRAM_NONE, PROGRAM_NONE, PROGRAM_NONE};
    if (first && decl->until) {
        gen_strict(g, decl->until);
        exits[2] = gen_op(g, OP_JUMP_TRUE, 0, 0);
    }
    gen_op(g, OP_LOOP_NEXT, 0, 0);
    uint32_t test = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, step, gen_here(g));
    if (dim->count) {
        gen_value(g, dim->count);
        gen_op(g, OP_LOOP_COUNT, 0, 0);
    }
    gen_patch(g, test, gen_here(g));
    uint32_t head = gen_here(g);
    exits[0] = gen_op(g, OP_LOOP_TEST, 0, 0);
    bool placed = first && (decl->placed_each || decl->then);
    if (placed) {
        gen_open_place(g, decl, PROGRAM_NONE);
    }
    if (first && decl->while_) {
        gen_while(g, decl, elem, &exits[1]);
    } else {
        gen_look(g, decl, level, &exits[1]);
    }
    gen_step_item(g, decl, level, placed);
    gen_op(g, OP_YIELD, 0, 0);
    gen_recover(g, decl, recover, head, true);
    if (placed) {
        gen_leave_place(g, decl, &exits[1]);
    }
    gen_exits(g, decl, level, exits, NULL);
    gen_op(g, OP_FINISH, 0, 0);
    gen_set_hops(g, decl, level);
}
