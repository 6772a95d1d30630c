/* Pieces: the new file from front to back, as stretches of the old one and new bytes. */
#ifndef PATCH_PIECE_H
#define PATCH_PIECE_H

#include "patch/comb.h"
#include "patch/splice.h"

struct patch_piece {
    uint64_t new_off, len;   /* where it lies in the new file; never empty */
    const uint8_t *bytes;    /* new bytes; NULL: it is a stretch of the old file */
    uint64_t old_off;        /* of that stretch; of new bytes: where they were put */
    const struct comb *comb; /* what lies over the stretch; NULL: nothing */
};

struct patch_pieces {
    struct patch_cursor cursor;
    struct patch_splice splice; /* the next one */
    bool has_splice;
    bool has_combs;          /* combs are pieces */
    const struct comb *comb; /* that the next splice is all of, or NULL */
    uint64_t old_size;
    uint64_t old_at, new_at;
};

/* Begins at the front; good until the next put. */
struct patch_pieces patch_pieces_begin(const struct patch_edits *edits);

/* The same; a comb is one piece. */
struct patch_pieces patch_pieces_begin_combs(const struct patch_edits *edits);
bool patch_pieces_next(struct patch_pieces *pieces, struct patch_piece *piece);

/* The next one that is not a stretch of the old file at its old place: what must be written into the old file. */
bool patch_pieces_next_written(struct patch_pieces *pieces, struct patch_piece *piece);

#endif
