/* What the files of lowering share; see lower.h.
 *
 * lower.c puts the file together, lower_class.c makes structs, lower_attr.c fields and lets, lower_run.c sizes and
 * terminators, lower_type.c types and switches, lower_enum.c enums, lower_expr.c and lower_method.c expressions,
 * lower_query.c asks things of expressions, lower_align.c finds where whole bytes begin, lower_node.c makes single nodes.
 * lower_plain.c knows only the tree that they have made. */
#ifndef KSY_LOWER_INTERNAL_H
#define KSY_LOWER_INTERNAL_H

#include "base/map.h"
#include "ksy/spec.h"
#include "syn/ast.h"

/* Where in a byte bits go on: 0 to 7 of it are taken, or it depends on the data. */
#define LOWER_BITS_VARY 8u

/* What lowering knows of a class. */
struct lower_class {
    const struct ksy_class *class;
    const char *name; /* of its struct */
    bool
        takes_parent; /* a parameter _parent says what its _parent is: some use has a `parent` of its own */
    bool recursive_root;       /* a top class that its own file uses as a type */
    uint8_t bits_in, bits_out; /* where in a byte it begins and ends: 0..7 or LOWER_BITS_VARY */
    bool reached;              /* a use told bits_in */
    bool used;                 /* values of it can lie in the file */
};

/* What lowering knows of an enum. */
struct lower_enum {
    const char *name;
    const char *base; /* interned: the integer type it is declared with; NULL: none */
    bool used;        /* a field is of it */
};

struct lower {
    struct ksy_program *program;
    struct arena *arena;
    struct intern *intern;
    struct ast_list items; /* of the file */
    VEC(struct lower_class *) all;
    struct map classes;          /* ksy_class → lower_class */
    struct map enums;            /* ksy_enum → lower_enum */
    struct map taken;            /* names of types → anything */
    enum ksy_endian_kind endian; /* what the file says; INHERIT: nothing */
    enum ksy_order bit_order;    /* what the file says; NONE: nothing */
    const char *encoding;        /* what the file says; NULL: UTF-8 */
    struct map naturals;         /* of lower_query.c: what is known of value instances */
    uint32_t streams;            /* instances of type io written out so far */
    struct map libraries;        /* interned names of custom processes that are imported */
};

/* Where an expression stands. */
struct lower_scope {
    struct lower *low;
    const struct ksy_class *in;
    const struct ksy_attr *attr; /* the attribute it belongs to; NULL for none */
    const struct ast
        *self; /* another struct than the one at hand, whose fields its names mean; NULL for none */
    uint8_t bits;   /* taken of the byte at hand, 0..7 or LOWER_BITS_VARY */
    bool behind;    /* the bytes of the attribute are read: the place is behind them */
    unsigned depth; /* instances of type io that are written out within each other */
};

/* -- nodes; all are new -- */

struct ast *lower_node(struct lower *low, enum ast_kind kind, struct span span, struct ast *kid0,
                       struct ast *kid1, struct ast *kid2);
struct ast *lower_named(struct lower *low, enum ast_kind kind, struct span span, const char *name,
                        struct ast *kid0);
struct ast *lower_int(struct lower *low, struct span span, int128 value);
/* A number that stands in a specification at span: where it is written in another base than ten, it stays so. */
struct ast *lower_literal(struct lower *low, struct span span, int128 value);
struct ast *lower_bool(struct lower *low, struct span span, bool value);
struct ast *lower_text(struct lower *low, struct span span, struct bytes text);
/* Bytes as a literal; where all are characters to be written, it is a text as well. */
struct ast *lower_bytes(struct lower *low, struct span span, struct bytes bytes);
struct ast *lower_dollar(struct lower *low, struct span span, const char *name);
struct ast *lower_call(struct lower *low, struct span span, const char *name, struct ast *arg0,
                       struct ast *arg1, struct ast *arg2);
struct ast *lower_unary(struct lower *low, enum ast_op op, struct span span, struct ast *kid);
struct ast *lower_binary(struct lower *low, enum ast_op op, struct span span, struct ast *left,
                         struct ast *right);
struct ast *lower_type_name(struct lower *low, struct span span, const char *name);
struct ast *lower_clause(struct lower *low, enum ast_kind kind, struct ast *expr);
struct ast *lower_let(struct lower *low, struct span span, const char *name, struct ast *expr);

/* A copy of a tree of expressions. */
struct ast *lower_copy(struct lower *low, const struct ast *expr);

/* Adds the nodes of another list, which is of no use then. */
void lower_append_all(struct ast_list *list, struct ast_list more);

/* -- names -- */

struct lower_class *lower_class_of(const struct lower *low, const struct ksy_class *class);
struct lower_enum *lower_enum_of(const struct lower *low, const struct ksy_enum *enumeration);

