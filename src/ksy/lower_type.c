#include "config.h"

#include "ksy/lower_internal.h"

#include <strings.h>

#include "ksy/charset.h"

/* Types: stored numbers, structs with their arguments, and what a switch chooses between. */

static const char *order_suffix(enum ksy_order order) {
    switch (order) {
    case KSY_ORDER_NONE:
        return "";
    case KSY_ORDER_LE:
        return "le";
    case KSY_ORDER_BE:
        return "be";
    }
    return "";
}

const char *lower_integer_name(struct lower *low, const struct ksy_type *type) {
    if (!type) {
        return NULL;
    }
    unsigned bytes = type->kind == KSY_T_INT    ? (type->bytes ? type->bytes : 8)
                     : type->kind == KSY_T_BITS ? (type->bits + 7u) / 8
                     : type->kind == KSY_T_BOOL ? 1
                                                : 0;
    if (bytes == 0) {
        return NULL;
    }
    const char *suffix = type->kind == KSY_T_INT && bytes > 1 ? order_suffix(type->order) : "";
    return arena_printf(low->arena, "%sint%u%s",
                        type->kind == KSY_T_INT && type->is_signed ? "" : "u", 8 * bytes, suffix);
}

/* An enum, where it is not stored as it is declared with its integer type: kind(uint16le). */
static struct ast *enum_type(struct lower *low, const struct ksy_type *type,
                             const struct ksy_enum *enumeration, struct span span) {
    const struct lower_enum *entry = lower_enum_of(low, enumeration);
    const char *integer = lower_integer_name(low, type);
    struct ast *node = lower_type_name(low, span, entry->name);
    if (integer && (!entry->base || intern_text(low->intern, integer) != entry->base)) {
        node->flag = true;
        node->kid[0] = lower_named(low, AST_NAME, span, integer, NULL);
    }
    return node;
}

struct ast *lower_type(struct lower *low, const struct ksy_type *type,
                       const struct ksy_enum *enumeration, struct span span) {
    if (!type) {
        return NULL;
    }
    if (enumeration) {
        return enum_type(low, type, enumeration, span);
    }
    switch (type->kind) {
    case KSY_T_INT:
    case KSY_T_BITS:
        return lower_type_name(low, span, lower_integer_name(low, type));
    case KSY_T_FLOAT:
        return lower_type_name(low, span,
                               arena_printf(low->arena, "%s%s",
                                            type->bytes == 4 ? "float" : "double",
                                            order_suffix(type->order)));
    case KSY_T_BOOL:
        return lower_type_name(low, span, "bool");
    case KSY_T_STR:
        return lower_type_name(low, span, "string");
    case KSY_T_ENUM:
        return enum_type(low, type->of, type->enumeration, span);
    case KSY_T_STRUCT:
        return type->class ? lower_type_name(low, span, lower_class_of(low, type->class)->name)
                           : NULL;
    case KSY_T_BYTES:
    case KSY_T_ARRAY:
    case KSY_T_IO:
    case KSY_T_SWITCH:
    case KSY_T_ANY:
        break;
    }
    return NULL;
}

/* -- the shape of a value ---------------------------------------------------------------------- */

static void struct_shape(const struct lower_scope *scope, const struct ksy_attr *attr,
                         const struct ksy_use *use, struct lower_shape *shape) {
    struct lower *low = scope->low;
    const struct ksy_class *class = use->type->class;
    struct span span = use->yaml ? use->yaml->span : attr->yaml->span;
    struct ast_list args = {0};
    shape->type = lower_type_name(low, span, class ? lower_class_of(low, class)->name : "byte");
    if (class && lower_class_of(low, class)->takes_parent) {
        ast_append(&args, attr->parent_kind == KSY_PARENT_EXPR   ? lower_expr(scope, attr->parent)
                          : attr->parent_kind == KSY_PARENT_NONE ? lower_bool(low, span, false)
                                                                 : lower_self(scope, span));
    }
    for (const struct ksy_expr *arg = use->args; arg; arg = arg->next) {
        ast_append(&args, lower_expr(scope, arg));
    }
    shape->type->kid[0] = args.first;
    shape->type->flag = args.first != NULL;
    lower_extent(scope, attr, use, shape);
}

