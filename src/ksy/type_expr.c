/* The types of expressions. */
#include "config.h"

#include "ksy/type_internal.h"

static const char *text_of(const struct place *place, const struct ksy_type *type) {
    return ksy_type_text(place->typing->program, type);
}

static const struct ksy_type *mismatch(const struct place *place, const struct ksy_expr *expr,
                                       const char *problem) {
    type_report(place->typing, DIAG_TYPE_MISMATCH, expr, expr->span, "%s", problem);
    return NULL;
}

/* -- names ------------------------------------------------------------------------------------- */

static const struct ksy_type *type_parent(const struct place *place,
                                          const struct ksy_class *class) {
    return type_struct(place->typing, class ? class->parent : NULL);
}

/* The type of an attribute that an expression names. */
static const struct ksy_type *type_named_attr(const struct place *place, struct ksy_expr *expr,
                                              struct ksy_attr *attr) {
    expr->attr = attr;
    attr->uses += !place->typing->quiet;
    if (attr->typing) {
        type_report(place->typing, DIAG_CYCLE, expr, expr->name_span,
                    "the type of '%s' needs itself", attr->id);
        return NULL;
    }
    if (!type_enter(place->typing, TYPE_ATTR_LEVELS, expr)) {
        return NULL;
    }
    const struct ksy_type *type = type_of_attr(place->typing, attr);
    place->typing->depth -= TYPE_ATTR_LEVELS;
    return type;
}

/* The bytes of a struct that _sizeof asks for, into expr->integer. */
static const struct ksy_type *type_sizeof_class(const struct place *place, struct ksy_expr *expr,
                                                const struct ksy_class *class) {
    int128 bits;
    if (!class || !type_class_bits(place->typing, class, &bits)) {
        type_report(place->typing, DIAG_NOT_CONSTANT, expr, expr->span,
                    "there is no size of '%s' that is the same in all files",
                    class ? class->path : "struct");
        return NULL;
    }
    expr->integer = (bits + 7) / 8;
    return place->typing->integer;
}

enum special { ROOT, PARENT, IO, INDEX, ELEMENT, SIZE, NOT_SPECIAL };

static enum special special_name(const char *name) {
    static const char *const names[] = {
        [ROOT] = "_root",   [PARENT] = "_parent", [IO] = "_io",
        [INDEX] = "_index", [ELEMENT] = "_",      [SIZE] = "_sizeof",
    };
    for (int i = 0; i < NOT_SPECIAL; i++) {
        if (strcmp(name, names[i]) == 0) {
            return (enum special)i;
        }
    }
    return NOT_SPECIAL;
}

static const struct ksy_type *type_element_name(const struct place *place,
                                                const struct ksy_expr *expr) {
    if (!place->element && !place->element_unknown) {
        type_report(place->typing, DIAG_DOLLAR, expr, expr->span,
                    "'_' is the value that was just read, in 'repeat-until' and 'valid/expr' only");
    }
    return place->element;
}

static const struct ksy_type *type_index_name(const struct place *place,
                                              const struct ksy_expr *expr) {
    if (!place->indexed) {
        type_report(place->typing, DIAG_DOLLAR, expr, expr->span,
                    "'_index' is the number of an element: there is none where nothing repeats");
        return NULL;
    }
    return place->typing->integer;
}

static const struct ksy_type *type_name(const struct place *place, struct ksy_expr *expr) {
    struct typing *typing = place->typing;
    switch (special_name(expr->name)) {
    case ROOT:
        return type_struct(typing, place->in->spec->top);
    case PARENT:
        return type_parent(place, place->in);
    case IO:
        return typing->io;
    case INDEX:
        return type_index_name(place, expr);
    case ELEMENT:
        return type_element_name(place, expr);
    case SIZE:
        return type_sizeof_class(place, expr, place->in);
    case NOT_SPECIAL:
        break;
    }
    struct ksy_attr *attr = type_find_attr(typing, place->in, expr->name);
    if (attr) {
        return type_named_attr(place, expr, attr);
    }
    struct diag *diag = type_report(typing, DIAG_UNKNOWN_NAME, expr, expr->name_span,
                                    "'%s' has no attribute '%s'", place->in->path, expr->name);
    type_suggest_attr(typing, diag, place->in, expr->name);
    return NULL;
}

/* -- members ----------------------------------------------------------------------------------- */

