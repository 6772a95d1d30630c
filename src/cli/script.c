#include "config.h"

#include "cli/script.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli/listen.h"
#include "cli/plan.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/talk.h"
#include "cli/terminal.h"
#include "lib/script.h"
#include "patch/collect.h"
#include "patch/settle.h"
#include "sink/silent.h"

/* So many failures are told one by one. */
#define TOLD_MAX 10u

/* A script under way. */
struct running {
    struct script_change *of;
    struct script script;
    struct compiled *compiled;
    const struct program *program; /* of the batch at hand */
    struct listen listen;
    struct collect collect;
    struct settle settle;
    struct program_reads verdict;
    struct plan plan;
    struct out out;
    struct buf printed;
    struct buf refused; /* the first failure */
    uint32_t failures;
    bool quiet;   /* nothing is told of what it does, and why it can't be done */
    bool damaged; /* one was a fault of the data */
    bool vain;    /* a statement met nothing that it could change */
};

bool script_option(struct script_change *script, const struct options *options, int id) {
    enum { SCRIPT_OPTION_IDS };
    switch (id) {
    case SCRIPT_SCHEMA:
        script->schema = options->value;
        return true;
    case SCRIPT_PARAM:
        return give_take(&script->pick.given, &script->pick.arena, options);
    case SCRIPT_VALUE:
        return give_take(&script->values, &script->pick.arena, options);
    case SCRIPT_DANGLING:
        script->dangling = true;
        return true;
    case SCRIPT_DIR:
        *vec_push(&script->pick.folders.at, &script->pick.arena) = options->value;
        return true;
    default:
        return change_is_option(id) && change_take(&script->change, options, id);
    }
}

/* what goes wrong */

static void put_place(const struct running *run, struct span span, struct buf *text) {
    struct source_place place = sources_place(run->compiled->sources, span);
    if (place.source) {
        talk_put_safe(text, bytes_text(place.source->name));
        buf_printf(text, ":%u:%u: ", place.line, place.column);
    }
}

/* Where in the script, what it is about, and why it fails; the line of the script below it. */
static void tell(struct running *run, struct span span, const char *path, const char *message) {
    struct buf text = {0};
    put_place(run, span, &text);
    size_t said = text.len;
    talk_put_safe(&text, bytes_text(path));
    buf_puts(&text, *path ? ": " : "");
    talk_put_safe(&text, bytes_text(message));
    if (run->failures++ == 0) {
        buf_put(&run->refused, text.at + said, text.len - said);
    }
    buf_putc(&text, '\n');
    diag_quote(run->compiled->sources, span, run->compiled->colour, &text);
    if (run->failures <= TOLD_MAX && !run->quiet) {
        out_flush(&run->out);
        talk_text(&text);
    }
    buf_free(&text);
}

/* A further line about what was told. */
static void tell_more(const struct running *run, const char *message) {
    if (!run->quiet) {
        talk_more("%s", message);
    }
}

/* Whether it is the data's fault, rather than the script's. */
static bool is_damage(const char *kind) {
    static const char *const others[] = {"absent", "arithmetic", "conversion", "cycle",
                                         "range",  "type",       "unmet"};
    bool damage = true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        damage = damage && strcmp(kind, others[i]) != 0;
    }
    return damage;
}

static void on_failed(void *of, const struct vm_answer *answer, struct span span,
                      const char *message) {
    struct running *run = of;
    run->damaged = run->damaged || (answer->fault && is_damage(answer->fault->kind));
    tell(run, span, answer->element, message);
}

static const struct sema_stmt *stmt_of(const struct running *run, uint32_t id) {
    return id == PROGRAM_NONE ? NULL : run->script.script->all.at[id];
}

static void on_edit(void *of, const struct vm_edit *edit) {
    struct running *run = of;
    if (run->failures > 0 || collect_take(&run->collect, edit)) {
        return;
    }
    const struct sema_stmt *stmt = stmt_of(run, edit->stmt);
    if (run->collect.error) {
        run->failures++;
    } else {
        tell(run, stmt ? stmt->span : span_none(), buf_text(&run->collect.refusal.path),
             buf_text(&run->collect.refusal.message));
    }
    vm_stop(edit->vm);
}

