#include "config.h"

#include "ksy/type.h"

#include "ksy/type_internal.h"

/* -- types ------------------------------------------------------------------------------------- */

static const struct ksy_type *intern(const struct typing *typing, struct ksy_type type) {
    return ksy_type_intern(typing->program, &type);
}

const struct ksy_type *type_struct(const struct typing *typing, const struct ksy_class *class) {
    return intern(typing, (struct ksy_type){.kind = KSY_T_STRUCT, .class = class});
}

const struct ksy_type *type_array(const struct typing *typing, const struct ksy_type *of) {
    return intern(typing, (struct ksy_type){.kind = KSY_T_ARRAY, .of = of});
}

bool type_is_int(const struct ksy_type *type) {
    return type->kind == KSY_T_INT || type->kind == KSY_T_BITS;
}

bool type_is_number(const struct ksy_type *type) {
    return type_is_int(type) || type->kind == KSY_T_FLOAT;
}

/* Whether values of the type may be of several kinds. */
static bool is_open(const struct ksy_type *type) {
    return type->kind == KSY_T_ANY || type->kind == KSY_T_SWITCH;
}

static const struct ksy_type *combine_same(const struct typing *typing, const struct ksy_type *a,
                                           const struct ksy_type *b) {
    switch (a->kind) {
    case KSY_T_BOOL:
        return typing->boolean;
    case KSY_T_STR:
    case KSY_T_BYTES:
    case KSY_T_IO:
    case KSY_T_ANY:
        return a;
    case KSY_T_STRUCT:
        return typing->any_struct;
    case KSY_T_ENUM:
        if (a->enumeration != b->enumeration) {
            return NULL;
        }
        return intern(typing, (struct ksy_type){.kind = KSY_T_ENUM,
                                                .enumeration = a->enumeration,
                                                .of = typing->integer});
    case KSY_T_ARRAY: {
        const struct ksy_type *of = type_combine(typing, a->of, b->of);
        return of ? type_array(typing, of) : NULL;
    }
    case KSY_T_INT:
    case KSY_T_BITS:
    case KSY_T_FLOAT:
    case KSY_T_SWITCH:
        return NULL;
    }
    return NULL;
}

const struct ksy_type *type_combine(const struct typing *typing, const struct ksy_type *a,
                                    const struct ksy_type *b) {
    if (a == b) {
        return a;
    }
    if (is_open(a) || is_open(b)) {
        return intern(typing, (struct ksy_type){.kind = KSY_T_ANY});
    }
    if (type_is_int(a) && type_is_int(b)) {
        bool bytes = a->kind == KSY_T_INT && b->kind == KSY_T_INT && a->bytes == 1 && b->bytes == 1;
        return bytes ? typing->byte : typing->integer;
    }
    if (type_is_number(a) && type_is_number(b)) {
        return typing->number;
    }
    return a->kind == b->kind ? combine_same(typing, a, b) : NULL;
}

const char *ksy_type_text(struct ksy_program *program, const struct ksy_type *type) {
    struct arena *arena = program->arena;
    const char *sign = type->is_signed ? "s" : "u";
    switch (type->kind) {
    case KSY_T_INT:
        return type->bytes > 0 ? arena_printf(arena, "int (%s%u)", sign, type->bytes) : "int";
    case KSY_T_BITS:
        return arena_printf(arena, "int (b%u)", type->bits);
    case KSY_T_FLOAT:
        return type->bytes > 0 ? arena_printf(arena, "float (f%u)", type->bytes) : "float";
    case KSY_T_BOOL:
        return "bool";
    case KSY_T_STR:
        return "str";
    case KSY_T_BYTES:
        return "bytes";
    case KSY_T_ENUM:
        return arena_printf(arena, "%s (enum)", type->enumeration->path);
    case KSY_T_STRUCT:
        return type->class ? type->class->path : "struct";
    case KSY_T_ARRAY:
        return arena_printf(arena, "%s[]", ksy_type_text(program, type->of));
    case KSY_T_IO:
        return "io";
    case KSY_T_SWITCH:
        return "any (of a switch)";
    case KSY_T_ANY:
        return "any";
    }
    return "";
}

