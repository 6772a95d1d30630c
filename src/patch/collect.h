/* Collect: what a program asks to be changed, as edits of the document that it runs over.
 *
 * Values become bytes here; where they go, and what must be said of edits that change a length for others to follow
 * (patch/shift.h). Memory grows with those, and with the new bytes; nothing is kept to show what is changed: that is told
 * while the program runs. */
#ifndef PATCH_COLLECT_H
#define PATCH_COLLECT_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "code/reads.h"
#include "patch/refusal.h"
#include "patch/repack.h"
#include "patch/shift.h"
#include "patch/splice.h"
#include "vm/vm.h"

/* An edit, as it was put: what may be shown of it. */
struct collect_edit {
    const struct vm_edit *edit;
    uint64_t off;            /* bytes, in the document */
    struct bytes old, bytes; /* what goes, what comes in its place */
    bool same;               /* nothing changes */
};

/* Bytes of the document. */
struct collect_stretch {
    uint64_t off, len;
};

struct collect_waiting {
    uint64_t off;
    struct bytes bytes;
    uint64_t start;   /* bits: of the field or array */
    const char *path; /* of the field, or of the array with an index behind it */
    uint32_t order;   /* in which it was told */
};

struct collect {
    /* what the caller gives */
    void (*show)(void *context, const struct collect_edit *edit); /* or NULL */
    void *context;
    uint64_t *met; /* by statement of the script: places to be changed, counted; or NULL */
    const struct program_reads *verdict; /* of what says whether the document is right */
    /* what comes of it */
    struct arena arena;
    VEC(struct patch_shift) shifts;    /* of edits that change a length */
    VEC(struct collect_stretch) given; /* what was replaced by bytes as they stand */
    struct patch_refusal refusal;      /* why one can't be made */
    uint32_t refused;                  /* the statement it is of, or PROGRAM_NONE */
    int error;                         /* errno, where the edits could not be kept */
    bool unsure;                       /* some of them may make a difference to the verdict */
    /* its own */
    VEC(struct collect_waiting) waiting; /* what comes in between bytes: put in order at the end */
    const uint8_t *data;                 /* the document */
    uint64_t size;
    struct patch_edits *edits; /* they go here */
    struct buf bytes, why, stored;
    struct buf row, row_old, row_held; /* of many at once: their bytes; which of them change */
    struct repacks repacks;            /* what transforms made, with edits in it */
    struct map by_place;               /* of fields: (offset, length) + 1 -> place in shifts + 1 */
    struct maker *maker;               /* of the value that the next edit has; or NULL */
    struct arena making;               /* its content */
};

/* Puts what is left to be put, when the program has run; false as for collect_take, and refused is of no meaning. */
bool collect_end(struct collect *collect);
/* Begins with another document, whose edits go there. */
void collect_next(struct collect *collect, const uint8_t *data, uint64_t size,
                  struct patch_edits *edits);

/* Takes an edit that a running program told. False where it can't be made: the refusal says why, or error. */
bool collect_take(struct collect *collect, const struct vm_edit *edit);

/* Takes many at once. False where it does not: with an error, or they are to be taken one by one. */
bool collect_take_many(struct collect *collect, const struct vm_edits *edits);

/* Whether the verdict is the same whatever number, text or bytes an edit writes in place of others. */
bool collect_is_sure(const struct collect *collect, const struct vm_edit *edit);

/* A maker for a value in braces (`build` of vm_sink_ops), or NULL: the refusal says why. */
struct vm_maker *collect_build(struct collect *collect, const struct program *program,
                               const struct vm_value *value);

void collect_free(struct collect *collect); /* not the edits */

#endif
