/* Fuzzes what is asked of files with the shipped schemas, and the sinks of the answers: get, where, at, find's fields,
 * select and verify. The first byte chooses the schema, the second the question, the rest is the file. */
#include "config.h"

#include <string.h>

#include "ask/aggregate.h"
#include "base/buf.h"
#include "cli/verdict.h"
#include "io/out.h"
#include "lib/selection.h"
#include "sink/columns.h"
#include "sink/owner.h"
#include "sink/place.h"
#include "sink/plain.h"
#include "sink/silent.h"
#include "sink/tree.h"

#include "shipped.h"

#define SCHEMAS_MAX   256u
#define QUESTIONS_MAX 64u
#define MEMBERS_MAX   6u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct question {
    const struct program *program;
    const struct sema_select *select; /* NULL: no rows */
    bool records;
    void (*answer)(const struct question *question, const uint8_t *data, size_t size,
                   struct out *out);
};

struct asked {
    struct compiled *compiled;
    struct question at[QUESTIONS_MAX];
    uint32_t n;
};

static struct {
    struct asked *at[SCHEMAS_MAX];
    uint32_t n;
} all;

/* -- answers ----------------------------------------------------------------------------------- */

static void show_tree(const struct question *q, const uint8_t *data, size_t size, struct out *out) {
    struct tree_options options = {.width = 90, .fold = 4, .bytes = true};
    struct tree *tree = tree_new(out, q->program, size, &options);
    shipped_run(q->program, data, size, tree_sink(tree));
    tree_finish(tree);
    tree_free(tree);
}

static void forget_line(struct verdict *verdict) {
    buf_clear(&verdict->text);
}

static void verify(const struct question *q, const uint8_t *data, size_t size, struct out *out) {
    struct verdict verdict = {
        .file = "file", .sources = q->program->sources, .json = size % 2 != 0, .line = forget_line};
    (void)out;
    shipped_run(q->program, data, size, verdict_sink(&verdict));
    buf_free(&verdict.text);
}

/* Some bytes of the file, the last one and the one behind it. */
static uint32_t some_offsets(const uint8_t *data, size_t size, uint64_t at[8]) {
    for (uint32_t i = 0; i < 6; i++) {
        at[i] = size > 0 ? (data[(size - 1) * i / 6] * 7u + i * 251u) % size : i;
    }
    at[6] = size > 0 ? size - 1 : 0;
    at[7] = size;
    return 8;
}

static void find_at(const struct question *q, const uint8_t *data, size_t size, struct out *out) {
    uint64_t offsets[8];
    uint32_t n = some_offsets(data, size, offsets);
    struct owner *owner = owner_new(offsets, n, size % 2 != 0);
    do {
        shipped_run(q->program, data, size, owner_sink(owner));
    } while (owner_again(owner));
    owner_tell(owner, out);
    owner_free(owner);
}

/* What is told of bytes alone is what is told of them with what stands around. */
static void find_fields(const struct question *q, const uint8_t *data, size_t size,
                        struct out *out) {
    uint64_t offsets[8];
    uint32_t n = some_offsets(data, size, offsets), found = 0;
    struct owner *owner = owner_new(offsets, n, true), *alone = owner_new_alone(offsets, n, true);
    do {
        shipped_run(q->program, data, size, owner_sink(owner));
    } while (owner_again(owner));
    shipped_run(q->program, data, size, owner_sink(alone));
    for (uint32_t i = 0; i < n; i++) {
        struct bytes fields = owner_fields(alone, i);
        found += fields.len > 0;
        out_put(out, fields.at, fields.len);
    }
    if (owner_tell(owner, out) != found) {
        abort();
    }
    owner_free(owner);
    owner_free(alone);
}

static void get(const struct question *q, const uint8_t *data, size_t size, struct out *out) {
    struct plain_options options = {
        .json = size % 2 != 0, .places = true, .records = q->records, .path = "path"};
    struct plain *plain = plain_new(out, &options);
    shipped_run(q->program, data, size, plain_sink(plain));
    plain_finish(plain);
    plain_free(plain);
}

static void where(const struct question *q, const uint8_t *data, size_t size, struct out *out) {
    struct place_options options = {.format = size % 3 == 0   ? PLACE_TEXT
                                              : size % 3 == 1 ? PLACE_JSON
                                                              : PLACE_RAW,
                                    .path = "path"};
    struct place_sink *places = place_new(out, &options);
    shipped_run(q->program, data, size, place_sink(places));
    place_free(places);
}

