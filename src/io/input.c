#include "config.h"

#include "io/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/fs.h>
#endif

#include "base/mem.h"
#include "io/lost.h"
#include "io/spool.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

/* A read fault maps the pages around it too, in aligned windows of this many bytes (Linux's fault_around_bytes). */
enum { FAULT_WINDOW = 64 * 1024 };

/* Up to here copying a file costs less than a map, its faults and taking it away again. */
enum { SMALL_FILE = 64 * 1024 };

struct input {
    char *name;
    const uint8_t *data; /* the first byte of the input; never NULL */
    uint64_t size;
    uint8_t *map; /* the whole map; NULL when the bytes lie elsewhere */
    size_t map_len;
    struct lost_range *range; /* the map, watched; NULL when there is none */
    uint8_t *memory;          /* heap memory to give back; NULL when there is none */
    int fd;                   /* the mapped file, kept to see it shrink; else -1 */
    enum input_way way;
    uint64_t most;  /* bytes that may be copied */
    bool is_shared; /* the map is written to */
};

static const uint8_t no_bytes[1] = {0};

static struct input *new_input(const char *name) {
    struct input *input = mem_alloc(sizeof *input);
    *input = (struct input){.name = mem_strdup(name), .data = no_bytes, .fd = -1};
    return input;
}

/* Takes the map over; the input begins skip bytes into it. */
static void adopt_map(struct input *input, void *map, size_t len, size_t skip) {
    input->map = map;
    input->map_len = len;
    input->range = input->way == INPUT_GUARDED ? lost_watch(map, len) : NULL;
    input->data = input->map + skip;
    input->size = len - skip;
}

static bool spool_into(struct input *input, int fd) {
    struct spool spool;
    if (!spool_read(fd, &spool)) {
        return false;
    }
    if (spool.is_mapped) {
        adopt_map(input, spool.at, spool.len, 0);
    } else if (spool.at) {
        input->memory = spool.at;
        input->data = spool.at;
        input->size = spool.len;
    }
    return true;
}

/* Maps the file of size bytes and keeps fd; the input begins skip bytes into it, where standard input stands. */
static bool map_into(struct input *input, int fd, uint64_t size, uint64_t skip) {
    if (skip >= size) {
        return true;
    }
    if (size > PTRDIFF_MAX) {
        errno = EFBIG;
        return false;
    }
    void *map = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED) {
        /* sysfs and some network file systems have files with a size that can only be read. */
        return errno == ENODEV && spool_into(input, fd);
    }
    adopt_map(input, map, (size_t)size, (size_t)skip);
    input->fd = fd;
    return true;
}

/* Copies a file of so many bytes, from where its descriptor stands, which is left there. Of one that shrinks meanwhile
 * there is what is left. */
static bool copy_into(struct input *input, int fd, uint64_t size, uint64_t skip) {
    size_t len = skip < size ? (size_t)(size - skip) : 0, done = 0;
    input->memory = mem_alloc(len + 1);
    input->data = input->memory;
    while (done < len) {
        ssize_t n = pread(fd, input->memory + done, len - done, (off_t)(skip + done));
        if (n < 0 && errno != EINTR) {
            return false;
        }
        if (n == 0) {
            break;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    input->size = done;
    return true;
}

static bool block_device_size(int fd, uint64_t *size) {
#if defined(__linux__) && defined(BLKGETSIZE64)
    if (ioctl(fd, BLKGETSIZE64, size) == 0) {
        return true;
    }
#endif
    off_t here = lseek(fd, 0, SEEK_CUR);
    off_t end = lseek(fd, 0, SEEK_END);
    if (here < 0 || end < 0 || lseek(fd, here, SEEK_SET) < 0) {
        return false;
    }
    *size = (uint64_t)end;
    return true;
}

/* Fills the input from fd, which stays open and is input->fd afterwards when a map needs it. */
static bool load(struct input *input, int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return false;
    }
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return false;
    }
    uint64_t size = (uint64_t)status.st_size;
    bool is_block = S_ISBLK(status.st_mode);
    if (is_block && !block_device_size(fd, &size)) {
        return false;
    }
    /* Files of procfs have size 0 and bytes all the same: only reading tells. */
    bool has_size = is_block || (S_ISREG(status.st_mode) && size > 0);
    if (has_size && input->way == INPUT_COPIED && size > input->most) {
        errno = EFBIG;
        return false;
    }
    if (!has_size || input->way == INPUT_COPIED) {
        return spool_into(input, fd);
    }
    off_t here = lseek(fd, 0, SEEK_CUR);
    if (here < 0) {
        return false;
    }
    if (input->way == INPUT_QUICK && size <= SMALL_FILE) {
        return copy_into(input, fd, size, (uint64_t)here);
    }
    input->way = input->way == INPUT_QUICK ? INPUT_GUARDED : input->way;
    return map_into(input, fd, size, (uint64_t)here);
}

