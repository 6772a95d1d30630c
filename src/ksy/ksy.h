/* Kaitai Struct's specifications (.ksy) as schemas: a second front end. All that follows is that of any schema.
 *
 * YAML → model (spec.h) → names and types (type.h) → the schema language's tree (lower.h). */
#ifndef KSY_KSY_H
#define KSY_KSY_H

#include "base/intern.h"
#include "syn/ast.h"
#include "text/diag.h"

/* Folders for imports that are not beside the file: -I, KSPATH, the schema folders. */
struct ksy_search {
    const char *const *dirs;
    uint32_t n;
};

/* The tree of a specification and all that it imports, in one: an AST_FILE whose spans lie in the .ksy files. Types and enums are
 * named by their paths ("png::chunk"). What is wrong is reported; the tree is then of no use, but never NULL. */
struct ast *ksy_parse(struct arena *arena, struct intern *intern, struct sources *sources,
                      struct diags *diags, const struct source *source,
                      const struct ksy_search *search);

/* The same with plain names ("chunk"), so that it can be written as a schema. */
struct ast *ksy_parse_plain(struct arena *arena, struct intern *intern, struct sources *sources,
                            struct diags *diags, const struct source *source,
                            const struct ksy_search *search);

/* Puts the YAML path in front of what was reported behind a diagnostic (NULL: of all) about specifications, where it has
 * none: what the compiler proper says of the tree. */
void ksy_say_where(struct arena *arena, struct diags *diags, const struct diag *behind);

/* Whether a file is a specification, by its name. */
bool ksy_is_name(const char *path);

#endif
