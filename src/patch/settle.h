/* Settle: edits are made, and what a schema ties to them follows, until the document says the same of itself everywhere.
 *
 * First the numbers that say how long, how many and where (patch/follow.h), then the relations: a field that is `= …` gets
 * the value it must have, if that has changed, until none is wrong that was right. At last the document is verified: what
 * is wrong with it and was not wrong with the file is kept as a list.
 *
 * Edits that are known to make no difference to any of that (code/reads.h) are not looked at: nothing is read for their sake.
 *
 *     settle_step(&settle, edits, shifts, n, unsure) … one or more times
 *     settle_end(&settle); look at settle.news; commit the document's image */
#ifndef PATCH_SETTLE_H
#define PATCH_SETTLE_H

#include "base/vec.h"
#include "patch/document.h"
#include "patch/refusal.h"
#include "patch/shift.h"
#include "vm/vm.h"

/* Something wrong with a document. */
struct settle_trouble {
    bool is_fault;
    uint32_t member; /* the field, or PROGRAM_NONE */
    uint64_t place;  /* bytes in the file; VM_UNKNOWN in what the file does not have */
    uint64_t offset; /* in the document */
    uint64_t wanted; /* hash of the computed value; 0: there is none */
    const char *path, *message;
    struct span span;
};

/* A field that followed. */
struct settle_derived {
    const char *path;
    const char *reason;      /* what it says the extent or place of; NULL: it is computed */
    uint64_t off;            /* bytes, in the document that it was changed in */
    struct bytes old, bytes; /* the stored bytes */
    uint32_t step;           /* which step's edits it follows, from 0 */
};

/* Bytes of the document that a script wrote as they stand: fields in them are not computed. */
struct settle_pin {
    uint64_t off, len; /* before the edits of a step those that go, behind it those that came */
    uint32_t step;     /* in which they were written */
    /* hash of the value that a field of more that was written would have; 0: it is what was written */
    uint64_t wanted;
};

struct settle {
    /* what the caller gives */
    struct patch_document *document;
    const struct program *ties;   /* with the schema's ties */
    const struct program *verify; /* a verdict in silent_style: what is wrong */
    const struct vm_limits *limits;
    bool dangling; /* places that nothing ties may stay behind */
    bool mend;     /* computed fields that were wrong before get their value, too */
    /* what comes of it; in the arena */
    struct arena arena;
    VEC(struct settle_derived) derived;
    VEC(struct settle_trouble) old;  /* wrong with the file */
    VEC(struct settle_trouble) news; /* wrong now, and not before */
    uint32_t step;
    VEC(struct settle_pin) pins;
    struct patch_refusal refusal; /* why the change can't be made */
    struct patch_problem problem; /* why a new file can't */
    bool failed;                  /* problem holds */
    /* its own */
    bool begun;  /* `old` is there */
    bool unsure; /* of some step */
};

/* Those bytes are written by the next step's edits. */
void settle_pin(struct settle *settle, uint64_t off, uint64_t len);

/* Makes the edits, which it takes over, and what follows them. Each edit that changes a length or a number of elements has
 * a shift. Unsure: what `verify` says may be something else behind them. False: what can't be done is in refusal or problem. */
bool settle_step(struct settle *settle, struct patch_edits *edits, const struct patch_shift *shifts,
                 uint32_t n, bool unsure);

/* Finds what is wrong now that was not: `news`. False: problem. */
bool settle_end(struct settle *settle);

void settle_free(struct settle *settle); /* not the document */

#endif
