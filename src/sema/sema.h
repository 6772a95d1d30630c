/* Sema: from syntax trees to a checked model.
 *
 * Collects declarations, resolves names and imports, gives each expression its type, folds constants, computes layouts
 * and reports what is wrong. Knows nothing of programs or data. */
#ifndef SEMA_SEMA_H
#define SEMA_SEMA_H

#include "base/intern.h"
#include "base/map.h"
#include "sema/model.h"
#include "syn/parse.h"
#include "text/diag.h"

/* Where imports are looked for, besides the importing file's own folder. */
struct sema_search {
    const char *const *dirs;
    uint32_t n;
};

/* The name of a struct, used within another one. */
struct sema_enclosing {
    struct sema_struct *inner, *outer;
    struct span span;
};

/* A declaration on the way to another one. */
struct sema_link {
    const void *what;
    const char *name;
    struct span span;
};

/* The members of one name in all structs, the first of each struct. */
struct sema_named {
    VEC(struct sema_member *) members;
    bool captured; /* a value of unknown struct is asked for it: all are */
};

/* Declarations and operators that wait for each other while names are resolved. */
#define SEMA_DEPTH_MAX 2048u

/* Typedefs of typedefs. */
#define SEMA_ALIAS_MAX 1024u

/* What numbers are made of, for ties: nodes of all of them. */
#define SEMA_TIE_NODES_MAX (1u << 18)

/* Files that import each other in a row. */
#define SEMA_IMPORTS_MAX 2048u

/* Parameters of a struct or function, arguments of a call. */
#define SEMA_PARAMS_MAX 255u

/* One compilation: schemas that were loaded into one arena. */
struct sema {
    struct arena *arena;
    struct intern *intern;
    struct sources *sources;
    struct diags *diags;
    struct sema_search search;
    VEC(struct sema_schema *) schemas; /* the first is the one asked for */
    VEC(struct sema_struct *) structs; /* all, those in place too */
    VEC(struct sema_enum *) enums;
    VEC(struct sema_function *) functions;
    VEC(struct sema_decl *) decls; /* all */
    VEC(struct sema_enclosing) enclosings;
    uint32_t enclose_rounds; /* walks of enclose.c */
    struct map formed;       /* typedef and file, display form -> the declaration that is used so */
    struct map schemas_by_path;
    struct map belows;          /* (struct, name) -> what x.**.name found */
    uint64_t below_edges;       /* gone through for them */
    struct map named;           /* name -> struct sema_named */
    VEC(struct sema_link) open; /* declarations being worked out, each for the one before it */
    uint32_t depth;             /* those and the expressions within each other */
    uint32_t imports;           /* files being read, each imported by the one before it */
    bool too_deep;              /* reported */
    uint32_t tie_nodes;         /* made so far, see SEMA_TIE_NODES_MAX */
    bool linked;                /* all declarations there will be are known to parent.c */
    struct {
        const char *little, *big, *none, *msb, *lsb, *dollar, *index, *prev, *rest, *file, *root,
            *parent;
    } word;
};

void sema_init(struct sema *sema, struct arena *arena, struct intern *intern,
               struct sources *sources, struct diags *diags, struct sema_search search);

/* Reads and compiles the schema file at path. NULL when it can't be read (errno says why); else the schema, usable only
 * when diags->errors is 0. */
struct sema_schema *sema_load(struct sema *sema, const char *path);

/* The same from text already at hand. */
struct sema_schema *sema_compile(struct sema *sema, const char *name, struct bytes text);

/* Resolves a path expression against the root struct of a schema: a question from the command line. */
struct sema_expr *sema_path(struct sema *sema, struct sema_schema *schema, const struct ast *path);

/* Values for the parameters of a schema's root struct from outside. */

/* The constant that an expression is, for parameter i; NULL where it is none. What does not fit is reported. */
struct sema_expr *sema_give_constant(struct sema *sema, struct sema_schema *schema, uint32_t i,
                                     const struct ast *node);
/* The constant that an expression is; NULL where it is none. What is wrong with it is reported. */
struct sema_expr *sema_constant(struct sema *sema, struct sema_schema *schema,
                                const struct ast *node);
/* A text as it is; it must stay. */
struct sema_expr *sema_give_text(struct sema *sema, struct bytes text);
struct sema_expr *sema_give_nothing(struct sema *sema);
/* "a number"; of which enum its members are, or NULL. */
const char *sema_param_text(struct sema *sema, const struct sema_param *param);
const struct sema_enum *sema_param_enum(const struct sema_param *param);

/* Layout: bits of one element, of all; SEMA_DYNAMIC when data decides. */
int64_t sema_type_bits(const struct sema_type *type);

/* The first member of that (interned) name; NULL for none. Members of the same name in other branches hang on it. */
struct sema_member *sema_member(const struct sema_struct *of, const char *name);

/* The members of that (interned) name; none is fine. */
struct sema_named *sema_named(struct sema *sema, const char *name);

/* Whether the expression is an integer constant, and which. */
bool sema_constant_int(const struct sema_expr *expr, int128 *out);

/* Whether a struct or declaration has, or leads to, a member that `**.name` stands for. */
bool sema_leads(const struct sema_below *below, const void *node);

/* The type of a declaration's value when `level` of its dimensions have been indexed; typedefs are looked through. */
struct sema_vtype sema_vtype_of(struct sema_decl *decl, uint32_t level);

/* The display forms that `as` accepts. */
bool sema_is_form(const char *name);

/* Reads a text as the display form writes a value of that kind (V_INT, V_FLOAT, V_BYTES, V_TEXT): what it stands for is
 * *out, an E_INT, E_FLOAT or E_TEXT; itself, where the form is one that writes plain values. False where it is nothing in
 * that form. */
bool sema_read_form(struct arena *arena, const char *as, enum sema_vkind kind, struct bytes text,
                    struct sema_expr *out);

#endif
