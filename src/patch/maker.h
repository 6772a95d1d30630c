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

struct maker;

/* Makes all that the program emits, with its ties, of the content of its root struct; what is used of that is marked. Appends
 * the bytes to out; false: *refusal tells what can't be made. */
bool maker_make(const struct program *program, struct content *content,
                const struct vm_limits *limits, struct buf *out, struct patch_refusal *refusal);

/* The same for a part of a running script (`build` of vm_sink_ops); NULL: *refusal. */
struct maker *maker_new(const struct program *program, struct content *content,
                        struct patch_refusal *refusal);
struct vm_maker *maker_vm(struct maker *maker);
/* Its bytes, behind the last round; they live as long as the maker. */
bool maker_end(struct maker *maker, struct bytes *made);
void maker_free(struct maker *maker); /* NULL is fine */

#endif
