#include "config.h"

#include "vm/text.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
    CODECS = 8, /* more encodings in one file take turns */
    NAME_MAX_LEN = 40,
    STEP_ROOM = 4096,
};

struct codec {
    char name[NAME_MAX_LEN + 1];
    iconv_t iconv; /* (iconv_t)-1: unknown */
    bool ascii;    /* the bytes below 0x80 are ASCII, wherever they stand */
};

struct vm_text {
    struct codec codec[CODECS];
    unsigned n;
    unsigned next; /* the one to give way */
};

static const iconv_t no_iconv = (iconv_t)-1;

struct vm_text *vm_text_new(void) {
    return mem_zalloc(1, sizeof(struct vm_text));
}

void vm_text_free(struct vm_text *text) {
    for (unsigned i = 0; text && i < text->n; i++) {
        if (text->codec[i].iconv != no_iconv) {
            iconv_close(text->codec[i].iconv);
        }
    }
    mem_free(text);
}

static bool is_named(struct bytes name, const char *wanted) {
    return name.len == strlen(wanted) && strncasecmp((const char *)name.at, wanted, name.len) == 0;
}

bool vm_text_is_utf8(struct bytes encoding) {
    return encoding.len == 0 || is_named(encoding, "UTF-8") || is_named(encoding, "UTF8");
}

static bool starts(struct bytes name, const char *prefix) {
    size_t len = strlen(prefix);
    return name.len >= len && strncasecmp((const char *)name.at, prefix, len) == 0;
}

/* Bytes of one unit. */
static size_t unit_size(struct bytes encoding) {
    if (starts(encoding, "UTF-16") || starts(encoding, "UTF16") || starts(encoding, "UCS-2") ||
        starts(encoding, "UCS2")) {
        return 2;
    }
    if (starts(encoding, "UTF-32") || starts(encoding, "UTF32") || starts(encoding, "UCS-4") ||
        starts(encoding, "UCS4")) {
        return 4;
    }
    return 1;
}

struct bytes vm_text_cut(struct bytes raw, struct bytes encoding) {
    static const unsigned char nul[4];
    if (raw.len == 0) {
        return raw;
    }
    size_t unit = unit_size(encoding);
    if (unit == 1) {
        const unsigned char *at = memchr(raw.at, 0, raw.len);
        return at ? bytes_of(raw.at, (size_t)(at - raw.at)) : raw;
    }
    for (size_t i = 0; raw.len - i >= unit; i += unit) {
        if (memcmp(raw.at + i, nul, unit) == 0) {
            return bytes_of(raw.at, i);
        }
    }
    return raw;
}

/* Whether the name may go to iconv_open, where "/" and the like have meanings of their own. */
static bool is_plain_name(struct bytes name) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:";
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == 0 || !strchr(letters, name.at[i])) {
            return false;
        }
    }
    return name.len <= NAME_MAX_LEN;
}

/* iconv's type for its input is not const, though it only reads it. */
static size_t run_iconv(iconv_t iconv_at, struct bytes *in, char **out, size_t *out_len) {
    union {
        const unsigned char *in;
        char *out;
    } at = {.in = in->at};
    size_t result = iconv(iconv_at, &at.out, &in->len, out, out_len);
    in->at = at.in;
    return result;
}

/* Tries all of ASCII. Encodings with shifts fail at the first one. */
static bool has_ascii(iconv_t iconv_at) {
    unsigned char plain[128];
    char made[sizeof plain * UTF8_MAX];
    for (unsigned i = 0; i < sizeof plain; i++) {
        plain[i] = (unsigned char)i;
    }
    struct bytes in = bytes_of(plain, sizeof plain);
    char *out = made;
    size_t room = sizeof made;
    bool whole = run_iconv(iconv_at, &in, &out, &room) == 0;
    iconv(iconv_at, NULL, NULL, NULL, NULL);
    return whole && out == made + sizeof plain && memcmp(made, plain, sizeof plain) == 0;
}

static void open_codec(struct codec *codec, struct bytes name) {
    memcpy(codec->name, name.at, name.len);
    codec->name[name.len] = '\0';
    codec->iconv = iconv_open("UTF-8", codec->name);
    codec->ascii = codec->iconv == no_iconv || has_ascii(codec->iconv);
}

