/* The model of a schema: what sema makes of the tree and what the generator reads.
 *
 * Everything lives in the compile arena and is complete once sema_compile returned without errors. A *declaration*
 * (struct sema_decl) is anything that says how bytes are laid out: a field, an arm of a switch, a typedef. */
#ifndef SEMA_MODEL_H
#define SEMA_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/int128.h"
#include "base/map.h"
#include "base/vec.h"
#include "syn/ast.h"
#include "text/source.h"

struct sema_expr;
struct sema_struct;
struct sema_decl;
struct sema_member;
struct sema_schema;

/* Layout size in bits of what has no fixed one. */
#define SEMA_DYNAMIC (-1)

enum sema_kind {
    SEMA_UINT,   /* bits 1..128 */
    SEMA_INT,    /* two's complement */
    SEMA_BOOL,   /* one bit wide unless given a width */
    SEMA_FLOAT,  /* bits 16, 32, 64, 80 */
    SEMA_BFLOAT, /* bfloat16 */
    SEMA_ULEB,
    SEMA_SLEB,
    SEMA_VLQ,     /* limit: most bytes, 0 for none */
    SEMA_ZIGZAG,  /* limit: bytes; 0: of a uleb128 */
    SEMA_BCD,     /* limit: bytes, two decimal digits each */
    SEMA_BYTE,    /* a run of bytes; the innermost dimension is its length */
    SEMA_CHAR,    /* text of fixed length, shown to its first NUL */
    SEMA_STRING,  /* text, all of its bytes */
    SEMA_CSTRING, /* text up to a NUL */
    SEMA_STRUCT,
    SEMA_SWITCH,
    SEMA_ALIAS, /* a typedef: decl */
    SEMA_BAD,   /* already reported */
};

enum sema_order { SEMA_AMBIENT, SEMA_LITTLE, SEMA_BIG, SEMA_UNDECIDED };

struct sema_enumerator {
    const char *name;
    const char *doc;
    int128 value;
    struct span span, name_span;
};

struct sema_enum {
    const char *name;
    const char *doc;
    struct sema_schema *schema;
    struct ast *ast;
    const struct sema_type *base; /* an integer type, or what holds every value */
    bool homeless;                /* it says no type: each use says how it is stored */
    bool flags;
    VEC(struct sema_enumerator) items; /* as declared */
    struct map by_name;                /* name -> index in items + 1 */
    uint32_t id;
};

struct sema_type {
    enum sema_kind kind;
    uint16_t bits;
    enum sema_order order;
    uint8_t limit;
    struct sema_enum *names; /* enum or flags: the kind is then the base's */
    struct sema_struct *of;
    struct sema_decl *alias;
};

/* What is known of an expression's value before there is data. */
enum sema_vkind {
    SEMA_V_ANY, /* known only at run time */
    SEMA_V_BOOL,
    SEMA_V_INT,
    SEMA_V_FLOAT,
    SEMA_V_TEXT,
    SEMA_V_BYTES,
    SEMA_V_STRUCT,  /* of */
    SEMA_V_ARRAY,   /* decl at level */
    SEMA_V_SWITCH,  /* decl: one of its arms */
    SEMA_V_LIST,    /* many values, each elem (NULL: any) */
    SEMA_V_NOTHING, /* always absent */
};

struct sema_vtype {
    enum sema_vkind kind;
    uint32_t level;
    const struct sema_enum *names; /* V_INT: of this enum or flags type */
    const char *as;                /* the display form that a field says, or NULL */
    struct sema_struct *of;
    struct sema_decl *decl;
    const struct sema_vtype *elem;
};

/* What "$" and its kin stand for in one place: the loop over a dimension of a declaration, a filter, a look ahead. */
struct sema_dollar {
    struct sema_dollar *outer;
    struct sema_vtype item;
    bool here;      /* "$" is the field as it would be read at the cursor (a when) */
    bool loop;      /* $index and $prev are known */
    bool asked;     /* something is written with it */
    bool after;     /* the generator's: "$" is the element before, as in a then */
    uint32_t depth; /* the generator's: where the loop's record is */
    uint32_t type;  /* the generator's: the type of a look ahead */
};

struct sema_arm {
    struct span span;
    const char *doc;
    VEC(struct sema_expr *) labels; /* single values, E_RANGE; empty: default */
    bool fallback;                  /* default */
    struct sema_decl *decl;         /* what it decodes */
    struct sema_expr *let;          /* or the value it stands for */
};

