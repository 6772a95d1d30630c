#include "config.h"

#include "io/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/fs.h>
#endif

static int open_file(const char *path, int flags, mode_t mode) {
    return open(path, flags, mode);
}

static int link_file(const char *from, const char *to) {
    return linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW);
}

static int clone_file(int to, int from) {
#ifdef FICLONE
    return ioctl(to, FICLONE, from);
#else
    (void)to;
    (void)from;
    errno = EOPNOTSUPP;
    return -1;
#endif
}

static ssize_t copy_range(int from, off_t *from_off, int to, off_t *to_off, size_t len) {
#ifdef __linux__
    return copy_file_range(from, from_off, to, to_off, len, 0);
#else
    (void)from;
    (void)from_off;
    (void)to;
    (void)to_off;
    (void)len;
    errno = ENOSYS;
    return -1;
#endif
}

const struct sys sys_real = {
    .open = open_file,
    .pwrite = pwrite,
    .ftruncate = ftruncate,
    .fsync = fsync,
    .rename = rename,
    .link = link_file,
    .unlink = unlink,
    .flock = flock,
    .clone = clone_file,
    .copy = copy_range,
    .fchmod = fchmod,
    .fchown = fchown,
    .futimens = futimens,
};

bool sys_write_all(const struct sys *sys, int fd, const void *at, size_t len, uint64_t off) {
    const char *from = at;
    while (len > 0) {
        ssize_t n = sys->pwrite(fd, from, len, (off_t)off);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            errno =
                n == 0 ? ENOSPC : errno; /* nothing was taken and nothing said: as on a full disk */
            return false;
        }
        from += n;
        len -= (size_t)n;
        off += (uint64_t)n;
    }
    return true;
}

bool sys_sync_folder(const struct sys *sys, const char *folder) {
    int fd = sys->open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    /* EINVAL: a file system whose folders need none of that */
    bool fine = sys->fsync(fd) == 0 || errno == EINVAL;
    int error = errno;
    close(fd);
    errno = error;
    return fine;
}
