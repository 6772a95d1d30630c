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
        contents = bytes_from(contents, n);
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

static void forget(struct replacing *r) {
    free(r->path);
    buf_free(&r->temporary);
}

/* Takes the file back; errno stays as it is. */
static void abandon(struct replacing *r) {
    int error = errno;
    unlink(r->temporary.len > 0 ? buf_text(&r->temporary) : r->path);
    forget(r);
    errno = error;
}

/* A new file beside the one at path, with its permissions. */
static bool begin_beside(struct replacing *r) {
    struct stat old;
    buf_printf(&r->temporary, "%s.XXXXXX", r->path);
    buf_text(&r->temporary);
    r->fd = mkstemp(r->temporary.at);
    if (r->fd < 0) {
        return false;
    }
    if (stat(r->path, &old) != 0 || fchmod(r->fd, old.st_mode & 07777) != 0) {
        int error = errno;
        close(r->fd);
        unlink(r->temporary.at);
        errno = error;
        return false;
    }
    return true;
}

bool replace_begin(struct replacing *r, const char *path, bool fresh) {
    *r = (struct replacing){.fd = -1, .path = fresh ? strdup(path) : realpath(path, NULL)};
    if (!r->path) {
        return false;
    }
    bool fine;
    if (fresh) {
        r->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        fine = r->fd >= 0;
    } else {
        fine = begin_beside(r);
    }
    if (!fine) {
        int error = errno;
        forget(r);
        errno = error;
    }
    return fine;
}

bool replace_end(struct replacing *r, bool keep) {
    bool fine = !keep || fsync(r->fd) == 0;
    int error = errno;
    if (close(r->fd) != 0 && fine) {
        fine = !keep;
        error = errno;
    }
    errno = error;
    if (fine && keep && r->temporary.len > 0) {
        fine = rename(buf_text(&r->temporary), r->path) == 0;
    }
    if (!fine || !keep) {
        abandon(r);
        return fine;
    }
    sync_folder(r->path);
    forget(r);
    return true;
}

static bool write_whole(const char *path, struct bytes contents, bool fresh) {
    struct replacing r;
    if (!replace_begin(&r, path, fresh)) {
        return false;
    }
    if (!write_all(r.fd, contents)) {
        int error = errno;
        replace_end(&r, false);
        errno = error;
        return false;
    }
    return replace_end(&r, true);
}

bool replace_file(const char *path, struct bytes contents) {
    return write_whole(path, contents, false);
}

bool replace_new(const char *path, struct bytes contents) {
    return write_whole(path, contents, true);
}
