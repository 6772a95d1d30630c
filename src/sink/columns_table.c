#include "config.h"

#include "sink/columns_table.h"

#include "base/mem.h"
#include "sink/tree_line.h"

/* About a screenful. */
#define KEPT_MAX 64u

struct cell {
    size_t off, len; /* in text */
    bool right;
};

struct columns_table {
    struct out *out;
    const char *const *names;
    uint32_t n;
    bool utf8;
    bool headed;
    unsigned *widths;   /* one a column */
    bool *right;        /* the column's name stands to the right */
    struct cell *cells; /* of the rows that are kept back */
    uint32_t cell_n;
    uint32_t kept; /* so many cells at most */
    struct buf text, line;
};

struct columns_table *columns_table_new(struct out *out, const char *const *names, uint32_t n,
                                        bool utf8) {
    struct columns_table *table = mem_zalloc(1, sizeof *table);
    table->out = out;
    table->names = names;
    table->n = n;
    table->utf8 = utf8;
    table->kept = KEPT_MAX * n;
    table->widths = mem_zalloc(n, sizeof *table->widths);
    table->right = mem_zalloc(n, sizeof *table->right);
    table->cells = mem_zalloc(table->kept, sizeof *table->cells);
    return table;
}

void columns_table_free(struct columns_table *table) {
    if (table) {
        mem_free(table->widths);
        mem_free(table->right);
        mem_free(table->cells);
        buf_free(&table->text);
        buf_free(&table->line);
        mem_free(table);
    }
}

static struct bytes text_of(const struct columns_table *table, const struct cell *cell) {
    return bytes_of(table->text.at + cell->off, cell->len);
}

static void widen(struct columns_table *table, uint32_t column, unsigned width) {
    if (table->widths[column] < width) {
        table->widths[column] = width;
    }
}

static void measure(struct columns_table *table) {
    struct buf name = {0};
    for (uint32_t i = 0; i < table->n; i++) {
        buf_clear(&name);
        tree_put_safe(&name, bytes_text(table->names[i]), table->utf8);
        widen(table, i, tree_columns(buf_bytes(&name)));
        table->right[i] = i < table->cell_n;
    }
    for (uint32_t i = 0; i < table->cell_n; i++) {
        struct bytes text = text_of(table, &table->cells[i]);
        widen(table, i % table->n, tree_columns(text));
        table->right[i % table->n] &= table->cells[i].right || text.len == 0;
    }
    buf_free(&name);
}

static void put_cell(struct columns_table *table, uint32_t column, struct bytes text, bool right) {
    unsigned columns = tree_columns(text), width = table->widths[column];
    size_t fill = columns < width ? width - columns : 0;
    bool last = column == table->n - 1;
    buf_puts(&table->line, column > 0 ? "  " : "");
    buf_fill(&table->line, ' ', right ? fill : 0);
    buf_put(&table->line, text.at, text.len);
    buf_fill(&table->line, ' ', right || last ? 0 : fill);
    if (last) {
        while (table->line.len > 0 && table->line.at[table->line.len - 1] == ' ') {
            table->line.len--;
        }
        tree_print(table->out, &table->line, 0, false, table->utf8);
        buf_clear(&table->line);
    }
}

static void put_names(struct columns_table *table) {
    struct buf name = {0};
    for (uint32_t i = 0; i < table->n; i++) {
        buf_clear(&name);
        tree_put_safe(&name, bytes_text(table->names[i]), table->utf8);
        put_cell(table, i, buf_bytes(&name), table->right[i]);
    }
    buf_free(&name);
    table->headed = true;
}

void columns_table_flush(struct columns_table *table) {
    if (!table->headed) {
        measure(table);
        put_names(table);
    }
    for (uint32_t i = 0; i < table->cell_n; i++) {
        const struct cell *cell = &table->cells[i];
        put_cell(table, i % table->n, text_of(table, cell), cell->right);
    }
    table->cell_n = 0;
    buf_clear(&table->text);
}

void columns_table_put(struct columns_table *table, struct bytes cell, bool right) {
    table->cells[table->cell_n++] = (struct cell){table->text.len, cell.len, right};
    buf_put(&table->text, cell.at, cell.len);
    bool whole = table->cell_n % table->n == 0;
    if (table->cell_n == table->kept || (table->headed && whole)) {
        columns_table_flush(table);
    }
}
