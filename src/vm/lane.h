/* Lanes: the values that an expression has in many elements at once, a number of 64 bits in two's complement for each; of a
 * condition 1 or 0.
 *
 * They are worked out on a stack, one operator for all elements, whatever there is in them. Nothing can go wrong: the
 * generator makes lanes only of what fits and has no fault (code/gen_lane.c). Of any other program the numbers wrap around. */
#ifndef VM_LANE_H
#define VM_LANE_H

#include "code/program.h"
#include "vm/scan_number.h"

struct lanes {
    uint32_t n;                                /* on the stack */
    int64_t at[PROGRAM_LANES_MAX][SCAN_BLOCK]; /* behind the elements at hand is anything */
};

/* Puts the number that each of n elements (<= SCAN_BLOCK) `stride` bytes apart has there on the stack. */
void lane_number(struct lanes *lanes, const struct scan_number *number, const uint8_t *at,
                 uint64_t stride, uint64_t n);
void lane_int(struct lanes *lanes, int64_t value);

/* The two on top become what the operator (OP_ADD to OP_GE) makes of them. */
void lane_op(struct lanes *lanes, enum program_op op);

/* The one on top becomes whether low <= it <= high. */
void lane_in(struct lanes *lanes, int64_t low, int64_t high);

/* Condition, yes, no become one of the two. */
void lane_choose(struct lanes *lanes);

/* Takes the one on top off; it stays as it is until the next one is put there. */
const int64_t *lane_pop(struct lanes *lanes);

#endif
