#include "config.h"

#include "cli/test_run.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/report.h"
#include "cli/talk.h"
#include "io/input.h"
#include "sink/json.h"
#include "vm/vm.h"

/* The sink of a test: listens while the input is decoded, and to the answers of the statements. What a statement prints
 * goes through a JSON sink; a text alone is printed as it is. */
struct run {
    struct vm_sink sink; /* first: the machine's sink is the run */
    struct arena *arena;
    struct compiled *compiled;
    const struct sema_test *test;
    struct test_outcome *outcome;
    bool decoded;
    struct vm_sink *json; /* of the value being printed, or NULL */
    struct out json_out;
    struct buf json_text;
    uint32_t printed; /* values of the statement at hand */
};

static struct run *run_of(struct vm_sink *sink) {
    return (struct run *)(void *)sink;
}

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

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct run *run = run_of(sink);
    struct buf where = {0};
    if (run->json) {
        run->json->ops->fault(run->json, fault);
    } else if (!run->decoded) {
        report_where(&where, fault->space, fault->offset, run->compiled->sources, fault->span);
        meet(run, fault->kind, fault->path, fault->message, keep(run, buf_text(&where)));
    }
    buf_free(&where);
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct run *run = run_of(sink);
    struct buf where = {0};
    if (run->json) {
        run->json->ops->finding(run->json, finding);
    } else if (!run->decoded) {
        report_where(&where, finding->space, finding->offset, run->compiled->sources,
                     finding->span);
        meet(run, "finding", finding->path, finding->message, keep(run, buf_text(&where)));
    }
    buf_free(&where);
}

/* what statements print */

static struct vm_sink *json_of(struct run *run, bool list) {
    if (!run->json) {
        struct json_options options = {.records = list};
        out_memory(&run->json_out, &run->json_text);
        run->json = json_new(&run->json_out, &options);
    }
    return run->json;
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct run *run = run_of(sink);
    if (run->decoded) {
        json_of(run, false)->ops->struct_begin(json_of(run, false), event);
    }
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    struct run *run = run_of(sink);
    if (run->decoded) {
        json_of(run, false)->ops->struct_end(json_of(run, false), event);
    }
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct run *run = run_of(sink);
    if (run->decoded) {
        json_of(run, false)->ops->array_begin(json_of(run, false), event);
    }
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    struct run *run = run_of(sink);
    if (run->decoded) {
        json_of(run, false)->ops->array_end(json_of(run, false), event);
    }
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct run *run = run_of(sink);
    if (run->decoded && !run->json && event->value->kind == VM_TEXT) {
        buf_put(&run->json_text, event->value->bytes.at, event->value->bytes.len);
    } else if (run->decoded) {
        json_of(run, false)->ops->value(json_of(run, false), event);
    }
}

/* An element of a list. */
static void on_record(struct vm_sink *sink, bool begin) {
    struct run *run = run_of(sink);
    if (run->decoded) {
        json_of(run, true)->ops->record(json_of(run, true), begin);
    }
}

/* The value being printed is complete: what came of it stands in json_text. */
static void end_value(struct run *run) {
    if (run->json) {
        json_finish(run->json);
        json_free(run->json);
        run->json = NULL;
        out_close(&run->json_out);
    }
    while (run->json_text.len > 0 && run->json_text.at[run->json_text.len - 1] == '\n') {
        run->json_text.len--;
    }
}

static void on_printed(struct run *run, const struct sema_stmt *stmt) {
    struct buf *out = &run->outcome->printed;
    bool empty = !run->json && stmt->args.at[run->printed]->vtype.kind == SEMA_V_LIST;
    end_value(run);
    buf_puts(out, run->printed > 0 ? " " : "");
    buf_put(out, run->json_text.at, run->json_text.len);
    buf_puts(out, empty ? "[]" : "");
    buf_clear(&run->json_text);
    run->printed++;
    if (run->printed == stmt->args.n) {
        buf_putc(out, '\n');
        run->printed = 0;
    }
}

/* what statements came to */

static void put_written(struct run *run, struct span span, struct buf *out) {
    const struct source *source = sources_find(run->compiled->sources, span);
    if (source) {
        buf_put(out, source->text.at + (span.lo - source->base), span.hi - span.lo);
    }
}

static bool is_literal(const struct sema_expr *e) {
    return e->kind == E_INT || e->kind == E_FLOAT || e->kind == E_TEXT || e->kind == E_BOOL ||
           e->kind == E_LIST;
}

static bool is_thing(const struct vm_value *v) {
    return v->kind == VM_FRAME || v->kind == VM_PLACE;
}

