/* Numbers of many structs of one size at once: whether each passes a test, and what they are.
 *
 * Nothing here knows where the bytes end: callers have checked that the elements are whole. */
#ifndef VM_SCAN_NUMBER_H
#define VM_SCAN_NUMBER_H

#include "base/int128.h"
#include "code/program.h"
#include "vm/event.h"

/* Elements tried together. A few, so that they stay in the processor between two numbers of theirs that are looked at. */
#define SCAN_BLOCK VM_MANY_MAX

/* Where the number lies in an element, and how it is stored. */
struct scan_number {
    uint32_t type;
    uint64_t off; /* bytes, in the element */
    unsigned width;
    bool big;
    bool real;     /* a floating-point number */
    uint64_t flip; /* a signed integer's sign bit */
};

struct scan_test {
    struct scan_number number;
    /* of an integer, as it is stored: whether it is in a range, which may go round from the greatest one to 0 */
    bool none; /* no number is */
    uint64_t low, span;
    /* of a floating-point number: how it compares with another, EQ to GE */
    enum program_op op;
    double than;
};

/* A number of a program type that lies `bit` bits into an element of `size` bits of an array with that ambient; false
 * where such numbers can't be taken together. */
bool scan_number_set(struct scan_number *number, const struct program *program, uint32_t type,
                     int128 bit, int64_t size, struct vm_ambient ambient);

/* The test that low <= number <= high, or (negated) that it is not. */
void scan_test_range(struct scan_test *test, int128 low, int128 high, bool negated);

/* n (<= SCAN_BLOCK) elements `stride` bytes apart, of which some still hold (1), at first all: those that fail don't (0). */
void scan_test_try(const struct scan_test *test, bool first, uint8_t *held, const uint8_t *at,
                   uint64_t stride, uint64_t n);

/* How many bytes scan_numbers makes of each: 1, 2, 4 or 8. */
unsigned scan_number_room(const struct scan_number *number);

/* The numbers of those of n elements that hold (NULL: of all), which are `found`, one behind the other in out: integers of
 * scan_number_room bytes, of floating-point numbers doubles. */
void scan_numbers(const struct scan_number *number, const uint8_t *held, const uint8_t *at,
                  uint64_t stride, uint64_t n, uint64_t found, uint64_t out[SCAN_BLOCK]);

/* The integers of all n elements. Of unsigned ones of 64 bits, what is beyond the greatest signed one is a negative one. */
void scan_lane(const struct scan_number *number, const uint8_t *at, uint64_t stride, uint64_t n,
               int64_t out[SCAN_BLOCK]);

#endif
