/* Numbers in patterns, as they are stored: uint32le:0xdeadbeef, int16be:-2, uint8:7, float64le:1.5. */
#ifndef ASK_PATTERN_NUMBER_H
#define ASK_PATTERN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct pattern_number {
    uint8_t at[16]; /* the bytes */
    size_t len;
    const char *why; /* what is wrong with it, in the arena; NULL: nothing */
};

/* Whether the text begins like the name of a number's type and a colon; the number is read then, or *number says why it
 * is none. */
bool pattern_number_read(struct pattern_number *number, struct arena *arena, const char *text);

#endif
