#include "config.h"

#include "cli/open.h"

#include <errno.h>

#include "cli/talk.h"
#include "patch/target.h"

void open_note(const char *path) {
    if (patch_target_is_left(path)) {
        talk("%s: a change of it was interrupted or is under way, and it may be half changed; "
             "'sonde recover' takes back what was interrupted",
             path);
    }
}

struct input *open_input(const char *path) {
    struct input *input = input_open(path);
    if (!input) {
        talk_failed("open", path, errno);
        return NULL;
    }
    open_note(path);
    return input;
}
