/* Changes that are interrupted: at each of the calls by which files are changed, in each way there is (the call fails, the
 * process is killed, the power fails and what was not made durable is lost), the file must be the old one or the new one
 * afterwards, byte for byte, and nothing else may be left.
 *
 * The table of calls goes wrong at the n-th call, in a child where that ends the process; then the parent recovers and looks.
 * Power failing: every write, length and name that was not followed by its fsync is taken back with even odds; names in order
 * from the end. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "../unit/check.h"
#include "io/input.h"
#include "patch/commit.h"
#include "patch/recover.h"

enum fault {
    FAULT_NONE,
    FAULT_ERROR,  /* the call fails once */
    FAULT_FULL,   /* the disk is full from there on */
    FAULT_BROKEN, /* nothing that makes bytes durable works from there on, nor do writes */
    FAULT_SHORT,  /* it writes less than it was told */
    FAULT_KILL,   /* the process is killed, a write being done by half */
    FAULT_POWER,  /* the power fails */
};

/* A call that is not durable yet. */
struct pending {
    enum { PENDING_WRITE, PENDING_LENGTH, PENDING_MADE, PENDING_GONE, PENDING_RENAMED } kind;
    int fd; /* of the file, our own */
    ino_t inode;
    uint64_t off, len; /* the stretch, or the length before */
    uint8_t *old;      /* its bytes, or those that were cut off */
    char *name, *other;
    int stash; /* number of the link that holds what had the name; -1: none */
};

/* What goes wrong; the calls of the table have no other way to know. */
static struct {
    enum fault fault;
    int error;
    long at, calls;
    bool no_unnamed; /* a file system without O_TMPFILE */
    bool no_links;   /* nor hard links */
    const char *stash;
    unsigned seed;
    int stashed;
    struct pending pending[4096];
    int n;
} world;

/* --- power failing */

static bool is_lost(void) {
    return rand() % 2;
}

static void stash_name(char *out, size_t room, int number) {
    snprintf(out, room, "%s/%d", world.stash, number);
}

/* Keeps what has that name. */
static int keep(const char *name) {
    char link_name[256];
    stash_name(link_name, sizeof link_name, world.stashed);
    return link(name, link_name) == 0 ? world.stashed++ : -1;
}

static void bring_back(int number, const char *name) {
    char link_name[256];
    stash_name(link_name, sizeof link_name, number);
    if (number >= 0 && link(link_name, name) != 0) {
        abort();
    }
}

static struct pending *note(int kind, int fd) {
    struct stat status = {0};
    if (world.fault != FAULT_POWER) {
        return NULL;
    }
    if (fd >= 0) {
        fstat(fd, &status);
    }
    if (world.n == (int)(sizeof world.pending / sizeof *world.pending)) {
        abort();
    }
    struct pending *pending = &world.pending[world.n++];
    *pending = (struct pending){.kind = kind, .fd = fd >= 0 ? dup(fd) : -1, .inode = status.st_ino};
    return pending;
}

/* The bytes of a stretch; zeros where the file has none yet, as after a length that lasted when its bytes did not. */
static void note_bytes(struct pending *pending, uint64_t off, uint64_t len) {
    pending->off = off;
    pending->len = len;
    pending->old = calloc(1, len + 1);
    if (pread(pending->fd, pending->old, len, (off_t)off) < 0) {
        abort();
    }
}

static void note_name(int kind, const char *name, const char *other) {
    struct pending *pending = note(kind, -1);
    if (pending) {
        pending->name = strdup(name);
        pending->other = other ? strdup(other) : NULL;
        pending->stash = kind == PENDING_MADE ? -1 : keep(other ? other : name);
    }
}

