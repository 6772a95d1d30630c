#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/pass.h"
#include "cli/talk.h"
#include "io/replace.h"

enum extract_option { OPT_OUTPUT, OPT_FORCE, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_OUTPUT] = {'o', "output", "FILE", "write them to FILE; \"-\" is standard output"},
    [OPT_FORCE] = {0, "force", NULL, "replace FILE if it is there"},
};

struct extract {
    const char *output;
    bool force;
    struct out out; /* standard output */
};

/* Whether the output may be written: it is not there, or is a file to be replaced that is not the one read. */
static bool is_free(const struct extract *extract, const char *input) {
    struct stat there, read;
    if (lstat(extract->output, &there) != 0) {
        return true; /* what is wrong beside that tells itself */
    }
    if (!extract->force) {
        talk("'%s' is there already: --force replaces it", extract->output);
        return false;
    }
    if (stat(extract->output, &there) != 0 || !S_ISREG(there.st_mode)) {
        talk("'%s' is no file that can be replaced; '-o -' writes to standard output",
             extract->output);
        return false;
    }
    bool from_stdin = strcmp(input, "-") == 0;
    if ((from_stdin ? fstat(STDIN_FILENO, &read) : stat(input, &read)) == 0 &&
        read.st_dev == there.st_dev && read.st_ino == there.st_ino) {
        talk("'%s' is the file that is read", extract->output);
        return false;
    }
    return true;
}

static int write_bytes(struct extract *extract, const struct pass *pass) {
    struct bytes bytes = bytes_of(pass->data + pass->from, (size_t)(pass->to - pass->from));
    if (strcmp(extract->output, "-") == 0) {
        out_put(&extract->out, bytes.at, bytes.len);
        return CLI_FINE;
    }
    bool replaces = extract->force && access(extract->output, F_OK) == 0;
    if (!(replaces ? replace_file : replace_new)(extract->output, bytes)) {
        int error = errno;
        uint64_t lost;
        if (!input_lost(pass->input, &lost)) { /* else that is told */
            talk_failed("write", extract->output, error);
        }
        return CLI_ENVIRONMENT;
    }
    return CLI_FINE;
}

/* Sets the pass's end behind so many bytes; they must all be there. */
static bool set_length(struct pass *pass, const char *text) {
    uint64_t length;
    if (!pass_number(text, &length)) {
        talk("'%s' is no number of bytes", text);
        return false;
    }
    if (length > pass->to - pass->from) {
        talk("%s: there are no %s bytes at 0x%" PRIx64 ", only %" PRIu64, input_name(pass->input),
             text, pass->from, pass->to - pass->from);
        return false;
    }
    pass->to = pass->from + length;
    return true;
}

static int take_out(struct extract *extract, char **operands) {
    if (strcmp(extract->output, "-") != 0 && !is_free(extract, operands[0])) {
        return CLI_USAGE;
    }
    struct pass pass;
    struct pass_range range = {.from = operands[1]};
    out_open(&extract->out, STDOUT_FILENO);
    int status = pass_begin(&pass, operands[0], &range, &extract->out);
    if (status == CLI_FINE) {
        status = set_length(&pass, operands[2]) ? write_bytes(extract, &pass) : CLI_USAGE;
        out_flush(&extract->out);
        status = pass_end(&pass, status);
    }
    return command_close(&extract->out, status);
}

static int run(const struct command *command, char **words) {
    struct extract extract = {0};
    struct options options = options_begin(command->options, words);
    int id;
    while ((id = options_next(&options)) >= 0) {
        switch ((enum extract_option)id) {
        case OPT_OUTPUT:
            extract.output = options.value;
            break;
        case OPT_FORCE:
            extract.force = true;
            break;
        case OPT_COUNT:
            break;
        }
    }
    if (id != OPTIONS_DONE) {
        return command_end(command, id);
    }
    if (options.operand_count != 3) {
        return command_usage(command, "extract takes a file, an offset and a length");
    }
    if (!extract.output) {
        return command_usage(command, "where are the bytes to be written? -o FILE, or -o -");
    }
    return take_out(&extract, options.operands);
}

const struct command cmd_extract = {
    .name = "extract",
    .operands = "[OPTION]... FILE OFFSET LENGTH -o OUT",
    .summary = "Write a part of a file to another one",
    .about = "OFFSET and LENGTH are digits, or 0x and hexadecimal digits; behind \"--\" a\n"
             "negative offset is counted from the end. A file that is there is replaced only\n"
             "with --force, in one step. FILE \"-\" is standard input.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
