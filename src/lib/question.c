#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "lib/give.h"
#include "lib/internal.h"
#include "lib/selection.h"
#include "sink/silent.h"

/* A question on its way: the schema's lock is held. */
struct asking {
    struct sonde_schema *schema;
    struct sonde_request request;
    struct sonde_errors *errors;
    struct sonde_question *question;
    const struct sema_expr *path;
    bool records; /* its elements are told one by one */
};

/* What the program knows of the request; what is beyond is 0. */
static struct sonde_request known_request(const struct sonde_request *request) {
    struct sonde_request known = {0};
    if (request) {
        memcpy(&known, request, request->size < sizeof known ? request->size : sizeof known);
    }
    return known;
}

/* What was reported of a question before is none of this one's business. */
static void forget_errors(struct compiled *compiled) {
    diags_init(&compiled->diags, &compiled->arena, compiled->sources);
    compiled->sema.too_deep = false;
}

static bool give(struct asking *a) {
    const struct sonde_request *request = &a->request;
    struct compiled *compiled = &a->schema->compiled;
    struct given given = {0};
    struct give_trouble trouble = {0};
    for (size_t i = 0; i < request->parameter_count; i++) {
        if (!give_is_one(request->parameters[i])) {
            errors_add(a->errors, SONDE_USAGE, "a parameter is NAME=VALUE, not '%s'",
                       request->parameters[i]);
            return false;
        }
        /* the machine has the texts, too */
        *vec_push(&given.at, &compiled->arena) = arena_strndup(
            &a->question->arena, request->parameters[i], strlen(request->parameters[i]));
    }
    bool fine = give_args(&given, compiled, &trouble);
    if (!fine) {
        errors_add(a->errors, SONDE_USAGE, "%s", buf_text(&trouble.message));
    }
    give_trouble_free(&trouble);
    return fine;
}

/* The path of SELECT where none is given; NULL where that is not clear. */
static const char *only_array(struct asking *a) {
    struct compiled *compiled = &a->schema->compiled;
    struct compile_names arrays = compile_arrays(compiled);
    if (arrays.at.n != 1) {
        errors_add(a->errors, SONDE_USAGE,
                   arrays.at.n == 0
                       ? "'%s' has no array whose elements could be rows"
                       : "'%s' has several arrays: say which one's elements are the rows",
                   compiled->schema->name);
        return NULL;
    }
    return arrays.at.at[0];
}

static bool resolve_path(struct asking *a, const char *text) {
    struct compiled *compiled = &a->schema->compiled;
    a->path = compile_resolve(compiled, text);
    if (a->path && a->request.ask == SONDE_SELECT) {
        compile_check_records(compiled, a->path);
    }
    return compiled->diags.errors == 0;
}

static bool resolve_select(struct asking *a) {
    struct compiled *compiled = &a->schema->compiled;
    const struct sonde_request *request = &a->request;
    const struct selection_words words = {
        .where = request->where,
        .columns = request->columns,
        .aggregate = request->aggregates,
        .by = request->by,
        .mark = "",
    };
    const char *of = request->path ? request->path : only_array(a);
    if (!of || !resolve_path(a, of)) {
        return false;
    }
    struct sema_select *select = selection_resolve(compiled, a->path, &words);
    if (select && select->names.n == 0) {
        errors_add(
            a->errors, SONDE_USAGE,
            "the elements have no fields that are single numbers or texts: say which columns");
        return false;
    }
    a->question->select = select;
    a->question->aggregates = request->aggregates;
    a->path = NULL;
    return select;
}

/* What must not stand together, or must; NULL where all is well. */
static const char *contradiction(const struct sonde_request *request) {
    if (request->ask == SONDE_PATH && !request->path) {
        return "a question for a path needs one";
    }
    if (request->ask != SONDE_SELECT && (request->where || request->columns ||
                                         request->aggregates || request->skip || request->limit)) {
        return "conditions, columns and limits are for selections";
    }
    if (request->aggregates && (request->columns || request->skip || request->limit)) {
        return "aggregates exclude columns, skip and limit";
    }
    if (request->by && !request->aggregates) {
        return "'by' is for aggregates";
    }
    return NULL;
}

