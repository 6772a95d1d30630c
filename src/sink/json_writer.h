/* JSON text as it grows: what is open, and what stands around values. For the sinks that write JSON.
 *
 * Whatever the order of events, what comes out is JSON: the end of a struct, of a record and of the document close what
 * is open. What a struct or array ends with (what was wrong in it …) is up to the sink. */
#ifndef SINK_JSON_WRITER_H
#define SINK_JSON_WRITER_H

#include "io/out.h"
#include "sink/json_notes.h"
#include "vm/event.h"

struct json_options {
    bool pretty;  /* indented by 2 spaces, one value a line; else no white space at all */
    bool lines;   /* JSON Lines: a line for each record and each value outside; not with pretty */
    bool records; /* the document is an array, of which each record is an element; not with lines */
    bool bare;    /* no newline behind the document */
};

enum json_frame_kind { JSON_TOP, JSON_STRUCT, JSON_ARRAY };

struct json_frame {
    uint8_t kind; /* enum json_frame_kind */
    bool empty;   /* nothing was written in it */
    struct json_noted noted;
};

struct json_writer {
    struct vm_sink sink; /* first: a sink is its writer */
    struct out *out;
    struct json_options options;
    struct json_frame *frames; /* those open; the first is the document, or the record */
    uint32_t n, cap;
    uint32_t floor; /* frames that the end of a record leaves open */
    bool in_record;
    struct json_notes notes;
    /* Writes what stands last in the innermost struct or array, whose notes these are. */
    void (*last)(struct json_writer *json, const struct json_noted *noted);
    /* Writes notes outside of any struct into an object of their own, which is open. */
    void (*apart)(struct json_writer *json, const struct json_noted *noted);
};

static inline struct json_writer *json_writer_of(struct vm_sink *sink) {
    return (struct json_writer *)sink;
}

static inline struct json_frame *json_top(struct json_writer *json) {
    return &json->frames[json->n - 1];
}

/* A writer whose first member, last and apart are set begins a document; out is borrowed. */
void json_begin(struct json_writer *json, struct out *out, const struct json_options *options);

/* Ends the document; once. */
void json_end(struct json_writer *json);
void json_release(struct json_writer *json);

/* What stands before a value; name: its key, in a struct. */
void json_begin_value(struct json_writer *json, struct bytes name);
/* What stands behind a value. */
void json_end_value(struct json_writer *json);

void json_open(struct json_writer *json, enum json_frame_kind kind, struct bytes name);
void json_close(struct json_writer *json);

void json_put_string(struct json_writer *json, struct bytes text);
void json_put_text_member(struct json_writer *json, const char *name, struct bytes text);
void json_put_number_member(struct json_writer *json, const char *name, uint64_t number);

/* The name of an event's member; empty for none. */
struct bytes json_name_of(const struct vm_event *event);

/* Whether a value at the top is a line by itself. */
bool json_is_line(const struct json_writer *json);

/* Ends the innermost struct, or array, and what is open in it; nothing when there is none. */
void json_end_struct(struct json_writer *json);
void json_end_array(struct json_writer *json);

/* A record begins or ends, as events tell. */
void json_record(struct json_writer *json, bool begin);

/* Notes it for the innermost struct, or else what is innermost; one outside of any struct is not kept where it can be
 * written at once. A finding outside of structs would look like a value and is dropped. */
void json_note_fault(struct json_writer *json, const struct vm_fault *fault);
void json_note_finding(struct json_writer *json, const struct vm_finding *finding);

static inline bool json_has_notes(const struct json_noted *noted) {
    return noted->faults || noted->findings;
}

#endif
