/* Sizes that are the same in all files: for sizeof, bitsizeof and _sizeof. */
#include "config.h"

#include "ksy/type_internal.h"

/* What is known of a class. */
struct class_bits {
    bool busy; /* being found: the class lies in itself */
    bool fixed;
    int128 bits;
};

static bool constant(struct typing *typing, const struct ksy_class *in, const struct ksy_expr *expr,
                     int128 *out);

static bool constant_binary(struct typing *typing, const struct ksy_class *in,
                            const struct ksy_expr *expr, int128 *out) {
    int128 a;
    int128 b;
    if (!constant(typing, in, expr->kid[0], &a) || !constant(typing, in, expr->kid[1], &b)) {
        return false;
    }
    switch ((int)expr->op) {
    case KSY_OP_ADD:
        return int128_add(a, b, out);
    case KSY_OP_SUB:
        return int128_sub(a, b, out);
    case KSY_OP_MUL:
        return int128_mul(a, b, out);
    case KSY_OP_SHL:
        return int128_shl(a, b, out);
    case KSY_OP_SHR:
        return int128_shr(a, b, out);
    case KSY_OP_DIV:
        return int128_floor_div(a, b, out);
    case KSY_OP_MOD:
        return int128_floor_mod(a, b, out);
    default:
        return false;
    }
}

/* The value of an expression of numbers only. */
static bool constant(struct typing *typing, const struct ksy_class *in, const struct ksy_expr *expr,
                     int128 *out) {
    int128 value;
    const struct ksy_type *named;
    switch (expr->kind) {
    case KSY_INT:
        *out = expr->integer;
        return true;
    case KSY_UNARY:
        return expr->op == KSY_OP_NEG && constant(typing, in, expr->kid[0], &value) &&
               int128_sub(0, value, out);
    case KSY_BINARY:
        return constant_binary(typing, in, expr, out);
    case KSY_SIZEOF:
    case KSY_BITSIZEOF:
        named = ksy_named_type(typing->program, in, &expr->type_name);
        if (!named || !type_bits(typing, named, &value)) {
            return false;
        }
        *out = expr->kind == KSY_BITSIZEOF ? value : (value + 7) / 8;
        return true;
    case KSY_FLOAT:
    case KSY_STRING:
    case KSY_BOOL:
    case KSY_FSTRING:
    case KSY_NAME:
    case KSY_ENUM:
    case KSY_LIST:
    case KSY_COND:
    case KSY_ATTRIBUTE:
    case KSY_CALL:
    case KSY_INDEX:
    case KSY_CAST:
        return false;
    }
    return false;
}

bool type_bits(struct typing *typing, const struct ksy_type *type, int128 *bits) {
    switch (type->kind) {
    case KSY_T_INT:
    case KSY_T_FLOAT:
        *bits = (int128)type->bytes * 8;
        return type->bytes > 0;
    case KSY_T_BITS:
    case KSY_T_BOOL:
        *bits = type->bits;
        return type->bits > 0;
    case KSY_T_ENUM:
        return type_bits(typing, type->of, bits);
    case KSY_T_STRUCT:
        return type->class && type_class_bits(typing, type->class, bits);
    case KSY_T_STR:
    case KSY_T_BYTES:
    case KSY_T_ARRAY:
    case KSY_T_IO:
    case KSY_T_SWITCH:
    case KSY_T_ANY:
        return false;
    }
    return false;
}

static bool element_bits(struct typing *typing, const struct ksy_attr *attr, int128 *bits) {
    if (attr->has_contents) {
        *bits = (int128)attr->contents.len * 8;
        return true;
    }
    if (attr->size) {
        int128 size;
        return constant(typing, attr->in, attr->size, &size) && size >= 0 &&
               int128_mul(size, 8, bits);
    }
    bool open = attr->size_eos || attr->terminator >= 0 || attr->switch_on;
    return !open && attr->use.type && type_bits(typing, attr->use.type, bits);
}

bool type_attr_bits(struct typing *typing, const struct ksy_attr *attr, int128 *bits) {
    int128 count;
    int128 one;
    switch (attr->kind) {
    case KSY_PARAM:
    case KSY_VALUE_INSTANCE:
        return attr->type && type_bits(typing, attr->type, bits);
    case KSY_SEQ:
    case KSY_PARSE_INSTANCE:
        break;
    }
    switch (attr->repeat) {
    case KSY_REPEAT_NONE:
        return element_bits(typing, attr, bits);
    case KSY_REPEAT_EXPR:
        return attr->repeat_expr && constant(typing, attr->in, attr->repeat_expr, &count) &&
               count >= 0 && element_bits(typing, attr, &one) && int128_mul(one, count, bits);
    case KSY_REPEAT_EOS:
    case KSY_REPEAT_UNTIL:
        break;
    }
    return false;
}

/* Adds an attribute to the bits before it; what is no run of bits begins at a whole byte. */
static bool add_attr(struct typing *typing, const struct ksy_attr *attr, int128 *bits) {
    int128 more;
    if (attr->condition || !type_attr_bits(typing, attr, &more)) {
        return false;
    }
    const struct ksy_type *type = attr->has_contents || attr->size ? NULL : attr->use.type;
    bool in_bits = type && type->bits > 0;
    int128 from = in_bits ? *bits : (*bits + 7) / 8 * 8;
    return int128_add(from, more, bits);
}

bool type_class_bits(struct typing *typing, const struct ksy_class *class, int128 *bits) {
    struct class_bits *known = map_get(&typing->class_bits, class, NULL);
    if (!known) {
        if (typing->depth + TYPE_ATTR_LEVELS > TYPE_DEPTH_MAX) {
            return false;
        }
        typing->depth += TYPE_ATTR_LEVELS;
        struct arena *arena = typing->program->arena;
        known = arena_alloc(arena, sizeof *known);
        map_put(&typing->class_bits, arena, class, NULL, known);
        known->busy = true;
        bool fixed = true;
        for (uint32_t i = 0; fixed && i < class->seq.n; i++) {
            fixed = add_attr(typing, class->seq.at[i], &known->bits);
        }
        known->fixed = fixed;
        known->busy = false;
        typing->depth -= TYPE_ATTR_LEVELS;
    }
    *bits = known->bits;
    return known->fixed && !known->busy;
}
