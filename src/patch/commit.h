/* Commit: the change happens, whole or not at all.
 *
 * A new file (PATCH_REPLACE, PATCH_OUTPUT): it gets the old one's permissions, owner and extended attributes, is made
 * durable, and takes its name in one step; then the folder is made durable. In place: patch/journal.h. Before that, the file
 * must be the one that was opened, with the same size and time, and the bytes that go must be those that the image was
 * made from. */
#ifndef PATCH_COMMIT_H
#define PATCH_COMMIT_H

#include "patch/image.h"

/* Whatever fails, the file is the old one or (only PATCH_SYNC) the new one; *problem tells, and that a journal had to be left
 * (PATCH_HALF). At most once for an image. */
bool patch_commit(struct patch_image *image, struct patch_problem *problem);

#endif
