#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/pass.h"
#include "cli/rows.h"
#include "cli/talk.h"

enum hex_option { OPT_AT, OPT_SIZE, OPT_VERBOSE, OPT_WIDTH, OPT_COLOUR, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_AT] = {0, "at", "OFFSET", "begin there; negative: counted from the end"},
    [OPT_SIZE] = {'n', "size", "N", "so many bytes; fewer where the file ends"},
    [OPT_VERBOSE] = {'v', "verbose", NULL, "all rows, also those that are like the one before"},
    [OPT_WIDTH] = {0, "width", "N",
                   "rows of at most N columns (20 to 10000); default:\nthe terminal's"},
    [OPT_COLOUR] = {0, "colour", "WHEN", "auto, always or never"},
};

struct hex {
    struct pass_range range;
    const char *size; /* as written; NULL: all there are */
    bool verbose;
    uint64_t width;
    enum terminal_when colour;
    struct out out;
};

/* Where the rows end that are like the row in front of at; whole rows. */
static uint64_t step_alike(struct pass *pass, uint64_t at, uint64_t end, uint64_t row) {
    const uint8_t *data = pass->data;
    uint64_t piece = PASS_PIECE - PASS_PIECE % row;
    while (end - at >= piece && memcmp(data + at, data + at - row, (size_t)piece) == 0 &&
           watch_step(&pass->watch, at)) {
        at += piece;
    }
    while (end - at >= row && memcmp(data + at, data + at - row, (size_t)row) == 0) {
        at += row;
    }
    return at;
}

/* Of rows that are all alike the first is shown, then "*"; the last row always, which tells where the end is. */
static void put_rows(const struct hex *hex, struct pass *pass, struct rows *rows) {
    uint64_t row = rows_length(rows);
    uint64_t last =
        pass->to > pass->from ? (pass->to - pass->from - 1) / row * row + pass->from : 0;
    for (uint64_t at = pass->from; at < pass->to; at += row) {
        if (!hex->verbose && at > pass->from && at < last) {
            uint64_t next = step_alike(pass, at, last, row);
            out_puts(rows->out, next > at ? "*\n" : "");
            at = next;
        }
        rows_put(rows, at, pass->to, bytes_of(NULL, 0));
        if (!watch_step(&pass->watch, at)) {
            break;
        }
    }
}

static bool set_end(const struct hex *hex, struct pass *pass) {
    uint64_t size;
    if (hex->size && !pass_number(hex->size, &size)) {
        talk("'%s' is no number of bytes", hex->size);
        return false;
    }
    if (hex->size && size < pass->to - pass->from) {
        pass->to = pass->from + size;
    }
    return true;
}

static int show(struct hex *hex, const char *path) {
    struct pass pass;
    out_open(&hex->out, STDOUT_FILENO);
    int status = pass_begin(&pass, path, &hex->range, &hex->out);
    if (status != CLI_FINE) {
        return command_close(&hex->out, status);
    }
    if (set_end(hex, &pass)) {
        struct rows rows;
        rows_begin(&rows, &hex->out, pass.data, pass.size,
                   hex->width ? (unsigned)hex->width : terminal_width(), hex->colour);
        put_rows(hex, &pass, &rows);
        rows_end(&rows);
    } else {
        status = CLI_USAGE;
    }
    out_flush(&hex->out);
    status = pass_end(&pass, status);
    return command_close(&hex->out, status);
}

static bool take_option(void *of, const struct options *options, int id) {
    struct hex *hex = of;
    int choice;
    switch ((enum hex_option)id) {
    case OPT_AT:
        hex->range.from = options->value;
        return true;
    case OPT_SIZE:
        hex->size = options->value;
        return true;
    case OPT_VERBOSE:
        hex->verbose = true;
        return true;
    case OPT_WIDTH:
        return options_number(options, 20, 10000, &hex->width);
    case OPT_COLOUR:
        choice = options_choice(options, terminal_when_texts, TERMINAL_WHEN_COUNT);
        hex->colour = (enum terminal_when)choice;
        return choice >= 0;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct hex hex = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &hex);
    if (id != OPTIONS_DONE) {
        return command_end(command, id);
    }
    if (options.operand_count != 1) {
        return command_usage(command, "which file's bytes are to be shown?");
    }
    return show(&hex, options.operands[0]);
}

const struct command cmd_hex = {
    .name = "hex",
    .operands = "[OPTION]... FILE",
    .summary = "Show a file's bytes, in hexadecimal and as text",
    .about = "As they stand left of the tree. \"*\" stands for rows that are like the one\n"
             "before it. \"-\" is standard input.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
