#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "code/gen_internal.h"

/* Programs that tell which places of the schema were met: the instructions MET and OVER, and the list of spots. */

const char *spot_kind_text(enum spot_kind kind) {
    switch (kind) {
    case SPOT_YES:
        return "if";
    case SPOT_NO:
        return "else";
    case SPOT_PRESENT:
        return "present";
    case SPOT_ABSENT:
        return "absent";
    case SPOT_ARM:
        return "case";
    case SPOT_DEFAULT:
        return "default";
    case SPOT_NO_ARM:
        return "no case";
    }
    return "";
}

static struct bytes constant(const struct gen *g, uint32_t id) {
    return g->program->data.at[id];
}

static struct bytes text_of(struct gen *g, const char *text) {
    return constant(g, gen_text(g, text));
}

/* The spot for what `of` is; a declaration that several fields lead to has one for all of them. */
static uint32_t spot_of(struct gen *g, enum spot_kind kind, const void *of) {
    static const char kinds[SPOT_NO_ARM + 1];
    struct spots *spots = g->request->spots;
    uintptr_t known = (uintptr_t)map_get(&spots->known, of, &kinds[kind]);
    if (!known) {
        *vec_push(&spots->at, g->arena) =
            (struct spot){.kind = kind, .owner = PROGRAM_NONE, .span = span_none()};
        known = spots->at.n;
        map_put(&spots->known, g->arena, of, &kinds[kind], (void *)known);
    }
    return (uint32_t)known - 1;
}

void gen_met_side(struct gen *g, const struct sema_member *m, bool yes) {
    if (!g->request->spots) {
        return;
    }
    uint32_t at = spot_of(g, yes ? SPOT_YES : SPOT_NO, m);
    struct spot *spot = &g->request->spots->at.at[at];
    spot->owner = m->owner->id;
    spot->span = m->expr->span;
    spot->text = constant(g, gen_formula(g, m->expr));
    gen_op(g, OP_MET, at, 0);
}

void gen_met_field(struct gen *g, const struct sema_decl *decl, bool present) {
    if (!g->request->spots) {
        return;
    }
    uint32_t at = spot_of(g, present ? SPOT_PRESENT : SPOT_ABSENT, decl);
    struct spot *spot = &g->request->spots->at.at[at];
    spot->owner = decl->owner ? decl->owner->id : PROGRAM_NONE;
    spot->span = decl->span;
    spot->name = text_of(g, decl->name ? decl->name : "");
    spot->text = constant(g, gen_formula(g, decl->when));
    gen_op(g, OP_MET, at, 0);
}

static struct bytes labels_text(struct gen *g, const struct sema_arm *arm) {
    struct buf text = {0};
    for (uint32_t i = 0; i < arm->labels.n; i++) {
        struct bytes label = constant(g, gen_formula(g, arm->labels.at[i]));
        buf_puts(&text, i > 0 ? ", " : "");
        buf_put(&text, label.at, label.len);
    }
    struct bytes all = constant(g, gen_data(g, buf_bytes(&text)));
    buf_free(&text);
    return all;
}

void gen_met_arm(struct gen *g, const struct sema_decl *decl, const struct sema_arm *arm) {
    if (!g->request->spots) {
        return;
    }
    bool own = arm && arm->labels.n > 0;
    enum spot_kind kind = own ? SPOT_ARM : arm ? SPOT_DEFAULT : SPOT_NO_ARM;
    uint32_t at = spot_of(g, kind, own ? (const void *)arm : decl);
    struct spot *spot = &g->request->spots->at.at[at];
    const struct sema_decl *named = decl;
    while (!named->name && named->arm_of) {
        named = named->arm_of;
    }
    spot->owner = decl->owner ? decl->owner->id : PROGRAM_NONE;
    spot->span = arm ? arm->span : decl->selector->span;
    spot->name = text_of(g, named->name ? named->name : "");
    spot->text = own ? labels_text(g, arm) : constant(g, gen_formula(g, decl->selector));
    gen_op(g, OP_MET, at, 0);
}

void gen_over(struct gen *g, bool ends) {
    if (g->request->spots) {
        gen_op(g, OP_OVER, ends, 0);
    }
}

void gen_enum_spans(struct gen *g, const struct sema_enum *names, uint32_t id) {
    struct spots *spots = g->request->spots;
    const struct program_enum *e = &g->program->enums.at[id];
    if (!spots) {
        return;
    }
    *vec_push(&spots->enums, g->arena) = names->ast ? names->ast->span : span_none();
    for (uint32_t i = 0; i < e->count; i++) {
        struct bytes name = g->program->data.at[g->program->items.at[e->first + i].name];
        uintptr_t at = (uintptr_t)map_get(&names->by_name, name.at, NULL);
        *vec_push(&spots->items, g->arena) = at ? names->items.at[at - 1].span : span_none();
    }
}

/* Whether values of the declaration, or of an arm of it, are read from bytes that are given. */
static bool reads_from(const struct sema_decl *decl, unsigned depth) {
    if (decl->from && !gen_takes_rest(decl->from)) {
        return true;
    }
    const struct sema_type *type = decl->type;
    bool yes =
        type->kind == SEMA_ALIAS && depth < SEMA_ALIAS_MAX && reads_from(type->alias, depth + 1);
    for (uint32_t i = 0; i < decl->arms.n && depth < SEMA_ALIAS_MAX && !yes; i++) {
        yes = decl->arms.at[i].decl && reads_from(decl->arms.at[i].decl, depth + 1);
    }
    return yes;
}

/* The field that a struct written in place is the type of. */
static const char *field_of(const struct sema_struct *s) {
    for (const struct sema_decl *d = s->uses; d; d = d->arm_of) {
        if (d->name) {
            return d->name;
        }
    }
    return NULL;
}

static struct bytes struct_name(struct gen *g, const struct sema_struct *s) {
    struct buf text = {0};
    const struct sema_struct *way[16];
    uint32_t n = 0;
    for (; s && n < 16; s = s->name ? NULL : s->lexical) {
        way[n++] = s;
    }
    while (n-- > 0) {
        const char *name = way[n]->name ? way[n]->name : field_of(way[n]);
        buf_printf(&text, "%s%s", text.len ? "." : "", name ? name : "struct");
    }
    struct bytes all = constant(g, gen_data(g, buf_bytes(&text)));
    buf_free(&text);
    return all;
}

void gen_spots(struct gen *g) {
    struct spots *spots = g->request->spots;
    const struct sema *sema = g->request->sema;
    if (!spots) {
        return;
    }
    spots->structs = arena_array(g->arena, sema->structs.n + 1, sizeof *spots->structs);
    spots->views = arena_array(g->arena, g->program->members.n + 1, sizeof *spots->views);
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        const struct sema_struct *s = sema->structs.at[i];
        spots->structs[s->id] = (struct spot_struct){
            .name = struct_name(g, s), .span = s->span, .is_union = s->is_union};
        for (uint32_t k = 0; k < s->flat.n; k++) {
            const struct sema_member *m = s->flat.at[k];
            spots->views[m->id] = m->kind == SEMA_M_FIELD && reads_from(m->decl, 0);
        }
    }
}
