/* What the files of sema share among themselves; nothing outside this folder includes it. */
#ifndef SEMA_INTERNAL_H
#define SEMA_INTERNAL_H

#include "sema/sema.h"

/* A name that a script declares. */
struct sema_local {
    const char *name;
    struct span span;
    struct sema_vtype vtype;
    struct sema_dollar *dollar;   /* a for's variable: its element; NULL: a let, or a constant */
    const struct sema_expr *from; /* a for's variable: what it goes through */
    const struct sema_expr *constant; /* what it is always, or NULL */
    const struct sema_expr *text;     /* and where a text is wanted, or NULL: the same */
    bool *used;                       /* told where it is used, or NULL */
    uint32_t index;                   /* of a let among those in sight */
    const struct sema_local *outer;
};

/* Where an expression stands: what its names may mean. */
struct sema_scope {
    struct sema_schema *schema;
    struct sema_struct *self;       /* NULL at file level */
    bool outermost;                 /* it is what the input is, and so $root */
    struct sema_function *function; /* whose parameters are names */
    struct sema_dollar *dollar;     /* innermost */
    const struct sema_vtype
        *wanted; /* what the value stands beside, or NULL: enumerators of its enum are names, and
                                        literals may be written as its display form writes them */
    bool set;    /* behind `in`, or a list of the file, which may stand there */
    struct sema_dollar *element;     /* whose fields are names, too; NULL: none */
    bool script;                     /* in a script */
    bool changes;                    /* and that is one that changes a file */
    bool loop;                       /* in a for of it */
    const struct sema_local *locals; /* its names, innermost first */
    uint32_t local_count;            /* lets among them */
    uint32_t brackets;               /* around, behind arrays and lists */
};

/* collect.c: the declarations of one file; the members of its structs. */
void sema_collect(struct sema *sema, struct sema_schema *schema);
void sema_build(struct sema *sema, struct sema_schema *schema);

/* lookup.c */
enum sema_name_kind { SEMA_NAME_STRUCT, SEMA_NAME_ENUM, SEMA_NAME_TYPEDEF, SEMA_NAME_FUNCTION };

/* What a schema declares under a name. Types and functions have name spaces of their own. */
struct sema_name {
    enum sema_name_kind kind;
    void *of; /* the struct, enum, typedef or function */
    struct sema_schema *schema;
    const char *name;
    struct span span;
};

void sema_name_add(struct sema *sema, struct sema_schema *schema, enum sema_name_kind kind,
                   void *of, const struct ast *node);

/* The schema's own declaration of a name, else its imports'; NULL for none. Two imports that have it are reported at span,
 * where it is used, and the first one is given. */
const struct sema_name *sema_find_type(struct sema *sema, struct sema_schema *schema,
                                       const char *name, struct span span);
struct sema_struct *sema_find_struct(struct sema *sema, struct sema_schema *schema,
                                     const char *name, struct span span);
struct sema_enum *sema_find_enum(struct sema *sema, struct sema_schema *schema, const char *name,
                                 struct span span);
struct sema_function *sema_find_function(struct sema *sema, struct sema_schema *schema,
                                         const char *name, struct span span);
const struct sema_enumerator *sema_enumerator(const struct sema_enum *names, const char *name);
struct sema_enumerator *sema_enumerator_add(struct sema *sema, struct sema_enum *names,
                                            const char *name);
void sema_report_unknown_type(struct sema *sema, struct sema_schema *schema, const char *name,
                              struct span span);
void sema_suggest_names(struct sema *sema, struct diag *diag, const struct sema_scope *scope,
                        const char *name);
void sema_suggest_members(struct sema *sema, struct diag *diag, const struct sema_struct *of,
                          const char *name);
struct sema_schema *sema_imported(const struct sema_schema *schema, const char *name);

/* types.c: a TYPE_* node with the dims and bits of its field as a type. */
struct sema_type *sema_type_of(struct sema *sema, struct sema_schema *schema,
                               struct sema_struct *owner, struct ast *node, struct sema_decl *decl);
/* The display form that a declaration asks for, itself or as what stands for another one; NULL for none. */
const char *sema_form_of(const struct sema_decl *decl);
/* Whether it is an integer type that an enum may be stored in. */
bool sema_names_values(enum sema_kind kind);
/* The integer type that an enum or flags type is stored in, unless its use says another. */
const struct sema_type *sema_enum_base(struct sema *sema, struct sema_enum *e);
struct sema_decl *sema_decl_new(struct sema *sema, struct sema_schema *schema,
                                struct sema_struct *owner, struct ast *field);
