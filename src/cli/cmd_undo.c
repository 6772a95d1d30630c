#include "config.h"

#include <string.h>

#include "cli/change.h"
#include "cli/command.h"
#include "cli/open.h"
#include "cli/patchfile.h"
#include "cli/talk.h"
#include "patch/hexpatch.h"

enum undo_option { CHANGE_OPTION_IDS, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {CHANGE_OPTION_ROWS};

/* What undoes which file. */
struct undo {
    struct change change;
    struct buf file; /* paths */
    struct buf patch_path;
    struct input *patch;
};

static struct bytes patch_bytes(const struct undo *undo) {
    return bytes_of(input_data(undo->patch), (size_t)input_size(undo->patch));
}

static bool open_patch(struct undo *undo) {
    undo->patch = open_input(buf_text(&undo->patch_path));
    return undo->patch != NULL;
}

/* The file that the undo file says it is for, in the same folder. */
static bool name_file(struct undo *undo) {
    struct hexpatch hexpatch;
    hexpatch_begin(&hexpatch, patch_bytes(undo));
    struct bytes name = hexpatch.head.file;
    bool fine = name.len > 0 && !memchr(name.at, '/', name.len);
    const char *path = buf_text(&undo->patch_path);
    const char *slash = strrchr(path, '/');
    if (fine) {
        buf_clear(&undo->file);
        buf_put(&undo->file, path, slash ? (size_t)(slash + 1 - path) : 0);
        buf_put(&undo->file, name.at, name.len);
    } else {
        talk("'%s' does not say which file it is for: 'sonde undo FILE UNDO'", path);
    }
    hexpatch_end(&hexpatch);
    return fine;
}

/* Whether a file is itself an undo file. */
static bool is_undo(const char *path) {
    struct input *input = input_open(path);
    bool is = input && hexpatch_is(bytes_of(input_data(input), (size_t)input_size(input)));
    input_close(input);
    return is;
}

/* Finds out what undoes which file: FILE, UNDO or both. */
static bool choose(struct undo *undo, char **operands, uint32_t n) {
    buf_puts(&undo->file, operands[0]);
    if (n == 2) {
        buf_puts(&undo->patch_path, operands[1]);
        return open_patch(undo);
    }
    buf_puts(&undo->patch_path, operands[0]);
    if (is_undo(operands[0])) {
        return open_patch(undo) && name_file(undo);
    }
    buf_puts(&undo->patch_path, ".undo");
    return open_patch(undo);
}

static bool take_option(void *of, const struct options *options, int id) {
    struct undo *undo = of;
    return change_take(&undo->change, options, id);
}

static int run(const struct command *command, char **words) {
    struct undo undo = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &undo);
    if (id != OPTIONS_DONE) {
        return command_end(command, id);
    }
    if (options.operand_count < 1 || options.operand_count > 2) {
        return command_usage(command, "undo takes a file, and what --save-undo wrote for it");
    }
    int status = choose(&undo, options.operands, options.operand_count)
                     ? patchfile_apply(&undo.change, buf_text(&undo.file), undo.patch)
                     : CLI_ENVIRONMENT;
    input_close(undo.patch);
    buf_free(&undo.file);
    buf_free(&undo.patch_path);
    return status;
}

const struct command cmd_undo = {
    .name = "undo",
    .operands = "[OPTION]... FILE [UNDO]",
    .summary = "Take a change back, by what --save-undo wrote",
    .about = "UNDO is FILE.undo unless it is given; FILE may also be the undo file alone,\n"
             "which says what file beside it it is for. The file must be what the change\n"
             "made of it: else status 1, and nothing changes. --force replaces an OUT that\n"
             "is there.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
