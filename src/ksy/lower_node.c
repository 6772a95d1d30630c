#include "config.h"

#include "ksy/lower_internal.h"

#include <string.h>

/* The longest number that is kept as it is written: digits of 64 bits in base 2 and as many '_'. */
#define LITERAL_MAX 130u

struct ast *lower_node(struct lower *low, enum ast_kind kind, struct span span, struct ast *kid0,
                       struct ast *kid1, struct ast *kid2) {
    struct ast *node = ast_new(low->arena, kind, span);
    node->kid[0] = kid0;
    node->kid[1] = kid1;
    node->kid[2] = kid2;
    return node;
}

struct ast *lower_named(struct lower *low, enum ast_kind kind, struct span span, const char *name,
                        struct ast *kid0) {
    struct ast *node = lower_node(low, kind, span, kid0, NULL, NULL);
    node->name = intern_text(low->intern, name);
    node->name_span = span;
    return node;
}

struct ast *lower_int(struct lower *low, struct span span, int128 value) {
    struct ast *node = lower_node(low, AST_INT, span, NULL, NULL, NULL);
    node->integer = value < 0 ? -value : value;
    return value < 0 ? lower_unary(low, AST_OP_NEG, span, node) : node;
}

/* The digits of a number in base 16, 8 or 2 ("0x1f") are those of value, and '_' stands between two of them only. */
static bool is_written(struct bytes text, int128 value) {
    unsigned bits = text.len < 3 || text.at[0] != '0' ? 0
                    : text.at[1] == 'x'               ? 4
                    : text.at[1] == 'o'               ? 3
                    : text.at[1] == 'b'               ? 1
                                                      : 0;
    int128 read = 0;
    bool digit_before = false;
    for (size_t i = 2; bits > 0 && i < text.len; i++) {
        unsigned char c = text.at[i];
        unsigned digit = c >= '0' && c <= '9'   ? c - (unsigned)'0'
                         : c >= 'a' && c <= 'f' ? c - 'a' + 10u
                         : c >= 'A' && c <= 'F' ? c - 'A' + 10u
                                                : 16u;
        bool between = c == '_' && digit_before && i + 1 < text.len;
        if ((digit >> bits) != 0 && !between) {
            return false;
        }
        read = between ? read : (read << bits) | digit;
        digit_before = !between;
    }
    return bits > 0 && text.len <= LITERAL_MAX && read == value;
}

struct ast *lower_literal(struct lower *low, struct span span, int128 value) {
    struct ast *node = lower_int(low, span, value);
    const struct source *source = sources_find(low->program->sources, span);
    if (source && value >= 0) {
        struct bytes text = bytes_of(source->text.at + (span.lo - source->base), span.hi - span.lo);
        if (is_written(text, value)) {
            node->name = intern_add(low->intern, (const char *)text.at, text.len);
        }
    }
    return node;
}

struct ast *lower_bool(struct lower *low, struct span span, bool value) {
    struct ast *node = lower_node(low, AST_BOOL, span, NULL, NULL, NULL);
    node->flag = value;
    return node;
}

struct ast *lower_text(struct lower *low, struct span span, struct bytes text) {
    struct ast *node = lower_node(low, AST_STRING, span, NULL, NULL, NULL);
    node->text = text;
    return node;
}

struct ast *lower_bytes(struct lower *low, struct span span, struct bytes bytes) {
    struct ast *node = lower_text(low, span, bytes);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = bytes.at[i];
        bool text = (byte >= 0x20 && byte < 0x7f) || byte == '\0' || byte == '\n' || byte == '\r';
        node->flag = node->flag || !text;
    }
    return node;
}

struct ast *lower_dollar(struct lower *low, struct span span, const char *name) {
    return lower_named(low, AST_DOLLAR, span, name, NULL);
}

struct ast *lower_call(struct lower *low, struct span span, const char *name, struct ast *arg0,
                       struct ast *arg1, struct ast *arg2) {
    struct ast_list args = {0};
    struct ast *const all[] = {arg0, arg1, arg2};
    for (size_t i = 0; i < sizeof all / sizeof *all && all[i]; i++) {
        ast_append(&args, all[i]);
    }
    return lower_named(low, AST_CALL, span, name, args.first);
}

struct ast *lower_unary(struct lower *low, enum ast_op op, struct span span, struct ast *kid) {
    struct ast *node = lower_node(low, AST_UNARY, span, kid, NULL, NULL);
    node->op = (uint8_t)op;
    return node;
}

struct ast *lower_binary(struct lower *low, enum ast_op op, struct span span, struct ast *left,
                         struct ast *right) {
    struct ast *node = lower_node(low, AST_BINARY, span, left, right, NULL);
    node->op = (uint8_t)op;
    return node;
}

struct ast *lower_type_name(struct lower *low, struct span span, const char *name) {
    return lower_named(low, AST_TYPE_NAME, span, name, NULL);
}

struct ast *lower_clause(struct lower *low, enum ast_kind kind, struct ast *expr) {
    return lower_node(low, kind, expr ? expr->span : span_none(), expr, NULL, NULL);
}

struct ast *lower_let(struct lower *low, struct span span, const char *name, struct ast *expr) {
    struct ast *seq = lower_node(low, AST_SEQ, span, expr, NULL, NULL);
    return lower_named(low, AST_LET, span, name, seq);
}

void lower_append_all(struct ast_list *list, struct ast_list more) {
    for (struct ast *node = more.first, *next; node; node = next) {
        next = node->next;
        ast_append(list, node);
    }
}

static struct ast *copy_list(struct lower *low, const struct ast *list) {
    struct ast_list copies = {0};
    for (; list; list = list->next) {
        ast_append(&copies, lower_copy(low, list));
    }
    return copies.first;
}

struct ast *lower_copy(struct lower *low, const struct ast *expr) {
    struct ast *copy = ast_new(low->arena, (enum ast_kind)expr->kind, expr->span);
    *copy = *expr;
    copy->next = NULL;
    for (int i = 0; i < 3; i++) {
        copy->kid[i] = copy_list(low, expr->kid[i]);
    }
    return copy;
}
