#include "config.h"

#include <unistd.h>

#include "cli/command.h"
#include "cli/dump.h"
#include "cli/limits.h"
#include "cli/talk.h"
#include "cli/terminal.h"
#include "sink/ksdump.h"
#include "sink/tree.h"

#define WIDTH_MIN 20
#define WIDTH_MAX 10000

enum dump_option {
    OPT_SCHEMA,
    OPT_FORMAT,
    OPT_EACH,
    OPT_PARAM,
    OPT_PRETTY,
    OPT_COMPACT,
    OPT_TYPED,
    OPT_COMPAT,
    OPT_FOLD,
    OPT_WIDTH,
    OPT_DOCS,
    OPT_VERBOSE,
    OPT_COLOUR,
    OPT_DEPTH,
    OPT_EXPANSION,
    OPT_JOBS,
    OPT_DIR,
    OPT_COUNT,
};

static const struct option option_list[OPT_COUNT] = {
    [OPT_SCHEMA] = {'s', "schema", "SCHEMA",
                    "decode by this schema: a file (it has a slash or ends\n"
                    "in \".sonde\" or \".ksy\") or the name of an installed one;\n"
                    "default: by what is in the file"},
    [OPT_FORMAT] = {'f', "format", "FORMAT",
                    "tree (default), json: a document for each file,\n"
                    "jsonl: a line for each record, csv"},
    [OPT_EACH] = {0, "each", "PATH",
                  "the array whose elements are the records, for json,\n"
                  "jsonl and csv; default for the last two: the root's\n"
                  "only array"},
    [OPT_PARAM] = GIVE_OPTION,
    [OPT_PRETTY] = {0, "pretty", NULL, "json: indented; default on a terminal"},
    [OPT_COMPACT] = {0, "compact", NULL, "json: without any white space; default elsewhere"},
    [OPT_TYPED] = {0, "typed", NULL, "json, jsonl: with the types and places of all"},
    [OPT_COMPAT] = {0, "compat", "PROGRAM",
                    "write what another program writes; ksdump: json, xml or\n"
                    "yaml (default)"},
    [OPT_FOLD] = {0, "fold", "N", "tree: show so many elements of an array; 0: all;\ndefault: 16"},
    [OPT_WIDTH] = {0, "width", "N", "tree: columns; default: the terminal's, or unlimited"},
    [OPT_DOCS] = {0, "docs", NULL, "tree: show the schema's comments on fields"},
    [OPT_VERBOSE] = {'v', "verbose", NULL, "tree: show all bytes of long fields"},
    [OPT_COLOUR] = {0, "colour", "WHEN", "auto (default: on a terminal), always or never"},
    [OPT_DEPTH] = LIMITS_DEPTH_OPTION,
    [OPT_EXPANSION] = LIMITS_EXPANSION_OPTION,
    [OPT_JOBS] = LIMITS_JOBS_OPTION,
    [OPT_DIR] = FIND_OPTION,
};

/* What was said, before it is known to make sense. */
struct dump_request {
    struct dump dump;
    const char *schema;
    bool pretty, compact;
    bool has_format;
};

/* False when the option's value is wrong, which was told. */
static bool take_number(struct dump *dump, const struct options *options, int id) {
    uint64_t n = 0;
    bool ok = id == OPT_FOLD ? options_number(options, 0, UINT32_MAX, &n)
                             : options_number(options, WIDTH_MIN, WIDTH_MAX, &n);
    if (id == OPT_FOLD) {
        dump->format.fold = n;
    } else {
        dump->format.width = (unsigned)n;
    }
    return ok;
}

static bool take_choice(struct dump_request *request, const struct options *options, int id) {
    static const char *const programs[] = {"ksdump"};
    struct dump *dump = &request->dump;
    int choice;
    if (id == OPT_FORMAT) {
        choice = options_choice(options, format_texts, FORMAT_COMPAT_COUNT);
        dump->format.format = (enum format)choice;
        request->has_format = true;
    } else if (id == OPT_COMPAT) {
        choice = options_choice(options, programs, 1);
        dump->format.ksdump = true;
    } else {
        choice = options_choice(options, terminal_when_texts, TERMINAL_WHEN_COUNT);
        dump->pick.colour = (enum terminal_when)choice;
    }
    return choice >= 0;
}

