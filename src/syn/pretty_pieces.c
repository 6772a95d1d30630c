/* The text of a schema as pieces: tokens and comments, in order. */
#include "config.h"

#include "syn/pretty_internal.h"

#include <stdlib.h>
#include <string.h>

#include "syn/name.h"

bool pretty_is(const struct pretty_piece *piece, const char *text) {
    return piece->kind != PRETTY_COMMENT && piece->len == strlen(text) &&
           memcmp(piece->text, text, piece->len) == 0;
}

uint32_t pretty_columns(const char *text, size_t len) {
    uint32_t n = 0;
    for (size_t i = 0; i < len; i++) {
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return n;
}

static enum pretty_kind kind_of(char c, char next) {
    bool digit = c >= '0' && c <= '9';
    if (digit || c == '\'' || (c == '.' && next >= '0' && next <= '9')) {
        return PRETTY_NUMBER;
    }
    if (c == '"') {
        return PRETTY_STRING;
    }
    bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '`';
    return letter ? PRETTY_WORD : PRETTY_MARK;
}

/* Adds a piece; end is where the one before it ended. */
static struct pretty_piece *add(struct pretty *pretty, const struct source *source,
                                struct span span, uint32_t end) {
    const char *text = (const char *)source->text.at;
    struct pretty_piece *piece = vec_push(&pretty->pieces, pretty->arena);
    const char *at = text + (span.lo - source->base);
    size_t len = span.hi - span.lo;
    if (len > 2 && *at == '`' && name_is_plain(at + 1, len - 2)) { /* quotes that are not needed */
        at++;
        len -= 2;
    }
    *piece = (struct pretty_piece){.text = at, .len = (uint32_t)len, .lo = span.lo, .hi = span.hi};
    uint32_t lines = 0;
    for (uint32_t off = end; off < span.lo; off++) {
        lines += text[off - source->base] == '\n';
    }
    piece->starts_line = pretty->pieces.n == 1 || lines > 0;
    piece->blank = lines > 1;
    return piece;
}

/* Takes the end of line off a comment, tells apart the kinds. */
static void finish_comment(struct pretty_piece *piece, const struct source *source,
                           const struct ast *owner) {
    piece->kind = PRETTY_COMMENT;
    piece->owner = owner;
    bool to_end = piece->text[1] == '/';
    piece->breaks = to_end || memchr(piece->text, '\n', piece->len) != NULL;
    if (piece->breaks) {
        const char *start = (const char *)source->text.at;
        const char *line = piece->text;
        while (line > start && line[-1] != '\n') {
            line--;
        }
        piece->column = pretty_columns(line, (size_t)(piece->text - line));
    }
    while (to_end && strchr(" \t\r", piece->text[piece->len - 1])) {
        piece->len--;
    }
}

/* Pairs the brackets, and tells each piece what comes behind it. */
static void look_ahead(struct pretty *pretty) {
    uint32_t open[PARSE_DEPTH_MAX];
    uint32_t depth = 0;
    uint32_t n = pretty->pieces.n;
    for (uint32_t i = n, last = n; i > 0; i--) {
        struct pretty_piece *piece = &pretty->pieces.at[i - 1];
        last = i == n || pretty->pieces.at[i].starts_line ? i - 1 : last;
        piece->line_last = last;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct pretty_piece *piece = &pretty->pieces.at[i];
        int change = pretty_depth(piece);
        if (change > 0 && depth < PARSE_DEPTH_MAX) {
            open[depth++] = i;
        } else if (change < 0 && depth > 0) {
            piece->match = open[--depth];
            pretty->pieces.at[piece->match].match = i;
        }
    }
}

/* For both: by the owner, then by place. */
struct doc_key {
    uintptr_t owner;
    uint32_t piece;
};

static int compare_docs(const void *a, const void *b) {
    const struct doc_key *x = a;
    const struct doc_key *y = b;
    if (x->owner != y->owner) {
        return x->owner < y->owner ? -1 : 1;
    }
    return x->piece < y->piece ? -1 : 1;
}

static void sort_docs(struct pretty *pretty) {
    uint32_t n = 0;
    struct doc_key *keys = arena_array(pretty->arena, pretty->docs.n, sizeof *keys);
    for (; n < pretty->docs.n; n++) {
        uint32_t piece = pretty->docs.at[n];
        keys[n] = (struct doc_key){(uintptr_t)pretty->pieces.at[piece].owner, piece};
    }
    if (n > 0) {
        qsort(keys, n, sizeof *keys, compare_docs);
    }
    for (uint32_t i = 0; i < n; i++) {
        pretty->docs.at[i] = keys[i].piece;
    }
}

void pretty_take_pieces(struct pretty *pretty, const struct source *source,
                        const struct parse_comments *comments, const struct parse_tokens *tokens) {
    uint32_t c = 0;
    uint32_t end = source->base;
    for (uint32_t t = 0; t < tokens->n || c < comments->n;) {
        bool comment =
            t == tokens->n || (c < comments->n && comments->at[c].span.lo < tokens->at[t].lo);
        struct span span = comment ? comments->at[c].span : tokens->at[t];
        struct pretty_piece *piece = add(pretty, source, span, end);
        if (comment) {
            finish_comment(piece, source, comments->at[c++].owner);
        } else {
            piece->kind = kind_of(piece->text[0], piece->len > 1 ? piece->text[1] : '\0');
            t++;
        }
        if (piece->owner) {
            *vec_push(&pretty->docs, pretty->arena) = pretty->pieces.n - 1;
        }
        end = span.hi;
    }
    look_ahead(pretty);
    sort_docs(pretty);
}

/* The first piece that begins at or behind off. */
static uint32_t find(const struct pretty *pretty, uint32_t off) {
    uint32_t lo = 0;
    for (uint32_t end = pretty->pieces.n; lo < end;) {
        uint32_t mid = lo + (end - lo) / 2;
        if (pretty->pieces.at[mid].lo < off) {
            lo = mid + 1;
        } else {
            end = mid;
        }
    }
    return lo;
}

uint32_t pretty_piece_from(const struct pretty *pretty, uint32_t off) {
    uint32_t i = find(pretty, off);
    while (i < pretty->pieces.n && pretty->pieces.at[i].kind == PRETTY_COMMENT) {
        i++;
    }
    return i;
}

uint32_t pretty_piece_to(const struct pretty *pretty, uint32_t off) {
    uint32_t i = find(pretty, off);
    while (i > 0 && (i == pretty->pieces.n || pretty->pieces.at[i].hi > off ||
                     pretty->pieces.at[i].kind == PRETTY_COMMENT)) {
        i--;
    }
    return i;
}

uint32_t pretty_docs_of(const struct pretty *pretty, const struct ast *owner) {
    uint32_t lo = 0;
    for (uint32_t end = pretty->docs.n; lo < end;) {
        uint32_t mid = lo + (end - lo) / 2;
        const struct pretty_piece *piece = &pretty->pieces.at[pretty->docs.at[mid]];
        if ((uintptr_t)piece->owner < (uintptr_t)owner) {
            lo = mid + 1;
        } else {
            end = mid;
        }
    }
    bool found = lo < pretty->docs.n && pretty->pieces.at[pretty->docs.at[lo]].owner == owner;
    return found ? lo : pretty->docs.n;
}
