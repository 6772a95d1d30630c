/* Generator: a checked schema and a question in, a decoder program out.
 *
 * Only what the question needs is generated: functions are made when something generated before refers to them. */
#ifndef CODE_GEN_H
#define CODE_GEN_H

#include "base/arena.h"
#include "code/program.h"
#include "code/spot.h"
#include "code/style.h"
#include "sema/script.h"
#include "sema/select.h"
#include "sema/sema.h"
#include "sema/tie.h"

/* What is told of each value that a path asks for. */
enum gen_tell {
    GEN_TELL_VALUES,
    GEN_TELL_PLACES, /* where it lies alone: nothing in it is decoded that this does not need */
    GEN_TELL_BOTH,   /* that first */
};

#define GEN_ALL UINT64_MAX

struct gen_request {
    struct sema *sema;
    struct sema_schema *schema;
    const struct code_style *style; /* NULL: events for every field */
    const struct sema_expr *path;   /* what to emit; NULL: everything, from the root struct */
    bool records;                   /* emit path's elements one by one, each a record of its own */
    bool whole;                     /* for a sink that wants what lets refer to whole */
    bool verdict;                   /* for one that wants to know what is wrong, and nothing else */
    enum gen_tell tell;             /* with a path */
    struct sema_struct *root;       /* what the input is; NULL: the schema's root struct */
    struct sema_expr *const *args;  /* of the root struct, but for a script, which has its own */
    uint32_t arg_n;                 /* as many as it has parameters */
    const struct sema_select *select; /* tell its rows; path is NULL */
    bool count;                       /* only how many there are: one value */
    uint64_t skip, limit;             /* rows left out at first; rows told then, or GEN_ALL */
    bool
        ties; /* tell of the clauses that say how long, how many or where; for events of every field */
    const struct sema_script *script; /* decode everything, then run this; path is NULL */
    struct spots
        *spots; /* empty: tell which places of the schema are met, and list them there; or NULL */
    const struct sema_batch
        *batch; /* run these statements of the script alone, and decode what they need */
};

/* The program lives in arena; NULL when it would be too large, which is reported among the schema's diagnostics. The schema compiled without errors and has a root struct, unless one is given. */
struct program *gen_program(struct arena *arena, const struct gen_request *request);

#endif
