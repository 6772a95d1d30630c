/* Numbers: stored numbers that follow what was edited, with the bytes they will have. They are found again in each pass
 * over the document, by the place where they lie. */
#ifndef PATCH_NUMBERS_H
#define PATCH_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/int128.h"

struct number {
    uint64_t start;     /* bits */
    uint64_t off, len;  /* bytes it takes now; those of a packed number hold others, too */
    struct bytes bytes; /* that come in their place; the set's own */
    uint8_t masks[17];  /* of the same length as now: which bits of them are the number's */
    int128 value;
    const char *path;    /* its own; the set's */
    const char *follows; /* what it says the extent or the place of; the set's */
    bool fresh;          /* found in this pass */
};

struct numbers;

struct numbers *numbers_new(void);
void numbers_free(struct numbers *numbers);

void numbers_pass_begin(struct numbers *numbers);
/* Drops what was not found in this pass. Whether anything is not as it was behind the pass before. */
bool numbers_pass_end(struct numbers *numbers);

/* The one that lies there, found in whatever pass, or NULL; good until the next put. */
const struct number *numbers_at(const struct numbers *numbers, uint64_t start);

/* Copies it, in place of the one that lies there. */
void numbers_put(struct numbers *numbers, const struct number *number);

uint32_t numbers_count(const struct numbers *numbers);
const struct number *numbers_get(const struct numbers *numbers,
                                 uint32_t i); /* as they were found */

#endif