static bool resolve(struct asking *a) {
    const struct sema_schema *schema = a->schema->compiled.schema;
    const char *wrong = contradiction(&a->request);
    if (wrong) {
        errors_add(a->errors, SONDE_USAGE, "%s", wrong);
        return false;
    }
    if (!schema->root) {
        errors_add(a->errors, SONDE_SCHEMA,
                   "the schema '%s' can't decode a file: it has no struct '%s' to start from",
                   schema->path, schema->name);
        return false;
    }
    if (!give(a)) {
        return false;
    }
    switch (a->request.ask) {
    case SONDE_EVERYTHING:
    case SONDE_VERIFY:
        return true;
    case SONDE_PATH:
        if (!resolve_path(a, a->request.path)) {
            return false;
        }
        a->records = a->path->vtype.kind == SEMA_V_LIST || a->path->vtype.kind == SEMA_V_ARRAY;
        return true;
    case SONDE_SELECT:
        return resolve_select(a);
    }
    errors_add(a->errors, SONDE_USAGE, "there is no such question");
    return false;
}

static void make_program(struct asking *a) {
    struct compiled *compiled = &a->schema->compiled;
    const struct sonde_request *request = &a->request;
    struct gen_request wanted = compile_asks(compiled);
    wanted.verdict = request->ask == SONDE_VERIFY;
    wanted.style = wanted.verdict ? silent_style() : NULL;
    wanted.path = a->path;
    wanted.records = a->records;
    wanted.tell = request->ask == SONDE_PATH ? GEN_TELL_BOTH : GEN_TELL_VALUES;
    wanted.select = a->question->select;
    wanted.skip = request->skip;
    wanted.limit = request->limit ? request->limit : GEN_ALL;
    char why[COMPILE_WHY_MAX];
    a->question->program = compile_make(&a->question->arena, &wanted, why);
    if (why[0]) {
        errors_add(a->errors, SONDE_SCHEMA, "internal error: the program is not safe to run: %s",
                   why);
    }
}

/* The names of members and items with a NUL behind them. */
static void copy_name(struct sonde_question *question, uint32_t constant) {
    const struct program *program = question->program;
    if (constant != PROGRAM_NONE && !question->names[constant]) {
        struct bytes text = program_text(program, constant);
        question->names[constant] =
            arena_strndup(&question->arena, (const char *)text.at, text.len);
    }
}

static void copy_names(struct sonde_question *question) {
    const struct program *program = question->program;
    question->names = arena_array(&question->arena, program->data.n + 1, sizeof *question->names);
    for (uint32_t i = 0; i < program->members.n; i++) {
        copy_name(question, program->members.at[i].name);
    }
    for (uint32_t i = 0; i < program->items.n; i++) {
        copy_name(question, program->items.at[i].name);
    }
}

static void ask(struct asking *a) {
    forget_errors(&a->schema->compiled);
    if (resolve(a)) {
        make_program(a);
    }
    if (a->question->program) {
        copy_names(a->question);
    } else if (a->schema->compiled.diags.errors > 0) {
        errors_add_diags(a->errors, &a->schema->compiled.diags);
    }
}

struct sonde_question *sonde_ask(struct sonde_schema *schema, const struct sonde_request *request,
                                 struct sonde_errors *errors) {
    struct sonde_question *question = mem_zalloc(1, sizeof *question);
    struct asking a = {.schema = schema,
                       .request = known_request(request),
                       .errors = errors,
                       .question = question};
    errors_clear(errors);
    atomic_fetch_add(&schema->users, 1);
    question->schema = schema;
    question->ask = a.request.ask;
    question->limits = (struct vm_limits){
        .depth = a.request.depth_limit,
        .work = a.request.work_limit,
        .expansion = a.request.expansion_limit,
    };
    pthread_mutex_lock(&schema->lock);
    ask(&a);
    pthread_mutex_unlock(&schema->lock);
    if (!question->program) {
        sonde_question_free(question);
        return NULL;
    }
    return question;
}

void sonde_question_free(struct sonde_question *question) {
    if (question) {
        arena_free(&question->arena);
        schema_release(question->schema);
        mem_free(question);
    }
}

uint32_t sonde_question_columns(const struct sonde_question *question) {
    return question->select ? question->select->names.n : 0;
}

const char *sonde_question_column(const struct sonde_question *question, uint32_t i) {
    return i < sonde_question_columns(question) ? question->select->names.at[i] : "";
}
