/* measure [-p] [-e N] COMMAND ARGUMENT...: runs a command whose output is thrown away and prints what it took, as
 * "STATUS USER SYSTEM WALL PEAK": microseconds, and the peak of its resident memory in KiB.
 *
 *   -p    the output goes through a pipe to "cat >/dev/null", which WALL waits for, too; USER and SYSTEM are without it
 *   -e N  the last N arguments are files: the command runs once for each, one after another, and the sums are printed
 *
 * A small program of its own, because the peak of a process starts with that of the one that starts it. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct cost {
    int status; /* the first that is not 0 */
    long long user;
    long long system;
    long peak;
};

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static long long microseconds(struct timeval t) {
    return (long long)t.tv_sec * 1000000 + t.tv_usec;
}

/* Starts a command with descriptor 0 or 1 being another one; the others that it gets are closed when it starts. */
static pid_t start(char **argv, int fd, int as) {
    pid_t child = fork();
    if (child == 0) {
        dup2(fd, as);
        execv(argv[0], argv);
        perror(argv[0]);
        _exit(127);
    }
    if (child < 0) {
        fail("fork");
    }
    return child;
}

static void finish(pid_t child, struct cost *cost) {
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) != child) {
        fail("wait4");
    }
    if (cost->status == 0) {
        cost->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    cost->user += microseconds(usage.ru_utime);
    cost->system += microseconds(usage.ru_stime);
    cost->peak = usage.ru_maxrss > cost->peak ? usage.ru_maxrss : cost->peak;
}

static void run(char **argv, int null, struct cost *cost) {
    finish(start(argv, null, STDOUT_FILENO), cost);
}

static void run_into_pipe(char **argv, struct cost *cost) {
    char *reader[] = {"/bin/sh", "-c", "exec cat >/dev/null", NULL};
    struct cost unused = {0};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        fail("pipe");
    }
    pid_t cat = start(reader, ends[0], STDIN_FILENO);
    pid_t command = start(argv, ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    finish(command, cost);
    finish(cat, &unused);
}

/* Runs a command once for each of the last n of its argc arguments. */
static void run_for_each(int argc, char **argv, int n, int null, struct cost *cost) {
    char **files = argv + argc - n;
    for (int i = 0; i < n; i++) {
        char *file = files[i];
        char *next = files[1];
        files[0] = file;
        files[1] = NULL;
        run(argv, null, cost);
        files[1] = next;
    }
}

int main(int argc, char **argv) {
    struct timespec begin;
    struct timespec end;
    struct cost cost = {0};
    bool piped = false;
    int each = 0;
    int option;
    /* not /dev/null: GNU grep stops at the first hit when its output goes there */
    int null = open("/dev/zero", O_WRONLY | O_CLOEXEC);
    while ((option = getopt(argc, argv, "+pe:")) > 0) {
        piped |= option == 'p';
        each = option == 'e' ? atoi(optarg) : each;
    }
    argv += optind;
    argc -= optind;
    if (null < 0 || argc < 1 || each >= argc) {
        fputs("usage: measure [-p] [-e N] COMMAND ARGUMENT...\n", stderr);
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &begin);
    if (piped) {
        run_into_pipe(argv, &cost);
    } else if (each) {
        run_for_each(argc, argv, each, null, &cost);
    } else {
        run(argv, null, &cost);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%d %lld %lld %lld %ld\n", cost.status, cost.user, cost.system,
           (long long)(end.tv_sec - begin.tv_sec) * 1000000 + (end.tv_nsec - begin.tv_nsec) / 1000,
           cost.peak);
    return 0;
}
