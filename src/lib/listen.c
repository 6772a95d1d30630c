#include "config.h"

#include "lib/listen.h"

#include <inttypes.h>

#include "base/mem.h"
#include "sink/scalar.h"
#include "sink/silent.h"

/* A struct or array that was begun. */
struct level {
    bool is_array;
    size_t path_len; /* of the path around it */
    uint64_t next;   /* ARRAY: index of the next element */
};

struct listen {
    struct vm_sink sink; /* first */
    const struct sonde_question *question;
    sonde_listener *listener;
    void *context;
    struct vm *vm;
    bool stopped;
    uint64_t values; /* that stand in nothing else */
    uint64_t rows;
    /* what is open */
    struct level *levels;
    uint32_t n, cap;
    struct buf path; /* of the innermost one */
    /* what a path leads to, where it was told before the value itself */
    bool placed;
    struct sonde_place place;
    struct buf root;
    /* the row at hand */
    bool in_row, filled;
    uint32_t cell;
    /* the event at hand */
    struct sonde_event event;
    struct sonde_value value;
    const char *own_path; /* or NULL: that of what is open, and the event's own name and index */
    struct buf told_path, flags;
};

static struct listen *listen_of(struct vm_sink *sink) {
    return (struct listen *)(void *)sink;
}

/* paths */

static const char *name_of(const struct listen *listen, const struct vm_event *e) {
    const struct sonde_question *question = listen->question;
    return e->member == PROGRAM_NONE
               ? ""
               : question->names[question->program->members.at[e->member].name];
}

static bool in_array(const struct listen *listen) {
    return listen->n > 0 && listen->levels[listen->n - 1].is_array;
}

/* Adds the event's own name or index to the path of what is around it. */
static void add_to_path(const struct listen *listen, struct buf *path) {
    const struct sonde_event *event = &listen->event;
    if (listen->n == 0 && listen->root.len > 0) {
        buf_put(path, listen->root.at, listen->root.len);
        return;
    }
    if (event->name[0]) {
        buf_printf(path, "%s%s", path->len > 0 ? "." : "", event->name);
    }
    if (event->index != SONDE_NONE) {
        buf_printf(path, "[%" PRIu64 "]", event->index);
    }
}

const char *sonde_event_path(const struct sonde_event *event) {
    struct listen *listen = event->inner;
    if (listen->own_path) {
        return listen->own_path;
    }
    buf_clear(&listen->told_path);
    buf_put(&listen->told_path, listen->path.at, listen->path.len);
    add_to_path(listen, &listen->told_path);
    return buf_text(&listen->told_path);
}

/* places */

static const struct sonde_place nowhere = {
    .space = "", .offset = SONDE_NONE, .size = SONDE_NONE, .bits = SONDE_NONE, .pieces = 1};

static struct sonde_place place_in(const struct vm_space *space, uint64_t start, uint64_t end) {
    if (!space) {
        return nowhere;
    }
    struct sonde_place place = {
        .space = space->made_by,
        .offset = start / 8,
        .bit = start % 8,
        .size = SONDE_NONE,
        .bits = SONDE_NONE,
        .pieces = 1,
    };
    uint64_t at, run;
    if (space->pieces && vm_space_place(space, start / 8, &at, &run)) {
        place.space = NULL;
        place.offset = at;
    }
    if (end != VM_UNKNOWN && end >= start) {
        place.bits = end - start;
        place.size = (end + 7) / 8 - start / 8;
        place.pieces = space->pieces ? vm_space_pieces(space, start, end) : 1;
    }
    return place;
}

/* telling */

static void tell(struct listen *listen) {
    if (!listen->stopped && listen->listener(listen->context, &listen->event) != 0) {
        listen->stopped = true;
        vm_stop(listen->vm);
    }
}

