#include "config.h"

#include "sema/internal.h"

struct sema_vtype sema_vtype_simple(enum sema_vkind kind) {
    return (struct sema_vtype){.kind = kind};
}

/* What a declaration's value is when `level` of its dimensions have been indexed. */
struct sema_vtype sema_vtype_of(struct sema_decl *decl, uint32_t level) {
    while (level >= decl->dims.n && decl->type->kind == SEMA_ALIAS) {
        decl = decl->type->alias;
        level = 0;
    }
    struct sema_vtype v = {.decl = decl, .level = level};
    if (level < decl->dims.n) {
        v.kind = SEMA_V_ARRAY;
        return v;
    }
    const struct sema_type *type = decl->type;
    v.names = type->names;
    v.as = sema_form_of(decl);
    switch (type->kind) {
    case SEMA_UINT:
    case SEMA_INT:
    case SEMA_ULEB:
    case SEMA_SLEB:
    case SEMA_VLQ:
    case SEMA_ZIGZAG:
    case SEMA_BCD:
        v.kind = SEMA_V_INT;
        break;
    case SEMA_BOOL:
        v.kind = SEMA_V_BOOL;
        break;
    case SEMA_FLOAT:
    case SEMA_BFLOAT:
        v.kind = SEMA_V_FLOAT;
        break;
    case SEMA_BYTE:
        v.kind = SEMA_V_BYTES;
        break;
    case SEMA_CHAR:
    case SEMA_STRING:
    case SEMA_CSTRING:
        v.kind = SEMA_V_TEXT;
        break;
    case SEMA_STRUCT:
        v.kind = SEMA_V_STRUCT;
        v.of = type->of;
        break;
    case SEMA_SWITCH:
        v.kind = SEMA_V_SWITCH;
        break;
    case SEMA_ALIAS:
    case SEMA_BAD:
        v.kind = SEMA_V_ANY;
        break;
    }
    return v;
}

struct sema_vtype sema_vtype_element(const struct sema_vtype *v) {
    if (v->kind == SEMA_V_ARRAY) {
        return sema_vtype_of(v->decl, v->level + 1);
    }
    if (v->kind == SEMA_V_TEXT || v->kind == SEMA_V_BYTES) {
        return sema_vtype_simple(SEMA_V_INT);
    }
    bool many = v->kind == SEMA_V_LIST || v->kind == SEMA_V_ANY; /* what a parameter is given as */
    return many && v->elem ? *v->elem : sema_vtype_simple(SEMA_V_ANY);
}

bool sema_vtype_is(const struct sema_vtype *vtype, enum sema_vkind kind) {
    return vtype->kind == kind || vtype->kind == SEMA_V_ANY || vtype->kind == SEMA_V_SWITCH ||
           vtype->kind == SEMA_V_NOTHING;
}

/* Whether the elements of two lists are of one type. */
static bool are_alike(const struct sema_vtype *a, const struct sema_vtype *b) {
    while (a && b && a != b) {
        bool decl = a->kind == SEMA_V_ARRAY || a->kind == SEMA_V_SWITCH;
        if (a->kind != b->kind || a->names != b->names || a->as != b->as || a->of != b->of ||
            (decl && (a->decl != b->decl || a->level != b->level))) {
            return false;
        }
        a = a->elem;
        b = b->elem;
    }
    return a == b;
}

struct sema_vtype sema_vtype_join(const struct sema_vtype *a, const struct sema_vtype *b) {
    if (a->kind == SEMA_V_NOTHING) {
        return *b;
    }
    if (b->kind == SEMA_V_NOTHING) {
        return *a;
    }
    if (a->kind == b->kind && a->of == b->of &&
        (a->kind != SEMA_V_ARRAY || (a->decl == b->decl && a->level == b->level)) &&
        a->kind != SEMA_V_SWITCH) {
        struct sema_vtype v = *a;
        v.names = a->names == b->names ? a->names : NULL;
        v.as = a->as == b->as ? a->as : NULL;
        if (!are_alike(a->elem, b->elem)) {
            v.elem = NULL;
        }
        return v;
    }
    if (a->kind == SEMA_V_SWITCH && b->kind == SEMA_V_SWITCH && a->decl == b->decl) {
        return *a;
    }
    return sema_vtype_simple(SEMA_V_ANY);
}

const char *sema_vtype_text(struct sema *sema, const struct sema_vtype *vtype) {
    switch (vtype->kind) {
    case SEMA_V_ANY:
        return "a value";
    case SEMA_V_BOOL:
        return "a bool";
    case SEMA_V_INT:
        return vtype->names
                   ? arena_printf(sema->arena, "%s '%s'", vtype->names->flags ? "flags" : "an enum",
                                  vtype->names->name)
                   : "a number";
    case SEMA_V_FLOAT:
        return "a floating-point number";
    case SEMA_V_TEXT:
        return "a text";
    case SEMA_V_BYTES:
        return "bytes";
    case SEMA_V_STRUCT:
        return vtype->of->name ? arena_printf(sema->arena, "struct '%s'", vtype->of->name)
                               : "a struct";
    case SEMA_V_ARRAY:
        return "an array";
    case SEMA_V_SWITCH:
        return "a choice";
    case SEMA_V_LIST:
        return "a list";
    case SEMA_V_NOTHING:
        return "nothing";
    }
    return "a value";
}
