#include "config.h"

#include "ksy/lower_internal.h"

#include <string.h>

/* What values have besides members: methods, streams, parents. */

static bool named(const struct ksy_expr *expr, const char *name) {
    return strcmp(expr->name, name) == 0;
}

/* -- parents ----------------------------------------------------------------------------------- */

/* How many _parent stand in a row from the struct at hand on; 0: it is no such chain. */
static unsigned parents_in_row(const struct ksy_expr *expr) {
    unsigned n = 0;
    for (; expr->kind == KSY_ATTRIBUTE && !expr->attr && named(expr, "_parent");
         expr = expr->kid[0]) {
        n++;
    }
    while (expr->kind == KSY_CAST) {
        expr = expr->kid[0];
    }
    bool first = expr->kind == KSY_NAME && !expr->attr && named(expr, "_parent");
    return first ? n + 1 : 0;
}

/* The class that the nth parent always is, where going there by its name meets no other of that name; else NULL. */
static const struct ksy_class *parent_by_name(const struct lower *low, const struct ksy_class *in,
                                              unsigned n) {
    const struct ksy_class *at = in;
    for (unsigned i = 0; i < n; i++) {
        const struct lower_class *entry = lower_class_of(low, at);
        if (!at->parent || at->any_parent || entry->takes_parent || !entry->used) {
            return NULL;
        }
        at = at->parent;
        const struct ksy_class *before = in;
        for (unsigned k = 0; k <= i; k++, before = before->parent) {
            if (before == at) {
                return NULL;
            }
        }
    }
    return at;
}

struct ast *lower_parent(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    unsigned n = parents_in_row(expr);
    if (n == 0) { /* of another value */
        return lower_named(low, AST_MEMBER, expr->span, "$parent", lower_expr(scope, expr->kid[0]));
    }
    const struct ksy_class *class = scope->self ? NULL : parent_by_name(low, scope->in, n);
    if (class) {
        struct ast *node =
            lower_named(low, AST_NAME, expr->span, lower_class_of(low, class)->name, NULL);
        node->flag = true;
        return node;
    }
    struct ast *node;
    if (scope->self) {
        node = lower_named(low, AST_MEMBER, expr->span, "$parent", lower_copy(low, scope->self));
    } else if (lower_class_of(low, scope->in)->takes_parent) {
        node = lower_named(low, AST_NAME, expr->span, "_parent", NULL);
    } else {
        node = lower_dollar(low, expr->span, "$parent");
    }
    for (; n > 1; n--) {
        node = lower_named(low, AST_MEMBER, expr->span, "$parent", node);
    }
    return node;
}

/* -- streams ----------------------------------------------------------------------------------- */

static struct ast *of_rest(struct lower *low, struct span span, const char *function) {
    return lower_call(low, span, function, lower_dollar(low, span, "$rest"), NULL, NULL);
}

/* Where the stream is read at the moment: at the cursor, or behind the bytes that the attribute has. */
static struct ast *place(const struct lower_scope *scope, struct span span) {
    struct lower *low = scope->low;
    struct ast *start = of_rest(low, span, "offsetof");
    return scope->behind ? lower_binary(low, AST_OP_ADD, span, start, of_rest(low, span, "sizeof"))
                         : start;
}

/* Of a stream: its size, and where it is read at the moment. A place in another stream than the one at hand is the place
 * at hand, too: such are read while those around wait. */
static struct ast *stream_method(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    if (named(expr, "size")) {
        return lower_call(low, expr->span, "sizeof", lower_expr(scope, expr->kid[0]), NULL, NULL);
    }
    if (named(expr, "pos")) {
        return place(scope, expr->span);
    }
    if (scope->behind) {
        struct ast *file = lower_dollar(low, expr->span, "$file");
        return lower_binary(low, AST_OP_EQ, expr->span, place(scope, expr->span),
                            lower_call(low, expr->span, "sizeof", file, NULL, NULL));
    }
    if (scope->bits > 0 && scope->bits < LOWER_BITS_VARY) {
        return lower_bool(low, expr->span, false); /* the rest of a byte is there */
    }
    return lower_binary(low, AST_OP_EQ, expr->span, of_rest(low, expr->span, "sizeof"),
                        lower_int(low, expr->span, 0));
}

/* -- structs ----------------------------------------------------------------------------------- */

