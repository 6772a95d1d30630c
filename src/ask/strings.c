#include "config.h"

#include "ask/strings.h"

#include "base/utf8.h"

#define WINDOW ((uint64_t)4 << 20)

const char *const strings_encoding_texts[STRINGS_ENCODINGS] = {
    [STRINGS_ASCII] = "ascii",     [STRINGS_8BIT] = "8bit",       [STRINGS_UTF8] = "utf8",
    [STRINGS_UTF16LE] = "utf16le", [STRINGS_UTF16BE] = "utf16be", [STRINGS_UTF32LE] = "utf32le",
    [STRINGS_UTF32BE] = "utf32be",
};

unsigned strings_unit(enum strings_encoding encoding) {
    static const unsigned char units[STRINGS_ENCODINGS] = {
        [STRINGS_ASCII] = 1,   [STRINGS_8BIT] = 1,    [STRINGS_UTF8] = 1,    [STRINGS_UTF16LE] = 2,
        [STRINGS_UTF16BE] = 2, [STRINGS_UTF32LE] = 4, [STRINGS_UTF32BE] = 4,
    };
    return units[encoding];
}

unsigned strings_low(enum strings_encoding encoding) {
    return encoding == STRINGS_UTF16BE ? 1 : encoding == STRINGS_UTF32BE ? 3 : 0;
}

static bool is_ascii(uint8_t c) {
    return (c >= 0x20 && c < 0x7f) || c == '\t';
}

/* A character of several bytes of which all but one are zeros. */
static bool is_wide(const uint8_t *at, unsigned unit, unsigned low) {
    for (unsigned i = 0; i < unit; i++) {
        if (i != low && at[i] != 0) {
            return false;
        }
    }
    return is_ascii(at[low]);
}

/* The bytes of the printable character at the front of left (at least 1) bytes; 0: there is none. */
static unsigned char_at(const uint8_t *at, uint64_t left, enum strings_encoding encoding) {
    unsigned unit = strings_unit(encoding);
    uint32_t code;
    switch (encoding) {
    case STRINGS_ASCII:
        return is_ascii(at[0]);
    case STRINGS_8BIT:
        return at[0] >= 0x80 || is_ascii(at[0]);
    case STRINGS_UTF8:
        if (at[0] < 0x80) {
            return is_ascii(at[0]);
        }
        int n = utf8_decode(at, left < UTF8_MAX ? (size_t)left : UTF8_MAX, &code);
        return n > 0 && code >= 0xa0 ? (unsigned)n : 0;
    case STRINGS_UTF16LE:
    case STRINGS_UTF16BE:
    case STRINGS_UTF32LE:
    case STRINGS_UTF32BE:
        return left >= unit && is_wide(at, unit, strings_low(encoding)) ? unit : 0;
    case STRINGS_ENCODINGS:
        break;
    }
    return 0;
}

enum strings_found strings_next(struct strings *strings, uint64_t *off, uint64_t *len) {
    uint64_t begin = strings->pos, pos = begin, to = strings->to;
    while (pos < to && pos - begin < WINDOW) {
        uint64_t start = pos, count = 0;
        unsigned n;
        while (pos < to && (n = char_at(strings->data + pos, to - pos, strings->encoding)) > 0) {
            pos += n;
            count++;
        }
        strings->pos = pos < to ? pos + 1 : pos;
        if (count >= strings->min) {
            *off = start;
            *len = pos - start;
            return STRINGS_HIT;
        }
        pos = strings->pos;
    }
    return pos < to ? STRINGS_MORE : STRINGS_END;
}
