/* Compiling: from a schema's file to a program that is fit to run. Nothing is said: what is wrong with the schema is among
 * the diagnostics. */
#ifndef LIB_COMPILE_H
#define LIB_COMPILE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/intern.h"
#include "code/gen.h"
#include "lib/find.h"
#include "sema/sema.h"
#include "text/diag.h"

/* One compilation. All of it lives in its arena; it does not move while in use. */
struct compiled {
    struct arena arena;
    struct intern *intern;
    struct sources *sources;
    struct diags diags;
    struct sema sema;
    struct sema_schema *schema;
    VEC(struct sema_expr *) args; /* of the root struct */
    bool colour;                  /* of diagnostics, where they are shown */
};

/* Compiles the schema at path; the folders, which must outlive it, are for its imports. disabled is by diag_code: warnings
 * switched off, or NULL. False where the file can't be read, with errno set; of no use where diags.errors is not 0.
 * compile_free is called in any case. */
bool compile_load(struct compiled *compiled, const char *path, const struct find_folders *folders,
                  const bool *disabled);

/* The same for text at hand; name is its path. False where it is too long, with errno set. */
bool compile_text(struct compiled *compiled, const char *name, struct bytes text,
                  const struct find_folders *folders);

void compile_free(struct compiled *compiled);

/* Parses an expression, or several with commas between; name is what diagnostics call the text. Mistakes are among the
 * diagnostics; NULL where there is no tree. */
const struct ast *compile_parse(struct compiled *compiled, const char *name, const char *text,
                                bool list);

/* Resolves a path expression against the root struct. NULL where it has mistakes, which are among the diagnostics. */
const struct sema_expr *compile_resolve(struct compiled *compiled, const char *text);

/* Reports where a path leads to no array or list, whose elements could be records. */
void compile_check_records(struct compiled *compiled, const struct sema_expr *path);

struct compile_names {
    VEC(const char *) at;
};

/* The names of the root struct's arrays; a run of bytes or text is none. */
struct compile_names compile_arrays(struct compiled *compiled);

/* The struct that the elements of a path are, as programs number them; PROGRAM_NONE where they are not of one struct. */
uint32_t compile_element_struct(const struct sema_expr *path);

/* The question for everything from the root struct on, with its arguments; the caller changes what it wants otherwise. */
struct gen_request compile_asks(struct compiled *compiled);

/* Room for why a program is refused. */
#define COMPILE_WHY_MAX 256

/* Makes the program, in an arena, and has it verified. NULL where it would be too large, which is among the diagnostics, or with why
 * (COMPILE_WHY_MAX bytes, else "") where the verifier refuses it: an error of sonde's own. */
struct program *compile_make(struct arena *arena, const struct gen_request *request, char *why);

#endif