static void take_back(const struct pending *pending) {
    switch (pending->kind) {
    case PENDING_WRITE:
    case PENDING_LENGTH:
        if (pending->kind == PENDING_LENGTH && ftruncate(pending->fd, (off_t)pending->off) != 0) {
            abort();
        }
        if (pwrite(pending->fd, pending->old, pending->len,
                   (off_t)(pending->off - (pending->kind == PENDING_LENGTH ? pending->len : 0))) <
            0) {
            abort();
        }
        break;
    case PENDING_MADE:
        unlink(pending->name);
        break;
    case PENDING_GONE:
        bring_back(pending->stash, pending->name);
        break;
    case PENDING_RENAMED:
        rename(pending->other, pending->name);
        bring_back(pending->stash, pending->other);
        break;
    }
}

static bool is_name(const struct pending *pending) {
    return pending->kind >= PENDING_MADE;
}

/* What the disk has after all. */
static void lose(void) {
    bool names = is_lost();
    for (int i = world.n - 1; i >= 0; i--) {
        const struct pending *pending = &world.pending[i];
        if (is_name(pending) ? names : is_lost()) {
            take_back(pending);
        }
        /* the names from here on are durable: a folder's changes come in order */
        names = names && (!is_name(pending) || !is_lost());
    }
}

static void settle(int fd) {
    struct stat status;
    fstat(fd, &status);
    int kept = 0;
    for (int i = 0; i < world.n; i++) {
        struct pending pending = world.pending[i];
        bool durable = S_ISDIR(status.st_mode)
                           ? is_name(&pending)
                           : !is_name(&pending) && pending.inode == status.st_ino;
        if (!durable) {
            world.pending[kept++] = pending;
        }
    }
    world.n = kept;
}

/* --- the table */

/* Whether the call goes wrong now, by failing; errno is set. */
static bool fails(bool needs_room, bool makes_durable) {
    world.calls++;
    bool now = world.calls == world.at, since = world.at > 0 && world.calls >= world.at;
    switch (world.fault) {
    case FAULT_NONE:
    case FAULT_SHORT:
        return false;
    case FAULT_ERROR:
        errno = world.error;
        return now;
    case FAULT_FULL:
        errno = ENOSPC;
        return since && needs_room;
    case FAULT_BROKEN:
        errno = EIO;
        return since && (makes_durable || needs_room);
    case FAULT_KILL:
    case FAULT_POWER:
        if (now) {
            if (world.fault == FAULT_POWER) {
                lose();
            }
            raise(SIGKILL);
        }
        return false;
    }
    return false;
}

static int sys_open(const char *path, int flags, mode_t mode) {
    if ((flags & O_TMPFILE) == O_TMPFILE && world.no_unnamed) {
        errno = EOPNOTSUPP;
        return -1;
    }
    if (fails((flags & O_CREAT) != 0, false)) {
        return -1;
    }
    int fd = open(path, flags, mode);
    if (fd >= 0 && (flags & O_CREAT)) {
        note_name(PENDING_MADE, path, NULL);
    }
    return fd;
}

static ssize_t sys_pwrite(int fd, const void *at, size_t len, off_t off) {
    bool now = world.calls + 1 == world.at;
    if (now && (world.fault == FAULT_KILL || world.fault == FAULT_SHORT) && len > 1) {
        len /= 2;
        if (pwrite(fd, at, len, off) < 0) {
            abort();
        }
        (void)fails(true, false);
        return (ssize_t)len;
    }
    if (fails(true, false)) {
        return -1;
    }
    struct pending *pending = note(PENDING_WRITE, fd);
    if (pending) {
        note_bytes(pending, (uint64_t)off, len);
    }
    return pwrite(fd, at, len, off);
}

static int sys_ftruncate(int fd, off_t len) {
    if (fails(false, true)) {
        return -1;
    }
    struct stat status;
    fstat(fd, &status);
    struct pending *pending = note(PENDING_LENGTH, fd);
    if (pending) {
        note_bytes(pending, (uint64_t)len,
                   status.st_size > len ? (uint64_t)(status.st_size - len) : 0);
        pending->off = (uint64_t)status.st_size;
    }
    return ftruncate(fd, len);
}

static int sys_fsync(int fd) {
    if (fails(false, true)) {
        return -1;
    }
    settle(fd);
    return 0; /* the machine stays up: what it would cost is of no interest */
}