static const struct ksy_type *unknown_member(const struct place *place, const struct ksy_expr *expr,
                                             const struct ksy_class *class) {
    if (!class) {
        type_report(place->typing, DIAG_UNKNOWN_MEMBER, expr, expr->name_span,
                    "the type of this struct is not known, so neither is its '%s': say which it "
                    "is with .as<…>",
                    expr->name);
        return NULL;
    }
    struct diag *diag = type_report(place->typing, DIAG_UNKNOWN_MEMBER, expr, expr->name_span,
                                    "'%s' has no attribute '%s'", class->path, expr->name);
    type_suggest_attr(place->typing, diag, class, expr->name);
    return NULL;
}

static const struct ksy_type *type_member(const struct place *place, struct ksy_expr *expr,
                                          const struct ksy_class *class) {
    switch (special_name(expr->name)) {
    case ROOT:
        return type_struct(place->typing, class ? class->spec->top : NULL);
    case PARENT:
        return type_parent(place, class);
    case IO:
        return place->typing->io;
    case SIZE:
        return type_sizeof_class(place, expr, class);
    case INDEX:
    case ELEMENT:
    case NOT_SPECIAL:
        break;
    }
    struct ksy_attr *attr = class ? type_find_attr(place->typing, class, expr->name) : NULL;
    return attr ? type_named_attr(place, expr, attr) : unknown_member(place, expr, class);
}

/* The bytes of a value that is no struct, into expr->integer. */
static const struct ksy_type *type_sizeof_value(const struct place *place, struct ksy_expr *expr,
                                                const struct ksy_type *of) {
    const struct ksy_attr *attr = expr->kid[0]->attr;
    int128 bits;
    bool fixed =
        attr ? type_attr_bits(place->typing, attr, &bits) : type_bits(place->typing, of, &bits);
    if (!fixed) {
        type_report(place->typing, DIAG_NOT_CONSTANT, expr, expr->span,
                    "there is no size of this value that is the same in all files");
        return NULL;
    }
    expr->integer = (bits + 7) / 8;
    return place->typing->integer;
}

static const struct ksy_type *type_attribute(const struct place *place, struct ksy_expr *expr) {
    const struct ksy_type *of = type_expr(place, expr->kid[0]);
    if (!of) {
        return NULL;
    }
    if (special_name(expr->name) == SIZE &&
        (of->kind != KSY_T_STRUCT || (expr->kid[0]->attr && of->class))) {
        return type_sizeof_value(place, expr, of);
    }
    return of->kind == KSY_T_STRUCT ? type_member(place, expr, of->class)
                                    : type_method(place, expr, of);
}

static const struct ksy_type *type_call(const struct place *place, struct ksy_expr *expr) {
    const struct ksy_type *of = type_expr(place, expr->kid[0]);
    bool good = of != NULL;
    for (struct ksy_expr *arg = expr->args; arg; arg = arg->next) {
        good = type_expr(place, arg) && good;
    }
    return good ? type_method(place, expr, of) : NULL;
}

/* -- enums and types by name ------------------------------------------------------------------- */

static void report_member(const struct place *place, const struct ksy_expr *expr,
                          const struct ksy_enum *found) {
    struct typing *typing = place->typing;
    struct diag *diag = type_report(typing, DIAG_UNKNOWN_MEMBER, expr, expr->span,
                                    "the enum '%s' has no member '%s'", found->path, expr->name);
    if (!diag || !diag_may_suggest(typing->program->diags, diag)) {
        return;
    }
    VEC(const char *) names = {0};
    for (uint32_t i = 0; i < found->members.n; i++) {
        *vec_push(&names, typing->program->arena) = found->members.at[i].id;
    }
    diag_suggest(typing->program->diags, diag, expr->name, names.at, names.n);
}

static const struct ksy_type *type_enum(const struct place *place, struct ksy_expr *expr) {
    struct ksy_type_name name = expr->type_name;
    name.n--;
    const struct ksy_enum *found = ksy_find_enum(place->in, &name);
    if (!found) {
        struct diag *diag =
            type_report(place->typing, DIAG_UNKNOWN_TYPE, expr, expr->span,
                        "there is no enum '%s' to be seen from '%s'",
                        ksy_type_name_text(place->typing->program, &name), place->in->path);
        if (diag) {
            ksy_suggest_enum(place->typing->program, diag, place->in, &name);
        }
        return NULL;
    }
    expr->enumeration = found;
    for (uint32_t i = 0; i < found->members.n; i++) {
        if (found->members.at[i].id == expr->name) {
            expr->member = i;
            const struct ksy_type like = {
                .kind = KSY_T_ENUM, .enumeration = found, .of = place->typing->integer};
            return ksy_type_intern(place->typing->program, &like);
        }
    }
    report_member(place, expr, found);
    return NULL;
}