/* What an attribute is called: its id, or _unnamedN. */
const char *lower_attr_name(struct lower *low, const struct ksy_attr *attr);

/* Under which name a parameter comes in; the let that shows it has the parameter's own. */
const char *lower_param_name(struct lower *low, const struct ksy_attr *param);

/* The docs of something: doc and doc-ref as lines; NULL for none. */
const char *lower_doc(struct lower *low, const char *doc, const char *doc_ref);

/* -- expressions -- */

struct ast *lower_expr(const struct lower_scope *scope, const struct ksy_expr *expr);

/* x.name or x.name(…) of something that is no member of a struct: methods, and _io, _parent, _root, _sizeof. */
struct ast *lower_method(const struct lower_scope *scope, const struct ksy_expr *expr);

/* _parent, and the _parent of it and so on. */
struct ast *lower_parent(const struct lower_scope *scope, const struct ksy_expr *expr);
struct ast *lower_root(const struct lower_scope *scope, struct span span);

/* The struct at hand, by its name. */
struct ast *lower_self(const struct lower_scope *scope, struct span span);

/* Bytes where a literal may stand, as in a comparison: "\xff" rather than bytes("\xff"). */
struct ast *lower_expr_of_bytes(const struct lower_scope *scope, const struct ksy_expr *expr);

/* Whether a number is surely not negative. */
bool lower_is_natural(struct lower *low, const struct ksy_expr *expr);

/* Whether an expression (NULL: none) asks where in the stream it is worked out. */
bool lower_asks_place(const struct ksy_expr *expr);

/* Finds the instances that ask for the place in the stream and that an attribute needs, itself or by way of others. */
struct lower_wanted {
    struct lower *low;
    struct map seen; /* instances that were looked into */
    VEC(const struct ksy_attr *)
    found; /* by the last lower_find_wanted, those seen before left out */
    unsigned depth;
};

void lower_find_wanted(struct lower_wanted *wanted, const struct ksy_attr *attr);

/* -- fields -- */

/* What one value of an attribute is. */
struct lower_shape {
    struct ast *type;
    struct ast_list dims;    /* the length of a run */
    struct ast_list clauses; /* those that are about each element of an array */
    struct ast_list common;  /* width and encoding, said once for an array */
};

/* The name of an encoding. One that nobody knows is a fault only when text in it is read, and so is written as what has
 * to be worked out. */
struct ast *lower_encoding(struct lower *low, struct span span, const char *name);

/* Gives the shape of what an attribute reads for one of the types that it may have. */
void lower_shape_of(const struct lower_scope *scope, const struct ksy_attr *attr,
                    const struct ksy_use *use, struct lower_shape *shape);

/* Adds what says which bytes a value is read from: of a run (text or bytes) its length, of a struct those that are its
 * file. */
void lower_extent(const struct lower_scope *scope, const struct ksy_attr *attr,
                  const struct ksy_use *use, struct lower_shape *shape);

/* Gives the shape of an attribute with cases; what they have in common is said once. */
void lower_switch(const struct lower_scope *scope, const struct ksy_attr *attr,
                  struct lower_shape *shape);

/* The name of the integer type of a stored number, "uint16le"; NULL for other types. */
const char *lower_integer_name(struct lower *low, const struct ksy_type *type);

/* A stored or given type by its name; enumeration may be NULL. NULL for what has no name here. */
struct ast *lower_type(struct lower *low, const struct ksy_type *type,
                       const struct ksy_enum *enumeration, struct span span);

/* Adds the members that an attribute of a class becomes. bits: how many of the byte at hand are taken in front of it. */
void lower_attr(struct lower *low, const struct ksy_class *in, const struct ksy_attr *attr,
                uint8_t bits, struct ast_list *members);

/* Whether an attribute is a struct (or bytes) that is read from bytes of its own. */
bool lower_is_apart(const struct ksy_attr *attr);

/* -- where bytes begin; lower_align_classes comes first -- */

void lower_align_classes(struct lower *low);

/* Whether an attribute starts on a whole byte. */
bool lower_attr_is_whole(const struct ksy_attr *attr);

/* How many bits of a byte are taken behind an attribute that begins with so many taken. */
uint8_t lower_attr_bits_after(struct lower *low, const struct ksy_attr *attr, uint8_t bits);

/* -- items of the file -- */

struct ast *lower_struct(struct lower *low, const struct ksy_class *class);
/* Takes note of how an attribute stores an enum. */
void lower_note_enum(struct lower *low, const struct ksy_attr *attr);

struct ast *lower_enumeration(struct lower *low, const struct ksy_enum *enumeration);

#endif
