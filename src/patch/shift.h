/* Shifts: what edits do to lengths, and so to the places of everything behind them.
 *
 * Offsets are those of a document before its edits. Some shifts are the user's and stay; others are derived from them
 * (a number that grew, a gap made anew) and are found again in each pass, until a pass changes none of them. An edit at
 * the end of one thing, where the next one begins, belongs to the one that was open when its field was met (`shifts_meet`).
 * Knows numbers only, no bytes. */
#ifndef PATCH_SHIFT_H
#define PATCH_SHIFT_H

#include <stdbool.h>
#include <stdint.h>

#include "code/program.h"

#define SHIFT_UNSEEN UINT64_MAX

/* Bytes that others come in place of, or elements of an array that come or go. */
struct patch_shift {
    uint64_t off, len;   /* bytes that go */
    uint64_t new_len;    /* bytes that come */
    uint32_t member;     /* the field, or the array whose elements they are: shift_member of it */
    uint64_t start, end; /* bits: its extent */
    int64_t elements;    /* how many more there are; negative: fewer */
    uint64_t count;      /* how many there were in the array */
    const char *path;    /* for messages; the caller's, or NULL */
    uint64_t seen; /* when its field was met in this pass, or SHIFT_UNSEEN; set by this module */
};

/* A member of a program, in a way that holds for all programs of the same schema: where it is declared. */
static inline uint32_t shift_member(const struct program *program, uint32_t member) {
    return member == PROGRAM_NONE ? PROGRAM_NONE : program->members.at[member].span.lo;
}

struct shifts;

/* Of the user's shifts, which may come in any order and are copied; they do not overlap. */
struct shifts *shifts_new(const struct patch_shift *user, uint32_t n);
void shifts_free(struct shifts *shifts);

/* Between begin and end of a pass each derived shift is given once more. Whether the pass changed any of them. */
void shifts_pass_begin(struct shifts *shifts);
bool shifts_pass_end(struct shifts *shifts);

/* Derived: in place of the bytes [off, off + len) come new_len others. Met at the time `now`. */
void shifts_derive(struct shifts *shifts, uint64_t off, uint64_t len, uint64_t new_len,
                   uint64_t now);

/* A field that takes these bits is met at the time now; an array of that member that begins there (array; its end is not
 * looked at). */
void shifts_meet(struct shifts *shifts, uint32_t member, uint64_t start, uint64_t end, bool array,
                 uint64_t now);

/* How many bytes further back what lies at off is: all in front of it count, and of those that come in just there the
 * ones of arrays that begin in front of it. */
int64_t shifts_at(const struct shifts *shifts, uint64_t off);

/* How many bytes longer the bytes [off, end) of something are that was opened at the time `opened` and is closed now. */
int64_t shifts_within(const struct shifts *shifts, uint64_t off, uint64_t end, uint64_t opened);

/* How many more elements the array has that is this member and begins there (bits). */
int64_t shifts_elements(const struct shifts *shifts, uint32_t member, uint64_t start);

/* Whether all of the bits from start to end are among those that the user's edits take away; a field that gets another value
 * is not. */
bool shifts_gone(const struct shifts *shifts, uint64_t start, uint64_t end);

/* The user's, in order of place. */
uint32_t shifts_user(const struct shifts *shifts, const struct patch_shift **at);

#endif
