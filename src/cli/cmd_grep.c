#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "ask/lines.h"
#include "base/jsontext.h"
#include "cli/command.h"
#include "cli/pass.h"
#include "cli/talk.h"
#include "cli/terminal.h"
#include "sink/tree_line.h"

enum grep_option { OPT_REGEX, OPT_CASE, OPT_MAX, OPT_TALLY, OPT_JSON, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_REGEX] = {'E', "regex", NULL, "PATTERN is a regular expression (PCRE2) on bytes"},
    [OPT_CASE] = {'i', "ignore-case", NULL, "upper and lower case of ASCII letters are alike"},
    [OPT_MAX] = {'m', "max-count", "N", "end after N lines"},
    [OPT_TALLY] = {'c', "count", NULL, "tell only how many lines there are"},
    [OPT_JSON] = {0, "json", NULL, "one JSON array of all lines"},
};

struct grep {
    struct arena arena;
    bool is_regex, fold, count_only, json;
    uint64_t max; /* lines; 0: all of them */
    struct pattern pattern;
    struct regex *regex;
    struct pass pass;
    struct out out;
    uint64_t found;
};

static void put_json(struct grep *grep, const struct line *line, struct bytes text) {
    out_printf(&grep->out, "%s{\"line\":%" PRIu64 ",\"offset\":%" PRIu64 ",\"size\":%" PRIu64,
               grep->found > 0 ? ",\n" : "\n", line->number, line->off, line->len);
    out_puts(&grep->out, ",\"text\":");
    char *at = out_room(&grep->out, JSONTEXT_ROOM(text.len));
    grep->out.len += (size_t)(jsontext_string(at, text, NULL) - at);
    out_putc(&grep->out, '}');
}

/* A terminal does things at some bytes: there they are escaped. */
static void put_line(struct grep *grep, const struct line *line, struct bytes text) {
    out_printf(&grep->out, "%" PRIu64 ":", line->number);
    if (isatty(STDOUT_FILENO)) {
        struct buf safe = {0};
        tree_put_safe(&safe, text, terminal_is_utf8());
        out_put(&grep->out, safe.at, safe.len);
        buf_free(&safe);
    } else {
        out_put(&grep->out, text.at, text.len);
    }
    out_putc(&grep->out, '\n');
}

static void tell(struct grep *grep, const struct line *line) {
    struct bytes text = bytes_of(grep->pass.data + line->off, (size_t)line->len);
    if (grep->json) {
        put_json(grep, line, text);
    } else if (!grep->count_only) {
        put_line(grep, line, text);
    }
    grep->found++;
}

static int look(struct grep *grep) {
    struct pass *pass = &grep->pass;
    struct lines lines = {
        .pattern = grep->is_regex ? NULL : &grep->pattern,
        .regex = grep->regex,
        .data = pass->data,
        .size = pass->size,
    };
    struct line line;
    enum lines_found found = LINES_END;
    while ((grep->max == 0 || grep->found < grep->max) &&
           (found = lines_next(&lines, &line)) != LINES_END && found != LINES_GIVEN_UP) {
        if (found == LINES_HIT) {
            tell(grep, &line);
        }
        if (!watch_step(&pass->watch, lines_done(&lines))) {
            break;
        }
    }
    if (found == LINES_GIVEN_UP) {
        talk("%s: given up at line %" PRIu64 ": the regular expression takes too much work there",
             input_name(pass->input), line.number);
        return CLI_DATA;
    }
    return grep->found > 0 ? CLI_FINE : CLI_FINDINGS;
}

static bool read_pattern(struct grep *grep, const char *text) {
    const char *why = NULL;
    if (grep->is_regex) {
        grep->regex = regex_new(text, grep->fold, &grep->arena, &why);
    } else if (pattern_read(&grep->pattern, &grep->arena, text, grep->fold, &why) &&
               memchr(grep->pattern.value.at, '\n', grep->pattern.value.len)) {
        why = "a line has no line end in it: there is none that this pattern fits";
    }
    if (why) {
        talk("%s", why);
    }
    return why == NULL;
}

static int look_in(struct grep *grep, const char *path, const char *pattern) {
    static const struct pass_range whole;
    if (!read_pattern(grep, pattern)) {
        return CLI_USAGE;
    }
    out_open(&grep->out, STDOUT_FILENO);
    int status = pass_begin(&grep->pass, path, &whole, &grep->out);
    if (status != CLI_FINE) {
        return command_close(&grep->out, status);
    }
    out_puts(&grep->out, grep->json ? "[" : "");
    status = look(grep);
    if (grep->json) {
        out_puts(&grep->out, grep->found > 0 ? "\n]\n" : "]\n");
    } else if (grep->count_only) {
        out_printf(&grep->out, "%" PRIu64 "\n", grep->found);
    }
    out_flush(&grep->out);
    status = pass_end(&grep->pass, status);
    return command_close(&grep->out, status);
}

static bool take_option(void *of, const struct options *options, int id) {
    struct grep *grep = of;
    switch ((enum grep_option)id) {
    case OPT_REGEX:
        grep->is_regex = true;
        return true;
    case OPT_CASE:
        grep->fold = true;
        return true;
    case OPT_MAX:
        return options_number(options, 1, UINT64_MAX, &grep->max);
    case OPT_TALLY:
        grep->count_only = true;
        return true;
    case OPT_JSON:
        grep->json = true;
        return true;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct grep grep = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &grep);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count != 2) {
        status = command_usage(command, "grep takes a file and a pattern");
    } else if (grep.json && grep.count_only) {
        status = command_usage(command, "--count and --json don't go together");
    } else {
        status = look_in(&grep, options.operands[0], options.operands[1]);
    }
    regex_free(grep.regex);
    arena_free(&grep.arena);
    return status;
}

const struct command cmd_grep = {
    .name = "grep",
    .operands = "[OPTION]... FILE PATTERN",
    .summary = "Show the lines of a file that have a pattern in them",
    .about = "Each with its number, as 'grep -a -n' does, whatever else is in the file.\n"
             "PATTERN is written as for find. Status 1: there is no such line. \"-\" is\n"
             "standard input.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