static int sys_rename(const char *from, const char *to) {
    if (fails(false, false)) {
        return -1;
    }
    note_name(PENDING_RENAMED, from, to);
    return rename(from, to);
}

static int sys_link(const char *from, const char *to) {
    if (fails(true, false)) {
        return -1;
    }
    if (world.no_links) {
        errno = EPERM;
        return -1;
    }
    int failed = sys_real.link(from, to);
    if (!failed) {
        note_name(PENDING_MADE, to, NULL);
    }
    return failed;
}

static int sys_unlink(const char *path) {
    if (fails(false, false)) {
        return -1;
    }
    note_name(PENDING_GONE, path, NULL);
    return unlink(path);
}

static int sys_flock(int fd, int operation) {
    return fails(false, false) ? -1 : sys_real.flock(fd, operation);
}

static int sys_clone(int to, int from) {
    return fails(true, false) ? -1 : sys_real.clone(to, from);
}

static ssize_t sys_copy(int from, off_t *from_off, int to, off_t *to_off, size_t len) {
    if (world.fault == FAULT_POWER) {
        errno = ENOSYS; /* so that all goes by way of pwrite, which is noted */
        return -1;
    }
    return fails(true, false) ? -1 : sys_real.copy(from, from_off, to, to_off, len);
}

static int sys_fchmod(int fd, mode_t mode) {
    return fails(false, false) ? -1 : fchmod(fd, mode);
}

static int sys_fchown(int fd, uid_t owner, gid_t group) {
    return fails(false, false) ? -1 : fchown(fd, owner, group);
}

static int sys_futimens(int fd, const struct timespec times[2]) {
    return fails(false, false) ? -1 : futimens(fd, times);
}

static const struct sys faulty = {
    .open = sys_open,
    .pwrite = sys_pwrite,
    .ftruncate = sys_ftruncate,
    .fsync = sys_fsync,
    .rename = sys_rename,
    .link = sys_link,
    .unlink = sys_unlink,
    .flock = sys_flock,
    .clone = sys_clone,
    .copy = sys_copy,
    .fchmod = sys_fchmod,
    .fchown = sys_fchown,
    .futimens = sys_futimens,
};

/* --- changes */

/* A kind of change of a file of some size. */
struct change {
    const char *name;
    size_t size;
    void (*put)(struct patch_edits *edits, uint64_t size);
};

static void put_few(struct patch_edits *edits, uint64_t size) {
    for (uint64_t off = 10; off + 8 <= size; off += size / 5) {
        patch_edits_put(edits, off, 8, "newbytes", 8, NULL);
    }
}

static void put_longer(struct patch_edits *edits, uint64_t size) {
    put_few(edits, size);
    patch_edits_put(edits, 100, 3, "a longer text than that", 23, NULL);
    patch_edits_put(edits, size, 0, "and an end", 10, NULL);
}

static void put_shorter(struct patch_edits *edits, uint64_t size) {
    put_few(edits, size);
    patch_edits_put(edits, 50, 3, "", 0, NULL);
    patch_edits_put(edits, size - 200, 100, "", 0, NULL);
}

/* Bytes move to and fro, the size stays. */
static void put_shifted(struct patch_edits *edits, uint64_t size) {
    patch_edits_put(edits, 30, 0, "12345", 5, NULL);
    patch_edits_put(edits, size / 2, 5, "", 0, NULL);
}

static void put_all(struct patch_edits *edits, uint64_t size) {
    patch_edits_put(edits, 0, size, "", 0, NULL);
}

static void put_first(struct patch_edits *edits, uint64_t size) {
    patch_edits_put(edits, size, 0, "all there is", 12, NULL);
}

static uint8_t old_byte(uint64_t off) {
    return (uint8_t)(off % 251 + off / 251);
}

static void put_row(struct patch_edits *edits, struct patch_many many, uint8_t *old) {
    for (uint32_t i = 0; i < many.n * many.len; i++) {
        old[i] = old_byte(many.base + i / many.len * many.stride + many.rel + i % many.len);
    }
    patch_edits_put_many(edits, &many);
}

