/* Maker: makes bytes of given values by a schema's program (vm/make.h).
 *
 * The given values say what there is: which fields, how many elements. What is left out may be a number that says how long,
 * how many or where, or a field that is computed; both are found when all else is made, and everything is made anew with
 * them until nothing changes. */
#ifndef PATCH_MAKER_H
#define PATCH_MAKER_H

#include "base/buf.h"
#include "patch/content.h"
#include "patch/refusal.h"
#include "vm/vm.h"

struct maker_request {
    const struct program *program; /* emits the whole, with its ties */
    struct content *given;         /* of the root struct; what is used of it is marked */
    const struct vm_limits *limits;
};

/* Appends the bytes to out. False: *refusal tells what can't be made. */
bool maker_make(const struct maker_request *request, struct buf *out,
                struct patch_refusal *refusal);

#endif
