#include "config.h"

#include "patch/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "patch/journal.h"

/* How often a file that somebody else puts a new one in place of is opened again. */
enum { OPEN_AGAIN = 8 };

static bool writes_target(const struct patch_target *target) {
    return target->request.how == PATCH_REPLACE || target->request.how == PATCH_IN_PLACE;
}

static char *join(const char *front, const char *back) {
    struct buf text = {0};
    buf_printf(&text, "%s%s", front, back);
    char *joined = mem_strdup(buf_text(&text));
    buf_free(&text);
    return joined;
}

static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    struct buf text = {0};
    buf_put(&text, slash ? path : ".", slash && slash > path ? (size_t)(slash - path) : 1);
    char *folder = mem_strdup(buf_text(&text));
    buf_free(&text);
    return folder;
}

/* Whether a file of that kind can be changed like this. */
static bool check_kind(const struct patch_target *target, struct patch_problem *problem) {
    const char *path = target->request.path;
    mode_t mode = target->status.st_mode;
    if (S_ISDIR(mode)) {
        return patch_fail(problem, PATCH_DIRECTORY, path, 0);
    }
    if (S_ISFIFO(mode) || S_ISSOCK(mode)) {
        return patch_fail(problem, PATCH_PIPE, path, 0);
    }
    if (S_ISCHR(mode)) {
        return patch_fail(problem, PATCH_CHARACTERS, path, 0);
    }
    if (S_ISBLK(mode) && target->request.how == PATCH_REPLACE) {
        return patch_fail(problem, PATCH_DEVICE, path, 0);
    }
    return true;
}

/* A folder's owner could replace a file that is not to be written, and root could write it: neither was asked for. */
static bool check_permission(const struct patch_target *target, struct patch_problem *problem) {
    const char *path = target->request.path;
    if (!writes_target(target)) {
        return true;
    }
    if ((target->status.st_mode & 0222) == 0 ||
        faccessat(AT_FDCWD, target->real, W_OK, AT_EACCESS) != 0) {
        return patch_fail(problem, PATCH_READ_ONLY, path, 0);
    }
    if (target->request.how == PATCH_REPLACE && target->status.st_nlink > 1) {
        return patch_fail(problem, PATCH_LINKS, path, 0);
    }
    return true;
}

/* Whether the path still leads to the file that is open. */
static bool is_there(const struct patch_target *target) {
    struct stat now;
    return stat(target->real, &now) == 0 && now.st_dev == target->status.st_dev &&
           now.st_ino == target->status.st_ino;
}