/* -- reports ----------------------------------------------------------------------------------- */

struct diag *type_report(const struct typing *typing, enum diag_code code,
                         const struct ksy_expr *expr, struct span span, const char *format, ...) {
    if (typing->quiet) {
        return NULL;
    }
    va_list args;
    va_start(args, format);
    struct buf text = {0};
    buf_vprintf(&text, format, args);
    va_end(args);
    struct diag *diag =
        yaml_report_part(typing->program->diags, code, expr->yaml, span, "%s", buf_text(&text));
    buf_free(&text);
    return diag;
}

void type_suggest_attr(const struct typing *typing, struct diag *diag,
                       const struct ksy_class *class, const char *name) {
    struct diags *diags = typing->program->diags;
    if (!diag || !diag_may_suggest(diags, diag)) {
        return;
    }
    VEC(const char *) names = {0};
    struct arena *arena = typing->program->arena;
    for (uint32_t i = 0; i < class->params.n; i++) {
        *vec_push(&names, arena) = class->params.at[i]->id;
    }
    for (uint32_t i = 0; i < class->seq.n; i++) {
        *vec_push(&names, arena) = class->seq.at[i]->id;
    }
    for (uint32_t i = 0; i < class->instances.n; i++) {
        *vec_push(&names, arena) = class->instances.at[i]->id;
    }
    diag_suggest(diags, diag, name, names.at, names.n);
}

bool type_enter(struct typing *typing, uint32_t levels, const struct ksy_expr *expr) {
    if (typing->depth + levels > TYPE_DEPTH_MAX) {
        type_report(typing, DIAG_CHAIN, expr, expr->span,
                    "too long a chain of expressions that need each other");
        return false;
    }
    typing->depth += levels;
    return true;
}

/* -- attributes -------------------------------------------------------------------------------- */

struct ksy_attr *type_find_attr(const struct typing *typing, const struct ksy_class *class,
                                const char *id) {
    return map_get(&typing->members, class, id);
}

/* The type of what a use reads; NULL: it was reported. */
static const struct ksy_type *type_of_use(const struct typing *typing, const struct ksy_use *use) {
    return use->name.n > 0 || use->broken ? use->type : typing->bytes;
}

/* The common type of the cases, or a SWITCH of them. */
static const struct ksy_type *type_of_switch(const struct typing *typing,
                                             const struct ksy_attr *attr) {
    VEC(const struct ksy_type *) cases = {0};
    struct arena *arena = typing->program->arena;
    bool covers_all = false;
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        const struct ksy_type *type = type_of_use(typing, &attr->cases.at[i].use);
        if (!type) {
            return NULL;
        }
        covers_all = covers_all || !attr->cases.at[i].key;
        *vec_push(&cases, arena) = type;
    }
    if (!covers_all && (attr->size || attr->size_eos)) {
        *vec_push(&cases, arena) = typing->bytes;
    }
    const struct ksy_type *common = cases.n > 0 ? cases.at[0] : typing->bytes;
    for (uint32_t i = 1; common && i < cases.n; i++) {
        common = type_combine(typing, common, cases.at[i]);
    }
    if (common) {
        return common;
    }
    return intern(typing,
                  (struct ksy_type){.kind = KSY_T_SWITCH, .cases = cases.at, .n_cases = cases.n});
}

/* The type with the attribute's enum, if it has one; NULL where that is reported. */
static const struct ksy_type *with_enum(const struct typing *typing, const struct ksy_attr *attr,
                                        const struct ksy_type *type) {
    if (attr->enum_name.n == 0 || !type) {
        return type;
    }
    bool bit = type->kind == KSY_T_BOOL && type->bits == 1;
    if (!attr->enumeration || (!type_is_int(type) && !bit)) {
        return NULL;
    }
    return intern(typing, (struct ksy_type){
                              .kind = KSY_T_ENUM, .enumeration = attr->enumeration, .of = type});
}