static bool on_edits(void *of, const struct vm_edits *edits) {
    struct running *run = of;
    if (run->failures > 0 || collect_take_many(&run->collect, edits)) {
        return true;
    }
    if (run->collect.error) {
        run->failures++;
        vm_stop(edits->first.vm);
    }
    return run->collect.error != 0;
}

static struct vm_maker *on_build(void *of, const struct vm_value *value) {
    struct running *run = of;
    return collect_build(&run->collect, run->program, value);
}

static void on_answered(void *of, const struct sema_stmt *stmt, const struct vm_answer *answer) {
    struct running *run = of;
    const char *why = stmt->kind == SEMA_S_LET ? script_keep(&run->script, stmt, answer) : NULL;
    if (why) {
        tell(run, stmt->span, "", why);
    }
}

static void on_shown(void *of, const struct collect_edit *edit) {
    plan_edit(&((struct running *)of)->plan, edit);
}

/* batches */

/* Statements that met nothing: where they name it, that is wrong; where they look for it, it is said. */
static void check_met(struct running *run, const struct sema_stmts *stmts, uint32_t first,
                      uint32_t n) {
    for (uint32_t i = first; i < first + n && run->failures == 0; i++) {
        const struct sema_stmt *stmt = stmts->at.at[i];
        check_met(run, &stmt->body, 0, stmt->body.at.n);
        if (!stmt->target || run->collect.met[stmt->id] > 0) {
            continue;
        }
        if (!stmt->many) {
            tell(run, stmt->target->span, "", "this is not there");
            return;
        }
        struct buf text = {0};
        put_place(run, stmt->span, &text);
        buf_puts(&text, "nothing matches: this changes nothing\n");
        diag_quote(run->compiled->sources, stmt->target->span, run->compiled->colour, &text);
        if (!run->quiet) {
            talk_text(&text);
        }
        buf_free(&text);
        run->vain = true;
    }
}

/* Makes the edits of a batch, and what follows them. */
static int settle_batch(struct running *run) {
    struct settle *settle = &run->settle;
    struct patch_edits *edits = run->collect.edits;
    uint32_t derived = settle->derived.n;
    run->collect.edits = NULL;
    for (uint32_t i = 0; i < run->collect.given.n; i++) {
        settle_pin(settle, run->collect.given.at[i].off, run->collect.given.at[i].len);
    }
    bool fine = settle_step(settle, edits, run->collect.shifts.at, run->collect.shifts.n,
                            run->collect.unsure || settle->mend);
    if (settle->failed) {
        return change_tell(&settle->problem);
    }
    if (!fine) {
        tell(run, settle->refusal.span, buf_text(&settle->refusal.path),
             buf_text(&settle->refusal.message));
        if (settle->refusal.dangling) {
            tell_more(run, "--allow-dangling leaves what says its place as it is");
        }
        return CLI_FINDINGS;
    }
    for (; derived < settle->derived.n; derived++) {
        plan_derived(&run->plan, &settle->derived.at[derived]);
    }
    return CLI_FINE;
}

/* Runs the statements of a batch over the document, which they are not made in yet. */
static int run_statements(struct running *run, uint32_t batch) {
    struct input *document;
    char why[COMPILE_WHY_MAX];
    run->program = script_program(&run->script, batch, why);
    if (!run->program) {
        if (why[0]) {
            talk("internal error: the program made of the script is not safe to run: %s", why);
            return CLI_ENVIRONMENT;
        }
        if (!run->quiet) {
            compile_tell(run->compiled);
        }
        return CLI_SCHEMA;
    }
    if (!document_make(run->settle.document, &run->settle.problem)) {
        return change_tell(&run->settle.problem);
    }
    document = document_input(run->settle.document);
    collect_next(&run->collect, input_data(document), input_size(document),
                 patch_edits_new(input_size(document)));
    struct run pass = {.program = run->program, .input = document, .out = &run->out};
    struct vm_result result = run_program(&pass, &run->listen.sink);
    result.faults = result.findings = 0; /* of values in braces, before they were whole */
    bool fine = run->failures > 0 || run->collect.refusal.is || collect_end(&run->collect);
    if (run->collect.error) {
        talk_failed("keep what changes of", run->of->change.path, run->collect.error);
        return CLI_ENVIRONMENT;
    }
    if (!fine || (run->collect.refusal.is && run->failures == 0)) {
        tell(run, span_none(), buf_text(&run->collect.refusal.path),
             buf_text(&run->collect.refusal.message));
    }
    if (run->failures > 0) {
        return run->damaged ? CLI_DATA : CLI_FINDINGS;
    }
    return report_outcome(&result, document, &run->out);
}

