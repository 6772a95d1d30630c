#include "config.h"

#include "code/gen_internal.h"
#include "sema/builtins.h"

/* What has a place of its own: `T x @ place`. The place counts in the file of the struct that has the field; where bytes are
 * given that are not made of `$rest` (`@ place from bytes`), in those. */

bool gen_is_within(const struct sema_decl *decl) {
    return decl->at && decl->from && !gen_takes_rest(decl->from);
}

enum program_op gen_place_end(const struct sema_decl *decl) {
    return gen_is_within(decl) ? OP_SPACE_END : OP_AT_END;
}

/* Whether a chain that comes to a place again must go round forever. */
static bool goes_round(const struct sema_decl *decl) {
    bool yes = gen_is_of_element(decl->then) && gen_is_of_element(decl->until) &&
               gen_is_of_element(decl->while_);
    const struct sema_decl *with = sema_element(decl) ? sema_element(decl) : decl;
    for (uint32_t i = 0; i < with->args.n; i++) {
        yes = yes && gen_is_of_element(with->args.at[i]);
    }
    return yes;
}

/* The place of an element of a placed or chained array. */
static void element_place(struct gen *g, struct sema_decl *decl) {
    if (!decl->then) {
        gen_value(g, decl->at);
        return;
    }
    uint32_t later = gen_op(g, OP_LOOP_FIRST, 0, 0);
    if (decl->at) {
        gen_value(g, decl->at);
    } else {
        gen_op(g, OP_PUSH_ABSENT, 0, 0);
    }
    uint32_t go = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, later, gen_here(g));
    decl->dims.at[0].dollar.after = true;
    gen_value(g, decl->then);
    decl->dims.at[0].dollar.after = false;
    gen_patch(g, go, gen_here(g));
    if (goes_round(decl)) {
        gen_op(g, OP_VISIT, gen_up(g, &decl->dims.at[0].dollar), 0);
    }
}

static bool is_search(const struct sema_expr *e) {
    return e->kind == E_BUILTIN && (e->builtin == BUILTIN_FIND || e->builtin == BUILTIN_RFIND);
}

/* The place of a field. One that is searched for is the first match at which the field can be read. */
static void place_of(struct gen *g, struct sema_decl *decl) {
    gen_value(g, decl->at);
    if (!is_search(decl->at) || decl->at->args.n != 1 || decl->from) {
        return;
    }
    gen_op(g, OP_LOOP, PROGRAM_NONE, 0);
    g->ctl++;
    uint32_t head = gen_here(g);
    /* every match lies apart from the one before: it ends */
    uint32_t over = gen_op(g, OP_LOOP_TEST, 0, 0);
    gen_op(g, OP_DUP, 0, 0);
    gen_op(g, OP_PRESENT, 0, 0);
    uint32_t none = gen_op(g, OP_JUMP_FALSE, 0, 0);
    uint32_t trial = gen_try(g, false);
    gen_op(g, OP_DUP, 0, 0);
    gen_op(g, OP_AT, PROGRAM_NONE, PROGRAM_NONE);
    g->ctl++;
    gen_there(g, decl, GEN_SKIP, (struct gen_target){0}, NULL);
    gen_op(g, OP_AT_END, 0, 0);
    g->ctl--;
    gen_op(g, OP_PUSH_BOOL, 1, 0);
    gen_try_end(g, trial);
    uint32_t fits = gen_op(g, OP_JUMP_TRUE, 0, 0);
    if (decl->at->builtin == BUILTIN_FIND) { /* the next one starts behind this one's start */
        gen_op(g, OP_PUSH_INT, gen_int(g, 1), 0);
        gen_op(g, OP_ADD, 0, 0);
    }
    gen_bytes(g, decl->at->args.at[0]);
    gen_op(g, OP_SWAP, 0, 0);
    gen_op(g, OP_BUILTIN, decl->at->builtin, 2);
    gen_op(g, OP_JUMP, head, 0);
    gen_patch(g, over, gen_here(g));
    gen_patch(g, none, gen_here(g));
    gen_patch(g, fits, gen_here(g));
    gen_op(g, OP_LOOP_END, 0, 0);
    g->ctl--;
}

uint32_t gen_open_place(struct gen *g, struct sema_decl *decl, uint32_t resume) {
    bool within = gen_is_within(decl);
    if (within) {
        gen_source(g, decl->from);
    }
    if (decl->placed_each || decl->then) {
        element_place(g, decl);
    } else if (within) {
        gen_value(g, decl->at);
    } else {
        place_of(g, decl);
    }
    uint32_t at = gen_op(g, within ? OP_WITHIN : OP_AT, resume, PROGRAM_NONE);
    g->ctl++;
    return at;
}

/* Where a while stops at the place of an element, the cursor goes back first. */
void gen_leave_place(struct gen *g, const struct sema_decl *decl, uint32_t *exit_jump) {
    if (*exit_jump != PROGRAM_NONE) {
        gen_patch(g, *exit_jump, gen_here(g));
        gen_op(g, gen_place_end(decl), 0, 0);
        *exit_jump = gen_op(g, OP_JUMP, 0, 0);
    }
}

void gen_tie_place(struct gen *g, struct sema_decl *decl, enum gen_mode mode) {
    if (mode != GEN_EMIT || !g->request->ties) {
        return;
    }
    uint32_t later = PROGRAM_NONE, go = PROGRAM_NONE;
    if (decl->then) {
        later = gen_op(g, OP_LOOP_FIRST, 0, gen_up(g, &decl->dims.at[0].dollar));
    }
    gen_tie(g, decl->at, TIED_PLACE, PROGRAM_NONE);
    if (decl->then) {
        go = gen_op(g, OP_JUMP, 0, 0);
        gen_patch(g, later, gen_here(g));
        decl->dims.at[0].dollar.after = true;
        gen_tie(g, decl->then, TIED_PLACE, PROGRAM_NONE);
        decl->dims.at[0].dollar.after = false;
        gen_patch(g, go, gen_here(g));
    }
}
