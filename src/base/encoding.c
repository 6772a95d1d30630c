#include "config.h"

#include "base/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
    ENCODINGS = 64,
    NAME_MAX_LEN = 40,
    STEP_ROOM = 4096,
};

enum family { FAMILY_UTF8, FAMILY_ASCII, FAMILY_LATIN1, FAMILY_WIDE, FAMILY_ICONV };

enum order { ORDER_BIG, ORDER_LITTLE, ORDER_MARKED };

struct encoding {
    char name[NAME_MAX_LEN + 1];
    enum family family;
    enum order order; /* WIDE */
    size_t unit;
    /* ICONV */
    iconv_t from, to; /* no_iconv: not open */
    bool ascii;       /* the bytes below 0x80 are ASCII, wherever they stand */
};

struct encodings {
    struct encoding *at[ENCODINGS];
    unsigned n;
};

static const iconv_t no_iconv = (iconv_t)-1;

/* The names that need no iconv. */
static const struct {
    const char *name;
    enum family family;
    enum order order;
    size_t unit;
} own[] = {
    {"", FAMILY_UTF8, ORDER_BIG, 1},
    {"UTF-8", FAMILY_UTF8, ORDER_BIG, 1},
    {"UTF8", FAMILY_UTF8, ORDER_BIG, 1},
    {"ASCII", FAMILY_ASCII, ORDER_BIG, 1},
    {"US-ASCII", FAMILY_ASCII, ORDER_BIG, 1},
    {"ISO-8859-1", FAMILY_LATIN1, ORDER_BIG, 1},
    {"ISO8859-1", FAMILY_LATIN1, ORDER_BIG, 1},
    {"ISO_8859-1", FAMILY_LATIN1, ORDER_BIG, 1},
    {"LATIN1", FAMILY_LATIN1, ORDER_BIG, 1},
    {"UTF-16", FAMILY_WIDE, ORDER_MARKED, 2},
    {"UTF16", FAMILY_WIDE, ORDER_MARKED, 2},
    {"UTF-16BE", FAMILY_WIDE, ORDER_BIG, 2},
    {"UTF16BE", FAMILY_WIDE, ORDER_BIG, 2},
    {"UTF-16LE", FAMILY_WIDE, ORDER_LITTLE, 2},
    {"UTF16LE", FAMILY_WIDE, ORDER_LITTLE, 2},
    {"UTF-32", FAMILY_WIDE, ORDER_MARKED, 4},
    {"UTF32", FAMILY_WIDE, ORDER_MARKED, 4},
    {"UTF-32BE", FAMILY_WIDE, ORDER_BIG, 4},
    {"UTF32BE", FAMILY_WIDE, ORDER_BIG, 4},
    {"UTF-32LE", FAMILY_WIDE, ORDER_LITTLE, 4},
    {"UTF32LE", FAMILY_WIDE, ORDER_LITTLE, 4},
};

const char *const *encoding_common_names(unsigned *n) {
    static const char *const names[] = {
        "UTF-8",        "UTF-16LE",     "UTF-16BE",   "UTF-16",      "UTF-32LE",    "UTF-32BE",
        "UTF-32",       "UTF-7",        "ASCII",      "LATIN1",      "ISO-8859-1",  "ISO-8859-2",
        "ISO-8859-5",   "ISO-8859-7",   "ISO-8859-9", "ISO-8859-15", "CP037",       "CP437",
        "CP500",        "CP850",        "CP852",      "CP866",       "CP932",       "CP1047",
        "CP1250",       "CP1251",       "CP1252",     "CP1253",      "CP1254",      "WINDOWS-1250",
        "WINDOWS-1251", "WINDOWS-1252", "SHIFT_JIS",  "EUC-JP",      "ISO-2022-JP", "EUC-KR",
        "CP949",        "GB2312",       "GBK",        "GB18030",     "BIG5",        "BIG5-HKSCS",
        "EUC-TW",       "KOI8-R",       "KOI8-U",     "MACINTOSH",   "IBM037",      "IBM1047",
        "TIS-620",
    };
    *n = sizeof names / sizeof *names;
    return names;
}

struct encodings *encodings_new(void) {
    return mem_zalloc(1, sizeof(struct encodings));
}

void encodings_free(struct encodings *encodings) {
    for (unsigned i = 0; encodings && i < encodings->n; i++) {
        struct encoding *e = encodings->at[i];
        if (e->from != no_iconv) {
            iconv_close(e->from);
        }
        if (e->to != no_iconv) {
            iconv_close(e->to);
        }
        mem_free(e);
    }
    mem_free(encodings);
}

/* Whether the name may go to iconv_open, where "/" and the like have meanings of their own. */
static bool is_plain_name(struct bytes name) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:+()";
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == 0 || !strchr(letters, name.at[i])) {
            return false;
        }
    }
    return name.len <= NAME_MAX_LEN;
}