static void rows(const struct question *q, const uint8_t *data, size_t size, struct out *out) {
    struct columns_options options = {.format = (enum columns_format)(size % COLUMNS_FORMATS),
                                      .names = q->select->names.at,
                                      .n = q->select->names.n,
                                      .utf8 = true};
    struct columns *columns = columns_new(out, &options);
    struct aggregate *sums = q->select->aggregates.n > 0 ? aggregate_new(q->select) : NULL;
    shipped_run(q->program, data, size, sums ? aggregate_sink(sums) : columns_sink(columns));
    if (sums) {
        aggregate_tell(sums, columns_sink(columns));
    }
    columns_end(columns);
    columns_free(columns);
    aggregate_free(sums);
}

/* -- questions --------------------------------------------------------------------------------- */

static struct question *add(struct asked *asked, const struct gen_request *request,
                            void (*answer)(const struct question *, const uint8_t *, size_t,
                                           struct out *)) {
    if (asked->n == QUESTIONS_MAX) {
        abort();
    }
    struct question *q = &asked->at[asked->n++];
    *q = (struct question){.program = shipped_program(asked->compiled, request),
                           .select = request->select,
                           .records = request->records,
                           .answer = answer};
    return q;
}

static void add_path(struct asked *asked, const char *text) {
    struct gen_request request = compile_asks(asked->compiled);
    request.path = compile_resolve(asked->compiled, text);
    if (!request.path) {
        abort();
    }
    bool list = request.path->vtype.kind == SEMA_V_LIST;
    request.tell = GEN_TELL_BOTH;
    request.records = list || request.path->vtype.kind == SEMA_V_ARRAY;
    add(asked, &request, get);
    request.tell = GEN_TELL_PLACES;
    request.records = list;
    add(asked, &request, where);
}

static void add_rows(struct asked *asked, const char *text, struct selection_words words) {
    struct gen_request request = compile_asks(asked->compiled);
    const struct sema_expr *path = compile_resolve(asked->compiled, text);
    words.mark = "";
    request.select = path ? selection_resolve(asked->compiled, path, &words) : NULL;
    request.limit = GEN_ALL;
    if (!request.select) {
        abort();
    }
    add(asked, &request, rows);
}

/* Questions about the first array of the root. */
static void add_selections(struct asked *asked, const char *array) {
    add_rows(asked, array, (struct selection_words){.columns = "$index, $"});
    add_rows(asked, array,
             (struct selection_words){.where = "$index % 3 != 1 && present($prev)",
                                      .columns = "$, sizeof($), $index"});
    add_rows(asked, array,
             (struct selection_words){.aggregate = "count, sum(sizeof($)), max($index)"});
    add_rows(asked, array,
             (struct selection_words){.aggregate = "count, avg($index)", .by = "sizeof($) % 3"});
}

static void add_members(struct asked *asked) {
    const struct sema_struct *root = asked->compiled->schema->root;
    struct compile_names arrays = compile_arrays(asked->compiled);
    for (uint32_t i = 0; i < root->flat.n && i < MEMBERS_MAX; i++) {
        add_path(asked, root->flat.at[i]->name);
    }
    if (arrays.at.n == 0) {
        return;
    }
    add_selections(asked, arrays.at.at[0]);
    const struct sema_expr *path = compile_resolve(asked->compiled, arrays.at.at[0]);
    struct sema_vtype element = sema_vtype_of(path->vtype.decl, path->vtype.level + 1);
    for (uint32_t i = 0; element.kind == SEMA_V_STRUCT && i < element.of->flat.n && i < 3; i++) {
        struct buf text = {0};
        buf_printf(&text, "**.%s", element.of->flat.at[element.of->flat.n - 1 - i]->name);
        add_path(asked, arena_strndup(&asked->compiled->arena, text.at, text.len));
        buf_free(&text);
    }
}

static void take(struct compiled *compiled) {
    if (all.n == SCHEMAS_MAX || compiled->schema->root->params.n > 0) {
        return;
    }
    struct asked *asked = arena_alloc(&compiled->arena, sizeof *asked);
    struct gen_request request = compile_asks(compiled);
    asked->compiled = compiled;
    all.at[all.n++] = asked;
    add(asked, &request, show_tree);
    add(asked, &request, find_at);
    add(asked, &request, find_fields);
    request.style = silent_style();
    add(asked, &request, verify);
    add_members(asked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (all.n == 0) {
        shipped_each(take);
    }
    if (size < 2 || all.n == 0) {
        return 0;
    }
    const struct asked *asked = all.at[data[0] % all.n];
    const struct question *q = &asked->at[data[1] % asked->n];
    struct buf memory = {0};
    struct out out;
    out_memory(&out, &memory);
    q->answer(q, data + 2, size - 2, &out);
    out_close(&out);
    buf_free(&memory);
    return 0;
}