static int run_batch(struct running *run, uint32_t batch) {
    int status = run_statements(run, batch);
    if (status != CLI_FINE) {
        return status;
    }
    const struct sema_batch *b = &run->script.script->batches.at[batch];
    check_met(run, &run->script.script->body, b->first, b->n);
    return run->failures > 0 ? CLI_FINDINGS : settle_batch(run);
}

static int run_batches(struct running *run) {
    int status = CLI_FINE;
    uint32_t n = run->script.script->batches.n;
    for (uint32_t i = 0; i < n && status == CLI_FINE; i++) {
        status = run_batch(run, i);
    }
    if (run->of->mend && status == CLI_FINE) {
        run->collect.edits = patch_edits_new(document_size(run->settle.document));
        status = settle_batch(run);
    }
    if (run->failures > TOLD_MAX && !run->quiet) {
        talk("%u more failures", run->failures - TOLD_MAX);
    }
    return status;
}

/* What was printed goes to standard output, but beside JSON, which has it, and the result. */
static void show_printed(struct running *run) {
    bool result =
        run->of->change.output && !run->of->change.output[1] && run->of->change.output[0] == '-';
    if (run->of->change.json) {
        return;
    }
    if (result) {
        talk_text(&run->printed);
    } else {
        out_put(&run->out, run->printed.at, run->printed.len);
    }
}

/* What is wrong with the result that was not wrong with the file: unless --force, nothing is done then. */
static int check_result(struct running *run) {
    struct settle *settle = &run->settle;
    if (!settle_end(settle)) {
        return change_tell(&settle->problem);
    }
    for (uint32_t i = 0; i < settle->news.n; i++) {
        const struct settle_trouble *t = &settle->news.at[i];
        struct buf text = {0};
        buf_puts(&text, "the result would be wrong: ");
        buf_puts(&text, t->message);
        tell(run, t->span, t->path, buf_text(&text));
        buf_free(&text);
    }
    bool refused = settle->news.n > 0 && !run->of->change.force;
    if (refused) {
        tell_more(run, "--force changes the file all the same");
    }
    return refused ? CLI_FINDINGS : CLI_FINE;
}

/* The programs that tell of all that is tied, and of what is wrong. */
static int begin_settling(struct running *run) {
    struct gen_request request = compile_asks(run->compiled);
    struct gen_request verdict = request;
    verdict.verdict = true;
    verdict.style = silent_style();
    run->settle.verify = compile_request(run->compiled, &verdict);
    request.ties = true;
    run->settle.ties = run->settle.verify ? compile_request(run->compiled, &request) : NULL;
    if (!run->settle.ties) {
        return compile_status(run->compiled);
    }
    run->settle.document = document_new(run->of->change.target);
    run->settle.mend = run->of->mend;
    run->settle.dangling = run->of->dangling;
    run->verdict = program_reads_of(run->settle.verify, &run->compiled->arena);
    run->collect.verdict = &run->verdict;
    return CLI_FINE;
}

/* The change gets what came of it. */
static void end_settling(struct running *run) {
    struct change *change = &run->of->change;
    if (run->settle.document) {
        patch_edits_free(change->edits);
        document_give(run->settle.document, &change->edits, &change->image);
    }
    settle_free(&run->settle);
}