/* The same fields of many elements, some held, among single edits. */
static void put_rows(struct patch_edits *edits, uint64_t size) {
    uint8_t held[40], bytes[sizeof held * 4], old[sizeof bytes];
    memset(bytes, 'r', sizeof bytes);
    for (size_t i = 0; i < sizeof held; i++) {
        held[i] = i % 5 == 1 ? PATCH_NOT_HELD : PATCH_HELD;
    }
    struct patch_many many = {.base = size / 2, .stride = 13, .rel = 2, .len = 4, .n = sizeof held};
    many.held = held;
    many.bytes = bytes;
    many.old = old;
    put_row(edits, many, old);
    many.rel = 8;
    many.len = 3;
    put_row(edits, many, old);
    put_few(edits, size / 2);
    patch_edits_put(edits, size - 9, 8, "newbytes", 8, NULL);
}

static void put_rows_shorter(struct patch_edits *edits, uint64_t size) {
    put_rows(edits, size);
    patch_edits_put(edits, size / 2 - 100, 30, "", 0, NULL);
}

/* Larger than a window of writes, and than what is copied by the system. */
enum { LARGE = 5 << 18 };

static const struct change changes[] = {
    {"few bytes", 3000, put_few},       {"few bytes of a large file", LARGE, put_few},
    {"longer", 3000, put_longer},       {"longer, a large file", LARGE, put_longer},
    {"shorter", 3000, put_shorter},     {"shorter, a large file", LARGE, put_shorter},
    {"shifted", 3000, put_shifted},     {"shifted, a large file", LARGE, put_shifted},
    {"emptied", 3000, put_all},         {"an empty file", 0, put_first},
    {"rows of fields", 3000, put_rows}, {"rows of fields, some bytes go", 3000, put_rows_shorter},
};

/* --- a trial */

struct trial {
    char folder[64], stash[96], path[96], output[96];
    struct buf old, new; /* contents */
    enum patch_how how;
    const struct change *change;
};

static void write_file(const char *path, const struct buf *contents) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);
    if (fd < 0 || !sys_write_all(&sys_real, fd, contents->at, contents->len, 0)) {
        abort();
    }
    close(fd);
}

static bool has(const char *path, const struct buf *contents) {
    struct input *input = input_open(path);
    bool same = input && input_size(input) == contents->len &&
                (contents->len == 0 || memcmp(input_data(input), contents->at, contents->len) == 0);
    input_close(input);
    return same;
}

/* What the change makes of the old contents, worked out by hand of the splices in order. */
static void work_out(struct trial *trial) {
    struct patch_edits *edits = patch_edits_new(trial->old.len);
    trial->change->put(edits, trial->old.len);
    struct patch_cursor cursor = patch_edits_from(edits, 0);
    struct patch_splice splice;
    uint64_t at = 0;
    while (patch_edits_next(&cursor, &splice)) {
        buf_put(&trial->new, buf_bytes_from(&trial->old, at).at, splice.off - at);
        buf_put(&trial->new, splice.bytes, splice.new_len);
        at = splice.off + splice.len;
    }
    struct bytes rest = buf_bytes_from(&trial->old, at);
    buf_put(&trial->new, rest.at, rest.len);
    patch_edits_free(edits);
}

static void begin(struct trial *trial, const struct change *change, enum patch_how how) {
    *trial = (struct trial){.how = how, .change = change};
    snprintf(trial->folder, sizeof trial->folder, "crash-XXXXXX");
    if (!mkdtemp(trial->folder)) {
        abort();
    }
    snprintf(trial->stash, sizeof trial->stash, "%s.stash", trial->folder);
    mkdir(trial->stash, 0700);
    snprintf(trial->path, sizeof trial->path, "%s/file", trial->folder);
    snprintf(trial->output, sizeof trial->output, "%s/output", trial->folder);
    for (size_t i = 0; i < change->size; i++) {
        buf_putc(&trial->old, (char)old_byte(i));
    }
    work_out(trial);
}

static void empty_folder(const char *folder) {
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] != '.') {
            unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    closedir(dir);
}