struct ast *lower_encoding(struct lower *low, struct span span, const char *name) {
    struct ast *text = lower_text(low, span, bytes_text(name));
    return ksy_charset_is_known(name) ? text : lower_call(low, span, "concat", text, NULL, NULL);
}

static void add_encoding(const struct lower_scope *scope, const struct ksy_attr *attr,
                         struct lower_shape *shape) {
    struct lower *low = scope->low;
    const char *file = low->encoding ? low->encoding : "UTF-8";
    if (attr->encoding && strcasecmp(attr->encoding, file) != 0) {
        struct ast *name = lower_encoding(low, attr->yaml->span, attr->encoding);
        ast_append(&shape->common, lower_clause(low, AST_C_ENCODING, name));
    }
}

void lower_shape_of(const struct lower_scope *scope, const struct ksy_attr *attr,
                    const struct ksy_use *use, struct lower_shape *shape) {
    struct lower *low = scope->low;
    const struct ksy_type *type = use->type;
    struct span span = use->yaml ? use->yaml->span : attr->yaml->span;
    *shape = (struct lower_shape){0};
    if (type && type->kind == KSY_T_STRUCT) {
        struct_shape(scope, attr, use, shape);
        return;
    }
    bool text = type && type->kind == KSY_T_STR;
    bool run = !type || text || type->kind == KSY_T_BYTES;
    if (run) {
        shape->type = lower_type_name(low, span, text ? "string" : "byte");
        lower_extent(scope, attr, use, shape);
        if (text) {
            add_encoding(scope, attr, shape);
        }
        return;
    }
    shape->type = lower_type(low, type, attr->enumeration, span);
    if (type->bits > 0 && (type->kind == KSY_T_BITS || type->kind == KSY_T_BOOL)) {
        if (type->kind == KSY_T_BOOL && !attr->enumeration) {
            shape->type = lower_type_name(low, span, "bool");
        }
        ast_append(&shape->common, lower_clause(low, AST_C_BITS, lower_int(low, span, type->bits)));
    }
}

/* -- switches ---------------------------------------------------------------------------------- */

/* Whether a key is a constant that a label may be. */
static bool is_label(const struct ksy_expr *key) {
    switch (key->kind) {
    case KSY_INT:
    case KSY_STRING:
    case KSY_BOOL:
    case KSY_ENUM:
        return true;
    case KSY_UNARY:
        return key->op != KSY_OP_NOT && key->kid[0]->kind == KSY_INT;
    case KSY_LIST:
        return key->type && key->type->kind == KSY_T_BYTES;
    case KSY_FLOAT:
    case KSY_FSTRING:
    case KSY_NAME:
    case KSY_BINARY:
    case KSY_COND:
    case KSY_ATTRIBUTE:
    case KSY_CALL:
    case KSY_INDEX:
    case KSY_CAST:
    case KSY_SIZEOF:
    case KSY_BITSIZEOF:
        break;
    }
    return false;
}

static bool all_labels(const struct ksy_attr *attr) {
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        if (attr->cases.at[i].key && !is_label(attr->cases.at[i].key)) {
            return false;
        }
    }
    return true;
}

/* The number of the first case whose key is what the switch is on: on == a ? 0 : on == b ? 1 : -1. */
static struct ast *number_of_case(const struct lower_scope *scope, const struct ksy_attr *attr) {
    struct lower *low = scope->low;
    struct span span = attr->switch_on->span;
    struct ast *number = lower_unary(low, AST_OP_NEG, span, lower_int(low, span, 1));
    for (uint32_t i = attr->cases.n; i-- > 0;) {
        const struct ksy_expr *key = attr->cases.at[i].key;
        if (key) {
            struct ast *equal =
                lower_binary(low, AST_OP_EQ, key->span, lower_expr(scope, attr->switch_on),
                             lower_expr_of_bytes(scope, key));
            number = lower_node(low, AST_COND, span, equal, lower_int(low, span, i), number);
        }
    }
    return number;
}

