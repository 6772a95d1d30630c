/* Compiling for the command line: from an argument that names a schema to a program that is fit to run. What is wrong is
 * told on standard error. */
#ifndef CLI_COMPILE_H
#define CLI_COMPILE_H

#include <stdbool.h>

#include "lib/compile.h"

/* Compiles the schema at path; the folders, which must outlive it, are for its imports. Gives CLI_FINE, CLI_SCHEMA (the
 * diagnostics are not yet told) or CLI_ENVIRONMENT (which was told). compile_free is called in any case. */
int compile_open(struct compiled *compiled, const char *path, const struct find_folders *folders,
                 bool colour);

/* The same with some warnings switched off: disabled is by diag_code. */
int compile_open_without(struct compiled *compiled, const char *path,
                         const struct find_folders *folders, bool colour, const bool *disabled);

/* The same for a schema that is to be used: the diagnostics are told when there is an error among them. */
int compile_schema(struct compiled *compiled, const char *path, const struct find_folders *folders,
                   bool colour);

/* Tells all diagnostics there are. */
void compile_tell(const struct compiled *compiled);

/* CLI_SCHEMA, which is told, where the schema has no root struct and so nothing to be decoded; else CLI_FINE. */
int compile_needs_root(const struct compiled *compiled);

/* Resolves a path expression, whose elements are to be records, against the schema's root struct; NULL where it is wrong
 * or can have no elements, which was told. */
const struct sema_expr *compile_path(struct compiled *compiled, const char *text);

/* The same for any expression; NULL where it is wrong, which was told. */
const struct sema_expr *compile_any_path(struct compiled *compiled, const char *text);

/* The path of the root struct's only array (a run of bytes or text is none), for formats that show records; NULL where
 * there is not exactly one, which was told with the arrays there are. */
const struct sema_expr *compile_only_array(struct compiled *compiled);

/* Makes the program for a question and has it verified. path may be NULL, records says whether its elements are records
 * of their own, whole that lets show what they refer to. NULL where the verifier refuses it, which is an error of sonde's own and told as such. */
struct program *compile_program(struct compiled *compiled, const struct code_style *style,
                                const struct sema_expr *path, bool records, bool whole);

/* The same for any request. */
struct program *compile_request(struct compiled *compiled, const struct gen_request *request);

/* The exit status where there is no program. */
int compile_status(const struct compiled *compiled);

#endif
