#include "config.h"

#include "code/gen_internal.h"

/* Declarations that others say more of: arms of switches, and typedefs. */

void gen_tell_value(struct gen *g, struct gen_target target, const struct sema_expr *value) {
    enum sema_vkind kind = value ? value->vtype.kind : SEMA_V_NOTHING;
    bool plain = kind == SEMA_V_INT || kind == SEMA_V_BOOL || kind == SEMA_V_FLOAT;
    for (const struct gen_watch *w = target.watch; w; w = w->outer) {
        gen_op(g, plain ? OP_DUP : OP_PUSH_ABSENT, 0, 0);
        gen_op(g, OP_LOOP_VALUE, g->ctl - 1 - w->depth, 0);
    }
}

bool gen_is_leaf(const struct sema_decl *decl) {
    return decl->dims.n == 0 && decl->type->kind != SEMA_STRUCT &&
           decl->type->kind != SEMA_SWITCH && decl->type->kind != SEMA_ALIAS;
}

bool gen_is_handed_on(const struct sema_decl *decl) {
    return decl->dims.n == 0 && (decl->type->kind == SEMA_SWITCH || decl->type->kind == SEMA_ALIAS);
}

bool gen_each_arm(const struct sema_decl *decl, bool (*is)(const struct sema_decl *),
                  uint32_t *looks) {
    if (*looks == 0 || !is(decl)) {
        return false;
    }
    --*looks;
    bool yes = !gen_is_handed_on(decl) || decl->type->kind != SEMA_ALIAS ||
               gen_each_arm(decl->type->alias, is, looks);
    for (uint32_t i = 0; i < decl->arms.n && yes; i++) {
        const struct sema_arm *arm = &decl->arms.at[i];
        yes = !arm->decl || gen_each_arm(arm->decl, is, looks);
    }
    return yes;
}

static bool marks_end(const struct sema_decl *decl) {
    return decl->sized || gen_is_leaf(decl) || gen_is_handed_on(decl);
}

bool gen_ends_where_found(const struct sema_decl *decl) {
    uint32_t looks = GEN_ARMS_MAX;
    return decl->sized || gen_each_arm(decl, marks_end, &looks);
}

/* What an arm says; NULL: there is none for the value. */
static void gen_arm(struct gen *g, struct sema_decl *decl, const struct sema_arm *arm,
                    enum gen_mode mode, struct gen_target target, struct sema_member *member) {
    if (mode == GEN_EMIT) {
        gen_met_arm(g, decl, arm);
    }
    if (arm && arm->decl) {
        gen_decl(g, arm->decl, mode, target, member);
        return;
    }
    if (arm && arm->let) {
        gen_value(g, arm->let);
        if (target.member) {
            gen_op(g, OP_DUP, 0, 0);
            gen_op(g, OP_MARK_LET, gen_leader(target.member)->id, 0);
        }
        gen_tell_value(g, target, arm->let);
        gen_op(g, mode == GEN_EMIT ? OP_EMIT_LET : OP_DROP,
               mode == GEN_EMIT ? gen_member_id(member) : 0, 0);
        return;
    }
    if (target.member) {
        gen_op(g, OP_MARK_ABSENT, gen_leader(target.member)->id, 0);
    }
    gen_tell_value(g, target, NULL);
    if (mode == GEN_EMIT && decl->dims.n) {
        gen_op(g, OP_EMIT_NOTHING, gen_member_id(member), 0);
    }
}

/* The selector stays on the stack while labels are tried in order, and is gone where one fits. */
void gen_switch(struct gen *g, struct sema_decl *decl, enum gen_mode mode, struct gen_target target,
                struct sema_member *member) {
    VEC(uint32_t) starts = {0}; /* of all labels, in the order of the arms */
    VEC(uint32_t) ends = {0};
    bool loaded = decl->selector->vtype.kind == SEMA_V_INT;
    gen_value(g, decl->selector);
    const struct sema_arm *fallback = NULL;
    for (uint32_t i = 0; i < decl->arms.n; i++) {
        const struct sema_arm *arm = &decl->arms.at[i];
        if (arm->fallback) {
            fallback = arm;
        }
        for (uint32_t k = 0; k < arm->labels.n; k++) {
            uint32_t tried = gen_case(g, loaded, arm->labels.at[k]);
            *vec_push(&starts, g->arena) = tried;
        }
    }
    gen_op(g, OP_DROP, 0, 0);
    gen_arm(g, decl, fallback, mode, target, member);
    for (uint32_t i = 0, label = 0; i < decl->arms.n; i++) {
        const struct sema_arm *arm = &decl->arms.at[i];
        if (arm->labels.n == 0) {
            continue;
        }
        *vec_push(&ends, g->arena) = gen_op(g, OP_JUMP, 0, 0);
        gen_land_cases(g, &starts.at[label], arm->labels.n);
        label += arm->labels.n;
        gen_arm(g, decl, arm, mode, target, member);
    }
    for (uint32_t i = 0; i < ends.n; i++) {
        gen_patch(g, ends.at[i], gen_here(g));
    }
}