/* iconv's type for its input is not const, though it only reads it. */
static size_t run_iconv(iconv_t at, struct bytes *in, char **out, size_t *room) {
    union {
        const unsigned char *in;
        char *out;
    } from = {.in = in->at};
    size_t result = iconv(at, &from.out, &in->len, out, room);
    in->at = from.in;
    return result;
}

static bool is_same(iconv_t from, struct bytes plain) {
    char made[128 * UTF8_MAX], *out = made;
    size_t room = sizeof made;
    struct bytes in = plain;
    bool whole = run_iconv(from, &in, &out, &room) == 0;
    iconv(from, NULL, NULL, NULL, NULL);
    return whole && bytes_equal(bytes_of(made, (size_t)(out - made)), plain);
}

/* Tries all of ASCII, and the shifts that encodings have within it (ISO 2022, HZ, UTF-7). */
static bool has_ascii(iconv_t from) {
    static const char *const shifts[] = {"\033$B0l\033(B", "\033$)C\016!!\017", "\033$)A\016!!\017",
                                         "~{!!~}", "+AOk-"};
    unsigned char plain[128];
    for (unsigned i = 0; i < sizeof plain; i++) {
        plain[i] = (unsigned char)i;
    }
    bool same = is_same(from, bytes_of(plain, sizeof plain));
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        same = same && is_same(from, bytes_text(shifts[i]));
    }
    return same;
}

/* The bytes of one unit of an iconv encoding: those of a NUL, where these are NULs. */
static size_t unit_of(iconv_t to) {
    char made[16], *out = made;
    size_t room = sizeof made;
    struct bytes in = bytes_of("A", 1);
    iconv(to, NULL, NULL, NULL, NULL);
    bool whole = run_iconv(to, &in, &out, &room) == 0;
    size_t first = sizeof made - room;
    in = bytes_of("", 1);
    whole = whole && run_iconv(to, &in, &out, &room) == 0;
    size_t unit = sizeof made - room - first; /* a byte order mark comes before the first */
    static const char nul[4];
    iconv(to, NULL, NULL, NULL, NULL);
    return whole && (unit == 2 || unit == 4) && memcmp(out - unit, nul, unit) == 0 ? unit : 1;
}

static bool open_encoding(struct encoding *e) {
    e->from = e->to = no_iconv;
    for (unsigned i = 0; i < sizeof own / sizeof *own; i++) {
        if (strcasecmp(own[i].name, e->name) == 0) {
            e->family = own[i].family;
            e->order = own[i].order;
            e->unit = own[i].unit;
            return true;
        }
    }
    e->family = FAMILY_ICONV;
    e->from = iconv_open("UTF-8", e->name);
    e->to = iconv_open(e->name, "UTF-8");
    if (e->from == no_iconv) {
        return false;
    }
    e->ascii = has_ascii(e->from);
    e->unit = e->to != no_iconv ? unit_of(e->to) : 1;
    return true;
}

const struct encoding *encodings_find(struct encodings *encodings, struct bytes name) {
    for (unsigned i = 0; i < encodings->n; i++) {
        struct encoding *e = encodings->at[i];
        if (strlen(e->name) == name.len &&
            strncasecmp(e->name, (const char *)name.at, name.len) == 0) {
            return e;
        }
    }
    if (!is_plain_name(name) || encodings->n == ENCODINGS) {
        return NULL;
    }
    struct encoding *e = mem_zalloc(1, sizeof *e);
    if (name.len) {
        memcpy(e->name, name.at, name.len);
    }
    if (!open_encoding(e)) {
        if (e->to != no_iconv) {
            iconv_close(e->to);
        }
        mem_free(e);
        return NULL;
    }
    encodings->at[encodings->n++] = e;
    return e;
}

const struct encoding *encodings_at(const struct encodings *encodings, unsigned n) {
    return encodings->at[n];
}

unsigned encodings_number(const struct encodings *encodings, const struct encoding *encoding) {
    unsigned n = 0;
    while (encodings->at[n] != encoding) {
        n++;
    }
    return n;
}

const char *encoding_name(const struct encoding *e) {
    return e->name[0] ? e->name : "UTF-8";
}

bool encoding_is_utf8(const struct encoding *e) {
    return e->family == FAMILY_UTF8;
}

size_t encoding_unit(const struct encoding *e) {
    return e->unit;
}

/* decoding */

static size_t ascii_run(struct bytes raw) {
    size_t i = 0;
    for (uint64_t word; raw.len - i >= sizeof word; i += sizeof word) {
        memcpy(&word, raw.at + i, sizeof word);
        if (word & 0x8080808080808080u) {
            break;
        }
    }
    while (i < raw.len && !(raw.at[i] & 0x80)) {
        i++;
    }
    return i;
}