/* "packets[1].len is 61, wanted 60" */
static void put_comparison(struct run *run, const struct sema_expr *e,
                           const struct vm_answer *answer, struct buf *out) {
    if (is_thing(&answer->values[0]) && is_thing(&answer->values[1])) {
        buf_printf(out, "the bytes of %s and of %s are %s", answer->text[0], answer->text[1],
                   e->op == AST_OP_EQ ? "not the same" : "the same");
        return;
    }
    bool swap = e->op == AST_OP_EQ && is_literal(e->kid[0]);
    int got = swap, want = !swap;
    put_written(run, e->kid[got]->span, out);
    if (answer->values[got].kind == VM_ABSENT) {
        buf_puts(out, " is not there, wanted ");
    } else {
        buf_printf(out, " is %s, wanted ", answer->text[got]);
    }
    if (e->op == AST_OP_NE) {
        buf_puts(out, "another value");
        return;
    }
    if (e->op != AST_OP_EQ) {
        buf_printf(out, "%s ", ast_op_text(e->op));
    }
    if (answer->values[want].kind != VM_ABSENT && !is_literal(e->kid[want])) {
        buf_printf(out, "%s: ", answer->text[want]);
    }
    put_written(run, e->kid[want]->span, out);
    buf_puts(out, answer->values[want].kind == VM_ABSENT ? ", which is not there" : "");
}

static void put_failure(struct run *run, const struct sema_stmt *stmt,
                        const struct vm_answer *answer, struct buf *out) {
    const struct vm_value *result = &answer->values[answer->n - 1];
    if (answer->fault) {
        bool path = *answer->fault->path != '\0';
        buf_printf(out, "%s%s%s", path ? answer->fault->path : "", path ? ": " : "",
                   answer->fault->message);
    } else if (answer->n == 3) {
        put_comparison(run, stmt->expr, answer, out);
    } else if (answer->n == 2 && result->kind == VM_BOOL) {
        put_written(run, stmt->expr->kid[0]->span, out);
        buf_printf(out, " is %s, wanted in ", answer->text[0]);
        put_written(run, stmt->expr->kid[1]->span, out);
    } else if (result->kind == VM_ABSENT) {
        buf_puts(out, "this depends on something that is not there");
    } else {
        buf_puts(out, result->kind == VM_BOOL ? "this does not hold" : "this is no bool");
    }
}

static bool holds(const struct sema_stmt *stmt, const struct vm_answer *answer) {
    const struct vm_value *result = &answer->values[answer->n - 1];
    if (answer->fault) {
        return false;
    }
    return stmt->kind != SEMA_S_REQUIRE || (result->kind == VM_BOOL && result->boolean);
}

static void on_answer(struct vm_sink *sink, const struct vm_answer *answer) {
    struct run *run = run_of(sink);
    if (answer->id == PROGRAM_NONE) {
        run->decoded = true;
        return;
    }
    const struct sema_stmt *stmt = run->test->script.all.at[answer->id];
    const struct sema_expr *about = stmt->expr;
    if (stmt->kind == SEMA_S_PRINT) {
        about = stmt->args.at[run->printed];
        on_printed(run, stmt);
    }
    if (holds(stmt, answer)) {
        return;
    }
    struct buf message = {0};
    if (stmt->message) {
        buf_printf(&message, "%s: ", stmt->message);
    }
    put_failure(run, stmt, answer, &message);
    fail(run, about->span, answer->element, buf_text(&message));
    buf_free(&message);
}

static const struct vm_sink_ops ops = {
    .struct_begin = on_struct_begin,
    .struct_end = on_struct_end,
    .array_begin = on_array_begin,
    .array_end = on_array_end,
    .value = on_value,
    .fault = on_fault,
    .finding = on_finding,
    .answer = on_answer,
    .record = on_record,
};

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
    struct vm_result result = vm_run(vm, &run->sink);
    vm_free(vm);
    if (run->json) {
        end_value(run);
    }
    if (result.stopped) {
        fail(run, run->test->span, "",
             "given up: decoding its input takes more work than the input's size allows");
    }
    return CLI_FINE;
}

int test_run(struct compiled *compiled, const struct sema_test *test, struct arena *arena,
             struct test_outcome *outcome) {
    *outcome = (struct test_outcome){0};
    struct run run = {.sink = {.ops = &ops},
                      .arena = arena,
                      .compiled = compiled,
                      .test = test,
                      .outcome = outcome};
    struct buf input = {0};
    int status = CLI_ENVIRONMENT;
    if (make_input(&run, &input)) {
        status = run_program(&run, buf_bytes(&input));
    }
    buf_free(&input);
    buf_free(&run.json_text);
    return command_worse(status, outcome->failure_count > 0 ? CLI_FINDINGS : CLI_FINE);
}

void test_done(struct test_outcome *outcome) {
    buf_free(&outcome->printed);
}
