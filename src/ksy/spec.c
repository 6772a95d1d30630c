#include "config.h"

#include "ksy/spec.h"

#include "ksy/keys.h"

static void read_class(struct keys_reader *reader, struct ksy_class *class);

static void add_attr(struct ksy_class *class, struct ksy_attr *attr, struct arena *arena) {
    switch (attr->kind) {
    case KSY_PARAM:
        attr->index = class->params.n;
        *vec_push(&class->params, arena) = attr;
        return;
    case KSY_SEQ:
        attr->index = class->seq.n;
        *vec_push(&class->seq, arena) = attr;
        return;
    case KSY_PARSE_INSTANCE:
    case KSY_VALUE_INSTANCE:
        attr->index = class->instances.n;
        *vec_push(&class->instances, arena) = attr;
        return;
    }
}

static void read_attrs(struct keys_reader *reader, const struct yaml *value,
                       enum ksy_attr_kind kind, struct ksy_class *class) {
    for (const struct yaml *node = value->first; node; node = node->next) {
        if (node->key && node->key[0] == '-') {
            continue;
        }
        struct ksy_attr *attr = spec_read_attr(reader, node, kind);
        if (attr) {
            add_attr(class, attr, reader->program->arena);
        }
    }
}

static void read_params(struct keys_reader *reader, const struct yaml *value, void *object,
                        void *member) {
    (void)member;
    if (!keys_want_sequence(reader, value)) {
        return;
    }
    if (value->n > KSY_PARAMS_MAX) {
        yaml_report(reader->program->diags, DIAG_ARGUMENTS, value, true,
                    "too many parameters: at most %u", KSY_PARAMS_MAX);
        return;
    }
    read_attrs(reader, value, KSY_PARAM, object);
}

static void read_seq(struct keys_reader *reader, const struct yaml *value, void *object,
                     void *member) {
    (void)member;
    if (keys_want_sequence(reader, value)) {
        read_attrs(reader, value, KSY_SEQ, object);
    }
}

static void read_instances(struct keys_reader *reader, const struct yaml *value, void *object,
                           void *member) {
    (void)member;
    if (keys_want_map(reader, value)) {
        read_attrs(reader, value, KSY_PARSE_INSTANCE, object);
    }
}

static void read_types(struct keys_reader *reader, const struct yaml *value, void *object,
                       void *member) {
    struct ksy_class *up = object;
    (void)member;
    if (!keys_want_map(reader, value)) {
        return;
    }
    for (const struct yaml *node = value->first; node; node = node->next) {
        if (node->key[0] == '-') {
            continue;
        }
        const char *id = keys_want_key_name(reader, node, "the name of a type");
        if (!id) {
            continue;
        }
        struct ksy_class *class = arena_alloc(reader->program->arena, sizeof *class);
        class->id = id;
        class->spec = reader->spec;
        class->up = up;
        class->yaml = node;
        *vec_push(&up->types, reader->program->arena) = class;
        map_put(&up->types_by_id, reader->program->arena, id, NULL, class);
        read_class(reader, class);
    }
}

static const struct keys_row class_rows[] = {
#define CLASS_KEY(name, where, reader, member)                                                     \
    {name, where, reader, offsetof(struct ksy_class, member)},
#include "ksy/key.def"
#undef CLASS_KEY
};
static const struct keys_table class_keys = {class_rows, sizeof class_rows / sizeof *class_rows,
                                             "a type"};

/* Where the name of a field, an instance or a parameter was written. */
static const struct yaml *name_of(const struct ksy_attr *attr) {
    const struct yaml *id = attr->yaml->key ? NULL : yaml_get(attr->yaml, "id");
    return id ? id : attr->yaml;
}

static void check_names(struct keys_reader *reader, const struct ksy_class *class,
                        struct map *names, struct ksy_attr *const *attrs, uint32_t n) {
    struct diags *diags = reader->program->diags;
    for (uint32_t i = 0; i < n; i++) {
        struct ksy_attr *attr = attrs[i];
        if (!attr->id) {
            continue;
        }
        const struct ksy_attr *before = map_get(names, attr->id, class);
        if (!before) {
            map_put(names, reader->program->arena, attr->id, class, attr);
            continue;
        }
        const struct yaml *name = name_of(attr);
        const struct yaml *other = name_of(before);
        struct diag *diag = yaml_report(diags, DIAG_DUPLICATE, name, name == attr->yaml,
                                        "there is a '%s' already", attr->id);
        diag_note(diags, diag, other == before->yaml ? other->key_span : other->span,
                  "the first one is here");
    }
}

/* The class's id and what it lies in are known, and where it stands, which may be no map. */
static void read_class(struct keys_reader *reader, struct ksy_class *class) {
    struct ksy_program *program = reader->program;
    struct ksy_class *around = reader->class;
    struct map names = {0};
    reader->class = class;
    if (keys_want_map(reader, class->yaml)) {
        const struct yaml *meta = yaml_get(class->yaml, "meta");
        if (meta && keys_want_map(reader, meta)) {
            spec_read_meta(reader, meta);
        }
        class->path = class->up ? arena_printf(program->arena, "%s::%s", class->up->path, class->id)
                                : class->id;
        class->path = intern_text(program->intern, class->path);
        keys_read(reader, class->yaml, &class_keys, 1, class);
        check_names(reader, class, &names, class->params.at, class->params.n);
        check_names(reader, class, &names, class->seq.at, class->seq.n);
        check_names(reader, class, &names, class->instances.at, class->instances.n);
    }
    reader->class = around;
}

/* "dir/png.ksy" -> "png" */
static const char *stem(struct ksy_program *program, const char *path) {
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    const char *dot = strchr(base, '.');
    return intern_add(program->intern, base, dot ? (size_t)(dot - base) : strlen(base));
}

static void check_id(struct keys_reader *reader, const struct yaml *root) {
    const struct yaml *meta = yaml_get(root, "meta");
    if (root->kind == YAML_MAP && !yaml_get(meta, "id") && (!meta || meta->kind == YAML_MAP)) {
        yaml_report(reader->program->diags, DIAG_KSY_KEY, meta ? meta : root, true,
                    "a specification needs a name: meta/id");
    }
}

void ksy_read_spec(struct ksy_program *program, struct ksy_spec *spec) {
    struct keys_reader reader = {.program = program, .spec = spec};
    struct ksy_class *top = arena_alloc(program->arena, sizeof *top);
    spec->top = top;
    top->spec = spec;
    top->yaml = spec->root;
    top->id = stem(program, spec->path);
    top->path = top->id;
    check_id(&reader, spec->root);
    read_class(&reader, top);
}
