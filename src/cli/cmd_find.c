#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "ask/regex.h"
#include "ask/search.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cli/command.h"
#include "cli/fields.h"
#include "cli/pass.h"
#include "cli/rows.h"
#include "cli/talk.h"

/* What is left of a line for the path of a field. */
#define PATH_COLUMNS 28u

enum find_option {
    OPT_REGEX,
    OPT_CASE,
    OPT_FROM,
    OPT_TO,
    OPT_LAST,
    OPT_MAX,
    OPT_TALLY,
    OPT_JSON,
    OPT_FIELDS,
    OPT_SCHEMA,
    OPT_PARAM,
    OPT_DIR,
    OPT_WIDTH,
    OPT_COLOUR,
    OPT_COUNT
};

static const struct option option_list[OPT_COUNT] = {
    [OPT_REGEX] = {'E', "regex", NULL, "PATTERN is a regular expression (PCRE2) on bytes"},
    [OPT_CASE] = {'i', "ignore-case", NULL, "upper and lower case of ASCII letters are alike"},
    PASS_RANGE_OPTIONS,
    [OPT_LAST] = {0, "last", NULL, "only the last hit; with --max N the last N"},
    [OPT_MAX] = {'m', "max", "N", "end after N hits"},
    [OPT_TALLY] = {'c', "count", NULL, "tell only how many hits there are"},
    [OPT_JSON] = {0, "json", NULL, "one JSON array of all hits"},
    [OPT_FIELDS] = {0, "fields", "WHEN",
                    "tell which fields hits are in: always, never, or auto\n"
                    "(default): in files up to 64 MiB, by what is in them"},
    [OPT_SCHEMA] = {'s', "schema", "SCHEMA", "the fields of this schema, in any file"},
    [OPT_PARAM] = GIVE_OPTION,
    [OPT_DIR] = FIND_OPTION,
    [OPT_WIDTH] = {0, "width", "N",
                   "lines of at most N columns (20 to 10000); default:\nthe terminal's"},
    [OPT_COLOUR] = {0, "colour", "WHEN", "auto, always or never"},
};

struct hit {
    uint64_t off, len;
};

struct find {
    struct arena arena;
    struct pass_range range;
    bool is_regex, fold, last, count_only, json;
    uint64_t max; /* hits; 0: all of them */
    uint64_t width;
    enum terminal_when colour;

    struct pattern pattern;
    struct regex *regex;

    struct pass pass;
    struct out out;
    struct rows rows;
    uint64_t found;
    VEC(struct hit) kept; /* with last: those that may be told, a ring when there are max */
    struct fields fields;
    VEC(struct hit) waiting; /* for their fields */
    uint64_t told;
};

static void tell_in(struct find *find, struct hit hit, struct bytes fields) {
    struct out *out = &find->out;
    if (find->json) {
        out_printf(out, "%s{\"offset\":%" PRIu64 ",\"size\":%" PRIu64,
                   find->told > 0 ? ",\n" : "\n", hit.off, hit.len);
        if (fields_are_told(&find->fields)) {
            out_puts(out, ",\"fields\":[");
            out_put(out, fields.at, fields.len);
            out_putc(out, ']');
        }
        out_putc(out, '}');
    } else {
        rows_put(&find->rows, hit.off, find->pass.size, fields);
    }
    find->told++;
}

/* Tells those that wait, with the fields that they begin in. */
static void tell_waiting(struct find *find) {
    uint32_t n = find->waiting.n;
    if (n == 0) {
        return;
    }
    uint64_t *offsets = mem_alloc(n * sizeof *offsets);
    for (uint32_t i = 0; i < n; i++) {
        offsets[i] = find->waiting.at[i].off;
    }
    struct owner *owner =
        fields_look_up(&find->fields, find->pass.input, &find->out, offsets, n, find->json);
    for (uint32_t i = 0; i < n && !out_error(&find->out); i++) {
        tell_in(find, find->waiting.at[i], owner_fields(owner, i));
    }
    owner_free(owner);
    mem_free(offsets);
    find->waiting.n = 0;
}