/* A switch whose keys are no constants compares one after the other; each is an operator within the next. */
#define KEYS_MAX 256u

static bool report_many(struct lower *low, const struct ksy_attr *attr) {
    if (attr->cases.n <= KEYS_MAX) {
        return false;
    }
    diag_report(low->program->diags, DIAG_CHAIN, attr->switch_on->span,
                "a switch with cases that are no constants has at most %u", KEYS_MAX);
    return true;
}

/* Whether all cases take the bytes that a size says, so that it is said once, and some are structs. */
static bool shares_size(const struct ksy_attr *attr) {
    bool structs = false;
    if (!(attr->size || attr->size_eos) || attr->terminator >= 0 || attr->pad_right >= 0 ||
        attr->process != KSY_PROCESS_NONE) {
        return false;
    }
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        const struct ksy_type *type = attr->cases.at[i].use.type;
        bool is_struct = type && type->kind == KSY_T_STRUCT;
        if (type && !is_struct && type->kind != KSY_T_STR && type->kind != KSY_T_BYTES) {
            return false;
        }
        structs = structs || is_struct;
    }
    return structs;
}

/* What an arm decodes: a field without a name, which has all clauses itself. */
static struct ast *lower_arm_field(const struct lower_scope *scope, const struct ksy_attr *attr,
                                   const struct ksy_use *use) {
    struct lower_shape shape;
    lower_shape_of(scope, attr, use, &shape);
    struct span span = use->yaml ? use->yaml->span : attr->yaml->span;
    struct ast_list clauses = shape.common;
    lower_append_all(&clauses, shape.clauses);
    return lower_node(scope->low, AST_FIELD, span, shape.type, shape.dims.first, clauses.first);
}

static struct ast_list lower_arms(const struct lower_scope *scope, const struct ksy_attr *attr,
                                  bool labels, bool fallback) {
    struct lower *low = scope->low;
    struct span span = attr->switch_on->span;
    struct ast_list arms = {0};
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        const struct ksy_case *one = &attr->cases.at[i];
        struct ast *label = !one->key ? NULL
                            : labels  ? lower_expr_of_bytes(scope, one->key)
                                      : lower_int(low, one->key->span, i);
        fallback = fallback && one->key;
        struct span at = one->key ? one->key->span : span;
        ast_append(&arms, lower_node(low, AST_ARM, at, label,
                                     lower_arm_field(scope, attr, &one->use), NULL));
    }
    if (fallback) { /* bytes of no known kind */
        struct ksy_use bytes = {0};
        ast_append(&arms, lower_node(low, AST_ARM, span, NULL, lower_arm_field(scope, attr, &bytes),
                                     NULL));
    }
    return arms;
}

void lower_switch(const struct lower_scope *scope, const struct ksy_attr *attr,
                  struct lower_shape *shape) {
    struct lower *low = scope->low;
    struct span span = attr->switch_on->span;
    bool labels = all_labels(attr);
    struct ksy_attr inner = *attr;
    if (shares_size(attr)) {
        struct ast *size = attr->size ? lower_expr(scope, attr->size)
                                      : lower_call(low, span, "sizeof",
                                                   lower_dollar(low, span, "$rest"), NULL, NULL);
        ast_append(&shape->clauses, lower_clause(low, AST_C_SIZED, size));
        ast_append(&shape->clauses, lower_clause(low, AST_C_ISOLATED, NULL));
        inner.size = NULL;
        inner.size_eos = false;
        inner.eos_error = false; /* text may end with the bytes */
    }
    struct ast *on = labels || report_many(low, attr) ? lower_expr(scope, attr->switch_on)
                                                      : number_of_case(scope, attr);
    struct ast_list arms = lower_arms(scope, &inner, labels, lower_is_apart(attr));
    shape->type = lower_node(low, AST_TYPE_SWITCH, span, on, arms.first, NULL);
}
