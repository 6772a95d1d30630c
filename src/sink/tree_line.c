#include "config.h"

#include "sink/tree_line.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define MARK       '\x01'
#define MARK_STYLE 0x20

const struct tree_signs *tree_signs(bool utf8) {
    static const struct tree_signs signs[2] = {
        {"  ", "...", "!", "->", "-", 3},
        {"\u2502 ", "\u2026", "\u2717", "\u2192", "\u2013", 1},
    };
    return &signs[utf8];
}

void tree_mark(struct buf *line, unsigned style) {
    assert(style < TREE_FIELD + TREE_FIELDS);
    buf_putc(line, MARK);
    buf_putc(line, (char)(style + MARK_STYLE));
}

void tree_put(struct buf *line, unsigned style, const char *text) {
    tree_mark(line, style);
    buf_puts(line, text);
    tree_mark(line, TREE_PLAIN);
}

/* Characters that show nothing themselves but change how others are shown: C1 controls, zero-width
 * and directional marks, tags. */
static bool is_unfit(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c ||
           code == 0x180e || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
           code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
           (code >= 0xe0000 && code <= 0xe0fff);
}

/* Writes the shown text of the character at the front of text (of at least 1 byte) to shown;
 * returns how many bytes of text it took, and its columns. */
static size_t show_char(struct bytes text, bool utf8, bool quoted, bool first, char shown[16],
                        size_t *len, unsigned *columns) {
    uint32_t code;
    int n = utf8_decode(text.at, text.len, &code);
    if (n < 0) {
        *len = *columns = (unsigned)snprintf(shown, 16, "\\x%02x", text.at[0]);
        return 1;
    }
    static const char *const named[] = {['\t'] = "\\t", ['\n'] = "\\n", ['\r'] = "\\r"};
    unsigned width = code < 0x80 ? 1 : utf8_width(code);
    if (code <= '\r' && named[code]) {
        *len = *columns = (unsigned)snprintf(shown, 16, "%s", named[code]);
    } else if (quoted && (code == '"' || code == '\\')) {
        *len = *columns = (unsigned)snprintf(shown, 16, "\\%c", (int)code);
    } else if (code < 0x20 || code == 0x7f) {
        *len = *columns = (unsigned)snprintf(shown, 16, "\\x%02x", (unsigned)code);
    } else if ((code >= 0x80 && !utf8) || is_unfit(code) || (width == 0 && first)) {
        *len = *columns = (unsigned)snprintf(shown, 16, "\\u{%x}", (unsigned)code);
    } else {
        *len = utf8_encode(code, shown);
        *columns = width;
    }
    return (size_t)n;
}

/* Characters without a width could go on for ever: so many bytes a column are enough. */
#define BYTES_A_COLUMN 16u

static bool put_escaped(struct buf *line, struct bytes text, bool utf8, bool quoted,
                        unsigned columns) {
    unsigned used = 0;
    size_t most = (size_t)columns * BYTES_A_COLUMN;
    for (size_t i = 0; i < text.len;) {
        char shown[16];
        size_t len;
        unsigned width;
        size_t n = show_char(bytes_from(text, i), utf8, quoted, i == 0, shown, &len, &width);
        if (width > columns - used || i > most) {
            return false;
        }
        buf_put(line, shown, len);
        used += width;
        i += n;
    }
    return true;
}

void tree_put_safe(struct buf *line, struct bytes text, bool utf8) {
    put_escaped(line, text, utf8, false, UINT32_MAX);
}

bool tree_put_quoted(struct buf *line, struct bytes text, bool utf8, unsigned columns) {
    return put_escaped(line, text, utf8, true, columns);
}

/* The mark or character at the front of a line: its bytes, and its columns. */
static size_t step(struct bytes line, unsigned *columns) {
    unsigned char c = line.at[0];
    if (c == MARK && line.len > 1) {
        *columns = 0;
        return 2;
    }
    if (c < 0x80) {
        *columns = 1;
        return 1;
    }
    uint32_t code;
    int n = utf8_decode(line.at, line.len, &code);
    bool box = code >= 0x2500 && code < 0x2580; /* guides: most of what is not ASCII */
    *columns = box ? 1 : utf8_width(code);
    return (size_t)(n < 0 ? -n : n);
}

