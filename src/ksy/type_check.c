/* What each key wants of its expression, and a type of its arguments. */
#include "config.h"

#include "ksy/type_internal.h"

static const char *text_of(const struct typing *typing, const struct ksy_type *type) {
    return ksy_type_text(typing->program, type);
}

/* Reports an expression that is not of the kind that the key wants; kind is "int" and so on. */
static void report_kind(const struct typing *typing, const struct ksy_expr *expr,
                        const char *kind) {
    type_report(typing, DIAG_TYPE_MISMATCH, expr, expr->span, "%s is wanted, got %s", kind,
                text_of(typing, expr->type));
}

static void check_int(const struct place *place, struct ksy_expr *expr) {
    const struct ksy_type *type = expr ? type_expr(place, expr) : NULL;
    if (type && !type_is_int(type)) {
        report_kind(place->typing, expr, "int");
    }
}

static void check_kind(const struct place *place, struct ksy_expr *expr, enum ksy_type_kind kind,
                       const char *name) {
    const struct ksy_type *type = expr ? type_expr(place, expr) : NULL;
    if (type && type->kind != kind) {
        report_kind(place->typing, expr, name);
    }
}

/* -- types with arguments ---------------------------------------------------------------------- */

/* Whether a parameter takes a value. */
static bool takes(const struct ksy_type *param, const struct ksy_type *value) {
    if (param->kind == KSY_T_ANY) {
        return true;
    }
    if (type_is_int(param)) {
        return type_is_int(value);
    }
    if (param->kind != value->kind) {
        return false;
    }
    switch (param->kind) {
    case KSY_T_STRUCT:
        return !param->class || param->class == value->class;
    case KSY_T_ENUM:
        return param->enumeration == value->enumeration;
    case KSY_T_ARRAY:
        return takes(param->of, value->of);
    case KSY_T_INT:
    case KSY_T_BITS:
    case KSY_T_FLOAT:
    case KSY_T_BOOL:
    case KSY_T_STR:
    case KSY_T_BYTES:
    case KSY_T_IO:
    case KSY_T_SWITCH:
    case KSY_T_ANY:
        break;
    }
    return true;
}

static void check_argument(const struct place *place, struct ksy_expr *arg,
                           struct ksy_attr *param) {
    const struct ksy_type *type = type_expr(place, arg);
    const struct ksy_type *wanted = param ? type_of_attr(place->typing, param) : NULL;
    if (type && wanted && !takes(wanted, type)) {
        type_report(place->typing, DIAG_TYPE_MISMATCH, arg, arg->span,
                    "the parameter '%s' is %s, it takes no %s", param->id,
                    text_of(place->typing, wanted), text_of(place->typing, type));
    }
}

static void check_arguments(const struct place *place, const struct ksy_use *use) {
    const struct ksy_class *class =
        use->type && use->type->kind == KSY_T_STRUCT ? use->type->class : NULL;
    uint32_t wanted = class ? class->params.n : 0;
    uint32_t n = 0;
    for (struct ksy_expr *arg = use->args; arg; arg = arg->next) {
        check_argument(place, arg, n < wanted ? class->params.at[n] : NULL);
        n++;
    }
    if (use->type && n != wanted && use->yaml) {
        yaml_report(place->typing->program->diags, DIAG_ARGUMENTS, use->yaml, false,
                    "%s has %u parameter%s, %u argument%s given", text_of(place->typing, use->type),
                    wanted, wanted == 1 ? "" : "s", n, n == 1 ? " is" : "s are");
    }
}

static bool has_endian(const struct ksy_class *class) {
    while (class && class->endian == KSY_ENDIAN_INHERIT) {
        class = class->up;
    }
    return class != NULL;
}

static void check_use(const struct place *place, const struct ksy_attr *attr,
                      const struct ksy_use *use) {
    check_arguments(place, use);
    if (!use->type || !use->yaml) {
        return;
    }
    struct diags *diags = place->typing->program->diags;
    bool number = use->type->kind == KSY_T_INT || use->type->kind == KSY_T_FLOAT;
    if (number && use->type->bytes > 1 && use->type->order == KSY_ORDER_NONE &&
        !has_endian(attr->in)) {
        yaml_report(diags, DIAG_NO_ENDIAN, use->yaml, false,
                    "'%s' has no byte order: it is %sle or %sbe, or meta/endian says it",
                    use->name.names[0], use->name.names[0], use->name.names[0]);
    }
    if (use->type->kind == KSY_T_STR && !attr->encoding) {
        yaml_report(diags, DIAG_UNKNOWN_ENCODING, attr->yaml, false,
                    "text without an encoding: it has none, nor does a meta around it");
    }
}

/* -- parts of attributes ----------------------------------------------------------------------- */

static void check_switch(const struct place *place, struct ksy_attr *attr) {
    const struct ksy_type *on = attr->switch_on ? type_expr(place, attr->switch_on) : NULL;
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        struct ksy_case *one = &attr->cases.at[i];
        const struct ksy_type *key = one->key ? type_expr(place, one->key) : NULL;
        const char *problem =
            on && key ? type_compare_problem(place->typing, KSY_OP_EQ, on, key) : NULL;
        if (problem) {
            type_report(place->typing, DIAG_TYPE_MISMATCH, one->key, one->key->span, "%s", problem);
        }
        check_use(place, attr, &one->use);
    }
}

