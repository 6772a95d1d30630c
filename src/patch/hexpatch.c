#include "config.h"

#include "patch/hexpatch.h"

#include <inttypes.h>
#include <string.h>

#include "base/jsontext.h"
#include "base/numtext.h"

/* Bytes on one line, of each side. */
enum { LINE_BYTES = 16 };

static const char first_line[] = "sonde bytes 1";

/* --- writing */

static void put_side(struct out *out, const char *word, const struct hexpatch_side *side) {
    if (side->has_size) {
        out_printf(out, "%s %" PRIu64, word, side->size);
        if (side->has_sum) {
            out_printf(out, " crc64 %016" PRIx64, side->sum);
        }
        out_putc(out, '\n');
    }
}

static void put_hex(struct out *out, const uint8_t *bytes, uint64_t len) {
    char *text = out_room(out, 2 * (size_t)len);
    out->len += (size_t)(jsontext_hex(text, bytes_of(bytes, (size_t)len)) - text);
}

static void put_line(struct out *out, uint64_t off, const uint8_t *before, uint64_t before_len,
                     const uint8_t *after, uint64_t after_len) {
    char *to = out_room(out, NUMTEXT_MAX + 2);
    memcpy(to, "0x", 2);
    out->len += (size_t)(numtext_hex(to + 2, off, 1) - to);
    if (before_len > 0) {
        out_putc(out, ' ');
        put_hex(out, before, before_len);
    }
    out_puts(out, " ->");
    if (after_len > 0) {
        out_putc(out, ' ');
        put_hex(out, after, after_len);
    }
    out_putc(out, '\n');
}

