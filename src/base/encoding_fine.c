#include "config.h"

#include <string.h>

#include "base/encoding.h"
#include "base/number.h"

size_t encoding_behind(struct bytes raw, size_t from) {
    for (uint64_t word = 0; raw.len - from >= sizeof word && word == 0;) {
        memcpy(&word, raw.at + from, sizeof word);
        from += word == 0 ? sizeof word : 0;
    }
    while (from < raw.len && (raw.at[from] == 0 || raw.at[from] == ' ')) {
        from++;
    }
    return from < raw.len ? from : ENCODING_FINE;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The less than eight bytes of text from i on, the first one lowest; zeros behind the last one. */
static uint64_t rest_of(const uint8_t *at, size_t len, size_t i) {
    return len >= 8 ? number_load64(at + len - 8, false) >> 8 * (8 - (len - i))
                    : number_load(at, (unsigned)len, false);
}

/* Adds to *bad what is wrong with a word of text, of which the bits of `whole` are there: bytes that are no ASCII, or stand behind a
 * NUL; and all bits to *ended where there is one. */
static inline void look_at(uint64_t word, uint64_t whole, uint64_t *bad, uint64_t *ended) {
    uint64_t text =
        ((word + EACH(0x7f)) & EACH(0x80)) / 0x80 * 0xff; /* no NULs, where it is ASCII */
    *bad |= (word & EACH(0x80)) | (text & (text + 1)) | (word & *ended);
    *ended |= text == whole ? 0 : UINT64_MAX;
}

/* UTF-8 that is nothing but ASCII, to the end or up to NULs that go on to the end; other text may be fine, too. How long it is is
 * hard to foresee: so there is no jump in this. */
static bool is_plain(const uint8_t *at, size_t len, bool cut) {
    uint64_t bad = 0, ended = 0;
    size_t i = 0;
    for (; len - i >= 8; i += 8) {
        look_at(number_load64(at + i, false), UINT64_MAX, &bad, &ended);
    }
    if (i < len) {
        look_at(rest_of(at, len, i), ~(UINT64_MAX << 8 * (len - i)), &bad, &ended);
    }
    return bad == 0 && (cut || !ended);
}

bool encoding_is_fine(const struct encoding *encoding, bool cut, struct bytes raw,
                      struct buf *scratch) {
    size_t bad;
    if (encoding_is_utf8(encoding) && is_plain(raw.at, raw.len, cut)) {
        return true;
    }
    struct bytes text = cut ? encoding_cut(encoding, raw) : raw;
    encoding_decode(encoding, scratch, text, &bad);
    return bad == ENCODING_FINE && (!cut || encoding_behind(raw, text.len) == ENCODING_FINE);
}