/* What an input is to be. */
struct opening {
    enum input_way way;
    uint64_t most; /* bytes that may be copied */
};

/* Takes fd over, which is negative when there is none, with errno set. */
static struct input *take_descriptor(const char *name, int fd, const struct opening *opening) {
    if (fd < 0) {
        return NULL;
    }
    struct input *input = new_input(name);
    input->way = opening->way;
    input->most = opening->most;
    bool loaded = load(input, fd);
    int saved = errno;
    if (input->fd != fd) {
        close(fd);
    }
    if (!loaded) {
        input_close(input);
        errno = saved;
        return NULL;
    }
    return input;
}

static struct input *open_path(const char *path, const struct opening *opening) {
    bool is_stdin = strcmp(path, "-") == 0;
    int fd;
    do {
        fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                      : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    } while (fd < 0 && errno == EINTR);
    return take_descriptor(is_stdin ? "<stdin>" : path, fd, opening);
}

struct input *input_open_as(const char *path, enum input_way way) {
    const struct opening opening = {way, UINT64_MAX};
    return open_path(path, &opening);
}

struct input *input_open(const char *path) {
    return input_open_as(path, INPUT_QUICK);
}

struct input *input_read(const char *path, uint64_t most) {
    const struct opening opening = {INPUT_COPIED, most};
    return open_path(path, &opening);
}

struct input *input_descriptor(const char *name, int fd) {
    const struct opening opening = {INPUT_GUARDED, UINT64_MAX};
    return take_descriptor(name, fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), &opening);
}

struct input *input_shared(const char *name, size_t size) {
    size_t len = size > 0 ? size : 1;
    void *map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) {
        return NULL;
    }
    struct input *input = new_input(name);
    input->way = INPUT_MAPPED;
    input->is_shared = true;
    adopt_map(input, map, len, 0);
    input->size = size;
    return input;
}

uint8_t *input_writable(const struct input *input) {
    return input->is_shared ? input->map : NULL;
}

struct input *input_memory(const char *name, struct bytes bytes) {
    struct input *input = new_input(name);
    if (bytes.len > 0) {
        input->data = bytes.at;
        input->size = bytes.len;
    }
    return input;
}

void input_close(struct input *input) {
    if (!input) {
        return;
    }
    if (input->map) {
        if (input->range) {
            lost_unwatch(input->range);
        }
        munmap(input->map, input->map_len);
    }
    if (input->fd >= 0) {
        close(input->fd);
    }
    mem_free(input->memory);
    mem_free(input->name);
    mem_free(input);
}

const char *input_name(const struct input *input) {
    return input->name;
}

const uint8_t *input_data(const struct input *input) {
    return input->data;
}

uint64_t input_size(const struct input *input) {
    return input->size;
}

void input_advise(struct input *input, enum input_access access) {
    if (!input->map) {
        return;
    }
    int advice = POSIX_MADV_NORMAL;
    switch (access) {
    case INPUT_SEQUENTIAL:
        advice = POSIX_MADV_SEQUENTIAL;
        break;
    case INPUT_RANDOM:
        advice = POSIX_MADV_RANDOM;
        break;
    case INPUT_NORMAL:
        break;
    }
    posix_madvise(input->map, input->map_len, advice);
}

void input_forget(struct input *input, uint64_t off, uint64_t len) {
#ifdef MADV_DONTNEED /* posix_madvise's own DONTNEED does nothing in glibc */
    if (!input->map || input->is_shared || off >= input->size) {
        return;
    }
    size_t skip = (size_t)(input->data - input->map);
    size_t begin = skip + (size_t)off;
    size_t end = len < input->size - off ? begin + (size_t)len : input->map_len;
    /* The window of the first byte goes whole: faults behind it have mapped pages in front of it again. Losing a page
     * that is still wanted costs one fault. */
    begin -= begin % FAULT_WINDOW;
    if (end < input->map_len) {
        end -= end % (size_t)sysconf(_SC_PAGESIZE);
    }
    if (begin < end) {
        madvise(input->map + begin, end - begin, MADV_DONTNEED);
    }
#else
    (void)input;
    (void)off;
    (void)len;
#endif
}

/* Where the file under the map ends now, in bytes of the map; a shrunk file's last page reads as zeros behind the end
 * without any fault. */
static size_t file_end(const struct input *input) {
    struct stat status;
    if (input->fd < 0 || fstat(input->fd, &status) != 0 || !S_ISREG(status.st_mode) ||
        (uint64_t)status.st_size >= input->map_len) {
        return SIZE_MAX;
    }
    return (size_t)status.st_size;
}

bool input_lost(const struct input *input, uint64_t *off) {
    if (!input->map) {
        return false;
    }
    size_t first = input->range ? lost_first(input->range) : SIZE_MAX;
    size_t end = file_end(input);
    first = end < first ? end : first;
    if (first == SIZE_MAX) {
        return false;
    }
    size_t skip = (size_t)(input->data - input->map);
    *off = first > skip ? first - skip : 0;
    return true;
}
