#include "config.h"

#include "ksy/lower.h"

#include <string.h>
#include <strings.h>

#include "ksy/charset.h"
#include "ksy/lower_internal.h"

/* -- names ------------------------------------------------------------------------------------- */

struct lower_class *lower_class_of(const struct lower *low, const struct ksy_class *class) {
    return map_get(&low->classes, class, NULL);
}

struct lower_enum *lower_enum_of(const struct lower *low, const struct ksy_enum *enumeration) {
    return map_get(&low->enums, enumeration, NULL);
}

/* Structs and enums share one name space; a path that is taken (an enum called like a type beside it, a second file of
 * one id) gets a number. */
static const char *new_name(struct lower *low, const char *path) {
    const char *name = intern_text(low->intern, path);
    for (unsigned n = 2; map_get(&low->taken, name, NULL); n++) {
        name = intern_text(low->intern, arena_printf(low->arena, "%s_%u", path, n));
    }
    map_put(&low->taken, low->arena, name, NULL, low);
    return name;
}

static void enter_class(struct lower *low, const struct ksy_class *class) {
    struct lower_class *entry = arena_alloc(low->arena, sizeof *entry);
    entry->class = class;
    entry->name = new_name(low, class->path);
    map_put(&low->classes, low->arena, class, NULL, entry);
    *vec_push(&low->all, low->arena) = entry;
    for (uint32_t i = 0; i < class->types.n; i++) {
        enter_class(low, class->types.at[i]);
    }
}

static void enter_enums(struct lower *low, const struct ksy_class *class) {
    for (uint32_t i = 0; i < class->enums.n; i++) {
        struct lower_enum *entry = arena_alloc(low->arena, sizeof *entry);
        entry->name = new_name(low, class->enums.at[i]->path);
        map_put(&low->enums, low->arena, class->enums.at[i], NULL, entry);
    }
}

/* -- what all attributes say together ---------------------------------------------------------- */

static void note_use(struct lower *low, const struct ksy_attr *attr, const struct ksy_use *use) {
    const struct ksy_class *class =
        use->type && use->type->kind == KSY_T_STRUCT ? use->type->class : NULL;
    if (!class) {
        return;
    }
    struct lower_class *entry = lower_class_of(low, class);
    if (attr->parent_kind != KSY_PARENT_DEFAULT) {
        entry->takes_parent = true;
    }
    if (!class->up && class->spec == attr->in->spec) {
        entry->recursive_root = true;
    }
}

static void note_library(struct lower *low, const struct ksy_attr *attr) {
    if (attr->process != KSY_PROCESS_CUSTOM) {
        return;
    }
    const char *dot = strrchr(attr->process_name, '.');
    const char *name = intern_text(low->intern, dot ? dot + 1 : attr->process_name);
    if (!map_get(&low->libraries, name, NULL)) {
        map_put(&low->libraries, low->arena, name, NULL, low);
        struct ast *import = lower_node(low, AST_IMPORT, attr->yaml->span, NULL, NULL, NULL);
        import->text = bytes_text(name);
        ast_append(&low->items, import);
    }
}

static void note_attr(struct lower *low, const struct ksy_attr *attr) {
    note_use(low, attr, &attr->use);
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        note_use(low, attr, &attr->cases.at[i].use);
    }
    note_library(low, attr);
    lower_note_enum(low, attr);
}

static void note_class(struct lower *low, const struct ksy_class *class) {
    for (uint32_t i = 0; i < class->params.n; i++) {
        note_attr(low, class->params.at[i]);
    }
    for (uint32_t i = 0; i < class->seq.n; i++) {
        note_attr(low, class->seq.at[i]);
    }
    for (uint32_t i = 0; i < class->instances.n; i++) {
        note_attr(low, class->instances.at[i]);
    }
}

/* -- what can be in the file ------------------------------------------------------------------- */

struct todo {
    VEC(struct lower_class *) at;
};

static void use_class(struct lower *low, const struct ksy_use *use, struct todo *todo) {
    const struct ksy_class *class =
        use->type && use->type->kind == KSY_T_STRUCT ? use->type->class : NULL;
    struct lower_class *entry = class ? lower_class_of(low, class) : NULL;
    if (entry && !entry->used) {
        entry->used = true;
        *vec_push(&todo->at, low->arena) = entry;
    }
}

static void use_attr(struct lower *low, const struct ksy_attr *attr, struct todo *todo) {
    use_class(low, &attr->use, todo);
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        use_class(low, &attr->cases.at[i].use, todo);
    }
}

/* Marks the classes that the top one leads to. */
static void find_used(struct lower *low, const struct ksy_class *top) {
    struct todo todo = {0};
    lower_class_of(low, top)->used = true;
    *vec_push(&todo.at, low->arena) = lower_class_of(low, top);
    while (todo.at.n > 0) {
        const struct ksy_class *class = todo.at.at[--todo.at.n]->class;
        for (uint32_t i = 0; i < class->seq.n; i++) {
            use_attr(low, class->seq.at[i], &todo);
        }
        for (uint32_t i = 0; i < class->instances.n; i++) {
            use_attr(low, class->instances.at[i], &todo);
        }
        for (uint32_t i = 0; i < class->params.n; i++) {
            use_attr(low, class->params.at[i], &todo);
        }
    }
}

