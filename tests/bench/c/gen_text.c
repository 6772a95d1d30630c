/* gen_text N: writes N lines of words to standard output, the same ones each time, 63 bytes a line on average; one line in 500 on
 * average has the word "sounding" in it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "random.h"

enum { WORD_LEN_MAX = 10, WORDS_MAX = 15 };

static char *make_word(char *at, uint64_t *random) {
    /* the more frequent letters of English more often */
    static const char letters[] = "eeeettaaooiinnsshhrrddlluucmfgpw";
    uint64_t bits = random_next(random);
    size_t len = 2 + bits % (WORD_LEN_MAX - 1);
    bits >>= 8;
    for (size_t i = 0; i < len; i++, bits >>= 5) {
        *at++ = letters[bits & 31];
    }
    return at;
}

static char *make_line(char *at, uint64_t *random) {
    size_t words = 3 + random_below(random, WORDS_MAX - 2);
    for (size_t i = 0; i < words; i++) {
        if (random_below(random, 500 * 9) == 0) {
            memcpy(at, "sounding", 8);
            at += 8;
        } else {
            at = make_word(at, random);
        }
        *at++ = ' ';
    }
    at[-1] = '\n';
    return at;
}

int main(int argc, char **argv) {
    static struct out out;
    uint64_t random = 5;
    uint64_t n = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
    out.at = out.buffer;
    for (uint64_t i = 0; i < n; i++) {
        out.at = make_line(out_room(&out, WORDS_MAX * (WORD_LEN_MAX + 1)), &random);
    }
    out_flush(&out);
    return 0;
}