struct sema_dim {
    struct sema_expr *count; /* NULL: as many as fit, or until/while */
    struct sema_dollar dollar;
};

/* Which bytes are as a file to the structs that a declaration decodes: places count in them. */
enum sema_file {
    SEMA_FILE_AROUND, /* the file of the struct around */
    SEMA_FILE_OWN,    /* isolated: from where each starts to the end of its region */
    SEMA_FILE_SOURCE, /* isolated: the bytes of its `from` */
};

/* How long a run of bytes or text is. */
enum sema_length {
    SEMA_LEN_NONE,  /* the type is no run */
    SEMA_LEN_EXPR,  /* length */
    SEMA_LEN_REST,  /* to the region's end */
    SEMA_LEN_UNTIL, /* to a terminator: the until clause, a string */
};

struct sema_decl {
    const char *name; /* NULL in an arm */
    const char *doc;
    struct span span;
    struct span name_span;
    struct ast *ast;
    struct sema_schema *schema; /* where it is written */
    struct sema_struct *owner;  /* the struct whose frame its expressions see; NULL for a typedef */
    uint32_t round;             /* of enclose.c, the last one that came by */
    uint32_t aliases;           /* typedefs that a typedef leads through */
    struct sema_decl *uses;     /* of parent.c: the first declaration that leads to this one */
    struct sema_decl *next_use; /* and the next one that leads where this one does */
    struct sema_decl
        *arm_of; /* the switch it is an arm of, or the array whose elements have clauses
                                   of their own, which it holds: that one's loops are its, too */
    struct sema_type *type;
    VEC(struct sema_expr *) args;
    VEC(struct sema_dim)
    dims; /* dimensions of an array, outermost first; a run's length is not among them */
    enum sema_length length_kind;
    struct sema_expr *length;
    struct sema_dollar when_dollar;
    struct sema_expr *bits, *equals, *in, *at, *then, *sized, *stride, *from, *until, *while_,
        *when, *encoding, *recover, *require;
    const char *require_message; /* said where it does not hold, or NULL */
    struct sema_dollar
        require_dollar;  /* "$" is the value; of an array, its innermost dimension's is */
    uint8_t until_words; /* LEN_UNTIL: a set of enum ast_until */
    bool placed_each;    /* at is evaluated for each element of the first dimension */
    const char *as;
    bool as_of_use; /* said where the typedef is used: it counts more than what the typedef says */
    enum sema_file file;
    /* a switch */
    struct sema_expr *selector;
    VEC(struct sema_arm) arms;
    /* layout */
    int64_t bit_size;  /* of one element, or SEMA_DYNAMIC */
    int64_t bit_total; /* with the dimensions */
    bool packed;       /* has a bit width */
    bool joins;        /* begins where the bits before it end, be that inside a byte */
    uint8_t layout_state;
    bool busy;
};

/* What an array says of each element (`each`), or NULL. */
static inline struct sema_decl *sema_element(const struct sema_decl *decl) {
    struct sema_decl *alias = decl->type->kind == SEMA_ALIAS ? decl->type->alias : NULL;
    return alias && alias->arm_of == decl ? alias : NULL;
}

enum sema_member_kind {
    SEMA_M_FIELD,
    SEMA_M_LET,
    SEMA_M_IF,
    SEMA_M_PAD,
    SEMA_M_CHECK,
    SEMA_M_REQUIRE,
    SEMA_M_MAGIC,
    SEMA_M_ALIGN,
    SEMA_M_SKIP,
    SEMA_M_ENDIAN,
    SEMA_M_BITORDER,
    SEMA_M_ENCODING,
};

struct sema_block {
    VEC(struct sema_member *) at;
};

/* One side of an if. */
struct sema_branch {
    const struct sema_member *of; /* the if */
    bool otherwise;               /* the side behind else */
    const struct sema_branch *outer;
    uint32_t depth; /* 1 for the outermost */
};

