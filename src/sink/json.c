#include "config.h"

#include "sink/json.h"

#include <string.h>

#include "base/jsontext.h"
#include "base/mem.h"
#include "base/numtext.h"
#include "sink/json_notes.h"
#include "sink/scalar_plan.h"

enum frame_kind { FRAME_TOP, FRAME_STRUCT, FRAME_ARRAY };

struct json_frame {
    uint8_t kind; /* enum frame_kind */
    bool empty;   /* nothing was written in it */
    struct json_noted noted;
};

struct json {
    struct vm_sink sink;
    struct out *out;
    struct json_options options;
    struct json_frame *frames; /* those open; the first is the document, or the record */
    uint32_t n, cap;
    uint32_t floor; /* frames that the end of a record leaves open */
    bool in_record;
    struct json_notes notes;
    struct scalar_plans plans;
};

static struct json *json_of(struct vm_sink *sink) {
    return (struct json *)sink;
}

static struct json_frame *top(struct json *json) {
    return &json->frames[json->n - 1];
}

/* layout */

static void push(struct json *json, enum frame_kind kind) {
    if (json->n == json->cap) {
        json->cap = json->cap ? json->cap * 2 : 32;
        json->frames = mem_realloc(json->frames, json->cap, sizeof *json->frames);
    }
    json->frames[json->n++] = (struct json_frame){
        .kind = (uint8_t)kind, .empty = true, .noted = {.first = json->notes.n}};
}

static void new_line(struct json *json) {
    if (json->options.pretty) {
        out_putc(json->out, '\n');
        out_fill(json->out, ' ', 2 * (size_t)(json->n - 1));
    }
}

static void put_string(struct json *json, struct bytes text) {
    scalar_put_text(json->out, text, SCALAR_JSON);
}

/* What stands before a value; name: its key, in a struct. */
static void begin_value(struct json *json, struct bytes name) {
    struct json_frame *frame = top(json);
    if (!frame->empty) {
        out_putc(json->out, frame->kind == FRAME_TOP ? '\n' : ',');
    }
    frame->empty = false;
    if (frame->kind == FRAME_TOP) {
        return;
    }
    new_line(json);
    if (frame->kind == FRAME_STRUCT) {
        put_string(json, name);
        out_puts(json->out, json->options.pretty ? ": " : ":");
    }
}

/* Whether a value at the top is a line by itself. */
static bool is_line(const struct json *json) {
    return json->options.lines && !json->in_record && json->n == 1;
}

static void end_value(struct json *json) {
    if (is_line(json)) {
        out_putc(json->out, '\n');
        top(json)->empty = true;
    }
}

static void open_value(struct json *json, enum frame_kind kind, struct bytes name) {
    begin_value(json, name);
    out_putc(json->out, kind == FRAME_STRUCT ? '{' : '[');
    push(json, kind);
}

static void close_value(struct json *json) {
    bool empty = top(json)->empty, is_struct = top(json)->kind == FRAME_STRUCT;
    json->n--;
    if (!empty) {
        new_line(json);
    }
    out_putc(json->out, is_struct ? '}' : ']');
    end_value(json);
}

static struct bytes name_of(const struct vm_event *event) {
    return event->member == PROGRAM_NONE
               ? bytes_of("", 0)
               : program_text(event->program, event->program->members.at[event->member].name);
}

/* faults and findings */

static void put_text_member(struct json *json, const char *name, struct bytes text) {
    begin_value(json, bytes_text(name));
    put_string(json, text);
}

static void put_number_member(struct json *json, const char *name, uint64_t number) {
    begin_value(json, bytes_text(name));
    char *at = out_room(json->out, NUMTEXT_MAX);
    json->out->len += (size_t)(numtext_uint(at, number) - at);
}

static void put_note(struct json *json, const char *name, const struct json_note *note) {
    open_value(json, FRAME_STRUCT, bytes_text(name));
    put_text_member(json, "path", json_note_path(&json->notes, note));
    if (note->placed) {
        put_number_member(json, "offset", note->offset);
    }
    if (note->made_by_len) {
        put_text_member(json, "in", json_note_made_by(&json->notes, note));
    }
    put_text_member(json, "message", json_note_message(&json->notes, note));
    close_value(json);
}

