#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/talk.h"
#include "cli/terminal.h"

/* The command that the words ask for; *words then are those behind it. NULL: the first word is none, nor a file. */
static const struct command *choose(char ***words) {
    const char *first = (*words)[0];
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
        (*words)++;
        return &cmd_help;
    }
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
        (*words)++;
        return &cmd_version;
    }
    const struct command *command = first[0] == '-' ? &cmd_dump : command_find(first);
    if (command && first[0] != '-') {
        (*words)++;
    }
    return command;
}

/* A word that is no command is a file to dump; unless there is no such file and a command is spelt nearly so. */
static const struct command *choose_file(const char *word) {
    struct buf near = {0};
    const struct command *command = &cmd_dump;
    if (access(word, F_OK) != 0 && *command_suggestion(word, &near)) {
        talk("there is no command and no file '%s'%s", word, buf_text(&near));
        command = NULL;
    }
    buf_free(&near);
    return command;
}

/* A standard descriptor that is closed would be given to the next file opened, which then is taken for a terminal or
 * written to. What stands in its place can't be used: that is told where it is tried. */
static bool hold_standard(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            return false;
        }
    }
    return true;
}

/* What letters are is the locale's where names of files are compared with patterns; else the locale is not asked before it
 * is needed, since that reads some files. */
static void take_locale(char **words) {
    for (; *words; words++) {
        for (const char *c = *words; *c; c++) {
            if (*c & 0x80) {
                terminal_take_locale();
                return;
            }
        }
    }
}

/* base/mem.h: no memory, so nothing that may want some. */
void sonde_memory_exhausted(void) {
    static const char line[] = "sonde: out of memory\n";
    ssize_t written = write(STDERR_FILENO, line, sizeof line - 1);
    (void)written;
    _exit(CLI_ENVIRONMENT);
}

int main(int argc, char **argv) {
    if (!hold_standard()) {
        return CLI_ENVIRONMENT;
    }
    take_locale(argv);
    /* a reader that went away is a failed write */
    signal(SIGPIPE, SIG_IGN);
    char **words = argc > 0 ? argv + 1 : argv;
    if (!words[0]) {
        talk(
            "what is to be done? 'sonde FILE' shows what is in a file, 'sonde help' lists the commands");
        return CLI_USAGE;
    }
    const struct command *command = choose(&words);
    if (!command) {
        command = choose_file(words[0]);
    }
    return command ? command->run(command, words) : CLI_USAGE;
}
