#include "config.h"

#include "patch/piece.h"

static void advance(struct patch_pieces *pieces) {
    pieces->comb = pieces->has_combs ? patch_edits_next_comb(&pieces->cursor) : NULL;
    if (pieces->comb) {
        struct comb_extent extent = comb_extent(pieces->comb);
        uint64_t len = extent.end - extent.off;
        pieces->splice = (struct patch_splice){.off = extent.off, .len = len, .new_len = len};
        pieces->has_splice = true;
    } else {
        pieces->has_splice = patch_edits_next(&pieces->cursor, &pieces->splice);
    }
}

static struct patch_pieces begin(const struct patch_edits *edits, bool combs) {
    struct patch_pieces pieces = {.cursor = patch_edits_from(edits, 0),
                                  .has_combs = combs,
                                  .old_size = patch_edits_old_size(edits)};
    advance(&pieces);
    return pieces;
}

struct patch_pieces patch_pieces_begin(const struct patch_edits *edits) {
    return begin(edits, false);
}

struct patch_pieces patch_pieces_begin_combs(const struct patch_edits *edits) {
    return begin(edits, true);
}

bool patch_pieces_next(struct patch_pieces *pieces, struct patch_piece *piece) {
    for (;;) {
        uint64_t until = pieces->has_splice ? pieces->splice.off : pieces->old_size;
        *piece = (struct patch_piece){.new_off = pieces->new_at, .old_off = pieces->old_at};
        if (pieces->old_at < until) {
            piece->len = until - pieces->old_at;
            pieces->old_at = until;
        } else if (pieces->has_splice) {
            piece->len = pieces->splice.new_len;
            piece->bytes = pieces->splice.bytes;
            piece->comb = pieces->comb;
            pieces->old_at += pieces->splice.len;
            advance(pieces);
        } else {
            return false;
        }
        pieces->new_at += piece->len;
        if (piece->len > 0) {
            return true;
        }
    }
}

bool patch_pieces_next_written(struct patch_pieces *pieces, struct patch_piece *piece) {
    while (patch_pieces_next(pieces, piece)) {
        if (piece->bytes || piece->comb || piece->old_off != piece->new_off) {
            return true;
        }
    }
    return false;
}
