#include "config.h"

#include "ksy/lower_internal.h"

#include <string.h>

/* Expressions. Values are what they are in Kaitai; where operators differ (division rounds down, texts are joined with
 * '+'), functions stand for them. */

/* The deepest that instances of type io are written out within each other. */
#define STREAMS_MAX 16u

/* The most that are written out in all. */
#define STREAMS_WRITTEN_MAX 65536u

static bool is_kind(const struct ksy_type *type, enum ksy_type_kind kind) {
    return type && type->kind == kind;
}

static bool is_word(const struct ksy_expr *expr, const char *name) {
    return expr->kind == KSY_NAME && strcmp(expr->name, name) == 0;
}

/* -- literals ---------------------------------------------------------------------------------- */

/* The items of a list of numbers as bytes. */
static struct ast *byte_literal(struct lower *low, const struct ksy_expr *list) {
    size_t n = 0;
    for (const struct ksy_expr *item = list->args; item; item = item->next) {
        n++;
    }
    unsigned char *at = arena_alloc(low->arena, n);
    size_t i = 0;
    for (const struct ksy_expr *item = list->args; item; item = item->next) {
        at[i++] = (unsigned char)item->integer;
    }
    return lower_bytes(low, list->span, bytes_of(at, n));
}

static bool is_byte_literal(const struct ksy_expr *expr) {
    if (expr->kind == KSY_CAST) {
        return is_kind(expr->named, KSY_T_BYTES) && is_byte_literal(expr->kid[0]);
    }
    if (expr->kind != KSY_LIST) {
        return false;
    }
    for (const struct ksy_expr *item = expr->args; item; item = item->next) {
        if (item->kind != KSY_INT || item->integer < 0 || item->integer > 255) {
            return false;
        }
    }
    return true;
}

struct ast *lower_expr_of_bytes(const struct lower_scope *scope, const struct ksy_expr *expr) {
    if (is_byte_literal(expr) && is_kind(expr->type, KSY_T_BYTES)) {
        return byte_literal(scope->low, expr->kind == KSY_CAST ? expr->kid[0] : expr);
    }
    return lower_expr(scope, expr);
}

static struct ast *lower_list(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    if (is_kind(expr->type, KSY_T_BYTES) && is_byte_literal(expr)) {
        return lower_call(low, expr->span, "bytes", byte_literal(low, expr), NULL, NULL);
    }
    struct ast_list items = {0};
    for (const struct ksy_expr *item = expr->args; item; item = item->next) {
        ast_append(&items, lower_expr(scope, item));
    }
    struct ast *list = lower_node(low, AST_LIST, expr->span, items.first, NULL, NULL);
    return is_kind(expr->type, KSY_T_BYTES) ? lower_call(low, expr->span, "bytes", list, NULL, NULL)
                                            : list;
}

/* A value as text, for an f-string. */
static struct ast *as_text(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    struct ast *value = lower_expr(scope, expr);
    if (!expr->type || expr->type->kind == KSY_T_STR) {
        return value;
    }
    if (expr->type->kind == KSY_T_BOOL) {
        return lower_node(low, AST_COND, expr->span, value,
                          lower_text(low, expr->span, bytes_text("true")),
                          lower_text(low, expr->span, bytes_text("false")));
    }
    return lower_call(low, expr->span, "text", value, NULL, NULL);
}

static struct ast *lower_fstring(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    struct ast_list parts = {0};
    for (const struct ksy_expr *part = expr->args; part; part = part->next) {
        ast_append(&parts, as_text(scope, part));
    }
    if (!parts.first) {
        return lower_text(low, expr->span, bytes_text(""));
    }
    return parts.first->next ? lower_named(low, AST_CALL, expr->span, "concat", parts.first)
                             : parts.first;
}

static struct ast *lower_enum_member(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    struct ast *names =
        lower_named(low, AST_NAME, expr->span, lower_enum_of(low, expr->enumeration)->name, NULL);
    names->flag = true;
    return lower_named(low, AST_MEMBER, expr->span, expr->enumeration->members.at[expr->member].id,
                       names);
}

