#include "config.h"

#include "cli/test_run.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/listen.h"
#include "cli/report.h"
#include "cli/talk.h"
#include "io/input.h"
#include "vm/vm.h"

/* Listens while the input is decoded, and to the answers of the statements. */
struct run {
    struct listen listen;
    struct arena *arena;
    struct compiled *compiled;
    const struct sema_test *test;
    struct test_outcome *outcome;
};

static const char *keep(struct run *run, const char *text) {
    return arena_strndup(run->arena, text, strlen(text));
}

/* Of one statement in a loop the first few failures say enough. */
static void fail(struct run *run, struct span span, const char *element, const char *message) {
    uint32_t before = 0;
    for (uint32_t i = 0; i < run->outcome->failures.n; i++) {
        before += run->outcome->failures.at[i].span.lo == span.lo;
    }
    run->outcome->failure_count++;
    if (run->outcome->failures.n < TEST_KEPT && before < TEST_KEPT_OF_ONE) {
        *vec_push(&run->outcome->failures, run->arena) = (struct test_failure){
            .span = span, .message = keep(run, message), .element = keep(run, element)};
    }
}

/* what decoding meets */

static void meet(struct run *run, const char *kind, const char *path, const char *message,
                 const char *where) {
    if (run->outcome->met_count++ < TEST_KEPT) {
        *vec_push(&run->outcome->met, run->arena) = (struct test_met){
            .kind = kind, .path = keep(run, path), .message = keep(run, message), .where = where};
    }
}

static void on_fault(void *of, const struct vm_fault *fault) {
    struct run *run = of;
    struct buf where = {0};
    report_where(&where, fault->space, fault->offset, run->compiled->sources, fault->span);
    meet(run, fault->kind, fault->path, fault->message, keep(run, buf_text(&where)));
    buf_free(&where);
}

static void on_finding(void *of, const struct vm_finding *finding) {
    struct run *run = of;
    struct buf where = {0};
    report_where(&where, finding->space, finding->offset, run->compiled->sources, finding->span);
    meet(run, "finding", finding->path, finding->message, keep(run, buf_text(&where)));
    buf_free(&where);
}

static void on_failed(void *of, const struct vm_answer *answer, struct span span,
                      const char *message) {
    fail(of, span, answer->element, message);
}

/* the input */

/* Adds what is in a file; NULL, or why not. A device or pipe might have no end. */
static const char *add_file(struct buf *out, const char *path) {
    struct stat about;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {
        return S_ISDIR(about.st_mode) ? strerror(EISDIR) : "it is no regular file";
    }
    struct input *input = input_open(path);
    if (!input) {
        return strerror(errno);
    }
    buf_put(out, input_data(input), (size_t)input_size(input));
    input_close(input);
    return NULL;
}

static bool make_input(struct run *run, struct buf *out) {
    for (uint32_t i = 0; i < run->test->input.n; i++) {
        const struct sema_piece *piece = &run->test->input.at[i];
        for (size_t n = 0; n < piece->times && !piece->file; n++) {
            buf_put(out, piece->bytes.at, piece->bytes.len);
        }
        const char *why = piece->file ? add_file(out, piece->file) : NULL;
        if (why) {
            const char *message = arena_printf(run->arena, "can't open '%s': %s", piece->file, why);
            talk("%s", message);
            fail(run, piece->span, "", message);
            return false;
        }
    }
    return true;
}

static int run_program(struct run *run, struct bytes input) {
    struct gen_request request = {.sema = &run->compiled->sema,
                                  .schema = run->compiled->schema,
                                  .root = run->test->root,
                                  .script = &run->test->script};
    const struct program *program = compile_request(run->compiled, &request);
    if (!program) {
        fail(run, run->test->span, "", "there is no program for it");
        return compile_status(run->compiled);
    }
    struct vm *vm = vm_new(program, input.at, input.len, NULL);
    struct vm_result result = vm_run(vm, &run->listen.sink);
    vm_free(vm);
    if (result.stopped) {
        fail(run, run->test->span, "",
             "given up: decoding its input takes more work than the input's size allows");
    }
    return CLI_FINE;
}

int test_run(struct compiled *compiled, const struct sema_test *test, struct arena *arena,
             struct test_outcome *outcome) {
    *outcome = (struct test_outcome){0};
    struct run run = {.arena = arena, .compiled = compiled, .test = test, .outcome = outcome};
    run.listen = (struct listen){.sources = compiled->sources,
                                 .script = &test->script,
                                 .decodes = true,
                                 .printed = &outcome->printed,
                                 .fault = on_fault,
                                 .finding = on_finding,
                                 .failed = on_failed,
                                 .context = &run};
    listen_begin(&run.listen);
    struct buf input = {0};
    int status = CLI_ENVIRONMENT;
    if (make_input(&run, &input)) {
        status = run_program(&run, buf_bytes(&input));
    }
    buf_free(&input);
    listen_end(&run.listen);
    return command_worse(status, outcome->failure_count > 0 ? CLI_FINDINGS : CLI_FINE);
}

void test_done(struct test_outcome *outcome) {
    buf_free(&outcome->printed);
}
