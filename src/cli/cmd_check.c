#include "config.h"

#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/compile.h"
#include "cli/find.h"
#include "cli/talk.h"
#include "cli/terminal.h"
#include "sema/lint.h"
#include "sema/script.h"
#include "text/diag.h"

enum check_option { OPT_DIR, OPT_JSON, OPT_COLOUR, OPT_WARNING, OPT_LIST, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_DIR] = FIND_OPTION,
    [OPT_JSON] = {0, "json", NULL, "one JSON array of all diagnostics, on standard output"},
    [OPT_COLOUR] = {0, "colour", "WHEN", "colour diagnostics: auto, always or never"},
    [OPT_WARNING] =
        {'W', "warning", "NAME",
         "give warnings of that name; 'no-NAME': none of them;\n'all', 'none'; 'error': "
         "status 3 for a warning, too"},
    [OPT_LIST] = {0, "list-lints", NULL, "list the warnings' names and exit"},
};

struct check {
    struct arena arena;
    struct find_folders folders;
    enum terminal_when colour;
    bool json;
    bool list;
    bool warnings_fail;
    bool disabled[DIAG_COUNT];
    struct buf text; /* the JSON array as far as it is known */
};

/* Adds the elements of one array to those there are. */
static void add_json(struct check *check, const struct diags *diags) {
    struct buf one = {0};
    diags_render_json(diags, &one);
    size_t lead = 0;
    size_t tail = one.len;
    while (lead < one.len && one.at[lead] != '{') {
        lead++;
    }
    while (tail > lead && one.at[tail - 1] != '}') {
        tail--;
    }
    if (tail > lead) {
        buf_puts(&check->text, check->text.len > 0 ? ",\n" : "");
        buf_put(&check->text, one.at + lead, tail - lead);
    }
    buf_free(&one);
}

static int check_one(struct check *check, const char *argument) {
    const char *path = find_path(&check->folders, &check->arena, argument);
    if (!path) {
        return CLI_USAGE;
    }
    struct compiled compiled;
    int status =
        compile_open_without(&compiled, path, &check->folders,
                             terminal_colour(check->colour, STDERR_FILENO), check->disabled);
    if (status == CLI_FINE) {
        (void)sema_tests(&compiled.sema, compiled.schema);
        status = compiled.diags.errors > 0 ? CLI_SCHEMA : CLI_FINE;
    }
    if (status == CLI_FINE) {
        sema_lint(&compiled.sema, compiled.schema);
        status = check->warnings_fail && compiled.diags.warnings > 0 ? CLI_SCHEMA : CLI_FINE;
    }
    if (status != CLI_ENVIRONMENT && check->json) {
        add_json(check, &compiled.diags);
    } else if (status != CLI_ENVIRONMENT) {
        compile_tell(&compiled);
    }
    compile_free(&compiled);
    return status;
}

static int check_all(struct check *check, const struct options *options) {
    find_add_known(&check->folders, &check->arena);
    int status = CLI_FINE;
    for (uint32_t i = 0; i < options->operand_count; i++) {
        status = command_worse(status, check_one(check, options->operands[i]));
    }
    if (check->json) {
        struct buf text = {0};
        buf_putc(&text, '[');
        buf_put(&text, check->text.at, check->text.len);
        buf_puts(&text, "]\n");
        status = command_print(&text, status);
        buf_free(&text);
    }
    return status;
}

/* -- warnings by name -------------------------------------------------------------------------- */

/* Warnings that are given only when asked for: what they are about is often meant. */
static bool is_off_at_first(enum diag_code code) {
    return code == DIAG_MISSING_DEFAULT;
}

static void disable_all(struct check *check, bool disabled) {
    for (unsigned code = 0; code < DIAG_COUNT; code++) {
        check->disabled[code] = disabled;
    }
}

/* "; did you mean …": for a name that no warning has. */
static bool tell_unknown_warning(const char *name) {
    const char *names[DIAG_COUNT];
    uint32_t n = 0;
    for (unsigned code = 0; code < DIAG_COUNT; code++) {
        if (diag_code_severity((enum diag_code)code) == DIAG_WARNING) {
            names[n++] = diag_code_about((enum diag_code)code);
        }
    }
    struct buf near = {0};
    talk("there is no warning '%s'%s", name, diag_suggestion(&near, name, names, n));
    buf_free(&near);
    return false;
}

/* Takes the value of -W; false when no warning is called so, which was told. */
static bool take_warning(struct check *check, const char *value) {
    if (strcmp(value, "all") == 0 || strcmp(value, "none") == 0) {
        disable_all(check, value[0] == 'n');
        return true;
    }
    if (strcmp(value, "error") == 0) {
        check->warnings_fail = true;
        return true;
    }
    bool off = strncmp(value, "no-", 3) == 0;
    const char *name = off ? value + 3 : value;
    for (unsigned code = 0; code < DIAG_COUNT; code++) {
        if (diag_code_severity((enum diag_code)code) == DIAG_WARNING &&
            strcmp(diag_code_about((enum diag_code)code), name) == 0) {
            check->disabled[code] = off;
            return true;
        }
    }
    return tell_unknown_warning(name);
}

static int list_warnings(void) {
    struct buf text = {0};
    for (unsigned code = 0; code < DIAG_COUNT; code++) {
        if (diag_code_severity((enum diag_code)code) == DIAG_WARNING) {
            buf_printf(&text, "%s %s%s\n", diag_code_text((enum diag_code)code),
                       diag_code_about((enum diag_code)code),
                       is_off_at_first((enum diag_code)code) ? " (off)" : "");
        }
    }
    int status = command_print(&text, CLI_FINE);
    buf_free(&text);
    return status;
}

/* False when an option is wrong, which was told. */
static bool take_option(void *of, const struct options *options, int id) {
    struct check *check = of;
    int choice;
    switch ((enum check_option)id) {
    case OPT_DIR:
        *vec_push(&check->folders.at, &check->arena) = options->value;
        return true;
    case OPT_JSON:
        check->json = true;
        return true;
    case OPT_COLOUR:
        choice = options_choice(options, terminal_when_texts, TERMINAL_WHEN_COUNT);
        check->colour = (enum terminal_when)choice;
        return choice >= 0;
    case OPT_WARNING:
        return take_warning(check, options->value);
    case OPT_LIST:
        check->list = true;
        return true;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct check check = {0};
    for (unsigned code = 0; code < DIAG_COUNT; code++) {
        check.disabled[code] = is_off_at_first((enum diag_code)code);
    }
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &check);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (check.list) {
        status = list_warnings();
    } else if (options.operand_count == 0) {
        status = command_usage(command, "which schema is to be checked?");
    } else {
        status = check_all(&check, &options);
    }
    buf_free(&check.text);
    arena_free(&check.arena);
    return status;
}

const struct command cmd_check = {
    .name = "check",
    .operands = "[OPTION]... SCHEMA...",
    .summary = "Tell what is wrong with schemas",
    .about = "Errors and warnings, on standard error; status 3 when there is an error.\n"
             "A SCHEMA is a file (it has a slash or ends in \".sonde\" or \".ksy\"; \"-\" is\n"
             "standard input) or the name of an installed one.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
