/* What the files of the generator share. */
#ifndef CODE_GEN_INTERNAL_H
#define CODE_GEN_INTERNAL_H

#include "base/map.h"
#include "code/gen.h"

/* Instructions of a program, and fields of its blocks. Beyond it there is none: a switch of switches, say, doubles with
 * each typedef. */
#define GEN_SIZE_MAX (1u << 22)

/* Loops and conditions within each other where a field begins, and arguments that wait for others to be worked out:
 * what one field or call adds to them stays below VERIFY_DEPTH_MAX. */
#define GEN_RECORDS_MAX 700u
#define GEN_WAITING_MAX 600u

enum gen_mode {
    GEN_EMIT, /* emit what is there */
    GEN_SKIP, /* step over it */
    GEN_MARK, /* find where it starts, no more: only for a member that has a slot */
};

/* Functions that are still to be made; those from FUNCTION on are asked for once by who calls them. */
enum gen_task_kind {
    TASK_DUMP,       /* struct */
    TASK_SKIP,       /* struct */
    TASK_LOCATE,     /* member */
    TASK_LOCATE_END, /* member */
    TASK_LET,        /* member */
    TASK_TYPE_SKIP,  /* declaration at a level */
    TASK_TYPE_STEP,
    TASK_TYPE_COUNT,
    TASK_TYPE_ARGS,
    TASK_TYPE_EMIT,
    TASK_FUNCTION,
    TASK_SET,   /* whether a value is in the list that a function without parameters is */
    TASK_BELOW, /* struct: the fields of a name below it */
};

struct gen_task {
    enum gen_task_kind kind;
    struct sema_struct *of;
    struct sema_member *member;
    struct sema_decl *decl;
    uint32_t level;
    uint32_t type;
    struct sema_function *function;
    const struct sema_below *below;
    struct gen_function *target; /* BELOW: who is told */
    bool tried;                  /* BELOW: see gen_below.c */
};

struct gen_function {
    uint32_t pc;
    VEC(uint32_t) calls; /* instructions to be told */
    bool asked;
};

struct gen {
    struct arena *arena;
    const struct gen_request *request;
    struct program *program;
    const struct code_style *style;
    struct map types;               /* (declaration, level) -> index + 1 */
    struct map texts;               /* interned text -> constant + 1 */
    struct map blocks;              /* struct -> block + 1 */
    struct map marks;               /* struct -> see gen_find.c */
    struct map plain;               /* struct -> see gen_block.c */
    struct map silent;              /* computed value -> see gen_verdict.c */
    struct map sound;               /* struct -> see there */
    struct gen_function *functions; /* by function id */
    struct gen_function *sets;      /* likewise, for the same functions as sets */
    struct map belows[2]; /* (what `**.name` walks, struct) -> struct gen_function; tried or not */
    VEC(struct gen_task) tasks;
    bool *strict; /* by struct id: see gen_recover.c */
    VEC(struct sema_struct *) strict_structs;
    struct map asked; /* (object, kind as an address) -> done */
    struct span span; /* of what is being generated */
    bool apart;       /* it has a place or room of its own: a struct goes on where it is wrong */
    bool checking;    /* what is stepped over must be what is required, too */
    const struct sema_decl
        *records; /* the array whose elements are records, while its emitting function is made */
    uint32_t records_level;
    const struct sema_struct
        *self; /* whose frame the function being made runs in, where that is certain */
    const char
        *refused;     /* why there will be no program: what is made from here on does not matter */
    uint32_t waiting; /* arguments on the stack while the next one is made */
    bool descends;    /* a function of ** is made: its second argument is the struct it is about */
    bool tried;       /* what `**` leads to and is damaged is told and left out */
    uint32_t ctl;     /* records pushed in the function being generated */
    uint32_t member;  /* the member being generated, or PROGRAM_NONE */
    const struct sema_ties *ties; /* NULL: not yet asked for */
};

/* gen.c */
uint32_t gen_op(struct gen *g, enum program_op op, uint32_t a, uint32_t b);
/* There will be no program; why: what it would have. The first reason counts. */
void gen_refuse(struct gen *g, const char *why);
uint32_t gen_here(const struct gen *g);
/* What follows is tried, up to gen_try_end, which the result of gen_try is for: a fault in it leaves an absent value there, and is
 * told where `told`. gen_try_close leaves it to the caller where a fault goes on. */