/* The notes of a kind from one on, as an array. */
static void put_note_list(struct json *json, const char *name, const struct json_noted *noted,
                          bool finding, uint32_t skip) {
    open_value(json, FRAME_ARRAY, bytes_text(name));
    for (uint32_t i = 0; i < noted->faults + noted->findings; i++) {
        const struct json_note *note = &json->notes.at[noted->first + i];
        if (note->finding != finding) {
            continue;
        }
        if (skip > 0) {
            skip--;
        } else {
            put_note(json, "", note);
        }
    }
    close_value(json);
}

/* Writes the notes into the object at hand. */
static void put_notes(struct json *json, const struct json_noted *noted) {
    for (uint32_t i = 0; noted->faults && i < noted->faults + noted->findings; i++) {
        if (!json->notes.at[noted->first + i].finding) {
            put_note(json, "$error", &json->notes.at[noted->first + i]);
            break;
        }
    }
    if (noted->faults > 1) {
        put_note_list(json, "$errors", noted, false, 1);
    }
    if (noted->more_faults) {
        put_number_member(json, "$more_errors", noted->more_faults);
    }
    if (noted->findings) {
        put_note_list(json, "$findings", noted, true, 0);
    }
    if (noted->more_findings) {
        put_number_member(json, "$more_findings", noted->more_findings);
    }
}

static bool has_notes(const struct json_noted *noted) {
    return noted->faults || noted->findings;
}

/* Writes the notes as a value of their own. The frames may move. */
static void put_notes_value(struct json *json, struct json_noted noted) {
    open_value(json, FRAME_STRUCT, bytes_of("", 0));
    put_notes(json, &noted);
    close_value(json);
    json_notes_drop(&json->notes, &noted);
}

/* Ends the innermost struct or array. */
static void end_frame(struct json *json) {
    struct json_noted noted = top(json)->noted;
    if (has_notes(&noted)) {
        put_notes(json, &noted);
        json_notes_drop(&json->notes, &noted);
    }
    close_value(json);
}

/* Ends the innermost struct and what is open in it; nothing when there is none. */
static void end_struct(struct json *json) {
    uint32_t n = json->n;
    while (n > json->floor && json->frames[n - 1].kind != FRAME_STRUCT) {
        n--;
    }
    while (n > json->floor && json->n >= n) {
        end_frame(json);
    }
}

/* Ends all but the document or record itself, and writes what was noted outside of any struct if
 * it has a place. */
static void end_all(struct json *json) {
    while (json->n > json->floor) {
        end_frame(json);
    }
    struct json_noted noted = top(json)->noted;
    if (has_notes(&noted) && (top(json)->empty || json->options.lines)) {
        put_notes_value(json, noted);
    }
    json_notes_drop(&json->notes, &top(json)->noted);
}

/* The frame whose notes a fault or finding belongs to: that of the innermost struct, or else the
 * innermost. */
static struct json_frame *noting_frame(struct json *json) {
    for (uint32_t i = json->n; i > 0; i--) {
        if (json->frames[i - 1].kind == FRAME_STRUCT) {
            return &json->frames[i - 1];
        }
    }
    return top(json);
}

/* A fault outside of any struct is not kept where it can be written at once. */
static void settle_note(struct json *json, const struct json_frame *frame) {
    if (frame->kind == FRAME_ARRAY || (frame->kind == FRAME_TOP && is_line(json))) {
        struct json_noted noted = frame->noted;
        top(json)->noted = (struct json_noted){.first = noted.first};
        put_notes_value(json, noted);
    }
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct json *json = json_of(sink);
    struct json_frame *frame = noting_frame(json);
    json_notes_fault(&json->notes, &frame->noted, fault);
    settle_note(json, frame);
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct json *json = json_of(sink);
    struct json_frame *frame = noting_frame(json);
    if (frame->kind == FRAME_STRUCT) { /* else it would look like a value */
        json_notes_finding(&json->notes, &frame->noted, finding);
    }
}

/* values */

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    open_value(json_of(sink), FRAME_STRUCT, name_of(event));
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    (void)event;
    end_struct(json_of(sink));
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    open_value(json_of(sink), FRAME_ARRAY, name_of(event));
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    struct json *json = json_of(sink);
    (void)event;
    if (json->n > json->floor && top(json)->kind == FRAME_ARRAY) {
        end_frame(json);
    }
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct json *json = json_of(sink);
    enum vm_kind kind = event->value->kind;
    if (kind == VM_ABSENT && top(json)->kind == FRAME_STRUCT) {
        return;
    }
    if ((kind == VM_PLACE || kind == VM_FRAME) && event->refers) {
        open_value(json, FRAME_STRUCT, name_of(event));
        put_text_member(json, "$ref", bytes_text(event->refers));
        close_value(json);
        return;
    }
    begin_value(json, name_of(event));
    scalar_put(json->out, event, SCALAR_JSON);
    end_value(json);
}

