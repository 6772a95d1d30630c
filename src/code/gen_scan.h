/* Scans being made: the parts of one, and how expressions become them. What gen_scan.c and those it is made of share. */
#ifndef CODE_GEN_SCAN_H
#define CODE_GEN_SCAN_H

#include "code/gen_internal.h"

/* Each may need another one, which says where the number lies. */
#define SCAN_PARTS_MAX (PROGRAM_PARTS_MAX / 2)

struct scan_place {
    uint32_t type; /* PROGRAM_NONE: none that a scan knows */
    int128 bit;    /* from the element's start */
};

struct scan_part {
    enum program_op op;
    struct scan_place
        place; /* type PROGRAM_NONE: it is about no number; of PUT, LANE_PUT: the member */
    uint32_t a, b;
};

/* The struct that a computed value is worked out in. */
struct scan_self {
    const struct sema_struct *of; /* NULL: none */
    int128 bit;                   /* where it begins, from the element's start */
};

struct scan {
    struct gen *g;
    const struct sema_expr *of;        /* the array */
    const struct sema_dollar *element; /* what its elements are called in the condition */
    const struct sema_select *select;  /* NULL: it is a filter's */
    struct scan_self self;
    struct scan_part parts[SCAN_PARTS_MAX];
    uint32_t n;
    uint32_t lanes; /* on the stack behind the last part */
    bool all;       /* the tests are all of the condition */
    bool hops;      /* elements are of no one size: only what they begin with is at a fixed place */
};

extern const struct scan_place scan_nowhere;

/* Where the expression is a number of the element, or the element one, that a scan knows. */
struct scan_place scan_number_of(const struct scan *s, const struct sema_expr *e);

/* Where the struct begins that is the element, or lies in it, from the element's start in bits; -1 where a scan can't tell. */
int128 scan_start_of(const struct scan *s, const struct sema_expr *e);

/* Where the field of a struct lies, from the element's start in bits; -1 where a scan can't tell. */
int128 scan_field_of(const struct scan *s, const struct sema_expr *e);

/* Whether the elements are of one size, and what a scan can try. */
bool scan_is_open(const struct scan *s);

/* Adds the tests of a condition, in order, so that an element is passed over only for what comes before anything that might
 * fail; s->all: whether that is all of it. */
void scan_add_conditions(struct scan *s, const struct sema_expr *e);

/* The parts as instructions behind a scan, and in front of those of one place where that is. The scan's place. */
uint32_t scan_emit(struct scan *s, enum program_op op);

/* Adds a part; false where there is no room. */
bool scan_add(struct scan *s, enum program_op op, struct scan_place place, uint32_t a, uint32_t b);

/* gen_lane.c: between which values a lane's numbers lie */
struct scan_range {
    int128 low, high;
};

/* Adds the parts that put an integer or a condition (0 or 1), worked out for many elements at once, on the stack of lanes; false,
 * and no part is added, where it may be absent, a fault, beyond 64 bits, or is none of these. */
bool gen_lane(struct scan *s, const struct sema_expr *e, struct scan_range *range);

#endif
