/* Searching: where a pattern stands in bytes, from the front or from the end, all hits, also those that overlap.
 *
 * By memmem, for what the longest literal run of the pattern is; time grows with the bytes, not with the hits times the
 * pattern's length (without a mask). Bytes are looked at window by window, so that whoever searches can tell how far it
 * is and give memory back in between. */
#ifndef ASK_SEARCH_H
#define ASK_SEARCH_H

#include "ask/pattern.h"

/* Where hits may start that are looked for at once, in bytes. */
#define SEARCH_WINDOW ((uint64_t)4 << 20)

struct search {
    const struct pattern *pattern; /* borrowed */
    const uint8_t *data;
    uint64_t pos;      /* the next hit starts here or behind; going back, in front of here */
    uint64_t from, to; /* hits lie in from..to, whole */
    uint64_t window;
    bool follows; /* a hit lies one period in front of pos */
    /* going back: the hits of a window, in the file's order */
    uint64_t *hits;
    size_t n, cap;
};

enum search_found {
    SEARCH_HIT,
    SEARCH_MORE, /* none in this window */
    SEARCH_END,
};

/* Begins a search for hits in data[from..to], from the front, or from the end with back. */
void search_begin(struct search *search, const struct pattern *pattern, const uint8_t *data,
                  uint64_t from, uint64_t to, bool back);
void search_free(struct search *search);

/* The next hit's offset. */
enum search_found search_next(struct search *search, uint64_t *off);

/* The same from the end on, hits in falling order. */
enum search_found search_previous(struct search *search, uint64_t *off);

#endif