static void put_code(struct buf *out, uint32_t code) {
    char *at = buf_reserve(out, UTF8_MAX);
    out->len += utf8_encode(code, at);
}

static void put_bad(struct buf *out, size_t at, size_t *bad) {
    put_code(out, UTF8_REPLACEMENT);
    *bad = *bad == ENCODING_FINE ? at : *bad;
}

/* UTF-8 with the bad sequences replaced. */
static void mend_utf8(struct buf *out, struct bytes raw, size_t *bad) {
    for (size_t i = 0; i < raw.len;) {
        uint32_t code;
        int len = utf8_decode(raw.at + i, raw.len - i, &code);
        if (len < 0) {
            put_bad(out, i, bad);
            i += (size_t)-len;
        } else {
            buf_put(out, raw.at + i, (size_t)len);
            i += (size_t)len;
        }
    }
}

/* Single bytes: those from 0x80 on are the first characters behind ASCII in Latin-1, and none in ASCII. */
static void widen(struct buf *out, struct bytes raw, bool latin1, size_t *bad) {
    for (size_t i = 0; i < raw.len;) {
        size_t run = ascii_run(bytes_from(raw, i));
        buf_put(out, raw.at + i, run);
        i += run;
        for (; i < raw.len && raw.at[i] & 0x80; i++) {
            if (latin1) {
                put_code(out, raw.at[i]);
            } else {
                put_bad(out, i, bad);
            }
        }
    }
}

static uint32_t load_unit(const unsigned char *at, size_t unit, bool little) {
    uint32_t code = 0;
    for (size_t i = 0; i < unit; i++) {
        code = code << 8 | at[little ? unit - 1 - i : i];
    }
    return code;
}

/* The byte order of text, and whether it begins with a mark that says so. */
static bool is_little(const struct encoding *e, struct bytes raw, bool *marked) {
    bool little = raw.len >= e->unit && load_unit(raw.at, e->unit, true) == 0xfeff;
    *marked = e->order == ORDER_MARKED &&
              (little || (raw.len >= e->unit && load_unit(raw.at, e->unit, false) == 0xfeff));
    return e->order == ORDER_MARKED ? little : e->order == ORDER_LITTLE;
}

size_t encoding_mark(const struct encoding *e, struct bytes raw) {
    bool marked = false;
    if (e->family == FAMILY_WIDE) {
        is_little(e, raw, &marked);
    }
    return marked ? e->unit : 0;
}

static bool is_high(uint32_t code) {
    return code >> 10 == 0xd800 >> 10;
}

static bool is_low(uint32_t code) {
    return code >> 10 == 0xdc00 >> 10;
}

/* UTF-16 and UTF-32 (The Unicode Standard 15, 3.9). */
static void decode_wide(const struct encoding *e, struct buf *out, struct bytes raw, size_t *bad) {
    bool marked, little = is_little(e, raw, &marked);
    size_t i = marked ? e->unit : 0;
    while (raw.len - i >= e->unit) {
        uint32_t code = load_unit(raw.at + i, e->unit, little);
        size_t len = e->unit;
        if (e->unit == 2 && is_high(code) && raw.len - i >= 4) {
            uint32_t low = load_unit(raw.at + i + 2, 2, little);
            if (is_low(low)) {
                code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
                len = 4;
            }
        }
        if (is_high(code) || is_low(code) || code > 0x10ffff) {
            put_bad(out, i, bad);
        } else {
            put_code(out, code);
        }
        i += len;
    }
    if (i < raw.len) {
        put_bad(out, i, bad);
    }
}

static void decode_iconv(const struct encoding *e, struct buf *out, struct bytes raw, size_t *bad) {
    const unsigned char *start = raw.at;
    iconv(e->from, NULL, NULL, NULL, NULL);
    while (raw.len > 0) {
        char *at = buf_reserve(out, STEP_ROOM), *to = at;
        size_t room = STEP_ROOM;
        int error = run_iconv(e->from, &raw, &to, &room) == (size_t)-1 ? errno : 0;
        out->len += (size_t)(to - at);
        if (error == 0 || error == E2BIG) {
            continue;
        }
        /* one unit is no text, or (EINVAL) the last character is cut off */
        put_bad(out, (size_t)(raw.at - start), bad);
        size_t step = error == EINVAL || raw.len < e->unit ? raw.len : e->unit;
        raw = bytes_from(raw, step);
    }
    /* what it holds back until it sees the next character */
    char *at = buf_reserve(out, STEP_ROOM), *to = at;
    size_t room = STEP_ROOM;
    iconv(e->from, NULL, NULL, &to, &room);
    out->len += (size_t)(to - at);
}