static void tell(struct find *find, struct hit hit) {
    find->found++;
    if (find->count_only) {
        return;
    }
    if (!fields_are_told(&find->fields)) {
        tell_in(find, hit, bytes_of(NULL, 0));
        return;
    }
    *vec_push(&find->waiting, &find->arena) = hit;
    if (find->waiting.n == FIELDS_AT_ONCE) {
        tell_waiting(find);
    }
}

static bool is_enough(const struct find *find) {
    return find->max > 0 && find->found == find->max;
}

/* All hits of the pattern, from the front. */
static void find_forward(struct find *find) {
    struct search search;
    struct hit hit = {.len = find->pattern.value.len};
    search_begin(&search, &find->pattern, find->pass.data, find->pass.from, find->pass.to, false);
    enum search_found found;
    while (!is_enough(find) && (found = search_next(&search, &hit.off)) != SEARCH_END) {
        if (found == SEARCH_HIT) {
            tell(find, hit);
        }
        if (!watch_step(&find->pass.watch, search.pos)) {
            break;
        }
    }
    search_free(&search);
}

/* The last max hits of the pattern. */
static void find_backward(struct find *find) {
    struct search search;
    struct hit hit = {.len = find->pattern.value.len};
    search_begin(&search, &find->pattern, find->pass.data, find->pass.from, find->pass.to, true);
    enum search_found found;
    while (find->kept.n < find->max && (found = search_previous(&search, &hit.off)) != SEARCH_END) {
        if (found == SEARCH_HIT) {
            *vec_push(&find->kept, &find->arena) = hit;
        }
    }
    search_free(&search);
    for (uint32_t i = find->kept.n; i > 0; i--) {
        tell(find, find->kept.at[i - 1]);
    }
}

/* Remembers the last max hits. */
static void keep(struct find *find, struct hit hit, uint64_t number) {
    if (find->kept.n < find->max) {
        *vec_push(&find->kept, &find->arena) = hit;
    } else {
        find->kept.at[number % find->max] = hit;
    }
}

static void tell_kept(struct find *find, uint64_t met) {
    uint32_t n = find->kept.n;
    for (uint32_t i = 0; i < n; i++) {
        tell(find, find->kept.at[met > n ? (met + i) % n : i]);
    }
}

/* Hits of a regular expression do not overlap: each search begins where the hit before ended. */
static int find_regex(struct find *find) {
    const struct pass *pass = &find->pass;
    uint64_t met = 0, from = pass->from;
    bool after_empty = false;
    enum regex_found found = REGEX_NONE;
    struct hit hit = {0};
    while (!is_enough(find) && (found = regex_next(find->regex, pass->data, from, pass->to,
                                                   after_empty, &hit.off, &hit.len)) == REGEX_HIT) {
        if (find->last) {
            keep(find, hit, met);
        } else {
            tell(find, hit);
        }
        met++;
        uint64_t end = hit.off + hit.len;
        after_empty = hit.len == 0;
        from = after_empty || end > from ? end : from + 1; /* \K may begin a hit in front of from */
        if (!watch_step(&find->pass.watch, from) || from > pass->to) {
            break;
        }
    }
    tell_kept(find, met);
    if (found == REGEX_GIVEN_UP) {
        talk("%s: given up at or behind 0x%" PRIx64
             ": the regular expression takes too much work there",
             input_name(pass->input), hit.off);
        return CLI_DATA;
    }
    return CLI_FINE;
}

/* How wide the rows may be, so that paths have room behind them. */
static unsigned row_width(const struct find *find) {
    unsigned width = find->width ? (unsigned)find->width : terminal_width();
    bool beside = fields_are_told(&find->fields) && width > 0;
    return !beside ? width : width > PATH_COLUMNS + 1 ? width - PATH_COLUMNS : 1;
}

static int search(struct find *find) {
    int status = CLI_FINE;
    rows_begin(&find->rows, &find->out, find->pass.data, find->pass.size, row_width(find),
               find->colour);
    if (find->json) {
        out_putc(&find->out, '[');
    }
    if (find->is_regex) {
        status = find_regex(find);
    } else if (find->last) {
        find_backward(find);
    } else {
        find_forward(find);
    }
    tell_waiting(find);
    if (find->json) {
        out_puts(&find->out, find->found > 0 ? "\n]\n" : "]\n");
    } else if (find->count_only) {
        out_printf(&find->out, "%" PRIu64 "\n", find->found);
    }
    rows_end(&find->rows);
    return command_worse(status, find->found > 0 ? CLI_FINE : CLI_FINDINGS);
}

