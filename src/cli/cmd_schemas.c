#include "config.h"

#include "cli/command.h"
#include "cli/find.h"
#include "lib/header.h"

enum schemas_option { OPT_DIR, OPT_VERBOSE, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_DIR] = {'I', "include", "DIR", "look for schemas in DIR first; may be repeated"},
    [OPT_VERBOSE] = {'v', "verbose", NULL, "tell media types and where the schema is, too"},
};

static void put_texts(struct buf *out, const char *const *texts, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        buf_printf(out, "%s%s", i > 0 ? ", " : "", texts[i]);
    }
}

static void put_schema(struct buf *out, const struct header *header, bool verbose) {
    buf_printf(out, "%-10s  %s", header->name, header->title);
    if (header->says->files.n > 0) {
        buf_puts(out, " (");
        put_texts(out, header->says->files.at, header->says->files.n);
        buf_putc(out, ')');
    }
    buf_putc(out, '\n');
    if (verbose && header->says->mimes.n > 0) {
        buf_puts(out, "            ");
        put_texts(out, header->says->mimes.at, header->says->mimes.n);
        buf_putc(out, '\n');
    }
    if (verbose) {
        buf_printf(out, "            %s\n", header->path);
    }
}

static int list(struct arena *arena, struct find_folders *folders, bool verbose) {
    find_add_known(folders, arena);
    struct find_list found = find_all(folders, arena);
    struct intern *names = intern_new(arena);
    struct buf text = {0};
    for (uint32_t i = 0; i < found.at.n; i++) {
        struct header header;
        /* a schema that is wrong is there all the same */
        header_read(&header, arena, names, folders, &found.at.at[i]);
        put_schema(&text, &header, verbose);
    }
    int status = command_print(&text, found.at.n > 0 ? CLI_FINE : CLI_FINDINGS);
    buf_free(&text);
    return status;
}

static int run(const struct command *command, char **words) {
    struct arena arena = {0};
    struct find_folders folders = {0};
    bool verbose = false;
    struct options options = options_begin(command->options, words);
    int id;
    while ((id = options_next(&options)) >= 0) {
        switch ((enum schemas_option)id) {
        case OPT_DIR:
            *vec_push(&folders.at, &arena) = options.value;
            break;
        case OPT_VERBOSE:
            verbose = true;
            break;
        case OPT_COUNT:
            break;
        }
    }
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count > 0) {
        status = command_usage(command, "schemas takes no operands");
    } else {
        status = list(&arena, &folders, verbose);
    }
    arena_free(&arena);
    return status;
}

const struct command cmd_schemas = {
    .name = "schemas",
    .operands = "[OPTION]...",
    .summary = "List the schemas that are found by name",
    .about = "For each: its name, its title and the names of files it is for. Status 1: there\n"
             "are none.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
