#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/talk.h"
#include "cli/terminal.h"
#include "io/input.h"
#include "io/replace.h"
#include "syn/pretty.h"
#include "syn/unparse.h"

enum fmt_option { OPT_IN_PLACE, OPT_CHECK, OPT_COLOUR, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_IN_PLACE] = {'i', "in-place", NULL, "write each file's text back into it, if it changes"},
    [OPT_CHECK] = {0, "check", NULL,
                   "write nothing but the names of the files that would\nchange; status 1 if any"},
    [OPT_COLOUR] = {0, "colour", "WHEN", "colour diagnostics: auto, always or never"},
};

enum fmt_mode { FMT_PRINT, FMT_IN_PLACE, FMT_CHECK };

struct fmt {
    enum fmt_mode mode;
    enum terminal_when colour;
    struct buf told; /* the names, or the text: for standard output */
};

/* One text under way. */
struct fmt_parse {
    struct arena *arena;
    struct intern *intern;
    struct sources *sources;
    struct diags diags;
    struct parse_comments comments;
    struct parse_tokens tokens;
};

static struct ast *parse(struct fmt_parse *parse, const struct source *source) {
    parse->comments = (struct parse_comments){0};
    parse->tokens = (struct parse_tokens){0};
    struct parser parser = {.arena = parse->arena,
                            .intern = parse->intern,
                            .diags = &parse->diags,
                            .comments = &parse->comments,
                            .tokens = &parse->tokens};
    return parse_schema(&parser, source);
}

static int tell_mistakes(const struct fmt *fmt, const struct fmt_parse *parse) {
    struct buf text = {0};
    diags_render(&parse->diags, terminal_colour(fmt->colour, STDERR_FILENO), &text);
    talk_text(&text);
    buf_free(&text);
    return CLI_SCHEMA;
}

/* Formats a source into out; the status. What comes out is read again: it must say the same. */
static int format(const struct fmt *fmt, struct fmt_parse *p, const struct source *source,
                  struct buf *out) {
    const struct ast *tree = parse(p, source);
    if (p->diags.errors > 0) {
        return tell_mistakes(fmt, p);
    }
    pretty_schema(p->arena, source, tree, &p->comments, &p->tokens, out);
    uint32_t comments = p->comments.n;
    const struct source *again = sources_add(p->sources, source->name, buf_bytes(out));
    if (!again) {
        talk("%s: the text gets too long", source->name);
        return CLI_ENVIRONMENT;
    }
    const struct ast *other = parse(p, again);
    if (p->diags.errors > 0 || !ast_equal(tree, other) || p->comments.n != comments) {
        talk("internal error: '%s' formatted does not say the same; it is left as it is",
             source->name);
        return CLI_ENVIRONMENT;
    }
    return CLI_FINE;
}

/* Does with the text of a file what is to be done. */
static int deliver(struct fmt *fmt, const char *path, const struct source *source,
                   const struct buf *text) {
    bool changes = !bytes_equal(source->text, buf_bytes(text));
    switch (fmt->mode) {
    case FMT_PRINT:
        buf_put(&fmt->told, text->at, text->len);
        return CLI_FINE;
    case FMT_CHECK:
        if (changes) {
            buf_printf(&fmt->told, "%s\n", source->name);
        }
        return changes ? CLI_FINDINGS : CLI_FINE;
    case FMT_IN_PLACE:
        if (changes && !replace_file(path, buf_bytes(text))) {
            talk_failed("write", path, errno);
            return CLI_ENVIRONMENT;
        }
        return CLI_FINE;
    }
    return CLI_FINE;
}

static int format_one(struct fmt *fmt, const char *path) {
    struct input *input = input_open(path);
    if (!input) {
        talk_failed("open", path, errno);
        return CLI_ENVIRONMENT;
    }
    struct arena arena = {0};
    struct buf text = {0};
    struct fmt_parse p = {.arena = &arena, .intern = intern_new(&arena)};
    p.sources = sources_new(&arena);
    diags_init(&p.diags, &arena, p.sources);
    uint64_t size = input_size(input);
    const struct source *source =
        size > SOURCE_MAX
            ? NULL
            : sources_add(p.sources, input_name(input), bytes_of(input_data(input), (size_t)size));
    int status = CLI_ENVIRONMENT;
    if (source) {
        status = format(fmt, &p, source, &text);
    } else {
        talk_failed("read the schema", path, EFBIG);
    }
    if (status == CLI_FINE) {
        status = deliver(fmt, path, source, &text);
    }
    input_close(input);
    buf_free(&text);
    arena_free(&arena);
    return status;
}

static int format_all(const struct command *command, struct fmt *fmt,
                      const struct options *options) {
    if (options->operand_count == 0) {
        return command_usage(command, "which file is to be formatted?");
    }
    if (fmt->mode == FMT_PRINT && options->operand_count > 1) {
        return command_usage(command, "of several files, say --in-place or --check");
    }
    int status = CLI_FINE;
    for (uint32_t i = 0; i < options->operand_count; i++) {
        const char *path = options->operands[i];
        if (fmt->mode == FMT_IN_PLACE && strcmp(path, "-") == 0) {
            return command_usage(command, "standard input has no place to write back to");
        }
        status = command_worse(status, format_one(fmt, path));
    }
    return command_print(&fmt->told, status);
}

/* False when an option is wrong, which was told. */
static bool take_option(void *of, const struct options *options, int id) {
    struct fmt *fmt = of;
    int choice;
    switch ((enum fmt_option)id) {
    case OPT_IN_PLACE:
    case OPT_CHECK: {
        enum fmt_mode mode = id == OPT_CHECK ? FMT_CHECK : FMT_IN_PLACE;
        if (fmt->mode != FMT_PRINT && fmt->mode != mode) {
            talk("--check and --in-place exclude each other");
            return false;
        }
        fmt->mode = mode;
        return true;
    }
    case OPT_COLOUR:
        choice = options_choice(options, terminal_when_texts, TERMINAL_WHEN_COUNT);
        fmt->colour = (enum terminal_when)choice;
        return choice >= 0;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct fmt fmt = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &fmt);
    int status =
        id == OPTIONS_DONE ? format_all(command, &fmt, &options) : command_end(command, id);
    buf_free(&fmt.told);
    return status;
}

const struct command cmd_fmt = {
    .name = "fmt",
    .operands = "[OPTION]... FILE...",
    .summary = "Lay out schemas in the one way",
    .about = "The text of one FILE (\"-\" is standard input) on standard output, with its\n"
             "comments. A file with syntax errors is left alone; status 3.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
