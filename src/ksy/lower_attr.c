#include "config.h"

#include "ksy/lower_internal.h"

#include <string.h>

#include "base/buf.h"

/* Attributes: fields, placed fields and lets. */

const char *lower_attr_name(struct lower *low, const struct ksy_attr *attr) {
    return attr->id ? attr->id
                    : intern_text(low->intern, arena_printf(low->arena, "_unnamed%u", attr->index));
}

const char *lower_param_name(struct lower *low, const struct ksy_attr *param) {
    return intern_text(low->intern, arena_printf(low->arena, "given_%s", param->id));
}

/* Adds the lines of a text as a comment has them: without blanks at their ends, control characters, and empty lines at the
 * beginning and the end. */
static void put_lines(struct buf *out, const char *text, const char *lead) {
    size_t empty = 0;
    while (text) {
        const char *end = strchr(text, '\n');
        size_t len = end ? (size_t)(end - text) : strlen(text);
        while (len > 0 && strchr(" \t\r", text[len - 1])) {
            len--;
        }
        if (len > 0) {
            buf_fill(out, '\n', out->len > 0 ? empty + 1 : 0);
            buf_puts(out, lead);
            for (size_t i = 0; i < len; i++) {
                buf_putc(out, (unsigned char)text[i] < 0x20 ? ' ' : text[i]);
            }
            empty = 0;
        } else {
            empty++;
        }
        text = end ? end + 1 : NULL;
    }
}

const char *lower_doc(struct lower *low, const char *doc, const char *doc_ref) {
    struct buf out = {0};
    put_lines(&out, doc, "");
    put_lines(&out, doc_ref, "See ");
    const char *text = out.len > 0 ? arena_strndup(low->arena, out.at, out.len) : NULL;
    buf_free(&out);
    return text;
}

/* -- what must hold ---------------------------------------------------------------------------- */

static struct ast *dollar(struct lower *low, struct span span) {
    return lower_dollar(low, span, "$");
}

static struct ast *any_of(const struct lower_scope *scope, const struct ksy_expr *first) {
    struct lower *low = scope->low;
    struct ast_list items = {0};
    for (const struct ksy_expr *one = first; one; one = one->next) {
        ast_append(&items, lower_expr_of_bytes(scope, one));
    }
    struct ast *list = lower_node(low, AST_LIST, first->span, items.first, NULL, NULL);
    return lower_node(low, AST_IN, first->span, dollar(low, first->span), list, NULL);
}

static struct ast *compared(const struct lower_scope *scope, enum ast_op op,
                            const struct ksy_expr *with) {
    struct lower *low = scope->low;
    return lower_binary(low, op, with->span, dollar(low, with->span),
                        lower_expr_of_bytes(scope, with));
}

/* The conditions of a valid key; NULL for none. */
static struct ast *valid_condition(const struct lower_scope *scope, const struct ksy_attr *attr) {
    struct lower *low = scope->low;
    const struct ksy_valid *valid = &attr->valid;
    if (attr->has_contents) {
        const struct yaml *contents = yaml_get(attr->yaml, "contents");
        struct span span = contents ? contents->span : attr->yaml->span;
        return lower_binary(low, AST_OP_EQ, span, dollar(low, span),
                            lower_bytes(low, span, attr->contents));
    }
    if (valid->eq) {
        return compared(scope, AST_OP_EQ, valid->eq);
    }
    if (valid->expr) {
        return lower_expr(scope, valid->expr);
    }
    if (valid->any_of) {
        return any_of(scope, valid->any_of);
    }
    if (valid->in_enum && attr->enumeration) {
        struct span span = valid->yaml->span;
        struct ast *names =
            lower_named(low, AST_NAME, span, lower_enum_of(low, attr->enumeration)->name, NULL);
        names->flag = true;
        return lower_node(low, AST_IN, span, dollar(low, span), names, NULL);
    }
    struct ast *min = valid->min ? compared(scope, AST_OP_GE, valid->min) : NULL;
    struct ast *max = valid->max ? compared(scope, AST_OP_LE, valid->max) : NULL;
    return min && max ? lower_binary(low, AST_OP_AND, span_join(min->span, max->span), min, max)
           : min      ? min
                      : max;
}

/* -- fields ------------------------------------------------------------------------------------ */

/* The dimensions and clauses of an attribute that is repeated. */
static void add_repeat(const struct lower_scope *scope, const struct ksy_attr *attr,
                       struct lower_shape *shape, struct ast_list *dims, struct ast_list *clauses) {
    struct lower *low = scope->low;
    bool counted = attr->repeat == KSY_REPEAT_EXPR;
    struct ast *count = counted ? lower_expr(scope, attr->repeat_expr) : NULL;
    ast_append(dims, lower_node(low, AST_DIM, attr->yaml->span, count, NULL, NULL));
    if (!shape->clauses.first) {
        lower_append_all(dims, shape->dims);
    }
    lower_append_all(clauses, shape->common);
    if (attr->repeat == KSY_REPEAT_UNTIL) {
        ast_append(clauses, lower_clause(low, AST_C_UNTIL, lower_expr(scope, attr->repeat_expr)));
    }
}