static const struct ksy_type *find_named(const struct place *place, struct ksy_expr *expr) {
    expr->named = ksy_named_type(place->typing->program, place->in, &expr->type_name);
    if (!expr->named) {
        struct diag *diag = type_report(
            place->typing, DIAG_UNKNOWN_TYPE, expr, expr->type_name.span,
            "there is no type '%s' to be seen from '%s'",
            ksy_type_name_text(place->typing->program, &expr->type_name), place->in->path);
        if (diag) {
            ksy_suggest_type(place->typing->program, diag, place->in, &expr->type_name);
        }
    }
    return expr->named;
}

static const struct ksy_type *type_sizeof(const struct place *place, struct ksy_expr *expr) {
    const struct ksy_type *named = find_named(place, expr);
    if (!named) {
        return NULL;
    }
    int128 bits;
    if (!type_bits(place->typing, named, &bits)) {
        type_report(place->typing, DIAG_NOT_CONSTANT, expr, expr->span,
                    "there is no size of '%s' that is the same in all files",
                    text_of(place, named));
        return NULL;
    }
    expr->integer = expr->kind == KSY_BITSIZEOF ? bits : (bits + 7) / 8;
    return place->typing->integer;
}

static const struct ksy_type *type_cast(const struct place *place, struct ksy_expr *expr) {
    struct ksy_expr *of = expr->kid[0];
    bool empty = of->kind == KSY_LIST && !of->args;
    const struct ksy_type *named = find_named(place, expr);
    if (empty) {
        of->type = named;
    } else if (!type_expr(place, of)) {
        return NULL;
    }
    return named;
}

/* -- lists, strings, elements ------------------------------------------------------------------ */

/* Lists of lists, through instances too, nest this deep. */
#define ARRAYS_MAX 128u

static unsigned nesting(const struct ksy_type *type) {
    unsigned n = 0;
    while (type->kind == KSY_T_ARRAY) {
        type = type->of;
        n++;
    }
    return n;
}

static const struct ksy_type *type_list(const struct place *place, struct ksy_expr *expr) {
    const struct ksy_type *common = NULL;
    bool good = true;
    for (struct ksy_expr *item = expr->args; item; item = item->next) {
        const struct ksy_type *type = type_expr(place, item);
        if (!type || !good) {
            good = false;
            continue;
        }
        const struct ksy_type *both = common ? type_combine(place->typing, common, type) : type;
        if (!both) {
            type_report(place->typing, DIAG_TYPE_MISMATCH, item, item->span,
                        "the items of a list are of one type: %s and %s", text_of(place, common),
                        text_of(place, type));
        }
        good = both != NULL;
        common = both;
    }
    if (!good) {
        return NULL;
    }
    if (!common) {
        return mismatch(place, expr, "the type of an empty list is not known: say it with .as<…>");
    }
    if (nesting(common) >= ARRAYS_MAX) {
        return mismatch(place, expr, "lists of lists nest too deep");
    }
    bool bytes = common->kind == KSY_T_INT && common->bytes == 1;
    return bytes ? place->typing->bytes : type_array(place->typing, common);
}

static const struct ksy_type *type_fstring(const struct place *place, struct ksy_expr *expr) {
    bool good = true;
    for (struct ksy_expr *item = expr->args; item; item = item->next) {
        const struct ksy_type *type = type_expr(place, item);
        if (type && type->kind != KSY_T_STR && !type_is_int(type)) {
            type_report(place->typing, DIAG_TYPE_MISMATCH, item, item->span,
                        "int or str is wanted in a string, got %s", text_of(place, type));
            type = NULL;
        }
        good = type && good;
    }
    return good ? place->typing->text : NULL;
}

