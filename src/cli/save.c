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

int save_begin(struct saving *saving, const char *output, bool force, const char *input) {
    *saving = (struct saving){.output = output, .in_file = !is_stdout(output)};
    if (!save_is_free(output, force, input)) {
        return CLI_USAGE;
    }
    bool replaces = force && access(output, F_OK) == 0;
    if (saving->in_file && !replace_begin(&saving->file, output, !replaces)) {
        talk_failed("write", output, errno);
        return CLI_ENVIRONMENT;
    }
    out_open(&saving->out, saving->in_file ? saving->file.fd : STDOUT_FILENO);
    return CLI_FINE;
}

int save_end(struct saving *saving, int status, bool keep) {
    if (!saving->in_file) {
        return command_close(&saving->out, status);
    }
    bool written = out_close(&saving->out);
    int error = out_error(&saving->out);
    bool ended = replace_end(&saving->file, keep && written);
    error = written && !ended ? errno : error;
    if (!written || !ended) {
        talk_failed("write", saving->output, error);
        status = command_worse(status, CLI_ENVIRONMENT);
    }
    return status;
}

int save_bytes(const char *output, bool force, const char *input, struct bytes bytes) {
    struct saving saving;
    int status = save_begin(&saving, output, force, input);
    if (status != CLI_FINE) {
        return status;
    }
    out_put(&saving.out, bytes.at, bytes.len);
    return save_end(&saving, CLI_FINE, true);
}
