#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "io/input.h"

enum { MIB = 1024 * 1024, PREVIOUS_HANDLER = 42 };

/* A new temporary file's name and descriptor. */
struct scratch {
    char path[256];
    int fd;
};

static void scratch_open(struct scratch *scratch, const char *name) {
    const char *folder = getenv("TMPDIR");
    snprintf(scratch->path, sizeof scratch->path, "%s/sonde-test-%s-XXXXXX",
             folder ? folder : "/tmp", name);
    scratch->fd = mkstemp(scratch->path);
    CHECK(scratch->fd >= 0);
}

static void scratch_close(struct scratch *scratch) {
    unlink(scratch->path);
    close(scratch->fd);
}

static uint64_t page_size(void) {
    return (uint64_t)sysconf(_SC_PAGESIZE);
}

/* A byte that differs between neighbours and between pages. */
static uint8_t byte_at(uint64_t off) {
    return (uint8_t)(off * 7 + off / 4096 + 1);
}

static void fill_file(int fd, uint64_t size) {
    uint8_t *at = malloc(size);
    for (uint64_t i = 0; at && i < size; i++) {
        at[i] = byte_at(i);
    }
    CHECK(at && pwrite(fd, at, size, 0) == (ssize_t)size);
    free(at);
}

static bool has_pattern(const struct input *input, uint64_t from) {
    for (uint64_t i = 0; i < input_size(input); i++) {
        if (input_data(input)[i] != byte_at(from + i)) {
            return false;
        }
    }
    return true;
}

/* How a child ends that runs part: its exit status, or 1000 and its signal. */
static int end_of_child(void (*part)(const char *), const char *path) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        part(path);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void leave_by_previous(int number) {
    (void)number;
    _exit(PREVIOUS_HANDLER);
}

static void touch_unwatched_map(const char *path) {
    int fd = open(path, O_RDWR);
    size_t page = (size_t)page_size();
    uint8_t *map = mmap(NULL, 4 * page, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED || ftruncate(fd, 0) != 0) {
        _exit(1);
    }
    (void)*(volatile uint8_t *)(map + 2 * page);
    _exit(2);
}

static void send_signal(const char *path) {
    (void)path;
    kill(getpid(), SIGBUS);
}

/* Has to be the first test: the handler that it puts in place is the one that comes before input's. */
static void test_strange_faults(void) {
    signal(SIGBUS, leave_by_previous);
    struct scratch scratch;
    scratch_open(&scratch, "strange");
    fill_file(scratch.fd, 4 * page_size());
    struct input *input = input_open_as(scratch.path, INPUT_GUARDED);
    CHECK(input != NULL);
    CHECK_INT(end_of_child(touch_unwatched_map, scratch.path), PREVIOUS_HANDLER);
    CHECK_INT(end_of_child(send_signal, scratch.path), PREVIOUS_HANDLER);
    input_close(input);
    scratch_close(&scratch);
}

static volatile sig_atomic_t signals;

static void count_signal(int number) {
    (void)number;
    signals++;
}

/* A handler that knows what to do goes on being asked, and the guard goes on guarding. */
static void chain(const char *path) {
    struct sigaction action = {.sa_handler = count_signal};
    sigaction(SIGBUS, &action, NULL);
    struct input *input = input_open_as(path, INPUT_GUARDED);
    raise(SIGBUS);
    raise(SIGBUS);
    int fd = open(path, O_RDWR);
    if (!input || signals != 2 || ftruncate(fd, 0) != 0) {
        _exit(1);
    }
    uint64_t off;
    uint8_t last = *(const volatile uint8_t *)(input_data(input) + input_size(input) - 1);
    _exit(last == 0 && input_lost(input, &off) && off == 0 && signals == 2 ? 0 : 2);
}

static void leave_handler(const char *path) {
    struct sigaction before, behind;
    sigaction(SIGBUS, NULL, &before);
    struct input *mapped = input_open_as(path, INPUT_MAPPED);
    struct input *copied = input_open_as(path, INPUT_COPIED);
    sigaction(SIGBUS, NULL, &behind);
    bool same = before.sa_handler == behind.sa_handler;
    bool read = mapped && copied && has_pattern(mapped, 0) && has_pattern(copied, 0);
    int fd = open(path, O_RDWR);
    uint64_t off;
    bool kept = ftruncate(fd, 0) == 0 && has_pattern(copied, 0) && !input_lost(copied, &off);
    bool told = input_lost(mapped, &off) && off == 0;
    _exit(same && read && kept && told ? 0 : 1);
}

