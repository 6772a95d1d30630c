/* records_jsonl FILE: writes each record of a file of record.h as a line of JSON, as one would do it by hand.
 *
 * Only the floating-point numbers are not done by hand: they are left to sonde's own printer (base/numtext.h), which is
 * as fast as the fastest published ones. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/numtext.h"

#include "map.h"
#include "out.h"
#include "record.h"
#include "text.h"

/* More than the longest line. */
#define LINE_MAX_LEN 512

#define GET(type, name, member)                                                                    \
    type name;                                                                                     \
    memcpy(&name, record + (member), sizeof name)

/* A kind as a JSON value: its name, or the number where it has none. */
static char *put_kind(char *out, uint16_t kind) {
    static const struct {
        uint8_t len;
        char name[15];
    } names[RECORD_KINDS] = {
        {9, "\"reading\""},    {10, "\"setpoint\""},    {7, "\"alarm\""}, {13, "\"acknowledge\""},
        {11, "\"heartbeat\""}, {13, "\"calibration\""}, {7, "\"reset\""}, {7, "\"fault\""},
    };
    if (kind >= RECORD_KINDS) {
        return text_u32(out, kind);
    }
    memcpy(out, names[kind].name, sizeof names[kind].name);
    return out + names[kind].len;
}

static char *put_record(char *out, const uint8_t *record) {
    GET(uint64_t, id, RECORD_ID);
    GET(uint32_t, time, RECORD_TIME);
    GET(uint16_t, kind, RECORD_KIND);
    GET(uint32_t, sequence, RECORD_SEQUENCE);
    GET(double, value, RECORD_VALUE);
    GET(float, ratio, RECORD_RATIO);
    GET(int32_t, delta, RECORD_DELTA);
    GET(uint16_t, port, RECORD_PORT);
    GET(int16_t, temperature, RECORD_TEMPERATURE);
    GET(int64_t, balance, RECORD_BALANCE);
    const uint8_t *name = record + RECORD_NAME;

    out = text_u64(TEXT_LITERAL(out, "{\"id\":"), id);
    out = text_u32(TEXT_LITERAL(out, ",\"time\":"), time);
    out = put_kind(TEXT_LITERAL(out, ",\"kind\":"), kind);
    out = text_u32(TEXT_LITERAL(out, ",\"channel\":"), record[RECORD_CHANNEL]);
    out = text_u32(TEXT_LITERAL(out, ",\"level\":"), record[RECORD_LEVEL]);
    out = text_u32(TEXT_LITERAL(out, ",\"sequence\":"), sequence & 0xffffff);
    out = numtext_double(TEXT_LITERAL(out, ",\"value\":"), value);
    out = numtext_float(TEXT_LITERAL(out, ",\"ratio\":"), ratio);
    out = text_i32(TEXT_LITERAL(out, ",\"delta\":"), delta);
    out = text_u32(TEXT_LITERAL(out, ",\"port\":"), port);
    out = text_i32(TEXT_LITERAL(out, ",\"temperature\":"), temperature);
    out = text_i64(TEXT_LITERAL(out, ",\"balance\":"), balance);
    out = text_string(TEXT_LITERAL(out, ",\"name\":"), name,
                      strnlen((const char *)name, RECORD_NAME_LEN));
    return TEXT_LITERAL(out, "}\n");
}

int main(int argc, char **argv) {
    static struct out out;
    if (argc != 2) {
        fputs("usage: records_jsonl FILE\n", stderr);
        return 2;
    }
    struct map map = map_file(argv[1]);
    out.at = out.buffer;
    for (size_t i = 0; map.len - i >= RECORD_SIZE; i += RECORD_SIZE) {
        out.at = put_record(out_room(&out, LINE_MAX_LEN), map.at + i);
    }
    out_flush(&out);
    return 0;
}
