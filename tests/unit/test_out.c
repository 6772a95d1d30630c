#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"
#include "io/input.h"
#include "io/out.h"

enum { LONG = 700 * 1000 };

/* Bytes with a pattern of period 251, so that a piece left out or told twice shows. */
static char *make_long(void) {
    char *at = malloc(LONG);
    for (size_t i = 0; at && i < LONG; i++) {
        at[i] = (char)(i % 251);
    }
    return at;
}

static int open_scratch(char *path, size_t size) {
    const char *folder = getenv("TMPDIR");
    snprintf(path, size, "%s/sonde-test-out-XXXXXX", folder ? folder : "/tmp");
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    return fd;
}

static void test_texts(void) {
    struct buf memory = {0};
    struct out out;
    out_memory(&out, &memory);
    out_puts(&out, "ab");
    out_putc(&out, 'c');
    out_put(&out, "de", 2);
    out_put(&out, NULL, 0);
    out_puts(&out, "");
    out_fill(&out, '-', 3);
    out_printf(&out, "%d|%s|%05.1f", -7, "x", 2.25);
    CHECK_INT(memory.len, 0);
    CHECK_INT(out.total, 0);
    CHECK(out_flush(&out));
    CHECK_INT(out.total, 18);
    memcpy(out_room(&out, 3), "end", 3);
    out.len += 3;
    CHECK(out_close(&out));
    CHECK_INT(out.total, 21);
    CHECK_TEXT(buf_text(&memory), "abcde----7|x|002.2end");
    buf_free(&memory);
}

/* The same pieces, many times the buffer's size in all, to any output. */
static void put_pieces(struct out *out, const char *at) {
    for (unsigned i = 0; i < 40; i++) {
        out_put(out, at, 1 + 997 * i);
        out_putc(out, '!');
        out_put(out, at, i % 10 == 3 ? LONG : 100);
        out_fill(out, '.', i == 20 ? LONG : i);
        out_printf(out, "%0*d", i == 30 ? 300000 : 3, 5);
        memset(out_room(out, i == 10 ? LONG : 9), '#', 9);
        out->len += 9;
    }
}

/* What put_pieces puts, by a plain buffer. */
static void expect_pieces(struct buf *buf, const char *at) {
    for (unsigned i = 0; i < 40; i++) {
        buf_put(buf, at, 1 + 997 * i);
        buf_putc(buf, '!');
        buf_put(buf, at, i % 10 == 3 ? LONG : 100);
        buf_fill(buf, '.', i == 20 ? LONG : i);
        buf_fill(buf, '0', i == 30 ? 299999 : 2);
        buf_puts(buf, "5#########");
    }
}

static void test_memory(void) {
    char *at = make_long();
    struct buf want = {0};
    struct buf got = {0};
    struct out out;
    expect_pieces(&want, at);
    out_memory(&out, &got);
    put_pieces(&out, at);
    CHECK(out_close(&out));
    CHECK_BYTES(got.at, got.len, want.at, want.len);
    CHECK_INT(out.total, want.len);
    buf_free(&want);
    buf_free(&got);
    free(at);
}

struct taken {
    struct buf got;
    size_t most; /* bytes that it takes */
};

static int take(void *taker, const char *at, size_t len) {
    struct taken *taken = taker;
    if (taken->got.len + len > taken->most) {
        return ENOSPC;
    }
    buf_put(&taken->got, at, len);
    return 0;
}

static void test_function(void) {
    char *at = make_long();
    struct buf want = {0};
    struct taken taken = {.most = SIZE_MAX}, full = {.most = 5};
    struct out out;
    expect_pieces(&want, at);
    out_function(&out, take, &taken);
    put_pieces(&out, at);
    CHECK(out_close(&out));
    CHECK_BYTES(taken.got.at, taken.got.len, want.at, want.len);
    CHECK_INT(out.total, want.len);
    out_function(&out, take, &full);
    out_puts(&out, "fits.");
    CHECK(out_flush(&out));
    out_putc(&out, '!');
    CHECK(!out_flush(&out));
    full.most = SIZE_MAX;
    out_puts(&out, "too late");
    CHECK(!out_close(&out));
    CHECK_INT(out_error(&out), ENOSPC);
    CHECK_INT(out.total, 5);
    CHECK_INT(full.got.len, 5);
    buf_free(&want);
    buf_free(&taken.got);
    buf_free(&full.got);
    free(at);
}

/* It takes over nothing before that, then all, in pieces. */
static void test_growing(void) {
    char *at = make_long();
    struct buf want = {0};
    struct taken taken = {.most = SIZE_MAX};
    struct out out;
    expect_pieces(&want, at);
    for (size_t most = 1; most <= 2 * want.len; most = 3 * most + 7) {
        out_growing(&out, most, take, &taken);
        put_pieces(&out, at);
        CHECK(most < want.len || (taken.got.len == 0 && out.len == want.len));
        CHECK(out_close(&out));
        CHECK_BYTES(taken.got.at, taken.got.len, want.at, want.len);
        CHECK_INT(out.total, want.len);
        buf_clear(&taken.got);
    }
    buf_free(&want);
    buf_free(&taken.got);
    free(at);
}

