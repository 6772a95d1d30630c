#include "config.h"

#include "cli/find.h"

#include "cli/talk.h"

static void tell_unknown(const struct find_folders *folders, struct arena *arena,
                         const char *name) {
    struct buf message = {0};
    find_put_unknown(folders, arena, name, &message);
    talk("%s", buf_text(&message));
    buf_free(&message);
    for (uint32_t i = 0; i < folders->at.n; i++) {
        talk_more("looked for %s/%s.sonde and .ksy", folders->at.at[i], name);
    }
}

const char *find_path(const struct find_folders *folders, struct arena *arena,
                      const char *argument) {
    const char *path = find_file(folders, arena, argument);
    if (!path) {
        tell_unknown(folders, arena, argument);
    }
    return path;
}