static void test_ways(void) {
    struct scratch scratch;
    scratch_open(&scratch, "ways");
    fill_file(scratch.fd, 4 * page_size());
    CHECK_INT(end_of_child(leave_handler, scratch.path), 0);
    fill_file(scratch.fd, 4 * page_size());
    CHECK_INT(end_of_child(chain, scratch.path), 0);
    fill_file(scratch.fd, 5000);
    struct input *input = input_read(scratch.path, 5000);
    CHECK(input && input_size(input) == 5000 && has_pattern(input, 0));
    input_close(input);
    CHECK(!input_read(scratch.path, 4999));
    CHECK_INT(errno, EFBIG);
    scratch_close(&scratch);
}

static void test_shared(void) {
    struct input *input = input_shared("<shared>", 5000);
    CHECK(input && input_size(input) == 5000);
    CHECK(input_writable(input) == input_data(input));
    CHECK_INT(input_data(input)[4999], 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        for (uint64_t i = 0; i < 5000; i++) {
            input_writable(input)[i] = byte_at(i);
        }
        _exit(0);
    }
    waitpid(child, NULL, 0);
    CHECK(has_pattern(input, 0));
    input_forget(input, 0, 5000);
    CHECK(has_pattern(input, 0));
    input_close(input);
    input = input_shared("<shared>", 0);
    CHECK(input && input_size(input) == 0);
    input_close(input);
    CHECK(!input_shared("<shared>", SIZE_MAX / 2));
    input = input_memory("m", bytes_text("x"));
    CHECK(!input_writable(input));
    input_close(input);
}

static void test_regular(void) {
    struct scratch scratch;
    scratch_open(&scratch, "regular");
    fill_file(scratch.fd, 100001);
    struct input *input = input_open(scratch.path);
    CHECK(input != NULL);
    if (input) {
        uint64_t off;
        CHECK_TEXT(input_name(input), scratch.path);
        CHECK_INT(input_size(input), 100001);
        CHECK(has_pattern(input, 0));
        CHECK(!input_lost(input, &off));
        input_advise(input, INPUT_SEQUENTIAL);
        input_advise(input, INPUT_RANDOM);
        input_advise(input, INPUT_NORMAL);
        input_forget(input, 0, UINT64_MAX);
        input_forget(input, 5000, 70000);
        input_forget(input, UINT64_MAX, UINT64_MAX);
        CHECK(has_pattern(input, 0));
    }
    input_close(input);
    input_close(NULL);
    scratch_close(&scratch);
}

static void test_empty(void) {
    struct scratch scratch;
    scratch_open(&scratch, "empty");
    struct input *input = input_open(scratch.path);
    CHECK(input != NULL);
    if (input) {
        uint64_t off;
        CHECK_INT(input_size(input), 0);
        CHECK(input_data(input) != NULL);
        CHECK(!input_lost(input, &off));
        input_advise(input, INPUT_SEQUENTIAL);
        input_forget(input, 0, 100);
    }
    input_close(input);
    scratch_close(&scratch);
    input = input_open("/dev/null");
    CHECK(input && input_size(input) == 0);
    input_close(input);
}

static void test_failures(void) {
    errno = 0;
    CHECK(input_open("/nowhere/at/all") == NULL);
    CHECK_INT(errno, ENOENT);
    CHECK(input_open("/") == NULL);
    CHECK_INT(errno, EISDIR);
}

static void test_memory(void) {
    struct input *input = input_memory("bytes", bytes_text("some"));
    uint64_t off;
    CHECK_TEXT(input_name(input), "bytes");
    CHECK_BYTES(input_data(input), input_size(input), "some", 4);
    input_advise(input, INPUT_RANDOM);
    input_forget(input, 0, 4);
    CHECK(!input_lost(input, &off));
    input_close(input);
    input = input_memory("none", bytes_of(NULL, 0));
    CHECK(input_data(input) != NULL && input_size(input) == 0);
    input_close(input);
}