static void end(struct trial *trial) {
    empty_folder(trial->folder);
    rmdir(trial->folder);
    empty_folder(trial->stash);
    rmdir(trial->stash);
    buf_free(&trial->old);
    buf_free(&trial->new);
}

/* How many files there are. */
static int count_files(const char *folder) {
    DIR *dir = opendir(folder);
    int n = 0;
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        n += entry->d_name[0] != '.';
    }
    closedir(dir);
    return n;
}

/* The change: 0, or 1 and the number of the problem. */
static int run_with(const struct trial *trial, const struct sys *sys) {
    struct patch_request request = {.path = trial->path,
                                    .how = trial->how,
                                    .output = trial->how == PATCH_OUTPUT ? trial->output : NULL,
                                    .keep_times = true,
                                    .sys = sys};
    struct patch_problem problem;
    struct patch_target *target = patch_target_open(&request, &problem);
    if (!target) {
        return 1 + (int)problem.what;
    }
    struct patch_edits *edits = patch_edits_new(input_size(target->input));
    trial->change->put(edits, input_size(target->input));
    struct patch_image *image = patch_image_new(target, edits, &problem);
    bool fine = image && patch_commit(image, &problem);
    patch_image_free(image);
    patch_edits_free(edits);
    patch_target_close(target);
    return fine ? 0 : 1 + (int)problem.what;
}

static int run_change(const struct trial *trial) {
    return run_with(trial, &faulty);
}

enum { KILLED = -1 };

static void set_world(const struct trial *trial, enum fault fault, int error, long at) {
    world.fault = fault;
    world.error = error;
    world.at = at;
    world.calls = 0;
    world.stash = trial->stash;
    srand(++world.seed);
}

/* Waits for a child; how it ended, or KILLED. */
static int wait_for(pid_t child) {
    int status;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) {
        CHECK_INT(WTERMSIG(status), SIGKILL);
        return KILLED;
    }
    return WEXITSTATUS(status);
}

/* Runs it with what goes wrong at the n-th call; in a child where that is the end of the process. */
static int run_faulty(const struct trial *trial, enum fault fault, int error, long at) {
    set_world(trial, fault, error, at);
    if (fault != FAULT_KILL && fault != FAULT_POWER) {
        return run_change(trial);
    }
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        _exit(run_change(trial));
    }
    return wait_for(child);
}

static void recover(const struct trial *trial) {
    struct patch_recovered recovered;
    struct patch_problem problem;
    bool fine = patch_recover(trial->path, PATCH_ROLL_BACK_OWN, &sys_real, &recovered, &problem);
    if (!fine) {
        struct buf text = {0};
        patch_problem_put(&problem, &text);
        fprintf(stderr, "%s\n", buf_text(&text));
        buf_free(&text);
    }
    CHECK(fine);
}

/* Looks at what is left; outcome: as run_change gives it. Tells which of the two contents the file has. */
static bool look(const struct trial *trial, int outcome) {
    bool half = outcome == 1 + PATCH_HALF;
    bool killed = outcome == KILLED;
    if (!half && !killed) {
        bool is_new = outcome == 0 || outcome == 1 + PATCH_SYNC;
        bool has_output = trial->how == PATCH_OUTPUT && is_new;
        CHECK(has(trial->path, is_new && trial->how != PATCH_OUTPUT ? &trial->new : &trial->old));
        CHECK_INT(count_files(trial->folder), has_output ? 2 : 1);
        CHECK(!has_output || has(trial->output, &trial->new));
    }
    recover(trial);
    bool is_old = has(trial->path, &trial->old), is_new = has(trial->path, &trial->new);
    CHECK(is_old || is_new);
    CHECK(trial->how != PATCH_OUTPUT || is_old);
    bool has_output = access(trial->output, F_OK) == 0;
    CHECK(!has_output || has(trial->output, &trial->new));
    return is_new || has_output;
}

/* What is left beside the file when the change is interrupted, once it was recovered. An output that has no name yet of its
 * own is nothing that could be looked for by the file's name. */
