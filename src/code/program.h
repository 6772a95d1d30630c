/* Program: a decoder compiled for one question, as flat tables and instructions.
 *
 * Knows nothing of the tree or the model it came from, so that it can be checked (verify.h), shown (disasm.h), stored
 * and run (vm/vm.h) by itself. Everything is addressed by index. Made by gen.h; owned by its arena. */
#ifndef CODE_PROGRAM_H
#define CODE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/int128.h"
#include "base/vec.h"
#include "text/source.h"

#define PROGRAM_NONE UINT32_MAX /* no index */

/* The count that means: as many elements as fit. No data gives it. */
#define PROGRAM_REST INT128_MIN

enum program_op {
#define OP(name, pops, pushes, a, b, ctl, about) OP_##name,
#include "code/op.def"
#undef OP
    OP_COUNT_
};

enum program_operand {
    OPERAND_NONE,
    OPERAND_PC,
    OPERAND_INT,
    OPERAND_FLOAT,
    OPERAND_DATA,
    OPERAND_STRUCT,
    OPERAND_MEMBER,
    OPERAND_TYPE,
    OPERAND_BLOCK,
    OPERAND_CHECK,
    OPERAND_ENUM,
    OPERAND_BUILTIN,
    OPERAND_FUNCTION,
    OPERAND_N,
    OPERAND_UP, /* the last */
};

#define PROGRAM_VARIES (-1)

struct program_op_info {
    const char *name;
    int8_t pops; /* PROGRAM_VARIES: operand b */
    int8_t pushes;
    int8_t ctl;
    uint8_t a, b; /* enum program_operand */
    const char *about;
};

struct program_inst {
    uint32_t op;
    uint32_t a;
    uint32_t b;
    uint32_t
        member; /* whose decoding it belongs to, for paths and messages; PROGRAM_NONE for none */
};

enum type_kind {
    TYPE_INT, /* bits 1..128; bool, enum and flags too */
    TYPE_FLOAT,
    TYPE_VARINT,
    TYPE_CODED, /* whole bytes that are no plain binary number */
    TYPE_TEXT,
    TYPE_BYTES,
    TYPE_STRUCT, /* of: the struct */
    TYPE_ARRAY,  /* of: the element type */
};

enum type_order {
    ORDER_AMBIENT,
    ORDER_LITTLE, /* and lsb, msb for bits */
    ORDER_BIG,
    ORDER_UNDECIDED, /* of what is around alone: the data has chosen none */
};

enum type_varint { VARINT_ULEB, VARINT_SLEB, VARINT_VLQ, VARINT_ZIGZAG };

enum type_coding { CODING_ZIGZAG, CODING_BCD };

/* In which bytes places in a struct count. */
enum type_file {
    FILE_AROUND, /* those of the struct around; of a root struct, from its start */
    FILE_OWN,    /* from its start to the end of its region */
    FILE_SOURCE, /* those of the innermost SPACE around */
};

enum type_form {
#define FORM(name, text, bytes, number) FORM_##name,
#include "sema/form.def"
#undef FORM
    FORM_COUNT,
};

/* Of text and bytes up to a terminator. */
enum type_until {
    UNTIL_INCLUDED = 1, /* it is part of the value */
    UNTIL_LEFT = 2,     /* it is not stepped over */
    UNTIL_OPTIONAL = 4, /* the value may end with the region, without it */
};

