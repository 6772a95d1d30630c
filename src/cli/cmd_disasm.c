#include "config.h"

#include <unistd.h>

#include "cli/command.h"
#include "cli/compile.h"
#include "cli/find.h"
#include "cli/format.h"
#include "cli/give.h"
#include "cli/terminal.h"
#include "code/disasm.h"

enum disasm_option { OPT_DIR, OPT_EACH, OPT_FORMAT, OPT_PARAM, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_DIR] = FIND_OPTION,
    [OPT_EACH] = {0, "each", "PATH", "the program that shows the elements of PATH as records"},
    [OPT_FORMAT] = {'f', "format", "FORMAT",
                    "the program as made for tree (default), json, jsonl\nor csv"},
    [OPT_PARAM] = GIVE_OPTION,
};

struct disasm {
    struct arena arena;
    struct find_folders folders;
    struct format_options format;
    const char *each;
    struct given given;
};

static int show(struct disasm *disasm, struct compiled *compiled) {
    int status = compile_needs_root(compiled);
    if (status != CLI_FINE) {
        return status;
    }
    status = give_all(&disasm->given, compiled);
    if (status != CLI_FINE) {
        return status;
    }
    bool records = disasm->each || format_is_stream(disasm->format.format);
    const struct sema_expr *path = disasm->each ? compile_path(compiled, disasm->each)
                                   : records    ? compile_only_array(compiled)
                                                : NULL;
    if (records && !path) {
        return CLI_USAGE;
    }
    const struct program *program =
        compile_program(compiled, format_style(&disasm->format), path, records, false);
    if (!program) {
        return compile_status(compiled);
    }
    struct buf text = {0};
    program_disasm(program, &text);
    status = command_print(&text, CLI_FINE);
    buf_free(&text);
    return status;
}

static int disassemble(struct disasm *disasm, const char *argument) {
    find_add_known(&disasm->folders, &disasm->arena);
    const char *path = find_path(&disasm->folders, &disasm->arena, argument);
    if (!path) {
        return CLI_USAGE;
    }
    struct compiled compiled;
    int status = compile_schema(&compiled, path, &disasm->folders,
                                terminal_colour(TERMINAL_AUTO, STDERR_FILENO));
    if (status == CLI_FINE) {
        status = show(disasm, &compiled);
    }
    compile_free(&compiled);
    return status;
}

/* False when an option is wrong, which was told. */
static bool take_option(void *of, const struct options *options, int id) {
    struct disasm *disasm = of;
    int choice;
    switch ((enum disasm_option)id) {
    case OPT_DIR:
        *vec_push(&disasm->folders.at, &disasm->arena) = options->value;
        return true;
    case OPT_EACH:
        disasm->each = options->value;
        return true;
    case OPT_FORMAT:
        choice = options_choice(options, format_texts, FORMAT_COUNT);
        disasm->format.format = (enum format)choice;
        return choice >= 0;
    case OPT_PARAM:
        return give_take(&disasm->given, &disasm->arena, options);
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct disasm disasm = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &disasm);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count != 1) {
        status = command_usage(command, "disasm takes one schema");
    } else {
        status = disassemble(&disasm, options.operands[0]);
    }
    arena_free(&disasm.arena);
    return status;
}

const struct command cmd_disasm = {
    .name = "disasm",
    .operands = "[OPTION]... SCHEMA",
    .summary = "Show the decoder program that a schema is compiled into",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
