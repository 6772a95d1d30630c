/* What an image is made of: for those who make and commit it. */
#ifndef PATCH_IMAGE_INTERNAL_H
#define PATCH_IMAGE_INTERNAL_H

#include <stddef.h>

#include "patch/image.h"

struct patch_image {
    const struct patch_target *target;
    const struct patch_edits *edits;
    int fd;        /* the new file, or a temporary one; -1: a private map of the old file */
    bool is_fresh; /* fd is the new file */
    bool is_made;  /* there is what has to be: the file, where it must be one */
    bool has_name; /* it has the name target->fresh */
    uint8_t *map;  /* once it was asked for; NULL also where there are no bytes */
    size_t map_len;
    struct input *input; /* of the map */
    uint64_t old_sum;    /* patch_image_sum, when the edits were made */
};

/* Makes the file, where the image is one and was not made before. False: *problem. */
bool patch_image_make(struct patch_image *image, struct patch_problem *problem);

/* A CRC of all bytes that go, as the target has them now, but for those of combs. */
uint64_t patch_image_sum(const struct patch_target *target, const struct patch_edits *edits);

/* Whether the target still has the bytes that combs have for theirs. */
bool patch_image_combs_same(const struct patch_target *target, const struct patch_edits *edits);

#endif