/* Starts the event at hand. */
static struct sonde_event *start(struct listen *listen, enum sonde_event_kind kind) {
    listen->own_path = NULL;
    listen->event = (struct sonde_event){
        .kind = kind,
        .depth = listen->n,
        .name = "",
        .index = SONDE_NONE,
        .cell = listen->in_row ? listen->cell : UINT32_MAX,
        .count = SONDE_NONE,
        .place = nowhere,
        .inner = listen,
    };
    return &listen->event;
}

/* The same for what the machine tells of, with its name and place. */
static struct sonde_event *start_from(struct listen *listen, enum sonde_event_kind kind,
                                      const struct vm_event *e) {
    struct sonde_event *event = start(listen, kind);
    if (in_array(listen)) {
        struct level *level = &listen->levels[listen->n - 1];
        event->index = e->index != VM_UNKNOWN ? e->index : level->next;
        level->next = event->index + 1;
    } else if (listen->n == 0 && listen->in_row) {
        event->name = sonde_question_column(listen->question, listen->cell);
    } else {
        event->name = name_of(listen, e);
        event->index = e->index != VM_UNKNOWN ? e->index : SONDE_NONE;
    }
    event->computed = e->let;
    event->place = e->let ? nowhere : place_in(e->space, e->start, e->end);
    if (listen->n == 0 && listen->placed) {
        event->place = listen->place;
        event->computed = event->place.offset == SONDE_NONE;
    }
    return event;
}

/* Behind a value or the beginning of one: what was known of it is used up. */
static void use_up(struct listen *listen) {
    listen->placed = false;
    buf_clear(&listen->root);
    listen->filled = true;
}

/* what is open */

static void open_level(struct listen *listen, bool is_array) {
    if (listen->n == listen->cap) {
        listen->cap = listen->cap ? listen->cap * 2 : 32;
        listen->levels = mem_realloc(listen->levels, listen->cap, sizeof *listen->levels);
    }
    struct level level = {.is_array = is_array, .path_len = listen->path.len};
    add_to_path(listen, &listen->path);
    listen->levels[listen->n++] = level;
    use_up(listen);
}

/* Ends the innermost one; e is the machine's event, or NULL where there is none. */
static void close_level(struct listen *listen, const struct vm_event *e) {
    struct level level = listen->levels[listen->n - 1];
    struct sonde_event *event = start(listen, level.is_array ? SONDE_ARRAY_END : SONDE_STRUCT_END);
    event->depth = listen->n - 1;
    if (e && !e->let) {
        event->place = place_in(e->space, e->start, e->end);
    }
    listen->own_path = buf_text(&listen->path);
    tell(listen);
    listen->path.len = level.path_len;
    listen->n--;
}

static void close_all(struct listen *listen) {
    while (listen->n > 0) {
        close_level(listen, NULL);
    }
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *e) {
    struct listen *listen = listen_of(sink);
    listen->values += listen->n == 0;
    start_from(listen, SONDE_STRUCT_BEGIN, e);
    tell(listen);
    open_level(listen, false);
}

/* A struct that ends early takes its arrays with it. */
static void on_struct_end(struct vm_sink *sink, const struct vm_event *e) {
    struct listen *listen = listen_of(sink);
    while (in_array(listen)) {
        close_level(listen, NULL);
    }
    if (listen->n > 0) {
        close_level(listen, e);
    }
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *e) {
    struct listen *listen = listen_of(sink);
    listen->values += listen->n == 0;
    struct sonde_event *event = start_from(listen, SONDE_ARRAY_BEGIN, e);
    event->count = e->count == VM_UNKNOWN ? SONDE_NONE : e->count;
    event->computed = event->computed || e->type == PROGRAM_NONE;
    tell(listen);
    open_level(listen, true);
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *e) {
    struct listen *listen = listen_of(sink);
    if (in_array(listen)) {
        close_level(listen, e);
    }
}

/* values */

static struct sonde_run run_of(struct bytes bytes) {
    return (struct sonde_run){bytes.at ? bytes.at : (const unsigned char *)"", bytes.len};
}

