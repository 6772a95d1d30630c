#include "config.h"

#include "cli/rows.h"

#include <unistd.h>

#include "sink/tree_line.h"

/* Columns that a whole row takes; what stands beside it begins two columns further on. */
static unsigned columns_of(const struct tree_grid *grid) {
    return grid->column - 2;
}

void rows_begin(struct rows *rows, struct out *out, const uint8_t *data, uint64_t size,
                unsigned width, enum terminal_when colour) {
    *rows = (struct rows){
        .out = out,
        .space = {.data = data, .size = size},
        .colour = terminal_colour(colour, STDOUT_FILENO),
        .utf8 = terminal_is_utf8(),
    };
    struct tree_grid *grid = &rows->grid;
    tree_grid_init(grid, 0, true, rows->utf8, size, false);
    if (width > 0 && columns_of(grid) > width) {
        grid->row /= 2;
        tree_grid_widen(grid, size);
    }
    if (width > 0 && columns_of(grid) > width) {
        grid->text = false;
        tree_grid_widen(grid, size);
    }
}

void rows_end(struct rows *rows) {
    buf_free(&rows->line);
}

void rows_put(struct rows *rows, uint64_t from, uint64_t to, struct bytes beside) {
    buf_clear(&rows->line);
    uint64_t end = to - from > rows->grid.row ? from + rows->grid.row : to;
    tree_grid_put(&rows->grid, &rows->line, &rows->space, from * 8, end * 8, TREE_PLAIN);
    buf_put(&rows->line, beside.at, beside.len);
    tree_print(rows->out, &rows->line, 0, rows->colour, rows->utf8);
}
