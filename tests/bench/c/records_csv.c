/* records_csv FILE: writes four members of each record of record.h as a line of CSV: id, time, value, port. */
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
#define LINE_MAX_LEN 128

static char *put_record(char *out, const uint8_t *record) {
    uint64_t id;
    uint32_t time;
    double value;
    uint16_t port;
    memcpy(&id, record + RECORD_ID, sizeof id);
    memcpy(&time, record + RECORD_TIME, sizeof time);
    memcpy(&value, record + RECORD_VALUE, sizeof value);
    memcpy(&port, record + RECORD_PORT, sizeof port);
    out = text_u64(out, id);
    *out++ = ',';
    out = text_u32(out, time);
    *out++ = ',';
    out = numtext_double(out, value);
    *out++ = ',';
    out = text_u32(out, port);
    *out++ = '\n';
    return out;
}

int main(int argc, char **argv) {
    static struct out out;
    if (argc != 2) {
        fputs("usage: records_csv FILE\n", stderr);
        return 2;
    }
    struct map map = map_file(argv[1]);
    out.at = TEXT_LITERAL(out.buffer, "id,time,value,port\n");
    for (size_t i = 0; map.len - i >= RECORD_SIZE; i += RECORD_SIZE) {
        out.at = put_record(out_room(&out, LINE_MAX_LEN), map.at + i);
    }
    out_flush(&out);
    return 0;
}