struct sema_member {
    enum sema_member_kind kind;
    uint32_t at;                      /* position in its block */
    const struct sema_branch *branch; /* it may not be there then; NULL: it stands in no branch */
    struct sema_struct *owner;
    struct ast *ast;
    struct span span;
    const char *name; /* fields and lets */
    const char *doc;
    struct sema_decl *decl; /* FIELD; PAD: type and width */
    struct sema_expr *expr; /* LET's value, IF's condition, and the others' expression */
    struct sema_expr *next; /* LET: then … while/until */
    struct sema_expr *cond;
    bool until;
    struct sema_dollar dollar; /* LET with then: "$" is the value just met */
    const char *message;       /* CHECK, REQUIRE */
    struct sema_block yes, no; /* IF */
    /* resolution */
    struct sema_vtype vtype;
    uint8_t state; /* LET: 0 untouched, 1 being resolved, 2 done */
    bool captured; /* an expression refers to it */
    struct sema_member
        *same; /* another branch's field of the same name (one field in the language), or NULL */
    struct sema_member *leader; /* the first of those, itself where there is one alone */
    /* layout: bits from the struct's start, or SEMA_DYNAMIC; fields only */
    int64_t bit_off;
    uint32_t order; /* position in the flattened struct */
    uint32_t id;    /* the generator's */
};

struct sema_param {
    const char *name;
    const char *shown; /* what it is called where values are given from outside; "": none is */
    struct span span;
    struct sema_vtype vtype;
};

struct sema_struct {
    const char *name; /* NULL for one written in place */
    const char *doc;
    struct span span;
    struct span name_span;
    struct ast *ast;
    struct sema_schema *schema;
    struct sema_struct *lexical; /* the struct a struct written in place stands in */
    bool is_union;
    VEC(struct sema_param) params;
    struct sema_expr *sized;
    struct sema_block block;
    struct map names;               /* name -> the first member of that name */
    VEC(struct sema_member *) flat; /* all fields and lets, those in branches too, in order */
    int64_t bit_size;
    bool joins; /* it begins with bits, and nothing lies at a fixed distance behind them but bits */
    uint8_t layout_state, contain_state; /* of the walks in layout.c */
    uint32_t
        nesting; /* structs within each other, itself counted, along fields that are always there; may be cut short */
    uint32_t leaves; /* fields, those of such structs counted in; UINT32_MAX: that many or more */
    bool used;
    struct sema_decl *uses;    /* of parent.c: the first declaration of this type */
    struct sema_holders *held; /* by what; NULL: not yet asked */
    const struct ast *endian, *bitorder,
        *encoding; /* its first statement of them, in branches too, or NULL */
    uint32_t id;
};

struct sema_function {
    const char *name;
    const char *doc;
    struct ast *ast;
    struct sema_schema *schema;
    VEC(const char *) params;
    bool has_params;
    struct sema_expr *body;
    struct sema_vtype vtype;
    uint8_t state;
    uint32_t id;
};

struct sema_typedef {
    const char *name;
    struct ast *ast;
    struct sema_decl *decl;
    uint8_t state;
};

struct sema_detect_part {
    struct bytes pattern;
    int64_t offset; /* negative: from the end */
};

struct sema_detect {
    VEC(struct sema_detect_part) parts; /* all must hold */
};

/* One schema file. */
struct sema_schema {
    const char *name; /* of its schema statement, else of its file */
    const char *title;
    const char *doc;
    const char *path;
    const struct source *source;
    struct ast *ast;
    VEC(const char *) files;
    VEC(const char *) mimes;
    VEC(struct sema_detect) detects;
    VEC(struct sema_schema *) imports;
    VEC(struct sema_struct *) structs; /* those with names */
    VEC(struct sema_enum *) enums;
    VEC(struct sema_typedef *) typedefs;
    VEC(struct sema_function *) functions;
    VEC(struct sema_name *) names; /* of all of these; see lookup.c for the tables */
    struct map types_by_name, functions_by_name;
    struct map imported_types, imported_functions;
    bool imports_entered;
    uint32_t struct_first,
        decl_first; /* what it declares is in one run in the compilation's lists */
    struct sema_expr *endian, *bitorder, *encoding; /* file level, constant */
    struct sema_struct *root; /* the struct named like the schema; NULL for a library of types */
    bool loading;
};

