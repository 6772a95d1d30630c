#include "config.h"

#include "cli/change.h"
#include "cli/command.h"
#include "cli/talk.h"
#include "patch/recover.h"

enum recover_option { OPT_COPY, OPT_DISCARD, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_COPY] = {0, "copy", NULL, "also if FILE is a copy of the one that the journal is for"},
    [OPT_DISCARD] = {0, "discard", NULL, "remove the journal, and leave FILE as it is"},
};

static int recover(const char *path, enum patch_left_act act) {
    struct patch_recovered recovered;
    struct patch_problem problem;
    if (!patch_recover(path, act, &sys_real, &recovered, &problem)) {
        return change_tell(&problem);
    }
    if (recovered.was_half && act == PATCH_DISCARD) {
        talk("%s: the journal is removed; the file may be half changed", path);
    } else if (recovered.was_half) {
        talk("%s: the change that was interrupted is taken back", path);
    } else if (recovered.was_unfinished) {
        talk("%s: it was not changed yet; what the change had begun to write is removed", path);
    } else {
        talk("%s: nothing was left half done", path);
    }
    return CLI_FINE;
}

static bool take_option(void *of, const struct options *options, int id) {
    enum patch_left_act *act = of;
    enum patch_left_act wanted = id == OPT_COPY ? PATCH_ROLL_BACK_ANY : PATCH_DISCARD;
    (void)options;
    if (*act != PATCH_ROLL_BACK_OWN && *act != wanted) {
        talk("--copy and --discard exclude each other");
        return false;
    }
    *act = wanted;
    return true;
}

static int run(const struct command *command, char **words) {
    enum patch_left_act act = PATCH_ROLL_BACK_OWN;
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &act);
    if (id != OPTIONS_DONE) {
        return command_end(command, id);
    }
    if (options.operand_count == 0) {
        return command_usage(command, "which file was left half changed?");
    }
    int status = CLI_FINE;
    for (uint32_t i = 0; i < options.operand_count; i++) {
        status = command_worse(status, recover(options.operands[i], act));
    }
    return status;
}

const struct command cmd_recover = {
    .name = "recover",
    .operands = "[OPTION]... FILE...",
    .summary = "Take back a change that was interrupted",
    .about = "A change in place that was killed, or that the power failed under, leaves\n"
             "FILE.sonde-journal with the bytes that it wrote over. They are put back; the file\n"
             "is then as it was before. A new file that was not finished is removed. Commands\n"
             "that change a file do the same before they begin.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