struct program_type {
    uint8_t kind;     /* enum type_kind */
    uint8_t form;     /* enum type_form */
    uint8_t order;    /* enum type_order: byte order */
    uint8_t bitorder; /* packed, CODED: the bit order */
    uint8_t varint;   /* enum type_varint; CODED: enum type_coding */
    uint8_t limit;    /* a vlq's most bytes */
    uint8_t until;    /* TEXT, BYTES: a set of enum type_until */
    bool is_signed;
    bool is_bool;
    bool bfloat;
    bool packed;       /* taken from the bit stream */
    bool cut;          /* text shown to its first NUL */
    bool nul_ended;    /* text that ends at a NUL */
    bool placed;       /* ARRAY: each element has a place of its own */
    bool chained;      /* ARRAY: each element says where the next one is */
    bool apart;        /* ARRAY: placed, and no element needs another: a walk may begin anywhere */
    bool needs_prev;   /* an element's parameters need the element before: no direct access */
    bool hops;         /* ARRAY: of structs whose stretches tell where the next one begins */
    uint8_t file;      /* STRUCT, ARRAY of them: enum type_file */
    uint16_t bits;     /* numbers: width, 0 when the data says */
    uint32_t names;    /* enum or flags, or PROGRAM_NONE */
    uint32_t of;       /* STRUCT: struct; ARRAY: element type */
    uint32_t encoding; /* TEXT: constant, or PROGRAM_NONE for the ambient one */
    uint32_t
        terminator; /* of a value up to one: constant, or PROGRAM_NONE where the data says it */
    bool terminator_raw; /* its bytes as they stand, rather than text to be encoded */
    bool elastic;        /* text up to its NUL: how long it is says a number that can follow */
    int64_t bit_size;    /* of one value, or -1 */
    int64_t stride;      /* ARRAY: bits from one element to the next when fixed, or -1 */
    uint32_t skip_pc; /* steps over a value at the cursor; PROGRAM_NONE when bit_size says it all */
    uint32_t step_pc; /* ARRAY: a walk's step */
    uint32_t
        count_pc; /* ARRAY: the count as an expression, or PROGRAM_NONE when only a walk tells */
    uint32_t args_pc; /* STRUCT: works out the arguments */
    uint32_t emit_pc; /* emits the value at the cursor */
};

/* Changes that a program asks for. */
enum program_edit {
    EDIT_SET,    /* what is there becomes the value */
    EDIT_DELETE, /* it goes, an element of the array */
    EDIT_INSERT, /* the value comes before it, an element of the array; a bool in its place: behind the last one */
    EDIT_APPEND,  /* behind the last one */
    EDIT_REPLACE, /* its stored bytes become the value's */
    EDIT_KINDS,
};

enum program_member_kind { MEMBER_FIELD, MEMBER_LET };

/* Fields that a scan puts something into. */
#define PROGRAM_PUTS_MAX 8u

/* Instructions behind a scan that say what it does. */
#define PROGRAM_PARTS_MAX 64u

/* Lanes on the stack of a scan. */
#define PROGRAM_LANES_MAX 8u

struct program_member {
    uint32_t name;          /* constant */
    uint32_t doc;           /* constant or PROGRAM_NONE */
    uint32_t owner;         /* struct */
    uint32_t type;          /* fields: its type, or PROGRAM_NONE where an arm decides */
    uint32_t slot;          /* in the owner's frame, or PROGRAM_NONE */
    uint8_t kind;           /* enum program_member_kind */
    int64_t bit_off;        /* from the struct's start, or -1 */
    uint32_t locate_pc;     /* finds its start */
    uint32_t locate_end_pc; /* finds its end; NONE: locate_pc does */
    uint32_t let_pc;        /* a let's value */
    struct span span;
};

struct program_struct {
    uint32_t name; /* constant; PROGRAM_NONE for one written in place */
    uint32_t doc;
    uint32_t member_first; /* its members are consecutive */
    uint32_t member_count;
    uint32_t slots;
    uint32_t params;
    int64_t bit_size;       /* or -1 */
    uint32_t dump_pc;       /* emitting function */
    uint32_t skip_pc;       /* finds its end */
    bool root;              /* places count from its start */
    bool outermost;         /* … unless it lies in another of its kind */
    bool confined;          /* no field in it has a place of its own, or is read from other bytes */
    uint32_t stretch_first; /* what it consists of, where that is known: consecutive */
    uint32_t stretch_count;
};

/* A stretch of a struct: a part of a fixed size and a run, of which a number says how long it is. Another one may follow. */
struct program_stretch {
    uint64_t bit_size; /* the fixed part */
    uint64_t
        base; /* the run begins so many bits from the start, within the fixed part or at its end */
    uint32_t type;    /* of the number; PROGRAM_NONE: there is no run */
    uint32_t in;      /* the stretch that it lies in, counted from the struct's first one, */
    uint64_t bit_off; /* and where, from that one's start */
    uint64_t per;     /* the run has the number times so many bits, */
    int64_t more;     /* and so many more, in all at least 0 */
};