static const char *name_in_enum(struct listen *listen, const struct vm_value *v) {
    const struct program *program = listen->question->program;
    if (!program->enums.at[v->names].flags) {
        const struct program_enumerator *item = program_enumerator(program, v->names, v->integer);
        return item ? listen->question->names[item->name] : NULL;
    }
    buf_clear(&listen->flags);
    char *at = buf_reserve(&listen->flags, scalar_named_room(program, v->names));
    listen->flags.len = (size_t)(scalar_named(at, program, v->names, v->integer, SCALAR_CSV) - at);
    return buf_text(&listen->flags);
}

static void set_integer(struct listen *listen, const struct vm_value *v) {
    listen->value.integer =
        (struct sonde_integer){(uint64_t)v->integer, (uint64_t)((uint128)v->integer >> 64)};
    if (v->kind == VM_INT && v->names != PROGRAM_NONE) {
        listen->value.name = name_in_enum(listen, v);
    }
}

static void set_value(struct listen *listen, const struct vm_event *e) {
    static const enum sonde_kind kinds[] = {
        [VM_ABSENT] = SONDE_ABSENT, [VM_BOOL] = SONDE_BOOL,       [VM_INT] = SONDE_INT,
        [VM_WIDE] = SONDE_WIDE,     [VM_FLOAT] = SONDE_FLOAT,     [VM_TEXT] = SONDE_TEXT,
        [VM_BYTES] = SONDE_BYTES,   [VM_PLACE] = SONDE_REFERENCE, [VM_FRAME] = SONDE_REFERENCE,
        [VM_LIST] = SONDE_ABSENT,
    };
    const struct vm_value *v = e->value;
    struct sonde_value *value = &listen->value;
    *value = (struct sonde_value){.kind = kinds[v->kind]};
    value->bits = e->type == PROGRAM_NONE ? 0 : listen->question->program->types.at[e->type].bits;
    value->text = value->bytes = run_of((struct bytes){0});
    switch (value->kind) {
    case SONDE_ABSENT:
        break;
    case SONDE_BOOL:
        value->boolean = v->boolean;
        break;
    case SONDE_INT:
    case SONDE_WIDE:
        set_integer(listen, v);
        break;
    case SONDE_FLOAT:
        value->number = v->number;
        break;
    case SONDE_TEXT:
        value->text = run_of(v->bytes);
        break;
    case SONDE_BYTES:
        value->bytes = run_of(v->bytes);
        break;
    case SONDE_REFERENCE:
        value->text = run_of(bytes_text(e->refers ? e->refers : ""));
        break;
    }
}

static void on_value(struct vm_sink *sink, const struct vm_event *e) {
    struct listen *listen = listen_of(sink);
    listen->values += listen->n == 0 && e->value->kind != VM_ABSENT;
    set_value(listen, e);
    struct sonde_event *event = start_from(listen, SONDE_VALUE, e);
    event->value = &listen->value;
    event->computed = event->computed || e->type == PROGRAM_NONE;
    if (event->computed && !listen->placed) {
        event->place = nowhere;
    }
    tell(listen);
    use_up(listen);
}

/* The path leads there; what it leads to follows, unless it can't be read. */
static void on_place(struct vm_sink *sink, const struct vm_event *e) {
    struct listen *listen = listen_of(sink);
    close_all(listen);
    listen->placed = true;
    listen->place = place_in(e->space, e->start, e->end);
    buf_clear(&listen->root);
    buf_puts(&listen->root, e->refers);
}

static void on_record(struct vm_sink *sink, bool begin) {
    struct listen *listen = listen_of(sink);
    if (!begin) {
        close_all(listen);
    }
}

/* rows */

static void tell_row(struct listen *listen, enum sonde_event_kind kind) {
    listen->in_row = false;
    start(listen, kind)->index = listen->rows;
    listen->own_path = "";
    tell(listen);
}

