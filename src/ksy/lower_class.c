#include "config.h"

#include "ksy/lower_internal.h"

#include <string.h>

/* Classes as structs: parameters, orders, the sequence, then the instances. */

/* -- orders ------------------------------------------------------------------------------------ */

/* The class whose endian holds in a class: it or one around it; NULL: none says. */
static const struct ksy_class *endian_class(const struct ksy_class *class) {
    while (class && class->endian == KSY_ENDIAN_INHERIT) {
        class = class->up;
    }
    return class;
}

static enum ksy_order bit_order_of(const struct ksy_class *class) {
    while (class && class->bit_order == KSY_ORDER_NONE) {
        class = class->up;
    }
    return class ? class->bit_order : KSY_ORDER_BE;
}

static bool needs_order(const struct ksy_type *type) {
    return type && (type->kind == KSY_T_INT || type->kind == KSY_T_FLOAT) && type->bytes > 1 &&
           type->order == KSY_ORDER_NONE;
}

/* Whether an attribute reads numbers in the order that its surroundings say. */
static bool attr_needs_order(const struct ksy_attr *attr) {
    if (attr->kind != KSY_SEQ && attr->kind != KSY_PARSE_INSTANCE) {
        return false;
    }
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        if (needs_order(attr->cases.at[i].use.type)) {
            return true;
        }
    }
    return needs_order(attr->use.type);
}

static bool class_needs_order(const struct ksy_class *class) {
    for (uint32_t i = 0; i < class->seq.n; i++) {
        if (attr_needs_order(class->seq.at[i])) {
            return true;
        }
    }
    for (uint32_t i = 0; i < class->instances.n; i++) {
        if (attr_needs_order(class->instances.at[i])) {
            return true;
        }
    }
    return false;
}

static struct ast *order_word(struct lower *low, struct span span, const char *word) {
    return lower_named(low, AST_NAME, span, word, NULL);
}

/* on == a ? little : on == b ? big : none */
static struct ast *chosen_order(const struct lower_scope *scope, const struct ksy_class *class) {
    struct lower *low = scope->low;
    struct span span = class->endian_on->span;
    struct ast *order = order_word(low, span, "none");
    for (uint32_t i = 0; i < class->endian_cases.n; i++) {
        if (!class->endian_cases.at[i].key) {
            order = order_word(low, span, class->endian_cases.at[i].big ? "big" : "little");
        }
    }
    for (uint32_t i = class->endian_cases.n; i-- > 0;) {
        const struct ksy_endian_case *one = &class->endian_cases.at[i];
        if (one->key) {
            struct ast *equal =
                lower_binary(low, AST_OP_EQ, one->key->span, lower_expr(scope, class->endian_on),
                             lower_expr_of_bytes(scope, one->key));
            order = lower_node(low, AST_COND, span, equal,
                               order_word(low, span, one->big ? "big" : "little"), order);
        }
    }
    return order;
}

static void add_endian(struct lower *low, const struct ksy_class *class, struct ast_list *members) {
    const struct ksy_class *says = endian_class(class);
    struct span span = class->yaml->span;
    struct ast *order;
    if (!says || says->endian == low->endian) {
        return;
    }
    if (says->endian == KSY_ENDIAN_SWITCH) {
        if (says != class) {
            return; /* what it was where this is used */
        }
        struct lower_scope scope = {.low = low, .in = class};
        order = chosen_order(&scope, class);
    } else if (class_needs_order(class)) {
        order = order_word(low, span, says->endian == KSY_ENDIAN_BE ? "big" : "little");
    } else {
        return;
    }
    ast_append(members, lower_node(low, AST_ENDIAN, span, order, NULL, NULL));
}

/* The order of an attribute's bits; NONE where it has none. */
static enum ksy_order attr_bit_order(const struct ksy_class *class, const struct ksy_attr *attr) {
    const struct ksy_type *type = attr->use.type;
    for (uint32_t i = 0; i < attr->cases.n && !(type && type->bits); i++) {
        type = attr->cases.at[i].use.type;
    }
    bool bits = type && type->bits > 0 && (type->kind == KSY_T_BITS || type->kind == KSY_T_BOOL);
    if (!bits || attr->kind == KSY_VALUE_INSTANCE) {
        return KSY_ORDER_NONE;
    }
    return type->order != KSY_ORDER_NONE ? type->order : bit_order_of(class);
}

static void add_bit_order(struct lower *low, const struct ksy_class *class,
                          const struct ksy_attr *attr, enum ksy_order *current,
                          struct ast_list *members) {
    enum ksy_order order = attr_bit_order(class, attr);
    if (order == KSY_ORDER_NONE || order == *current) {
        return;
    }
    *current = order;
    /* what holds for a field stands before it in the text: this is in front of the attribute */
    struct span span = {attr->yaml->span.lo - 1, attr->yaml->span.lo - 1};
    ast_append(members, lower_node(low, AST_BITORDER, span,
                                   order_word(low, span, order == KSY_ORDER_LE ? "lsb" : "msb"),
                                   NULL, NULL));
}

