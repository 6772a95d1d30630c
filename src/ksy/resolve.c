#include "config.h"

#include "base/buf.h"
#include "ksy/spec.h"

/* Names gathered for a suggestion. */
#define SUGGEST_MAX 1000u

/* The class that names[1..n-1] lead to from one that names[0] was found to be. */
static struct ksy_class *go_down(struct ksy_class *class, const struct ksy_type_name *name,
                                 uint32_t n) {
    for (uint32_t i = 1; i < n && class; i++) {
        class = map_get(&class->types_by_id, name->names[i], NULL);
    }
    return class;
}

static struct ksy_class *find_top(const struct ksy_class *from, const char *id) {
    const struct ksy_spec *spec = from->spec;
    if (spec->top->id == id) {
        return spec->top;
    }
    struct ksy_class *imported = map_get(&spec->program->tops, id, spec);
    return imported ? imported : map_get(&spec->program->tops, id, NULL);
}

/* The class that the first n names stand for. */
static struct ksy_class *find_class(const struct ksy_class *from, const struct ksy_type_name *name,
                                    uint32_t n) {
    const struct ksy_class *at = name->absolute ? NULL : from;
    for (; at; at = at->up) {
        struct ksy_class *found = go_down(map_get(&at->types_by_id, name->names[0], NULL), name, n);
        if (found) {
            return found;
        }
    }
    return go_down(find_top(from, name->names[0]), name, n);
}

struct ksy_class *ksy_find_class(const struct ksy_class *from, const struct ksy_type_name *name) {
    return name->n > 0 ? find_class(from, name, name->n) : NULL;
}

struct ksy_enum *ksy_find_enum(const struct ksy_class *from, const struct ksy_type_name *name) {
    if (name->n == 0) {
        return NULL;
    }
    const char *last = name->names[name->n - 1];
    const struct ksy_class *at = name->absolute ? NULL : from;
    for (; at; at = at->up) {
        const struct ksy_class *class = at;
        if (name->n > 1) {
            class = go_down(map_get(&at->types_by_id, name->names[0], NULL), name, name->n - 1);
        }
        struct ksy_enum *found = class ? map_get(&class->enums_by_id, last, NULL) : NULL;
        if (found) {
            return found;
        }
    }
    if (name->n == 1) {
        return NULL;
    }
    const struct ksy_class *class = go_down(find_top(from, name->names[0]), name, name->n - 1);
    return class ? map_get(&class->enums_by_id, last, NULL) : NULL;
}

/* -- what is reported -- */

struct candidates {
    const char *at[SUGGEST_MAX];
    uint32_t n;
};

static void add(struct candidates *names, const char *name) {
    if (names->n < SUGGEST_MAX) {
        names->at[names->n++] = name;
    }
}

static void add_of_class(struct candidates *names, const struct ksy_class *class, bool enums) {
    for (uint32_t i = 0; i < (enums ? class->enums.n : class->types.n); i++) {
        add(names, enums ? class->enums.at[i]->id : class->types.at[i]->id);
    }
}

/* Suggests for the last name of a path: what lies in the class before it, or around. */
static void suggest(struct ksy_program *program, struct diag *diag, const struct ksy_class *from,
                    const struct ksy_type_name *name, bool enums) {
    if (!diag_may_suggest(program->diags, diag)) {
        return;
    }
    struct candidates *names = arena_alloc(program->arena, sizeof *names);
    if (name->n > 1) {
        const struct ksy_class *class = find_class(from, name, name->n - 1);
        if (class) {
            add_of_class(names, class, enums);
        }
    } else {
        for (const struct ksy_class *at = from; at; at = at->up) {
            add_of_class(names, at, enums);
        }
        for (uint32_t i = 0; i < program->specs.n && !enums; i++) {
            add(names, program->specs.at[i]->top->id);
        }
    }
    diag_suggest(program->diags, diag, name->names[name->n - 1], names->at, names->n);
}

void ksy_suggest_type(struct ksy_program *program, struct diag *diag, const struct ksy_class *from,
                      const struct ksy_type_name *name) {
    suggest(program, diag, from, name, false);
}

