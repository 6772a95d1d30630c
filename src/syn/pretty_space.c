/* What stands between two pieces of a line: a blank, nothing, or, where the line is too long, its end. */
#include "config.h"

#include "syn/pretty_internal.h"

#include <string.h>

/* Words that open a clause or a member and may have an expression behind them, and those that always
 * are words of the language. */
static const char *const soft_words[] = {
    "endian",  "bitorder", "encoding", "let",     "check",    "require", "magic",
    "align",   "skip",     "in",       "sized",   "from",     "stride",  "until",
    "when",    "as",       "then",     "recover", "isolated", "set",     "with",
    "replace", "delete",   "insert",   "append",  "print",    "each",
};
static const char *const hard_words[] = {
    "if", "else", "switch", "default", "struct", "union", "enum", "typedef", "while", "for",
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool is_among(const struct pretty_piece *piece, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (pretty_is(piece, words[i])) {
            return true;
        }
    }
    return false;
}

static const struct pretty_piece *at(const struct pretty *pretty, const struct pretty_row *row,
                                     uint32_t i) {
    return &pretty->pieces.at[row->pieces[i]];
}

/* Whether a value may end with the piece. */
static bool ends_value(const struct pretty_piece *piece) {
    switch (piece->kind) {
    case PRETTY_WORD:
    case PRETTY_NUMBER:
    case PRETTY_STRING:
        return true;
    case PRETTY_MARK:
        return strchr(")]}", piece->text[0]) != NULL;
    case PRETTY_COMMENT:
        break;
    }
    return false;
}

/* Whether piece i is a word of the language there, and no name. */
static bool is_keyword(const struct pretty *pretty, const struct pretty_row *row, uint32_t i) {
    const struct pretty_piece *piece = at(pretty, row, i);
    if (piece->kind != PRETTY_WORD) {
        return false;
    }
    if (is_among(piece, hard_words, COUNT(hard_words))) {
        return true;
    }
    if (!is_among(piece, soft_words, COUNT(soft_words))) {
        return false;
    }
    const struct pretty_piece *before = i > 0 ? at(pretty, row, i - 1) : NULL;
    return !before || ends_value(before) || pretty_is(before, "{") || pretty_is(before, ";") ||
           before->label;
}

static bool is_sign(const struct pretty *pretty, const struct pretty_row *row, uint32_t i) {
    const struct pretty_piece *piece = at(pretty, row, i);
    if (pretty_is(piece, "~") || pretty_is(piece, "!")) {
        return true;
    }
    if (!pretty_is(piece, "-")) {
        return false;
    }
    return i == 0 || !ends_value(at(pretty, row, i - 1)) || is_keyword(pretty, row, i - 1);
}

/* Whether the ".." at i stands between two plain numbers: those are written together. */
static bool is_tight(const struct pretty *pretty, const struct pretty_row *row, uint32_t i) {
    if (i == 0 || i + 1 >= row->n || at(pretty, row, i - 1)->kind != PRETTY_NUMBER ||
        at(pretty, row, i + 1)->kind != PRETTY_NUMBER) {
        return false;
    }
    const struct pretty_piece *before = i > 1 ? at(pretty, row, i - 2) : NULL;
    const struct pretty_piece *after = i + 2 < row->n ? at(pretty, row, i + 2) : NULL;
    bool plain_low = !before || before->kind == PRETTY_WORD ||
                     (before->kind == PRETTY_MARK && strchr("[{,;(", before->text[0]));
    bool plain_high = !after || after->kind == PRETTY_WORD ||
                      (after->kind == PRETTY_MARK && strchr("]},;:)@?&|=!", after->text[0]));
    return plain_low && plain_high;
}

static bool space_before_paren(const struct pretty *pretty, const struct pretty_row *row,
                               uint32_t i) {
    return at(pretty, row, i - 1)->kind == PRETTY_WORD ? is_keyword(pretty, row, i - 1)
                                                       : !is_sign(pretty, row, i - 1);
}

bool pretty_space(const struct pretty *pretty, const struct pretty_row *row, uint32_t i) {
    if (i == 0) {
        return false;
    }
    const struct pretty_piece *a = at(pretty, row, i - 1);
    const struct pretty_piece *b = at(pretty, row, i);
    if (pretty_is(b, ";") && a->label) {
        return true;
    }
    if (pretty_is(b, ",") || pretty_is(b, ";") || pretty_is(b, ")") || pretty_is(b, "]") ||
        pretty_is(b, "[") || b->label || pretty_is(a, "(") || pretty_is(a, "[") ||
        pretty_is(a, ".") || pretty_is(b, ".")) {
        return false;
    }
    if (pretty_is(a, "..")) {
        return !is_tight(pretty, row, i - 1);
    }
    if (pretty_is(b, "..")) {
        return !is_tight(pretty, row, i);
    }
    if (pretty_is(b, "(")) {
        return space_before_paren(pretty, row, i);
    }
    return !is_sign(pretty, row, i - 1);
}

int pretty_depth(const struct pretty_piece *piece) {
    if (piece->kind != PRETTY_MARK) {
        return 0;
    }
    return strchr("([{", piece->text[0]) ? 1 : strchr(")]}", piece->text[0]) ? -1 : 0;
}

/* Which of the places at one depth is taken first. */
enum rank {
    RANK_CLAUSE,
    RANK_COMMA,
    RANK_ELSE,
    RANK_THEN,
    RANK_OR,
    RANK_AND,
    RANK_BITOR,
    RANK_ADD,
    RANKS
};

uint32_t pretty_break(const struct pretty *pretty, const struct pretty_row *row, uint32_t i,
                      uint32_t depth) {
    const struct pretty_piece *piece = at(pretty, row, i);
    const struct pretty_piece *before = at(pretty, row, i - 1);
    bool comma = pretty_is(before, ",");
    if (row->class == PRETTY_FILL) {
        return comma && depth == 0 ? 0 : PRETTY_NO_BREAK;
    }
    bool followed = i + 1 < row->n;
    bool message = pretty_is(piece, ":") && depth == 0 && followed && i + 3 >= row->n &&
                   at(pretty, row, i + 1)->kind == PRETTY_STRING;
    bool clause = depth == 0 && i > 0 && ends_value(before) && !is_keyword(pretty, row, i - 1) &&
                  (pretty_is(piece, "@") || is_keyword(pretty, row, i)) && !pretty_is(piece, "in");
    if (clause || message) {
        return RANK_CLAUSE;
    }
    uint32_t level = depth * RANKS;
    if (comma) {
        return level + RANK_COMMA;
    }
    if (piece->choice) {
        return level + RANK_ELSE;
    }
    if (pretty_is(piece, "?")) {
        return level + RANK_THEN;
    }
    if (pretty_is(piece, "||")) {
        return level + RANK_OR;
    }
    if (pretty_is(piece, "&&")) {
        return level + RANK_AND;
    }
    if (pretty_is(piece, "|")) {
        return level + RANK_BITOR;
    }
    bool sum = pretty_is(piece, "+") || (pretty_is(piece, "-") && !is_sign(pretty, row, i));
    return sum ? level + RANK_ADD : PRETTY_NO_BREAK;
}
