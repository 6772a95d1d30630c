#include "config.h"

#include "syn/hint.h"

#include <string.h>

#include "base/bytes.h"

/* So far back the beginning of a statement is looked for. */
#define STATEMENT_MAX 400u

/* Patterns that are no token. */
#define WORD   "w"
#define NUMBER "0"

static const struct hint {
    const char *first, *before, *got, *after, *wants, *note;
} hints[] = {
#define HINT(first, before, got, after, wants, note) {first, before, got, after, wants, note},
#include "syn/hint.def"
#undef HINT
};

static bool is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}

static bool is_word(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

static bool is_space(unsigned char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The word or the character that begins at off, white space left out. */
static struct bytes token_at(struct bytes text, size_t off) {
    while (off < text.len && is_space(text.at[off])) {
        off++;
    }
    size_t end = off;
    while (end < text.len && is_word(text.at[end])) {
        end++;
    }
    end += end == off && off < text.len;
    return bytes_of(text.at + off, end - off);
}

/* The word or the character that ends before off, white space left out. */
static struct bytes token_before(struct bytes text, size_t off) {
    while (off > 0 && is_space(text.at[off - 1])) {
        off--;
    }
    size_t from = off;
    while (from > 0 && is_word(text.at[from - 1])) {
        from--;
    }
    from -= from == off && off > 0;
    return bytes_of(text.at + from, off - from);
}

/* Where the statement around off begins; comments before it are passed over. */
static size_t statement_start(struct bytes text, size_t off) {
    size_t from = off;
    while (from > 0 && off - from < STATEMENT_MAX && !strchr(";{}", text.at[from - 1])) {
        from--;
    }
    while (from < off) {
        if (is_space(text.at[from])) {
            from++;
        } else if (text.at[from] == '/') {
            while (from < off && text.at[from] != '\n') {
                from++;
            }
        } else {
            break;
        }
    }
    return from;
}

static bool fits(const char *pattern, struct bytes token) {
    if (*pattern == '\0') {
        return true;
    }
    if (strcmp(pattern, NUMBER) == 0) {
        return token.len > 0 && is_digit(token.at[0]);
    }
    if (strcmp(pattern, WORD) == 0) {
        return token.len > 0 && is_word(token.at[0]) && !is_digit(token.at[0]);
    }
    return bytes_equal(bytes_text(pattern), token);
}

const char *hint_find(const struct source *source, struct span got, const char *wants) {
    struct bytes text = source->text;
    size_t off = got.lo - source->base;
    struct bytes token = bytes_of(text.at + off, got.hi - got.lo);
    struct bytes before = token_before(text, off);
    struct bytes after = token_at(text, off + token.len);
    struct bytes first = token_at(text, statement_start(text, off));
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        const struct hint *h = &hints[i];
        if (fits(h->first, first) && fits(h->before, before) && fits(h->got, token) &&
            fits(h->after, after) && (*h->wants == '\0' || strchr(wants, *h->wants))) {
            return h->note;
        }
    }
    return NULL;
}
