#include "config.h"

#include <inttypes.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/give.h"
#include "cli/talk.h"
#include "cli/verify.h"
#include "cli/walk.h"

#define DEPTH_MAX 100000

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
    [OPT_DEPTH] = {0, "depth-limit", "N", "end what is nested deeper; default: 1024"},
    [OPT_EXPANSION] = {0, "expansion-limit", "BYTES",
                       "end what unpacks to more; default: 16 MiB and 1032\n"
                       "for each byte of the file"},
    [OPT_DIR] = {'I', "include", "DIR",
                 "look for schemas and imports in DIR first; may be\nrepeated"},
};

/* What was said. */
struct verify_request {
    struct verify verify;
    const char *schema;
    bool folders;
    bool verbose;
};

/* False when the option's value is wrong, which was told. */
static bool take_number(struct verify *verify, const struct options *options, uint64_t max,
                        enum verify_option id) {
    uint64_t n = 0;
    bool ok = options_number(options, 1, max, &n);
    if (id == OPT_JOBS) {
        verify->jobs = (uint32_t)n;
    } else if (id == OPT_DEPTH) {
        verify->limits.depth = (uint32_t)n;
    } else {
        verify->limits.expansion = n;
    }
    return ok;
}

static bool take_option(struct verify_request *request, const struct options *options, int id) {
    struct verify *verify = &request->verify;
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
        return take_number(verify, options, VERIFY_JOBS_MAX, OPT_JOBS);
    case OPT_DEPTH:
        return take_number(verify, options, DEPTH_MAX, OPT_DEPTH);
    case OPT_EXPANSION:
        return take_number(verify, options, INT64_MAX, OPT_EXPANSION);
    case OPT_COUNT:
        break;
    }
    return false;
}

static uint32_t processors(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > VERIFY_JOBS_MAX ? VERIFY_JOBS_MAX : (uint32_t)n;
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
    verify->jobs = verify->jobs ? verify->jobs : processors();
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
    int id;
    while ((id = options_next(&options)) >= 0) {
        if (!take_option(&request, &options, id)) {
            id = OPTIONS_WRONG;
            break;
        }
    }
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
