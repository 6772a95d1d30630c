/* Journal: the old bytes of what a change in place writes over, in a file beside the one that is changed.
 *
 * It is whole and durable before the first byte is written, and removed when the last one is durable: its removal is
 * the commit. A journal that is not whole means that nothing was written yet. Rolling back puts the old bytes and the
 * old size back; that may be interrupted and done again. Numbers are little-endian:
 *
 *     header, 80 bytes                                    records, one behind the other
 *     0   8   "sndjrnl\n"                                 0   8   offset
 *     8   4   version                                     8   8   length
 *     12  4   0                                           16      the old bytes
 *     16  8   inode of the file
 *     24  8   its size before
 *     32  8   and after the change
 *     40  8   records
 *     48  8   bytes of them all
 *     56  8   CRC-64/XZ of them all
 *     64  8   0
 *     72  8   CRC-64/XZ of the header in front of it
 *
 * Version 2 has records of bytes at even distances, too: of the same field of many elements. Of their length the highest bit is
 * set:
 *
 *     0   8   offset of the first field
 *     8   8   2^63 + the bytes behind this
 *     16  8   from one field to the next
 *     24  4   bytes of a field
 *     28  4   fields
 *     32      a bit for each, the lowest of a byte first: whether it has old bytes; up to a whole byte
 *             the old bytes of those that have */
#ifndef PATCH_JOURNAL_H
#define PATCH_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "io/sys.h"
#include "patch/piece.h"
#include "patch/problem.h"
#include "patch/target.h"

/* Writes the journal of a change and makes it durable. On failure there is none. What combs change, where no bytes move, is in it
 * as the file had it when they were put. */
bool patch_journal_write(const struct patch_target *target, const struct patch_edits *edits,
                         struct patch_problem *problem);

/* Removes it for good: the change is committed. */
bool patch_journal_remove(const struct patch_target *target, struct patch_problem *problem);

/* Where a journal may have been left. */
struct patch_left {
    const char *path; /* the file's, for messages */
    const char *real; /* without symbolic links */
    const char *journal, *folder;
    const struct sys *sys;
    enum patch_left_act act;
    uint64_t untouched; /* not 0: nothing from there on was written, and it stays as it is */
    bool
        was_half; /* set: there was one, and the file has its old bytes again (or not: PATCH_DISCARD) */
};

/* Takes back what was left half done, if anything was, and removes the journal. The file must be locked. */
bool patch_journal_roll_back(struct patch_left *left, struct patch_problem *problem);

#endif