static void on_record(struct vm_sink *sink, bool begin) {
    struct json *json = json_of(sink);
    if (begin) {
        json->in_record = true;
        return;
    }
    if (json->options.lines) {
        end_all(json);
        if (top(json)->empty) {
            out_puts(json->out, "null");
        }
        out_putc(json->out, '\n');
        top(json)->empty = true;
    } else {
        while (json->n > json->floor) {
            end_frame(json);
        }
    }
    json->in_record = false;
}

static void on_blocks(struct vm_sink *sink, const struct vm_blocks *b) {
    struct json *json = json_of(sink);
    struct json_frame *frame = top(json);
    const struct scalar_plan *plan =
        scalar_plan_get(&json->plans, b->program, b->block, &b->ambient);
    if (b->n == 0) {
        return;
    }
    if (is_line(json)) {
        scalar_plan_write(&json->plans, plan, b->at, b->n, '\0', '\n');
        return;
    }
    char between = frame->kind == FRAME_TOP ? '\n' : ',';
    if (!frame->empty) {
        out_putc(json->out, between);
    }
    frame->empty = false;
    scalar_plan_write(&json->plans, plan, b->at, b->n, between, '\0');
}

/* making and ending */

static const struct vm_sink_ops compact_ops = {
    .struct_begin = on_struct_begin,
    .struct_end = on_struct_end,
    .array_begin = on_array_begin,
    .array_end = on_array_end,
    .value = on_value,
    .fault = on_fault,
    .finding = on_finding,
    .record = on_record,
    .blocks = on_blocks,
};
static const struct vm_sink_ops pretty_ops = {
    .struct_begin = on_struct_begin,
    .struct_end = on_struct_end,
    .array_begin = on_array_begin,
    .array_end = on_array_end,
    .value = on_value,
    .fault = on_fault,
    .finding = on_finding,
    .record = on_record,
};

struct vm_sink *json_new(struct out *out, const struct json_options *options) {
    struct json *json = mem_zalloc(1, sizeof *json);
    json->sink.ops = options->pretty ? &pretty_ops : &compact_ops;
    json->out = out;
    json->options = *options;
    scalar_plans_init(&json->plans, out, SCALAR_JSON);
    push(json, FRAME_TOP);
    if (options->records) {
        open_value(json, FRAME_ARRAY, bytes_of("", 0));
    }
    json->floor = json->n;
    return &json->sink;
}

void json_finish(struct vm_sink *sink) {
    struct json *json = json_of(sink);
    if (json->in_record) {
        on_record(sink, false);
    }
    json->floor = 1;
    end_all(json);
    if (json->options.lines) {
        return;
    }
    if (top(json)->empty) {
        out_puts(json->out, "null");
    }
    out_putc(json->out, '\n');
}

void json_free(struct vm_sink *sink) {
    if (sink) {
        struct json *json = json_of(sink);
        scalar_plans_free(&json->plans);
        json_notes_free(&json->notes);
        mem_free(json->frames);
        mem_free(json);
    }
}

/* style */

static void style_member(struct buf *out, const char *name, bool first) {
    struct bytes text = bytes_text(name);
    if (!first) {
        buf_putc(out, ',');
    }
    char *at = buf_reserve(out, JSONTEXT_ROOM(text.len));
    out->len += (size_t)(jsontext_string(at, text, NULL) - at);
    buf_putc(out, ':');
}

static void style_element(struct buf *out, bool first) {
    if (!first) {
        buf_putc(out, ',');
    }
}

static void style_struct_open(struct buf *out) {
    buf_putc(out, '{');
}

static void style_struct_close(struct buf *out) {
    buf_putc(out, '}');
}

static void style_array_open(struct buf *out) {
    buf_putc(out, '[');
}

static void style_array_close(struct buf *out) {
    buf_putc(out, ']');
}

const struct code_style *json_style(void) {
    static const struct code_style style = {
        .member = style_member,
        .element = style_element,
        .struct_open = style_struct_open,
        .struct_close = style_struct_close,
        .array_open = style_array_open,
        .array_close = style_array_close,
    };
    return &style;
}
