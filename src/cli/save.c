#include "config.h"

#include "cli/save.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/talk.h"
#include "io/replace.h"

static bool is_stdout(const char *output) {
    return strcmp(output, "-") == 0;
}

bool save_is_free(const char *output, bool force, const char *input) {
    struct stat there, read;
    if (is_stdout(output) || lstat(output, &there) != 0) {
        return true; /* what is wrong beside that tells itself */
    }
    if (!force) {
        talk("'%s' is there already: --force replaces it", output);
        return false;
    }
    if (stat(output, &there) != 0 || !S_ISREG(there.st_mode)) {
        talk("'%s' is no file that can be replaced; '-o -' writes to standard output", output);
        return false;
    }
    bool from_stdin = strcmp(input, "-") == 0;
    if ((from_stdin ? fstat(STDIN_FILENO, &read) : stat(input, &read)) == 0 &&
        read.st_dev == there.st_dev && read.st_ino == there.st_ino) {
        talk("'%s' is the file that is read", output);
        return false;
    }
    return true;
}

int save_bytes(const char *output, bool force, const char *input, struct bytes bytes) {
    if (is_stdout(output)) {
        struct out out;
        out_open(&out, STDOUT_FILENO);
        out_put(&out, bytes.at, bytes.len);
        return command_close(&out, CLI_FINE);
    }
    if (!save_is_free(output, force, input)) {
        return CLI_USAGE;
    }
    bool replaces = force && access(output, F_OK) == 0;
    if (!(replaces ? replace_file : replace_new)(output, bytes)) {
        talk_failed("write", output, errno);
        return CLI_ENVIRONMENT;
    }
    return CLI_FINE;
}
