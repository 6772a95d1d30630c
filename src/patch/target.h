/* Target: the file that is to be changed, opened, checked, locked and identified.
 *
 * It is read as an input while edits are planned. From opening to closing it is locked (flock) against others who change it
 * with sonde, unless nothing is to be written to it. A change that was interrupted is taken back first (patch/journal.h). */
#ifndef PATCH_TARGET_H
#define PATCH_TARGET_H

#include <stdint.h>
#include <time.h>

#include "io/input.h"
#include "io/sys.h"
#include "patch/problem.h"

enum patch_how {
    PATCH_REPLACE,  /* a new file in the place of the old one */
    PATCH_IN_PLACE, /* the bytes of the file itself, under a journal beside it */
    PATCH_OUTPUT,   /* another file, which is new; the old one stays */
    PATCH_PLAN,     /* nothing is written (--dry-run); commits are refused */
};

/* What is done with a journal that an interrupted change left. */
enum patch_left_act {
    PATCH_ROLL_BACK_OWN, /* the file gets its old bytes back, if it is the journal's */
    PATCH_ROLL_BACK_ANY, /* whether or not it is: it may be a copy */
    PATCH_DISCARD,       /* the journal is removed, the file stays as it is */
};

struct patch_request {
    const char *path;
    enum patch_how how;
    const char *
        output; /* PATCH_OUTPUT: the path of the other file; NULL: none, the caller writes the image somewhere */
    bool replace_output; /* an output that is there is replaced */
    bool keep_times;     /* of access and modification */
    enum patch_left_act left;
    const struct sys *sys; /* the calls that change files: &sys_real, or a test's */
};

struct patch_identity {
    dev_t device;
    ino_t inode;
    uint64_t size;
    struct timespec modified;
};

/* Its members are for this folder, but for those that say otherwise. */
struct patch_target {
    struct patch_request request;
    char *real;    /* without symbolic links; NULL for standard input */
    char *goal;    /* what the new file will be called: real, or the output */
    char *folder;  /* of goal */
    char *fresh;   /* the new file's name before it is finished: goal.sonde-new */
    char *journal; /* beside real: real.sonde-journal */
    int fd;        /* the file, locked; -1 for standard input */
    struct stat status;
    struct patch_identity identity;
    struct input *input; /* for everybody: the old bytes */
    bool is_device;
    bool rolled_back; /* for everybody: an interrupted change was taken back */
};

/* Opens the file; NULL: *problem tells why not. The request's strings must live as long as the target and its problems. "-" is standard
 * input, which can only be planned for and written elsewhere. A symbolic link stays, and what it leads to is the target. */
struct patch_target *patch_target_open(const struct patch_request *request,
                                       struct patch_problem *problem);

/* Ends the lock. */
void patch_target_close(struct patch_target *target); /* NULL is fine */

/* Whether the file still is the one that was opened, with the same size and time of modification; else *problem. */
bool patch_target_same(const struct patch_target *target, struct patch_problem *problem);

/* Removes a new file that an interrupted change left unfinished, unless it is being written; true where there is none. */
bool patch_target_remove_left(const struct patch_target *target, struct patch_problem *problem);

/* Whether a journal lies beside the file at path: it was left half changed. For commands that only read. */
bool patch_target_is_left(const char *path);

/* The names that sonde writes beside a file while it changes it. */
#define PATCH_JOURNAL_SUFFIX ".sonde-journal"
#define PATCH_FRESH_SUFFIX   ".sonde-new"

#endif
