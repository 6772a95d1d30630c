#include "config.h"

#include "sink/json_writer.h"

#include "base/mem.h"
#include "base/numtext.h"
#include "sink/scalar.h"

/* layout */

static void push(struct json_writer *json, enum json_frame_kind kind) {
    if (json->n == json->cap) {
        json->cap = json->cap ? json->cap * 2 : 32;
        json->frames = mem_realloc(json->frames, json->cap, sizeof *json->frames);
    }
    json->frames[json->n++] = (struct json_frame){
        .kind = (uint8_t)kind, .empty = true, .noted = {.first = json->notes.n}};
}

static void new_line(struct json_writer *json) {
    if (json->options.pretty) {
        out_putc(json->out, '\n');
        out_fill(json->out, ' ', 2 * (size_t)(json->n - 1));
    }
}

void json_put_string(struct json_writer *json, struct bytes text) {
    scalar_put_text(json->out, text, SCALAR_JSON);
}

void json_begin_value(struct json_writer *json, struct bytes name) {
    struct json_frame *frame = json_top(json);
    if (!frame->empty) {
        out_putc(json->out, frame->kind == JSON_TOP ? '\n' : ',');
    }
    frame->empty = false;
    if (frame->kind == JSON_TOP) {
        return;
    }
    new_line(json);
    if (frame->kind == JSON_STRUCT) {
        json_put_string(json, name);
        out_puts(json->out, json->options.pretty ? ": " : ":");
    }
}

bool json_is_line(const struct json_writer *json) {
    return json->options.lines && !json->in_record && json->n == 1;
}

void json_end_value(struct json_writer *json) {
    if (json_is_line(json)) {
        out_putc(json->out, '\n');
        json_top(json)->empty = true;
    }
}

void json_open(struct json_writer *json, enum json_frame_kind kind, struct bytes name) {
    json_begin_value(json, name);
    out_putc(json->out, kind == JSON_STRUCT ? '{' : '[');
    push(json, kind);
}

void json_close(struct json_writer *json) {
    bool empty = json_top(json)->empty, is_struct = json_top(json)->kind == JSON_STRUCT;
    json->n--;
    if (!empty) {
        new_line(json);
    }
    out_putc(json->out, is_struct ? '}' : ']');
    json_end_value(json);
}

struct bytes json_name_of(const struct vm_event *event) {
    return event->member == PROGRAM_NONE
               ? bytes_of("", 0)
               : program_text(event->program, event->program->members.at[event->member].name);
}

void json_put_text_member(struct json_writer *json, const char *name, struct bytes text) {
    json_begin_value(json, bytes_text(name));
    json_put_string(json, text);
}

void json_put_number_member(struct json_writer *json, const char *name, uint64_t number) {
    json_begin_value(json, bytes_text(name));
    char *at = out_room(json->out, NUMTEXT_MAX);
    json->out->len += (size_t)(numtext_uint(at, number) - at);
}

/* notes */

/* Writes the notes as a value of their own. The frames may move. */
static void put_apart(struct json_writer *json, struct json_noted noted) {
    json_open(json, JSON_STRUCT, bytes_of("", 0));
    json->apart(json, &noted);
    json_close(json);
    json_notes_drop(&json->notes, &noted);
}

/* The frame whose notes a fault or finding belongs to. */
static struct json_frame *noting_frame(struct json_writer *json) {
    for (uint32_t i = json->n; i > 0; i--) {
        if (json->frames[i - 1].kind == JSON_STRUCT) {
            return &json->frames[i - 1];
        }
    }
    return json_top(json);
}

void json_note_fault(struct json_writer *json, const struct vm_fault *fault) {
    struct json_frame *frame = noting_frame(json);
    json_notes_fault(&json->notes, &frame->noted, fault);
    if (frame->kind == JSON_ARRAY || (frame->kind == JSON_TOP && json_is_line(json))) {
        struct json_noted noted = frame->noted;
        json_top(json)->noted = (struct json_noted){.first = noted.first};
        put_apart(json, noted);
    }
}

void json_note_finding(struct json_writer *json, const struct vm_finding *finding) {
    struct json_frame *frame = noting_frame(json);
    if (frame->kind == JSON_STRUCT) {
        json_notes_finding(&json->notes, &frame->noted, finding);
    }
}

/* ends */

/* Ends the innermost struct or array. */
static void end_frame(struct json_writer *json) {
    struct json_noted noted = json_top(json)->noted;
    json->last(json, &noted);
    if (json_has_notes(&noted)) {
        json_notes_drop(&json->notes, &noted);
    }
    json_close(json);
}

void json_end_struct(struct json_writer *json) {
    uint32_t n = json->n;
    while (n > json->floor && json->frames[n - 1].kind != JSON_STRUCT) {
        n--;
    }
    while (n > json->floor && json->n >= n) {
        end_frame(json);
    }
}

void json_end_array(struct json_writer *json) {
    if (json->n > json->floor && json_top(json)->kind == JSON_ARRAY) {
        end_frame(json);
    }
}

/* Ends all but the document or record itself, and writes what was noted outside of any struct if
 * it has a place. */
static void end_all(struct json_writer *json) {
    while (json->n > json->floor) {
        end_frame(json);
    }
    struct json_noted noted = json_top(json)->noted;
    if (json_has_notes(&noted) && (json_top(json)->empty || json->options.lines)) {
        put_apart(json, noted);
    }
    json_notes_drop(&json->notes, &json_top(json)->noted);
}

void json_record(struct json_writer *json, bool begin) {
    if (begin) {
        json->in_record = true;
        return;
    }
    if (json->options.lines) {
        end_all(json);
        if (json_top(json)->empty) {
            out_puts(json->out, "null");
        }
        out_putc(json->out, '\n');
        json_top(json)->empty = true;
    } else {
        while (json->n > json->floor) {
            end_frame(json);
        }
    }
    json->in_record = false;
}

void json_begin(struct json_writer *json, struct out *out, const struct json_options *options) {
    json->out = out;
    json->options = *options;
    push(json, JSON_TOP);
    if (options->records) {
        json_open(json, JSON_ARRAY, bytes_of("", 0));
    }
    json->floor = json->n;
}

void json_end(struct json_writer *json) {
    if (json->in_record) {
        json_record(json, false);
    }
    json->floor = 1;
    end_all(json);
    if (json->options.lines) {
        return;
    }
    if (json_top(json)->empty) {
        out_puts(json->out, "null");
    }
    if (!json->options.bare) {
        out_putc(json->out, '\n');
    }
}

void json_release(struct json_writer *json) {
    json_notes_free(&json->notes);
    mem_free(json->frames);
}
