#include "config.h"

#include "patch/commit.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "patch/attributes.h"
#include "patch/image_internal.h"
#include "patch/journal.h"
#include "patch/window.h"

/* --- a new file */

/* Gives the unnamed file the name of files that are not finished, which nobody else can have now but one who was
 * interrupted. False with errno set. */
static bool name_fresh(struct patch_image *image) {
    const struct patch_target *target = image->target;
    const struct sys *sys = target->request.sys;
    char unnamed[32];
    snprintf(unnamed, sizeof unnamed, "/proc/self/fd/%d", image->fd);
    int failed = sys->link(unnamed, target->fresh);
    if (failed && errno == EEXIST) {
        failed = sys->unlink(target->fresh) != 0 || sys->link(unnamed, target->fresh) != 0;
    }
    image->has_name = !failed;
    return !failed;
}

/* Puts the new file in the place of the old one. */
static bool rename_fresh(struct patch_image *image, struct patch_problem *problem) {
    const struct patch_target *target = image->target;
    const char *path = target->request.path;
    if (!image->has_name && !name_fresh(image)) {
        return patch_fail(problem, PATCH_RENAME, path, errno);
    }
    if (!patch_target_same(target, problem)) {
        return false;
    }
    if (target->request.sys->rename(target->fresh, target->goal) != 0) {
        return patch_fail(problem, PATCH_RENAME, path, errno);
    }
    image->has_name = false;
    return true;
}

/* Takes the first of the two names of an output away. */
static bool drop_fresh(struct patch_image *image, struct patch_problem *problem) {
    const struct patch_target *target = image->target;
    const struct sys *sys = target->request.sys;
    if (sys->unlink(target->fresh) != 0) {
        int error = errno;
        sys->unlink(target->goal);
        return patch_fail(problem, PATCH_RENAME, target->request.output, error);
    }
    image->has_name = false;
    return true;
}

/* Gives the new file a name that nothing has. */
static bool link_output(struct patch_image *image, struct patch_problem *problem) {
    const struct patch_target *target = image->target;
    const struct sys *sys = target->request.sys;
    char unnamed[32];
    snprintf(unnamed, sizeof unnamed, "/proc/self/fd/%d", image->fd);
    if (sys->link(image->has_name ? target->fresh : unnamed, target->goal) == 0) {
        return !image->has_name || drop_fresh(image, problem);
    }
    if (errno == EEXIST) {
        return patch_fail(problem, PATCH_EXISTS, target->request.output, 0);
    }
    /* a file system without hard links */
    int error = errno;
    if (!image->has_name || access(target->goal, F_OK) == 0 ||
        sys->rename(target->fresh, target->goal) != 0) {
        return patch_fail(problem, PATCH_RENAME, target->request.output, error);
    }
    image->has_name = false;
    return true;
}

static bool commit_fresh(struct patch_image *image, struct patch_problem *problem) {
    const struct patch_target *target = image->target;
    const struct sys *sys = target->request.sys;
    const char *path = target->request.path;
    if (!patch_attributes_copy(image->fd, target)) {
        return patch_fail(problem, PATCH_METADATA, path, errno);
    }
    if (sys->fsync(image->fd) != 0) {
        return patch_fail(problem, PATCH_WRITE_NEW, path, errno);
    }
    bool is_new = target->request.how == PATCH_OUTPUT && !target->request.replace_output;
    if (!(is_new ? link_output(image, problem) : rename_fresh(image, problem))) {
        return false;
    }
    return sys_sync_folder(sys, target->folder) ||
           patch_fail(problem, PATCH_SYNC, is_new ? target->request.output : path, errno);
}

/* --- in place */

/* Writes what changes where no bytes move; false with errno set, or *same: what goes is not what was there when the edits were
 * made. */
static bool write_over(struct patch_window *window, const struct patch_image *image, bool *same) {
    struct patch_pieces pieces = patch_pieces_begin_combs(image->edits);
    struct patch_piece piece;
    while (patch_pieces_next_written(&pieces, &piece)) {
        bool fine = piece.comb ? patch_window_put_comb(window, piece.new_off, window->between.at,
                                                       piece.comb, same)
                               : patch_window_put(window, piece.new_off, piece.bytes, piece.len);
        if (!fine) {
            return false;
        }
    }
    return patch_window_flush(window);
}

/* Writes what changes and what moves. */
static bool write_moved(struct patch_window *window, const struct patch_image *image,
                        struct input *moved) {
    struct patch_pieces pieces = patch_pieces_begin(image->edits);
    struct patch_piece piece;
    while (patch_pieces_next_written(&pieces, &piece)) {
        const uint8_t *bytes = piece.bytes ? piece.bytes : input_data(moved) + piece.new_off;
        if (!patch_window_put(window, piece.new_off, bytes, piece.len)) {
            return false;
        }
    }
    return patch_window_flush(window);
}

