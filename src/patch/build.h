/* Build: the new contents written to an empty file. */
#ifndef PATCH_BUILD_H
#define PATCH_BUILD_H

#include "patch/piece.h"
#include "patch/target.h"

/* Fills the empty file fd with what the target becomes; what stays is shared with the target or copied, whatever the system
 * can do. False with errno set. */
bool patch_build(int fd, const struct patch_target *target, const struct patch_edits *edits);

#endif
