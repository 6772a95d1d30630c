#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/open.h"
#include "cli/talk.h"
#include "io/input.h"
#include "io/replace.h"
#include "patch/bps.h"
#include "patch/diff.h"
#include "patch/hexpatch.h"
#include "patch/ips.h"
#include "patch/sum.h"

enum bytediff_option { OPT_FORMAT, OPT_OUTPUT, OPT_FORCE, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_FORMAT] = {'f', "format", "FORMAT", "hex (the default), ips or bps"},
    [OPT_OUTPUT] = {'o', "output", "OUT", "write the patch to OUT; \"-\": to standard output"},
    [OPT_FORCE] = {0, "force", NULL, "replace OUT if it is there"},
};

enum bytediff_format { FORMAT_HEX, FORMAT_IPS, FORMAT_BPS, FORMAT_COUNT };

static const char *const format_texts[FORMAT_COUNT] = {"hex", "ips", "bps"};

struct bytediff {
    enum bytediff_format format;
    const char *output;
    bool force;
    struct bytes from, to;
    struct buf patch;
};

static struct hexpatch_side side_of(struct bytes bytes) {
    return (struct hexpatch_side){
        .has_size = true, .size = bytes.len, .has_sum = true, .sum = patch_sum(bytes)};
}

static bool make_hex(struct bytediff *diff) {
    struct patch_edits *edits = patch_edits_new(diff->from.len);
    bool fine = patch_diff(diff->from, diff->to, edits);
    if (fine) {
        struct hexpatch_head head = {.from = side_of(diff->from), .to = side_of(diff->to)};
        struct out out;
        out_memory(&out, &diff->patch);
        hexpatch_write(&out, &head, edits, diff->from.at, false);
        out_close(&out);
    } else {
        talk("can't keep the differences: %s", strerror(errno));
    }
    patch_edits_free(edits);
    return fine;
}

static int make(struct bytediff *diff) {
    const char *why = NULL;
    switch (diff->format) {
    case FORMAT_HEX:
        return make_hex(diff) ? CLI_FINE : CLI_ENVIRONMENT;
    case FORMAT_IPS:
        if (!ips_write(&diff->patch, diff->from, diff->to, &why)) {
            talk("%s", why);
            return CLI_USAGE;
        }
        break;
    case FORMAT_BPS:
        bps_write(&diff->patch, diff->from, diff->to);
        break;
    case FORMAT_COUNT:
        break;
    }
    return CLI_FINE;
}

static int deliver(const struct bytediff *diff, int status) {
    const char *output = diff->output;
    if (!output || strcmp(output, "-") == 0) {
        return command_print(&diff->patch, status);
    }
    bool replaces = diff->force && access(output, F_OK) == 0;
    bool fine = replaces ? replace_file(output, buf_bytes(&diff->patch))
                         : replace_new(output, buf_bytes(&diff->patch));
    if (!fine && errno == EEXIST) {
        talk("'%s' is there already: --force replaces it", output);
        return CLI_USAGE;
    }
    if (!fine) {
        talk_failed("write", output, errno);
        return CLI_ENVIRONMENT;
    }
    return status;
}

static int compare(struct bytediff *diff, struct input *from, struct input *to) {
    diff->from = bytes_of(input_data(from), (size_t)input_size(from));
    diff->to = bytes_of(input_data(to), (size_t)input_size(to));
    int status = make(diff);
    if (status == CLI_FINE) {
        status = deliver(diff, bytes_equal(diff->from, diff->to) ? CLI_FINE : CLI_FINDINGS);
    }
    buf_free(&diff->patch);
    return status;
}

static bool take_option(void *of, const struct options *options, int id) {
    struct bytediff *diff = of;
    int choice;
    switch ((enum bytediff_option)id) {
    case OPT_FORMAT:
        choice = options_choice(options, format_texts, FORMAT_COUNT);
        diff->format = (enum bytediff_format)choice;
        return choice >= 0;
    case OPT_OUTPUT:
        diff->output = options->value;
        return true;
    case OPT_FORCE:
        diff->force = true;
        return true;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct bytediff diff = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &diff);
    if (id != OPTIONS_DONE) {
        return command_end(command, id);
    }
    if (options.operand_count != 2) {
        return command_usage(command, "bytediff takes two files");
    }
    if (diff.format != FORMAT_HEX && !diff.output) {
        return command_usage(command, "where is the patch to be written? -o OUT, or -o -");
    }
    struct input *from = open_input(options.operands[0]);
    struct input *to = from ? open_input(options.operands[1]) : NULL;
    int status = to ? compare(&diff, from, to) : CLI_ENVIRONMENT;
    input_close(from);
    input_close(to);
    return status;
}

const struct command cmd_bytediff = {
    .name = "bytediff",
    .operands = "[OPTION]... FROM TO",
    .summary = "Write the patch that makes one file of another",
    .about = "Of two files of one size a hex patch has each byte that differs, of others what\n"
             "was put in, taken out and replaced. Status 1: they differ. 'sonde apply' applies\n"
             "it. \"-\" is standard input.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
