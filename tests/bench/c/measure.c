/* measure COMMAND ARGUMENT…: runs a command with /dev/null as its standard output and prints what it took, as
 * "STATUS USER SYSTEM WALL PEAK": microseconds, and the peak of its resident memory in KiB.
 *
 * A small program of its own, because the peak of a process starts with that of the one that starts it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long microseconds(struct timeval t) {
    return (long long)t.tv_sec * 1000000 + t.tv_usec;
}

int main(int argc, char **argv) {
    struct timespec start;
    struct timespec end;
    struct rusage usage;
    int status;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (argc < 2 || null < 0) {
        fputs("usage: measure COMMAND ARGUMENT...\n", stderr);
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child = fork();
    if (child == 0) {
        dup2(null, STDOUT_FILENO);
        execv(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("measure");
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%d %lld %lld %lld %ld\n",
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
           microseconds(usage.ru_utime), microseconds(usage.ru_stime),
           (long long)(end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000,
           usage.ru_maxrss);
    return 0;
}
