/* Functions of a program: where each one starts, and what it is for.
 *
 * A program does not list its functions: the entry, the rows of its tables and its CALL instructions name them. Here
 * they are brought together, for the verifier and the disassembler. */
#ifndef CODE_FUNCTION_H
#define CODE_FUNCTION_H

#include "base/arena.h"
#include "base/vec.h"
#include "code/program.h"

enum function_kind {
    FUNCTION_ENTRY,
    FUNCTION_DUMP,       /* emits a struct */
    FUNCTION_SKIP,       /* finds a struct's end */
    FUNCTION_LOCATE,     /* finds a member's start */
    FUNCTION_LOCATE_END, /* finds its end */
    FUNCTION_LET,        /* a member's value */
    FUNCTION_TYPE_SKIP,  /* steps over a value of a type */
    FUNCTION_TYPE_STEP,  /* a step of a walk over an array */
    FUNCTION_TYPE_COUNT, /* an array's number of elements */
    FUNCTION_TYPE_ARGS,  /* a struct's arguments */
    FUNCTION_TYPE_EMIT,  /* emits a value of a type */
    FUNCTION_CALLED,     /* an expression's function */
    FUNCTION_KINDS
};

struct function {
    uint32_t pc;   /* of its first instruction */
    uint32_t kind; /* enum function_kind */
    uint32_t
        subject;   /* the struct, member or type it belongs to; PROGRAM_NONE for ENTRY and CALLED */
    uint32_t args; /* CALLED: how many arguments it is called with */
};

struct functions {
    VEC(struct function) list;
    uint32_t *starts; /* by pc: 1 + the first function in the list that starts there, or 0 */
};

/* Lists the functions of a program whose pcs (in tables and CALLs) are all in range or PROGRAM_NONE. A pc that is given
 * two roles is listed once for each. The list lives in arena. */
void functions_find(const struct program *program, struct arena *arena, struct functions *out);

#endif
