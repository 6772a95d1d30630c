/* What _parent stands for in each class: the struct around, where all uses of the class agree.
 *
 * A class that is used from another .ksy file gets no parent by that. */
#include "config.h"

#include "ksy/type_internal.h"

/* Rounds of looking what the keys "parent" say, each of which may depend on others. */
#define ROUNDS_MAX 16

/* What one round does. */
struct round {
    struct typing *typing;
    enum ksy_parent kind; /* the attributes it looks at */
    bool changed;
};

static void add_parent(struct round *round, const struct ksy_class *parent,
                       struct ksy_class *child) {
    if (!child->up || child->spec != parent->spec || child->any_parent || child->parent == parent) {
        return;
    }
    child->any_parent = child->parent != NULL;
    child->parent = child->any_parent ? NULL : parent;
    round->changed = true;
}

/* The struct that the attribute's values get as their parent; NULL: none, or not known. */
static const struct ksy_class *parent_of(struct round *round, const struct ksy_attr *attr) {
    switch (attr->parent_kind) {
    case KSY_PARENT_DEFAULT:
        return attr->in;
    case KSY_PARENT_NONE:
        return NULL;
    case KSY_PARENT_EXPR:
        break;
    }
    if (!attr->parent) {
        return NULL;
    }
    const struct place place = {
        .typing = round->typing, .in = attr->in, .indexed = attr->repeat != KSY_REPEAT_NONE};
    const struct ksy_type *type = type_expr(&place, attr->parent);
    return type && type->kind == KSY_T_STRUCT ? type->class : NULL;
}

static void add_use(struct round *round, const struct ksy_use *use,
                    const struct ksy_class *parent) {
    if (!use->type || use->type->kind != KSY_T_STRUCT || !use->type->class) {
        return;
    }
    struct ksy_class *child = map_get(&round->typing->classes, use->type->class, NULL);
    child->used = true;
    if (parent) {
        add_parent(round, parent, child);
    }
}

static void add_attr(struct round *round, const struct ksy_attr *attr) {
    if (attr->parent_kind != round->kind) {
        return;
    }
    const struct ksy_class *parent = parent_of(round, attr);
    add_use(round, &attr->use, parent);
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        add_use(round, &attr->cases.at[i].use, parent);
    }
}

static void forget(struct ksy_attr *const *attrs, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        attrs[i]->typed = false;
        attrs[i]->type = NULL;
    }
}

/* Types nest as YAML does, to YAML_DEPTH_MAX. */
static void add_class(struct round *round, const struct ksy_class *class) {
    for (uint32_t i = 0; i < class->seq.n; i++) {
        add_attr(round, class->seq.at[i]);
    }
    for (uint32_t i = 0; i < class->instances.n; i++) {
        add_attr(round, class->instances.at[i]);
    }
    for (uint32_t i = 0; i < class->types.n; i++) {
        add_class(round, class->types.at[i]);
    }
}

/* Forgets what was found out while parents were not final. */
static void forget_class(const struct ksy_class *class) {
    forget(class->params.at, class->params.n);
    forget(class->seq.at, class->seq.n);
    forget(class->instances.at, class->instances.n);
    for (uint32_t i = 0; i < class->types.n; i++) {
        forget_class(class->types.at[i]);
    }
}

static struct round run(struct typing *typing, enum ksy_parent kind) {
    struct round round = {.typing = typing, .kind = kind};
    for (uint32_t i = 0; i < typing->program->specs.n; i++) {
        if (typing->program->specs.at[i]->top) {
            add_class(&round, typing->program->specs.at[i]->top);
        }
    }
    return round;
}

void type_parents(struct typing *typing) {
    run(typing, KSY_PARENT_DEFAULT);
    run(typing, KSY_PARENT_NONE);
    typing->quiet = true;
    bool again = true;
    for (unsigned i = 0; again && i < ROUNDS_MAX; i++) {
        again = run(typing, KSY_PARENT_EXPR).changed;
        for (uint32_t k = 0; k < typing->program->specs.n; k++) {
            if (typing->program->specs.at[k]->top) {
                forget_class(typing->program->specs.at[k]->top);
            }
        }
    }
    typing->quiet = false;
}