struct bytes encoding_decode(const struct encoding *e, struct buf *scratch, struct bytes raw,
                             size_t *bad) {
    *bad = ENCODING_FINE;
    bool plain = e->family == FAMILY_UTF8                 ? utf8_valid(raw)
                 : e->family == FAMILY_WIDE               ? raw.len == 0
                 : e->family == FAMILY_ICONV && !e->ascii ? raw.len == 0
                                                          : ascii_run(raw) == raw.len;
    if (plain) {
        return raw;
    }
    buf_clear(scratch);
    switch (e->family) {
    case FAMILY_UTF8:
        mend_utf8(scratch, raw, bad);
        break;
    case FAMILY_ASCII:
    case FAMILY_LATIN1:
        widen(scratch, raw, e->family == FAMILY_LATIN1, bad);
        break;
    case FAMILY_WIDE:
        decode_wide(e, scratch, raw, bad);
        break;
    case FAMILY_ICONV:
        decode_iconv(e, scratch, raw, bad);
        break;
    }
    return buf_bytes(scratch);
}

/* encoding */

static void store_unit(struct buf *out, uint32_t code, size_t unit, bool little) {
    for (size_t i = 0; i < unit; i++) {
        buf_putc(out, (char)(code >> 8 * (little ? i : unit - 1 - i)));
    }
}

/* A character of the encodings done here; false when it has none such. */
static bool encode_code(const struct encoding *e, uint32_t code, bool little, struct buf *out) {
    if (e->unit == 2 && code > 0xffff) {
        store_unit(out, 0xd800 + ((code - 0x10000) >> 10), 2, little);
        store_unit(out, 0xdc00 + ((code - 0x10000) & 0x3ff), 2, little);
        return true;
    }
    store_unit(out, code, e->unit, little);
    return e->unit > 1 || code < (e->family == FAMILY_ASCII ? 0x80u : 0x100u);
}

static bool encode_own(const struct encoding *e, struct bytes text, bool little, struct buf *out) {
    bool fine = true;
    for (size_t i = 0; i < text.len && fine;) {
        uint32_t code;
        int len = utf8_decode(text.at + i, text.len - i, &code);
        fine = len > 0 && encode_code(e, code, little, out);
        i += len > 0 ? (size_t)len : 0;
    }
    return fine;
}

static bool encode_iconv(const struct encoding *e, struct bytes text, struct buf *out) {
    if (e->to == no_iconv) {
        return false;
    }
    iconv(e->to, NULL, NULL, NULL, NULL);
    for (bool flush = false; !flush;) {
        char *at = buf_reserve(out, STEP_ROOM), *to = at;
        size_t room = STEP_ROOM;
        flush = text.len == 0; /* the way back to the first shift state */
        size_t result =
            flush ? iconv(e->to, NULL, NULL, &to, &room) : run_iconv(e->to, &text, &to, &room);
        out->len += (size_t)(to - at);
        if ((result == (size_t)-1 && errno != E2BIG) || (result != (size_t)-1 && result > 0)) {
            return false;
        }
    }
    return true;
}

bool encoding_encode(const struct encoding *e, struct bytes text, struct bytes like,
                     struct buf *out) {
    size_t before = out->len;
    bool marked, fine = true;
    bool ascii = e->family != FAMILY_WIDE && (e->family != FAMILY_ICONV || e->ascii);
    if (ascii && ascii_run(text) == text.len) {
        buf_put(out, text.at, text.len);
        return true;
    }
    switch (e->family) {
    case FAMILY_UTF8:
        buf_put(out, text.at, text.len);
        break;
    case FAMILY_ASCII:
    case FAMILY_LATIN1:
    case FAMILY_WIDE:
        fine = encode_own(e, text, e->unit > 1 && is_little(e, like, &marked), out);
        break;
    case FAMILY_ICONV:
        fine = encode_iconv(e, text, out);
        break;
    }
    out->len = fine ? out->len : before;
    return fine;
}

/* searching */

size_t encoding_search(const struct encoding *e, struct bytes raw, struct bytes wanted) {
    for (size_t from = 0; raw.len - from >= wanted.len && wanted.len > 0;) {
        const unsigned char *at = memmem(raw.at + from, raw.len - from, wanted.at, wanted.len);
        if (!at) {
            break;
        }
        size_t off = (size_t)(at - raw.at);
        if (off % e->unit == 0) {
            return off;
        }
        from = off + 1;
    }
    return ENCODING_FINE;
}

struct bytes encoding_cut(const struct encoding *e, struct bytes raw) {
    static const unsigned char nul[4];
    if (raw.len == 0) {
        return raw;
    }
    if (e->unit == 1) {
        const unsigned char *at = memchr(raw.at, 0, raw.len);
        return at ? bytes_of(raw.at, (size_t)(at - raw.at)) : raw;
    }
    size_t at = encoding_search(e, raw, bytes_of(nul, e->unit));
    return at == ENCODING_FINE ? raw : bytes_of(raw.at, at);
}
