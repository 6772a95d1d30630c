/* Between type.c, type_expr.c, type_method.c, type_parent.c, type_size.c, type_check.c and type_style.c. */
#ifndef KSY_TYPE_INTERNAL_H
#define KSY_TYPE_INTERNAL_H

#include "ksy/spec.h"
#include "ksy/type.h"

/* Levels under way at once: attributes lead to expressions and these to attributes. An operation is one level, an
 * attribute is as many as its functions take more of the stack. */
#define TYPE_DEPTH_MAX   3000u
#define TYPE_ATTR_LEVELS 6u

/* One check of a program. */
struct typing {
    struct ksy_program *program;
    struct map members;    /* (class, id) -> ksy_attr */
    struct map classes;    /* class -> itself, to be changed */
    struct map class_bits; /* class -> type_size.c's figure */
    uint32_t depth;
    bool quiet; /* nothing is reported: what is found is not final yet */
    const struct ksy_type *integer, *byte, *small, *number, *boolean, *text, *bytes, *io,
        *any_struct; /* those of expressions; byte: unsigned, small: 0..127 */
};

/* Where an expression stands. */
struct place {
    struct typing *typing;
    const struct ksy_class *in;
    const struct ksy_type *element; /* what "_" is; NULL: it means nothing here */
    bool element_unknown;           /* "_" is something, but its type was reported */
    bool indexed;                   /* "_index" means something */
};

/* -- type.c -- */

/* The type of an attribute, worked out where it is not known yet. NULL: reported, or a type that needs itself. */
const struct ksy_type *type_of_attr(struct typing *typing, struct ksy_attr *attr);

struct ksy_attr *type_find_attr(const struct typing *typing, const struct ksy_class *class,
                                const char *id);
const struct ksy_type *type_struct(const struct typing *typing, const struct ksy_class *class);
const struct ksy_type *type_array(const struct typing *typing, const struct ksy_type *of);
bool type_is_int(const struct ksy_type *type);
bool type_is_number(const struct ksy_type *type);

/* The type that holds values of both; NULL: there is none. */
const struct ksy_type *type_combine(const struct typing *typing, const struct ksy_type *a,
                                    const struct ksy_type *b);

/* Reports at an expression unless typing is quiet; the diagnostic, or NULL. */
struct diag *type_report(const struct typing *typing, enum diag_code code,
                         const struct ksy_expr *expr, struct span span, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Adds "did you mean" with the attributes of a class. */
void type_suggest_attr(const struct typing *typing, struct diag *diag,
                       const struct ksy_class *class, const char *name);

/* Notes that some more levels are entered, to be taken off typing->depth; false: too many, which was reported. */
bool type_enter(struct typing *typing, uint32_t levels, const struct ksy_expr *expr);

/* -- type_expr.c -- */

/* Works out the types of an expression and of all in it; NULL: reported. */
const struct ksy_type *type_expr(const struct place *place, struct ksy_expr *expr);

/* Whether values of two types can be compared with an operator; NULL, or what is wrong. */
const char *type_compare_problem(const struct typing *typing, enum ksy_op op,
                                 const struct ksy_type *left, const struct ksy_type *right);

/* -- type_method.c -- */

/* The type of a member of a value that is no struct, as in kid[0].name and kid[0].name(args). */
const struct ksy_type *type_method(const struct place *place, struct ksy_expr *expr,
                                   const struct ksy_type *of);

/* -- type_size.c -- */

/* The bits of a type as it is stored, of a class, of an attribute; false: they differ from file to file. */
bool type_bits(struct typing *typing, const struct ksy_type *type, int128 *bits);
bool type_attr_bits(struct typing *typing, const struct ksy_attr *attr, int128 *bits);
bool type_class_bits(struct typing *typing, const struct ksy_class *class, int128 *bits);

/* -- type_parent.c -- */

/* Finds what _parent stands for in each class. */
void type_parents(struct typing *typing);

/* -- type_check.c -- */

/* Checks all expressions of a class and of the types in it. */
void type_check_class(struct typing *typing, struct ksy_class *class);

/* -- type_style.c -- */

/* Warns of names in a class that was checked, and in the types in it. */
void type_style(const struct typing *typing, const struct ksy_class *class);

#endif
