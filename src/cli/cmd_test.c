#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/compile.h"
#include "cli/find.h"
#include "cli/talk.h"
#include "cli/terminal.h"
#include "cli/test_run.h"
#include "cli/test_show.h"

enum test_option { OPT_DIR, OPT_NAME, OPT_VERBOSE, OPT_JSON, OPT_COLOUR, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_DIR] = FIND_OPTION,
    [OPT_NAME] = {'n', "name", "TEXT", "only the tests with TEXT in their titles"},
    [OPT_VERBOSE] = {'v', "verbose", NULL, "tell what decoding met when a test passed, too"},
    [OPT_JSON] = {0, "json", NULL, "one JSON array of all tests"},
    [OPT_COLOUR] = {0, "colour", "WHEN", "auto, always or never"},
};

struct test {
    struct arena arena;
    struct find_folders folders;
    enum terminal_when colour;
    const char *name; /* NULL: all */
    bool verbose;
    bool json;
    struct out out;
    uint64_t passed, failed;
};

static int run_one(struct test *test, struct compiled *compiled, const struct sema_test *one) {
    struct arena arena = {0};
    struct buf text = {0};
    struct test_outcome outcome;
    int status = test_run(compiled, one, &arena, &outcome);
    if (test->json) {
        buf_puts(&text, test->passed + test->failed > 0 ? ",\n" : "\n");
        test_show_json(&text, compiled, one, &outcome);
    } else {
        test_show(&text, compiled, one, &outcome, test->verbose,
                  terminal_colour(test->colour, STDOUT_FILENO));
    }
    test->passed += outcome.failure_count == 0;
    test->failed += outcome.failure_count > 0;
    out_put(&test->out, text.at, text.len);
    out_flush(&test->out); /* what is said of the next one comes behind it */
    buf_free(&text);
    test_done(&outcome);
    arena_free(&arena);
    return status;
}

static int run_schema(struct test *test, const char *path) {
    struct compiled compiled;
    struct sema_tests tests = {0};
    int status =
        compile_open(&compiled, path, &test->folders, terminal_colour(test->colour, STDERR_FILENO));
    if (status == CLI_FINE) {
        tests = sema_tests(&compiled.sema, compiled.schema);
        status = compiled.diags.errors > 0 ? CLI_SCHEMA : CLI_FINE;
    }
    if (status == CLI_SCHEMA) {
        compile_tell(&compiled);
        tests.at.n = 0;
    }
    for (uint32_t i = 0; i < tests.at.n; i++) {
        const struct sema_test *one = tests.at.at[i];
        if (!test->name || strstr(one->title, test->name)) {
            status = command_worse(status, run_one(test, &compiled, one));
        }
    }
    compile_free(&compiled);
    return status;
}

/* All schemas of a folder. */
static int run_folder(struct test *test, const char *path) {
    struct find_folders folder = {0};
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    *vec_push(&folder.at, &test->arena) = arena_strndup(&test->arena, path, len);
    struct find_list list = find_all(&folder, &test->arena);
    int status = CLI_FINE;
    for (uint32_t i = 0; i < list.at.n; i++) {
        status = command_worse(status, run_schema(test, list.at.at[i].path));
    }
    return status;
}

static int run_operand(struct test *test, const char *argument) {
    struct stat about;
    if (strchr(argument, '/') && stat(argument, &about) == 0 && S_ISDIR(about.st_mode)) {
        return run_folder(test, argument);
    }
    const char *path = find_path(&test->folders, &test->arena, argument);
    return path ? run_schema(test, path) : CLI_USAGE;
}

static int run_all(struct test *test, const struct options *options) {
    find_add_known(&test->folders, &test->arena);
    out_open(&test->out, STDOUT_FILENO);
    if (test->json) {
        out_putc(&test->out, '[');
    }
    int status = CLI_FINE;
    for (uint32_t i = 0; i < options->operand_count; i++) {
        status = command_worse(status, run_operand(test, options->operands[i]));
    }
    uint64_t count = test->passed + test->failed;
    if (test->json) {
        out_puts(&test->out, count > 0 ? "\n]\n" : "]\n");
    } else {
        out_printf(&test->out, "%" PRIu64 " passed, %" PRIu64 " failed\n", test->passed,
                   test->failed);
    }
    if (test->name && count == 0 && status == CLI_FINE) {
        talk("no test has '%s' in its title", test->name);
        status = CLI_USAGE;
    }
    return command_close(&test->out, status);
}

/* False when an option is wrong, which was told. */
static bool take_option(void *of, const struct options *options, int id) {
    struct test *test = of;
    int choice;
    switch ((enum test_option)id) {
    case OPT_DIR:
        *vec_push(&test->folders.at, &test->arena) = options->value;
        return true;
    case OPT_NAME:
        test->name = options->value;
        return true;
    case OPT_VERBOSE:
        test->verbose = true;
        return true;
    case OPT_JSON:
        test->json = true;
        return true;
    case OPT_COLOUR:
        choice = options_choice(options, terminal_when_texts, TERMINAL_WHEN_COUNT);
        test->colour = (enum terminal_when)choice;
        return choice >= 0;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct test test = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &test);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count == 0) {
        status = command_usage(command, "which schema's tests are to be run?");
    } else {
        status = run_all(&test, &options);
    }
    arena_free(&test.arena);
    return status;
}

const struct command cmd_test = {
    .name = "test",
    .operands = "[OPTION]... SCHEMA...",
    .summary = "Run the tests that schemas contain",
    .about = "One line for each test, and what did not hold; status 1 when a test failed.\n"
             "A SCHEMA is a file (it has a slash or ends in \".sonde\" or \".ksy\"), the name\n"
             "of an installed one, or a folder (with a slash), which stands for all schemas\n"
             "in it.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
