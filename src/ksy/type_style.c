/* Kaitai's advice on names: what is only the size of one attribute is called after it, and so is its number of elements. */
#include "config.h"

#include "ksy/type_internal.h"

/* What the attribute is that an expression consists of alone, if nothing else names it. */
static const struct ksy_attr *only_use(const struct ksy_attr *attr, const struct ksy_expr *expr) {
    const struct ksy_attr *named = expr && expr->kind == KSY_NAME ? expr->attr : NULL;
    return named && named->uses == 1 && named->in == attr->in ? named : NULL;
}

static void advise(const struct typing *typing, const struct ksy_attr *attr,
                   const struct ksy_expr *expr, const char *prefix, const char *what) {
    const struct ksy_attr *named = only_use(attr, expr);
    if (!named || !attr->id) {
        return;
    }
    const char *good = arena_printf(typing->program->arena, "%s_%s", prefix, attr->id);
    if (strcmp(good, named->id) == 0) {
        return;
    }
    const struct yaml *id = yaml_get(named->yaml, "id");
    yaml_report(typing->program->diags, DIAG_KSY_STYLE, id ? id : named->yaml, !id,
                "'%s' would be a better name than '%s': it is only used as the %s of '%s'", good,
                named->id, what, attr->id);
}

static void advise_all(const struct typing *typing, struct ksy_attr *const *attrs, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        const struct ksy_attr *attr = attrs[i];
        advise(typing, attr, attr->size, "len", "size");
        if (attr->repeat == KSY_REPEAT_EXPR) {
            advise(typing, attr, attr->repeat_expr, "num", "number");
        }
    }
}

void type_style(const struct typing *typing, const struct ksy_class *class) {
    advise_all(typing, class->seq.at, class->seq.n);
    advise_all(typing, class->instances.at, class->instances.n);
    for (uint32_t i = 0; i < class->types.n; i++) {
        type_style(typing, class->types.at[i]);
    }
}
