#include "config.h"

#include "ksy/lower_internal.h"

#include <string.h>
#include <strings.h>

/* Which bytes a value is read from: size, terminator, padding, process. */

/* What an attribute says of its bytes. */
struct extent {
    struct ast *size; /* NULL: as the terminator says, or all that are left */
    int terminator;   /* -1: none */
    bool wide;        /* the terminator is a whole code unit of the text */
    int pad;          /* -1: none */
};

static bool is_wide(const char *encoding) {
    return encoding &&
           (strncasecmp(encoding, "utf-16", 6) == 0 || strncasecmp(encoding, "utf-32", 6) == 0);
}

static struct extent extent_of(const struct lower_scope *scope, const struct ksy_attr *attr,
                               const struct ksy_use *use) {
    struct lower *low = scope->low;
    struct extent extent = {.terminator = attr->terminator, .pad = attr->pad_right};
    if (use->strz && extent.terminator < 0) {
        extent.terminator = 0;
    }
    extent.wide = use->strz && extent.terminator == 0 && is_wide(attr->encoding);
    if (attr->has_contents) {
        extent.size = lower_int(low, attr->yaml->span, (int128)attr->contents.len);
    } else if (attr->size) {
        extent.size = lower_expr(scope, attr->size);
    }
    return extent;
}

/* The terminator or padding as a literal. */
static struct ast *byte_value(struct lower *low, struct span span, int byte) {
    unsigned char *at = arena_alloc(low->arena, 1);
    *at = (unsigned char)byte;
    return lower_bytes(low, span, bytes_of(at, 1));
}

static struct ast *rest(struct lower *low, struct span span) {
    return lower_dollar(low, span, "$rest");
}

static struct ast *size_of_rest(struct lower *low, struct span span) {
    return lower_call(low, span, "sizeof", rest(low, span), NULL, NULL);
}

static void add_clause(struct lower *low, struct lower_shape *shape, enum ast_kind kind,
                       struct ast *expr) {
    ast_append(&shape->clauses, lower_clause(low, kind, expr));
}

/* `sized` of a size that is said; false where none is. */
static bool add_extent_size(struct lower *low, const struct ksy_attr *attr,
                            const struct extent *extent, struct lower_shape *shape) {
    if (extent->size) {
        add_clause(low, shape, AST_C_SIZED, extent->size);
    } else if (attr->size_eos) {
        add_clause(low, shape, AST_C_SIZED, size_of_rest(low, attr->yaml->span));
    }
    return extent->size || attr->size_eos;
}

/* The key of xor is one byte, even where it is taken from a wider number; bytes rotate by any number of bits. */
static struct ast *process_argument(const struct lower_scope *scope, enum ksy_process process,
                                    const struct ksy_expr *arg) {
    struct lower *low = scope->low;
    struct ast *value = lower_expr(scope, arg);
    bool byte = arg->kind == KSY_INT && arg->integer >= 0 && arg->integer <= 255;
    bool number = arg->type && (arg->type->kind == KSY_T_INT || arg->type->kind == KSY_T_BITS);
    if (byte || !number) {
        return value;
    }
    switch (process) {
    case KSY_PROCESS_XOR:
        return lower_binary(low, AST_OP_BITAND, arg->span, value, lower_int(low, arg->span, 255));
    case KSY_PROCESS_ROL:
    case KSY_PROCESS_ROR:
        return lower_call(low, arg->span, "mod", value, lower_int(low, arg->span, 8), NULL);
    case KSY_PROCESS_NONE:
    case KSY_PROCESS_ZLIB:
    case KSY_PROCESS_CUSTOM:
        break;
    }
    return value;
}

/* A process of bytes: `xor(data, key)`. */
static struct ast *processed(const struct lower_scope *scope, const struct ksy_attr *attr,
                             struct ast *data) {
    static const char *const functions[] = {
        [KSY_PROCESS_ZLIB] = "zlib",
        [KSY_PROCESS_XOR] = "xor",
        [KSY_PROCESS_ROL] = "rotl",
        [KSY_PROCESS_ROR] = "rotr",
    };
    struct lower *low = scope->low;
    const char *name = attr->process_name;
    if (attr->process == KSY_PROCESS_NONE) {
        return data;
    }
    if (attr->process != KSY_PROCESS_CUSTOM) {
        name = functions[attr->process];
    } else if (strrchr(name, '.')) {
        name = strrchr(name, '.') + 1;
    }
    struct lower_scope behind = *scope;
    behind.behind = true;
    struct ast_list args = {0};
    ast_append(&args, data);
    for (const struct ksy_expr *arg = attr->process_args; arg; arg = arg->next) {
        ast_append(&args, process_argument(&behind, attr->process, arg));
    }
    return lower_named(low, AST_CALL, attr->yaml->span, name, args.first);
}

/* How many bytes a value up to a terminator takes, the terminator with it. One that must be there and is not makes
 * them one more than there are. */
static struct ast *terminated_size(struct lower *low, const struct ksy_attr *attr,
                                   const struct extent *extent) {
    struct span span = attr->yaml->span;
    const char *function = attr->consume && !attr->eos_error ? "through" : "upto";
    bool must = !attr->consume && attr->eos_error;
    struct ast *found =
        lower_call(low, span, function, rest(low, span), byte_value(low, span, extent->terminator),
                   must ? lower_bool(low, span, true) : NULL);
    struct ast *size = lower_call(low, span, "count", found, NULL, NULL);
    return attr->consume && attr->eos_error
               ? lower_binary(low, AST_OP_ADD, span, size, lower_int(low, span, 1))
               : size;
}