enum sema_ekind {
    E_INT,
    E_FLOAT,
    E_TEXT, /* a string literal */
    E_BOOL,
    E_ABSENT,
    E_LIST,
    E_RANGE,
    E_UNARY,
    E_BINARY,
    E_COND,
    E_IN,       /* kid0 in kid1: E_RANGE, E_LIST, E_ENUM_SET or a value */
    E_ENUM_SET, /* names */
    E_SELF,     /* the instance of struct `of` we are in: the nearest one on the way up */
    E_PARENT,   /* the struct that directly holds kid0 */
    E_ROOT,     /* the outermost struct; which one is known only at run time */
    E_FIELD,    /* member of kid0 (a struct) */
    E_NAMED,    /* name of kid0, whose struct is known only at run time */
    E_PARAM,    /* parameter `index` of struct `of` */
    E_ARG,      /* argument `index` of the function being evaluated */
    E_DOLLAR,   /* dollar: its item */
    E_DOLLAR_INDEX,
    E_DOLLAR_PREV,
    E_REST,
    E_INDEX,        /* kid0[kid1] */
    E_SLICE,        /* kid0[kid1 .. kid2] */
    E_FILTER,       /* kid0[kid1], kid1 a condition with dollar */
    E_EACH,         /* kid0[*] */
    E_MAP,          /* kid1 for each of kid0, dollar bound */
    E_FOLD,         /* fold over kid0; kid1 (may be NULL) with dollar */
    E_CALL,         /* function(args) */
    E_BUILTIN,      /* builtin(args) */
    E_CAST,         /* names(kid0): a number as an enum or flags value */
    E_SIZEOF,       /* bytes kid0 takes */
    E_OFFSETOF,     /* where kid0 starts */
    E_FILE,         /* the bytes that places in the struct at hand count in */
    E_FILEOF,       /* those of the struct kid0 */
    E_PRESENT,      /* whether kid0 is there */
    E_FLAG,         /* bit mask `integer` of kid0 */
    E_BELOW,        /* the fields of that name anywhere below kid0: below */
    E_LOCAL,        /* let `index` of a script */
    E_OBJECT,       /* a struct's value: args are E_OBJECT_FIELD */
    E_OBJECT_FIELD, /* name = kid0 */
    E_FAULT, /* whether decoding met a fault or finding at or below kid0 (NULL: anywhere) that kid1 (may be NULL) names */
    /* made of other expressions, for ties alone (tie.h) */
    E_SEEN, /* kid1 as it is seen in the struct kid0; flag: where that one got its arguments, as declared by decl */
    E_LATER, /* the quantity of kid0 as it will be, once the changes that are on the way are made */
    E_USE,   /* whether the struct kid0 is what decl declares */
};

/* Structs that may directly hold something. */
struct sema_holders {
    VEC(struct sema_struct *) at;
    bool open; /* there are others */
};

/* What `**.name` walks. */
struct sema_below {
    const char *name;
    struct map
        leads; /* the structs and declarations below that have such a member or lead to one */
    struct sema_vtype elem; /* what such fields are */
};

enum sema_what {
    SEMA_NUMBER, /* a stored number, or the text of one */
    SEMA_SIZE,   /* bytes it takes */
    SEMA_OFFSET, /* its place */
    SEMA_ANCHOR, /* the same, in its space rather than in the file around */
    SEMA_COUNT,  /* its elements */
};

/* What is asked of something stored. */
struct sema_quantity {
    enum sema_what what;
    uint32_t base; /* NUMBER: of the digits it is written in, or 0 */
    struct sema_member *
        of; /* NUMBER: the field that it is, or is an element of; NULL: not known before there is data */
    bool related; /* NUMBER: it has a relation of its own */
    uint32_t
        distance; /* NUMBER: how far out the struct is that leads to it; 0: the element at hand */
};

enum sema_fold { FOLD_COUNT, FOLD_ANY, FOLD_ALL, FOLD_SUM, FOLD_MIN, FOLD_MAX };

struct sema_expr {
    enum sema_ekind kind;
    enum ast_op op;
    enum sema_fold fold;
    bool
        flag; /* E_BOOL's value; E_TEXT: has bytes that are not text; E_INT: written as an address */
    struct span span;
    const struct ast *ast; /* as it was written; NULL where nothing was */
    struct sema_vtype vtype;
    struct sema_expr *kid[3];
    VEC(struct sema_expr *) args;
    uint32_t index;
    uint32_t builtin;
    int128 integer;
    double number;
    struct bytes text;
    const char *name;
    struct sema_struct *of;
    struct sema_member *member;
    const struct sema_enum *names;
    struct sema_dollar *dollar;
    struct sema_function *function;
    const struct sema_below *below;
    struct sema_holders *holders;   /* E_PARENT: what it may be one of; NULL: anything */
    struct sema_quantity *quantity; /* E_LATER */
    struct sema_decl *decl;         /* E_SEEN, E_USE */
};

#endif
