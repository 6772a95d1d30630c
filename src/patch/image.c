#include "config.h"

#include "patch/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/crc.h"
#include "base/mem.h"
#include "io/temporary.h"
#include "patch/build.h"
#include "patch/comb.h"
#include "patch/image_internal.h"

/* What a private map may cost in changed pages; with more, a temporary file takes its place. */
enum { PRIVATE_MAX = 32 << 20 };

uint64_t patch_image_sum(const struct patch_target *target, const struct patch_edits *edits) {
    const struct crc_model *model = crc_named(CRC_64_XZ);
    struct crc_table *table = mem_alloc(sizeof *table);
    crc_table_make(table, model);
    uint64_t reg = crc_begin(model);
    struct patch_cursor cursor = patch_edits_from(edits, 0);
    struct patch_splice splice;
    while (patch_edits_next_alone(&cursor, &splice)) {
        struct bytes old = bytes_of(input_data(target->input) + splice.off, (size_t)splice.len);
        reg = crc_update(table, reg, old);
    }
    mem_free(table);
    return crc_end(model, reg);
}

bool patch_image_combs_same(const struct patch_target *target, const struct patch_edits *edits) {
    struct patch_cursor cursor = patch_edits_from(edits, 0);
    struct patch_splice splice;
    const struct comb *comb;
    while ((comb = patch_edits_next_comb(&cursor)) || patch_edits_next(&cursor, &splice)) {
        if (comb && !comb_is_same(comb, input_data(target->input))) {
            return false;
        }
    }
    return true;
}

/* Whether an unnamed file can be given a name later. */
static bool can_name(int fd) {
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return access(name, F_OK) == 0;
}

static bool open_fresh(struct patch_image *image, struct patch_problem *problem) {
    const struct patch_target *target = image->target;
    const struct sys *sys = target->request.sys;
#ifdef O_TMPFILE
    image->fd = sys->open(target->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (image->fd >= 0 && can_name(image->fd)) {
        return true;
    }
    if (image->fd >= 0) {
        close(image->fd);
    }
#endif
    int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
    image->fd = sys->open(target->fresh, flags, 0600);
    if (image->fd < 0 && errno == EEXIST) {
        if (!patch_target_remove_left(target, problem)) {
            return false;
        }
        image->fd = sys->open(target->fresh, flags, 0600);
    }
    if (image->fd < 0) {
        return patch_fail(problem, PATCH_TEMPORARY, target->request.path, errno);
    }
    image->has_name = true;
    if (sys->flock(image->fd, LOCK_EX | LOCK_NB) != 0) {
        return patch_fail(problem, PATCH_LOCK, target->request.path, errno);
    }
    return true;
}

/* Whether the pages that edits touch are few enough for a private map. */
static bool fits_private_map(const struct patch_edits *edits) {
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t touched = 0, last = UINT64_MAX;
    struct patch_cursor cursor = patch_edits_from(edits, 0);
    struct patch_splice splice;
    while (touched * page <= PRIVATE_MAX && patch_edits_next(&cursor, &splice)) {
        uint64_t first = splice.off / page, end = (splice.off + splice.len + page - 1) / page;
        touched += end - first - (first == last);
        last = end - 1;
    }
    return touched * page <= PRIVATE_MAX;
}

/* Whether the image must be a file. */
static bool needs_file(const struct patch_image *image) {
    const struct patch_target *target = image->target;
    return target->fd < 0 || patch_edits_move(image->edits) || !fits_private_map(image->edits);
}

static bool make_file(struct patch_image *image, struct patch_problem *problem) {
    const struct patch_target *target = image->target;
    bool is_plan = target->request.how == PATCH_PLAN;
    if (image->is_fresh) {
        if (!open_fresh(image, problem)) {
            return false;
        }
    } else {
        /* a plan needs no right to write where the file lies; a change in place has it, and the disk that fits */
        image->fd = temporary_open(is_plan || target->is_device ? NULL : target->folder);
        if (image->fd < 0) {
            return patch_fail(problem, PATCH_TEMPORARY, target->request.path, errno);
        }
    }
    return patch_build(image->fd, target, image->edits) ||
           patch_fail(problem, PATCH_WRITE_NEW, target->request.path, errno);
}

struct patch_image *patch_image_new(const struct patch_target *target,
                                    const struct patch_edits *edits,
                                    struct patch_problem *problem) {
    struct patch_image *image = mem_zalloc(1, sizeof *image);
    image->target = target;
    image->edits = edits;
    image->fd = -1;
    image->is_fresh = target->request.how == PATCH_REPLACE ||
                      (target->request.how == PATCH_OUTPUT && target->request.output);
    image->old_sum = patch_image_sum(target, edits);
    uint64_t lost;
    if (input_lost(target->input, &lost)) {
        patch_fail(problem, PATCH_CHANGED, target->request.path, 0);
        patch_image_free(image);
        return NULL;
    }
    return image;
}

bool patch_image_make(struct patch_image *image, struct patch_problem *problem) {
    const struct patch_target *target = image->target;
    uint64_t lost;
    if (image->is_made) {
        return true;
    }
    if ((image->is_fresh || needs_file(image)) && !make_file(image, problem)) {
        return false;
    }
    if (input_lost(target->input, &lost)) {
        return patch_fail(problem, PATCH_CHANGED, target->request.path, 0);
    }
    image->is_made = true;
    return true;
}

void patch_image_free(struct patch_image *image) {
    if (!image) {
        return;
    }
    input_close(image->input);
    if (image->map) {
        munmap(image->map, image->map_len);
    }
    if (image->has_name) {
        image->target->request.sys->unlink(image->target->fresh);
    }
    if (image->fd >= 0) {
        close(image->fd);
    }
    mem_free(image);
}

/* Puts the new bytes into the private map of the old file. */
static void poke(struct patch_image *image) {
    struct patch_cursor cursor = patch_edits_from(image->edits, 0);
    struct patch_splice splice;
    while (patch_edits_next(&cursor, &splice)) {
        memcpy(image->map + splice.off, splice.bytes, (size_t)splice.len);
    }
}

static bool map(struct patch_image *image) {
    const struct patch_target *target = image->target;
    uint64_t size = patch_edits_new_size(image->edits);
    if (size == 0) {
        return true;
    }
    bool is_private = image->fd < 0;
    void *at = mmap(NULL, (size_t)size, is_private ? PROT_READ | PROT_WRITE : PROT_READ,
                    MAP_PRIVATE, is_private ? target->fd : image->fd, 0);
    if (at == MAP_FAILED) {
        return false;
    }
    image->map = at;
    image->map_len = (size_t)size;
    if (is_private) {
        poke(image);
    }
    return true;
}

struct input *patch_image_input(struct patch_image *image, struct patch_problem *problem) {
    if (!image->input) {
        if (!patch_image_make(image, problem)) {
            return NULL;
        }
        if (!map(image)) {
            patch_fail(problem, PATCH_MAP, image->target->request.path, errno);
            return NULL;
        }
        image->input =
            input_memory(image->target->request.path, bytes_of(image->map, image->map_len));
    }
    return image->input;
}
