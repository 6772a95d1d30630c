#include "config.h"

#include "ksy/lower_internal.h"

/* Enums. One that all fields store as the same integer, which its values fit, is declared with it. */

/* Whether all values fit an integer of so many bits. */
static bool fits(const struct ksy_enum *enumeration, const struct ksy_type *type) {
    if (type->kind != KSY_T_INT && type->kind != KSY_T_BITS) {
        return false;
    }
    unsigned bytes = type->kind == KSY_T_INT ? type->bytes : (type->bits + 7u) / 8;
    unsigned bits = bytes ? 8 * bytes : 64;
    bool is_signed = type->kind == KSY_T_INT && type->is_signed;
    int128 low = is_signed ? -((int128)1 << (bits - 1)) : 0;
    int128 high = ((int128)1 << (is_signed ? bits - 1 : bits)) - 1;
    for (uint32_t i = 0; i < enumeration->members.n; i++) {
        int128 value = enumeration->members.at[i].value;
        if (value < low || value > high) {
            return false;
        }
    }
    return true;
}

void lower_note_enum(struct lower *low, const struct ksy_attr *attr) {
    const char *integer = attr->enumeration ? lower_integer_name(low, attr->use.type) : NULL;
    if (!integer) {
        return;
    }
    struct lower_enum *entry = lower_enum_of(low, attr->enumeration);
    integer = intern_text(low->intern, integer);
    if (!entry->used && fits(attr->enumeration, attr->use.type)) {
        entry->base = integer;
    } else if (entry->base != integer) {
        entry->base = NULL;
    }
    entry->used = true;
}

struct ast *lower_enumeration(struct lower *low, const struct ksy_enum *enumeration) {
    const struct lower_enum *entry = lower_enum_of(low, enumeration);
    struct span span = enumeration->yaml->span;
    struct ast_list members = {0};
    for (uint32_t i = 0; i < enumeration->members.n; i++) {
        const struct ksy_member *member = &enumeration->members.at[i];
        struct ast *node = lower_named(low, AST_ENUMERATOR, member->yaml->span, member->id,
                                       lower_literal(low, member->yaml->key_span, member->value));
        node->doc = lower_doc(low, member->doc, NULL);
        ast_append(&members, node);
    }
    struct ast *base = entry->base ? lower_type_name(low, span, entry->base) : NULL;
    struct ast *node = lower_named(low, AST_ENUM, span, entry->name, base);
    node->kid[1] = members.first;
    return node;
}