/* A struct has so many of them at most. */
#define PROGRAM_STRETCHES_MAX 4u

struct program_enumerator {
    int128 value;
    uint32_t name;
    uint32_t doc;
};

struct program_enum {
    uint32_t name;
    bool flags;
    uint32_t first; /* its items are consecutive, enums sorted by value, flags as declared */
    uint32_t count;
    int128 dense_low; /* enums whose values are dense enough: dense[value - low] is the item + 1 */
    uint32_t dense;
    uint32_t dense_count;
};

/* What a block does at one of its steps. PLACED: a text that lies elsewhere. */
enum field_what { FIELD_VALUE, FIELD_ENTER, FIELD_LEAVE, FIELD_PLACED };

struct program_field {
    uint8_t what;
    uint32_t type;
    uint32_t member;
    uint32_t index;   /* element of an array: its index, else PROGRAM_NONE */
    uint64_t bit_off; /* from the block's start, or from that of */
    uint32_t stretch; /* this one of its stretches */
    uint32_t text;    /* what the output format puts before the value: constant or PROGRAM_NONE */
    uint32_t check;   /* VALUE: what it must be, so many checks in a row, each with a test */
    uint32_t checks;
};

struct program_block {
    uint32_t first; /* its fields are consecutive */
    uint32_t count;
    uint64_t bit_size;
    uint32_t tail;          /* text behind the last value, or PROGRAM_NONE */
    bool whole;             /* it is a whole struct: the texts hold its opening and closing */
    bool texts;             /* prepared for a text format */
    bool checked;           /* some of its fields have checks */
    uint32_t stretch_first; /* of a kind of a flat struct: what it consists of, consecutive; */
    uint32_t stretch_count; /* its fields count from where theirs starts; 0: of other blocks */
    bool runs;              /* one of its fields is a run, or lies behind one */
    uint32_t
        placed; /* type of the number in it that, added to a place, leads to the text of its PLACED field, or PROGRAM_NONE */
    uint64_t placed_off;
    uint32_t unless_first; /* an element is more than this block where one of these holds */
    uint32_t unless_count;
    uint32_t sum_first; /* … or, of a kind of a flat struct, where one of these does not */
    uint32_t sum_count;
};

#define BLOCK_UNLESS_MAX 16 /* a block has so many at most */
#define BLOCK_SUMS_MAX   4
#define SUM_RANGES_MAX   8

/* A number of whole bytes in a block is a certain one. */
struct program_unless {
    uint32_t type;
    uint64_t bit_off; /* from the block's start */
    uint64_t raw;     /* its bits */
};

/* Whole bytes from the start of a stretch; behind the last one is the end of all. */
struct program_spot {
    uint32_t in; /* the stretch, counted from the struct's first one */
    uint64_t off;
};

/* The bytes from one spot to another. */
struct program_range {
    struct program_spot from, to;
};

/* A number that is what a built-in makes of parts of the struct. */
struct program_sum {
    uint32_t builtin;
    uint32_t type; /* of the number */
    struct program_spot number;
    uint32_t range_first; /* consecutive */
    uint32_t range_count;
};

/* A struct that is a block, of one kind or, as a number in it says, of one of some. */
struct program_flat {
    uint32_t type;    /* of that number; PROGRAM_NONE: there is one kind */
    uint64_t bit_off; /* where it lies, in the first stretch of each kind */
    uint32_t kind_first;
    uint32_t kind_count;
};

/* The kind of those whose number is from low to high, and in no kind before. */
struct program_kind {
    int128 low, high;
    uint32_t block; /* PROGRAM_NONE: it is no block */
};

/* The last three are clauses that say how long, how many or where. */
enum check_kind {
    CHECK_EXPR,
    CHECK_EQUALS,
    CHECK_MEMBERSHIP,
    CHECK_REQUIRE,
    CHECK_UNMET,
    CHECK_TIE_SIZE,
    CHECK_TIE_COUNT,
    CHECK_TIE_PLACE,
};