static void test_over_4_gib(void) {
    struct scratch scratch;
    scratch_open(&scratch, "large");
    const uint64_t size = 5 * UINT64_C(1073741824) + 3;
    if (ftruncate(scratch.fd, (off_t)size) == 0) { /* a file system may have no room for holes */
        CHECK_INT(pwrite(scratch.fd, "far", 3, (off_t)(size - 3)), 3);
        CHECK_INT(pwrite(scratch.fd, "4G", 2, (off_t)(UINT64_C(1) << 32)), 2);
        struct input *input = input_open(scratch.path);
        CHECK(input != NULL);
        if (input) {
            CHECK_INT(input_size(input), size);
            CHECK_BYTES(input_data(input) + size - 3, 3, "far", 3);
            CHECK_BYTES(input_data(input) + (UINT64_C(1) << 32), 2, "4G", 2);
        }
        input_close(input);
    }
    scratch_close(&scratch);
}

/* Opens "-" with fd as standard input, which is put back afterwards. */
static struct input *open_as_stdin(int fd, enum input_way way) {
    int kept = dup(STDIN_FILENO);
    dup2(fd, STDIN_FILENO);
    struct input *input = input_open_as("-", way);
    if (kept >= 0) {
        dup2(kept, STDIN_FILENO);
        close(kept);
    } else {
        close(STDIN_FILENO);
    }
    return input;
}

struct writer {
    int fd;
    uint64_t size;
};

static void *write_pattern(void *argument) {
    struct writer *writer = argument;
    static const size_t step = 50000;
    uint8_t *at = malloc(step);
    for (uint64_t off = 0; at && off < writer->size;) {
        size_t n = writer->size - off < step ? (size_t)(writer->size - off) : step;
        for (size_t i = 0; i < n; i++) {
            at[i] = byte_at(off + i);
        }
        ssize_t written = write(writer->fd, at, n);
        if (written <= 0) {
            break;
        }
        off += (uint64_t)written;
    }
    free(at);
    close(writer->fd);
    return NULL;
}

static void check_pipe(uint64_t size, bool is_blocking) {
    int ends[2];
    CHECK_INT(pipe(ends), 0);
    if (!is_blocking) {
        CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    }
    struct writer writer = {ends[1], size};
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, write_pattern, &writer), 0);
    struct input *input = open_as_stdin(ends[0], INPUT_QUICK);
    pthread_join(thread, NULL);
    CHECK(input != NULL);
    if (input) {
        uint64_t off;
        CHECK_TEXT(input_name(input), "<stdin>");
        CHECK_INT(input_size(input), size);
        CHECK(has_pattern(input, 0));
        input_advise(input, INPUT_SEQUENTIAL);
        input_forget(input, 0, size);
        CHECK(has_pattern(input, 0));
        CHECK(!input_lost(input, &off));
    }
    input_close(input);
    close(ends[0]);
}

static void test_pipes(void) {
    check_pipe(0, true);
    check_pipe(1, true);
    check_pipe(100000, false);
    check_pipe(8 * MIB - 1, true);
    check_pipe(8 * MIB, true);
    check_pipe(8 * MIB + 1, true);
    check_pipe(21 * MIB + 77, false);
}

static void test_spool_without_room(void) {
    char *kept = getenv("TMPDIR") ? strdup(getenv("TMPDIR")) : NULL;
    setenv("TMPDIR", "/nowhere/at/all", 1);
    int ends[2];
    CHECK_INT(pipe(ends), 0);
    struct writer writer = {ends[1], 8 * MIB}; /* what is read before the file is wanted */
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, write_pattern, &writer), 0);
    errno = 0;
    CHECK(open_as_stdin(ends[0], INPUT_QUICK) == NULL);
    CHECK_INT(errno, ENOENT);
    pthread_join(thread, NULL);
    close(ends[0]);
    if (kept) {
        setenv("TMPDIR", kept, 1);
    } else {
        unsetenv("TMPDIR");
    }
    free(kept);
}

static void *write_fifo(void *argument) {
    struct writer writer = {open(argument, O_WRONLY), 70000};
    return write_pattern(&writer);
}

static void test_fifo(void) {
    struct scratch scratch;
    scratch_open(&scratch, "fifo");
    unlink(scratch.path);
    CHECK_INT(mkfifo(scratch.path, 0600), 0);
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, write_fifo, scratch.path), 0);
    struct input *input = input_open(scratch.path);
    pthread_join(thread, NULL);
    CHECK(input && input_size(input) == 70000 && has_pattern(input, 0));
    input_close(input);
    scratch_close(&scratch);
}

