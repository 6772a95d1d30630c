/* Rows of bytes: address, hexadecimal digits, text, as they stand left of the tree; 16 or 8 bytes a row, as many as fit. */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include "cli/terminal.h"
#include "io/out.h"
#include "sink/tree_grid.h"

struct rows {
    struct out *out;
    struct vm_space space; /* the file's bytes, borrowed */
    struct tree_grid grid;
    struct buf line;
    bool colour, utf8;
};

/* Rows of the size bytes at data, of at most width columns (0: any). Eight bytes are always shown, however
 * narrow it is. */
void rows_begin(struct rows *rows, struct out *out, const uint8_t *data, uint64_t size,
                unsigned width, enum terminal_when colour);
void rows_end(struct rows *rows);

/* How many bytes a row holds. */
static inline unsigned rows_length(const struct rows *rows) {
    return rows->grid.row;
}

/* Writes the row of bytes from..to, of which it shows no more than fit; beside stands behind them. */
void rows_put(struct rows *rows, uint64_t from, uint64_t to, struct bytes beside);

#endif