void ksy_suggest_enum(struct ksy_program *program, struct diag *diag, const struct ksy_class *from,
                      const struct ksy_type_name *name) {
    suggest(program, diag, from, name, true);
}

/* -- attributes -- */

static const struct ksy_type *struct_type(struct ksy_program *program,
                                          const struct ksy_class *class) {
    struct ksy_type type = {.kind = KSY_T_STRUCT, .class = class};
    return ksy_type_intern(program, &type);
}

/* The type of a field or instance, which may be one that is no part of any specification here. */
static const struct ksy_type *stored_type(struct ksy_program *program, const struct ksy_class *from,
                                          const struct ksy_type_name *name) {
    struct ksy_type type = {.kind = KSY_T_STR};
    bool plain = name->n == 1 && !name->absolute && !name->array;
    if (plain && (strcmp(name->names[0], "str") == 0 || strcmp(name->names[0], "strz") == 0 ||
                  ksy_built_in_type(name->names[0], &type))) {
        return ksy_type_intern(program, &type);
    }
    const struct ksy_class *class = name->array ? NULL : ksy_find_class(from, name);
    if (!class && plain && from->spec->opaque_types) {
        const struct ksy_spec *spec = ksy_find_spec(program, from->spec, name->names[0]);
        class = spec ? spec->top : NULL;
    }
    return class ? struct_type(program, class) : NULL;
}

static void report_type(struct ksy_program *program, const struct ksy_attr *attr,
                        const struct ksy_use *use) {
    struct diag *diag =
        yaml_report_part(program->diags, DIAG_UNKNOWN_TYPE, use->yaml, use->name.span,
                         "there is no type '%s'", ksy_type_name_text(program, &use->name));
    if (attr->in->spec->opaque_types) {
        diag_note(program->diags, diag, span_none(),
                  "looked for '%s.ksy' beside this file and in the schema folders",
                  use->name.names[0]);
    }
    ksy_suggest_type(program, diag, attr->in, &use->name);
}

static void resolve_use(struct ksy_program *program, const struct ksy_attr *attr,
                        struct ksy_use *use) {
    if (use->name.n > 0) {
        use->type = attr->kind == KSY_PARAM ? ksy_named_type(program, attr->in, &use->name)
                                            : stored_type(program, attr->in, &use->name);
        if (!use->type) {
            report_type(program, attr, use);
        }
    } else if (attr->kind == KSY_PARAM && !use->broken) {
        struct ksy_type bytes = {.kind = KSY_T_BYTES};
        use->type = ksy_type_intern(program, &bytes);
    }
}

static void resolve_attr(struct ksy_program *program, struct ksy_attr *attr) {
    resolve_use(program, attr, &attr->use);
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        resolve_use(program, attr, &attr->cases.at[i].use);
    }
    if (!attr->enum_yaml) {
        return;
    }
    attr->enumeration = attr->enum_name.array ? NULL : ksy_find_enum(attr->in, &attr->enum_name);
    if (!attr->enumeration) {
        struct diag *diag = yaml_report_part(program->diags, DIAG_UNKNOWN_TYPE, attr->enum_yaml,
                                             attr->enum_name.span, "there is no enum '%s'",
                                             ksy_type_name_text(program, &attr->enum_name));
        ksy_suggest_enum(program, diag, attr->in, &attr->enum_name);
    }
}

static void resolve_class(struct ksy_program *program, struct ksy_class *class) {
    for (uint32_t i = 0; i < class->params.n; i++) {
        resolve_attr(program, class->params.at[i]);
    }
    for (uint32_t i = 0; i < class->seq.n; i++) {
        resolve_attr(program, class->seq.at[i]);
    }
    for (uint32_t i = 0; i < class->instances.n; i++) {
        resolve_attr(program, class->instances.at[i]);
    }
    for (uint32_t i = 0; i < class->types.n; i++) {
        resolve_class(program, class->types.at[i]);
    }
}

void ksy_resolve_names(struct ksy_program *program) {
    /* opaque types bring further ones in */
    for (uint32_t i = 0; i < program->specs.n; i++) {
        resolve_class(program, program->specs.at[i]->top);
    }
}
