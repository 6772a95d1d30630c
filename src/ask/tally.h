/* Tallies: what the values of a column come to, one by one or many at once; either way the same.
 *
 * Sums of integers are exact; beyond 127 bits they go on as binary64 numbers. What is absent, or no number, counts for nothing. */
#ifndef ASK_TALLY_H
#define ASK_TALLY_H

#include "sema/select.h"
#include "vm/event.h"

/* A value of a row, and its type, which says how it is shown. */
struct cell {
    struct vm_value value;
    uint32_t type;
};

struct tally {
    uint64_t n;     /* values that were there */
    int128 sum;     /* of the integers ... */
    double rest;    /* ... and of what is none, or no longer fits */
    bool inexact;   /* rest counts */
    struct cell at; /* the smallest or greatest one, the first of those that are equal */
};

void tally_add(struct tally *tally, enum sema_aggregate_kind kind, const struct cell *cell);

/* The numbers of n (not 0) rows that come at once. */
void tally_add_many(struct tally *tally, enum sema_aggregate_kind kind,
                    const struct vm_numbers *numbers, uint64_t n);

/* What all came to; an absent one of nothing, where that is no number. */
struct cell tally_result(const struct tally *tally, enum sema_aggregate_kind kind);

/* The number of row i (< n). */
struct cell tally_cell(const struct vm_numbers *numbers, uint64_t i);

#endif
