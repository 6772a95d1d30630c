/* Numbers of many structs of one size at once: whether each passes a test, and what they are.
 *
 * Nothing here knows where the bytes end: callers have checked that the elements are whole. */
#ifndef VM_SCAN_NUMBER_H
#define VM_SCAN_NUMBER_H

#include "base/int128.h"
#include "code/program.h"
#include "vm/value.h"

/* Elements tried together. */
#define SCAN_BLOCK 128u

/* Where the number lies in an element, and how it is stored. */
struct scan_number {
    uint32_t type;
    uint64_t off; /* bytes, in the element */
    unsigned width;
    bool big;
    bool real; /* a floating-point number */
    uint64_t
        flip; /* an integer's sign bit, turned over: then signed ones have the order of unsigned ones */
};

struct scan_test {
    struct scan_number number;
    /* of an integer, its sign bit turned over: whether it is in the range, or is not */
    bool negated;
    uint64_t low, span; /* the highest one is low + span */
    /* of a floating-point number: how it compares with another, EQ to GE */
    enum program_op op;
    double than;
};

/* A number of a program type that lies `bit` bits into an element of `size` bits of an array with that ambient; false
 * where such numbers can't be taken together. */
bool scan_number_set(struct scan_number *number, const struct program *program, uint32_t type,
                     int128 bit, int64_t size, struct vm_ambient ambient);

/* The test that low <= number <= high, cut to what the number may be. */
void scan_test_range(struct scan_test *test, int128 low, int128 high);

/* n (<= SCAN_BLOCK) elements `stride` bytes apart, of which some still hold (1): those that fail don't (0). */
void scan_test_try(const struct scan_test *test, uint8_t *held, const uint8_t *at, uint64_t stride,
                   uint64_t n);

/* The numbers of those of n elements that hold (NULL: of all), which are `found`, one behind the other in out. Integers are
 * those stored with the sign bit turned over. */
void scan_integers(const struct scan_number *number, const uint8_t *held, const uint8_t *at,
                   uint64_t stride, uint64_t n, uint64_t out[SCAN_BLOCK]);
void scan_reals(const struct scan_number *number, const uint8_t *held, const uint8_t *at,
                uint64_t stride, uint64_t n, uint64_t found, double out[SCAN_BLOCK]);

#endif
