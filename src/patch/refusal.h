/* Refusal: why a change can't be made, as a record; the command line tells it. */
#ifndef PATCH_REFUSAL_H
#define PATCH_REFUSAL_H

#include <stdbool.h>

#include "base/buf.h"
#include "text/source.h"

/* Empty (zeroed) while there is none; the first one that is set stays. */
struct patch_refusal {
    bool is;
    struct buf path;    /* of the field it is about; may be empty */
    struct buf message; /* a sentence */
    struct span span;   /* where in the schema, or none */
    bool dangling;      /* settle.dangling would allow it */
};

/* Returns false, for callers that end with it. path may be NULL. */
bool patch_refusal_set(struct patch_refusal *refusal, const char *path, struct span span,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));
void patch_refusal_free(struct patch_refusal *refusal);

#endif
