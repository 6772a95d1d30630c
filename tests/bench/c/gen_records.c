/* gen_records N: writes N records of record.h to standard output, the same ones each time. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "random.h"
#include "record.h"

/* A quarter whole, a quarter with three decimals, half with all the bits a double has. */
static double make_number(uint64_t *random) {
    switch (random_next(random) & 3) {
    case 0:
        return (double)random_below(random, 20000) - 10000;
    case 1:
        return ((double)random_below(random, 2000000) - 1000000) / 1000;
    default:
        return random_unit(random) * 2000 - 1000;
    }
}

/* 4 to 12 characters; one name in 256 has a character that JSON escapes. */
static void make_name(char *name, uint64_t *random) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_-0123";
    size_t len = 4 + random_below(random, RECORD_NAME_LEN - 3);
    uint64_t bits = random_next(random);
    for (size_t i = 0; i < len; i++) {
        name[i] = letters[bits & 31];
        bits >>= 5;
    }
    if (random_below(random, 256) == 0) {
        name[random_below(random, (uint32_t)len)] = random_next(random) & 1 ? '"' : '\\';
    }
}

static void make_record(char *record, uint64_t i, uint64_t *random) {
    memset(record, 0, RECORD_SIZE);
    /* one kind in 64 has no name */
    uint32_t kind = random_below(random, 64) ? random_below(random, RECORD_KINDS)
                                             : RECORD_KINDS + random_below(random, 1000);
    RECORD_PUT(record, RECORD_ID, uint64_t, 7000000000000 + 3 * i);
    RECORD_PUT(record, RECORD_TIME, uint32_t, (uint32_t)(1700000000 + i / 16));
    RECORD_PUT(record, RECORD_KIND, uint16_t, (uint16_t)kind);
    RECORD_PUT(record, RECORD_CHANNEL, uint8_t, (uint8_t)random_next(random));
    RECORD_PUT(record, RECORD_LEVEL, uint8_t, (uint8_t)random_below(random, 101));
    uint32_t sequence = (uint32_t)i;
    memcpy(record + RECORD_SEQUENCE, &sequence, 3);
    RECORD_PUT(record, RECORD_VALUE, double, make_number(random));
    RECORD_PUT(record, RECORD_RATIO, float, (float)make_number(random));
    RECORD_PUT(record, RECORD_DELTA, int32_t, (int32_t)random_below(random, 200001) - 100000);
    RECORD_PUT(record, RECORD_PORT, uint16_t, (uint16_t)random_next(random));
    RECORD_PUT(record, RECORD_TEMPERATURE, int16_t, (int16_t)(random_below(random, 1000) - 300));
    int64_t balance = (int64_t)(random_next(random) >> (1 + random_below(random, 60)));
    RECORD_PUT(record, RECORD_BALANCE, int64_t, random_next(random) & 1 ? -balance : balance);
    make_name(record + RECORD_NAME, random);
}

int main(int argc, char **argv) {
    static struct out out;
    uint64_t random = 1;
    uint64_t n = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
    out.at = out.buffer;
    for (uint64_t i = 0; i < n; i++) {
        make_record(out_room(&out, RECORD_SIZE), i, &random);
        out.at += RECORD_SIZE;
    }
    out_flush(&out);
    return 0;
}
