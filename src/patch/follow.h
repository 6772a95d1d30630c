/* Follow: reads a document and finds what follows the edits made to it.
 *
 * A pass runs the program with the schema's ties over the document before the edits. Of each clause that says how long, how
 * many or where, it works out what the clause must say behind the edits, and has the machine solve it for a stored number.
 * What such numbers, and the gaps that keep things aligned, change in length is part of the next pass; passes go on until
 * one changes nothing. What edits and clauses must come to is expected of the new document (patch/expect.h). */
#ifndef PATCH_FOLLOW_H
#define PATCH_FOLLOW_H

#include "patch/expect.h"
#include "patch/numbers.h"
#include "patch/refusal.h"
#include "patch/shift.h"
#include "patch/splice.h"
#include "vm/vm.h"

/* Bytes of no field that come in place of others: a gap before what is aligned, what a region has to spare. */
struct follow_gap {
    uint64_t off, len; /* bytes that go */
    uint64_t new_len;  /* zeros that come, or as many of them as were there */
    bool fresh;
};

struct follow {
    /* what the caller gives */
    const struct program *program; /* made with its ties */
    const uint8_t *data;           /* the document before the edits */
    uint64_t size;
    const struct vm_limits *limits;
    const struct patch_edits *edits; /* the user's */
    struct shifts *shifts;           /* those of them that change a length */
    bool dangling;                   /* a place that cannot follow is left as it is */
    /* what comes of it; the caller frees them */
    struct numbers *numbers;
    struct expect *expect;
    VEC(struct follow_gap) gaps;
    struct arena arena; /* of the gaps */
    struct patch_refusal *refusal;
};

/* Makes passes until nothing changes; false where something cannot follow, with the refusal set. */
bool follow_run(struct follow *follow);

/* Reads a new document with the same program: whether everything is as expected; else the refusal is set. */
bool follow_check(struct follow *follow, const uint8_t *data, uint64_t size);

#endif
