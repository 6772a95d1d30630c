#include "config.h"

#include "cli/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/talk.h"
#include "cli/terminal.h"

static int is_shown(const struct dirent *entry) {
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* By bytes, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void add(struct walk *walk, struct arena *arena, const char *path, bool named) {
    *vec_push(&walk->at, arena) = (struct walk_file){path, named};
}

/* As deep as paths are long: the system refuses longer ones. */
static int add_folder(struct walk *walk, struct arena *arena, const char *folder) {
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_shown, by_name);
    if (n < 0) {
        talk_failed("read", folder, errno);
        return CLI_ENVIRONMENT;
    }
    int status = CLI_FINE;
    size_t len = strlen(folder);
    const char *slash = len > 0 && folder[len - 1] == '/' ? "" : "/";
    for (int i = 0; i < n; i++) {
        const char *path = arena_printf(arena, "%s%s%s", folder, slash, entries[i]->d_name);
        struct stat about;
        if (lstat(path, &about) != 0) {
            talk_failed("read", path, errno);
            status = CLI_ENVIRONMENT;
        } else if (S_ISDIR(about.st_mode)) {
            status = command_worse(status, add_folder(walk, arena, path));
        } else if (S_ISREG(about.st_mode)) {
            add(walk, arena, path, false);
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

int walk_add(struct walk *walk, struct arena *arena, const char *operand, bool folders) {
    struct stat about;
    if (folders && stat(operand, &about) == 0 && S_ISDIR(about.st_mode)) {
        terminal_take_locale(); /* whatever the names are that are met: detection compares them */
        return add_folder(walk, arena, operand);
    }
    add(walk, arena, operand, true);
    return CLI_FINE;
}