static void look_around(const struct trial *trial) {
    char unfinished[128];
    snprintf(unfinished, sizeof unfinished, "%s%s", trial->output, PATCH_FRESH_SUFFIX);
    unlink(unfinished);
    CHECK_INT(count_files(trial->folder), 1 + (access(trial->output, F_OK) == 0));
}

static bool try_at(const struct trial *trial, enum fault fault, int error, long at) {
    empty_folder(trial->folder);
    empty_folder(trial->stash);
    write_file(trial->path, &trial->old);
    int outcome = run_faulty(trial, fault, error, at);
    unsigned failures = CU_get_number_of_failures();
    bool is_new = look(trial, outcome);
    look_around(trial);
    if (CU_get_number_of_failures() != failures) {
        fprintf(stderr, "    %s, how %d, fault %d (%s) at call %ld, outcome %d\n",
                trial->change->name, trial->how, fault, strerror(error), at, outcome);
    }
    return is_new;
}

/* At each call in turn. */
static void sweep(const struct trial *trial, enum fault fault, int error, int times) {
    CHECK(try_at(trial, FAULT_NONE, 0, 0));
    long calls = world.calls;
    CHECK(calls > 5);
    bool was_old = false;
    for (long at = 1; at <= calls; at++) {
        for (int i = 0; i < times; i++) {
            was_old |= !try_at(trial, fault, error, at);
        }
    }
    CHECK(was_old || fault == FAULT_SHORT);
}

static void sweep_all(enum fault fault, int error, int times) {
    static const enum patch_how hows[] = {PATCH_REPLACE, PATCH_IN_PLACE, PATCH_OUTPUT};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        for (size_t k = 0; k < sizeof hows / sizeof *hows; k++) {
            for (int unnamed = changes[i].size == LARGE; unnamed < 2; unnamed++) {
                struct trial trial;
                world.no_unnamed = !unnamed;
                world.no_links = !unnamed && i % 2 == 0;
                begin(&trial, &changes[i], hows[k]);
                sweep(&trial, fault, error, times);
                end(&trial);
            }
        }
    }
}

static void test_full(void) {
    sweep_all(FAULT_ERROR, ENOSPC, 1);
    sweep_all(FAULT_FULL, ENOSPC, 1);
}

static void test_broken(void) {
    sweep_all(FAULT_ERROR, EIO, 1);
    sweep_all(FAULT_BROKEN, EIO, 1);
}

static void test_interrupted_calls(void) {
    sweep_all(FAULT_SHORT, 0, 1);
}

static void test_killed(void) {
    sweep_all(FAULT_KILL, 0, 1);
}

static void test_power(void) {
    sweep_all(FAULT_POWER, 0, 2);
}

/* --- recovering that is interrupted, too */

/* Leaves the file half written, with its journal. */
static void leave_half(const struct trial *trial) {
    empty_folder(trial->folder);
    empty_folder(trial->stash);
    write_file(trial->path, &trial->old);
    run_faulty(trial, FAULT_NONE, 0, 0);
    /* its fsync, its times, the removal of the journal and the folder's fsync with its open come last */
    write_file(trial->path, &trial->old);
    CHECK_INT(run_faulty(trial, FAULT_KILL, 0, world.calls - 3), KILLED);
    CHECK_INT(count_files(trial->folder), 2);
    CHECK(!has(trial->path, &trial->old));
}

/* Recovers in a child; whether it got that far. */
static bool recover_in_child(const struct trial *trial, enum fault fault, long at) {
    set_world(trial, fault, 0, at);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct patch_recovered recovered;
        struct patch_problem problem;
        _exit(!patch_recover(trial->path, PATCH_ROLL_BACK_OWN, &faulty, &recovered, &problem));
    }
    return wait_for(child) == 0;
}

static void sweep_recovery(const struct trial *trial, enum fault fault) {
    bool done = false;
    for (long at = 1; !done; at++) {
        leave_half(trial);
        done = recover_in_child(trial, fault, at);
        recover(trial);
        CHECK(has(trial->path, &trial->old));
        CHECK_INT(count_files(trial->folder), 1);
        CHECK(at < 100);
    }
}