/* A value that an element is compared with; the element's type may be unknown. */
static void check_compared(const struct place *place, const struct ksy_type *element,
                           enum ksy_op op, struct ksy_expr *expr) {
    const struct ksy_type *type = expr ? type_expr(place, expr) : NULL;
    const char *problem =
        type && element ? type_compare_problem(place->typing, op, element, type) : NULL;
    if (problem) {
        type_report(place->typing, DIAG_TYPE_MISMATCH, expr, expr->span, "%s", problem);
    }
}

/* "_" is known in an expression only. */
static void check_valid(const struct place *place, const struct ksy_valid *valid) {
    struct place plain = *place;
    plain.element = NULL;
    plain.element_unknown = false;
    check_compared(&plain, place->element, KSY_OP_EQ, valid->eq);
    check_compared(&plain, place->element, KSY_OP_GE, valid->min);
    check_compared(&plain, place->element, KSY_OP_LE, valid->max);
    for (struct ksy_expr *item = valid->any_of; item; item = item->next) {
        check_compared(&plain, place->element, KSY_OP_EQ, item);
    }
    check_kind(place, valid->expr, KSY_T_BOOL, "bool");
}

static void check_process(const struct place *place, const struct ksy_attr *attr) {
    for (struct ksy_expr *arg = attr->process_args; arg; arg = arg->next) {
        const struct ksy_type *type = type_expr(place, arg);
        bool key = attr->process == KSY_PROCESS_XOR && type && type->kind == KSY_T_BYTES;
        bool built_in = attr->process != KSY_PROCESS_CUSTOM;
        if (type && built_in && !key && !type_is_int(type)) {
            report_kind(place->typing, arg,
                        attr->process == KSY_PROCESS_XOR ? "int or bytes" : "int");
        }
    }
}

/* An enum on what is no integer, which type_of_attr knows nothing of. */
static void check_enum(struct typing *typing, const struct ksy_attr *attr) {
    const struct ksy_type *type = attr->kind == KSY_VALUE_INSTANCE
                                      ? (attr->value ? attr->value->type : NULL)
                                      : attr->use.type;
    bool raw = attr->kind != KSY_VALUE_INSTANCE && attr->use.name.n == 0 && attr->cases.n == 0;
    type = raw ? typing->bytes : type;
    bool integer = type && (type_is_int(type) || (type->kind == KSY_T_BOOL && type->bits == 1));
    if (attr->enum_name.n > 0 && attr->enum_yaml && type && !integer) {
        yaml_report(typing->program->diags, DIAG_TYPE_MISMATCH, attr->enum_yaml, false,
                    "an enum is for integers, this is %s", text_of(typing, type));
    }
}

static void check_repeat(const struct place *outside, const struct place *inside,
                         struct ksy_attr *attr) {
    switch (attr->repeat) {
    case KSY_REPEAT_NONE:
    case KSY_REPEAT_EOS:
        break;
    case KSY_REPEAT_EXPR:
        check_int(outside, attr->repeat_expr);
        break;
    case KSY_REPEAT_UNTIL:
        check_kind(inside, attr->repeat_expr, KSY_T_BOOL, "bool");
        break;
    }
}

static const struct ksy_type *element_of(const struct ksy_attr *attr) {
    bool array = attr->type && attr->repeat != KSY_REPEAT_NONE;
    return array ? attr->type->of : attr->type;
}

static void check_attr(struct typing *typing, struct ksy_attr *attr) {
    const struct place outside = {.typing = typing, .in = attr->in};
    struct place inside = outside;
    inside.indexed = attr->repeat != KSY_REPEAT_NONE;
    type_of_attr(typing, attr);
    check_enum(typing, attr);
    check_kind(&outside, attr->condition, KSY_T_BOOL, "bool");
    check_int(&outside, attr->pos);
    check_kind(&outside, attr->io, KSY_T_IO, "io");
    check_int(&inside, attr->size);
    if (attr->parent_kind == KSY_PARENT_EXPR) {
        check_kind(&inside, attr->parent, KSY_T_STRUCT, "a struct");
    }
    if (attr->kind != KSY_PARAM) {
        check_use(&inside, attr, &attr->use);
    }
    check_switch(&inside, attr);
    check_process(&inside, attr);
    inside.element = element_of(attr);
    inside.element_unknown = !inside.element;
    check_repeat(&outside, &inside, attr);
    check_valid(&inside, &attr->valid);
}

/* -- classes ----------------------------------------------------------------------------------- */

static void check_endian(const struct place *place, struct ksy_class *class) {
    const struct ksy_type *on = class->endian_on ? type_expr(place, class->endian_on) : NULL;
    for (uint32_t i = 0; i < class->endian_cases.n; i++) {
        struct ksy_expr *key = class->endian_cases.at[i].key;
        const struct ksy_type *type = key ? type_expr(place, key) : NULL;
        const char *problem =
            on && type ? type_compare_problem(place->typing, KSY_OP_EQ, on, type) : NULL;
        if (problem) {
            type_report(place->typing, DIAG_TYPE_MISMATCH, key, key->span, "%s", problem);
        }
    }
}

void type_check_class(struct typing *typing, struct ksy_class *class) {
    const struct place place = {.typing = typing, .in = class};
    check_endian(&place, class);
    for (uint32_t i = 0; i < class->params.n; i++) {
        check_attr(typing, class->params.at[i]);
    }
    for (uint32_t i = 0; i < class->seq.n; i++) {
        check_attr(typing, class->seq.at[i]);
    }
    for (uint32_t i = 0; i < class->instances.n; i++) {
        check_attr(typing, class->instances.at[i]);
    }
    check_kind(&place, class->to_string, KSY_T_STR, "str");
    for (uint32_t i = 0; i < class->types.n; i++) {
        type_check_class(typing, class->types.at[i]);
    }
}