struct sema_struct *sema_struct_new(struct sema *sema, struct sema_schema *schema, struct ast *node,
                                    struct sema_struct *lexical);
struct sema_decl *sema_typedef_decl(struct sema *sema, struct sema_schema *schema,
                                    struct sema_typedef *def);

/* resolve.c: expressions. */
struct sema_expr *sema_resolve(struct sema *sema, const struct sema_scope *scope,
                               const struct ast *node);
struct sema_expr *sema_resolve_as(struct sema *sema, const struct sema_scope *scope,
                                  const struct ast *node, enum sema_vkind wanted, const char *what);
/* e if it is what is wanted, else reports it and returns what stands for something wrong. */
struct sema_expr *sema_want(struct sema *sema, struct sema_expr *e, enum sema_vkind wanted,
                            const char *what);
struct sema_expr *sema_resolve_set(struct sema *sema, const struct sema_scope *scope,
                                   const struct ast *node, const struct sema_vtype *of);
struct sema_expr *sema_expr_new(struct sema *sema, enum sema_ekind kind, struct span span,
                                struct sema_vtype vtype);
void sema_resolve_let(struct sema *sema, struct sema_member *let);
void sema_resolve_function(struct sema *sema, struct sema_function *function);
/* What stands where an expression was wrong: fits everywhere, so that one mistake gives one diagnostic. */
struct sema_expr *sema_wrong(struct sema *sema, struct span span);
/* Whether it is a name that nothing here has: an enumerator, perhaps. */
/* The field of that name of the struct that "$" stands for, as it can be written without "$."; NULL where it has none. */
struct sema_expr *sema_element_member(struct sema *sema, struct sema_dollar *element,
                                      const char *name, struct span span);
struct sema_expr *sema_field_of(struct sema *sema, struct sema_expr *of, struct sema_member *m,
                                struct span span);
bool sema_is_bare_name(struct sema *sema, const struct sema_scope *scope, const struct ast *node);
const char *sema_vtype_text(struct sema *sema, const struct sema_vtype *vtype);

/* call.c: calls, folds and built-ins. */
struct sema_expr *sema_resolve_call(struct sema *sema, const struct sema_scope *scope,
                                    const struct ast *node);

/* element.c: of[index], of[a..b], of[condition]; of[*] */
struct sema_expr *sema_resolve_index(struct sema *sema, const struct sema_scope *scope,
                                     const struct ast *node);
struct sema_expr *sema_resolve_each(struct sema *sema, const struct sema_scope *scope,
                                    const struct ast *node);

/* compare.c: == != < > <= >= */
struct sema_expr *sema_resolve_compare(struct sema *sema, const struct sema_scope *scope,
                                       const struct ast *node);

/* Reports what of a range or list behind `in` no value of that type can be. */
void sema_check_among(struct sema *sema, const struct sema_vtype *value,
                      const struct sema_expr *set);

/* script.c: fault(path, text) in a script. */
struct sema_expr *sema_resolve_fault(struct sema *sema, const struct sema_scope *scope,
                                     const struct ast *node);

/* input.c: what a test is run on. */
struct sema_test;
void sema_resolve_input(struct sema *sema, struct sema_schema *schema, const struct ast *node,
                        struct sema_test *test);

/* below.c: x.**.name, and **.name. */
struct sema_expr *sema_resolve_below(struct sema *sema, const struct sema_scope *scope,
                                     const struct ast *node);

/* resolve.c: the type of a field or let, those of the same name in other branches considered. */
struct sema_vtype sema_member_vtype(struct sema *sema, struct sema_member *m);
/* habit.c: names of other languages, and what stands for them here. */
enum sema_habit { HABIT_TYPE, HABIT_NAME, HABIT_FUNCTION };

/* Adds the note for a name that is one of them; whether it is. */
bool sema_note_habit(struct sema *sema, struct diag *diag, enum sema_habit kind, const char *name);

/* open.c: declarations that are being worked out, one within the other. */

/* One level further down; false, and reported, when that is one too many. The caller takes it back from sema->depth. */
bool sema_deeper(struct sema *sema, struct span span);

/* Begins working out a declaration; false like sema_deeper. Ended by sema_close. */
bool sema_open(struct sema *sema, const void *what, const char *name, struct span span);
void sema_close(struct sema *sema);

