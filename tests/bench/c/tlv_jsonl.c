/* tlv_jsonl FILE: writes each entry that gen_tlv makes as a line of JSON, as one would do it by hand. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "map.h"
#include "out.h"
#include "text.h"

enum { ENTRY_HEADER = 6 };

/* More than what a line has besides its text, and the longest text. */
#define LINE_MAX_LEN 128
#define TEXT_LEN_MAX (OUT_SIZE / 2 - LINE_MAX_LEN)

static char *put_entry(char *out, uint16_t tag, uint32_t len, const uint8_t *value) {
    out = text_u32(TEXT_LITERAL(out, "{\"tag\":"), tag);
    out = text_u32(TEXT_LITERAL(out, ",\"length\":"), len);
    out = TEXT_LITERAL(out, ",\"value\":");
    if (tag == 1) {
        uint32_t number;
        memcpy(&number, value, sizeof number);
        out = text_u32(out, number);
    } else if (tag == 2) {
        int64_t number;
        memcpy(&number, value, sizeof number);
        out = text_i64(out, number);
    } else {
        out = text_string(out, value, len);
    }
    return TEXT_LITERAL(out, "}\n");
}

int main(int argc, char **argv) {
    static struct out out;
    if (argc != 2) {
        fputs("usage: tlv_jsonl FILE\n", stderr);
        return 2;
    }
    struct map map = map_file(argv[1]);
    out.at = out.buffer;
    for (size_t i = 0; map.len - i >= ENTRY_HEADER;) {
        uint16_t tag;
        uint32_t len;
        memcpy(&tag, map.at + i, sizeof tag);
        memcpy(&len, map.at + i + 2, sizeof len);
        i += ENTRY_HEADER;
        if (len > map.len - i || tag < 1 || tag > 3 ||
            len < (tag == 1   ? 4
                   : tag == 2 ? 8
                              : 0) ||
            len > TEXT_LEN_MAX) {
            fputs("an entry is damaged\n", stderr);
            return 1;
        }
        out.at = put_entry(out_room(&out, LINE_MAX_LEN + 2 * (size_t)len), tag, len, map.at + i);
        i += len;
    }
    out_flush(&out);
    return 0;
}