static void test_recovery(void) {
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct trial trial;
        if (changes[i].size == LARGE && changes[i].put != put_longer) {
            continue;
        }
        begin(&trial, &changes[i], PATCH_IN_PLACE);
        sweep_recovery(&trial, FAULT_KILL);
        sweep_recovery(&trial, FAULT_POWER);
        sweep_recovery(&trial, FAULT_BROKEN);
        end(&trial);
    }
}

/* --- locks over a network */

static int sys_flock_written(int fd, int operation) {
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDWR) {
        errno = EBADF;
        return -1;
    }
    return sys_real.flock(fd, operation);
}

/* Where only what can be written can be locked, files are replaced all the same. */
static void test_lock(void) {
    struct sys sys = faulty;
    struct trial trial;
    sys.flock = sys_flock_written;
    begin(&trial, &changes[0], PATCH_REPLACE);
    write_file(trial.path, &trial.old);
    set_world(&trial, FAULT_NONE, 0, 0);
    struct patch_request request = {.path = trial.path, .sys = &sys};
    struct patch_problem problem;
    struct patch_target *target = patch_target_open(&request, &problem);
    CHECK(target != NULL);
    CHECK(!patch_target_open(&request, &problem) && problem.what == PATCH_BUSY);
    patch_target_close(target);
    CHECK_INT(run_with(&trial, &sys), 0);
    CHECK(has(trial.path, &trial.new));
    end(&trial);
}

/* --- somebody else changes the file meanwhile */

/* Of two rows the file does not have the bytes any more that one was made of: what is there stays, but what was written already
 * gets its old bytes back. */
static void test_changed(void) {
    static const struct change far = {"rows far from each other", 40000, put_few};
    for (unsigned i = 0; i < 4; i++) {
        struct trial trial;
        unsigned which = i % 2;
        begin(&trial, &far, i < 2 ? PATCH_IN_PLACE : PATCH_REPLACE);
        write_file(trial.path, &trial.old);
        set_world(&trial, FAULT_NONE, 0, 0);
        struct patch_request request = {.path = trial.path, .how = trial.how, .sys = &faulty};
        struct patch_problem problem;
        struct patch_target *target = patch_target_open(&request, &problem);
        struct patch_edits *edits = patch_edits_new(trial.old.len);
        uint8_t old[400];
        uint8_t held[100], bytes[400];
        memset(held, PATCH_HELD, sizeof held);
        memset(bytes, 'n', sizeof bytes);
        for (unsigned row = 0; row < 2; row++) {
            struct patch_many many = {.base = row * 30000, .stride = 9, .rel = 3, .len = 4};
            many.n = sizeof held;
            many.held = held;
            many.bytes = bytes;
            many.old = old;
            put_row(edits, many, old);
        }
        struct patch_image *image = patch_image_new(target, edits, &problem);
        /* by somebody who does not ask for the lock, as if within a tick of the clock */
        trial.old.at[which * 30000 + 50 * 9 + 5] ^= 1;
        int fd = open(trial.path, O_WRONLY);
        CHECK(sys_write_all(&sys_real, fd, trial.old.at, trial.old.len, 0));
        close(fd);
        struct stat status;
        fstat(target->fd, &status);
        target->identity.modified = status.st_mtim;
        CHECK(!patch_commit(image, &problem) && problem.what == PATCH_CHANGED);
        patch_image_free(image);
        patch_edits_free(edits);
        patch_target_close(target);
        CHECK(has(trial.path, &trial.old));
        CHECK_INT(count_files(trial.folder), 1);
        end(&trial);
    }
}

CHECK_MAIN("crash", {"a full disk", test_full}, {"a broken disk", test_broken},
           {"short writes", test_interrupted_calls}, {"killed", test_killed},
           {"the power fails", test_power}, {"recovering is interrupted", test_recovery},
           {"locks over a network", test_lock}, {"changed meanwhile", test_changed})