/* -- parameters -------------------------------------------------------------------------------- */

static struct ast *add_param(struct lower *low, struct ast_list *params, struct span span,
                             const char *name, struct ast *type) {
    struct ast *node = lower_named(low, AST_PARAM, span, name, type);
    ast_append(params, node);
    return node;
}

/* Parameters come in under other names, and lets show them. */
static void add_params(struct lower *low, const struct ksy_class *class, struct ast_list *params,
                       struct ast_list *members) {
    if (lower_class_of(low, class)->takes_parent) {
        add_param(low, params, class->yaml->span, "_parent", NULL)->text = bytes_text("");
    }
    for (uint32_t i = 0; i < class->params.n; i++) {
        const struct ksy_attr *param = class->params.at[i];
        struct span span = param->yaml->span;
        const char *name = lower_param_name(low, param);
        add_param(low, params, span, name,
                  lower_type(low, param->use.type, param->enumeration, span))
            ->text = bytes_text(param->id);
        if (param->type && param->type->kind == KSY_T_IO) {
            continue;
        }
        struct ast *let =
            lower_let(low, span, param->id, lower_named(low, AST_NAME, span, name, NULL));
        let->doc = lower_doc(low, param->doc, param->doc_ref);
        ast_append(members, let);
    }
}

/* -- members ----------------------------------------------------------------------------------- */

struct body {
    struct lower *low;
    const struct ksy_class *class;
    struct ast_list members;
    enum ksy_order order; /* of bits, as it is here */
    uint8_t bits;         /* taken of the byte at hand */
    bool *done;           /* for each instance: it stands already */
    struct lower_wanted wanted;
};

static void add_instance(struct body *body, uint32_t i) {
    if (!body->done[i]) {
        body->done[i] = true;
        add_bit_order(body->low, body->class, body->class->instances.at[i], &body->order,
                      &body->members);
        lower_attr(body->low, body->class, body->class->instances.at[i], body->bits,
                   &body->members);
    }
}

/* An instance that asks for the place in the stream is worked out where it is wanted first. */
static void add_wanted(struct body *body, const struct ksy_attr *attr) {
    lower_find_wanted(&body->wanted, attr);
    for (uint32_t i = 0; i < body->wanted.found.n; i++) {
        add_instance(body, body->wanted.found.at[i]->index);
    }
}

static struct ast *align(struct lower *low, struct span span) {
    return lower_node(low, AST_ALIGN, span, lower_int(low, span, 1), NULL, NULL);
}

static void add_seq(struct body *body, const struct ksy_attr *attr) {
    struct lower *low = body->low;
    struct span span = attr->yaml->span;
    add_wanted(body, attr);
    add_bit_order(low, body->class, attr, &body->order, &body->members);
    if (body->bits != 0 && lower_attr_is_whole(attr) && attr->condition) {
        struct lower_scope scope = {
            .low = low, .in = body->class, .attr = attr, .bits = body->bits};
        struct ast_list inside = {0};
        ast_append(&inside, align(low, span));
        ast_append(
            &body->members,
            lower_node(low, AST_IF, span, lower_expr(&scope, attr->condition), inside.first, NULL));
    } else if (body->bits != 0 && lower_attr_is_whole(attr)) {
        ast_append(&body->members, align(low, span));
    }
    lower_attr(low, body->class, attr, body->bits, &body->members);
    body->bits = lower_attr_bits_after(low, attr, body->bits);
}

struct ast *lower_struct(struct lower *low, const struct ksy_class *class) {
    const struct lower_class *entry = lower_class_of(low, class);
    struct ast_list params = {0};
    struct body body = {.low = low, .class = class, .bits = entry->bits_in};
    body.wanted.low = low;
    body.order = low->bit_order;
    body.done = arena_alloc(low->arena, class->instances.n * sizeof *body.done);
    add_params(low, class, &params, &body.members);
    add_endian(low, class, &body.members);
    for (uint32_t i = 0; i < class->seq.n; i++) {
        add_seq(&body, class->seq.at[i]);
    }
    for (uint32_t i = 0; i < class->instances.n; i++) {
        add_instance(&body, i);
    }
    struct ast *node = lower_named(low, AST_STRUCT, class->yaml->span, entry->name, params.first);
    node->kid[2] = body.members.first;
    node->op = params.first ? 1 : 0;
    node->doc = lower_doc(low, class->doc, class->doc_ref);
    return node;
}
