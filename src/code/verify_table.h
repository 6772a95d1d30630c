/* The verifier's first half: the tables of a program, and the operands of its instructions. */
#ifndef CODE_VERIFY_TABLE_H
#define CODE_VERIFY_TABLE_H

#include "code/program.h"

/* Where a refusal is told. */
struct verify_why {
    char *text; /* NUL-ended, cut to len bytes; may be NULL when len is 0 */
    size_t len;
};

/* Always false, so that a check can end with it. */
bool verify_refuse(struct verify_why why, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether every row of every table refers to what is there, and is consistent in itself. */
bool verify_tables(const struct program *program, struct verify_why why);

/* Whether the operands of every instruction, reachable or not, refer to what is there. The tables are known to be
 * right. */
bool verify_operands(const struct program *program, struct verify_why why);

#endif
