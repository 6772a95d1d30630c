/* Plan: what a script changes, edit by edit while it is found, as lines for people or as one JSON document.
 *
 *     chunks[0].body.width  @0x10  1 → 640  00 00 00 01 → 00 00 02 80
 *     chunks[1]  @0x21  goes, 19 bytes: 00 00 00 07 74 49 4d 45 …
 *
 *     {"file":"a.png","edits":[
 *     {"path":…,"offset":…,"kind":"set","old":1,"new":640,"old_bytes":"00000001","new_bytes":"00000280"}
 *     ],"printed":[],"refused":null,"size":{"old":123,"new":123}} */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include "base/buf.h"
#include "io/out.h"
#include "patch/collect.h"
#include "patch/settle.h"

struct plan {
    struct out *out; /* NULL: nothing is shown */
    bool json, utf8, colour;
    uint64_t edits;  /* told so far */
    uint64_t same;   /* of them: those that change nothing */
    struct buf line; /* its own */
};

void plan_begin(struct plan *plan, const char *file);
void plan_edit(struct plan *plan, const struct collect_edit *edit);

/* A field that followed. */
void plan_derived(struct plan *plan, const struct settle_derived *derived);

/* printed: what the script did, by lines; refused: why nothing is done, or NULL. Ends the document. */
void plan_end(struct plan *plan, const struct buf *printed, const char *refused, uint64_t old_size,
              uint64_t new_size);

#endif
