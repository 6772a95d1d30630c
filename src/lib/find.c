#include "config.h"

#include "lib/find.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/diag.h"

/* What schema files' names end in: of two in one folder that else have the same name, the first one counts. */
static const char *const suffixes[] = {".sonde", ".ksy"};
#define SUFFIXES (sizeof suffixes / sizeof *suffixes)

static bool has_suffix(const char *name, const char *suffix) {
    size_t len = strlen(name);
    return len > strlen(suffix) && strcmp(name + len - strlen(suffix), suffix) == 0;
}

static bool is_file_name(const char *argument) {
    for (size_t i = 0; i < SUFFIXES; i++) {
        if (has_suffix(argument, suffixes[i])) {
            return true;
        }
    }
    return strchr(argument, '/') || strcmp(argument, "-") == 0;
}

static void add_variable(struct find_folders *folders, struct arena *arena, const char *variable) {
    const char *list = getenv(variable);
    while (list && *list) {
        size_t len = strcspn(list, ":");
        if (len > 0) {
            *vec_push(&folders->at, arena) = arena_strndup(arena, list, len);
        }
        list += len + (list[len] == ':');
    }
}

void find_add_known(struct find_folders *folders, struct arena *arena) {
    add_variable(folders, arena, "SONDE_PATH");
    add_variable(folders, arena, "KSPATH");
    *vec_push(&folders->at, arena) = SONDE_SCHEMA_DIR;
}

struct sema_search find_search(const struct find_folders *folders) {
    return (struct sema_search){.dirs = folders->at.at, .n = folders->at.n};
}

static void add_folder(struct find_list *list, struct arena *arena, const char *folder,
                       const char *suffix) {
    DIR *dir = opendir(folder);
    if (!dir) {
        return;
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (entry->d_name[0] != '.' && has_suffix(entry->d_name, suffix)) {
            struct find_schema *schema = vec_push(&list->at, arena);
            schema->name =
                arena_strndup(arena, entry->d_name, strlen(entry->d_name) - strlen(suffix));
            schema->path = arena_printf(arena, "%s/%s", folder, entry->d_name);
        }
    }
    closedir(dir);
}

static int by_name(const void *a, const void *b) {
    const struct find_schema *left = a;
    const struct find_schema *right = b;
    return strcmp(left->name, right->name);
}

/* Sorts by name those from first on, and drops those whose names stand in front of first already. */
static void settle(struct find_list *list, uint32_t first) {
    uint32_t kept = first;
    for (uint32_t i = first; i < list->at.n; i++) {
        struct find_schema schema = list->at.at[i];
        if (first == 0 || !bsearch(&schema, list->at.at, first, sizeof schema, by_name)) {
            list->at.at[kept++] = schema;
        }
    }
    list->at.n = kept;
    if (kept > 0) {
        qsort(list->at.at, kept, sizeof *list->at.at, by_name);
    }
}

struct find_list find_all(const struct find_folders *folders, struct arena *arena) {
    struct find_list list = {0};
    for (uint32_t i = 0; i < folders->at.n; i++) {
        for (size_t k = 0; k < SUFFIXES; k++) {
            uint32_t first = list.at.n;
            add_folder(&list, arena, folders->at.at[i], suffixes[k]);
            settle(&list, first);
        }
    }
    return list;
}

const char *find_file(const struct find_folders *folders, struct arena *arena,
                      const char *argument) {
    if (is_file_name(argument)) {
        return argument;
    }
    for (uint32_t i = 0; i < folders->at.n; i++) {
        for (size_t k = 0; k < SUFFIXES; k++) {
            const char *path =
                arena_printf(arena, "%s/%s%s", folders->at.at[i], argument, suffixes[k]);
            if (access(path, F_OK) == 0) {
                return path;
            }
        }
    }
    return NULL;
}

void find_put_unknown(const struct find_folders *folders, struct arena *arena, const char *name,
                      struct buf *out) {
    struct find_list list = find_all(folders, arena);
    const char **names = arena_array(arena, list.at.n, sizeof *names);
    for (uint32_t i = 0; i < list.at.n; i++) {
        names[i] = list.at.at[i].name;
    }
    struct buf near = {0};
    buf_printf(out, "there is no schema '%s'%s", name,
               diag_suggestion(&near, name, names, list.at.n));
    buf_free(&near);
}
