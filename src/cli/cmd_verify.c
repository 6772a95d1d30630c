#include "config.h"

#include <inttypes.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/give.h"
#include "cli/limits.h"
#include "cli/queue.h"
#include "cli/talk.h"
#include "cli/verify.h"
#include "cli/walk.h"

enum verify_option {
    OPT_SCHEMA,
    OPT_FOLDERS,
    OPT_JSON,
    OPT_JOBS,
    OPT_PARAM,
    OPT_VERBOSE,
    OPT_COLOUR,
    OPT_DEPTH,
    OPT_EXPANSION,
    OPT_DIR,
    OPT_COUNT,
};

static const struct option option_list[OPT_COUNT] = {
    [OPT_SCHEMA] = {'s', "schema", "SCHEMA",
                    "decode by this schema, as dump does; default: by what is\n"
                    "in each file"},
    [OPT_FOLDERS] = {'r', "recursive", NULL,
                     "a folder stands for all files in and below it; those\n"
                     "that no schema is for are passed over"},
    [OPT_JSON] = {0, "json", NULL, "a JSON object a line"},
    [OPT_JOBS] = {'j', "jobs", "N", "so many files at a time; default: one for each processor"},
    [OPT_PARAM] = GIVE_OPTION,
    [OPT_VERBOSE] = {'v', "verbose", NULL, "tell how many files were verified, and passed over"},
    [OPT_COLOUR] = {0, "colour", "WHEN",
                    "colour what is wrong with schemas: auto, always or never"},
    [OPT_DEPTH] = LIMITS_DEPTH_OPTION,
    [OPT_EXPANSION] = LIMITS_EXPANSION_OPTION,
    [OPT_DIR] = FIND_OPTION,
};

/* What was said. */
struct verify_request {
    struct verify verify;
    const char *schema;
    bool folders;
    bool verbose;
};

static bool take_option(void *of, const struct options *options, int id) {
    struct verify_request *request = of;
    struct verify *verify = &request->verify;
    uint64_t n = 0;
    bool ok;
    int choice;
    switch ((enum verify_option)id) {
    case OPT_SCHEMA:
        request->schema = options->value;
        return true;
    case OPT_FOLDERS:
        request->folders = true;
        return true;
    case OPT_JSON:
        verify->json = true;
        return true;
    case OPT_PARAM:
        return give_take(&verify->pick.given, &verify->pick.arena, options);
    case OPT_VERBOSE:
        request->verbose = true;
        return true;
    case OPT_DIR:
        *vec_push(&verify->pick.folders.at, &verify->pick.arena) = options->value;
        return true;
    case OPT_COLOUR:
        choice = options_choice(options, terminal_when_texts, TERMINAL_WHEN_COUNT);
        verify->pick.colour = (enum terminal_when)choice;
        return choice >= 0;
    case OPT_JOBS:
        ok = options_number(options, 1, QUEUE_JOBS_MAX, &n);
        verify->jobs = (uint32_t)n;
        return ok;
    case OPT_DEPTH:
        return limits_take_depth(&verify->limits, options);
    case OPT_EXPANSION:
        return limits_take_expansion(&verify->limits, options);
    case OPT_COUNT:
        break;
    }
    return false;
}

static int verify_all(struct verify_request *request, const struct options *options) {
    struct verify *verify = &request->verify;
    struct walk files = {0};
    struct out out;
    int status = CLI_FINE;
    if (!pick_name(&verify->pick, request->schema)) {
        return CLI_USAGE;
    }
    verify->pick.quiet = true;
    for (uint32_t i = 0; i < options->operand_count; i++) {
        status = command_worse(
            status, walk_add(&files, &verify->pick.arena, options->operands[i], request->folders));
    }
    out_open(&out, STDOUT_FILENO);
    verify->out = &out;
    status = command_worse(status, verify_files(verify, &files));
    status = command_close(&out, status);
    if (request->verbose) {
        talk("%" PRIu64 " files verified; %" PRIu64 " passed over, which no schema is for",
             verify->verified, verify->passed);
    }
    return status;
}

static int run(const struct command *command, char **words) {
    struct verify_request request = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &request);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count == 0) {
        status = command_usage(command, "which file is to be verified?");
    } else {
        status = verify_all(&request, &options);
    }
    pick_end(&request.verify.pick);
    return status;
}

const struct command cmd_verify = {
    .name = "verify",
    .operands = "[OPTION]... FILE...",
    .summary = "Tell what is wrong with files, and nothing else",
    .about = "One line for each fault and finding, nothing where all is well. The largest\n"
             "status counts: 4 for a fault (damaged or truncated data), 1 for a finding (a\n"
             "check that fails) or a FILE that no schema is for. \"-\" is standard input.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
