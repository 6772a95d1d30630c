/* Stretches of a struct while they are made, member by member (gen_stretch.c). */
#ifndef CODE_GEN_STRETCH_H
#define CODE_GEN_STRETCH_H

#include "code/gen_internal.h"

/* Where a member of the struct begins. */
struct gen_start {
    bool known;
    uint32_t in; /* the stretch */
    int128 bit;  /* from its start */
};

struct gen_stretches {
    struct gen *g;
    const struct sema_struct *of;
    struct gen_start *starts; /* by position in the struct's block */
    struct program_stretch at[PROGRAM_STRETCHES_MAX];
    uint32_t n;  /* in front of the one that is being made */
    int128 bits; /* of its fixed part so far */
};

struct gen_stretches gen_stretches_of(struct gen *g, const struct sema_struct *of);

/* Whether a number is one that is stored at a place in front of what is being made, so that one load reads it; of which type and where. */
bool gen_stretch_number(const struct gen_stretches *s, const struct sema_expr *number,
                        uint32_t *type, struct gen_start *start);

/* The member begins here, on a byte if it must. */
void gen_stretch_begin(struct gen_stretches *s, const struct sema_member *m);

/* A part of so many bits; ends the stretch: a run of `count` times `unit` bits, at the start of which so many bits must be there. false:
 * the struct is no such one. */
bool gen_stretch_fixed(struct gen_stretches *s, int128 bits);
bool gen_stretch_run(struct gen_stretches *s, const struct sema_expr *count, int128 unit,
                     int128 inside);

/* What the member takes, as those who step over it see it. */
bool gen_stretch_member(struct gen_stretches *s, const struct sema_member *m);

/* Adds them to the program; returns how many, 0 where the struct is no such one, and the first one. */
uint32_t gen_stretches_end(struct gen_stretches *s, uint32_t *first);

#endif