/* What an instance reads of another stream: stream[pos .. pos + size - 1]. */
static struct ast *part_of_stream(const struct lower_scope *scope, const struct ksy_attr *attr,
                                  const struct extent *extent) {
    struct lower *low = scope->low;
    struct span span = attr->yaml->span;
    struct ast *stream = lower_expr(scope, attr->io);
    struct ast *first = attr->pos ? lower_expr(scope, attr->pos) : lower_int(low, span, 0);
    struct ast *end =
        extent->size ? lower_binary(low, AST_OP_ADD, span, lower_copy(low, first), extent->size)
                     : lower_call(low, span, "sizeof", lower_copy(low, stream), NULL, NULL);
    struct ast *last = lower_binary(low, AST_OP_SUB, span, end, lower_int(low, span, 1));
    return lower_node(low, AST_INDEX, span, stream,
                      lower_node(low, AST_RANGE, span, first, last, NULL), NULL);
}

/* Whether the size of what lies in another stream depends on the place in this one: it must be known before going there. */
static bool is_sized_from_outside(const struct ksy_attr *attr) {
    return attr->kind == KSY_PARSE_INSTANCE && attr->io && lower_asks_place(attr->size);
}

/* The bytes without padding and what stands behind the terminator, processed. */
static void add_source(const struct lower_scope *scope, const struct ksy_attr *attr,
                       const struct extent *extent, struct lower_shape *shape) {
    struct lower *low = scope->low;
    struct span span = attr->yaml->span;
    bool away = attr->kind == KSY_PARSE_INSTANCE && attr->io;
    struct ast *data = away ? part_of_stream(scope, attr, extent) : rest(low, span);
    bool own = !away && !add_extent_size(low, attr, extent, shape); /* its end is said here */
    if (extent->pad >= 0 && extent->pad != extent->terminator) {
        data = lower_call(low, span, "unpad", data, byte_value(low, span, extent->pad), NULL);
    }
    if (extent->terminator >= 0 && !extent->wide) {
        const char *function = !attr->include ? "upto" : attr->consume ? "through" : "including";
        bool open =
            away ? !extent->size && !attr->size_eos : own && attr->include && !attr->consume;
        bool must = open && attr->eos_error;
        data = lower_call(low, span, function, data, byte_value(low, span, extent->terminator),
                          must ? lower_bool(low, span, true) : NULL);
    }
    if (own && extent->terminator >= 0 && !(attr->include && !attr->consume)) {
        add_clause(low, shape, AST_C_SIZED, terminated_size(low, attr, extent));
    }
    add_clause(low, shape, AST_C_FROM, processed(scope, attr, data));
}

/* `until "x" …` of a run. */
static void add_until(struct lower *low, const struct ksy_attr *attr, const struct extent *extent,
                      struct lower_shape *shape) {
    bool sized = extent->size || attr->size_eos;
    struct ast *text = byte_value(low, attr->yaml->span, extent->terminator);
    /* a byte as it is, not as a character of the encoding */
    text->flag = text->flag || (is_wide(attr->encoding) && !extent->wide);
    struct ast *until = lower_clause(low, AST_C_UNTIL, text);
    until->op = (attr->include ? AST_INCLUDED : 0) | (!attr->consume && !sized ? AST_LEFT : 0) |
                (!attr->eos_error || sized ? AST_OPTIONAL : 0);
    ast_append(&shape->clauses, until);
}

static void run_extent(const struct lower_scope *scope, const struct ksy_attr *attr,
                       const struct extent *extent, struct lower_shape *shape) {
    struct lower *low = scope->low;
    struct span span = attr->yaml->span;
    bool plain = extent->terminator < 0 && extent->pad < 0;
    bool raw = attr->process == KSY_PROCESS_NONE && !is_sized_from_outside(attr);
    bool padded = extent->pad >= 0 && extent->pad != extent->terminator;
    ast_append(&shape->dims,
               lower_node(low, AST_DIM, span, plain && raw ? extent->size : NULL, NULL, NULL));
    if (raw && extent->terminator >= 0 && !padded) {
        add_extent_size(low, attr, extent, shape);
        add_until(low, attr, extent, shape);
    } else if (!raw || !plain) {
        add_source(scope, attr, extent, shape);
        if (extent->wide) {
            add_until(low, attr, extent, shape);
        }
    }
}

static void struct_extent(const struct lower_scope *scope, const struct ksy_attr *attr,
                          const struct extent *extent, struct lower_shape *shape) {
    struct lower *low = scope->low;
    bool whole = extent->terminator < 0 && extent->pad < 0 && attr->process == KSY_PROCESS_NONE &&
                 !is_sized_from_outside(attr);
    if (whole && !extent->size && !attr->size_eos) {
        return; /* it goes on in the bytes at hand */
    }
    if (!whole) {
        add_source(scope, attr, extent, shape);
    } else {
        add_clause(low, shape, AST_C_SIZED,
                   extent->size ? extent->size : size_of_rest(low, attr->yaml->span));
    }
    add_clause(low, shape, AST_C_ISOLATED, NULL);
}

void lower_extent(const struct lower_scope *scope, const struct ksy_attr *attr,
                  const struct ksy_use *use, struct lower_shape *shape) {
    struct extent extent = extent_of(scope, attr, use);
    if (use->type && use->type->kind == KSY_T_STRUCT) {
        struct_extent(scope, attr, &extent, shape);
    } else {
        run_extent(scope, attr, &extent, shape);
    }
}
