#include "config.h"

#include "ksy/lower_internal.h"

#include <string.h>

/* Questions to expressions. */

/* Instances that are looked into from one to the next. */
#define INSTANCES_MAX 32u

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

static bool is_natural_operator(const struct ksy_expr *expr, unsigned depth) {
    bool right = lower_is_natural(expr->kid[1], depth + 1);
    if (expr->op == KSY_OP_MOD) {
        return right;
    }
    if (expr->op == KSY_OP_SUB || (!right && expr->op != KSY_OP_BITAND)) {
        return false;
    }
    bool left = lower_is_natural(expr->kid[0], depth + 1);
    return expr->op == KSY_OP_BITAND ? left || right : left;
}

bool lower_is_natural(const struct ksy_expr *expr, unsigned depth) {
    if (depth > INSTANCES_MAX) {
        return false;
    }
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
        return lower_is_natural(expr->kid[1], depth + 1) &&
               lower_is_natural(expr->kid[2], depth + 1);
    case KSY_BINARY:
        return is_natural_operator(expr, depth);
    case KSY_CAST:
        return lower_is_natural(expr->kid[0], depth + 1);
    case KSY_UNARY:
        return expr->op == KSY_OP_PLUS && lower_is_natural(expr->kid[0], depth + 1);
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
        return lower_is_natural(expr->attr->value, depth + 1);
    }
    return is_stored_natural(expr->type);
}

/* -- walks ------------------------------------------------------------------------------------- */

/* Asks a question of all parts of an expression, until one says yes. */
static bool any_part(const struct ksy_expr *expr,
                     bool (*ask)(const struct ksy_expr *expr, void *with), void *with) {
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

static bool is_place(const struct ksy_expr *expr, void *with) {
    (void)with;
    return (expr->kind == KSY_ATTRIBUTE || expr->kind == KSY_CALL) && !expr->attr &&
           expr->kid[0]->type && expr->kid[0]->type->kind == KSY_T_IO &&
           (strcmp(expr->name, "pos") == 0 || strcmp(expr->name, "eof") == 0);
}

bool lower_asks_place(const struct ksy_attr *attr) {
    return any_part(attr->value, is_place, NULL) || any_part(attr->pos, is_place, NULL) ||
           (attr->kind == KSY_PARSE_INSTANCE && any_part(attr->size, is_place, NULL));
}

/* -- what needs what --------------------------------------------------------------------------- */

struct need {
    struct lower *low;
    const struct ksy_attr *wanted;
    struct map seen;
    unsigned depth;
};

static bool attr_needs(struct need *need, const struct ksy_attr *attr);

static bool part_needs(const struct ksy_expr *expr, void *with) {
    struct need *need = with;
    const struct ksy_attr *attr = expr->attr;
    if (!attr || expr->kind != KSY_NAME) {
        return false;
    }
    if (attr == need->wanted) {
        return true;
    }
    bool instance = attr->kind == KSY_VALUE_INSTANCE || attr->kind == KSY_PARSE_INSTANCE;
    if (!instance || need->depth > INSTANCES_MAX || map_get(&need->seen, attr, NULL)) {
        return false;
    }
    map_put(&need->seen, need->low->arena, attr, NULL, need);
    need->depth++;
    bool found = attr_needs(need, attr);
    need->depth--;
    return found;
}

static bool use_needs(struct need *need, const struct ksy_use *use) {
    for (const struct ksy_expr *arg = use->args; arg; arg = arg->next) {
        if (any_part(arg, part_needs, need)) {
            return true;
        }
    }
    return false;
}

static bool attr_needs(struct need *need, const struct ksy_attr *attr) {
    const struct ksy_expr *const parts[] = {
        attr->switch_on, attr->size,      attr->repeat_expr, attr->condition, attr->process_args,
        attr->parent,    attr->pos,       attr->io,          attr->value,     attr->valid.eq,
        attr->valid.min, attr->valid.max, attr->valid.expr,
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (any_part(parts[i], part_needs, need)) {
            return true;
        }
    }
    for (const struct ksy_expr *one = attr->valid.any_of; one; one = one->next) {
        if (any_part(one, part_needs, need)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        if (use_needs(need, &attr->cases.at[i].use)) {
            return true;
        }
    }
    return use_needs(need, &attr->use);
}

bool lower_needs(struct lower *low, const struct ksy_attr *attr, const struct ksy_attr *wanted) {
    struct need need = {.low = low, .wanted = wanted};
    return attr_needs(&need, attr);
}