static int open_as(const struct patch_target *target, int access) {
    int fd;
    do {
        fd = target->request.sys->open(target->real, access | O_CLOEXEC | O_NOCTTY, 0);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

/* Locks the file. Over a network that takes a descriptor to write to, which for others would be too much: a program that
 * runs can be replaced, not written. False with errno set. */
static bool lock_file(struct patch_target *target) {
    while (target->request.sys->flock(target->fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EBADF && target->request.how == PATCH_REPLACE) {
            int fd = open_as(target, O_RDWR);
            close(target->fd);
            target->fd = fd;
            return fd >= 0 && target->request.sys->flock(fd, LOCK_EX | LOCK_NB) == 0;
        }
        if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

static bool lock(struct patch_target *target, struct patch_problem *problem) {
    if (lock_file(target)) {
        return true;
    }
    bool is_busy = errno == EWOULDBLOCK;
    return patch_fail(problem, is_busy ? PATCH_BUSY : PATCH_LOCK, target->request.path,
                      is_busy ? 0 : errno);
}

/* Opens and locks what the path leads to; *again is set where it leads elsewhere by then. */
static bool open_once(struct patch_target *target, bool *again, struct patch_problem *problem) {
    const char *path = target->request.path;
    *again = false;
    if (stat(target->real, &target->status) != 0) {
        return patch_fail(problem, PATCH_OPEN, path, errno);
    }
    if (!check_kind(target, problem) || !check_permission(target, problem)) {
        return false;
    }
    target->fd = open_as(target, target->request.how == PATCH_IN_PLACE ? O_RDWR : O_RDONLY);
    if (target->fd < 0 || fstat(target->fd, &target->status) != 0) {
        return patch_fail(problem, PATCH_OPEN, path, errno);
    }
    if (!check_kind(target, problem) || (writes_target(target) && !lock(target, problem))) {
        return false;
    }
    if (fstat(target->fd, &target->status) != 0) {
        return patch_fail(problem, PATCH_OPEN, path, errno);
    }
    *again = !is_there(target);
    return true;
}

static bool open_file(struct patch_target *target, struct patch_problem *problem) {
    for (int i = 0; i < OPEN_AGAIN; i++) {
        bool again;
        if (!open_once(target, &again, problem)) {
            return false;
        }
        if (!again) {
            return true;
        }
        close(target->fd);
        target->fd = -1;
    }
    return patch_fail(problem, PATCH_BUSY, target->request.path, 0);
}

/* What an interrupted change left is taken back, or (where nothing may be written) in the way. */
static bool settle(struct patch_target *target, struct patch_problem *problem) {
    if (access(target->journal, F_OK) != 0) {
        return true;
    }
    if (!writes_target(target)) {
        return patch_fail(problem, PATCH_LEFT, target->request.path, 0);
    }
    struct patch_left left = {.path = target->request.path,
                              .real = target->real,
                              .journal = target->journal,
                              .folder = target->folder,
                              .sys = target->request.sys,
                              .act = target->request.left};
    if (!patch_journal_roll_back(&left, problem)) {
        return false;
    }
    target->rolled_back = left.was_half;
    return true;
}

static bool check_output(const struct patch_target *target, struct patch_problem *problem) {
    const struct patch_request *request = &target->request;
    struct stat status;
    if (request->how != PATCH_OUTPUT || !request->output || stat(request->output, &status) != 0) {
        return true;
    }
    if (target->real && status.st_dev == target->status.st_dev &&
        status.st_ino == target->status.st_ino) {
        return patch_fail(problem, PATCH_SAME, request->output, 0);
    }
    if (!S_ISREG(status.st_mode)) {
        return patch_fail(problem, PATCH_NO_FILE, request->output, 0);
    }
    return request->replace_output || patch_fail(problem, PATCH_EXISTS, request->output, 0);
}

static void name_goal(struct patch_target *target) {
    const struct patch_request *request = &target->request;
    const char *goal = request->how == PATCH_OUTPUT ? request->output : target->real;
    if (goal) {
        /* an output that is a symbolic link stays one, too */
        char *there = realpath(goal, NULL);
        target->goal = mem_strdup(there ? there : goal);
        free(there);
        target->folder = folder_of(target->goal);
        target->fresh = join(target->goal, PATCH_FRESH_SUFFIX);
    }
}

static void identify(struct patch_target *target) {
    target->identity = (struct patch_identity){.device = target->status.st_dev,
                                               .inode = target->status.st_ino,
                                               .size = input_size(target->input),
                                               .modified = target->status.st_mtim};
    target->is_device = S_ISBLK(target->status.st_mode);
}

static bool open_named(struct patch_target *target, struct patch_problem *problem) {
    char *real = realpath(target->request.path, NULL);
    if (!real) {
        return patch_fail(problem, PATCH_OPEN, target->request.path, errno);
    }
    target->real = mem_strdup(real);
    free(real);
    target->journal = join(target->real, PATCH_JOURNAL_SUFFIX);
    name_goal(target);
    if (!open_file(target, problem) || !settle(target, problem)) {
        return false;
    }
    target->input = fstat(target->fd, &target->status) == 0
                        ? input_descriptor(target->request.path, target->fd)
                        : NULL;
    return target->input || patch_fail(problem, PATCH_OPEN, target->request.path, errno);
}

static bool open_standard(struct patch_target *target, struct patch_problem *problem) {
    if (writes_target(target)) {
        return patch_fail(problem, PATCH_PIPE, "-", 0);
    }
    name_goal(target);
    target->input = input_open("-");
    return target->input || patch_fail(problem, PATCH_OPEN, "-", errno);
}

struct patch_target *patch_target_open(const struct patch_request *request,
                                       struct patch_problem *problem) {
    struct patch_target *target = mem_zalloc(1, sizeof *target);
    target->request = *request;
    target->fd = -1;
    bool fine = strcmp(request->path, "-") == 0 ? open_standard(target, problem)
                                                : open_named(target, problem);
    if (!fine || !check_output(target, problem)) {
        patch_target_close(target);
        return NULL;
    }
    identify(target);
    return target;
}

void patch_target_close(struct patch_target *target) {
    if (!target) {
        return;
    }
    input_close(target->input);
    if (target->fd >= 0) {
        close(target->fd);
    }
    mem_free(target->real);
    mem_free(target->goal);
    mem_free(target->folder);
    mem_free(target->fresh);
    mem_free(target->journal);
    mem_free(target);
}

bool patch_target_same(const struct patch_target *target, struct patch_problem *problem) {
    if (target->fd < 0) {
        return true;
    }
    struct stat now;
    const struct patch_identity *identity = &target->identity;
    bool is_same = fstat(target->fd, &now) == 0 && is_there(target) &&
                   (target->is_device || ((uint64_t)now.st_size == identity->size &&
                                          now.st_mtim.tv_sec == identity->modified.tv_sec &&
                                          now.st_mtim.tv_nsec == identity->modified.tv_nsec));
    return is_same || patch_fail(problem, PATCH_CHANGED, target->request.path, 0);
}

bool patch_target_remove_left(const struct patch_target *target, struct patch_problem *problem) {
    const struct sys *sys = target->request.sys;
    int fd = sys->open(target->fresh, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd < 0 && errno == ENOENT) {
        return true;
    }
    bool is_free =
        fd >= 0 && sys->flock(fd, LOCK_EX | LOCK_NB) == 0 && sys->unlink(target->fresh) == 0;
    int error = errno;
    if (fd >= 0) {
        close(fd);
    }
    if (is_free) {
        return true;
    }
    bool is_busy = error == EWOULDBLOCK;
    return patch_fail(problem, is_busy ? PATCH_BUSY : PATCH_TEMPORARY, target->request.path,
                      is_busy ? 0 : error);
}

bool patch_target_is_left(const char *path) {
    char first; /* beside a file that is no link, the journal is where the path says */
    bool plain = readlink(path, &first, 1) < 0 && errno == EINVAL;
    char *real = plain ? NULL : realpath(path, NULL);
    if (!plain && !real) {
        return false;
    }
    char *journal = join(plain ? path : real, PATCH_JOURNAL_SUFFIX);
    bool is_left = access(journal, F_OK) == 0;
    mem_free(journal);
    free(real);
    return is_left;
}