uint32_t gen_try(struct gen *g, bool told);
void gen_try_close(struct gen *g);
void gen_try_end(struct gen *g, uint32_t trial);
void gen_patch(struct gen *g, uint32_t inst, uint32_t pc);
void gen_patch_b(struct gen *g, uint32_t inst, uint32_t pc);
uint32_t gen_int(struct gen *g, int128 value);
uint32_t gen_data(struct gen *g, struct bytes bytes);
uint32_t gen_text(struct gen *g, const char *text);
uint32_t gen_check(struct gen *g, enum check_kind kind, const struct sema_member *member,
                   const char *message, const struct sema_expr *condition);
/* An expression as its source has it, as a constant; of a specification in another language: as it is written here. */
uint32_t gen_formula(struct gen *g, const struct sema_expr *e);
void gen_ask(struct gen *g, struct gen_task task);
void gen_ask_emit(struct gen *g,
                  const struct sema_vtype *v); /* emission of whatever a value may be */
uint32_t gen_struct_type(struct gen *g, struct sema_struct *of); /* a struct as it stands alone */
void gen_ask_ends(struct gen *g,
                  const struct sema_vtype *v); /* where whatever a value may be ends */
void gen_root_args(struct gen *g);             /* the frame that paths start from has them */
uint32_t gen_up(const struct gen *g, const struct sema_dollar *dollar);

/* gen_type.c */
uint32_t gen_type(struct gen *g, struct sema_decl *decl, uint32_t level);
uint32_t gen_enum(struct gen *g, const struct sema_enum *names);
void gen_ask_member(struct gen *g, struct sema_member *member);
void gen_ask_type(struct gen *g, struct sema_decl *decl, uint32_t level);

/* gen_expr.c: leaves the value on the stack */
void gen_expr(struct gen *g, const struct sema_expr *e);
void gen_value(struct gen *g,
               const struct sema_expr *e); /* as a number, text or bytes rather than a place */
/* Whether it is a number of the struct at hand, at a fixed place, of fixed width. */
bool gen_is_own_number(const struct sema_expr *e);
void gen_bytes(struct gen *g, const struct sema_expr *e); /* as bytes */
void gen_stored(struct gen *g,
                const struct sema_expr *e); /* as what is to be stored: lists and objects, too */
/* Compares the value on top, which stays, with an item of a list or a label; loaded: it is sure to be no place. Returns the
 * jump that is taken where they are equal; all such jumps to one place are told by gen_land_cases, behind which the value is
 * gone. */
uint32_t gen_case(struct gen *g, bool loaded, const struct sema_expr *item);
void gen_land_cases(struct gen *g, const uint32_t *cases, uint32_t n);
void gen_set_function(struct gen *g, const struct sema_function *f);
void gen_source(struct gen *g, const struct sema_expr *e); /* as bytes to read fields from */
/* Adds the elements of the list or array on top, each converted (LOAD, BYTES_OF), to the list below it. */
void gen_add_items(struct gen *g, enum program_op convert);
/* The same for what is to be shown, a value of that type: loaded, and so are lists within it. */
void gen_add_loaded(struct gen *g, const struct sema_vtype *list);

/* Where the value on top is absent, so is the whole: `below` values under it are dropped. Returns the jump that is taken
 * then, for gen_landing. */
uint32_t gen_unless_absent(struct gen *g, uint32_t below);
void gen_landing(struct gen *g, uint32_t jump);
enum program_op gen_binary_op(enum ast_op op);
void gen_side(struct gen *g, const struct sema_expr *comparison, int side); /* one to be compared */

/* gen_below.c: x.**.name */
void gen_below(struct gen *g, const struct sema_expr *e);
void gen_below_function(struct gen *g, const struct sema_below *below, struct sema_struct *of,
                        bool tried);

/* gen_block.c: so many fields at fixed places in `bit_size` bits, for columns that are named by the sink */
struct gen_place {
    const struct sema_member *member;
    uint64_t bit_off;
};
/* PROGRAM_NONE where one of them is no single value of a known size, or has to be something. */
uint32_t gen_columns_block(struct gen *g, const struct gen_place *places, uint32_t n,
                           int64_t bit_size);

/* gen_stream.c: the elements of a list, each a record */
void gen_stream(struct gen *g, const struct sema_expr *e);
/* Tells the value on top, and where it lies, as the question wants it. */
void gen_tell(struct gen *g, bool record);
/* Ends what gen_try began: a fault in it is told, and does not end the walk that it is in. */
void gen_end_element(struct gen *g, uint32_t trial);

/* A fault in one element, tried from a gen_try on, does not end the walk over the others. */
void gen_end_element(struct gen *g, uint32_t trial);