static bool has_clause(const struct ast *clauses, enum ast_kind kind) {
    while (clauses && clauses->kind != kind) {
        clauses = clauses->next;
    }
    return clauses != NULL;
}

/* Where a parse instance lies. */
static void add_place(const struct lower_scope *scope, const struct ksy_attr *attr,
                      const struct lower_shape *shape, struct ast_list *clauses) {
    struct lower *low = scope->low;
    struct span span = attr->yaml->span;
    if (attr->io && has_clause(shape->clauses.first, AST_C_FROM)) {
        return; /* it is made of a part of the other stream */
    }
    struct ast *place;
    if (attr->pos) {
        place = lower_expr(scope, attr->pos);
    } else if (attr->io) {
        place = lower_int(low, span, 0);
    } else {
        place = lower_call(low, span, "offsetof", lower_dollar(low, span, "$rest"), NULL, NULL);
    }
    ast_append(clauses, lower_clause(low, AST_C_AT, place));
    if (!attr->io) {
        return;
    }
    ast_append(clauses, lower_clause(low, AST_C_FROM, lower_expr(scope, attr->io)));
    if (!has_clause(shape->clauses.first, AST_C_ISOLATED)) {
        ast_append(clauses, lower_clause(low, AST_C_ISOLATED, NULL));
    }
}

/* A class that always holds itself has no end. Kaitai takes it as long as nothing reads it, so it must not be refused. */
static bool holds_itself(const struct ksy_attr *attr) {
    const struct ksy_type *type = attr->use.type;
    return attr->kind == KSY_SEQ && !attr->switch_on && attr->repeat == KSY_REPEAT_NONE && type &&
           type->kind == KSY_T_STRUCT && type->class == attr->in;
}

/* Whether it is there; NULL: it always is. */
static struct ast *presence(const struct lower_scope *scope, const struct ksy_attr *attr) {
    if (attr->condition) {
        return lower_expr(scope, attr->condition);
    }
    return holds_itself(attr) ? lower_bool(scope->low, attr->yaml->span, true) : NULL;
}

static struct ast *lower_field(const struct lower_scope *scope, const struct ksy_attr *attr) {
    struct lower *low = scope->low;
    struct lower_shape shape = {0};
    struct ast_list dims = {0}, clauses = {0};
    if (attr->switch_on) {
        lower_switch(scope, attr, &shape);
    } else {
        lower_shape_of(scope, attr, &attr->use, &shape);
    }
    if (attr->repeat != KSY_REPEAT_NONE) {
        add_repeat(scope, attr, &shape, &dims, &clauses);
    } else {
        lower_append_all(&dims, shape.dims);
        lower_append_all(&clauses, shape.common);
    }
    if (attr->kind == KSY_PARSE_INSTANCE) {
        add_place(scope, attr, &shape, &clauses);
    }
    if (attr->repeat == KSY_REPEAT_NONE) {
        lower_append_all(&clauses, shape.clauses);
    }
    struct ast *when = presence(scope, attr);
    if (when) {
        ast_append(&clauses, lower_clause(low, AST_C_WHEN, when));
    }
    struct ast *condition = valid_condition(scope, attr);
    if (condition) {
        ast_append(&clauses, lower_clause(low, AST_C_REQUIRE, condition));
    }
    if (attr->repeat != KSY_REPEAT_NONE && shape.clauses.first) {
        ast_append(&clauses,
                   lower_node(low, AST_C_EACH, attr->yaml->span, shape.clauses.first, NULL, NULL));
    }
    struct ast *field =
        lower_node(low, AST_FIELD, attr->yaml->span, shape.type, dims.first, clauses.first);
    field->name = lower_attr_name(low, attr);
    field->name_span = attr->yaml->key ? attr->yaml->key_span : attr->yaml->span;
    return field;
}

/* -- lets -------------------------------------------------------------------------------------- */

static struct ast *lower_value(const struct lower_scope *scope, const struct ksy_attr *attr) {
    struct lower *low = scope->low;
    struct ast *value = lower_expr(scope, attr->value);
    if (attr->enumeration) {
        value = lower_call(low, attr->value->span, lower_enum_of(low, attr->enumeration)->name,
                           value, NULL, NULL);
    }
    struct ast *let = lower_let(low, attr->yaml->span, attr->id, value);
    let->name_span = attr->yaml->key_span;
    return let;
}

void lower_attr(struct lower *low, const struct ksy_class *in, const struct ksy_attr *attr,
                uint8_t bits, struct ast_list *members) {
    struct lower_scope scope = {.low = low, .in = in, .attr = attr, .bits = bits};
    bool value = attr->kind == KSY_VALUE_INSTANCE;
    if (value && attr->type && attr->type->kind == KSY_T_IO) {
        return; /* written out where it is used */
    }
    struct ast *node = value ? lower_value(&scope, attr) : lower_field(&scope, attr);
    node->doc = lower_doc(low, attr->doc, attr->doc_ref);
    if (value && attr->condition) {
        node->kid[2] = lower_expr(&scope, attr->condition);
    }
    ast_append(members, node);
}