static void test_file(void) {
    char *at = make_long();
    struct buf want = {0};
    struct out out;
    char path[256];
    int fd = open_scratch(path, sizeof path);
    expect_pieces(&want, at);
    out_open(&out, fd);
    put_pieces(&out, at);
    CHECK(out_close(&out));
    CHECK_INT(out.total, want.len);
    struct input *input = input_open(path);
    CHECK(input != NULL);
    if (input) {
        CHECK_BYTES(input_data(input), input_size(input), want.at, want.len);
    }
    input_close(input);
    unlink(path);
    close(fd);
    buf_free(&want);
    free(at);
}

struct reader {
    int fd;
    struct buf got;
};

static void *read_slowly(void *argument) {
    struct reader *reader = argument;
    unsigned reads = 0;
    for (;;) {
        ssize_t n = read(reader->fd, buf_reserve(&reader->got, 30000), 30000);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return NULL;
        }
        reader->got.len += n > 0 ? (size_t)n : 0;
        if (reads++ % 8 == 0) {
            usleep(1000);
        }
    }
}

static void ignore_tick(int number) {
    (void)number;
}

/* Through a pipe that is mostly full, while a timer's signals interrupt the writes. */
static void check_pipe(bool is_blocking) {
    char *at = make_long();
    struct buf want = {0};
    struct out out;
    int ends[2];
    CHECK_INT(pipe(ends), 0);
    if (!is_blocking) {
        CHECK_INT(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    }
    struct sigaction action = {.sa_handler = ignore_tick};
    struct sigaction before;
    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 500}, {0, 500}}, NULL);

    struct reader reader = {.fd = ends[0]};
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, read_slowly, &reader), 0);
    expect_pieces(&want, at);
    out_open(&out, ends[1]);
    put_pieces(&out, at);
    CHECK(out_close(&out));
    close(ends[1]);
    pthread_join(thread, NULL);

    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
    sigaction(SIGALRM, &before, NULL);
    CHECK_INT(out.total, want.len);
    CHECK_BYTES(reader.got.at, reader.got.len, want.at, want.len);
    close(ends[0]);
    buf_free(&want);
    buf_free(&reader.got);
    free(at);
}

static void test_pipes(void) {
    check_pipe(true);
    check_pipe(false);
}

static void test_closed_pipe(void) {
    char *at = make_long();
    struct out out;
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    CHECK_INT(pipe(ends), 0);
    out_open(&out, ends[1]);
    out_puts(&out, "heard");
    CHECK(out_flush(&out));
    close(ends[0]);
    out_puts(&out, "unheard");
    CHECK_INT(out_error(&out), 0);
    CHECK(!out_flush(&out));
    CHECK_INT(out_error(&out), EPIPE);
    put_pieces(&out, at);
    CHECK(!out_close(&out));
    CHECK_INT(out_error(&out), EPIPE);
    CHECK_INT(out.total, 5);
    close(ends[1]);
    signal(SIGPIPE, SIG_DFL);
    free(at);
}

static void test_full_device(void) {
    int fd = open("/dev/full", O_WRONLY);
    if (fd >= 0) {
        struct out out;
        out_open(&out, fd);
        out_puts(&out, "x");
        CHECK(!out_close(&out));
        CHECK_INT(out_error(&out), ENOSPC);
        close(fd);
    }
}

/* The system does not read lost pages for us: they are written as the zeros that readers of the input see. */
static void test_lost_pages(void) {
    char from[256];
    char to[256];
    char *at = make_long();
    int source = open_scratch(from, sizeof from);
    int sink = open_scratch(to, sizeof to);
    CHECK(at && write(source, at, LONG) == LONG);
    struct input *input = input_open(from);
    CHECK(input != NULL);
    if (input && at) {
        size_t kept = (size_t)sysconf(_SC_PAGESIZE) * 20;
        uint64_t off = 0;
        CHECK_INT(ftruncate(source, (off_t)kept), 0);
        memset(at + kept, 0, LONG - kept);
        struct out out;
        out_open(&out, sink);
        out_puts(&out, "<");
        out_put(&out, input_data(input), LONG);
        out_puts(&out, ">");
        CHECK(out_close(&out));
        CHECK_INT(out.total, LONG + 2);
        CHECK(input_lost(input, &off));
        CHECK_INT(off, kept);
        struct input *written = input_open(to);
        CHECK(written && input_size(written) == LONG + 2);
        if (written) {
            CHECK_BYTES(input_data(written) + 1, LONG, at, LONG);
        }
        input_close(written);
    }
    input_close(input);
    unlink(from);
    unlink(to);
    close(source);
    close(sink);
    free(at);
}

CHECK_MAIN("out", {"texts", test_texts}, {"memory", test_memory}, {"function", test_function},
           {"growing", test_growing}, {"file", test_file}, {"pipes", test_pipes},
           {"closed pipe", test_closed_pipe}, {"full device", test_full_device},
           {"lost pages", test_lost_pages})
