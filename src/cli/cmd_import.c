#include "config.h"

#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/compile.h"
#include "cli/find.h"
#include "cli/talk.h"
#include "cli/terminal.h"
#include "ksy/ksy.h"
#include "syn/parse.h"
#include "syn/pretty.h"
#include "syn/unparse.h"

enum import_option { OPT_DIR, OPT_COLOUR, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_DIR] = {'I', "include", "DIR", "look for imports in DIR first; may be repeated"},
    [OPT_COLOUR] = {0, "colour", "WHEN", "colour diagnostics: auto, always or never"},
};

struct import {
    struct arena arena;
    struct find_folders folders;
    enum terminal_when colour;
};

/* A tree as text in the formatter's layout. Every tree that can be compiled can be written; should one not be read again as
 * itself, nothing is written. */
static int write_schema(struct compiled *compiled, const struct ast *tree, const char *path) {
    struct arena *arena = &compiled->arena;
    struct buf text = {0};
    unparse(tree, &text);
    const struct source *source = sources_add(compiled->sources, path, buf_bytes(&text));
    buf_free(&text);
    if (!source) {
        talk("%s: the text gets too long", path);
        return CLI_ENVIRONMENT;
    }
    struct parse_comments comments = {0};
    struct parse_tokens tokens = {0};
    struct parser parser = {.arena = arena,
                            .intern = compiled->intern,
                            .diags = &compiled->diags,
                            .comments = &comments,
                            .tokens = &tokens};
    const struct ast *again = parse_schema(&parser, source);
    if (compiled->diags.errors > 0 || !ast_equal(tree, again)) {
        compile_tell(compiled);
        talk("internal error: what '%s' says can't be written as a schema", path);
        return CLI_ENVIRONMENT;
    }
    pretty_schema(arena, source, again, &comments, &tokens, &text);
    int status = command_print(&text, CLI_FINE);
    buf_free(&text);
    return status;
}

static int import_one(struct import *import, const char *path) {
    find_add_known(&import->folders, &import->arena);
    if (!ksy_is_name(path)) {
        talk("'%s' is no Kaitai specification: its name does not end in \".ksy\"", path);
        return CLI_USAGE;
    }
    struct compiled compiled;
    int status = compile_schema(&compiled, path, &import->folders,
                                terminal_colour(import->colour, STDERR_FILENO));
    if (status == CLI_FINE) {
        struct sema_search known = find_search(&import->folders);
        struct ksy_search search = {.dirs = known.dirs, .n = known.n};
        const struct ast *tree = ksy_parse_plain(&compiled.arena, compiled.intern, compiled.sources,
                                                 &compiled.diags, compiled.schema->source, &search);
        status = write_schema(&compiled, tree, path);
    }
    compile_free(&compiled);
    return status;
}

static bool take_option(void *of, const struct options *options, int id) {
    struct import *import = of;
    int choice;
    switch ((enum import_option)id) {
    case OPT_DIR:
        *vec_push(&import->folders.at, &import->arena) = options->value;
        return true;
    case OPT_COLOUR:
        choice = options_choice(options, terminal_when_texts, TERMINAL_WHEN_COUNT);
        import->colour = (enum terminal_when)choice;
        return choice >= 0;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct import import = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &import);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count != 1) {
        status = command_usage(command, "which specification is to be imported?");
    } else {
        status = import_one(&import, options.operands[0]);
    }
    arena_free(&import.arena);
    return status;
}

const struct command cmd_import = {
    .name = "import",
    .operands = "[OPTION]... FILE.ksy",
    .summary = "Write a Kaitai specification as a schema",
    .about = "The schema, on standard output, means the same; what the specification imports\n"
             "is part of it. 'sonde dump -s FILE.ksy' needs no import.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
