/* Patterns: what is looked for in bytes, as it is written on a command line.
 *
 *     "a\n\x00"  text:abc       text, with escapes in quotes; as it is behind text:
 *     de ad ?? ?f  0xdead  hex:deadbeef   bytes as hexadecimal digits, ? for any digit
 *     uint32le:0xdeadbeef  int16be:-2  float64le:1.5   a number as it is stored
 *     utf16le:text  cp037:"text"  text in an encoding: in quotes any, else one that people write
 *     abc        anything else: text
 *
 * A pattern is only data; search.h looks for it. Regular expressions are regex.h's. */
#ifndef ASK_PATTERN_H
#define ASK_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

struct pattern {
    struct bytes value;  /* at least one byte */
    const uint8_t *mask; /* which bits of each byte count; NULL: all of all */
    size_t literal_off;  /* the longest run of bytes all of whose bits count */
    size_t literal_len;
    size_t period; /* hits are at least so many bytes apart (1 with a mask) */
    bool guessed;  /* text only because it was nothing else, though it nearly was */
};

/* Reads a pattern; with fold, ASCII letters of its text are found in upper and lower case. False where it is none, and
 * *why says it. Both live in the arena. */
bool pattern_read(struct pattern *pattern, struct arena *arena, const char *text, bool fold,
                  const char **why);

#endif
