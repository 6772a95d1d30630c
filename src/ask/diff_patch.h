/* Changes between two files as a script that turns the first into the second.
 *
 * A number or text that is written in one way alone is set; what else a field holds is replaced by its bytes. A struct that
 * has other fields then, and an element that is new, is written by its bytes, too. Fields that follow from others are left
 * to follow, but for those that are wrong in either file. Where not all changes can be said like this, the script replaces the
 * bytes of the file. For comparisons that are `backwards` and `whole`. */
#ifndef ASK_DIFF_PATCH_H
#define ASK_DIFF_PATCH_H

#include "ask/diff.h"
#include "io/out.h"

struct diff_patch_options {
    const struct program *program;
    const uint8_t *data[2];
    uint64_t size[2];
    const char *file[2];
    const char *schema; /* its name */
    bool requires;      /* old values are required to be there */
    /* Whether statements turn the first file into the second; NULL: they are taken to. */
    bool (*makes)(void *maker, struct bytes script);
    void *maker;
};

struct diff_patch;

struct diff_patch *diff_patch_new(struct out *out, const struct diff_patch_options *options);
void diff_patch_free(struct diff_patch *patch); /* NULL is fine */

/* Of the type of diff_options.tell. */
void diff_patch_tell(void *patch, const struct diff_change *change);

enum diff_patch_end {
    DIFF_PATCH_FIELDS, /* all changes are said field by field */
    DIFF_PATCH_BYTES,  /* they are not: bytes of the file are replaced */
    DIFF_PATCH_SHORT,  /* these are too many, too: it ends with a statement that never holds */
};

/* Ends the script; damaged: one of the files was not read to its end; wrong: something is wrong with the second one, which a
 * script would have mended. */
enum diff_patch_end diff_patch_end(struct diff_patch *patch, bool damaged, bool wrong);

#endif
