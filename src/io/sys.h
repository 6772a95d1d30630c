/* The calls by which files are changed, as a table: the real ones, or others in tests, which let each of them fail.
 *
 * Each behaves like the call of its name: -1 with errno set when it fails, short writes are possible. */
#ifndef IO_SYS_H
#define IO_SYS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct sys {
    int (*open)(const char *path, int flags, mode_t mode);
    ssize_t (*pwrite)(int fd, const void *at, size_t len, off_t off);
    int (*ftruncate)(int fd, off_t len);
    int (*fsync)(int fd);
    int (*rename)(const char *from, const char *to);
    int (*link)(const char *from, const char *to); /* a symbolic link at from is followed */
    int (*unlink)(const char *path);
    int (*flock)(int fd, int operation);
    /* all bytes of a file become those of another one, which they share: ioctl(FICLONE) */
    int (*clone)(int to, int from);
    /* copy_file_range; ENOSYS where the system has none */
    ssize_t (*copy)(int from, off_t *from_off, int to, off_t *to_off, size_t len);
    int (*fchmod)(int fd, mode_t mode);
    int (*fchown)(int fd, uid_t owner, gid_t group);
    int (*futimens)(int fd, const struct timespec times[2]);
};

extern const struct sys sys_real;

/* Writes all bytes at that place, however many calls it takes; false with errno set. */
bool sys_write_all(const struct sys *sys, int fd, const void *at, size_t len, uint64_t off);

/* Makes the names in a folder durable; false with errno set. */
bool sys_sync_folder(const struct sys *sys, const char *folder);

#endif
