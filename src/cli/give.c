#include "config.h"

#include "cli/give.h"

#include "cli/command.h"
#include "cli/talk.h"

bool give_take(struct given *given, struct arena *arena, const struct options *options) {
    if (!give_is_one(options->value)) {
        talk("the option '%s' takes NAME=VALUE, not '%s'", options->shown, options->value);
        return false;
    }
    *vec_push(&given->at, arena) = options->value;
    return true;
}

int give_all(const struct given *given, struct compiled *compiled) {
    struct give_trouble trouble = {0};
    bool fine = give_args(given, compiled, &trouble);
    if (!fine) {
        talk("%s", buf_text(&trouble.message));
    }
    if (trouble.more.len > 0) {
        talk_more("%s", buf_text(&trouble.more));
    }
    if (trouble.missing) {
        talk_more("give it with -p NAME=VALUE");
    }
    give_trouble_free(&trouble);
    return fine ? CLI_FINE : CLI_USAGE;
}
