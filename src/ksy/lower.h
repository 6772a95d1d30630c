/* From a checked Kaitai program to the schema language's tree.
 *
 * One AST_FILE holds all classes of all specs, flat: a struct's name is its class's path ("png::chunk"), an enum's that of the
 * enum. Spans lie in the .ksy files, docs and display hints come along. */
#ifndef KSY_LOWER_H
#define KSY_LOWER_H

#include "ksy/spec.h"
#include "syn/ast.h"

/* The tree. The program has no errors. */
struct ast *ksy_lower(struct ksy_program *program);

/* Renames structs and enums of a tree made by ksy_lower to plain names, short where no two want the same one, so that
 * unparse gives a schema that can be read and compiled. */
void ksy_plain_names(struct ksy_program *program, struct ast *file);

#endif
