/* Attributes: what a new file takes over from the one it replaces besides its bytes. */
#ifndef PATCH_ATTRIBUTES_H
#define PATCH_ATTRIBUTES_H

#include <stdbool.h>

#include "patch/target.h"

/* Gives the file fd owner and group where that is permitted, extended attributes with the access list among them,
 * permissions, and the times where they are asked for; of a new output (PATCH_OUTPUT) only permissions, less the umask, and
 * times. Where the owner can't be kept, the set-user-id and set-group-id bits are not. False with errno set. */
bool patch_attributes_copy(int fd, const struct patch_target *target);

#endif
