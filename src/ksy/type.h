/* Kaitai's types, and the type of each expression.
 *
 * Types are interned per program: equal ones are the same pointer. */
#ifndef KSY_TYPE_H
#define KSY_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "ksy/expr.h"

struct ksy_program;

enum ksy_type_kind {
    KSY_T_INT,   /* bytes 1, 2, 4, 8; 0: of an expression, any size. is_signed */
    KSY_T_BITS,  /* bits: an integer of so many bits; one bit is a BOOL */
    KSY_T_FLOAT, /* bytes 4 or 8; 0: of an expression */
    KSY_T_BOOL,  /* bits 1 where it is stored */
    KSY_T_STR,
    KSY_T_BYTES,
    KSY_T_ENUM,   /* enumeration; of: the stored integer type, or that of an expression */
    KSY_T_STRUCT, /* class; NULL: any struct */
    KSY_T_ARRAY,  /* of */
    KSY_T_IO,
    KSY_T_SWITCH, /* what a switch may give when no type covers it: cases */
    KSY_T_ANY,
};

enum ksy_order { KSY_ORDER_NONE, KSY_ORDER_LE, KSY_ORDER_BE };

struct ksy_type {
    enum ksy_type_kind kind;
    uint8_t bytes;
    uint8_t bits;
    bool is_signed;
    enum ksy_order order; /* as written: u2le; NONE: as the surroundings say */
    const struct ksy_class *class;
    const struct ksy_enum *enumeration;
    const struct ksy_type *of;
    const struct ksy_type *const *cases;
    uint32_t n_cases;
};

/* The one type that is equal to `like`; cases are compared one by one, and kept. */
const struct ksy_type *ksy_type_intern(struct ksy_program *program, const struct ksy_type *like);

/* The type of numbers with that name: u1 … u8be, s1 … s8be, f4 … f8be, b1 … b64be; false: there is none. */
bool ksy_built_in_type(const char *name, struct ksy_type *out);

/* "foo::bar[]", as it is written; lives in the program's arena. */
const char *ksy_type_name_text(struct ksy_program *program, const struct ksy_type_name *name);

/* "int", "str", "bytes", "foo::bar", "animal (enum)", "foo[]": as messages say it; lives in the program's arena. */
const char *ksy_type_text(struct ksy_program *program, const struct ksy_type *type);

/* Works out the types of all attributes, parents and expressions of a program that was loaded, and reports what is
 * wrong with them. Afterwards each ksy_attr has its type and each ksy_expr its own. */
void ksy_check_types(struct ksy_program *program);

#endif