static uint64_t less(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* A splice as lines: bytes over others as far as both are too long for one line, then what is left of both. */
static void put_splice(struct out *out, uint64_t off, struct bytes before, struct bytes after) {
    uint64_t at = 0;
    while (at < before.len && at < after.len &&
           (before.len - at > LINE_BYTES || after.len - at > LINE_BYTES)) {
        uint64_t len = less(less(before.len - at, after.len - at), LINE_BYTES);
        put_line(out, off + at, before.at + at, len, after.at + at, len);
        at += len;
    }
    if (at < before.len && at < after.len) {
        put_line(out, off + at, before.at + at, before.len - at, after.at + at, after.len - at);
        return;
    }
    for (uint64_t i = at; i < before.len; i += LINE_BYTES) {
        put_line(out, off + i, before.at + i, less(before.len - i, LINE_BYTES), NULL, 0);
    }
    for (uint64_t i = at; i < after.len; i += LINE_BYTES) {
        put_line(out, off + at, NULL, 0, after.at + i, less(after.len - i, LINE_BYTES));
    }
}

void hexpatch_write(struct out *out, const struct hexpatch_head *head,
                    const struct patch_edits *edits, const uint8_t *old, bool inverse) {
    out_printf(out, "%s\n", first_line);
    if (head->file.len > 0) {
        out_puts(out, "file ");
        out_put(out, head->file.at, head->file.len);
        out_putc(out, '\n');
    }
    put_side(out, "from", &head->from);
    put_side(out, "to", &head->to);
    struct patch_cursor cursor = patch_edits_from(edits, 0);
    struct patch_splice splice;
    uint64_t shift = 0; /* modulo 2^64 */
    while (patch_edits_next(&cursor, &splice)) {
        struct bytes before = bytes_of(old + splice.off, (size_t)splice.len);
        struct bytes after = bytes_of(splice.bytes, (size_t)splice.new_len);
        if (inverse) {
            put_splice(out, splice.off + shift, after, before);
        } else {
            put_splice(out, splice.off, before, after);
        }
        shift += splice.new_len - splice.len;
    }
}

/* --- reading */

static bool is_blank(unsigned char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* Takes the next line off, without what is behind "#" and blanks around it. False at the end. */
static bool take_line(struct hexpatch *hexpatch, struct bytes *line) {
    struct bytes *left = &hexpatch->left;
    do {
        if (left->len == 0) {
            return false;
        }
        const unsigned char *end = memchr(left->at, '\n', left->len);
        size_t len = end ? (size_t)(end - left->at) : left->len;
        *line = bytes_of(left->at, len);
        *left = bytes_from(*left, len);
        if (left->len > 0) {
            *left = bytes_from(*left, 1);
        }
        hexpatch->line++;
        const unsigned char *comment = len > 0 ? memchr(line->at, '#', len) : NULL;
        line->len = comment ? (size_t)(comment - line->at) : len;
        while (line->len > 0 && is_blank(line->at[line->len - 1])) {
            line->len--;
        }
        while (line->len > 0 && is_blank(line->at[0])) {
            *line = bytes_from(*line, 1);
        }
    } while (line->len == 0);
    return true;
}

/* Takes a word off the front of a line; empty at its end. */
static struct bytes take_word(struct bytes *line) {
    while (line->len > 0 && is_blank(line->at[0])) {
        *line = bytes_from(*line, 1);
    }
    size_t len = 0;
    while (len < line->len && !is_blank(line->at[len])) {
        len++;
    }
    struct bytes word = bytes_of(line->at, len);
    *line = bytes_from(*line, len);
    return word;
}

static int digit_of(unsigned char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

static bool read_number(struct bytes word, unsigned base, uint64_t *number) {
    *number = 0;
    for (size_t i = 0; i < word.len; i++) {
        unsigned digit = (unsigned)digit_of(word.at[i]);
        if (digit >= base || __builtin_mul_overflow(*number, (uint64_t)base, number) ||
            __builtin_add_overflow(*number, (uint64_t)digit, number)) {
            return false;
        }
    }
    return word.len > 0;
}

static bool read_offset(struct bytes word, uint64_t *number) {
    bool hex = word.len > 2 && word.at[0] == '0' && (word.at[1] | 0x20) == 'x';
    return read_number(hex ? bytes_from(word, 2) : word, hex ? 16 : 10, number);
}

static bool read_side(struct bytes line, struct hexpatch_side *side) {
    side->has_size = read_number(take_word(&line), 10, &side->size);
    struct bytes word = take_word(&line);
    if (word.len == 0) {
        return side->has_size;
    }
    side->has_sum = bytes_equal(word, bytes_text("crc64")) &&
                    read_number(take_word(&line), 16, &side->sum) && take_word(&line).len == 0;
    return side->has_size && side->has_sum;
}

bool hexpatch_is(struct bytes text) {
    size_t len = strlen(first_line);
    return text.len >= len && memcmp(text.at, first_line, len) == 0 &&
           (text.len == len || text.at[len] == '\n' || is_blank(text.at[len]));
}

static bool wrong(struct hexpatch *hexpatch, const char *what) {
    hexpatch->wrong = what;
    return false;
}

/* A line of the head; *is_head is false where it is the first of the body. */
static bool read_head(struct hexpatch *hexpatch, struct bytes line, bool *is_head) {
    struct bytes word = take_word(&line);
    *is_head = true;
    if (bytes_equal(word, bytes_text("file"))) {
        while (line.len > 0 && is_blank(line.at[0])) {
            line = bytes_from(line, 1);
        }
        hexpatch->head.file = line;
        return line.len > 0 || wrong(hexpatch, "a file's name is missing");
    }
    bool from = bytes_equal(word, bytes_text("from"));
    if (from || bytes_equal(word, bytes_text("to"))) {
        return read_side(line, from ? &hexpatch->head.from : &hexpatch->head.to) ||
               wrong(hexpatch, "a size is a number, and may have crc64 and 16 digits behind it");
    }
    *is_head = false;
    return true;
}

bool hexpatch_begin(struct hexpatch *hexpatch, struct bytes text) {
    *hexpatch = (struct hexpatch){.left = text};
    if (!hexpatch_is(text)) {
        hexpatch->line = 1;
        return wrong(hexpatch, "it does not begin with 'sonde bytes 1'");
    }
    struct bytes line;
    take_line(hexpatch, &line);
    for (;;) {
        struct bytes left = hexpatch->left;
        uint64_t number = hexpatch->line;
        bool is_head;
        if (!take_line(hexpatch, &line)) {
            return true;
        }
        if (!read_head(hexpatch, line, &is_head)) {
            return false;
        }
        if (!is_head) {
            hexpatch->left = left;
            hexpatch->line = number;
            return true;
        }
    }
}

/* Pairs of digits up to an arrow, or the end of the line. */
static bool read_bytes(struct bytes *line, struct buf *bytes, bool *arrow) {
    buf_clear(bytes);
    *arrow = false;
    size_t i = 0;
    while (i < line->len && !*arrow) {
        const unsigned char *at = line->at + i;
        bool two = i + 1 < line->len;
        if (is_blank(at[0])) {
            i++;
            continue;
        }
        *arrow = two && at[0] == '-' && at[1] == '>';
        if (!*arrow) {
            int high = digit_of(at[0]), low = two ? digit_of(at[1]) : 99;
            if (high > 15 || low > 15) {
                return false;
            }
            buf_putc(bytes, (char)(high << 4 | low));
        }
        i += 2;
    }
    *line = bytes_from(*line, i);
    return true;
}

bool hexpatch_next(struct hexpatch *hexpatch) {
    struct bytes line;
    if (hexpatch->wrong || !take_line(hexpatch, &line)) {
        return false;
    }
    if (!read_offset(take_word(&line), &hexpatch->off)) {
        return wrong(hexpatch, "an offset is missing: digits, or 0x and hexadecimal digits");
    }
    bool arrow, second;
    if (!read_bytes(&line, &hexpatch->before, &arrow) ||
        (arrow && !read_bytes(&line, &hexpatch->after, &second))) {
        return wrong(hexpatch, "bytes are pairs of hexadecimal digits");
    }
    if (!arrow || second) {
        return wrong(hexpatch, "one '->' stands between the bytes before and after");
    }
    return true;
}

void hexpatch_end(struct hexpatch *hexpatch) {
    buf_free(&hexpatch->before);
    buf_free(&hexpatch->after);
}
