/* The main of a fuzz harness that is built without libFuzzer: runs LLVMFuzzerTestOneInput once on each file given and on
 * each file of each directory given. Arguments that start with '-' are libFuzzer's options and are passed over. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay_path(const char *path, unsigned long *n_run);

static bool replay_fail(const char *path) {
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return false;
}

/* The bytes are in a block of just their size, so that AddressSanitizer sees a read past their end. */
static bool replay_file(const char *path, size_t size, unsigned long *n_run) {
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size > 0 ? size : 1);
    bool read = file && data && fread(data, 1, size, file) == size;

    if (read) {
        LLVMFuzzerTestOneInput(data, size);
        ++*n_run;
    } else {
        replay_fail(path);
    }
    free(data);
    if (file) {
        fclose(file);
    }
    return read;
}

static bool replay_entry(const char *folder, const char *name, unsigned long *n_run) {
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);

    if (!path) {
        return replay_fail(folder);
    }
    snprintf(path, size, "%s/%s", folder, name);
    bool good = replay_path(path, n_run);
    free(path);
    return good;
}

static bool replay_folder(const char *path, unsigned long *n_run) {
    DIR *folder = opendir(path);
    bool good = true;

    if (!folder) {
        return replay_fail(path);
    }
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (entry->d_name[0] != '.') {
            good = replay_entry(path, entry->d_name, n_run) && good;
        }
    }
    closedir(folder);
    return good;
}

static bool replay_path(const char *path, unsigned long *n_run) {
    struct stat status;

    if (stat(path, &status) != 0) {
        return replay_fail(path);
    }
    return S_ISDIR(status.st_mode) ? replay_folder(path, n_run)
                                   : replay_file(path, (size_t)status.st_size, n_run);
}

int main(int argc, char **argv) {
    unsigned long n_run = 0;
    bool good = true;

    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-') {
            good = replay_path(argv[i], &n_run) && good;
        }
    }
    fprintf(stderr, "%s: %lu inputs replayed\n", argv[0], n_run);
    return good ? 0 : 1;
}