static const struct ksy_type *type_subscript(const struct place *place, struct ksy_expr *expr) {
    const struct ksy_type *of = type_expr(place, expr->kid[0]);
    const struct ksy_type *index = type_expr(place, expr->kid[1]);
    if (index && !type_is_int(index)) {
        type_report(place->typing, DIAG_TYPE_MISMATCH, expr->kid[1], expr->kid[1]->span,
                    "int is wanted for the number of an element, got %s", text_of(place, index));
        index = NULL;
    }
    if (of && of->kind != KSY_T_ARRAY && of->kind != KSY_T_BYTES) {
        type_report(place->typing, DIAG_NOT_AN_ARRAY, expr, expr->kid[0]->span,
                    "only arrays and bytes have elements, this is %s", text_of(place, of));
        return NULL;
    }
    if (!of || !index) {
        return NULL;
    }
    return of->kind == KSY_T_ARRAY ? of->of : place->typing->byte;
}

/* -- operators --------------------------------------------------------------------------------- */

/* As it is written. */
static const char *op_text(enum ksy_op op) {
    static const char *const texts[] = {
        [KSY_OP_NONE] = "",    [KSY_OP_OR] = "or",  [KSY_OP_AND] = "and", [KSY_OP_NOT] = "not",
        [KSY_OP_EQ] = "==",    [KSY_OP_NE] = "!=",  [KSY_OP_LT] = "<",    [KSY_OP_LE] = "<=",
        [KSY_OP_GT] = ">",     [KSY_OP_GE] = ">=",  [KSY_OP_BITOR] = "|", [KSY_OP_BITXOR] = "^",
        [KSY_OP_BITAND] = "&", [KSY_OP_SHL] = "<<", [KSY_OP_SHR] = ">>",  [KSY_OP_ADD] = "+",
        [KSY_OP_SUB] = "-",    [KSY_OP_MUL] = "*",  [KSY_OP_DIV] = "/",   [KSY_OP_MOD] = "%",
        [KSY_OP_PLUS] = "+",   [KSY_OP_NEG] = "-",  [KSY_OP_INV] = "~",
    };
    return texts[op];
}

static const struct ksy_type *type_unary(const struct place *place, struct ksy_expr *expr) {
    const struct ksy_type *type = type_expr(place, expr->kid[0]);
    if (!type) {
        return NULL;
    }
    struct typing *typing = place->typing;
    if (expr->op == KSY_OP_NOT && type->kind == KSY_T_BOOL) {
        return typing->boolean;
    }
    if (expr->op == KSY_OP_PLUS && type_is_number(type)) {
        return type;
    }
    if ((expr->op == KSY_OP_NEG || expr->op == KSY_OP_INV) && type_is_int(type)) {
        return typing->integer;
    }
    if (expr->op == KSY_OP_NEG && type->kind == KSY_T_FLOAT) {
        return typing->number;
    }
    type_report(typing, DIAG_TYPE_MISMATCH, expr, expr->span, "'%s' does not work on %s",
                op_text(expr->op), text_of(place, type));
    return NULL;
}

const char *type_compare_problem(const struct typing *typing, enum ksy_op op,
                                 const struct ksy_type *left, const struct ksy_type *right) {
    struct arena *arena = typing->program->arena;
    bool same = left->kind == right->kind && left->kind != KSY_T_STRUCT &&
                left->kind != KSY_T_ARRAY && left->kind != KSY_T_IO && left->kind != KSY_T_SWITCH &&
                left->kind != KSY_T_ANY;
    if (!same && !(type_is_number(left) && type_is_number(right))) {
        return arena_printf(arena, "%s is not compared with %s",
                            ksy_type_text(typing->program, left),
                            ksy_type_text(typing->program, right));
    }
    if (left->kind == KSY_T_ENUM && left->enumeration != right->enumeration) {
        return arena_printf(arena, "different enums are not compared: '%s' and '%s'",
                            left->enumeration->path, right->enumeration->path);
    }
    bool ordered = left->kind != KSY_T_ENUM || op == KSY_OP_EQ || op == KSY_OP_NE;
    return ordered ? NULL : arena_printf(arena, "enums are not ordered: no '%s'", op_text(op));
}

static const struct ksy_type *type_comparison(const struct place *place, struct ksy_expr *expr,
                                              const struct ksy_type *left,
                                              const struct ksy_type *right) {
    const char *problem = type_compare_problem(place->typing, expr->op, left, right);
    return problem ? mismatch(place, expr, problem) : place->typing->boolean;
}