unsigned tree_columns(struct bytes line) {
    unsigned sum = 0, columns;
    for (size_t i = 0; i < line.len; sum += columns) {
        columns = 1;
        i += line.at[i] > MARK && line.at[i] < 0x80 ? 1 : step(bytes_from(line, i), &columns);
    }
    return sum;
}

/* The most bytes that take no more than so many columns. */
static size_t fitting(struct bytes line, unsigned columns) {
    size_t i = 0;
    while (i < line.len) {
        unsigned width;
        size_t n = step(bytes_from(line, i), &width);
        if (width > columns) {
            break;
        }
        columns -= width;
        i += n;
    }
    return i;
}

size_t tree_break(struct bytes text, unsigned columns) {
    size_t n = fitting(text, columns);
    if (n == text.len) {
        return n;
    }
    for (size_t i = n; i > 0; i--) {
        if (text.at[i - 1] == ' ') {
            return i;
        }
    }
    return n ? n : fitting(text, 2);
}

static void print_style(struct out *out, unsigned style) {
    static const char *const fixed[] = {
        [TREE_PLAIN] = "\x1b[0m", [TREE_DIM] = "\x1b[2m",   [TREE_ERROR] = "\x1b[1;31m",
        [TREE_TYPE] = "\x1b[3m",  [TREE_NAMED] = "\x1b[1m", [TREE_STRING] = "\x1b[32m",
    };
    /* of middling lightness, so that they can be read on dark and on light ground; no reds */
    static const uint8_t fields[TREE_FIELDS] = {33,  37,  65,  70,  97,  103,
                                                130, 133, 136, 166, 170, 172};
    if (style < TREE_FIELD) {
        out_puts(out, fixed[style]);
    } else {
        out_printf(out, "\x1b[38;5;%um", fields[style - TREE_FIELD]);
    }
}

/* The line without blanks at its end. */
static struct bytes trimmed(struct bytes line) {
    size_t end = line.len;
    for (;;) {
        if (end >= 2 && line.at[end - 2] == MARK) {
            end -= 2;
        } else if (end > 0 && (line.at[end - 1] == ' ' || line.at[end - 1] == MARK)) {
            end--;
        } else {
            return bytes_of(line.at, end);
        }
    }
}

static void print_marked(struct out *out, struct bytes line, bool colour) {
    unsigned style = TREE_PLAIN, shown = TREE_PLAIN;
    for (size_t i = 0; i < line.len;) {
        if (line.at[i] == MARK && i + 1 < line.len) {
            style = line.at[i + 1] - (unsigned)MARK_STYLE;
            i += 2;
            continue;
        }
        const uint8_t *mark = memchr(line.at + i, MARK, line.len - i);
        size_t end = mark ? (size_t)(mark - line.at) : line.len;
        end = end > i ? end : line.len; /* one that is the last byte */
        if (colour && style != shown) {
            if (style != TREE_PLAIN && shown != TREE_PLAIN) {
                print_style(out, TREE_PLAIN);
            }
            print_style(out, style);
            shown = style;
        }
        out_put(out, line.at + i, end - i);
        i = end;
    }
    if (shown != TREE_PLAIN) {
        print_style(out, TREE_PLAIN);
    }
}

/* A beginning of at most so many columns, without blanks and an ellipsis at its end, since one is to stand there. */
static struct bytes beginning(struct bytes line, unsigned columns, const char *ellipsis) {
    size_t end = fitting(line, columns), dots = strlen(ellipsis);
    for (;;) {
        if (end >= 2 && line.at[end - 2] == MARK) {
            end -= 2;
        } else if (end >= dots && memcmp(line.at + end - dots, ellipsis, dots) == 0) {
            end -= dots;
        } else if (end > 0 && line.at[end - 1] == ' ') {
            end--;
        } else {
            return bytes_of(line.at, end);
        }
    }
}

void tree_print(struct out *out, const struct buf *line, unsigned width, bool colour, bool utf8) {
    struct bytes all = trimmed(buf_bytes(line));
    const struct tree_signs *signs = tree_signs(utf8);
    if (width && tree_columns(all) > width) {
        bool dots = width > signs->ellipsis_columns;
        unsigned room = dots ? width - signs->ellipsis_columns : width;
        print_marked(out, beginning(all, room, signs->ellipsis), colour);
        out_puts(out, dots ? signs->ellipsis : "");
    } else {
        print_marked(out, all, colour);
    }
    out_putc(out, '\n');
}
