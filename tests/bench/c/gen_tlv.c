/* gen_tlv N: writes N entries to standard output, the same ones each time: a tag of 16 bits, the length of the value in 32
 * bits, and the value: a number of 4 bytes (tag 1), one of 8 (tag 2), text of 4 to 35 characters (tag 3). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "random.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the numbers are copied as they are");

enum { ENTRY_HEADER = 6, TEXT_LEN_MAX = 35 };

static uint32_t make_text(char *text, uint64_t *random) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz .-012";
    uint32_t len = 4 + random_below(random, TEXT_LEN_MAX - 3);
    for (uint32_t i = 0; i < len;) {
        uint64_t bits = random_next(random);
        for (int n = 0; n < 12 && i < len; n++, bits >>= 5) {
            text[i++] = letters[bits & 31];
        }
    }
    /* one text in 256 has a character that JSON escapes */
    if (random_below(random, 256) == 0) {
        text[random_below(random, len)] = random_next(random) & 1 ? '"' : '\\';
    }
    return len;
}

/* Half of the entries are text, a quarter is of either kind of number: 18.75 bytes on average. */
static char *make_entry(char *at, uint64_t *random) {
    uint32_t choice = random_below(random, 4);
    uint16_t tag = choice < 2 ? (uint16_t)(choice + 1) : 3;
    char *value = at + ENTRY_HEADER;
    uint32_t len;
    if (tag == 3) {
        len = make_text(value, random);
    } else {
        uint64_t number = random_next(random);
        uint64_t wide = number >> (number & 63);
        wide = tag == 2 && number & 64 ? -wide : wide;
        len = tag == 1 ? 4 : 8;
        memcpy(value, &wide, len);
    }
    memcpy(at, &tag, sizeof tag);
    memcpy(at + 2, &len, sizeof len);
    return value + len;
}

int main(int argc, char **argv) {
    static struct out out;
    uint64_t random = 3;
    uint64_t n = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
    out.at = out.buffer;
    for (uint64_t i = 0; i < n; i++) {
        out.at = make_entry(out_room(&out, ENTRY_HEADER + TEXT_LEN_MAX), &random);
    }
    out_flush(&out);
    return 0;
}
