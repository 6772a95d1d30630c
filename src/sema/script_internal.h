/* What the files about scripts share among themselves. */
#ifndef SEMA_SCRIPT_INTERNAL_H
#define SEMA_SCRIPT_INTERNAL_H

#include "sema/internal.h"
#include "sema/script.h"

struct script_build {
    struct sema *sema;
    struct sema_script *script;
    const struct sema_ties *ties; /* found when first asked for; NULL */
};

/* script.c */
struct sema_stmt *script_stmt_new(struct script_build *build, enum sema_stmt_kind kind,
                                  const struct ast *node);

/* edit.c: set, delete, insert, append, replace */
struct sema_stmt *script_resolve_edit(struct script_build *build, const struct sema_scope *scope,
                                      const struct ast *node);

/* Reports numbers that are set alone, though something follows them. */
void script_check_tied(struct script_build *build);

/* object.c: { name = …, … }, which may stand where a value of that type is wanted */
struct sema_expr *script_resolve_made(struct sema *sema, const struct sema_scope *scope,
                                      const struct ast *node, const struct sema_vtype *of);
/* Reports where the value can't be stored in what is of that type; `what` is how that is called. */
void script_check_value(struct sema *sema, const struct sema_vtype *of,
                        const struct sema_expr *value, const char *what);

/* batch.c: which statements of a patch script one program can make. */
void script_find_batches(struct script_build *build);

#endif