static struct codec *find_codec(struct vm_text *text, struct bytes name) {
    for (unsigned i = 0; i < text->n; i++) {
        if (bytes_equal(bytes_text(text->codec[i].name), name)) {
            return &text->codec[i];
        }
    }
    struct codec *codec = &text->codec[text->next];
    if (text->n < CODECS) {
        text->n++;
    } else if (codec->iconv != no_iconv) {
        iconv_close(codec->iconv);
    }
    text->next = (text->next + 1) % CODECS;
    open_codec(codec, name);
    return codec;
}

static bool is_ascii(struct bytes raw) {
    size_t i = 0;
    for (uint64_t word; raw.len - i >= sizeof word; i += sizeof word) {
        memcpy(&word, raw.at + i, sizeof word);
        if (word & 0x8080808080808080u) {
            return false;
        }
    }
    for (; i < raw.len; i++) {
        if (raw.at[i] & 0x80) {
            return false;
        }
    }
    return true;
}

static void put_replacement(struct buf *out) {
    char *at = buf_reserve(out, UTF8_MAX);
    out->len += utf8_encode(UTF8_REPLACEMENT, at);
}

/* UTF-8 with the bad sequences replaced. */
static struct bytes mend_utf8(struct buf *scratch, struct bytes raw, bool *bad) {
    for (size_t i = 0; i < raw.len;) {
        uint32_t code;
        int len = utf8_decode(raw.at + i, raw.len - i, &code);
        if (len < 0) {
            put_replacement(scratch);
            *bad = true;
            i += (size_t)-len;
        } else {
            buf_put(scratch, raw.at + i, (size_t)len);
            i += (size_t)len;
        }
    }
    return buf_bytes(scratch);
}

static struct bytes mend_ascii(struct buf *scratch, struct bytes raw, bool *bad) {
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.at[i] & 0x80) {
            put_replacement(scratch);
            *bad = true;
        } else {
            buf_putc(scratch, (char)raw.at[i]);
        }
    }
    return buf_bytes(scratch);
}

static struct bytes convert(struct codec *codec, struct buf *scratch, struct bytes raw, size_t unit,
                            bool *bad) {
    iconv(codec->iconv, NULL, NULL, NULL, NULL);
    while (raw.len > 0) {
        char *start = buf_reserve(scratch, STEP_ROOM);
        char *out = start;
        size_t room = STEP_ROOM;
        int error = run_iconv(codec->iconv, &raw, &out, &room) == (size_t)-1 ? errno : 0;
        scratch->len += (size_t)(out - start);
        if (error == 0 || error == E2BIG) {
            continue;
        }
        /* one unit is no text, or (EINVAL) the last character is cut off */
        put_replacement(scratch);
        *bad = true;
        size_t step = error == EINVAL || raw.len < unit ? raw.len : unit;
        raw = bytes_of(raw.at + step, raw.len - step);
    }
    /* what a codec holds back until it sees the next character */
    char *start = buf_reserve(scratch, STEP_ROOM);
    char *out = start;
    size_t room = STEP_ROOM;
    iconv(codec->iconv, NULL, NULL, &out, &room);
    scratch->len += (size_t)(out - start);
    return buf_bytes(scratch);
}

struct bytes vm_text_convert(struct vm_text *text, struct buf *scratch, struct bytes raw,
                             struct bytes encoding, bool *bad) {
    if (raw.len == 0) {
        return raw;
    }
    if (vm_text_is_utf8(encoding)) {
        if (utf8_valid(raw)) {
            return raw;
        }
        buf_clear(scratch);
        return mend_utf8(scratch, raw, bad);
    }
    struct codec *codec = is_plain_name(encoding) ? find_codec(text, encoding) : NULL;
    if ((!codec || codec->ascii) && is_ascii(raw)) {
        return raw;
    }
    buf_clear(scratch);
    if (!codec || codec->iconv == no_iconv) {
        return mend_ascii(scratch, raw, bad);
    }
    return convert(codec, scratch, raw, unit_size(encoding), bad);
}
