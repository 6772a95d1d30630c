#include "config.h"

#include "ksy/lower_internal.h"

#include <string.h>

/* Questions to expressions. Instances are looked into, each once: answers are remembered, so that instances that name each
 * other many times cost no more than they are long. */

/* Instances that are looked into from one to the next. */
#define INSTANCES_MAX 64u

/* -- numbers that are not negative ------------------------------------------------------------- */

/* What lower.naturals says of a value instance. */
static const char yes[1], no[1];

static bool is_natural(struct lower *low, const struct ksy_expr *expr, unsigned depth);

static bool is_stored_natural(const struct ksy_type *type) {
    return type && ((type->kind == KSY_T_INT && type->bytes > 0 && !type->is_signed) ||
                    type->kind == KSY_T_BITS);
}

static bool is_natural_method(const struct ksy_expr *expr) {
    static const char *const names[] = {"size", "length", "pos", "_sizeof"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(expr->name, names[i]) == 0) {
            return true;
        }
    }
    return expr->kid[0]->type && expr->kid[0]->type->kind == KSY_T_BOOL;
}

static bool is_natural_operator(struct lower *low, const struct ksy_expr *expr, unsigned depth) {
    bool right = is_natural(low, expr->kid[1], depth);
    if (expr->op == KSY_OP_MOD) {
        return right;
    }
    if (expr->op == KSY_OP_SUB || (!right && expr->op != KSY_OP_BITAND)) {
        return false;
    }
    bool left = is_natural(low, expr->kid[0], depth);
    return expr->op == KSY_OP_BITAND ? left || right : left;
}

/* Of the value of an instance. One that is asked for while it is being answered for is none. */
static bool is_natural_instance(struct lower *low, const struct ksy_attr *attr, unsigned depth) {
    const void *known = map_get(&low->naturals, attr, NULL);
    if (known || depth >= INSTANCES_MAX) {
        return known == yes;
    }
    map_put(&low->naturals, low->arena, attr, NULL, (void *)(uintptr_t)no);
    bool natural = is_natural(low, attr->value, depth + 1);
    map_put(&low->naturals, low->arena, attr, NULL, (void *)(uintptr_t)(natural ? yes : no));
    return natural;
}

static bool is_natural(struct lower *low, const struct ksy_expr *expr, unsigned depth) {
    switch (expr->kind) {
    case KSY_INT:
        return expr->integer >= 0;
    case KSY_SIZEOF:
    case KSY_BITSIZEOF:
        return true;
    case KSY_NAME:
        if (strcmp(expr->name, "_index") == 0 || strcmp(expr->name, "_sizeof") == 0) {
            return true;
        }
        break;
    case KSY_ATTRIBUTE:
    case KSY_CALL:
        if (!expr->attr && is_natural_method(expr)) {
            return true;
        }
        break;
    case KSY_COND:
        return is_natural(low, expr->kid[1], depth) && is_natural(low, expr->kid[2], depth);
    case KSY_BINARY:
        return is_natural_operator(low, expr, depth);
    case KSY_CAST:
        return is_natural(low, expr->kid[0], depth);
    case KSY_UNARY:
        return expr->op == KSY_OP_PLUS && is_natural(low, expr->kid[0], depth);
    case KSY_INDEX:
    case KSY_FLOAT:
    case KSY_STRING:
    case KSY_BOOL:
    case KSY_FSTRING:
    case KSY_ENUM:
    case KSY_LIST:
        break;
    }
    if (expr->attr && expr->attr->kind == KSY_VALUE_INSTANCE && expr->attr->value) {
        return is_natural_instance(low, expr->attr, depth);
    }
    return is_stored_natural(expr->type);
}

bool lower_is_natural(struct lower *low, const struct ksy_expr *expr) {
    return is_natural(low, expr, 0);
}

/* -- walks ------------------------------------------------------------------------------------- */

typedef bool ask_part(const struct ksy_expr *part, void *with);

/* Asks a question of all parts of an expression, until one says yes. */
static bool any_part(const struct ksy_expr *expr, ask_part *ask, void *with) {
    if (!expr) {
        return false;
    }
    if (ask(expr, with)) {
        return true;
    }
    for (int i = 0; i < 3; i++) {
        if (any_part(expr->kid[i], ask, with)) {
            return true;
        }
    }
    for (const struct ksy_expr *arg = expr->args; arg; arg = arg->next) {
        if (any_part(arg, ask, with)) {
            return true;
        }
    }
    return false;
}

/* Of each expression of a list linked by next. */
static bool any_of(const struct ksy_expr *list, ask_part *ask, void *with) {
    for (; list; list = list->next) {
        if (any_part(list, ask, with)) {
            return true;
        }
    }
    return false;
}

/* Of all expressions of an attribute. */
static bool any_of_attr(const struct ksy_attr *attr, ask_part *ask, void *with) {
    const struct ksy_expr *const single[] = {
        attr->switch_on, attr->size,      attr->repeat_expr, attr->condition,
        attr->parent,    attr->pos,       attr->io,          attr->value,
        attr->valid.eq,  attr->valid.min, attr->valid.max,   attr->valid.expr,
    };
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        if (any_part(single[i], ask, with)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        if (any_of(attr->cases.at[i].use.args, ask, with) ||
            any_part(attr->cases.at[i].key, ask, with)) {
            return true;
        }
    }
    return any_of(attr->use.args, ask, with) || any_of(attr->process_args, ask, with) ||
           any_of(attr->valid.any_of, ask, with);
}

static bool is_place(const struct ksy_expr *expr, void *with) {
    (void)with;
    return (expr->kind == KSY_ATTRIBUTE || expr->kind == KSY_CALL) && !expr->attr &&
           expr->kid[0]->type && expr->kid[0]->type->kind == KSY_T_IO &&
           (strcmp(expr->name, "pos") == 0 || strcmp(expr->name, "eof") == 0);
}

bool lower_asks_place(const struct ksy_expr *expr) {
    return any_part(expr, is_place, NULL);
}

/* -- instances that ask for the place in the stream -------------------------------------------- */

/* Looks into an instance that is named, unless it was before; those behind it come first. */
static bool take_instance(const struct ksy_expr *part, void *with) {
    struct lower_wanted *wanted = with;
    const struct ksy_attr *attr = part->attr;
    bool instance = attr && part->kind == KSY_NAME &&
                    (attr->kind == KSY_VALUE_INSTANCE || attr->kind == KSY_PARSE_INSTANCE);
    if (!instance || wanted->depth >= INSTANCES_MAX || map_get(&wanted->seen, attr, NULL)) {
        return false;
    }
    map_put(&wanted->seen, wanted->low->arena, attr, NULL, wanted);
    wanted->depth++;
    any_of_attr(attr, take_instance, wanted);
    wanted->depth--;
    if (lower_asks_place(attr->value) || lower_asks_place(attr->pos) ||
        (attr->kind == KSY_PARSE_INSTANCE && lower_asks_place(attr->size))) {
        *vec_push(&wanted->found, wanted->low->arena) = attr;
    }
    return false;
}

void lower_find_wanted(struct lower_wanted *wanted, const struct ksy_attr *attr) {
    wanted->found.n = 0;
    any_of_attr(attr, take_instance, wanted);
}
