#include "config.h"

#include "base/utf8.h"

#include <string.h>

#include "base/number.h"

/* What the first byte of a sequence of two or more says; len is 0 for a byte that begins none. */
struct utf8_lead {
    unsigned len;
    unsigned char second_lo; /* the range of the second byte shuts out overlong forms, surrogates */
    unsigned char second_hi; /* and what is above U+10FFFF (RFC 3629, section 4) */
};

static struct utf8_lead utf8_lead(unsigned char c) {
    if (c >= 0xc2 && c <= 0xdf) {
        return (struct utf8_lead){2, 0x80, 0xbf};
    }
    if (c >= 0xe0 && c <= 0xef) {
        return (struct utf8_lead){3, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf};
    }
    if (c >= 0xf0 && c <= 0xf4) {
        return (struct utf8_lead){4, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf};
    }
    return (struct utf8_lead){0, 0, 0};
}

int utf8_decode(const unsigned char *at, size_t len, uint32_t *code) {
    if (at[0] < 0x80) {
        *code = at[0];
        return 1;
    }
    *code = UTF8_REPLACEMENT;
    struct utf8_lead lead = utf8_lead(at[0]);
    if (lead.len == 0 || len < 2 || at[1] < lead.second_lo || at[1] > lead.second_hi) {
        return -1;
    }
    uint32_t value = (at[0] & (0x7fu >> lead.len)) << 6 | (at[1] & 0x3fu);
    for (unsigned i = 2; i < lead.len; i++) {
        if (i >= len || (at[i] & 0xc0) != 0x80) {
            return -(int)i;
        }
        value = value << 6 | (at[i] & 0x3fu);
    }
    *code = value;
    return (int)lead.len;
}

size_t utf8_encode(uint32_t code, char *out) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        if (code >= 0xd800 && code <= 0xdfff) {
            return 0;
        }
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    if (code > 0x10ffff) {
        return 0;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

bool utf8_valid(struct bytes text) {
    size_t i = 0;
    while (i < text.len) {
        uint64_t word;
        if (text.len - i >= sizeof word) {
            memcpy(&word, text.at + i, sizeof word);
            if ((word & 0x8080808080808080u) == 0) {
                i += sizeof word;
                continue;
            }
        }
        uint32_t code;
        int len = utf8_decode(text.at + i, text.len - i, &code);
        if (len < 0) {
            return false;
        }
        i += (size_t)len;
    }
    return true;
}

struct utf8_range {
    uint32_t first;
    uint32_t last : 24;
    uint32_t columns : 8;
};

static const struct utf8_range utf8_ranges[] = {
#define UTF8_WIDTH(first, last, columns) {first, last, columns},
#include "base/utf8_width.def"
#undef UTF8_WIDTH
};

unsigned utf8_width(uint32_t code) {
    size_t lo = 0;
    size_t hi = sizeof utf8_ranges / sizeof *utf8_ranges;
    if (code < utf8_ranges[0].first) {
        return 1;
    }
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (utf8_ranges[mid].first <= code) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return code <= utf8_ranges[lo].last ? utf8_ranges[lo].columns : 1;
}

static bool utf8_is_plain(unsigned char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Sets the top bit of some bytes of the result when a byte of word is not plain; 0 when all are. For bytes below 0x80:
 * c - 0x20 borrows when c < 0x20, c + 1 carries into the top bit when c is 0x7f, and (c ^ x) - 1 borrows when c is x. A
 * borrow may run on into the next byte, which only makes a byte behind the first bad one look bad, too. */
static uint64_t utf8_not_plain(uint64_t word) {
    const uint64_t ones = 0x0101010101010101u;
    uint64_t quote = word ^ ones * '"';
    uint64_t slash = word ^ ones * '\\';
    uint64_t bad = word | (word - ones * 0x20) | (word + ones) | (quote - ones) | (slash - ones);
    return bad & ones * 0x80;
}

size_t utf8_ascii_run(const unsigned char *at, size_t len) {
    size_t i = 0;
    for (; len - i >= 8; i += 8) {
        uint64_t bad = utf8_not_plain(number_load64(at + i, false));
        if (bad) {
            return i + (size_t)__builtin_ctzll(bad) / 8;
        }
    }
    while (i < len && utf8_is_plain(at[i])) {
        i++;
    }
    return i;
}