/* Writes the file and makes it durable; false with errno set. moved: the image, where bytes move. Where somebody else
 * changed what goes, *changed, and all from *untouched on, if not 0, is as it was; 0: all is. */
static bool write_file(struct patch_image *image, struct input *moved, bool *changed,
                       uint64_t *untouched) {
    const struct patch_target *target = image->target;
    const struct sys *sys = target->request.sys;
    uint64_t old_size = patch_edits_old_size(image->edits);
    uint64_t new_size = patch_edits_new_size(image->edits);
    struct patch_window window;
    struct bytes old = bytes_of(input_data(target->input), (size_t)old_size);
    bool same = true;
    patch_window_begin(&window, sys, target->fd, old);
    bool fine = (moved ? write_moved(&window, image, moved) : write_over(&window, image, &same)) &&
                (new_size == old_size || sys->ftruncate(target->fd, (off_t)new_size) == 0) &&
                sys->fsync(target->fd) == 0;
    int error = errno;
    *changed = !same;
    *untouched = window.has_written ? window.off : 0;
    patch_window_end(&window);
    errno = error;
    return fine;
}

static struct patch_left left_of(const struct patch_image *image) {
    const struct patch_target *target = image->target;
    return (struct patch_left){.path = target->request.path,
                               .real = target->real,
                               .journal = target->journal,
                               .folder = target->folder,
                               .sys = target->request.sys};
}

/* The change failed on its way: the old bytes come back, or the journal stays. */
static bool give_up(const struct patch_image *image, int error, struct patch_problem *problem) {
    struct patch_left left = left_of(image);
    patch_journal_roll_back(&left, problem);
    return patch_fail(problem, left.was_half ? PATCH_WRITE : PATCH_HALF, left.path, error);
}

/* Somebody else changed the file meanwhile, which stays as it is from there on. */
static bool give_way(const struct patch_image *image, uint64_t untouched,
                     struct patch_problem *problem) {
    struct patch_left left = left_of(image);
    left.untouched = untouched;
    left.act = untouched ? PATCH_ROLL_BACK_OWN : PATCH_DISCARD;
    patch_journal_roll_back(&left, problem);
    return patch_fail(problem, left.was_half ? PATCH_CHANGED : PATCH_HALF, left.path, 0);
}

static bool commit_in_place(struct patch_image *image, struct patch_problem *problem) {
    const struct patch_target *target = image->target;
    struct input *moved = NULL;
    if (target->is_device &&
        patch_edits_new_size(image->edits) != patch_edits_old_size(image->edits)) {
        return patch_fail(problem, PATCH_DEVICE_SIZE, target->request.path, 0);
    }
    if (patch_edits_move(image->edits) && !(moved = patch_image_input(image, problem))) {
        return false;
    }
    if (!patch_journal_write(target, image->edits, problem)) {
        return false;
    }
    bool changed;
    uint64_t untouched;
    if (!write_file(image, moved, &changed, &untouched)) {
        int error = errno;
        return changed ? give_way(image, untouched, problem) : give_up(image, error, problem);
    }
    const struct timespec times[2] = {target->status.st_atim, target->status.st_mtim};
    if (target->request.keep_times && target->request.sys->futimens(target->fd, times) != 0) {
        return give_up(image, errno, problem);
    }
    if (!patch_journal_remove(target, problem)) {
        return problem->what == PATCH_SYNC ? false : give_up(image, problem->error, problem);
    }
    return true;
}

bool patch_commit(struct patch_image *image, struct patch_problem *problem) {
    const struct patch_target *target = image->target;
    if (image->is_fresh && !patch_image_make(image, problem)) {
        return false;
    }
    if (!patch_target_same(target, problem)) {
        return false;
    }
    bool looks = target->request.how == PATCH_IN_PLACE && !patch_edits_move(image->edits);
    if (patch_image_sum(target, image->edits) != image->old_sum ||
        (!looks && !patch_image_combs_same(target, image->edits))) {
        return patch_fail(problem, PATCH_CHANGED, target->request.path, 0);
    }
    switch (target->request.how) {
    case PATCH_REPLACE:
    case PATCH_OUTPUT:
        return commit_fresh(image, problem);
    case PATCH_IN_PLACE:
        return commit_in_place(image, problem);
    case PATCH_PLAN:
        break;
    }
    return true;
}
