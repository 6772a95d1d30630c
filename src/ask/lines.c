#include "config.h"

#include "ask/lines.h"

#include <string.h>

#include "ask/search.h"

uint64_t lines_done(const struct lines *lines) {
    return lines->seen > lines->pos ? lines->seen : lines->pos;
}

/* How many lines end in the bytes; as many rounds at a time as compilers make of vectors. */
static uint64_t count_ends(const uint8_t *at, const uint8_t *end) {
    enum { BLOCK = 128 };
    uint64_t n = 0;
    for (; end - at >= BLOCK; at += BLOCK) {
        uint8_t some = 0;
        for (unsigned i = 0; i < BLOCK; i++) {
            some = (uint8_t)(some + (at[i] == '\n'));
        }
        n += some;
    }
    for (; at < end; at++) {
        n += *at == '\n';
    }
    return n;
}

/* Goes to the start of the line that byte off, at lines_done() or behind, lies in. */
static void go_to(struct lines *lines, uint64_t off) {
    const uint8_t *at = lines->data + lines_done(lines), *to = lines->data + off;
    uint64_t n = count_ends(at, to);
    lines->seen = off;
    if (n > 0) {
        while (to[-1] != '\n') {
            to--;
        }
        lines->number += n;
        lines->pos = (uint64_t)(to - lines->data);
    }
}

/* The line at pos, which is then left behind. */
static struct line take_line(struct lines *lines) {
    uint64_t from = lines_done(lines);
    const uint8_t *at = memchr(lines->data + from, '\n', lines->size - from);
    uint64_t end = at ? (uint64_t)(at - lines->data) : lines->size;
    struct line line = {lines->number, lines->pos, end - lines->pos};
    lines->pos = end + (at != NULL);
    lines->number++;
    return line;
}

static enum lines_found next_by_pattern(struct lines *lines, struct line *line) {
    struct search search;
    uint64_t off;
    size_t len = lines->pattern->value.len;
    search_begin(&search, lines->pattern, lines->data, lines_done(lines), lines->size, false);
    enum search_found found;
    do {
        found = search_next(&search, &off);
        /* a wildcard may stand for a line's end */
    } while (found == SEARCH_HIT && memchr(lines->data + off, '\n', len));
    switch (found) {
    case SEARCH_HIT:
        go_to(lines, off);
        *line = take_line(lines);
        return LINES_HIT;
    case SEARCH_MORE:
        go_to(lines, search.pos);
        return LINES_MORE;
    case SEARCH_END:
        break;
    }
    return LINES_END;
}

static enum lines_found next_by_regex(struct lines *lines, struct line *line) {
    uint64_t begin = lines->pos;
    while (lines->pos < lines->size) {
        if (lines->pos - begin >= SEARCH_WINDOW) {
            return LINES_MORE;
        }
        *line = take_line(lines);
        uint64_t off, len;
        switch (
            regex_next(lines->regex, lines->data + line->off, 0, line->len, false, &off, &len)) {
        case REGEX_HIT:
            return LINES_HIT;
        case REGEX_GIVEN_UP:
            return LINES_GIVEN_UP;
        case REGEX_NONE:
            break;
        }
    }
    return LINES_END;
}

enum lines_found lines_next(struct lines *lines, struct line *line) {
    lines->number += lines->number == 0;
    return lines->pattern ? next_by_pattern(lines, line) : next_by_regex(lines, line);
}
