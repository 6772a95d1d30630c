#include "config.h"

#include "sink/json.h"

#include "base/jsontext.h"
#include "base/mem.h"
#include "sink/json_writer.h"
#include "sink/scalar_plan.h"

struct json {
    struct json_writer writer; /* first */
    struct scalar_plans plans;
};

/* faults and findings */

static void put_note(struct json_writer *json, const char *name, const struct json_note *note) {
    json_open(json, JSON_STRUCT, bytes_text(name));
    json_put_text_member(json, "path", json_note_path(&json->notes, note));
    if (note->placed) {
        json_put_number_member(json, "offset", note->offset);
    }
    if (note->made_by_len) {
        json_put_text_member(json, "in", json_note_made_by(&json->notes, note));
    }
    json_put_text_member(json, "message", json_note_message(&json->notes, note));
    json_close(json);
}

/* The notes of a kind from one on, as an array. */
static void put_note_list(struct json_writer *json, const char *name,
                          const struct json_noted *noted, bool finding, uint32_t skip) {
    json_open(json, JSON_ARRAY, bytes_text(name));
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
    json_close(json);
}

/* Writes the notes into the object at hand. */
static void put_notes(struct json_writer *json, const struct json_noted *noted) {
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
        json_put_number_member(json, "$more_errors", noted->more_faults);
    }
    if (noted->findings) {
        put_note_list(json, "$findings", noted, true, 0);
    }
    if (noted->more_findings) {
        json_put_number_member(json, "$more_findings", noted->more_findings);
    }
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    json_note_fault(json_writer_of(sink), fault);
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    json_note_finding(json_writer_of(sink), finding);
}

/* values */

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    json_open(json_writer_of(sink), JSON_STRUCT, json_name_of(event));
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    (void)event;
    json_end_struct(json_writer_of(sink));
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    json_open(json_writer_of(sink), JSON_ARRAY, json_name_of(event));
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    (void)event;
    json_end_array(json_writer_of(sink));
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct json_writer *json = json_writer_of(sink);
    enum vm_kind kind = event->value->kind;
    if (kind == VM_ABSENT && json_top(json)->kind == JSON_STRUCT) {
        return;
    }
    if ((kind == VM_PLACE || kind == VM_FRAME) && event->refers) {
        json_open(json, JSON_STRUCT, json_name_of(event));
        json_put_text_member(json, "$ref", bytes_text(event->refers));
        json_close(json);
        return;
    }
    json_begin_value(json, json_name_of(event));
    scalar_put(json->out, event, SCALAR_JSON);
    json_end_value(json);
}

static void on_record(struct vm_sink *sink, bool begin) {
    json_record(json_writer_of(sink), begin);
}

static void on_blocks(struct vm_sink *sink, const struct vm_blocks *b) {
    struct json *json = (struct json *)sink;
    struct json_frame *frame = json_top(&json->writer);
    json->plans.texts = b->texts;
    if (b->n == 0) {
        return;
    }
    if (json_is_line(&json->writer)) {
        scalar_plan_write_blocks(&json->plans, b, '\0', '\n');
        return;
    }
    char between = frame->kind == JSON_TOP ? '\n' : ',';
    if (!frame->empty) {
        out_putc(json->writer.out, between);
    }
    frame->empty = false;
    scalar_plan_write_blocks(&json->plans, b, between, '\0');
}

static void on_flats(struct vm_sink *sink, struct vm_flats *way) {
    struct json *json = (struct json *)sink;
    struct json_frame *frame = json_top(&json->writer);
    bool line = json_is_line(&json->writer), top = frame->kind == JSON_TOP;
    json->plans.texts = NULL;
    if (line) {
        scalar_plan_write_flats(&json->plans, way, '\0', '\n', true);
    } else if (scalar_plan_write_flats(&json->plans, way, top ? '\n' : ',', '\0', frame->empty)) {
        frame->empty = false;
    }
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
    .runs = true,
    .flats = on_flats,
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
    json->writer.sink.ops = options->pretty ? &pretty_ops : &compact_ops;
    json->writer.last = json->writer.apart = put_notes;
    scalar_plans_init(&json->plans, out, SCALAR_JSON);
    json_begin(&json->writer, out, options);
    return &json->writer.sink;
}

void json_finish(struct vm_sink *sink) {
    json_end(json_writer_of(sink));
}

void json_free(struct vm_sink *sink) {
    if (sink) {
        struct json *json = (struct json *)sink;
        scalar_plans_free(&json->plans);
        json_release(&json->writer);
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
        .scattered = true,
    };
    return &style;
}
