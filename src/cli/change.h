/* Change: what all commands that change a file share: their options, the file under way, its plan, its commit.
 *
 *     enum set_option { CHANGE_OPTION_IDS, OPT_MINE, OPT_COUNT };
 *     static const struct option option_list[OPT_COUNT] = { CHANGE_OPTION_ROWS, [OPT_MINE] = … };
 *     … in take_option: if (change_is_option(id)) return change_take(&change, options, id);
 *
 *     int status = change_begin(&change, path);
 *     if (status == CLI_FINE) {
 *         … plan: read change.old, put splices into change.edits …
 *         … if the result is to be looked at: change_result(&change) …
 *         … if change_shows(&change): print the plan on standard output …
 *         status = change_commit(&change);
 *     }
 *     change_end(&change);
 *
 * Whatever fails is told. Without change_commit nothing is written anywhere. */
#ifndef CLI_CHANGE_H
#define CLI_CHANGE_H

#include "cli/options.h"
#include "patch/commit.h"

/* At the front of a command's options. */
#define CHANGE_OPTION_IDS                                                                          \
    OPT_DRY_RUN, OPT_IN_PLACE, OPT_OUTPUT, OPT_FORCE, OPT_SAVE_UNDO, OPT_KEEP_TIMES, OPT_JSON

#define CHANGE_OPTION_COUNT 7

#define CHANGE_OPTION_ROWS                                                                         \
    [OPT_DRY_RUN] = {'n', "dry-run", NULL, "show what would change, and change nothing"},          \
    [OPT_IN_PLACE] = {'i', "in-place", NULL,                                                       \
                      "write into the file itself, under a journal beside\n"                       \
                      "it; default: a new file takes its place"},                                  \
    [OPT_OUTPUT] = {'o', "output", "OUT",                                                          \
                    "write the result to OUT and leave FILE alone; \"-\":\nto standard output"},   \
    [OPT_FORCE] = {0, "force", NULL, "replace OUT if it is there; see above"},                     \
    [OPT_SAVE_UNDO] = {0, "save-undo", "UNDO", "write what takes the change back to UNDO"},        \
    [OPT_KEEP_TIMES] = {0, "keep-times", NULL, "keep the file's times of access and change"},      \
    [OPT_JSON] = {0, "json", NULL, "show what changes as JSON"}

struct change {
    /* from the options */
    bool dry_run, in_place, force, keep_times, json;
    const char *output;
    const char *save_undo;
    /* from change_begin to change_end */
    const char *path;
    struct patch_target *target;
    struct input *old;         /* the file as it is */
    struct patch_edits *edits; /* what is to become of it */
    struct patch_image *image; /* once change_result asked for it */
};

static inline bool change_is_option(int id) {
    return id >= 0 && id < CHANGE_OPTION_COUNT;
}

/* Takes an option just returned, of those above. */
bool change_take(struct change *change, const struct options *options, int id);

/* Opens the file and locks it; CLI_FINE or how the command ends. change_end is called in either case. */
int change_begin(struct change *change, const char *path);

/* Puts a splice (patch/splice.h); one that is in the way of another is told: CLI_USAGE. */
int change_put(struct change *change, uint64_t off, uint64_t len, const void *bytes,
               uint64_t new_len);

/* The file as it will be, until change_end; NULL when it can't be made, which was told. No more puts from here on, unless
 * change_rethink is called, which gives the image back. */
struct input *change_result(struct change *change);
void change_rethink(struct change *change);

/* Whether the plan is to be shown on standard output: as text, or as JSON. */
static inline bool change_shows(const struct change *change) {
    return change->dry_run || change->json;
}

/* Makes the change happen, unless --dry-run; the status to end with. */
int change_commit(struct change *change);

void change_end(struct change *change);

/* Tells a problem; CLI_ENVIRONMENT, or CLI_USAGE where another output is to be named. */
int change_tell(const struct patch_problem *problem);

#endif