/* Notes that lead around a cycle, whose first link the diagnostic itself is about; each link needs ("needs", "contains")
 * the next one. */
void sema_note_cycle(struct sema *sema, struct diag *diag, const char *needs,
                     const struct sema_link *links, uint32_t n);

/* The same for the declarations being worked out, from `what` on. */
void sema_note_open_cycle(struct sema *sema, struct diag *diag, const void *what);

/* written.c: the enum whose members are names here, or NULL. */
const struct sema_enum *sema_wanted_names(const struct sema_scope *scope);

/* A literal as the value that it stands for beside such a value: an address or a time in the display form of that one.
 * Where it is none, that is reported, and something wrong is returned. Any other literal is left as it is. */
struct sema_expr *sema_written(struct sema *sema, const struct sema_vtype *beside,
                               struct sema_expr *literal);

/* e, or its stored bytes: what the literal beside it, which sema_written made, must be compared with. */
struct sema_expr *sema_beside_written(struct sema *sema, struct sema_expr *e,
                                      const struct sema_expr *literal);

/* fold.c: constants. */
void sema_fold(struct sema *sema, struct sema_expr *expr);
bool sema_is_constant(const struct sema_expr *expr); /* a number, text or bool that is known */
bool sema_bind_int(struct sema *sema, const struct sema_scope *scope, const struct ast *node,
                   int128 *out);

/* members.c: the expressions of every declaration and member. */
void sema_check_encoding(struct sema *sema,
                         const struct sema_expr *e); /* reports a constant name of no encoding */
void sema_resolve_all(struct sema *sema, struct sema_schema *schema);

/* arms.c: the selector, labels and values of a switch. */
void sema_resolve_switch(struct sema *sema, const struct sema_scope *scope, struct sema_decl *decl);

/* vtype.c */
struct sema_vtype sema_vtype_simple(enum sema_vkind kind);

/* The common type of two alternatives. */
struct sema_vtype sema_vtype_join(const struct sema_vtype *a, const struct sema_vtype *b);

/* What the elements of an array or list are, as far as it is known; of text and bytes, numbers. */
struct sema_vtype sema_vtype_element(const struct sema_vtype *v);

bool sema_vtype_is(const struct sema_vtype *vtype, enum sema_vkind kind); /* it is, or may be */

/* layout.c */
void sema_layout(struct sema *sema, const struct sema_schema *schema);

/* cycle.c: positions that need themselves. */
void sema_check_cycles(struct sema *sema, const struct sema_schema *schema);

/* enclose.c: names of structs around; noted when resolved, checked when all is known. */
void sema_note_enclosing(struct sema *sema, struct sema_struct *inner, struct sema_struct *outer,
                         struct span span);
void sema_check_enclosing(struct sema *sema);

/* give.c: arguments of structs. Whether there are as many as it takes; reported. */
bool sema_takes(struct sema *sema, const struct sema_struct *of, const struct ast *args,
                struct span span);
/* The one for its parameter i, and reported where it does not fit. */
struct sema_expr *sema_give(struct sema *sema, const struct sema_scope *scope,
                            const struct sema_struct *of, uint32_t i, const struct ast *node);

/* parent.c: which structs hold others. Noted when a schema's declarations are built. */
void sema_link_uses(struct sema *sema, const struct sema_schema *schema);
struct sema_expr *sema_parent_of(struct sema *sema, struct sema_expr *of, struct span span);
/* The structs that directly hold one, or NULL where they can't be told. */
struct sema_holders *sema_holders_of(struct sema *sema, struct sema_struct *of);
/* Whether any of them has such a member; *vtype: what it is in all that do. */
bool sema_holders_have(struct sema *sema, const struct sema_holders *holders, const char *name,
                       struct sema_vtype *vtype);

/* expand.c: what a number is made of. A copy of the expression without lets, functions and parameters: of numbers, places and
 * sizes of the data (E_LATER), constants, operators, and choices, whose conditions are as they were. NULL: it would be too large. */
struct sema_expr *sema_expand(struct sema *sema, struct sema_struct *of, struct sema_expr *e);
/* Whether the value depends on where the cursor is. */
bool sema_is_of_cursor(const struct sema_expr *e);

/* order.c: numbers without a byte order in root, with nothing around it; test: the test that is about it, or none. */
void sema_check_order(struct sema *sema, const struct sema_struct *root, struct span test);

#endif
