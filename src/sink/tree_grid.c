#include "config.h"

#include "sink/tree_grid.h"

#include "base/numtext.h"
#include "sink/tree_line.h"

enum {
    DIGITS_LEAST = 4,
    ROW_NARROW = 8,
    ROW_WIDE = 16,
    WIDTH_WIDE = 132,
    WIDTH_TEXT = 80, /* below it there is no text column */
    WIDTH_HEX = 60,
    BETWEEN = 2, /* blanks behind each column */
};

static unsigned hex_columns(const struct tree_grid *grid) {
    return grid->hex ? 3 * grid->row : 0; /* the place behind the last byte is for an ellipsis */
}

static void set_column(struct tree_grid *grid) {
    grid->column = grid->marked + grid->digits + BETWEEN;
    grid->column += grid->hex ? hex_columns(grid) + 1 : 0;
    grid->column += grid->text ? grid->row + BETWEEN : 0;
}

void tree_grid_init(struct tree_grid *grid, unsigned width, bool bytes, bool utf8, uint64_t size,
                    bool made) {
    *grid = (struct tree_grid){
        .digits = DIGITS_LEAST,
        .marked = made,
        .hex = bytes && (width == 0 || width >= WIDTH_HEX),
        .text = bytes && (width == 0 || width >= WIDTH_TEXT),
        .row = width == 0 || width >= WIDTH_WIDE ? ROW_WIDE : ROW_NARROW,
        .more = utf8 ? "\u2026" : "+",
    };
    tree_grid_widen(grid, size);
}

void tree_grid_widen(struct tree_grid *grid, uint64_t size) {
    while (grid->digits < 16 && size >> 4 * grid->digits) {
        grid->digits++;
    }
    set_column(grid);
}

static void put_address(const struct tree_grid *grid, struct buf *line,
                        const struct vm_space *space, uint64_t byte) {
    char digits[NUMTEXT_MAX];
    uint64_t place, run;
    bool in_file = vm_space_place(space, byte, &place, &run);
    tree_mark(line, TREE_DIM);
    if (grid->marked) {
        buf_putc(line, in_file ? ' ' : '~');
    }
    place = in_file ? place : byte;
    buf_put(line, digits, (size_t)(numtext_hex(digits, place, grid->digits) - digits));
    tree_mark(line, TREE_PLAIN);
    buf_fill(line, ' ', BETWEEN);
}

/* The bits start..end as they lie in their bytes, the top one first, and dots for the bits of
 * others. */
static void put_bits(struct buf *line, const struct vm_space *space, uint64_t start, uint64_t end,
                     bool lsb, unsigned style) {
    tree_mark(line, style);
    for (uint64_t byte = start / 8; byte < (end + 7) / 8; byte++) {
        buf_puts(line, byte > start / 8 ? " " : "");
        for (unsigned i = 0; i < 8; i++) {
            uint64_t at = byte * 8 + (lsb ? 7 - i : i);
            char bit = (char)('0' + (space->data[byte] >> (7 - i) & 1));
            buf_puts(line, i == 4 ? " " : "");
            buf_putc(line, at >= start && at < end ? bit : '.');
        }
    }
    tree_mark(line, TREE_PLAIN);
}

static void put_hex(const struct tree_grid *grid, struct buf *line, const uint8_t *at, uint64_t n,
                    unsigned style) {
    static const char digits[] = "0123456789abcdef";
    unsigned shown = n < grid->row ? (unsigned)n : grid->row;
    tree_mark(line, style);
    for (unsigned i = 0; i < shown; i++) {
        if (i > 0) {
            buf_putc(line, ' ');
        }
        buf_putc(line, digits[at[i] >> 4]);
        buf_putc(line, digits[at[i] & 15]);
    }
    tree_mark(line, TREE_PLAIN);
    unsigned used = shown ? 3 * shown - 1 : 0;
    if (n > grid->row) {
        tree_put(line, TREE_DIM, grid->more);
        used++;
    }
    buf_fill(line, ' ', hex_columns(grid) + 1 - used);
}

static void put_text(const struct tree_grid *grid, struct buf *line, const uint8_t *at, uint64_t n,
                     unsigned style) {
    unsigned shown = n < grid->row ? (unsigned)n : grid->row;
    tree_mark(line, style);
    for (unsigned i = 0; i < shown; i++) {
        buf_putc(line, at[i] >= 0x20 && at[i] < 0x7f ? (char)at[i] : '.');
    }
    tree_mark(line, TREE_PLAIN);
    buf_fill(line, ' ', grid->row - shown + BETWEEN);
}

/* What bits start..end look like as bits, in columns. */
static uint64_t bits_columns(uint64_t start, uint64_t end) {
    return ((end + 7) / 8 - start / 8) * 10 - 1;
}

void tree_grid_put(const struct tree_grid *grid, struct buf *line, const struct vm_space *space,
                   uint64_t start, uint64_t end, unsigned style) {
    if (!space) {
        buf_fill(line, ' ', grid->column);
        return;
    }
    put_address(grid, line, space, start / 8);
    unsigned room = grid->column - (grid->marked + grid->digits + BETWEEN);
    uint64_t last = end / 8 + (end % 8 != 0); /* behind the last byte */
    if (start >= end || last > space->size || !space->data) {
        buf_fill(line, ' ', room);
        return;
    }
    if ((start % 8 || end % 8) && bits_columns(start, end) + 1 <= room) {
        put_bits(line, space, start, end, grid->lsb, style);
        buf_fill(line, ' ', room - (unsigned)bits_columns(start, end));
        return;
    }
    if (grid->hex) {
        put_hex(grid, line, space->data + start / 8, last - start / 8, style);
    }
    if (grid->text) {
        put_text(grid, line, space->data + start / 8, last - start / 8, style);
    }
}

bool tree_grid_is_long(const struct tree_grid *grid, uint64_t start, uint64_t end) {
    return start % 8 == 0 && end % 8 == 0 && end > start && (end - start) / 8 > grid->row;
}