/* -- names ------------------------------------------------------------------------------------- */

struct ast *lower_self(const struct lower_scope *scope, struct span span) {
    struct lower *low = scope->low;
    if (scope->self) {
        return lower_copy(low, scope->self);
    }
    struct ast *self = lower_named(low, AST_NAME, span, lower_class_of(low, scope->in)->name, NULL);
    self->flag = true;
    return self;
}

/* Whether a bare name would be taken for a member of the enum that its own values are of. */
static bool hides_behind_member(const struct ksy_attr *attr) {
    const struct ksy_type *type = attr->type;
    if (!is_kind(type, KSY_T_ENUM) || !attr->id) {
        return false;
    }
    for (uint32_t i = 0; i < type->enumeration->members.n; i++) {
        if (strcmp(type->enumeration->members.at[i].id, attr->id) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether one more instance may be written out; reported, once, where it may not. */
static bool may_write_stream(const struct lower_scope *scope, struct span span) {
    struct lower *low = scope->low;
    if (scope->depth < STREAMS_MAX && low->streams < STREAMS_WRITTEN_MAX) {
        low->streams++;
        return true;
    }
    if (low->streams <= STREAMS_WRITTEN_MAX) {
        low->streams = STREAMS_WRITTEN_MAX + 1;
        diag_report(low->program->diags, DIAG_CHAIN, span,
                    "too long a chain of streams: at most %u instances may name each other",
                    STREAMS_MAX);
    }
    return false;
}

/* A stream has no bytes to show: what stands for one is written out where it is used. self is the struct that has the
 * attribute, NULL for the one at hand. */
static struct ast *lower_stream(const struct lower_scope *scope, const struct ksy_attr *attr,
                                const struct ast *self, struct span span) {
    struct lower *low = scope->low;
    if (attr->kind == KSY_VALUE_INSTANCE) {
        struct lower_scope inner = {
            .low = low, .in = attr->in, .attr = attr, .self = self, .depth = scope->depth + 1};
        return may_write_stream(scope, span) ? lower_expr(&inner, attr->value)
                                             : lower_dollar(low, span, "$file");
    }
    const char *name = lower_param_name(low, attr);
    return self ? lower_named(low, AST_MEMBER, span, name, lower_copy(low, self))
                : lower_named(low, AST_NAME, span, name, NULL);
}

static struct ast *lower_attr_name_use(const struct lower_scope *scope,
                                       const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    const struct ksy_attr *attr = expr->attr;
    if (is_kind(attr->type, KSY_T_IO)) {
        return lower_stream(scope, attr, scope->self, expr->span);
    }
    const char *name = lower_attr_name(low, attr);
    if (scope->self || hides_behind_member(attr)) {
        return lower_named(low, AST_MEMBER, expr->span, name, lower_self(scope, expr->span));
    }
    return lower_named(low, AST_NAME, expr->span, name, NULL);
}

struct ast *lower_root(const struct lower_scope *scope, struct span span) {
    struct lower *low = scope->low;
    const struct lower_class *top = lower_class_of(low, scope->in->spec->top);
    bool main = scope->in->spec == low->program->specs.at[0];
    if ((top->recursive_root && main) || !lower_class_of(low, scope->in)->used) {
        return lower_dollar(low, span, "$root");
    }
    struct ast *root = lower_named(low, AST_NAME, span, top->name, NULL);
    root->flag = true;
    return root;
}

static struct ast *lower_name(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    if (expr->attr) {
        return lower_attr_name_use(scope, expr);
    }
    if (is_word(expr, "_")) {
        return lower_dollar(low, expr->span, "$");
    }
    if (is_word(expr, "_index")) {
        return lower_dollar(low, expr->span, "$index");
    }
    if (is_word(expr, "_on") && scope->attr && scope->attr->switch_on) {
        return lower_expr(scope, scope->attr->switch_on);
    }
    if (is_word(expr, "_io")) {
        return scope->self
                   ? lower_call(low, expr->span, "fileof", lower_copy(low, scope->self), NULL, NULL)
                   : lower_dollar(low, expr->span, "$file");
    }
    if (is_word(expr, "_parent")) {
        return lower_parent(scope, expr);
    }
    if (is_word(expr, "_root")) {
        return lower_root(scope, expr->span);
    }
    if (is_word(expr, "_sizeof")) {
        return lower_int(low, expr->span, expr->integer);
    }
    return lower_named(low, AST_NAME, expr->span, expr->name, NULL);
}

/* -- operators --------------------------------------------------------------------------------- */

static enum ast_op operator_of(enum ksy_op op) {
    switch (op) {
    case KSY_OP_OR:
        return AST_OP_OR;
    case KSY_OP_AND:
        return AST_OP_AND;
    case KSY_OP_NOT:
        return AST_OP_NOT;
    case KSY_OP_EQ:
        return AST_OP_EQ;
    case KSY_OP_NE:
        return AST_OP_NE;
    case KSY_OP_LT:
        return AST_OP_LT;
    case KSY_OP_LE:
        return AST_OP_LE;
    case KSY_OP_GT:
        return AST_OP_GT;
    case KSY_OP_GE:
        return AST_OP_GE;
    case KSY_OP_BITOR:
        return AST_OP_BITOR;
    case KSY_OP_BITXOR:
        return AST_OP_BITXOR;
    case KSY_OP_BITAND:
        return AST_OP_BITAND;
    case KSY_OP_SHL:
        return AST_OP_SHL;
    case KSY_OP_SHR:
        return AST_OP_SHR;
    case KSY_OP_ADD:
        return AST_OP_ADD;
    case KSY_OP_SUB:
        return AST_OP_SUB;
    case KSY_OP_MUL:
        return AST_OP_MUL;
    case KSY_OP_DIV:
        return AST_OP_DIV;
    case KSY_OP_MOD:
        return AST_OP_REM;
    case KSY_OP_NEG:
        return AST_OP_NEG;
    case KSY_OP_INV:
        return AST_OP_BITNOT;
    case KSY_OP_NONE:
    case KSY_OP_PLUS:
        break;
    }
    return AST_OP_NONE;
}

/* The texts of a sum of texts, from left to right. */
static void join_texts(const struct lower_scope *scope, const struct ksy_expr *expr,
                       struct ast_list *parts) {
    if (expr->kind == KSY_BINARY && expr->op == KSY_OP_ADD) {
        join_texts(scope, expr->kid[0], parts);
        join_texts(scope, expr->kid[1], parts);
    } else {
        ast_append(parts, lower_expr(scope, expr));
    }
}

static bool is_compare(enum ksy_op op) {
    return op >= KSY_OP_EQ && op <= KSY_OP_GE;
}

static struct ast *lower_binary_expr(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    const struct ksy_expr *left = expr->kid[0], *right = expr->kid[1];
    if (expr->op == KSY_OP_ADD && is_kind(expr->type, KSY_T_STR)) {
        struct ast_list parts = {0};
        join_texts(scope, expr, &parts);
        return lower_named(low, AST_CALL, expr->span, "concat", parts.first);
    }
    bool divides = expr->op == KSY_OP_DIV || expr->op == KSY_OP_MOD;
    bool real = is_kind(left->type, KSY_T_FLOAT) || is_kind(right->type, KSY_T_FLOAT);
    if (divides && !real && !(lower_is_natural(low, left) && lower_is_natural(low, right))) {
        return lower_call(low, expr->span, expr->op == KSY_OP_DIV ? "div" : "mod",
                          lower_expr(scope, left), lower_expr(scope, right), NULL);
    }
    bool bytes = is_compare(expr->op) && is_kind(left->type, KSY_T_BYTES);
    struct ast *l = bytes && !is_byte_literal(right) ? lower_expr_of_bytes(scope, left)
                                                     : lower_expr(scope, left);
    struct ast *r = bytes ? lower_expr_of_bytes(scope, right) : lower_expr(scope, right);
    return lower_binary(low, operator_of(expr->op), expr->span, l, r);
}

/* A cast tells the types only; numbers, bytes and lists are made into what is wanted. */
static struct ast *lower_cast(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    const struct ksy_expr *of = expr->kid[0];
    struct ast *value = lower_expr(scope, of);
    if (is_kind(expr->named, KSY_T_BYTES) && is_kind(of->type, KSY_T_ARRAY)) {
        return lower_call(low, expr->span, "bytes", value, NULL, NULL);
    }
    if (is_kind(expr->named, KSY_T_FLOAT) && is_kind(of->type, KSY_T_INT)) {
        return lower_call(low, expr->span, "double", value, NULL, NULL);
    }
    return value;
}

/* x[_index - 1] in what an array x says of its elements: the one before. It is at hand, while finding it by its number would
 * ask all of x for what is being worked out. */
static bool is_previous(const struct lower_scope *scope, const struct ksy_expr *expr) {
    const struct ksy_expr *of = expr->kid[0], *index = expr->kid[1];
    return !scope->self && scope->attr && of->kind == KSY_NAME && of->attr == scope->attr &&
           index->kind == KSY_BINARY && index->op == KSY_OP_SUB &&
           is_word(index->kid[0], "_index") && index->kid[1]->kind == KSY_INT &&
           index->kid[1]->integer == 1;
}

static struct ast *lower_index(const struct lower_scope *scope, const struct ksy_expr *expr) {
    if (is_previous(scope, expr)) {
        return lower_dollar(scope->low, expr->span, "$prev");
    }
    return lower_node(scope->low, AST_INDEX, expr->span, lower_expr(scope, expr->kid[0]),
                      lower_expr(scope, expr->kid[1]), NULL);
}

/* x.name: a member of a struct, or what any value has. */
static struct ast *lower_attribute(const struct lower_scope *scope, const struct ksy_expr *expr) {
    if (!expr->attr) {
        return lower_method(scope, expr);
    }
    struct ast *of = lower_expr(scope, expr->kid[0]);
    if (is_kind(expr->attr->type, KSY_T_IO)) {
        return lower_stream(scope, expr->attr, of, expr->span);
    }
    return lower_named(scope->low, AST_MEMBER, expr->span, lower_attr_name(scope->low, expr->attr),
                       of);
}

struct ast *lower_expr(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    switch (expr->kind) {
    case KSY_INT:
        return lower_literal(low, expr->span, expr->integer);
    case KSY_FLOAT: {
        struct ast *node = lower_node(low, AST_FLOAT, expr->span, NULL, NULL, NULL);
        node->number = expr->number;
        return node;
    }
    case KSY_STRING:
        return lower_text(low, expr->span, expr->text);
    case KSY_BOOL:
        return lower_bool(low, expr->span, expr->integer != 0);
    case KSY_FSTRING:
        return lower_fstring(scope, expr);
    case KSY_NAME:
        return lower_name(scope, expr);
    case KSY_ENUM:
        return lower_enum_member(scope, expr);
    case KSY_LIST:
        return lower_list(scope, expr);
    case KSY_UNARY: {
        struct ast *kid = lower_expr(scope, expr->kid[0]);
        return expr->op == KSY_OP_PLUS ? kid
                                       : lower_unary(low, operator_of(expr->op), expr->span, kid);
    }
    case KSY_BINARY:
        return lower_binary_expr(scope, expr);
    case KSY_COND:
        return lower_node(low, AST_COND, expr->span, lower_expr(scope, expr->kid[0]),
                          lower_expr(scope, expr->kid[1]), lower_expr(scope, expr->kid[2]));
    case KSY_ATTRIBUTE:
        return lower_attribute(scope, expr);
    case KSY_CALL:
        return lower_method(scope, expr);
    case KSY_INDEX:
        return lower_index(scope, expr);
    case KSY_CAST:
        return lower_cast(scope, expr);
    case KSY_SIZEOF:
    case KSY_BITSIZEOF:
        return lower_int(low, expr->span, expr->integer);
    }
    return lower_bool(low, expr->span, false);
}
