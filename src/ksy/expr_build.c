#include "config.h"

#include "ksy/expr_build.h"

const char *expr_intern(struct expr_build *build, struct bytes text) {
    return intern_add(build->intern, (const char *)text.at, text.len);
}

static struct span part(const struct expr_build *build, struct span place) {
    return yaml_part(build->scalar, place.lo, place.hi);
}

/* -- mistakes ---------------------------------------------------------------------------------- */

void expr_too_nested(struct expr_build *build, struct span place) {
    if (!build->failed) {
        yaml_report_part(build->diags, DIAG_NESTING, build->scalar, part(build, place),
                         "brackets nest deeper than %u levels", EXPR_NESTING_MAX);
    }
    build->failed = true;
}

void expr_too_deep(struct expr_build *build, struct span place) {
    if (!build->failed) {
        yaml_report_part(build->diags, DIAG_NESTING, build->scalar, part(build, place),
                         "an expression of more than %u operations in a row", EXPR_DEPTH_MAX);
    }
    build->failed = true;
}

void expr_open_text(struct expr_build *build, struct span place, char quote) {
    if (!build->failed) {
        struct span opening = {place.lo, place.lo < place.hi ? place.lo + 1 : place.lo};
        yaml_report_part(build->diags, DIAG_STRING_OPEN, build->scalar, part(build, opening),
                         "the closing %c of a string is missing", quote);
    }
    build->failed = true;
}

