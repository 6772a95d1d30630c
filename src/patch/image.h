/* Image: what the file becomes, to be decoded and verified before it is committed.
 *
 * Where a new file is wanted, the image is that file, without a name yet (or with the name that sonde's new files have
 * until they are finished): unchanged stretches are shared with the old file where the file system can, else copied.
 * Where only a plan is wanted or bytes are changed in place, it is a private map of the old file with the new bytes in
 * it, or (if bytes move, or many pages change) an unlinked temporary file. It is made when somebody wants to read it, at the
 * latest when it is committed; bytes that are changed in place need none for that, unless they move. */
#ifndef PATCH_IMAGE_H
#define PATCH_IMAGE_H

#include "patch/splice.h"
#include "patch/target.h"

struct patch_image;

/* NULL on failure: *problem. The edits and the target must not change while there is an image of them. */
struct patch_image *patch_image_new(const struct patch_target *target,
                                    const struct patch_edits *edits, struct patch_problem *problem);

/* Frees it; a new file that was not committed is removed. */
void patch_image_free(struct patch_image *image); /* NULL is fine */

/* The new contents, read-only; the image's. NULL when they can't be made: *problem. */
struct input *patch_image_input(struct patch_image *image, struct patch_problem *problem);

#endif
