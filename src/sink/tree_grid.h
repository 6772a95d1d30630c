/* The columns left of the tree: address, bytes in hexadecimal (or bits), bytes as text.
 *
 *     0010  00 00 00 40              ...@      the tree
 *     0014  .... 0101                          bits of a byte that others share
 *    ~0000  68 65 6c 6c 6f 20 77 6f… hello wo  what a transform made
 *
 * How many there are depends on the width of the terminal. */
#ifndef SINK_TREE_GRID_H
#define SINK_TREE_GRID_H

#include "base/buf.h"
#include "vm/value.h"

struct tree_grid {
    unsigned digits; /* of an address */
    bool marked;     /* there is a column for the mark of made bytes */
    bool hex;
    bool text;
    unsigned row;     /* bytes shown on a line */
    unsigned column;  /* where the tree begins */
    bool lsb;         /* which end of a byte the bits put next count from: its low bit */
    const char *more; /* behind bytes that go on; one column */
};

/* width, bytes and utf8 as in tree_options; made: there may be bytes that transforms make. */
void tree_grid_init(struct tree_grid *grid, unsigned width, bool bytes, bool utf8, uint64_t size,
                    bool made);

/* Makes room for addresses of a space that is larger than the ones before. */
void tree_grid_widen(struct tree_grid *grid, uint64_t size);

/* Appends the columns for bits start..end of space to a line: no bytes where start == end, nothing
 * but blanks for NULL. style is that of the bytes. */
void tree_grid_put(const struct tree_grid *grid, struct buf *line, const struct vm_space *space,
                   uint64_t start, uint64_t end, unsigned style);

/* Whether bits start..end are whole bytes, and more than a line shows. */
bool tree_grid_is_long(const struct tree_grid *grid, uint64_t start, uint64_t end);

#endif
