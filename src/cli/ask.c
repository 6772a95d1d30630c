#include "config.h"

#include "cli/ask.h"

#include <unistd.h>

#include "cli/command.h"
#include "cli/open.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/talk.h"
#include "sink/place.h"

/* The programs made of a schema, one a path. */
struct ask_programs {
    int status;
    struct ask_question *at;
};

bool ask_option(struct ask *ask, const struct options *options, int id) {
    switch (id) {
    case ASK_SCHEMA:
        ask->schema = options->value;
        return true;
    case ASK_EACH_FILE:
        *vec_push(&ask->paths, &ask->pick.arena) = options->value;
        return true;
    case ASK_PARAM:
        return give_take(&ask->pick.given, &ask->pick.arena, options);
    case ASK_DIR:
        *vec_push(&ask->pick.folders.at, &ask->pick.arena) = options->value;
        return true;
    default:
        return false;
    }
}

/* An array whose places are asked for is one; else its elements are the answers. */
static bool wants_records(const struct ask *ask, const struct sema_expr *path) {
    return path->vtype.kind == SEMA_V_LIST ||
           (path->vtype.kind == SEMA_V_ARRAY && ask->tell == GEN_TELL_BOTH);
}

static int make_program(const struct ask *ask, struct compiled *compiled,
                        struct ask_question *question) {
    const struct sema_expr *path = compile_any_path(compiled, question->text);
    if (!path) {
        return CLI_SCHEMA;
    }
    question->records = wants_records(ask, path);
    struct gen_request request = compile_asks(compiled);
    request.style = ask->style;
    request.path = path;
    request.records = question->records;
    request.tell = ask->tell;
    question->program = compile_request(compiled, &request);
    return question->program ? CLI_FINE : compile_status(compiled);
}

static const struct ask_programs *programs_of(struct ask *ask, struct picked *picked) {
    struct ask_programs *programs = picked->made;
    if (programs) {
        return programs;
    }
    picked->made = programs = arena_alloc(&ask->pick.arena, sizeof *programs);
    programs->at = arena_array(&ask->pick.arena, ask->paths.n, sizeof *programs->at);
    programs->status = picked->status;
    for (uint32_t i = 0; i < ask->paths.n && programs->status == CLI_FINE; i++) {
        programs->at[i].text = ask->paths.at[i];
        programs->status = make_program(ask, &picked->compiled, &programs->at[i]);
    }
    return programs;
}

static int answer(struct ask *ask, const struct picked *picked, const struct ask_question *question,
                  struct input *input, const char *file) {
    struct vm_sink *sink = ask->begin(ask, question, file);
    struct run run = {
        .program = question->program,
        .input = input,
        .out = ask->out,
        .access = INPUT_RANDOM,
        .sources = picked->compiled.sources,
    };
    struct vm_result result = run_program(&run, sink);
    bool none = ask->end(ask, sink) == 0;
    return command_worse(report_outcome(&result, input, ask->out), none ? CLI_FINDINGS : CLI_FINE);
}

static int ask_input(struct ask *ask, struct input *input, const char *file) {
    struct picked *picked = pick_schema(&ask->pick, input);
    if (!picked) {
        return CLI_FINDINGS;
    }
    const struct ask_programs *programs = programs_of(ask, picked);
    int status = programs->status;
    for (uint32_t i = 0; programs->status == CLI_FINE && i < ask->paths.n && !out_error(ask->out);
         i++) {
        status = command_worse(status, answer(ask, picked, &programs->at[i], input, file));
    }
    return status;
}

static int ask_file(struct ask *ask, const char *path, bool several) {
    struct input *input = open_input(path);
    if (!input) {
        return CLI_ENVIRONMENT;
    }
    int status = ask_input(ask, input, several ? input_name(input) : NULL);
    input_close(input);
    out_flush(ask->out); /* what is said of the next file comes behind what is shown of this one */
    return status;
}

int ask_one(struct ask *ask, const char *path, struct out *out) {
    ask->out = out;
    return ask_file(ask, path, false);
}

static int ask_files(struct ask *ask, char **files, uint32_t n) {
    struct out out;
    out_open(&out, STDOUT_FILENO);
    ask->out = &out;
    int status = CLI_FINE;
    for (uint32_t i = 0; i < n && !out_error(&out); i++) {
        status = command_worse(status, ask_file(ask, files[i], n > 1));
    }
    return command_close(&out, status);
}

int ask_all(struct ask *ask, const struct command *command, const struct options *options) {
    uint32_t files = options->operand_count;
    int status;
    if (files > 1 && ask->paths.n == 0) {
        for (uint32_t i = 1; i < files; i++) {
            *vec_push(&ask->paths, &ask->pick.arena) = options->operands[i];
        }
        files = 1;
    }
    if (files == 0) {
        status = command_usage(command, "which file is to be asked?");
    } else if (ask->paths.n == 0) {
        status = command_usage(command, "what is to be asked for? A path stands behind the file");
    } else if (!pick_name(&ask->pick, ask->schema)) {
        status = CLI_USAGE;
    } else {
        status = ask_files(ask, options->operands, files);
    }
    pick_end(&ask->pick);
    return status;
}

void ask_tell_left_out(const struct place_sink *places, const char *path) {
    if (place_told(places) < place_met(places)) {
        talk("%s: what is computed, or part of a byte, has no bytes that are stored", path);
    }
}
