/* Rows laid out: columns, lines that are too long, comments behind the code. */
#include "config.h"

#include "syn/pretty_internal.h"

#include <string.h>

/* By how much what goes on in the next line is indented. */
#define HANGING 8u

/* Code wider than this leaves the comments behind other lines where they are. */
#define TRAIL_MAX 68u

/* What is wider does not move the column of the others. */
static const uint32_t head_max[PRETTY_CLASS_COUNT] = {
    [PRETTY_MEMBER] = 13, [PRETTY_ARM] = 30,    [PRETTY_ENUMERATOR] = 40,
    [PRETTY_LET] = 24,    [PRETTY_RECORD] = 40, [PRETTY_ENUM] = 30,
};

/* The same for a type with arguments, or of another schema. */
#define TYPE_MAX 12u

static const struct pretty_piece *at(const struct pretty *pretty, const struct pretty_row *row,
                                     uint32_t i) {
    return &pretty->pieces.at[row->pieces[i]];
}

/* -- one line ---------------------------------------------------------------------------------- */

uint32_t pretty_width(const struct pretty *pretty, const struct pretty_row *row, uint32_t from,
                      uint32_t to, uint32_t limit) {
    uint32_t width = 0;
    for (uint32_t i = from; i < to && width <= limit; i++) {
        const struct pretty_piece *piece = at(pretty, row, i);
        width += i > from && pretty_space(pretty, row, i);
        width += pretty_columns(piece->text, piece->len);
    }
    return width;
}

/* Appends a comment whose first line begins at column: the lines after it keep their place under it.
 * One that documents nothing is written as no documentation. */
static void put_comment(const struct pretty_piece *piece, uint32_t column, struct buf *out) {
    const char *text = piece->text;
    const char *end = text + piece->len;
    if (!piece->owner && piece->len >= 3 && memcmp(text, "///", 3) == 0 &&
        (piece->len == 3 || text[3] != '/')) {
        text++;
    }
    while (text < end) {
        const char *next = memchr(text, '\n', (size_t)(end - text));
        const char *stop = next ? next : end;
        while (next && stop > text && strchr(" \t\r", stop[-1])) {
            stop--;
        }
        buf_put(out, text, (size_t)(stop - text));
        if (!next) {
            break;
        }
        buf_putc(out, '\n');
        uint32_t blanks = 0;
        for (text = next + 1; text < end && strchr(" \t\r", *text); text++) {
            blanks++;
        }
        bool empty = text < end && *text == '\n';
        uint32_t own = blanks > piece->column ? blanks - piece->column : 0;
        buf_fill(out, ' ', empty ? 0 : column + own);
    }
}

/* The column that text of a buffer, of which lines begin at start, has reached. */
static uint32_t column_of(const struct buf *out, size_t start) {
    size_t line = out->len;
    while (line > start && out->at[line - 1] != '\n') {
        line--;
    }
    return out->len > line ? pretty_columns(out->at + line, out->len - line) : 0;
}

/* -- many lines -------------------------------------------------------------------------------- */

/* A row under way. */
struct writing {
    const struct pretty *pretty;
    const struct pretty_row *row;
    struct buf *out;
    uint32_t column;
    uint32_t depth; /* in brackets */
    uint32_t lines; /* ended */
};

/* Begins the next line. */
static void next_line(struct writing *w) {
    uint32_t indent = w->row->indent * PRETTY_INDENT + (w->row->class == PRETTY_FILL ? 0 : HANGING);
    buf_putc(w->out, '\n');
    buf_fill(w->out, ' ', indent);
    w->column = indent;
    w->lines++;
}

/* Where the line that begins with piece i ends: the number of the piece that the next one begins with. */
static uint32_t line_end(const struct writing *w, uint32_t i) {
    const struct pretty_row *row = w->row;
    uint32_t room = (uint32_t)(row->suffix ? strlen(row->suffix) : 0);
    uint32_t column = w->column;
    int depth = (int)w->depth;
    uint32_t best = row->n;
    uint32_t best_level = PRETTY_NO_BREAK;
    for (uint32_t j = i; j < row->n; j++) {
        const struct pretty_piece *piece = at(w->pretty, row, j);
        bool comment = piece->kind == PRETTY_COMMENT;
        if (j > i &&
            (at(w->pretty, row, j - 1)->kind == PRETTY_COMMENT ? at(w->pretty, row, j - 1)->breaks
                                                               : comment && piece->starts_line)) {
            return j;
        }
        int change = pretty_depth(piece);
        depth += change < 0 ? change : 0;
        bool breakable = j > i && j > row->heads[0] && !row->whole && !comment;
        uint32_t level =
            breakable ? pretty_break(w->pretty, row, j, (uint32_t)depth) : PRETTY_NO_BREAK;
        bool full = column > PRETTY_COLUMNS;
        if (level != PRETTY_NO_BREAK && (full ? best == row->n : level <= best_level)) {
            best = j;
            best_level = level;
        }
        if (full && best < row->n) {
            return best;
        }
        depth += change > 0 ? change : 0;
        if (!(comment && piece->breaks)) {
            column += (j > i && pretty_space(w->pretty, row, j)) +
                      pretty_columns(piece->text, piece->len);
        }
        bool last = j + 1 == row->n;
        if (column + (last ? room : 0) > PRETTY_COLUMNS && best < row->n) {
            return best;
        }
    }
    return row->n;
}

