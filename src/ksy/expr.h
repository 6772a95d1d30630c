/* Kaitai's expression language: the tree, and the parser (grammar/kaitai.l, kaitai.y).
 *
 * Precedence, loosest first: ?: | or | and | not | one comparison | "|" | ^ | & | << >> | + - | * / % | unary + - ~ |
 * postfix. Its types are in type.h; it becomes the schema language's tree in lower.h. */
#ifndef KSY_EXPR_H
#define KSY_EXPR_H

#include "base/arena.h"
#include "base/int128.h"
#include "base/intern.h"
#include "ksy/yaml.h"

struct ksy_type;
struct ksy_class;
struct ksy_attr;
struct ksy_enum;

enum ksy_op {
    KSY_OP_NONE,
    KSY_OP_OR,
    KSY_OP_AND,
    KSY_OP_NOT,
    KSY_OP_EQ,
    KSY_OP_NE,
    KSY_OP_LT,
    KSY_OP_LE,
    KSY_OP_GT,
    KSY_OP_GE,
    KSY_OP_BITOR,
    KSY_OP_BITXOR,
    KSY_OP_BITAND,
    KSY_OP_SHL,
    KSY_OP_SHR,
    KSY_OP_ADD,
    KSY_OP_SUB,
    KSY_OP_MUL,
    KSY_OP_DIV, /* rounds down */
    KSY_OP_MOD, /* never negative for a positive right side */
    KSY_OP_PLUS,
    KSY_OP_NEG,
    KSY_OP_INV,
};

enum ksy_expr_kind {
    KSY_INT,       /* integer */
    KSY_FLOAT,     /* number */
    KSY_STRING,    /* text (UTF-8) */
    KSY_BOOL,      /* integer: 0 or 1 */
    KSY_FSTRING,   /* kids: STRINGs and expressions, to be laid end to end */
    KSY_NAME,      /* name: "len", "_", "_io", "_index", "_parent", "_root", "_sizeof", … */
    KSY_ENUM,      /* names (two or more): a::b::c; the last one is the member */
    KSY_LIST,      /* kids */
    KSY_UNARY,     /* op, kid[0] */
    KSY_BINARY,    /* op, kid[0], kid[1]; comparisons, too */
    KSY_COND,      /* kid[0] ? kid[1] : kid[2] */
    KSY_ATTRIBUTE, /* kid[0].name */
    KSY_CALL,   /* kid[0].name(args): kid[0] is the object, name the method; args linked by next */
    KSY_INDEX,  /* kid[0][kid[1]] */
    KSY_CAST,   /* kid[0].as<type> */
    KSY_SIZEOF, /* sizeof<type> */
    KSY_BITSIZEOF, /* bitsizeof<type> */
};

/* A type as written in .as<…>, sizeof<…>, a parameter's type: "u2", "str", "foo::bar", "foo[]". */
struct ksy_type_name {
    struct span span;
    const char **names; /* interned */
    uint32_t n;
    bool absolute; /* "::foo" */
    bool array;    /* "[]" behind it */
};

struct ksy_expr {
    enum ksy_expr_kind kind;
    enum ksy_op op;
    struct span span;
    const struct yaml *yaml; /* the scalar it is written in */
    uint32_t depth;          /* the height of its tree */
    const char *name;        /* interned */
    struct span name_span;
    struct ksy_expr *kid[3];
    struct ksy_expr *args; /* of CALL; of LIST and FSTRING: the items */
    struct ksy_expr *next;
    struct ksy_type_name type_name; /* of CAST, SIZEOF and BITSIZEOF; of ENUM: all names */
    int128 integer;
    double number;
    struct bytes text;

    /* what type_expr.c finds out */
    const struct ksy_type *type;        /* NULL where it was reported */
    const struct ksy_type *named;       /* of CAST, SIZEOF, BITSIZEOF: the type that is named */
    const struct ksy_enum *enumeration; /* of ENUM */
    uint32_t member;                    /* of ENUM: its number in the enum */
    const struct ksy_attr
        *attr; /* of NAME and ATTRIBUTE: the field, instance or parameter, if it is one */
};

/* Parses the text of a scalar. NULL where it is wrong, which was reported at its place. depth: brackets nest at most
 * 128 deep, an expression has at most 2,048 nodes in a row. */
struct ksy_expr *ksy_expr_parse(struct arena *arena, struct intern *intern, struct diags *diags,
                                const struct yaml *scalar);

/* A type with its arguments, as `type: foo::bar(a, b + 1)` is written; args gets the arguments. false: reported. */
bool ksy_type_parse(struct arena *arena, struct intern *intern, struct diags *diags,
                    const struct yaml *scalar, struct ksy_type_name *type, struct ksy_expr **args);

/* A process: `zlib`, `xor(key)`, `my.custom_fx(a, b)`: name is the whole dotted name. false: reported. */
bool ksy_process_parse(struct arena *arena, struct intern *intern, struct diags *diags,
                       const struct yaml *scalar, const char **name, struct ksy_expr **args);

#endif
