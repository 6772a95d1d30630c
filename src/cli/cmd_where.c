#include "config.h"

#include "cli/ask.h"
#include "cli/command.h"
#include "sink/place.h"

enum where_option { OPT_JSON = ASK_OPTIONS, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    ASK_OPTION_LIST,
    [OPT_JSON] = {'j', "json", NULL, "an object on a line for each value"},
};

struct where {
    struct ask ask;
    bool json;
    struct place_sink *places;
};

static struct vm_sink *begin(struct ask *ask, const struct ask_question *question,
                             const char *file) {
    struct where *where = ask->own;
    struct place_options options = {
        .format = where->json ? PLACE_JSON : PLACE_TEXT, .file = file, .path = question->text};
    where->places = place_new(ask->out, &options);
    return place_sink(where->places);
}

static uint64_t end(struct ask *ask, struct vm_sink *sink) {
    struct where *where = ask->own;
    (void)sink;
    uint64_t told = place_told(where->places);
    place_free(where->places);
    return told;
}

static bool take_option(void *of, const struct options *options, int id) {
    struct where *where = of;
    where->json = where->json || id == OPT_JSON;
    return id >= ASK_OPTIONS || ask_option(&where->ask, options, id);
}

static int run(const struct command *command, char **words) {
    struct where where = {.ask = {.tell = GEN_TELL_PLACES, .begin = begin, .end = end}};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &where);
    where.ask.own = &where;
    if (id == OPTIONS_DONE) {
        return ask_all(&where.ask, command, &options);
    }
    pick_end(&where.ask.pick);
    return command_end(command, id);
}

const struct command cmd_where = {
    .name = "where",
    .operands = "[OPTION]... FILE PATH...",
    .summary = "Show where in files values lie",
    .about = "For each value its path, offset and size, between tabs: of gathered bytes a line\n"
             "for each piece; of what a transform made \"made by\" it. A place that is not whole\n"
             "bytes is 0x1b:3 (3 bits into the byte) and 5 bits. Paths and statuses are those\n"
             "of 'sonde get'.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