/* What is written otherwise here than in other languages. */
static const char *written_otherwise(struct bytes token) {
    static const char *const words[][2] = {
        {"&&", "'&&' is written 'and'"}, {"||", "'||' is written 'or'"},
        {"!", "'!' is written 'not'"},   {"=", "a comparison is written '=='"},
        {"<>", "'<>' is written '!='"},  {"\t", "a tab is no space in an expression"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (bytes_equal(token, bytes_text(words[i][0]))) {
            return words[i][1];
        }
    }
    return NULL;
}

/* The token as messages name it. */
static const char *token_text(struct expr_build *build, const struct expr_mistake *mistake,
                              struct bytes token) {
    if (mistake->at_end) {
        return mistake->expected ? "the end of the expression" : "end of the expression";
    }
    if (token.len == 1 && (token.at[0] < 0x20 || token.at[0] == 0x7f)) {
        return arena_printf(build->arena, "the control character 0x%02x", token.at[0]);
    }
    if (token.len > 40) {
        return arena_printf(build->arena, "%.*s…", 40, (const char *)token.at);
    }
    return arena_printf(build->arena, "'%.*s'", (int)token.len, (const char *)token.at);
}

void expr_syntax_error(struct expr_build *build, const struct expr_mistake *mistake) {
    struct span place = mistake->span;
    struct bytes token = bytes_of(build->scalar->text.at + place.lo, place.hi - place.lo);
    const char *got = token_text(build, mistake, token);
    const char *expected = mistake->expected;
    struct diag *diag =
        yaml_report_part(build->diags, DIAG_SYNTAX, build->scalar, part(build, place), "%s%s%s%s",
                         expected ? "expected " : "unexpected ", expected ? expected : got,
                         expected ? ", got " : "", expected ? got : "");
    const char *otherwise = written_otherwise(token);
    if (otherwise) {
        diag_note(build->diags, diag, span_none(), "%s", otherwise);
    } else if (mistake->second_comparison) {
        diag_note(build->diags, diag, span_none(),
                  "a comparison is compared in brackets only: (a < b) == c");
    } else if (mistake->at_end && !span_is_none(mistake->opened)) {
        diag_note(build->diags, diag, part(build, mistake->opened), "this bracket is still open");
    }
    build->failed = true;
}

/* -- nodes ------------------------------------------------------------------------------------- */

static struct ksy_expr *new_node(struct expr_build *build, enum ksy_expr_kind kind,
                                 struct span place, uint32_t depth) {
    struct ksy_expr *node = arena_alloc(build->arena, sizeof *node);
    node->kind = kind;
    node->span = part(build, place);
    node->yaml = build->scalar;
    node->depth = depth + 1;
    if (node->depth > EXPR_DEPTH_MAX) {
        expr_too_deep(build, place);
    }
    return node;
}

static uint32_t deeper(uint32_t depth, const struct ksy_expr *kid) {
    return kid && kid->depth > depth ? kid->depth : depth;
}

struct ksy_expr *expr_node(struct expr_build *build, enum ksy_expr_kind kind, struct span place,
                           struct ksy_expr *a, struct ksy_expr *b, struct ksy_expr *c) {
    struct ksy_expr *node = new_node(build, kind, place, deeper(deeper(deeper(0, a), b), c));
    node->kid[0] = a;
    node->kid[1] = b;
    node->kid[2] = c;
    return node;
}

struct ksy_expr *expr_unary(struct expr_build *build, enum ksy_op op, struct span place,
                            struct ksy_expr *kid) {
    struct ksy_expr *node = expr_node(build, KSY_UNARY, place, kid, NULL, NULL);
    node->op = op;
    return node;
}

struct ksy_expr *expr_binary(struct expr_build *build, enum ksy_op op, struct span place,
                             struct ksy_expr *left, struct ksy_expr *right) {
    struct ksy_expr *node = expr_node(build, KSY_BINARY, place, left, right, NULL);
    node->op = op;
    return node;
}

struct ksy_expr *expr_attribute(struct expr_build *build, struct span place, struct ksy_expr *of,
                                const char *name, struct span name_place) {
    struct ksy_expr *node = expr_node(build, KSY_ATTRIBUTE, place, of, NULL, NULL);
    node->name = name;
    node->name_span = part(build, name_place);
    return node;
}

struct ksy_expr *expr_call(struct expr_build *build, struct span place, struct ksy_expr *callee,
                           struct expr_list args) {
    if (callee->kind != KSY_ATTRIBUTE && !build->failed) {
        yaml_report_part(build->diags, DIAG_SYNTAX, build->scalar, callee->span,
                         "only methods are called: value.method(…)");
        build->failed = true;
    }
    uint32_t depth = deeper(args.depth, callee);
    struct ksy_expr *node = new_node(build, KSY_CALL, place, depth);
    node->kid[0] = callee->kid[0];
    node->name = callee->name;
    node->name_span = callee->name_span;
    node->args = args.first;
    return node;
}

struct ksy_expr *expr_items(struct expr_build *build, enum ksy_expr_kind kind, struct span place,
                            struct expr_list items) {
    struct ksy_expr *node = new_node(build, kind, place, items.depth);
    node->args = items.first;
    return node;
}

struct ksy_expr *expr_typed(struct expr_build *build, enum ksy_expr_kind kind, struct span place,
                            struct ksy_expr *of, struct ksy_type_name type) {
    struct ksy_expr *node = expr_node(build, kind, place, of, NULL, NULL);
    node->type_name = type;
    return node;
}

/* Names of attributes are of small letters, digits and '_'. */
static void check_name(struct expr_build *build, const struct ksy_expr *node) {
    for (const char *at = node->name; *at != '\0'; at++) {
        if (*at >= 'A' && *at <= 'Z' && !build->failed) {
            yaml_report_part(build->diags, DIAG_SYNTAX, build->scalar, node->span,
                             "a name is of small letters, digits and '_': '%s'", node->name);
            build->failed = true;
        }
    }
}

struct ksy_expr *expr_path(struct expr_build *build, struct span place, struct expr_path path) {
    struct ksy_expr *node = new_node(build, path.n == 1 ? KSY_NAME : KSY_ENUM, place, 0);
    node->name = path.at[path.n - 1];
    node->name_span = node->span;
    if (node->kind == KSY_NAME) {
        check_name(build, node);
    } else {
        node->type_name = expr_type(build, place, path);
    }
    return node;
}

struct ksy_expr *expr_bool(struct expr_build *build, struct span place, bool value) {
    struct ksy_expr *node = new_node(build, KSY_BOOL, place, 0);
    node->integer = value;
    return node;
}

/* -- lists and paths --------------------------------------------------------------------------- */

struct expr_list expr_list_none(void) {
    return (struct expr_list){0};
}

struct expr_list expr_list_add(struct expr_list list, struct ksy_expr *item) {
    if (list.last) {
        list.last->next = item;
    } else {
        list.first = item;
    }
    list.last = item;
    list.depth = deeper(list.depth, item);
    return list;
}

struct expr_path expr_path_one(struct expr_build *build, const char *name, bool absolute) {
    return expr_path_add(build, (struct expr_path){.absolute = absolute}, name);
}

struct expr_path expr_path_add(struct expr_build *build, struct expr_path path, const char *name) {
    *vec_push(&path, build->arena) = name;
    return path;
}

struct expr_path expr_path_array(struct expr_build *build, struct span place,
                                 struct expr_path path) {
    if (path.array && !build->failed) {
        yaml_report_part(build->diags, DIAG_SYNTAX, build->scalar, part(build, place),
                         "there are no arrays of arrays");
        build->failed = true;
    }
    path.array = true;
    return path;
}

struct ksy_type_name expr_type(struct expr_build *build, struct span place, struct expr_path path) {
    return (struct ksy_type_name){.span = part(build, place),
                                  .names = path.at,
                                  .n = path.n,
                                  .absolute = path.absolute,
                                  .array = path.array};
}

const char *expr_dotted(struct expr_build *build, struct expr_path path) {
    struct buf text = {0};
    for (uint32_t i = 0; i < path.n; i++) {
        buf_printf(&text, "%s%s", i > 0 ? "." : "", path.at[i]);
    }
    const char *name = expr_intern(build, buf_bytes(&text));
    buf_free(&text);
    return name;
}
