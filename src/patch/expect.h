/* Expectations: what edits must come to when their result is read again. An array has so many elements, a field so many
 * bytes, a thing lies at its new place. They are gathered while the document before the edits is read, in places of the
 * one behind them, and met while that one is read; what is not met then did not follow. */
#ifndef PATCH_EXPECT_H
#define PATCH_EXPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "text/source.h"

enum expect_kind {
    EXPECT_SIZE,     /* of what a clause is about: bits */
    EXPECT_COUNT,    /* that a clause gives */
    EXPECT_PLACE,    /* what a clause places is there: the value is 0 */
    EXPECT_ELEMENTS, /* of an array in which some came or went */
    EXPECT_FIELD,    /* bits of a field that was set */
    EXPECT_NOTHING, /* a field that was given no bytes has none, or is not there: met unless it has some */
};

struct expectation {
    enum expect_kind kind;
    uint32_t member; /* as vm_tie and vm_event tell it */
    uint64_t start;  /* bits, in the new document */
    uint64_t value;
    bool met;
    const char *path; /* for messages; owned by the set, as is why */
    const char *why;  /* could it not follow, or NULL */
    struct span span; /* of the clause */
};

struct expect;

struct expect *expect_new(void);
void expect_free(struct expect *expect);
void expect_clear(struct expect *expect);

/* Copies it; one of the same kind, member and start is there once: the last value counts. */
void expect_add(struct expect *expect, const struct expectation *expectation);

/* The document read has that; whether it was expected, be it with another value. */
bool expect_meet(struct expect *expect, enum expect_kind kind, uint32_t member, uint64_t start,
                 uint64_t value);

/* The first one, in the order in which they were added, that is not met; NULL: all are. */
const struct expectation *expect_unmet(const struct expect *expect);
bool expect_empty(const struct expect *expect);

#endif
