#include "config.h"

#include "cli/rows.h"

#include <unistd.h>

#include "sink/tree_line.h"

void rows_begin(struct rows *rows, struct out *out, const uint8_t *data, uint64_t size,
                unsigned width, enum terminal_when colour) {
    *rows = (struct rows){
        .out = out,
        .space = {.data = data, .size = size},
        .colour = terminal_colour(colour, STDOUT_FILENO),
        .utf8 = terminal_is_utf8(),
    };
    tree_grid_init(&rows->grid, width, true, rows->utf8, size, false);
    rows->grid.hex = true;
}

void rows_end(struct rows *rows) {
    buf_free(&rows->line);
}

void rows_put(struct rows *rows, uint64_t from, uint64_t to, const char *beside) {
    buf_clear(&rows->line);
    uint64_t end = to - from > rows->grid.row ? from + rows->grid.row : to;
    tree_grid_put(&rows->grid, &rows->line, &rows->space, from * 8, end * 8, TREE_PLAIN);
    buf_puts(&rows->line, beside);
    tree_print(rows->out, &rows->line, 0, rows->colour, rows->utf8);
}
