/* Which fields follow from others: those with a relation (`= expr`, but for constants), and the numbers that say how long
 * something is, how many elements it has, or where it is. */
#ifndef CLI_DIFF_DERIVED_H
#define CLI_DIFF_DERIVED_H

#include <stdbool.h>

#include "code/program.h"
#include "sema/sema.h"

/* By the program's number of a member; in the compile arena. */
bool *diff_derived(struct sema *sema, const struct program *program);

#endif
