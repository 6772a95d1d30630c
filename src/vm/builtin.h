/* Built-in functions: what the files that hold them share; seen by nobody else.
 *
 * Arguments are on the stack, loaded; a function leaves its result in *out, or raises a fault and returns false. */
#ifndef VM_BUILTIN_H
#define VM_BUILTIN_H

#include "vm/machine.h"

struct builtin_call {
    struct vm *vm;
    struct vm_value *args;
    uint32_t n;
    struct vm_value *out;
    const struct vm_value *piece; /* each_piece: whose bytes are handed over */
    bool partial;                 /* what a transform made before it failed is a result, too */
};

/* The function of each row of builtin.def. */
#define BUILTIN(name, text, min, max, takes, result, about)                                        \
    bool builtin_call_##text(struct builtin_call *c);
#define TRANSFORM BUILTIN
#include "sema/builtin.def"
#undef TRANSFORM
#undef BUILTIN

/* Raises the fault that another kind of argument is wanted; returns false. */
bool builtin_wants(struct builtin_call *c, const char *wanted);

/* Argument i as bytes, or as a number from low to high; false after a fault. */
bool builtin_want_bytes(struct builtin_call *c, uint32_t i, struct bytes *out);
bool builtin_want_int(struct builtin_call *c, uint32_t i, int128 low, int128 high, int128 *out);

/* Hands the bytes of all arguments from the first on to take, piece by piece; lists count as their elements, absent
 * ones as nothing; the bytes of a field whose relation is worked out are zeros. False after a fault. */
bool builtin_each_piece(struct builtin_call *c, uint32_t first,
                        void (*take)(void *state, struct bytes piece), void *state);

/* What a built-in that sums up (builtin_sums) makes of n <= SUM_RANGES_MAX byte strings. */
bool builtin_sum_of(struct vm *vm, uint32_t which, const struct bytes *bytes, uint32_t n,
                    int128 *out);

/* Whether argument 0 is what the cursor stands at, so that what is taken of it moves the cursor. */
bool builtin_is_rest(const struct builtin_call *c);

/* Counts a pass over len bytes as work of the run. */
void builtin_charge(struct vm *vm, uint64_t len);

/* Counts len bytes of memory that a result takes as work of the run: many results may be kept at once. */
void builtin_charge_made(struct vm *vm, uint64_t len);

/* Makes the contents of *made, which it takes over, the result: bytes in a space of their own. */
struct vm_space *builtin_give_space(struct builtin_call *c, struct buf *made, const char *made_by);

/* Makes text in heap memory, which it takes over, the result; text lies within memory. */
void builtin_give_text(struct builtin_call *c, void *memory, struct bytes text);

#endif