/* A column has a value in each row. */
static void end_cell(struct listen *listen) {
    const struct vm_value absent = vm_absent();
    const struct vm_event e = {
        .program = listen->question->program,
        .member = PROGRAM_NONE,
        .type = PROGRAM_NONE,
        .index = VM_UNKNOWN,
        .value = &absent,
        .let = true,
    };
    close_all(listen);
    if (!listen->filled) {
        on_value(&listen->sink, &e);
    }
}

static void on_column(struct vm_sink *sink, uint32_t column) {
    struct listen *listen = listen_of(sink);
    if (listen->in_row) {
        end_cell(listen);
    }
    if (column == 0) {
        tell_row(listen, SONDE_ROW_BEGIN);
    }
    listen->in_row = column < listen->question->select->names.n;
    listen->cell = column;
    listen->filled = false;
    if (!listen->in_row) {
        tell_row(listen, SONDE_ROW_END);
        listen->rows++;
    }
}

/* what is wrong */

static void tell_trouble(struct listen *listen, const char *path, struct span span) {
    struct sonde_schema *schema = listen->question->schema;
    struct source_place place = {0};
    listen->own_path = path ? path : "";
    if (!span_is_none(span)) {
        pthread_mutex_lock(&schema->lock);
        place = sources_place(schema->compiled.sources, span);
        pthread_mutex_unlock(&schema->lock);
    }
    if (place.source) {
        listen->event.file = place.source->name;
        listen->event.line = place.line;
        listen->event.column = place.column;
    }
    tell(listen);
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct listen *listen = listen_of(sink);
    struct sonde_event *event = start(listen, SONDE_FAULT);
    event->problem = fault->kind;
    event->message = fault->message;
    event->place = place_in(fault->space, fault->offset * 8, VM_UNKNOWN);
    tell_trouble(listen, fault->path, fault->span);
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct listen *listen = listen_of(sink);
    struct sonde_event *event = start(listen, SONDE_FINDING);
    event->message = finding->message;
    event->place = place_in(finding->space, finding->offset * 8, VM_UNKNOWN);
    tell_trouble(listen, finding->path, finding->span);
}

static void tell_given_up(struct listen *listen) {
    struct sonde_event *event = start(listen, SONDE_FAULT);
    event->problem = "limit";
    event->message = "given up: decoding it takes more work than its size allows";
    tell_trouble(listen, "", span_none());
}

/* making and ending */

#define COMMON                                                                                     \
    .struct_begin = on_struct_begin, .struct_end = on_struct_end, .array_begin = on_array_begin,   \
    .array_end = on_array_end, .value = on_value, .fault = on_fault, .finding = on_finding

struct listen *listen_new(const struct sonde_question *question, sonde_listener *listener,
                          void *context, struct vm *vm) {
    static const struct vm_sink_ops all[] = {
        [SONDE_EVERYTHING] = {COMMON},
        [SONDE_PATH] = {COMMON, .place = on_place, .record = on_record},
        [SONDE_SELECT] = {COMMON, .column = on_column},
        [SONDE_VERIFY] = {SILENT_OPS, .fault = on_fault, .finding = on_finding},
    };
    struct listen *listen = mem_zalloc(1, sizeof *listen);
    listen->sink.ops = &all[question->ask];
    listen->question = question;
    listen->listener = listener;
    listen->context = context;
    listen->vm = vm;
    return listen;
}

struct vm_sink *listen_sink(struct listen *listen) {
    return &listen->sink;
}

void listen_end(struct listen *listen, bool given_up) {
    close_all(listen);
    while (listen->in_row) {
        on_column(&listen->sink, listen->cell + 1);
    }
    if (given_up && !listen->stopped) {
        tell_given_up(listen);
    }
}

uint64_t listen_answers(const struct listen *listen) {
    return listen->question->ask == SONDE_SELECT ? listen->rows : listen->values;
}

bool listen_stopped(const struct listen *listen) {
    return listen->stopped;
}

void listen_free(struct listen *listen) {
    mem_free(listen->levels);
    buf_free(&listen->path);
    buf_free(&listen->root);
    buf_free(&listen->told_path);
    buf_free(&listen->flags);
    mem_free(listen);
}
