/* Edits: what is to become of a file's bytes, as splices of the old ones.
 *
 * A splice takes a stretch of the old bytes away and puts new ones in its place; either may be empty. A set of edits keeps
 * them in order of place, none over another. Offsets are those of the old file, whatever the other edits do. New bytes are
 * copied into the set; old ones are not kept: they are read from the file when they are wanted. A million edits take little
 * memory (patch/store.h).
 *
 * An insertion (nothing goes) at the place where another splice begins comes in front of what that one puts; insertions at
 * one place stay in the order in which they were put. */
#ifndef PATCH_SPLICE_H
#define PATCH_SPLICE_H

#include <stdbool.h>
#include <stdint.h>

struct patch_splice {
    uint64_t off, len;    /* the old bytes that go */
    uint64_t new_len;     /* bytes that come in their place */
    const uint8_t *bytes; /* those; the set's own, NULL when there are none */
};

struct patch_edits;

/* Edits of a file of that many bytes. */
struct patch_edits *patch_edits_new(uint64_t old_size);
void patch_edits_free(struct patch_edits *edits); /* NULL is fine */

enum patch_put {
    PATCH_PUT_FINE,
    PATCH_PUT_CONFLICT, /* the bytes are another splice's already */
    PATCH_PUT_OUTSIDE,  /* the file has no such bytes */
    PATCH_PUT_FAILED,   /* the temporary file could not be written; errno */
};

/* Adds a splice. Later ones win over bytes that were only written over (as many came as went), and over a splice of exactly
 * the same stretch, which they replace. What overlaps a splice that changes the length otherwise, or changes the length
 * of a stretch inside of which bytes are inserted, is refused: then *other (which may be NULL) is the splice in the way, and
 * the set is as it was. */
enum patch_put patch_edits_put(struct patch_edits *edits, uint64_t off, uint64_t len,
                               const void *bytes, uint64_t new_len, struct patch_splice *other);

/* Which of many fields are written over. */
enum patch_held {
    PATCH_NOT_HELD = 0,
    PATCH_HELD = 1,
    PATCH_HELD_AGAIN = 2, /* where it is already: the bytes are those of the file */
};

/* Bytes over the same field of n elements that lie one behind the other. */
struct patch_many {
    uint64_t base, stride; /* the first element; bytes from one to the next */
    uint64_t rel;          /* of the field, from an element's start; it lies within the stride */
    uint32_t len;          /* bytes of the field, not 0 */
    uint32_t n;
    const uint8_t *held;  /* enum patch_held of each */
    const uint8_t *bytes; /* len for each, held or not */
    const uint8_t *old;   /* likewise, those of the file */
};

/* Puts them all, as if one by one in order, and in far less memory where they come in order of place: a million records
 * of which half change take five bytes each for a number of four. CONFLICT: some splice changes a length; nothing is
 * put, and they are to be put one by one. */
enum patch_put patch_edits_put_many(struct patch_edits *edits, const struct patch_many *many);

uint64_t patch_edits_count(const struct patch_edits *edits);    /* splices */
uint64_t patch_edits_old_size(const struct patch_edits *edits); /* of the file */
uint64_t patch_edits_new_size(const struct patch_edits *edits); /* of what it becomes */

/* Whether some splice has another length than what it replaces, so that bytes move (the size may be the same). */
bool patch_edits_move(const struct patch_edits *edits);

/* Splices in order:
 *
 *     struct patch_cursor cursor = patch_edits_from(edits, 0);
 *     struct patch_splice splice;
 *     while (patch_edits_next(&cursor, &splice)) use(&splice);
 *
 * A cursor is good until the next put. */
struct patch_cursor {
    const struct patch_edits *edits;
    uint32_t block, at;
};

struct comb;

/* At the first splice that touches the old byte at off or lies behind it. */
struct patch_cursor patch_edits_from(const struct patch_edits *edits, uint64_t off);
bool patch_edits_next(struct patch_cursor *cursor, struct patch_splice *splice);

/* Where the next splices are those of a comb (patch/comb.h): that, and the cursor goes on behind it; else NULL. */
const struct comb *patch_edits_next_comb(struct patch_cursor *cursor);

/* The next splice that is in no comb. */
bool patch_edits_next_alone(struct patch_cursor *cursor, struct patch_splice *splice);

enum patch_side {
    PATCH_BEFORE, /* in front of what is put in there */
    PATCH_AFTER,  /* behind it */
};

/* Where the boundary in front of the old byte at off (up to the old size) lies in the new file. At a place where bytes are
 * inserted, and inside of a splice that changes its length, side decides; elsewhere it makes no difference. */
uint64_t patch_edits_map(struct patch_edits *edits, uint64_t off, enum patch_side side);

#endif