static struct ast *struct_method(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    const struct ksy_type *type = expr->kid[0]->type;
    if (named(expr, "_parent")) {
        return lower_parent(scope, expr);
    }
    if (named(expr, "_io")) {
        return lower_call(low, expr->span, "fileof", lower_expr(scope, expr->kid[0]), NULL, NULL);
    }
    if (named(expr, "_root")) {
        struct lower_scope there = *scope;
        there.in = type && type->kind == KSY_T_STRUCT && type->class ? type->class : scope->in;
        return lower_root(&there, expr->span);
    }
    return lower_named(low, AST_MEMBER, expr->span, expr->name, lower_expr(scope, expr->kid[0]));
}

/* -- values ------------------------------------------------------------------------------------ */

/* Methods that are a function of the same arguments. */
static const struct {
    enum ksy_type_kind of;
    const char *name;
    const char *function;
} functions[] = {
    {KSY_T_STR, "length", "length"}, {KSY_T_STR, "reverse", "reverse"},
    {KSY_T_STR, "to_i", "int"},      {KSY_T_STR, "substring", "substr"},
    {KSY_T_STR, "to_b", "encode"},   {KSY_T_BYTES, "length", "count"},
    {KSY_T_BYTES, "size", "count"},  {KSY_T_BYTES, "min", "min"},
    {KSY_T_BYTES, "max", "max"},     {KSY_T_BYTES, "to_s", "decode"},
    {KSY_T_INT, "to_s", "text"},     {KSY_T_BITS, "to_s", "text"},
    {KSY_T_FLOAT, "to_s", "text"},   {KSY_T_FLOAT, "to_i", "int"},
    {KSY_T_ENUM, "to_i", "int"},     {KSY_T_ARRAY, "size", "count"},
    {KSY_T_ARRAY, "min", "min"},     {KSY_T_ARRAY, "max", "max"},
};

static const char *function_of(const struct ksy_expr *expr, enum ksy_type_kind of) {
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (functions[i].of == of && named(expr, functions[i].name)) {
            return functions[i].function;
        }
    }
    return NULL;
}

static const char *text_of(const struct lower *low, const struct ksy_expr *expr) {
    return arena_strndup(low->arena, (const char *)expr->text.at, expr->text.len);
}

static struct ast *call_of(const struct lower_scope *scope, const struct ksy_expr *expr,
                           const char *function) {
    struct ast_list args = {0};
    bool of_encoding = strcmp(function, "decode") == 0 || strcmp(function, "encode") == 0;
    ast_append(&args, lower_expr(scope, expr->kid[0]));
    for (const struct ksy_expr *arg = expr->args; arg; arg = arg->next) {
        bool name = of_encoding && arg->kind == KSY_STRING;
        ast_append(&args, name ? lower_encoding(scope->low, arg->span, text_of(scope->low, arg))
                               : lower_expr(scope, arg));
    }
    return lower_named(scope->low, AST_CALL, expr->span, function, args.first);
}

/* The first or last of an array or of bytes. */
static struct ast *end_of(const struct lower_scope *scope, const struct ksy_expr *expr, bool last) {
    struct lower *low = scope->low;
    struct ast *index = lower_int(low, expr->span, 0);
    if (last) {
        struct ast *n =
            lower_call(low, expr->span, "count", lower_expr(scope, expr->kid[0]), NULL, NULL);
        index = lower_binary(low, AST_OP_SUB, expr->span, n, lower_int(low, expr->span, 1));
    }
    return lower_node(low, AST_INDEX, expr->span, lower_expr(scope, expr->kid[0]), index, NULL);
}

struct ast *lower_method(const struct lower_scope *scope, const struct ksy_expr *expr) {
    struct lower *low = scope->low;
    const struct ksy_type *type = expr->kid[0]->type;
    enum ksy_type_kind of = type ? type->kind : KSY_T_ANY;
    if (named(expr, "_sizeof")) {
        return lower_int(low, expr->span, expr->integer);
    }
    if (of == KSY_T_IO) {
        return stream_method(scope, expr);
    }
    const char *function = function_of(expr, of);
    if (function) {
        return call_of(scope, expr, function);
    }
    if ((of == KSY_T_ARRAY || of == KSY_T_BYTES) && (named(expr, "first") || named(expr, "last"))) {
        return end_of(scope, expr, named(expr, "last"));
    }
    if (of == KSY_T_BOOL && named(expr, "to_i")) {
        return lower_node(low, AST_COND, expr->span, lower_expr(scope, expr->kid[0]),
                          lower_int(low, expr->span, 1), lower_int(low, expr->span, 0));
    }
    return struct_method(scope, expr);
}
