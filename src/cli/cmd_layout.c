#include "config.h"

#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/compile.h"
#include "cli/find.h"
#include "cli/layout.h"
#include "cli/layout_ties.h"
#include "cli/talk.h"
#include "cli/terminal.h"
#include "text/diag.h"

enum layout_option { OPT_DIR, OPT_TIES, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_DIR] = FIND_OPTION,
    [OPT_TIES] = {.name = "ties",
                  .about = "tell of each size, count and place which stored\n"
                           "number says it"},
};

static int tell_unknown(const struct sema_schema *schema, const char *name) {
    struct arena arena = {0};
    struct buf near = {0};
    const char **names = arena_array(&arena, schema->structs.n, sizeof *names);
    for (uint32_t i = 0; i < schema->structs.n; i++) {
        names[i] = schema->structs.at[i]->name;
    }
    talk("the schema '%s' has no struct '%s'%s", schema->name, name,
         diag_suggestion(&near, name, names, schema->structs.n));
    buf_free(&near);
    arena_free(&arena);
    return CLI_USAGE;
}

/* A struct's ties under its name; one that has none is left out. */
static void put_ties(struct buf *text, const struct sema_ties *ties,
                     const struct sema_schema *schema, const struct sema_struct *of) {
    struct buf clauses = {0};
    layout_put_ties(&clauses, ties, schema, of);
    if (clauses.len > 0) {
        buf_printf(text, "%s%s\n", text->len > 0 ? "\n" : "", of ? of->name : "typedefs");
        buf_put(text, clauses.at, clauses.len);
    }
    buf_free(&clauses);
}

/* One struct, or with only == NULL all that have names. */
static int show(struct sema *sema, const struct sema_schema *schema, const char *only, bool ties) {
    struct buf text = {0};
    struct sema_ties *all = ties ? sema_ties(sema) : NULL;
    bool known = !only;
    if (all && !only) {
        put_ties(&text, all, schema, NULL);
    }
    for (uint32_t i = 0; i < schema->structs.n; i++) {
        const struct sema_struct *of = schema->structs.at[i];
        if (only && strcmp(of->name, only) != 0) {
            continue;
        }
        known = true;
        if (all) {
            put_ties(&text, all, schema, of);
        } else {
            buf_puts(&text, text.len > 0 ? "\n" : "");
            layout_put(&text, of);
        }
    }
    int status = known ? command_print(&text, CLI_FINE) : tell_unknown(schema, only);
    buf_free(&text);
    return status;
}

static int layout(struct arena *arena, struct find_folders *folders, const struct options *options,
                  bool ties) {
    find_add_known(folders, arena);
    const char *path = find_path(folders, arena, options->operands[0]);
    if (!path) {
        return CLI_USAGE;
    }
    struct compiled compiled;
    int status =
        compile_schema(&compiled, path, folders, terminal_colour(TERMINAL_AUTO, STDERR_FILENO));
    if (status == CLI_FINE) {
        status = show(&compiled.sema, compiled.schema,
                      options->operand_count > 1 ? options->operands[1] : NULL, ties);
    }
    compile_free(&compiled);
    return status;
}

static int run(const struct command *command, char **words) {
    struct arena arena = {0};
    struct find_folders folders = {0};
    struct options options = options_begin(command->options, words);
    bool ties = false;
    int id;
    while ((id = options_next(&options)) >= 0) {
        switch ((enum layout_option)id) {
        case OPT_DIR:
            *vec_push(&folders.at, &arena) = options.value;
            break;
        case OPT_TIES:
            ties = true;
            break;
        case OPT_COUNT:
            break;
        }
    }
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count == 0 || options.operand_count > 2) {
        status =
            command_usage(command, "layout takes a schema and, if you like, one of its structs");
    } else {
        status = layout(&arena, &folders, &options, ties);
    }
    arena_free(&arena);
    return status;
}

const struct command cmd_layout = {
    .name = "layout",
    .operands = "[OPTION]... SCHEMA [STRUCT]",
    .summary = "Tell the place and the size of each member of a schema's structs",
    .about = "The comment beside a member holds its offset from the start of its struct and\n"
             "its size, in bytes (or bytes.bits); \"?\" is for what the data decides, \"@\" for\n"
             "a member that has a place of its own.\n"
             "\n"
             "With --ties, the clauses that say how long something is, how many elements it has\n"
             "or where it is: each with the number that has to change when that does. \"-\" is\n"
             "for those that have none, and why.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
