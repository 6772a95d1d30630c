/* Lines in which something is: their numbers, from 1, and their places. A line ends with "\n", which is no part of it, or
 * where the bytes end; what is looked for has no "\n" in it. */
#ifndef ASK_LINES_H
#define ASK_LINES_H

#include "ask/pattern.h"
#include "ask/regex.h"

struct lines {
    const struct pattern *pattern; /* borrowed; NULL: regex */
    struct regex *regex;           /* is about each line alone: "^" and "$" are its ends */
    const uint8_t *data;
    uint64_t size;
    uint64_t pos;    /* the next line's start */
    uint64_t number; /* and its number; 0 at first counts as 1 */
    uint64_t seen;   /* behind pos: no line begins in between, nor is the pattern there */
};

struct line {
    uint64_t number;
    uint64_t off, len; /* without its end */
};

enum lines_found {
    LINES_HIT,
    LINES_MORE, /* none in the next 4 MiB */
    LINES_END,
    LINES_GIVEN_UP, /* the regular expression takes too much work in *line */
};

/* The next line that has the pattern in it, or fits the regular expression. */
enum lines_found lines_next(struct lines *lines, struct line *line);

/* The bytes in front of this offset have been looked at. */
uint64_t lines_done(const struct lines *lines);

#endif
