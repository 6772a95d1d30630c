/* Changes between two files as a script that turns the first into the second.
 *
 * A number or text that is written in one way alone is set; what else a field holds is replaced by its bytes. A struct that
 * has other fields then, and an element that is new, is written by its bytes, too. Fields that follow from others are left
 * to follow, but for those that are wrong in either file. For comparisons that are `backwards` and `whole`. */
#ifndef ASK_DIFF_PATCH_H
#define ASK_DIFF_PATCH_H

#include "ask/diff.h"
#include "io/out.h"

struct diff_patch_options {
    const struct program *program;
    const uint8_t *data[2];
    const char *file[2];
    const char *schema; /* its name */
    bool requires;      /* old values are required to be there */
};

struct diff_patch;

struct diff_patch *diff_patch_new(struct out *out, const struct diff_patch_options *options);
void diff_patch_free(struct diff_patch *patch); /* NULL is fine */

/* Of the type of diff_options.tell. */
void diff_patch_tell(void *patch, const struct diff_change *change);

/* Ends the script; how many changes it can't say, in which case it ends with a statement that never holds. damaged: one of
 * the files was not read to its end, which is one more. */
uint64_t diff_patch_end(struct diff_patch *patch, bool damaged);

#endif