static void test_stdin_file(void) {
    struct scratch scratch;
    scratch_open(&scratch, "stdin");
    fill_file(scratch.fd, 50000);
    CHECK_INT(lseek(scratch.fd, 0, SEEK_SET), 0);
    struct input *input = open_as_stdin(scratch.fd, INPUT_GUARDED);
    CHECK(input && input_size(input) == 50000 && has_pattern(input, 0));
    input_close(input);

    CHECK_INT(lseek(scratch.fd, 10001, SEEK_SET), 10001);
    input = open_as_stdin(scratch.fd, INPUT_GUARDED);
    CHECK(input && input_size(input) == 39999 && has_pattern(input, 10001));
    if (input) {
        uint64_t off = 0;
        input_forget(input, 1, 20000);
        CHECK(has_pattern(input, 10001));
        CHECK_INT(ftruncate(scratch.fd, 12000), 0);
        CHECK(input_lost(input, &off));
        CHECK_INT(off, 1999);
        CHECK_INT(ftruncate(scratch.fd, 100), 0);
        CHECK(input_lost(input, &off));
        CHECK_INT(off, 0);
    }
    input_close(input);

    CHECK_INT(lseek(scratch.fd, 60000, SEEK_SET), 60000);
    input = open_as_stdin(scratch.fd, INPUT_GUARDED);
    CHECK(input && input_size(input) == 0);
    input_close(input);
    scratch_close(&scratch);
}

/* Files whose size says nothing about their bytes. */
static void check_unsized(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        return; /* not this kind of system */
    }
    char want[65536];
    size_t len = fread(want, 1, sizeof want, file);
    fclose(file);
    struct input *input = input_open(path);
    CHECK(input != NULL);
    if (input) {
        CHECK_BYTES(input_data(input), input_size(input), want, len);
    }
    input_close(input);
}

static void test_unsized(void) {
    check_unsized("/proc/version");
    check_unsized("/proc/filesystems");
    check_unsized("/sys/kernel/mm/transparent_hugepage/enabled");
    check_unsized("/sys/kernel/notes");
}

/* The quick way copies a small file, from where its descriptor stands, which is left there; a large one is guarded. */
static void test_quick(void) {
    struct scratch scratch;
    scratch_open(&scratch, "quick");
    fill_file(scratch.fd, 50000);
    for (uint64_t from = 0; from <= 60000; from += 10000) {
        uint64_t off, left = from < 50000 ? 50000 - from : 0;
        CHECK_INT(lseek(scratch.fd, (off_t)from, SEEK_SET), from);
        struct input *input = open_as_stdin(scratch.fd, INPUT_QUICK);
        CHECK_INT(lseek(scratch.fd, 0, SEEK_CUR), from);
        CHECK_INT(ftruncate(scratch.fd, 0), 0);
        CHECK(input && input_size(input) == left && has_pattern(input, from));
        CHECK(!input_lost(input, &off));
        input_close(input);
        lseek(scratch.fd, 0, SEEK_SET);
        fill_file(scratch.fd, 50000);
    }
    lseek(scratch.fd, 0, SEEK_SET);
    fill_file(scratch.fd, 100 * page_size());
    struct input *input = input_open(scratch.path);
    uint64_t off = 0;
    CHECK_INT(ftruncate(scratch.fd, (off_t)page_size()), 0);
    CHECK(input && input_data(input)[99 * page_size()] == 0);
    CHECK(input_lost(input, &off));
    CHECK_INT(off, page_size());
    input_close(input);
    scratch_close(&scratch);
}

static void test_shrinks(void) {
    struct scratch scratch;
    struct scratch other;
    scratch_open(&scratch, "shrinks");
    scratch_open(&other, "stays");
    uint64_t page = page_size();
    fill_file(scratch.fd, 16 * page);
    fill_file(other.fd, 16 * page);
    struct input *input = input_open_as(scratch.path, INPUT_GUARDED);
    struct input *stays = input_open_as(other.path, INPUT_GUARDED);
    CHECK(input && stays);
    if (input && stays) {
        uint64_t off = 0;
        const uint8_t *at = input_data(input);
        CHECK_INT(ftruncate(scratch.fd, (off_t)(3 * page + 100)), 0);
        CHECK_INT(at[10 * page + 5], 0);
        CHECK_INT(at[16 * page - 1], 0);
        CHECK_INT(at[3 * page + 99], byte_at(3 * page + 99));
        CHECK_INT(at[5 * page + 17], 0);
        CHECK_INT(at[9 * page], 0);
        CHECK(input_lost(input, &off));
        CHECK_INT(off, 3 * page + 100);
        /* Grown again, the file still isn't what was mapped: the first page that failed is remembered. */
        CHECK_INT(ftruncate(scratch.fd, (off_t)(16 * page)), 0);
        CHECK(input_lost(input, &off));
        CHECK_INT(off, 5 * page);
        CHECK(!input_lost(stays, &off));
        CHECK(has_pattern(stays, 0));
        input_forget(input, 0, UINT64_MAX);
        CHECK_INT(at[9 * page], 0);
        CHECK_INT(at[page], byte_at(page));
    }
    input_close(input);
    input_close(stays);
    scratch_close(&scratch);
    scratch_close(&other);
}

