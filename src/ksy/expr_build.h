/* What the actions of grammar/kaitai.y and kaitai.l call: nodes of expressions, literals, and mistakes.
 *
 * Places are offsets in the scalar that is parsed; nodes and diagnostics get spans of its source. */
#ifndef KSY_EXPR_BUILD_H
#define KSY_EXPR_BUILD_H

#include "base/vec.h"
#include "ksy/expr.h"

/* Brackets nest this deep at most, and a tree is this high. */
#define EXPR_NESTING_MAX 128u
#define EXPR_DEPTH_MAX   2048u

struct expr_build {
    struct arena *arena;
    struct intern *intern;
    struct diags *diags;
    const struct yaml *scalar;
    bool failed; /* something was reported: the parse ends */

    /* what was parsed */
    struct ksy_expr *root;
    struct ksy_type_name type;
    const char *name;      /* of a process */
    struct ksy_expr *args; /* of a type or process; linked by next */
};

struct expr_list {
    struct ksy_expr *first, *last;
    uint32_t depth;
};

/* Names with "::" or "." between them. */
struct expr_path {
    const char **at;
    uint32_t n, cap;
    bool absolute, array;
};

const char *expr_intern(struct expr_build *build, struct bytes text);

/* -- nodes -- */

struct ksy_expr *expr_node(struct expr_build *build, enum ksy_expr_kind kind, struct span place,
                           struct ksy_expr *a, struct ksy_expr *b, struct ksy_expr *c);
struct ksy_expr *expr_unary(struct expr_build *build, enum ksy_op op, struct span place,
                            struct ksy_expr *kid);
struct ksy_expr *expr_binary(struct expr_build *build, enum ksy_op op, struct span place,
                             struct ksy_expr *left, struct ksy_expr *right);
struct ksy_expr *expr_attribute(struct expr_build *build, struct span place, struct ksy_expr *of,
                                const char *name, struct span name_place);

/* A call: callee is the ATTRIBUTE that names the method; anything else is reported. */
struct ksy_expr *expr_call(struct expr_build *build, struct span place, struct ksy_expr *callee,
                           struct expr_list args);

/* A LIST or an FSTRING. */
struct ksy_expr *expr_items(struct expr_build *build, enum ksy_expr_kind kind, struct span place,
                            struct expr_list items);

/* A CAST (of `of`), a SIZEOF or a BITSIZEOF. */
struct ksy_expr *expr_typed(struct expr_build *build, enum ksy_expr_kind kind, struct span place,
                            struct ksy_expr *of, struct ksy_type_name type);

/* A NAME, or an ENUM where the path has several names. */
struct ksy_expr *expr_path(struct expr_build *build, struct span place, struct expr_path path);
struct ksy_expr *expr_bool(struct expr_build *build, struct span place, bool value);

struct expr_list expr_list_none(void);
struct expr_list expr_list_add(struct expr_list list, struct ksy_expr *item);

struct expr_path expr_path_one(struct expr_build *build, const char *name, bool absolute);
struct expr_path expr_path_add(struct expr_build *build, struct expr_path path, const char *name);

/* "[]" behind the path of a type, at the place; a second one is reported. */
struct expr_path expr_path_array(struct expr_build *build, struct span place,
                                 struct expr_path path);
struct ksy_type_name expr_type(struct expr_build *build, struct span place, struct expr_path path);
const char *expr_dotted(struct expr_build *build, struct expr_path path);

/* -- literals, as they are written -- */

struct ksy_expr *expr_integer(struct expr_build *build, struct span place, struct bytes text);
struct ksy_expr *expr_float(struct expr_build *build, struct span place, struct bytes text);

/* A STRING in single quotes; one with escapes, whose `quote` bytes at both ends are left out. */
struct ksy_expr *expr_plain_text(struct expr_build *build, struct span place, struct bytes text);
struct ksy_expr *expr_text(struct expr_build *build, struct span place, struct bytes text,
                           uint32_t quote);

/* All STRINGs of a list (at least one) as one. */
struct ksy_expr *expr_texts(struct expr_build *build, struct span place, struct expr_list list);

/* -- mistakes -- */

struct expr_mistake {
    struct span span; /* of the token that does not fit */
    bool at_end;      /* it is the end */
    bool second_comparison;
    struct span opened;   /* the bracket that may be left open, or span_none() */
    const char *expected; /* "',' or ')'", or NULL */
};

void expr_syntax_error(struct expr_build *build, const struct expr_mistake *mistake);

/* The quote that a text at the place began with is never closed. */
void expr_open_text(struct expr_build *build, struct span place, char quote);
void expr_too_nested(struct expr_build *build, struct span place);
void expr_too_deep(struct expr_build *build, struct span place);

#endif