/* The byte order that most classes say. Where the data chooses one the file says none: it would count more. */
static enum ksy_endian_kind common_endian(const struct lower *low) {
    uint32_t n[KSY_ENDIAN_SWITCH + 1] = {0};
    for (uint32_t i = 0; i < low->all.n; i++) {
        n[low->all.at[i]->class->endian]++;
    }
    return n[KSY_ENDIAN_SWITCH]                                           ? KSY_ENDIAN_INHERIT
           : n[KSY_ENDIAN_LE] > 0 && n[KSY_ENDIAN_LE] >= n[KSY_ENDIAN_BE] ? KSY_ENDIAN_LE
           : n[KSY_ENDIAN_BE] > 0                                         ? KSY_ENDIAN_BE
                                                                          : KSY_ENDIAN_INHERIT;
}

/* -- the file ---------------------------------------------------------------------------------- */

static bool has_bits(const struct ksy_type *type) {
    return type && type->bits > 0;
}

static bool any_bits(const struct lower *low) {
    for (uint32_t i = 0; i < low->all.n; i++) {
        const struct ksy_class *class = low->all.at[i]->class;
        for (uint32_t k = 0; k < class->seq.n; k++) {
            const struct ksy_attr *attr = class->seq.at[k];
            bool bits = has_bits(attr->use.type);
            for (uint32_t c = 0; c < attr->cases.n; c++) {
                bits = bits || has_bits(attr->cases.at[c].use.type);
            }
            if (bits) {
                return true;
            }
        }
    }
    return false;
}

static void add_word(struct lower *low, enum ast_kind kind, struct span span, const char *word) {
    struct ast *name = lower_named(low, AST_NAME, span, word, NULL);
    ast_append(&low->items, lower_node(low, kind, span, name, NULL, NULL));
}

static void add_header(struct lower *low, const struct ksy_spec *spec) {
    const struct ksy_class *top = spec->top;
    struct span span = top->yaml->span;
    struct ast *schema = lower_named(low, AST_SCHEMA, span, lower_class_of(low, top)->name, NULL);
    schema->text = bytes_text(spec->title ? spec->title : "");
    ast_append(&low->items, schema);
    struct ast_list patterns = {0};
    for (uint32_t i = 0; i < spec->extensions.n; i++) {
        const char *pattern = arena_printf(low->arena, "*.%s", spec->extensions.at[i]);
        ast_append(&patterns, lower_text(low, span, bytes_text(pattern)));
    }
    if (patterns.first) {
        ast_append(&low->items, lower_node(low, AST_FILES, span, patterns.first, NULL, NULL));
    }
}

/* Byte order, bit order and encoding, where the whole file may say them. */
static void add_orders(struct lower *low, const struct ksy_class *top) {
    struct span span = top->yaml->span;
    low->endian = common_endian(low);
    if (low->endian != KSY_ENDIAN_INHERIT) {
        add_word(low, AST_ENDIAN, span, low->endian == KSY_ENDIAN_BE ? "big" : "little");
    }
    if (any_bits(low)) {
        low->bit_order = top->bit_order == KSY_ORDER_LE ? KSY_ORDER_LE : KSY_ORDER_BE;
        add_word(low, AST_BITORDER, span, low->bit_order == KSY_ORDER_LE ? "lsb" : "msb");
    }
    if (top->encoding && strcasecmp(top->encoding, "UTF-8") != 0 &&
        ksy_charset_is_known(top->encoding)) {
        low->encoding = top->encoding;
        struct ast *name = lower_text(low, span, bytes_text(top->encoding));
        ast_append(&low->items, lower_node(low, AST_ENCODING, span, name, NULL, NULL));
    }
}

/* A file that begins with what a field must be is told by it. */
static void add_detect(struct lower *low, const struct ksy_class *top) {
    const struct ksy_attr *first = top->seq.n > 0 ? top->seq.at[0] : NULL;
    bool told = first && first->has_contents && !first->condition &&
                first->repeat == KSY_REPEAT_NONE && first->contents.len > 0;
    if (told) {
        struct span span = first->yaml->span;
        struct ast *at =
            lower_node(low, AST_DETECT_AT, span, lower_bytes(low, span, first->contents),
                       lower_int(low, span, 0), NULL);
        ast_append(&low->items, lower_node(low, AST_DETECT, span, at, NULL, NULL));
    }
}

struct ast *ksy_lower(struct ksy_program *program) {
    struct lower low = {.program = program, .arena = program->arena, .intern = program->intern};
    const struct ksy_spec *main = program->specs.at[0];
    for (uint32_t i = 0; i < program->specs.n; i++) {
        enter_class(&low, program->specs.at[i]->top);
    }
    for (uint32_t i = 0; i < low.all.n; i++) {
        enter_enums(&low, low.all.at[i]->class);
    }
    add_header(&low, main);
    for (uint32_t i = 0; i < low.all.n; i++) {
        note_class(&low, low.all.at[i]->class);
    }
    find_used(&low, main->top);
    lower_align_classes(&low);
    add_detect(&low, main->top);
    add_orders(&low, main->top);
    for (uint32_t i = 0; i < low.all.n; i++) {
        const struct ksy_class *class = low.all.at[i]->class;
        for (uint32_t k = 0; k < class->enums.n; k++) {
            ast_append(&low.items, lower_enumeration(&low, class->enums.at[k]));
        }
        if (low.all.at[i]->used || class->spec == main) {
            ast_append(&low.items, lower_struct(&low, class));
        }
    }
    struct ast *file =
        lower_node(&low, AST_FILE, main->top->yaml->span, low.items.first, NULL, NULL);
    file->flag = true;
    return file;
}