static void put_piece(struct writing *w, uint32_t i, bool begins) {
    const struct pretty_piece *piece = at(w->pretty, w->row, i);
    size_t start = w->out->len;
    if (!begins && pretty_space(w->pretty, w->row, i)) {
        buf_fill(w->out, ' ', piece->kind == PRETTY_COMMENT && piece->breaks ? 2 : 1);
    }
    w->column += (uint32_t)(w->out->len - start);
    start = w->out->len;
    if (piece->kind == PRETTY_COMMENT) {
        put_comment(piece, w->column, w->out);
    } else {
        buf_put(w->out, piece->text, piece->len);
    }
    bool several = memchr(w->out->at + start, '\n', w->out->len - start) != NULL;
    w->column = several ? column_of(w->out, start)
                        : w->column + pretty_columns(w->out->at + start, w->out->len - start);
    w->depth += (uint32_t)pretty_depth(piece);
}

/* Pieces on as many lines as they need. */
static void put_pieces(struct writing *w, uint32_t from) {
    for (uint32_t i = from; i < w->row->n;) {
        uint32_t end = line_end(w, i);
        for (uint32_t j = i; j < end; j++) {
            put_piece(w, j, j == i);
        }
        if (end < w->row->n) {
            next_line(w);
        }
        i = end;
    }
    if (w->row->suffix) {
        buf_puts(w->out, w->row->suffix);
        w->column += (uint32_t)strlen(w->row->suffix);
    }
}

/* -- columns ----------------------------------------------------------------------------------- */

/* Where head h of a row begins, as a piece. */
static uint32_t head_from(const struct pretty_row *row, unsigned h) {
    return h == 0 ? 0 : row->heads[h - 1];
}

/* Whether a row takes part in columns. */
static bool in_columns(const struct pretty_row *row) {
    return row->heads[0] > 0;
}

/* The number of the row behind the run that row i begins: rows that stand in columns, or have none. */
static uint32_t run_end(const struct pretty *pretty, uint32_t i, bool one_class) {
    const struct pretty_row *first = &pretty->rows.at[i];
    enum pretty_class class = first->class;
    uint32_t end = i + 1;
    for (; end < pretty->rows.n; end++) {
        const struct pretty_row *row = &pretty->rows.at[end];
        bool free = row->class == PRETTY_FREE || row->class == PRETTY_REMARK;
        bool other = one_class && !free && in_columns(&pretty->rows.at[end]) &&
                     class != PRETTY_FREE && class != PRETTY_REMARK && row->class != class;
        if (row->blank || row->indent != first->indent || row->class == PRETTY_PART ||
            row->class == PRETTY_FILL || first->class == PRETTY_PART || other) {
            break;
        }
        class = free ? class : row->class;
    }
    return end;
}

static uint32_t head_width(const struct pretty *pretty, const struct pretty_row *row, unsigned h) {
    return pretty_width(pretty, row, head_from(row, h), row->heads[h], 1000);
}

static uint32_t head_limit(const struct pretty_row *row) {
    return row->class == PRETTY_MEMBER && row->heads[0] > 1 ? TYPE_MAX : head_max[row->class];
}

/* Whether a comment is among a row's pieces: it may be of any width, and is not the row's own. */
static bool has_comment(const struct pretty *pretty, const struct pretty_row *row) {
    for (uint32_t i = 0; i < row->n; i++) {
        if (at(pretty, row, i)->kind == PRETTY_COMMENT) {
            return true;
        }
    }
    return false;
}

/* The columns of a row on one line without any filling; any larger number where it does not fit. */
static uint32_t plain_width(const struct pretty *pretty, const struct pretty_row *row) {
    return row->indent * PRETTY_INDENT + pretty_width(pretty, row, 0, row->n, PRETTY_COLUMNS) +
           (uint32_t)(row->suffix ? strlen(row->suffix) : 0);
}

/* Whether a row stays out of the columns whatever they are: a head is too wide, or it is a value of
 * many lines. */
static bool is_outside(const struct pretty *pretty, const struct pretty_row *row) {
    for (unsigned h = 0; h < PRETTY_HEADS && row->heads[h] > 0; h++) {
        if (head_width(pretty, row, h) > head_limit(row)) {
            return true;
        }
    }
    return row->class == PRETTY_LET && !has_comment(pretty, row) &&
           plain_width(pretty, row) > PRETTY_COLUMNS;
}

/* Whether a row stands apart: it is outside, or too wide with its heads filled up to the columns and
 * not without that. */