/* Within the last page there is no fault, and bytes are gone all the same. */
static void test_shrinks_within_page(void) {
    struct scratch scratch;
    scratch_open(&scratch, "within");
    fill_file(scratch.fd, 900);
    struct input *input = input_open_as(scratch.path, INPUT_GUARDED);
    CHECK(input != NULL);
    if (input) {
        uint64_t off = 0;
        CHECK_INT(ftruncate(scratch.fd, 800), 0);
        CHECK(input_lost(input, &off));
        CHECK_INT(off, 800);
    }
    input_close(input);
    scratch_close(&scratch);
}

/* Opens, shrinks and reads many times over; returns how often something was wrong. */
static void *shrink_often(void *argument) {
    uintptr_t wrong = 0;
    uint64_t page = page_size();
    struct scratch scratch;
    scratch_open(&scratch, argument);
    for (unsigned round = 0; round < 100; round++) {
        uint64_t kept = round % 7;
        uint64_t off = 0;
        wrong += ftruncate(scratch.fd, (off_t)(8 * page)) != 0;
        struct input *input = input_open_as(scratch.path, INPUT_GUARDED);
        wrong += !input || ftruncate(scratch.fd, (off_t)(kept * page)) != 0;
        for (uint64_t i = 8; input && i-- > 0;) {
            wrong += input_data(input)[i * page + round] != 0;
        }
        wrong += ftruncate(scratch.fd, (off_t)(8 * page)) != 0;
        wrong += input && (!input_lost(input, &off) || off != kept * page);
        input_close(input);
    }
    scratch_close(&scratch);
    return (void *)wrong;
}

static void test_threads(void) {
    static char names[4][8] = {"one", "two", "three", "four"};
    pthread_t threads[4];
    for (unsigned i = 0; i < 4; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, shrink_often, names[i]), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        void *wrong = NULL;
        CHECK_INT(pthread_join(threads[i], &wrong), 0);
        CHECK_INT((intptr_t)wrong, 0);
    }
}

/* Resident pages of files in bytes (a sanitizer's own memory is none), or 0 where the system does not tell. */
static uint64_t resident(void) {
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%*u %*u %lu", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return pages * page_size();
}

static void test_forgets(void) {
    struct scratch scratch;
    scratch_open(&scratch, "forgets");
    const uint64_t size = 96 * MIB;
    CHECK_INT(ftruncate(scratch.fd, (off_t)size), 0);
    struct input *input = input_open(scratch.path);
    CHECK(input != NULL);
    uint64_t start = resident();
    uint64_t most = start;
    unsigned sum = 0;
    const uint64_t step = MIB + 12345;
    for (uint64_t off = 0; input && off < size; off += step) {
        for (uint64_t i = off; i < off + step && i < size; i += 512) {
            sum += input_data(input)[i];
        }
        uint64_t now = resident();
        most = now > most ? now : most;
        input_forget(input, off, step);
    }
    CHECK_INT(sum, 0);
    CHECK(most - start < 16 * MIB);
    input_close(input);
    scratch_close(&scratch);
}

CHECK_MAIN("input", {"ways", test_ways}, {"shared", test_shared},
           {"strange faults", test_strange_faults}, {"regular", test_regular},
           {"empty", test_empty}, {"failures", test_failures}, {"memory", test_memory},
           {"over 4 GiB", test_over_4_gib}, {"pipes", test_pipes},
           {"spool without room", test_spool_without_room}, {"fifo", test_fifo},
           {"stdin file", test_stdin_file}, {"unsized", test_unsized}, {"quick", test_quick},
           {"shrinks", test_shrinks}, {"shrinks within page", test_shrinks_within_page},
           {"threads", test_threads}, {"forgets", test_forgets})
