/* The columns of a CSV file, and which of them a member belongs to. */
#ifndef SINK_CSV_COLUMNS_H
#define SINK_CSV_COLUMNS_H

#include "base/arena.h"
#include "base/vec.h"
#include "code/program.h"

#define CSV_NONE UINT32_MAX

/* What a member of a struct is: one column, or a struct whose members are columns; both
 * CSV_NONE: neither. */
struct csv_place {
    uint32_t column;
    uint32_t node;
};

/* A struct at one place in the record. */
struct csv_node {
    uint32_t of;              /* struct */
    struct csv_place *places; /* one a member */
};

struct csv_columns {
    struct arena arena;
    VEC(const char *) names;
    VEC(struct csv_node) nodes; /* the first is the record; none: a single column for all of it */
};

/* of: the records' struct, or PROGRAM_NONE. Everything made lives in columns->arena. */
void csv_columns_make(struct csv_columns *columns, const struct program *program, uint32_t of);

/* The place of a member in a node; neither column nor node for one that is not of its struct. */
struct csv_place csv_columns_find(const struct csv_columns *columns, const struct program *program,
                                  uint32_t node, uint32_t member);

/* Whether the block's values are all of the columns, in order. */
bool csv_columns_match(const struct csv_columns *columns, const struct program *program,
                       const struct program_block *block);

#endif