/* Of one of its elements where it is repeated. */
static const struct ksy_type *type_of_element(struct typing *typing, struct ksy_attr *attr) {
    const struct ksy_type *type = NULL;
    switch (attr->kind) {
    case KSY_SEQ:
    case KSY_PARSE_INSTANCE:
    case KSY_PARAM:
        type = attr->switch_on || attr->cases.n > 0 ? type_of_switch(typing, attr)
                                                    : type_of_use(typing, &attr->use);
        break;
    case KSY_VALUE_INSTANCE:
        type = attr->value
                   ? type_expr(&(struct place){.typing = typing, .in = attr->in}, attr->value)
                   : NULL;
        break;
    }
    return with_enum(typing, attr, type);
}

const struct ksy_type *type_of_attr(struct typing *typing, struct ksy_attr *attr) {
    if (attr->typed || attr->typing) {
        return attr->type;
    }
    attr->typing = true;
    const struct ksy_type *type = type_of_element(typing, attr);
    if (type && attr->repeat != KSY_REPEAT_NONE) {
        type = type_array(typing, type);
    }
    attr->typing = false;
    attr->typed = true;
    attr->type = type;
    return type;
}

/* -- the program ------------------------------------------------------------------------------- */

static void add_members(struct typing *typing, const struct ksy_class *class,
                        struct ksy_attr *const *attrs, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (attrs[i]->id && !type_find_attr(typing, class, attrs[i]->id)) {
            map_put(&typing->members, typing->program->arena, class, attrs[i]->id, attrs[i]);
        }
    }
}

/* Types nest as YAML does, to YAML_DEPTH_MAX. */
static void add_class(struct typing *typing, struct ksy_class *class) {
    map_put(&typing->classes, typing->program->arena, class, NULL, class);
    add_members(typing, class, class->params.at, class->params.n);
    add_members(typing, class, class->seq.at, class->seq.n);
    add_members(typing, class, class->instances.at, class->instances.n);
    for (uint32_t i = 0; i < class->types.n; i++) {
        add_class(typing, class->types.at[i]);
    }
}

static struct typing begin(struct ksy_program *program) {
    struct typing typing = {.program = program};
    const struct typing *t = &typing;
    typing.integer = intern(t, (struct ksy_type){.kind = KSY_T_INT, .is_signed = true});
    typing.byte = intern(t, (struct ksy_type){.kind = KSY_T_INT, .bytes = 1});
    typing.small = intern(t, (struct ksy_type){.kind = KSY_T_INT, .bytes = 1, .is_signed = true});
    typing.number = intern(t, (struct ksy_type){.kind = KSY_T_FLOAT});
    typing.boolean = intern(t, (struct ksy_type){.kind = KSY_T_BOOL});
    typing.text = intern(t, (struct ksy_type){.kind = KSY_T_STR});
    typing.bytes = intern(t, (struct ksy_type){.kind = KSY_T_BYTES});
    typing.io = intern(t, (struct ksy_type){.kind = KSY_T_IO});
    typing.any_struct = type_struct(t, NULL);
    return typing;
}

void ksy_check_types(struct ksy_program *program) {
    struct typing typing = begin(program);
    for (uint32_t i = 0; i < program->specs.n; i++) {
        if (program->specs.at[i]->top) {
            add_class(&typing, program->specs.at[i]->top);
        }
    }
    type_parents(&typing);
    for (uint32_t i = 0; i < program->specs.n; i++) {
        if (program->specs.at[i]->top) {
            type_check_class(&typing, program->specs.at[i]->top);
        }
    }
    for (uint32_t i = 0; i < program->specs.n; i++) {
        if (program->specs.at[i]->top) {
            type_style(&typing, program->specs.at[i]->top);
        }
    }
}
