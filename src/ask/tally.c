#include "config.h"

#include "ask/tally.h"

#include <string.h>

/* one by one */

static double real(const struct vm_value *v) {
    return v->kind == VM_FLOAT ? v->number
           : v->kind == VM_INT ? (double)v->integer
                               : (double)(uint128)v->integer;
}

static bool is_number(const struct vm_value *v) {
    return v->kind == VM_INT || v->kind == VM_WIDE || v->kind == VM_FLOAT;
}

static bool is_less(const struct vm_value *a, const struct vm_value *b) {
    return a->kind == VM_INT && b->kind == VM_INT ? a->integer < b->integer : real(a) < real(b);
}

static void add_number(struct tally *t, const struct vm_value *v) {
    if (v->kind != VM_INT || !int128_add(t->sum, v->integer, &t->sum)) {
        t->rest += real(v);
        t->inexact = true;
    }
}

void tally_add(struct tally *t, enum sema_aggregate_kind kind, const struct cell *cell) {
    const struct vm_value *v = &cell->value;
    if (v->kind == VM_ABSENT || (kind != SEMA_A_COUNT && !is_number(v))) {
        return;
    }
    bool first = t->n++ == 0;
    switch (kind) {
    case SEMA_A_COUNT:
        break;
    case SEMA_A_SUM:
    case SEMA_A_AVG:
        add_number(t, v);
        break;
    case SEMA_A_MIN:
        t->at = first || is_less(v, &t->at.value) ? *cell : t->at;
        break;
    case SEMA_A_MAX:
        t->at = first || is_less(&t->at.value, v) ? *cell : t->at;
        break;
    }
}

/* many at once: what stands behind those that count repeats the first one, so that the loops have a constant number of rounds,
 * which compilers make of vectors */

#define INTEGERS(X)                                                                                \
    X(u8, uint8_t, uint32_t)                                                                       \
    X(u16, uint16_t, uint32_t)                                                                     \
    X(u32, uint32_t, uint64_t)                                                                     \
    X(u64, uint64_t, uint128)                                                                      \
    X(i8, int8_t, int32_t)                                                                         \
    X(i16, int16_t, int32_t)                                                                       \
    X(i32, int32_t, int64_t)                                                                       \
    X(i64, int64_t, int128)

/* The sum of all, and the smallest and the greatest one. */
#define WORK_OUT(name, type, wide)                                                                 \
    static int128 sum_##name(const void *numbers) {                                                \
        const type *at = numbers;                                                                  \
        wide sum = 0;                                                                              \
        for (uint32_t i = 0; i < VM_MANY_MAX; i++) {                                               \
            sum += at[i];                                                                          \
        }                                                                                          \
        return (int128)sum;                                                                        \
    }                                                                                              \
    static int128 least_##name(const void *numbers) {                                              \
        const type *at = numbers;                                                                  \
        type best = at[0];                                                                         \
        for (uint32_t i = 0; i < VM_MANY_MAX; i++) {                                               \
            best = at[i] < best ? at[i] : best;                                                    \
        }                                                                                          \
        return best;                                                                               \
    }                                                                                              \
    static int128 greatest_##name(const void *numbers) {                                           \
        const type *at = numbers;                                                                  \
        type best = at[0];                                                                         \
        for (uint32_t i = 0; i < VM_MANY_MAX; i++) {                                               \
            best = at[i] > best ? at[i] : best;                                                    \
        }                                                                                          \
        return best;                                                                               \
    }                                                                                              \
    static int128 get_##name(const void *numbers, uint64_t i) {                                    \
        return ((const type *)numbers)[i];                                                         \
    }

INTEGERS(WORK_OUT)

static const struct integers {
    int128 (*sum)(const void *numbers);
    int128 (*least)(const void *numbers);
    int128 (*greatest)(const void *numbers);
    int128 (*get)(const void *numbers, uint64_t i);
} integers[] = {
#define ROW(name, type, wide) {sum_##name, least_##name, greatest_##name, get_##name},
    INTEGERS(ROW)
#undef ROW
};

static const struct integers *integers_of(const struct vm_numbers *numbers) {
    unsigned size = numbers->width == 1 ? 0 : numbers->width == 2 ? 1 : numbers->width == 4 ? 2 : 3;
    return &integers[size + (numbers->is_signed ? 4 : 0)];
}

struct cell tally_cell(const struct vm_numbers *numbers, uint64_t i) {
    struct cell cell = {numbers->like, numbers->type};
    if (numbers->real) {
        cell.value.number = ((const double *)numbers->at)[i];
    } else {
        cell.value.integer = integers_of(numbers)->get(numbers->at, i);
    }
    return cell;
}

static void add_sum(struct tally *t, const struct vm_numbers *numbers, uint64_t n) {
    if (!numbers->real) {
        const struct integers *of = integers_of(numbers);
        int128 more = (int128)(VM_MANY_MAX - n) * of->get(numbers->at, 0);
        struct vm_value sum = vm_int(of->sum(numbers->at) - more);
        add_number(t, &sum);
        return;
    }
    const double *reals = numbers->at;
    for (uint64_t i = 0; i < n; i++) { /* in their order, as one by one */
        t->rest += reals[i];
    }
    t->inexact = true;
}

/* The smallest or greatest of those before, if any, and n more. */
static void add_extreme(struct tally *t, const struct vm_numbers *numbers, uint64_t n,
                        bool greatest) {
    struct vm_value at = t->n ? t->at.value : numbers->like;
    if (numbers->real) {
        const double *reals = numbers->at;
        double best = t->n ? at.number : reals[0];
        for (uint64_t i = 0; i < n; i++) {
            best = (greatest ? best < reals[i] : reals[i] < best) ? reals[i] : best;
        }
        at.number = best;
    } else {
        const struct integers *of = integers_of(numbers);
        int128 here = greatest ? of->greatest(numbers->at) : of->least(numbers->at);
        bool better = t->n == 0 || (greatest ? at.integer < here : here < at.integer);
        at.integer = better ? here : at.integer;
    }
    t->at = (struct cell){at, numbers->type};
}

void tally_add_many(struct tally *t, enum sema_aggregate_kind kind,
                    const struct vm_numbers *numbers, uint64_t n) {
    switch (kind) {
    case SEMA_A_COUNT:
        break;
    case SEMA_A_SUM:
    case SEMA_A_AVG:
        add_sum(t, numbers, n);
        break;
    case SEMA_A_MIN:
    case SEMA_A_MAX:
        add_extreme(t, numbers, n, kind == SEMA_A_MAX);
        break;
    }
    t->n += n;
}

struct cell tally_result(const struct tally *t, enum sema_aggregate_kind kind) {
    double total = t->inexact ? (double)t->sum + t->rest : (double)t->sum;
    struct cell none = {vm_absent(), PROGRAM_NONE};
    switch (kind) {
    case SEMA_A_COUNT:
        return (struct cell){vm_int(t->n), PROGRAM_NONE};
    case SEMA_A_SUM:
        return (struct cell){t->inexact ? vm_float(total) : vm_int(t->sum), PROGRAM_NONE};
    case SEMA_A_AVG:
        return t->n ? (struct cell){vm_float(total / (double)t->n), PROGRAM_NONE} : none;
    case SEMA_A_MIN:
    case SEMA_A_MAX:
        return t->n ? t->at : none;
    }
    return none;
}
