/* Diff: the edits that make one run of bytes of another. */
#ifndef PATCH_DIFF_H
#define PATCH_DIFF_H

#include "base/bytes.h"
#include "patch/splice.h"

/* Puts them into edits of `from`, which are empty. Of the same size: each byte that differs. Else stretches that are found in
 * both, in order, stay, and what lies between them is replaced. False with errno set when edits can't be kept. */
bool patch_diff(struct bytes from, struct bytes to, struct patch_edits *edits);

#endif