static const struct ksy_type *type_arithmetic(const struct place *place, struct ksy_expr *expr,
                                              const struct ksy_type *left,
                                              const struct ksy_type *right) {
    struct typing *typing = place->typing;
    bool bitwise = expr->op >= KSY_OP_BITOR && expr->op <= KSY_OP_SHR;
    if (type_is_int(left) && type_is_int(right)) {
        return typing->integer;
    }
    if (type_is_number(left) && type_is_number(right) && !bitwise) {
        return typing->number;
    }
    if (left->kind == KSY_T_STR && right->kind == KSY_T_STR && expr->op == KSY_OP_ADD) {
        return typing->text;
    }
    type_report(typing, DIAG_TYPE_MISMATCH, expr, expr->span, "'%s' does not work on %s and %s",
                op_text(expr->op), text_of(place, left), text_of(place, right));
    return NULL;
}

/* One side of "and" and "or". */
static bool is_condition(const struct place *place, const struct ksy_expr *expr,
                         const struct ksy_type *type, const char *what) {
    if (type && type->kind != KSY_T_BOOL) {
        type_report(place->typing, DIAG_TYPE_MISMATCH, expr, expr->span,
                    "bool is wanted %s, got %s", what, text_of(place, type));
    }
    return type && type->kind == KSY_T_BOOL;
}

static const struct ksy_type *type_binary(const struct place *place, struct ksy_expr *expr) {
    const struct ksy_type *left = type_expr(place, expr->kid[0]);
    const struct ksy_type *right = type_expr(place, expr->kid[1]);
    if (expr->op == KSY_OP_OR || expr->op == KSY_OP_AND) {
        const char *what =
            expr->op == KSY_OP_OR ? "on both sides of 'or'" : "on both sides of 'and'";
        bool good = is_condition(place, expr->kid[0], left, what);
        return is_condition(place, expr->kid[1], right, what) && good ? place->typing->boolean
                                                                      : NULL;
    }
    if (!left || !right) {
        return NULL;
    }
    return expr->op >= KSY_OP_EQ && expr->op <= KSY_OP_GE
               ? type_comparison(place, expr, left, right)
               : type_arithmetic(place, expr, left, right);
}

static const struct ksy_type *type_cond(const struct place *place, struct ksy_expr *expr) {
    const struct ksy_type *when = type_expr(place, expr->kid[0]);
    bool good = is_condition(place, expr->kid[0], when, "in front of '?'");
    const struct ksy_type *yes = type_expr(place, expr->kid[1]);
    const struct ksy_type *no = type_expr(place, expr->kid[2]);
    if (!yes || !no) {
        return NULL;
    }
    const struct ksy_type *common = type_combine(place->typing, yes, no);
    if (!common) {
        type_report(place->typing, DIAG_TYPE_MISMATCH, expr, expr->span,
                    "both sides of ':' are of one type: %s and %s", text_of(place, yes),
                    text_of(place, no));
    }
    return good ? common : NULL;
}

/* -- all --------------------------------------------------------------------------------------- */

static const struct ksy_type *type_node(const struct place *place, struct ksy_expr *expr) {
    struct typing *typing = place->typing;
    switch (expr->kind) {
    case KSY_INT:
        return expr->integer > 255   ? typing->integer
               : expr->integer > 127 ? typing->byte
                                     : typing->small;
    case KSY_FLOAT:
        return typing->number;
    case KSY_STRING:
        return typing->text;
    case KSY_BOOL:
        return typing->boolean;
    case KSY_FSTRING:
        return type_fstring(place, expr);
    case KSY_NAME:
        return type_name(place, expr);
    case KSY_ENUM:
        return type_enum(place, expr);
    case KSY_LIST:
        return type_list(place, expr);
    case KSY_UNARY:
        return type_unary(place, expr);
    case KSY_BINARY:
        return type_binary(place, expr);
    case KSY_COND:
        return type_cond(place, expr);
    case KSY_ATTRIBUTE:
        return type_attribute(place, expr);
    case KSY_CALL:
        return type_call(place, expr);
    case KSY_INDEX:
        return type_subscript(place, expr);
    case KSY_CAST:
        return type_cast(place, expr);
    case KSY_SIZEOF:
    case KSY_BITSIZEOF:
        return type_sizeof(place, expr);
    }
    return NULL;
}

const struct ksy_type *type_expr(const struct place *place, struct ksy_expr *expr) {
    expr->type = NULL;
    if (!type_enter(place->typing, 1, expr)) {
        return NULL;
    }
    expr->type = type_node(place, expr);
    place->typing->depth--;
    return expr->type;
}