static bool take_option(void *of, const struct options *options, int id) {
    struct dump_request *request = of;
    struct dump *dump = &request->dump;
    switch ((enum dump_option)id) {
    case OPT_SCHEMA:
        request->schema = options->value;
        return true;
    case OPT_EACH:
        dump->each = options->value;
        return true;
    case OPT_PARAM:
        return give_take(&dump->pick.given, &dump->pick.arena, options);
    case OPT_PRETTY:
        request->pretty = true;
        return true;
    case OPT_COMPACT:
        request->compact = true;
        return true;
    case OPT_TYPED:
        dump->format.typed = true;
        return true;
    case OPT_DOCS:
        dump->format.docs = true;
        return true;
    case OPT_VERBOSE:
        dump->format.verbose = true;
        return true;
    case OPT_DIR:
        *vec_push(&dump->pick.folders.at, &dump->pick.arena) = options->value;
        return true;
    case OPT_FORMAT:
    case OPT_COMPAT:
    case OPT_COLOUR:
        return take_choice(request, options, id);
    case OPT_FOLD:
    case OPT_WIDTH:
        return take_number(dump, options, id);
    case OPT_DEPTH:
        return limits_take_depth(&dump->limits, options);
    case OPT_EXPANSION:
        return limits_take_expansion(&dump->limits, options);
    case OPT_JOBS:
        return limits_take_jobs(&dump->jobs, options);
    case OPT_COUNT:
        break;
    }
    return false;
}

/* What must not stand with --compat, or only with it. */
static const char *wrong_for_compat(const struct dump_request *request) {
    const struct format_options *format = &request->dump.format;
    bool only = format->format == FORMAT_YAML || format->format == FORMAT_XML;
    if (!format->ksdump) {
        return only ? "yaml and xml are formats of --compat ksdump" : NULL;
    }
    if (!only && format->format != FORMAT_JSON) {
        return "--compat ksdump is for --format json, yaml and xml";
    }
    if (request->dump.each || format->typed || request->pretty || request->compact) {
        return "--each, --typed, --pretty and --compact are not for --compat";
    }
    if (format->format == FORMAT_YAML && !ksdump_can(KSDUMP_YAML)) {
        return "this sonde has no libyaml, and writes no yaml";
    }
    return NULL;
}

/* What options must not stand together; NULL where all is well. */
static const char *contradiction(const struct dump_request *request) {
    enum format format = request->dump.format.format;
    if (request->pretty && request->compact) {
        return "--pretty and --compact exclude each other";
    }
    if ((request->pretty || request->compact) && format != FORMAT_JSON) {
        return "--pretty and --compact are for --format json";
    }
    if (request->dump.format.typed && format != FORMAT_JSON && format != FORMAT_JSONL) {
        return "--typed is for --format json and jsonl";
    }
    if (request->dump.each && format == FORMAT_TREE) {
        return "--each is for --format json, jsonl and csv";
    }
    return wrong_for_compat(request);
}

static void complete(struct dump_request *request) {
    struct dump *dump = &request->dump;
    struct format_options *format = &dump->format;
    format->records = dump->each || format_is_stream(format->format);
    format->pretty = request->pretty || (!request->compact && isatty(STDOUT_FILENO));
    format->colour = terminal_colour(dump->pick.colour, STDOUT_FILENO);
    format->utf8 = format->format == FORMAT_TREE && terminal_is_utf8();
    format->width = format->width ? format->width : terminal_width();
}

static int dump_all(struct dump_request *request, const struct options *options) {
    complete(request);
    struct dump *dump = &request->dump;
    if (!pick_name(&dump->pick, request->schema)) {
        dump_end(dump);
        return CLI_USAGE;
    }
    struct out out;
    out_open(&out, STDOUT_FILENO);
    dump->out = &out;
    dump->headings = options->operand_count > 1 && dump->format.format == FORMAT_TREE;
    int status = dump_files(dump, options->operands, options->operand_count);
    dump_end(dump);
    return command_close(&out, status);
}

static int run(const struct command *command, char **words) {
    struct dump_request request = {.dump = {.format.fold = TREE_FOLD}};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &request);
    if (request.dump.format.ksdump && !request.has_format) {
        request.dump.format.format = FORMAT_YAML;
    }
    const char *wrong = contradiction(&request);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (wrong) {
        status = command_usage(command, wrong);
    } else if (options.operand_count == 0) {
        status = command_usage(command, "which file is to be shown?");
    } else {
        return dump_all(&request, &options);
    }
    arena_free(&request.dump.pick.arena);
    return status;
}

const struct command cmd_dump = {
    .name = "dump",
    .operands = "[OPTION]... FILE...",
    .summary = "Show what is in files",
    .about = "\"-\" is standard input. Of several files the largest status counts: 4 for a\n"
             "fault (damaged or truncated data), 1 for a finding (a check that fails) or a\n"
             "file that no schema is for.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
