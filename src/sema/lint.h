/* Lints: what is allowed in a schema and seldom meant. Warnings, each with a name that switches it. */
#ifndef SEMA_LINT_H
#define SEMA_LINT_H

#include "sema/sema.h"

/* Reports what looks wrong in a schema that compiled without errors; in its own file only, not in its
 * imports. */
void sema_lint(struct sema *sema, const struct sema_schema *schema);

#endif
