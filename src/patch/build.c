#include "config.h"

#include "patch/build.h"

#include <errno.h>

#include "patch/window.h"

/* Shorter stretches of the old file are copied by way of the window. */
enum { COPY_MIN = 256 * 1024 };

/* The most that one call copies, so that it ends. */
#define COPY_MAX ((uint64_t)1 << 30)

struct build {
    const struct patch_target *target;
    struct patch_window window;
    bool copies; /* the system copies from file to file */
};

static struct bytes old_bytes(const struct patch_target *target) {
    return bytes_of(input_data(target->input), (size_t)input_size(target->input));
}

static bool shares(const struct build *build) {
    return build->target->fd >= 0 && !build->target->is_device;
}

/* Puts new bytes, or a comb. */
static bool put_piece(struct build *build, const struct patch_piece *piece) {
    const uint8_t *old = input_data(build->target->input);
    return piece->comb
               ? patch_window_put_comb(&build->window, piece->new_off, old, piece->comb, NULL)
               : patch_window_put(&build->window, piece->new_off, piece->bytes, piece->len);
}

/* Writes new bytes over those of a clone. */
static bool write_over(struct build *build, const struct patch_edits *edits) {
    struct patch_pieces pieces = patch_pieces_begin_combs(edits);
    struct patch_piece piece;
    while (patch_pieces_next_written(&pieces, &piece)) {
        if (!put_piece(build, &piece)) {
            return false;
        }
    }
    return true;
}

/* As many bytes of the stretch as the system copies by itself; false with errno set when what it said is no refusal. */
static bool copy_stretch(struct build *build, struct patch_piece *piece) {
    const struct sys *sys = build->window.sys;
    while (build->copies && piece->len > 0) {
        off_t from = (off_t)piece->old_off, to = (off_t)piece->new_off;
        size_t len = (size_t)(piece->len < COPY_MAX ? piece->len : COPY_MAX);
        ssize_t n = sys->copy(build->target->fd, &from, build->window.fd, &to, len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && (errno == ENOSPC || errno == EIO || errno == EDQUOT || errno == EFBIG)) {
            return false;
        }
        if (n <= 0) {
            build->copies = false;
            return true;
        }
        piece->old_off += (uint64_t)n;
        piece->new_off += (uint64_t)n;
        piece->len -= (uint64_t)n;
    }
    return true;
}

static bool write_stretch(struct build *build, struct patch_piece piece) {
    if (build->copies && piece.len >= COPY_MIN &&
        (!patch_window_flush(&build->window) || !copy_stretch(build, &piece))) {
        return false;
    }
    return patch_window_put(&build->window, piece.new_off,
                            input_data(build->target->input) + piece.old_off, piece.len);
}

static bool write_pieces(struct build *build, const struct patch_edits *edits) {
    struct patch_pieces pieces = patch_pieces_begin_combs(edits);
    struct patch_piece piece;
    while (patch_pieces_next(&pieces, &piece)) {
        bool fine =
            piece.bytes || piece.comb ? put_piece(build, &piece) : write_stretch(build, piece);
        if (!fine) {
            return false;
        }
    }
    return true;
}

bool patch_build(int fd, const struct patch_target *target, const struct patch_edits *edits) {
    struct build build = {.target = target};
    const struct sys *sys = target->request.sys;
    build.copies = shares(&build);
    bool is_clone = build.copies && !patch_edits_move(edits) && sys->clone(fd, target->fd) == 0;
    patch_window_begin(&build.window, sys, fd, is_clone ? old_bytes(target) : bytes_of(NULL, 0));
    bool fine = (is_clone ? write_over(&build, edits) : write_pieces(&build, edits)) &&
                patch_window_flush(&build.window);
    int error = errno;
    patch_window_end(&build.window);
    errno = error;
    return fine;
}
