/* The 64-byte record of records.sonde: where its members are. Little-endian and without gaps, so most are unaligned. */
#ifndef BENCH_RECORD_H
#define BENCH_RECORD_H

#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the members are copied as they are");

enum record_member {
    RECORD_ID = 0,           /* uint64 */
    RECORD_TIME = 8,         /* uint32 */
    RECORD_KIND = 12,        /* uint16, a name for those below RECORD_KINDS */
    RECORD_CHANNEL = 14,     /* uint8 */
    RECORD_LEVEL = 15,       /* uint8 */
    RECORD_SEQUENCE = 16,    /* uint24 */
    RECORD_VALUE = 19,       /* double */
    RECORD_RATIO = 27,       /* float */
    RECORD_DELTA = 31,       /* int32 */
    RECORD_PORT = 35,        /* uint16 */
    RECORD_TEMPERATURE = 37, /* int16 */
    RECORD_BALANCE = 39,     /* int64 */
    RECORD_NAME = 47,        /* char[12], NUL behind a shorter one */
    RECORD_PADDING = 59,
    RECORD_SIZE = 64
};

#define RECORD_KINDS    8
#define RECORD_NAME_LEN (RECORD_PADDING - RECORD_NAME)

#define RECORD_PUT(record, member, type, value)                                                    \
    memcpy((record) + (member), &(type){value}, sizeof(type))

#endif
