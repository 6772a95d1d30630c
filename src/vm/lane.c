#include "config.h"

#include "vm/lane.h"

/* All loops go over the whole of a lane: with a constant number of rounds, compilers make them of vectors. */

void lane_number(struct lanes *lanes, const struct scan_number *number, const uint8_t *at,
                 uint64_t stride, uint64_t n) {
    scan_lane(number, at, stride, n, lanes->at[lanes->n++]);
}

void lane_int(struct lanes *lanes, int64_t value) {
    int64_t *lane = lanes->at[lanes->n++];
    for (uint32_t i = 0; i < SCAN_BLOCK; i++) {
        lane[i] = value;
    }
}

static int64_t quotient(int64_t a, int64_t b) {
    return b == 0 ? 0 : b == -1 ? (int64_t) - (uint64_t)a : a / b;
}

static int64_t left(int64_t a, int64_t b) {
    return b < 0 || b > 63 ? 0 : (int64_t)((uint64_t)a << b);
}

static int64_t right(int64_t a, int64_t b) {
    return a >> (b < 0 || b > 63 ? 63 : b);
}

/* a[i] = (expression of x = a[i] and y = b[i]) for each i */
#define EACH(expression)                                                                           \
    for (uint32_t i = 0; i < SCAN_BLOCK; i++) {                                                    \
        int64_t x = a[i], y = b[i];                                                                \
        a[i] = (int64_t)(expression);                                                              \
    }                                                                                              \
    break

void lane_op(struct lanes *lanes, enum program_op op) {
    const int64_t *b = lane_pop(lanes);
    int64_t *a = lanes->at[lanes->n - 1];
    switch ((int)op) {
    case OP_ADD:
        EACH((uint64_t)x + (uint64_t)y);
    case OP_SUB:
        EACH((uint64_t)x - (uint64_t)y);
    case OP_MUL:
        EACH((uint64_t)x * (uint64_t)y);
    case OP_DIV:
        EACH(quotient(x, y));
    case OP_REM:
        EACH((uint64_t)x - (uint64_t)quotient(x, y) * (uint64_t)y);
    case OP_SHL:
        EACH(left(x, y));
    case OP_SHR:
        EACH(right(x, y));
    case OP_BITAND:
        EACH(x & y);
    case OP_BITOR:
        EACH(x | y);
    case OP_BITXOR:
        EACH(x ^ y);
    case OP_EQ:
        EACH(x == y);
    case OP_NE:
        EACH(x != y);
    case OP_LT:
        EACH(x < y);
    case OP_GT:
        EACH(x > y);
    case OP_LE:
        EACH(x <= y);
    case OP_GE:
        EACH(x >= y);
    default: /* the verifier lets no other through */
        break;
    }
}

void lane_in(struct lanes *lanes, int64_t low, int64_t high) {
    int64_t *a = lanes->at[lanes->n - 1];
    for (uint32_t i = 0; i < SCAN_BLOCK; i++) {
        a[i] = low <= a[i] && a[i] <= high;
    }
}

void lane_choose(struct lanes *lanes) {
    const int64_t *no = lane_pop(lanes), *yes = lane_pop(lanes);
    int64_t *a = lanes->at[lanes->n - 1];
    for (uint32_t i = 0; i < SCAN_BLOCK; i++) {
        a[i] = a[i] ? yes[i] : no[i];
    }
}

const int64_t *lane_pop(struct lanes *lanes) {
    return lanes->at[--lanes->n];
}
