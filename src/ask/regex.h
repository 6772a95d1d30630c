/* Regular expressions on bytes, by PCRE2: no text encoding, "." is any byte but "\n", "^" and "$" are the ends of all. */
#ifndef ASK_REGEX_H
#define ASK_REGEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct regex;

/* NULL where it is none, or this sonde has no PCRE2: *why (in the arena) says it. With fold, upper and lower case
 * of ASCII letters are alike. */
struct regex *regex_new(const char *text, bool fold, struct arena *arena, const char **why);
void regex_free(struct regex *regex); /* NULL is fine */

enum regex_found { REGEX_HIT, REGEX_NONE, REGEX_GIVEN_UP };

/* The first hit in data[from..to] that starts at from or behind, leftmost, as PCRE2 prefers; what is in front of from can be
 * looked behind at, what is at to or behind can't be seen. after_empty: the one before was empty and ended at from, where
 * none that is empty counts. GIVEN_UP: it takes more steps back than PCRE2 allows; *off is where it was. */
enum regex_found regex_next(struct regex *regex, const uint8_t *data, uint64_t from, uint64_t to,
                            bool after_empty, uint64_t *off, uint64_t *len);

#endif