/* A walk that is open, whose record is on top. */
struct gen_walk {
    uint32_t head, next;
    uint32_t item; /* depth of the record */
    uint32_t past; /* of a slice: where it is left, no element being behind; else 0 */
};
struct gen_walk gen_walk_begin(struct gen *g, const struct sema_expr *e);
/* Fields of the elements are set, and nothing else is done with them. */
struct gen_sets;
struct gen_walk gen_walk_setting(struct gen *g, const struct sema_expr *e,
                                 const struct gen_sets *sets);
struct gen_walk gen_walk_over(struct gen *g); /* what is on top */
/* Where it ends, for jumps. release: no value is on the stack that refers to what was made. */
uint32_t gen_walk_end(struct gen *g, const struct gen_walk *walk, bool release);

/* gen_scan.c: passes over the elements of the walk on top for which the condition can't hold; count: those for which it holds
 * are counted where that is known. Returns the jump that is taken where none is left, or PROGRAM_NONE where nothing was made. */
uint32_t gen_scan(struct gen *g, const struct sema_select *select, bool count);
/* The same for a filter of an array, whose walk is on top. */
uint32_t gen_scan_filter(struct gen *g, const struct sema_expr *filter);

/* gen_scan_set.c: statements that set fields of elements, as what the elements are called in them. */
struct gen_sets {
    const struct sema_dollar *element;
    const struct sema_stmt *const *at;
    uint32_t n;
    bool (*is_same)(const void *of, const struct sema_stmt *stmt); /* the value, for all elements */
    void (*push)(void *of, const struct sema_stmt *stmt);          /* pushes such a value */
    void *of;
};

/* At the head of a walk over an array, on whose elements a filter has a condition (NULL: none): makes the changes of many
 * elements at once, where the statements are such. */
void gen_scan_sets(struct gen *g, const struct sema_expr *array, const struct sema_expr *filter,
                   const struct gen_sets *sets, uint32_t head);

/* gen_select.c */
void gen_select(struct gen *g);

/* gen_script.c */
void gen_script(struct gen *g, const struct sema_script *script, struct sema_struct *root);
void gen_fault(struct gen *g, const struct sema_expr *e);

/* A script under way. */
struct script_gen {
    struct gen *g;
    uint32_t height; /* arguments, lets and what statements keep: values on the stack */
    bool loop;       /* in the body of a for */
    struct sema_struct *root;
};

/* gen_edit.c */
void gen_edit(struct script_gen *s, const struct sema_stmt *stmt);
/* Whether the value costs nothing to make anew, wherever that is: a number or text as it is written. */
bool gen_is_cheap(const struct sema_expr *e);

/* gen_decl.c */
/* A loop record, by its depth, that is told what the element at hand is. */
struct gen_watch {
    uint32_t depth;
    const struct gen_watch *outer;
};

struct gen_target {
    struct sema_member *member;    /* its slot is told the place; NULL: none */
    const struct gen_watch *watch; /* innermost first, or NULL */
};
void gen_decl(struct gen *g, struct sema_decl *decl, enum gen_mode mode, struct gen_target target,
              struct sema_member *member);
void gen_level(struct gen *g, struct sema_decl *decl, uint32_t level, enum gen_mode mode,
               struct gen_target target, struct sema_member *member);
void gen_struct_args(struct gen *g, const struct sema_decl *decl); /* a struct's, on the stack */
/* One value: all dimensions are indexed. */
void gen_single(struct gen *g, struct sema_decl *decl, enum gen_mode mode, struct gen_target target,
                struct sema_member *member);
void gen_step(struct gen *g, struct sema_decl *decl, uint32_t level);
bool gen_takes_rest(const struct sema_expr *e); /* it mentions $rest */
/* Structs one behind the other, as many as their count or region says, which nothing refers to while they pass. */
bool gen_is_run(const struct sema_decl *decl, uint32_t level);
/* `T a[]` ends where there is no T: where the magic that one begins with is not there. That one, or NULL. */
const struct sema_expr *gen_magic_ahead(const struct sema_decl *decl, uint32_t level);
/* Its value depends on the element at hand alone: not on $index and $prev. NULL does. */
bool gen_is_of_element(const struct sema_expr *e);

/* What stands at the declaration's place: the clauses inside of "@". */
void gen_there(struct gen *g, struct sema_decl *decl, enum gen_mode mode, struct gen_target target,
               struct sema_member *member);

