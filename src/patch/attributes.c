#include "config.h"

#include "patch/attributes.h"

#include <errno.h>
#include <string.h>

#ifdef HAVE_SYS_XATTR_H
#include <sys/xattr.h>
#endif

#include "base/mem.h"

#ifdef HAVE_SYS_XATTR_H

/* What its owner gave a file must not get lost; what the system adds by itself may be refused. */
static bool is_owners(const char *name) {
    return strncmp(name, "user.", 5) == 0 || strncmp(name, "system.posix_acl_", 17) == 0;
}

static bool copy_attribute(int to, int from, const char *name) {
    ssize_t len = fgetxattr(from, name, NULL, 0);
    if (len < 0) {
        return false;
    }
    char *value = mem_alloc((size_t)len + 1);
    len = fgetxattr(from, name, value, (size_t)len + 1);
    bool fine = len >= 0 && fsetxattr(to, name, value, (size_t)len, 0) == 0;
    int error = errno;
    mem_free(value);
    errno = error;
    return fine;
}

static bool copy_attributes(int to, int from) {
    ssize_t len = flistxattr(from, NULL, 0);
    if (len <= 0) {
        return len == 0 || errno == ENOTSUP || errno == ENOSYS;
    }
    char *names = mem_alloc((size_t)len + 1);
    len = flistxattr(from, names, (size_t)len);
    bool fine = len >= 0;
    names[fine ? len : 0] = '\0';
    for (const char *name = names; fine && name < names + len; name += strlen(name) + 1) {
        fine = copy_attribute(to, from, name) || !is_owners(name);
    }
    int error = errno;
    mem_free(names);
    errno = error;
    return fine;
}

#else

static bool copy_attributes(int to, int from) {
    (void)to;
    (void)from;
    return true;
}

#endif

static mode_t current_umask(void) {
    mode_t mask = umask(077);
    umask(mask);
    return mask;
}

static bool copy_times(int fd, const struct patch_target *target) {
    const struct timespec times[2] = {target->status.st_atim, target->status.st_mtim};
    return !target->request.keep_times || target->fd < 0 ||
           target->request.sys->futimens(fd, times) == 0;
}

/* The mode that may be kept, once the owner is what can be. */
static mode_t copy_owner(int fd, const struct patch_target *target) {
    const struct stat *old = &target->status;
    const struct sys *sys = target->request.sys;
    struct stat now;
    bool same = fstat(fd, &now) == 0 && now.st_uid == old->st_uid && now.st_gid == old->st_gid;
    if (same || sys->fchown(fd, old->st_uid, old->st_gid) == 0) {
        return old->st_mode & 07777;
    }
    /* the group at least; where that is refused, too, its members lose nothing that others have */
    bool has_group = sys->fchown(fd, (uid_t)-1, old->st_gid) == 0;
    return old->st_mode & (has_group ? 0777 : 0707 | (old->st_mode & 07) << 3);
}

bool patch_attributes_copy(int fd, const struct patch_target *target) {
    const struct sys *sys = target->request.sys;
    if (target->request.how == PATCH_OUTPUT) {
        mode_t mode = target->fd < 0 ? 0666 : target->status.st_mode & 0777;
        return sys->fchmod(fd, mode & ~current_umask()) == 0 && copy_times(fd, target);
    }
    mode_t mode = copy_owner(fd, target);
    return copy_attributes(fd, target->fd) && sys->fchmod(fd, mode) == 0 && copy_times(fd, target);
}