static int run_script(struct running *run) {
    struct change *change = &run->of->change;
    bool shows = change_shows(change) && !run->quiet;
    run->collect.show = shows ? on_shown : NULL;
    run->collect.context = run;
    run->collect.met =
        arena_array(&run->compiled->arena, run->script.script->all.n + 1, sizeof(uint64_t));
    run->plan = (struct plan){.out = shows ? &run->out : NULL,
                              .json = change->json,
                              .utf8 = terminal_is_utf8(),
                              .colour = terminal_colour(TERMINAL_AUTO, STDOUT_FILENO)};
    run->listen = (struct listen){.sources = run->compiled->sources,
                                  .script = run->script.script,
                                  .printed = &run->printed,
                                  .failed = on_failed,
                                  .answered = on_answered,
                                  .edit = on_edit,
                                  .edits = on_edits,
                                  .build = on_build,
                                  .context = run};
    listen_begin(&run->listen);
    plan_begin(&run->plan, change->path);
    int status = begin_settling(run);
    status = status == CLI_FINE ? run_batches(run) : status;
    status = status == CLI_FINE ? check_result(run) : status;
    patch_edits_free(run->collect.edits);
    end_settling(run);
    show_printed(run);
    plan_end(&run->plan, &run->printed, status == CLI_FINE ? NULL : buf_text(&run->refused),
             input_size(change->old), patch_edits_new_size(change->edits));
    listen_end(&run->listen);
    return status;
}

static int commit(struct running *run) {
    struct change *change = &run->of->change;
    out_flush(&run->out);
    if (run->vain && patch_edits_count(change->edits) == 0) {
        return CLI_FINDINGS;
    }
    return patch_edits_count(change->edits) > 0 || change->output ? change_commit(change)
                                                                  : CLI_FINE;
}

static int compile(struct running *run) {
    struct script_change *of = run->of;
    bool twice;
    bool fine =
        script_compile(&run->script, run->compiled, of->name, buf_bytes(&of->text), &of->values);
    if (!fine) {
        if (run->compiled->diags.errors == 0) {
            talk("%s: the script is too long", of->name);
        }
        compile_tell(run->compiled);
        return CLI_SCHEMA;
    }
    const char *name = script_misgiven(&run->script, &twice);
    if (name) {
        talk(twice ? "'%s' is given twice"
                   : "the script has no '%s' that a value could be given for",
             name);
    }
    return name ? CLI_USAGE : CLI_FINE;
}

static void end(struct running *run) {
    collect_free(&run->collect);
    buf_free(&run->printed);
    buf_free(&run->refused);
}

static int change_file(struct script_change *of, const char *file) {
    struct running run = {.of = of};
    int status = pick_name(&of->pick, of->schema) ? change_begin(&of->change, file) : CLI_USAGE;
    struct picked *picked = status == CLI_FINE ? pick_schema(&of->pick, of->change.old) : NULL;
    status = status == CLI_FINE ? (picked ? picked->status : CLI_FINDINGS) : status;
    if (status != CLI_FINE) {
        return status;
    }
    run.compiled = &picked->compiled;
    status = compile(&run);
    if (status != CLI_FINE) {
        return status;
    }
    out_open(&run.out, STDOUT_FILENO);
    status = run_script(&run);
    status = status == CLI_FINE ? commit(&run) : status;
    end(&run);
    return command_close(&run.out, status);
}

int script_run(struct script_change *script, const char *file) {
    int status = change_file(script, file);
    change_end(&script->change);
    script_end(script);
    return status;
}

bool script_makes(struct compiled *compiled, const char *file, struct bytes script,
                  struct bytes wanted) {
    struct script_change of = {.change = {.dry_run = true, .force = true}};
    struct running run = {.of = &of, .compiled = compiled, .quiet = true};
    bool fine = change_begin(&of.change, file) == CLI_FINE &&
                script_compile(&run.script, compiled, "<script>", script, &of.values);
    if (fine) {
        out_open(&run.out, STDOUT_FILENO);
        fine = run_script(&run) == CLI_FINE;
        out_close(&run.out);
        struct input *result = fine ? change_result(&of.change) : NULL;
        fine =
            result && bytes_equal(bytes_of(input_data(result), (size_t)input_size(result)), wanted);
        end(&run);
    }
    change_end(&of.change);
    return fine;
}

void script_end(struct script_change *script) {
    buf_free(&script->text);
    pick_end(&script->pick);
}