/* gen_place.c: places of fields, and of the elements of placed arrays and chains */
/* Whether the place counts in the bytes of the declaration's `from`: to go there is to read from them. */
bool gen_is_within(const struct sema_decl *decl);
/* Goes to the place; a fault there goes on at resume. The record is ended by gen_place_end. */
uint32_t gen_open_place(struct gen *g, struct sema_decl *decl, uint32_t resume);
/* The tie of the place that has just been gone to. */
void gen_tie_place(struct gen *g, struct sema_decl *decl, enum gen_mode mode);
enum program_op gen_place_end(const struct sema_decl *decl);
/* Where a while stops at the place of an element, the cursor goes back first. */
void gen_leave_place(struct gen *g, const struct sema_decl *decl, uint32_t *exit_jump);

/* gen_tie.c */
const struct sema_ties *
gen_ties(struct gen *g); /* of the compilation, found when first asked for */
/* Where the program is made with its ties: behind what a clause (NULL: none) is about, of the type, or PROGRAM_NONE. */
void gen_tie(struct gen *g, const struct sema_expr *clause, enum tied what, uint32_t type);
/* The number, seen in the struct (NULL: none), shall be what is on the stack, which goes: the sink is told the edit, as one of the
 * statement, or why there is none. */
void gen_invert(struct gen *g, struct sema_struct *in, struct sema_expr *number, uint32_t stmt);
void gen_tied_expr(struct gen *g, const struct sema_expr *e); /* E_SEEN, E_LATER, E_USE */

/* gen_require.c */
enum check_shape gen_shape(const struct sema_expr *e,
                           const struct sema_dollar *dollar); /* NULL: of a struct's fields */
/* Whether its values are tried against what they must be. */
bool gen_is_required(const struct gen *g, const struct sema_decl *decl, enum gen_mode mode);
/* Whether what its values must be, if anything, is known before there is data: they may be fields of a block. */
bool gen_is_tested(const struct sema_decl *decl);
/* Makes the checks of such a declaration, in a row; returns the first one, or PROGRAM_NONE. */
uint32_t gen_tests(struct gen *g, const struct sema_decl *decl, const struct sema_member *member,
                   uint32_t *count);
/* gen_single, and behind it what the value must be. */
void gen_demanded(struct gen *g, struct sema_decl *decl, enum gen_mode mode,
                  struct gen_target target, struct sema_member *member);

/* gen_confined.c */
void gen_find_confined(struct gen *g);

/* gen_recover.c */
void gen_find_strict(struct gen *g);
bool gen_is_strict(const struct gen *g, const struct sema_decl *decl); /* of a checked struct */
uint32_t gen_recover_begin(struct gen *g, const struct sema_decl *decl, uint32_t level);
void gen_recover(struct gen *g, const struct sema_decl *decl, uint32_t begin, uint32_t head,
                 bool ends);

/* gen_spot.c: what a program that tells which spots are met has more than others; else these do nothing */
void gen_spots(struct gen *g); /* once the members are numbered */
void gen_met_side(struct gen *g, const struct sema_member *m, bool yes); /* of an if */
void gen_met_field(struct gen *g, const struct sema_decl *decl, bool present);
void gen_met_arm(struct gen *g, const struct sema_decl *decl,
                 const struct sema_arm *arm); /* NULL: none of them */
/* Behind each new enum: its items are in the order they will have. */
void gen_enum_spans(struct gen *g, const struct sema_enum *names, uint32_t id);
void gen_over(struct gen *g, bool ends); /* around what is stepped over */

/* gen_verdict.c: what a program that tells only what is wrong does without; else these do nothing */
/* In front of what works out a computed value, or decodes the struct at the cursor: the jump that is taken where it need not be,
 * for gen_landing; or PROGRAM_NONE. */
/* Whether nothing can be wrong in a field, for a program which tells nothing but what is. */
bool gen_is_never_wrong(struct gen *g, const struct sema_member *m);
/* Whether it is a computed value that a program does without which tells nothing but what is wrong. */
bool gen_is_left_out(struct gen *g, const struct sema_member *m);
uint32_t gen_leap_let(struct gen *g, const struct sema_member *m);
uint32_t gen_leap(struct gen *g, const struct sema_struct *s);
/* At the head of a loop over structs of which nothing is asked: those that can be are stepped over. */
void gen_leap_elements(struct gen *g, const struct sema_decl *decl);

/* gen_relation.c */
bool gen_has_relation(const struct sema_member *m);
/* Whether it is checked right behind the field, so that an interactive format can say so on its line. */
bool gen_is_checked_at_once(const struct gen *g, const struct sema_member *m);
void gen_relation(struct gen *g, struct sema_member *m);
void gen_own(struct gen *g, struct sema_member *m); /* pushes the member of the struct at hand */

