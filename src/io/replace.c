#include "config.h"

#include "io/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static bool write_all(int fd, struct bytes contents) {
    while (contents.len > 0) {
        ssize_t n = write(fd, contents.at, contents.len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return false;
        }
        contents = bytes_of(contents.at + n, contents.len - (size_t)n);
    }
    return true;
}

/* Makes the name durable, where the system has that for folders. */
static void sync_folder(const char *path) {
    struct buf folder = {0};
    const char *slash = strrchr(path, '/');
    buf_put(&folder, slash ? path : ".", slash ? (size_t)(slash - path) + 1 : 1);
    int fd = open(buf_text(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    buf_free(&folder);
}

/* Fills the temporary file and puts it in place of the one at path. */
static bool fill_and_rename(int fd, const char *temporary, const char *path,
                            struct bytes contents) {
    struct stat old;
    bool fine = stat(path, &old) == 0 && fchmod(fd, old.st_mode & 07777) == 0 &&
                write_all(fd, contents) && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && fine) {
        fine = false;
        error = errno;
    }
    if (fine && rename(temporary, path) != 0) {
        fine = false;
        error = errno;
    }
    if (!fine) {
        unlink(temporary);
        errno = error;
    }
    return fine;
}

bool replace_file(const char *path, struct bytes contents) {
    char *real = realpath(path, NULL);
    if (!real) {
        return false;
    }
    struct buf temporary = {0};
    buf_printf(&temporary, "%s.XXXXXX", real);
    buf_text(&temporary);
    int fd = mkstemp(temporary.at);
    bool fine = fd >= 0 && fill_and_rename(fd, temporary.at, real, contents);
    int error = errno;
    if (fine) {
        sync_folder(real);
    }
    buf_free(&temporary);
    free(real);
    errno = error;
    return fine;
}

bool replace_new(const char *path, struct bytes contents) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        return false;
    }
    bool fine = write_all(fd, contents) && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && fine) {
        fine = false;
        error = errno;
    }
    if (!fine) {
        unlink(path);
    } else {
        sync_folder(path);
    }
    errno = error;
    return fine;
}