/* What a clause is about. */
enum tied {
    TIED_REGION, /* the region that ended last */
    TIED_RUN,    /* the run of bytes or text in front of the cursor */
    TIED_BLOCKS, /* the elements of one size there */
    TIED_PLACE,  /* what begins at the cursor, where a place has led */
    TIED_STRUCT, /* the struct at hand, by its own size */
    TIED_LOOP,   /* the elements of a loop: an instruction of its own */
};

/* A number that something stored has. */
enum quantity {
    QUANTITY_NUMBER, /* it is one, or the text of one */
    QUANTITY_SIZE,   /* bytes it takes */
    QUANTITY_OFFSET, /* its place, in its file */
    QUANTITY_ANCHOR, /* its place, in its space */
    QUANTITY_COUNT,  /* its elements */
};

/* Operators that are undone otherwise than by others. */
enum undo { UNDO_MUL, UNDO_DIV, UNDO_DIV_DOWN, UNDO_SHL, UNDO_SHR, UNDO_AND, UNDO_OR };

/* What form a requirement has: how it is told that it does not hold. */
enum check_shape {
    SHAPE_NONE,
    SHAPE_EQ,      /* x == … */
    SHAPE_MIN,     /* x >= … */
    SHAPE_MAX,     /* x <= … */
    SHAPE_ANY_OF,  /* x in { … } */
    SHAPE_IN_ENUM, /* x in an enum */
    SHAPE_EXPR,    /* anything else */
};

/* What a number must be, where that is known before there is data: beside no others are the fields of a block tried. */
enum check_against {
    TEST_NONE,
    TEST_EQ,
    TEST_NE,
    TEST_LT,
    TEST_LE,
    TEST_GT,
    TEST_GE,
    TEST_RANGE, /* two numbers: from the first to the second */
    TEST_LIST,  /* one of some numbers */
    TEST_ENUM,  /* wanted: the enum */
};

struct program_check {
    uint8_t kind;
    uint8_t test;      /* enum check_against */
    uint32_t wanted;   /* the first of its numbers among the program's integers */
    uint32_t wanted_n; /* how many there are */
    uint8_t shape;     /* enum check_shape; REQUIRE has one */
    bool apart;        /* REQUIRE: the struct goes on behind it; TIE: no number has to follow */
    uint32_t member;   /* or PROGRAM_NONE */
    uint32_t message;  /* constant or PROGRAM_NONE; TIE: why it can't be solved */
    uint32_t formula;  /* constant: the expression as written */
    struct span span;
};

struct program {
    struct arena *arena;
    const struct sources *sources; /* for spans; may be NULL */
    VEC(struct program_inst) code;
    VEC(struct span) spans; /* one an instruction */
    VEC(int128) ints;
    VEC(double) floats;
    VEC(struct bytes) data;
    VEC(struct program_type) types;
    VEC(struct program_struct) structs;
    VEC(struct program_stretch) stretches;
    VEC(struct program_member) members;
    VEC(struct program_enum) enums;
    VEC(struct program_enumerator) items;
    VEC(uint32_t) dense;
    VEC(struct program_field) fields;
    VEC(struct program_block) blocks;
    VEC(struct program_unless) unless;
    VEC(struct program_sum) sums;
    VEC(struct program_range) ranges;
    VEC(struct program_flat) flats;
    VEC(struct program_kind) kinds;
    VEC(struct program_check) checks;
    uint32_t entry;
    uint32_t root; /* the root struct */
    bool verified; /* set by program_verify only */
};

extern const struct program_op_info program_op_infos[OP_COUNT_];

static inline const struct program_op_info *program_op_info(uint32_t op) {
    return &program_op_infos[op];
}

/* The text of a constant; "" for PROGRAM_NONE. */
struct bytes program_text(const struct program *program, uint32_t data);

/* The item of an enum with that value, or NULL. */
const struct program_enumerator *program_enumerator(const struct program *program, uint32_t names,
                                                    int128 value);

/* Whether records of a stream may be told as blocks, many at a time. */
bool program_tells_blocks(const struct program *program);

/* "hex" and so on. */
const char *program_form_text(enum type_form form);
enum type_form program_form(const char *name);

#endif
