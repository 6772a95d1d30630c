/* Coverage: what of a schema was met, over any number of files.
 *
 * Counts structs, fields, names of enums, spots (code/spot.h) and checks of one program while it runs. Each file's bytes are
 * looked at by an extent of its own, if one is given. Knows nothing of how it is shown. */
#ifndef ASK_COVERAGE_H
#define ASK_COVERAGE_H

#include "ask/extent.h"
#include "ask/way.h"
#include "code/spot.h"
#include "vm/event.h"

#define COVERAGE_ODD_MAX 256u /* values without a name that are told apart, of an enum */
#define COVERAGE_SLOTS   512u

/* A value that has no name; of flags, a bit. */
struct coverage_odd {
    int128 value;
    uint64_t met;
    char *file, *path; /* where it was first met; owned */
};

struct coverage_enum {
    bool used;     /* some field that can be met is of it */
    uint64_t *met; /* by item */
    struct coverage_odd *odd;
    uint32_t odd_n, odd_cap;
    uint16_t *slots; /* private: where values are among them, by hash; + 1 */
    uint64_t more;   /* times that others were met */
};

struct coverage_check {
    uint64_t tested, failed;
};

struct coverage {
    struct vm_sink sink; /* first */
    const struct program *program;
    const struct spots *spots;
    bool *reachable;   /* by struct: it can be met at all */
    uint64_t *structs; /* times met, by number */
    uint64_t *members;
    uint64_t *met;                 /* spots */
    struct coverage_check *checks; /* by number; see coverage_check_is_first */
    uint32_t *check_of;            /* by number: the first one for the same place of the schema */
    struct coverage_enum *enums;
    /* of all files */
    uint64_t files, size, described, stepped, missing, beyond, gaps, overlaps, damaged;
    uint64_t made_size, made_described;
    /* of the file at hand; private */
    const char *file;
    struct extent *extent;
    struct way way;
    uint32_t unions, views; /* of those that are open */
    uint64_t faults;
};

/* For a program that was made with those spots; both must outlive it. */
struct coverage *coverage_new(const struct program *program, const struct spots *spots);
void coverage_free(struct coverage *coverage);

/* A run of the program over a file begins, and ends: what the extent came to is added to the sums. The name must last until
 * then. */
struct vm_sink *coverage_begin(struct coverage *coverage, const char *file, struct extent *extent);
void coverage_end(struct coverage *coverage);

/* Several checks of a program may stand for one place of the schema, and are counted with the first of them. */
bool coverage_check_is_first(const struct coverage *coverage, uint32_t check);

/* How much of a schema there is to be met, and was. */
struct coverage_sum {
    uint64_t met, all;
};

struct coverage_sums {
    struct coverage_sum structs, fields, names, branches, checks;
};

void coverage_sum_up(const struct coverage *coverage, struct coverage_sums *sums);

/* What of a program's tables counts. */
bool coverage_has_member(const struct coverage *coverage, uint32_t member);
bool coverage_has_spot(const struct coverage *coverage, uint32_t spot); /* it should be met */
uint64_t coverage_item_met(const struct coverage *coverage, uint32_t names, uint32_t item);

#endif
