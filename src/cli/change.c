#include "config.h"

#include "cli/change.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/splices.h"
#include "cli/talk.h"

bool change_take(struct change *change, const struct options *options, int id) {
    enum { CHANGE_OPTION_IDS };
    switch (id) {
    case OPT_DRY_RUN:
        change->dry_run = true;
        break;
    case OPT_IN_PLACE:
        change->in_place = true;
        break;
    case OPT_OUTPUT:
        change->output = options->value;
        break;
    case OPT_FORCE:
        change->force = true;
        break;
    case OPT_SAVE_UNDO:
        change->save_undo = options->value;
        break;
    case OPT_KEEP_TIMES:
        change->keep_times = true;
        break;
    case OPT_JSON:
        change->json = true;
        break;
    }
    return true;
}

int change_tell(const struct patch_problem *problem) {
    struct buf text = {0};
    patch_problem_put(problem, &text);
    talk("%s", buf_text(&text));
    buf_free(&text);
    bool is_output = problem->what == PATCH_EXISTS || problem->what == PATCH_NO_FILE ||
                     problem->what == PATCH_SAME;
    return is_output ? CLI_USAGE : CLI_ENVIRONMENT;
}

static bool is_standard(const char *path) {
    return path && strcmp(path, "-") == 0;
}

/* Options that say different things. */
static int check(const struct change *change, const char *path) {
    const char *wrong = NULL;
    if (change->in_place && change->output) {
        wrong = "--in-place and --output exclude each other";
    } else if (is_standard(path) && !change->output && !change->dry_run) {
        wrong = "standard input has no place to write back to; -o says where the result goes";
    } else if (is_standard(change->output) && change->save_undo) {
        wrong = "--save-undo is for a file, not for what goes to standard output";
    } else if (is_standard(change->output) && change_shows(change)) {
        wrong = "standard output can't be both the result and what changes";
    }
    if (wrong) {
        talk("%s", wrong);
    }
    return wrong ? CLI_USAGE : CLI_FINE;
}

int change_begin(struct change *change, const char *path) {
    change->path = path;
    if (check(change, path) != CLI_FINE) {
        return CLI_USAGE;
    }
    struct patch_request request = {.path = path,
                                    .how = change->dry_run    ? PATCH_PLAN
                                           : change->output   ? PATCH_OUTPUT
                                           : change->in_place ? PATCH_IN_PLACE
                                                              : PATCH_REPLACE,
                                    .output = is_standard(change->output) ? NULL : change->output,
                                    .replace_output = change->force,
                                    .keep_times = change->keep_times,
                                    .sys = &sys_real};
    struct patch_problem problem;
    change->target = patch_target_open(&request, &problem);
    if (!change->target) {
        return change_tell(&problem);
    }
    if (change->target->rolled_back) {
        talk("%s: a change that was interrupted is taken back", path);
    }
    change->old = change->target->input;
    change->edits = patch_edits_new(input_size(change->old));
    return CLI_FINE;
}

int change_put(struct change *change, uint64_t off, uint64_t len, const void *bytes,
               uint64_t new_len) {
    struct patch_splice other;
    switch (patch_edits_put(change->edits, off, len, bytes, new_len, &other)) {
    case PATCH_PUT_FINE:
        return CLI_FINE;
    case PATCH_PUT_CONFLICT:
        talk("%s: what changes from 0x%" PRIx64 " to 0x%" PRIx64
             " overlaps what changes from 0x%" PRIx64 " to 0x%" PRIx64,
             change->path, off, off + len, other.off, other.off + other.len);
        return CLI_USAGE;
    case PATCH_PUT_OUTSIDE:
        talk("%s: there are no %" PRIu64 " bytes at 0x%" PRIx64 ": the file has %" PRIu64,
             change->path, len, off, input_size(change->old));
        return CLI_USAGE;
    case PATCH_PUT_FAILED:
        break;
    }
    talk_failed("keep what changes of", change->path, errno);
    return CLI_ENVIRONMENT;
}

static bool make_image(struct change *change) {
    struct patch_problem problem;
    if (!change->image) {
        change->image = patch_image_new(change->target, change->edits, &problem);
        if (!change->image) {
            change_tell(&problem);
        }
    }
    return change->image != NULL;
}

struct input *change_result(struct change *change) {
    struct patch_problem problem;
    struct input *result = make_image(change) ? patch_image_input(change->image, &problem) : NULL;
    if (change->image && !result) {
        change_tell(&problem);
    }
    return result;
}

void change_rethink(struct change *change) {
    patch_image_free(change->image);
    change->image = NULL;
}

static int print_result(struct change *change) {
    struct input *result = change_result(change);
    if (!result) {
        return CLI_ENVIRONMENT;
    }
    struct out out;
    out_open(&out, STDOUT_FILENO);
    out_put(&out, input_data(result), (size_t)input_size(result));
    return command_close(&out, CLI_FINE);
}

/* Whether all bytes that come are those that go. */
static bool changes_nothing(const struct change *change) {
    if (patch_edits_move(change->edits)) {
        return false;
    }
    struct patch_cursor cursor = patch_edits_from(change->edits, 0);
    struct patch_splice splice;
    while (patch_edits_next(&cursor, &splice)) {
        const uint8_t *old = input_data(change->old) + splice.off;
        if (memcmp(old, splice.bytes, (size_t)splice.len) != 0) {
            return false;
        }
    }
    return true;
}

int change_commit(struct change *change) {
    if (change->dry_run) {
        return CLI_FINE;
    }
    if (!change->output && changes_nothing(change)) {
        talk("%s: nothing changes", change->path);
        return CLI_FINE;
    }
    if (is_standard(change->output)) {
        return print_result(change);
    }
    struct patch_problem problem;
    if (!make_image(change)) {
        return CLI_ENVIRONMENT;
    }
    if (change->save_undo) {
        int status = splices_save_undo(change, change->save_undo);
        if (status != CLI_FINE) {
            return status;
        }
    }
    if (patch_commit(change->image, &problem)) {
        return CLI_FINE;
    }
    if (change->save_undo && problem.what != PATCH_SYNC) {
        unlink(change->save_undo);
    }
    return change_tell(&problem);
}

void change_end(struct change *change) {
    patch_image_free(change->image);
    patch_edits_free(change->edits);
    patch_target_close(change->target);
    change->image = NULL;
    change->edits = NULL;
    change->target = NULL;
}
