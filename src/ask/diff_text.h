/* Changes between two files as lines for people: a sign (~ changed, + added, - removed, > moved), the path, old and new
 * value; and as an object on a line for programs. */
#ifndef ASK_DIFF_TEXT_H
#define ASK_DIFF_TEXT_H

#include "ask/diff.h"
#include "io/out.h"

struct diff_text_options {
    const struct program *program;
    const uint8_t *data[2];
    const char *file[2];
    bool utf8, colour;
    bool in_full; /* of what is only in one file, all fields */
};

struct diff_text;

struct diff_text *diff_text_new(struct out *out, const struct diff_text_options *options);
void diff_text_free(struct diff_text *text); /* NULL is fine */

/* The two are of the type of diff_options.tell. */
void diff_text_tell(void *text, const struct diff_change *change);
void diff_json_tell(void *text, const struct diff_change *change);

/* A last line: how many of each. */
void diff_text_sum(struct diff_text *text, const struct diff_result *result);

#endif
