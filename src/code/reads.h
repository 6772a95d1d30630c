/* Reads: of which fields the bits make a difference to what a program does.
 *
 * A program that meets a number at its own place, and does nothing with it but step over it or show it, does the same
 * whatever the number is: so a verdict over a file in which only such numbers have become others is the one there was.
 * What can't be told counts as read. */
#ifndef CODE_READS_H
#define CODE_READS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "code/program.h"

struct program_reads {
    bool all;          /* whatever there is may be read */
    struct map places; /* where members are declared of which the bits matter */
};

/* What a program reads; in the arena. */
struct program_reads program_reads_of(const struct program *program, struct arena *arena);

/* Whether it may read the bits of a field that `of`, a program of the same schema, has as that member. Only of a single
 * number, text or byte string of a fixed size, a member of a struct, it may be false. */
bool program_reads_field(const struct program_reads *reads, const struct program *of,
                         uint32_t member);

#endif
