#include "config.h"

#include <unistd.h>

#include "cli/ask.h"
#include "cli/command.h"
#include "cli/talk.h"
#include "sink/json.h"
#include "sink/place.h"
#include "sink/plain.h"

enum get_option { OPT_JSON = ASK_OPTIONS, OPT_RAW, OPT_AT, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    ASK_OPTION_LIST,
    [OPT_JSON] = {'j', "json", NULL, "a JSON document for each path"},
    [OPT_RAW] = {'r', "raw", NULL, "the bytes as they are stored, and nothing between them"},
    [OPT_AT] = {0, "at", NULL,
                "with offset and size in front of each value; with\n"
                "--json an object for each"},
};

struct get {
    struct ask ask;
    bool json, raw, at;
    struct plain *plain;
    struct place_sink *places; /* --raw */
    const char *path;          /* being asked for */
};

static struct vm_sink *begin(struct ask *ask, const struct ask_question *question,
                             const char *file) {
    struct get *get = ask->own;
    get->path = question->text;
    if (get->raw) {
        struct place_options options = {.format = PLACE_RAW, .path = question->text};
        get->places = place_new(ask->out, &options);
        return place_sink(get->places);
    }
    struct plain_options options = {
        .json = get->json,
        .pretty = get->json && !get->at && !ask->style,
        .places = get->at,
        .records = question->records,
        .file = file,
        .path = question->text,
    };
    get->plain = plain_new(ask->out, &options);
    return plain_sink(get->plain);
}

static uint64_t end(struct ask *ask, struct vm_sink *sink) {
    struct get *get = ask->own;
    uint64_t values;
    (void)sink;
    if (get->raw) {
        values = place_told(get->places);
        ask_tell_left_out(get->places, get->path);
        place_free(get->places);
    } else {
        values = plain_finish(get->plain);
        plain_free(get->plain);
    }
    return values;
}

static bool take_option(void *of, const struct options *options, int id) {
    struct get *get = of;
    get->json = get->json || id == OPT_JSON;
    get->raw = get->raw || id == OPT_RAW;
    get->at = get->at || id == OPT_AT;
    return id >= ASK_OPTIONS || ask_option(&get->ask, options, id);
}

static int run(const struct command *command, char **words) {
    struct get get = {.ask = {.begin = begin, .end = end}};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &get);
    get.ask.own = &get;
    get.ask.tell = get.raw ? GEN_TELL_PLACES : get.at ? GEN_TELL_BOTH : GEN_TELL_VALUES;
    get.ask.style = get.json && !get.at && !isatty(STDOUT_FILENO) ? json_style() : NULL;
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (get.raw && (get.json || get.at)) {
        status = command_usage(command, "--raw excludes --json and --at");
    } else {
        return ask_all(&get.ask, command, &options);
    }
    pick_end(&get.ask.pick);
    return status;
}

const struct command cmd_get = {
    .name = "get",
    .operands = "[OPTION]... FILE PATH...",
    .summary = "Show single values, for scripts",
    .about = "A PATH is any expression of the schema language, seen from the root struct:\n"
             "chunks[2].length, chunks[*].type, chunks[$.type == \"IDAT\"].data, **.name. Each is\n"
             "compiled into a program that decodes what it needs and nothing else. The values\n"
             "come one a line; of several files (-e) behind the file's name.\n"
             "The status is 1 where a path has no value, 3 for one that the schema can't have,\n"
             "4 where damage is in the way.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
