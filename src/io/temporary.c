#include "config.h"

#include "io/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

int temporary_open(const char *folder) {
    if (!folder) {
        folder = getenv("TMPDIR");
        folder = folder && *folder ? folder : "/tmp";
    }
#ifdef O_TMPFILE
    int unnamed = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (unnamed >= 0) {
        return unnamed;
    }
#endif
    struct buf name = {0};
    buf_printf(&name, "%s/sonde-XXXXXX", folder);
    buf_text(&name);
    int fd = mkstemp(name.at);
    if (fd >= 0) {
        unlink(name.at);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    int saved = errno;
    buf_free(&name);
    errno = saved;
    return fd;
}