static bool read_pattern(struct find *find, const char *text) {
    const char *why = NULL;
    if (find->is_regex) {
        find->regex = regex_new(text, find->fold, &find->arena, &why);
    } else {
        pattern_read(&find->pattern, &find->arena, text, find->fold, &why);
    }
    if (why) {
        talk("%s", why);
    }
    return why == NULL;
}

static int find_in(struct find *find, const char *path, const char *pattern) {
    if (!read_pattern(find, pattern)) {
        return CLI_USAGE;
    }
    out_open(&find->out, STDOUT_FILENO);
    int status = pass_begin(&find->pass, path, &find->range, &find->out);
    if (status != CLI_FINE) {
        return command_close(&find->out, status);
    }
    status = find->count_only ? CLI_FINE : fields_begin(&find->fields, find->pass.input);
    bool fine = status == CLI_FINE;
    if (fine) {
        status = search(find);
    }
    out_flush(&find->out);
    if (fine && status == CLI_FINDINGS && find->pattern.guessed) {
        talk("'%s' was looked for as text; 'sonde help find' tells how else a pattern is written",
             pattern);
    }
    status = pass_end(&find->pass, status);
    return command_close(&find->out, status);
}

static bool take_option(void *of, const struct options *options, int id) {
    struct find *find = of;
    struct fields *fields = &find->fields;
    int choice;
    switch ((enum find_option)id) {
    case OPT_REGEX:
        find->is_regex = true;
        return true;
    case OPT_CASE:
        find->fold = true;
        return true;
    case OPT_FROM:
        find->range.from = options->value;
        return true;
    case OPT_TO:
        find->range.to = options->value;
        return true;
    case OPT_LAST:
        find->last = true;
        return true;
    case OPT_MAX:
        return options_number(options, 1, UINT32_MAX, &find->max);
    case OPT_TALLY:
        find->count_only = true;
        return true;
    case OPT_JSON:
        find->json = true;
        return true;
    case OPT_FIELDS:
        choice = options_choice(options, fields_when_texts, FIELDS_WHEN_COUNT);
        fields->when = (enum fields_when)choice;
        return choice >= 0;
    case OPT_SCHEMA:
        fields->schema = options->value;
        return true;
    case OPT_PARAM:
        return give_take(&fields->pick.given, &fields->pick.arena, options);
    case OPT_DIR:
        *vec_push(&fields->pick.folders.at, &fields->pick.arena) = options->value;
        return true;
    case OPT_WIDTH:
        return options_number(options, 20, 10000, &find->width);
    case OPT_COLOUR:
        choice = options_choice(options, terminal_when_texts, TERMINAL_WHEN_COUNT);
        find->colour = (enum terminal_when)choice;
        return choice >= 0;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct find find = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &find);
    if (find.last && find.max == 0) {
        find.max = 1;
    }
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count != 2) {
        status = command_usage(command, "find takes a file and a pattern");
    } else if (find.json && find.count_only) {
        status = command_usage(command, "--count and --json don't go together");
    } else {
        status = find_in(&find, options.operands[0], options.operands[1]);
    }
    regex_free(find.regex);
    fields_end(&find.fields);
    arena_free(&find.arena);
    return status;
}

const struct command cmd_find = {
    .name = "find",
    .operands = "[OPTION]... FILE PATTERN",
    .summary = "Find text, bytes and numbers in a file",
    .about = "All offsets at which PATTERN is, also where hits overlap, each with the bytes\n"
             "from there on, and the field of the schema that it begins in. Status 1: it is\n"
             "nowhere. \"-\" is standard input. PATTERN is\n"
             "  de ad ?? ?f        bytes as hexadecimal digits, ? for any digit; also 0xdead\n"
             "                     and hex:dead\n"
             "  uint32le:0x1234    a number: uint8 to uint128, int8 to int128, float32 and\n"
             "                     float64, with le or be\n"
             "  utf16le:text       text in an encoding\n"
             "  \"text\\n\\x00\"       text with escapes; also behind an encoding\n"
             "  text:de ad         text as it is\n"
             "  anything else      text as it is\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
