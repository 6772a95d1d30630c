#include "config.h"

#include "cli/find.h"

#include "base/buf.h"
#include "cli/talk.h"

static void tell_unknown(const struct find_folders *folders, struct arena *arena,
                         const char *name) {
    struct find_list list = find_all(folders, arena);
    const char **names = arena_array(arena, list.at.n, sizeof *names);
    for (uint32_t i = 0; i < list.at.n; i++) {
        names[i] = list.at.at[i].name;
    }
    struct buf near = {0};
    talk("there is no schema '%s'%s", name, talk_suggestion(&near, name, names, list.at.n));
    buf_free(&near);
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