static bool stands_apart(const struct pretty *pretty, const struct pretty_row *row,
                         const uint32_t *columns) {
    if (is_outside(pretty, row)) {
        return true;
    }
    uint32_t plain = plain_width(pretty, row);
    uint32_t filled = plain;
    for (unsigned h = 0; h < PRETTY_HEADS && row->heads[h] > 0; h++) {
        filled += columns[h] - head_width(pretty, row, h);
    }
    return !has_comment(pretty, row) && plain <= PRETTY_COLUMNS && filled > PRETTY_COLUMNS;
}

static void lay_out_row(struct pretty *pretty, struct pretty_row *row, const uint32_t *columns) {
    struct buf out = {0};
    struct writing w = {
        .pretty = pretty, .row = row, .out = &out, .column = row->indent * PRETTY_INDENT};
    buf_fill(&out, ' ', w.column);
    bool apart = in_columns(row) && stands_apart(pretty, row, columns);
    unsigned h = 0;
    for (; h < PRETTY_HEADS && row->heads[h] > 0; h++) {
        uint32_t start = w.column;
        for (uint32_t i = head_from(row, h); i < row->heads[h]; i++) {
            put_piece(&w, i, i == head_from(row, h));
        }
        uint32_t fill = apart ? 1 : columns[h] + 1 - (w.column - start);
        bool none = apart && !pretty_space(pretty, row, row->heads[h]);
        buf_fill(&out, ' ', none ? 0 : fill);
        w.column += none ? 0 : fill;
    }
    put_pieces(&w, head_from(row, h));
    row->width = w.column;
    row->text = arena_strndup(pretty->arena, buf_text(&out), out.len);
    buf_free(&out);
}

/* Lays out the rows of a run in common columns. */
static void lay_out_run(struct pretty *pretty, uint32_t from, uint32_t to) {
    uint32_t columns[PRETTY_HEADS] = {0};
    for (uint32_t i = from; i < to; i++) {
        const struct pretty_row *row = &pretty->rows.at[i];
        bool counts = in_columns(row) && !is_outside(pretty, row);
        for (unsigned h = 0; counts && h < PRETTY_HEADS && row->heads[h] > 0; h++) {
            uint32_t width = head_width(pretty, row, h);
            columns[h] = width > columns[h] ? width : columns[h];
        }
    }
    for (uint32_t i = from; i < to; i++) {
        lay_out_row(pretty, &pretty->rows.at[i], columns);
    }
}

uint32_t pretty_fill_lines(const struct pretty *pretty, struct pretty_row *row) {
    struct buf out = {0};
    struct writing w = {.pretty = pretty,
                        .row = row,
                        .out = &out,
                        .column = row->indent * PRETTY_INDENT,
                        .lines = 1};
    put_pieces(&w, 0);
    buf_free(&out);
    return w.lines;
}

/* -- all of it --------------------------------------------------------------------------------- */

/* The column for the comments behind the rows of a run. */
static uint32_t trail_column(const struct pretty *pretty, uint32_t from, uint32_t to) {
    uint32_t column = 0;
    for (uint32_t i = from; i < to; i++) {
        const struct pretty_row *row = &pretty->rows.at[i];
        bool trailed = row->class != PRETTY_REMARK && row->trail.n > 0;
        if (trailed && row->width > column && row->width <= TRAIL_MAX) {
            column = row->width;
        }
    }
    return column;
}

static void write_row(struct pretty *pretty, const struct pretty_row *row, uint32_t column,
                      struct buf *out) {
    if (row->blank) {
        buf_putc(out, '\n');
    }
    uint32_t reached = row->width;
    if (row->class == PRETTY_REMARK) {
        buf_fill(out, ' ', row->indent * PRETTY_INDENT);
        reached = row->indent * PRETTY_INDENT;
    } else {
        buf_puts(out, row->text);
    }
    bool broken = false; /* the comments go on in lines of their own */
    for (uint32_t i = 0; i < row->trail.n; i++) {
        broken = broken || (i > 0 && pretty->pieces.at[row->trail.at[i - 1]].breaks);
        if (broken) {
            buf_putc(out, '\n');
            buf_fill(out, ' ', row->indent * PRETTY_INDENT);
            reached = row->indent * PRETTY_INDENT;
        } else if (row->class != PRETTY_REMARK) {
            uint32_t fill = i > 0 ? 1 : (reached > column ? 0 : column - reached) + 2;
            buf_fill(out, ' ', fill);
            reached += fill;
        }
        size_t start = out->len;
        put_comment(&pretty->pieces.at[row->trail.at[i]], reached, out);
        reached += pretty_columns(out->at + start, out->len - start);
    }
    buf_putc(out, '\n');
}

void pretty_write(struct pretty *pretty, struct buf *out) {
    uint32_t n = pretty->rows.n;
    for (uint32_t i = 0; i < n;) {
        uint32_t end = run_end(pretty, i, true);
        lay_out_run(pretty, i, end);
        i = end;
    }
    for (uint32_t i = 0; i < n;) {
        uint32_t end = run_end(pretty, i, false);
        uint32_t column = trail_column(pretty, i, end);
        for (; i < end; i++) {
            write_row(pretty, &pretty->rows.at[i], column, out);
        }
    }
}