/* gen_ambient.c: byte order, bit order, encoding */
/* Whether a struct, or one that it is written in, says one of them before that place in the text. Only its first such
 * statement counts. */
bool gen_is_said(const struct sema_struct *s, uint32_t before, enum sema_member_kind what);
bool gen_is_setting(const struct sema_member *m); /* whether the member is such a statement */
void gen_set_ambient(struct gen *g, const struct sema_member *m);
/* In front of branches that hold a struct's first such statement: what the file says, for the branches that say nothing. */
void gen_set_files(struct gen *g, const struct sema_member *branches);

/* gen_arms.c */
static inline uint32_t gen_member_id(const struct sema_member *m) {
    return m ? m->id : PROGRAM_NONE;
}

/* Whether something holds for a declaration and for all that its arms and typedefs say: those that they choose from may be
 * very many, each in turn, so *looks are enough, or false. */
#define GEN_ARMS_MAX 256u
bool gen_each_arm(const struct sema_decl *decl, bool (*is)(const struct sema_decl *),
                  uint32_t *looks);
/* Whether marking where a value of the declaration starts marks its end, too. */
bool gen_ends_where_found(const struct sema_decl *decl);
/* Numbers, text and bytes: marking their start takes finding their end. */
bool gen_is_leaf(const struct sema_decl *decl);
/* Whether another declaration, an arm's or a typedef's, says where the value ends: it may have a place of its own. */
bool gen_is_handed_on(const struct sema_decl *decl);
/* The element that loops are at is no place, but this value (where that outlives it) or nothing (NULL). */
void gen_tell_value(struct gen *g, struct gen_target target, const struct sema_expr *value);
void gen_switch(struct gen *g, struct sema_decl *decl, enum gen_mode mode, struct gen_target target,
                struct sema_member *member);

/* gen_find.c */
void gen_struct_skip(struct gen *g, struct sema_struct *s);
void gen_locate(struct gen *g, struct sema_member *member, bool end);

/* gen_struct.c */
void gen_struct_dump(struct gen *g, struct sema_struct *s);
/* The struct's own size, unless known or needed to find the very member that is looked for. */
void gen_own_size(struct gen *g, struct sema_struct *s, const struct sema_member *wanted);
struct gen_target gen_slot_target(struct sema_member *m); /* itself, where instances remember it */
uint32_t gen_require_check(struct gen *g, const struct sema_member *m);
bool gen_is_of_cursor(
    const struct sema_expr *e); /* whether a value depends on where the cursor is */
/* Whether a member with a place or value of its own depends on where it stands. */
bool gen_needs_cursor(const struct sema_member *m);
bool gen_is_laid_out(
    const struct sema_member *m); /* whether the member of a union takes up room in it */
bool gen_has_slot(const struct sema_member *m);
/* Whether the member begins where the bits before it end. */
bool gen_joins(const struct sema_member *m);
bool gen_is_beside_ambient(const struct sema_member *m);
void gen_let(struct gen *g, struct sema_member *m);
/* A let that stands in no branch and does not depend on the cursor: its value needs no walk. */
bool gen_is_free_let(const struct sema_member *m);
struct sema_member *gen_leader(const struct sema_member *m);
/* Whether it is a member with a place or value of its own. */
bool gen_stands_apart(const struct sema_member *m);

/* gen_stretch.c: tells the struct's row what it consists of; false where that takes more than numbers at fixed places */
bool gen_stretches(struct gen *g, const struct sema_struct *of);
/* Whether walks over the array go from struct to struct by that, which the array's type is told. */
bool gen_set_hops(struct gen *g, struct sema_decl *decl, uint32_t level);

/* gen_flat.c: the struct as one that is told by a table; PROGRAM_NONE where it is more than that */
uint32_t gen_flat(struct gen *g, struct sema_struct *of);

/* gen_block.c */
bool gen_is_block_field(struct gen *g, const struct sema_member *m);
uint32_t gen_struct_block(struct gen *g, struct sema_struct *s);
uint32_t gen_run_block(struct gen *g, struct sema_member *const *members, uint32_t n, int64_t base);
bool gen_is_uniform(const struct sema_decl *decl,
                    uint32_t level); /* elements of one size, nothing asked of them */
/* In front of an element of an array of such structs, behind the loop's head: it and those behind it at once, as far as they
 * are plain, where the struct can be told as a block with members that lie elsewhere. */
void gen_placed_ahead(struct gen *g, struct sema_struct *s, uint32_t head);
uint32_t gen_element_block(struct gen *g, struct sema_decl *decl);

#endif
