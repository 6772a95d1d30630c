#include "config.h"

#include "sink/plain.h"

#include "base/mem.h"
#include "sink/json.h"
#include "sink/place.h"
#include "sink/scalar.h"
#include "vm/flats.h"

/* What is inside of a value goes to a JSON sink, which is there from the first event of it to the last: of a document as
 * long as the program runs, else for each value that wants one. */

struct plain {
    struct vm_sink sink; /* first */
    struct out *out;
    struct plain_options options;
    struct vm_sink *json; /* of what is open, or NULL */
    uint32_t depth;       /* structs and arrays open in a value */
    bool in_array;        /* what is asked for is an array: its elements are the values */
    bool in_record;
    bool placed; /* a value's place was written */
    uint64_t values;
};

static struct plain *plain_of(struct vm_sink *sink) {
    return (struct plain *)(void *)sink;
}

static bool is_document(const struct plain *plain) {
    return plain->options.json && !plain->options.places;
}

static struct vm_sink *json_of(struct plain *plain) {
    if (!plain->json) {
        struct json_options options = {.bare = true};
        if (is_document(plain)) {
            options = (struct json_options){.pretty = plain->options.pretty,
                                            .records = plain->options.records};
        }
        plain->json = json_new(plain->out, &options);
    }
    return plain->json;
}

static void end_json(struct plain *plain) {
    if (plain->json) {
        json_finish(plain->json);
        json_free(plain->json);
        plain->json = NULL;
    }
}

/* What stands in front of a value, and behind it. */

static void begin_line(struct plain *plain) {
    if (plain->options.file && !plain->options.json && !plain->placed) {
        out_printf(plain->out, "%s\t", plain->options.file);
    }
}

static void end_line(struct plain *plain) {
    end_json(plain);
    out_puts(plain->out, plain->options.json ? "}\n" : "\n");
    plain->placed = false;
}

/* A value whose place was told is lost to a fault. */
static void end_lost(struct plain *plain) {
    if (plain->placed && plain->depth == 0) {
        out_puts(plain->out, plain->options.json ? "null" : "");
        end_line(plain);
    }
}

static void on_place(struct vm_sink *sink, const struct vm_event *event) {
    struct plain *plain = plain_of(sink);
    struct out *out = plain->out;
    end_lost(plain);
    if (!plain->options.json) {
        begin_line(plain);
        place_put(out, event);
        out_putc(out, '\t');
    } else {
        out_putc(out, '{');
        if (plain->options.file) {
            out_puts(out, "\"file\":");
            scalar_put_text(out, bytes_text(plain->options.file), SCALAR_JSON);
            out_putc(out, ',');
        }
        place_put_json(out, event, *event->refers ? event->refers : plain->options.path);
        out_puts(out, ",\"value\":");
    }
    plain->placed = true;
}

/* structs and arrays */

static void begin_inner(struct plain *plain) {
    if (plain->depth++ == 0) {
        plain->values++;
        if (!is_document(plain)) {
            begin_line(plain);
        }
    }
}

static void end_inner(struct plain *plain) {
    if (plain->depth > 0 && --plain->depth == 0 && !is_document(plain)) {
        end_line(plain);
    }
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct plain *plain = plain_of(sink);
    begin_inner(plain);
    json_of(plain)->ops->struct_begin(plain->json, event);
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    struct plain *plain = plain_of(sink);
    json_of(plain)->ops->struct_end(plain->json, event);
    end_inner(plain);
}

/* Whether an array that begins or ends is what is asked for, and not an element of that. */
static bool is_asked(const struct plain *plain) {
    return plain->depth == 0 && !plain->in_record && !plain->placed;
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct plain *plain = plain_of(sink);
    bool asked = is_asked(plain) && !plain->in_array;
    if (asked && !is_document(plain)) {
        plain->in_array = true;
        return;
    }
    if (asked) {
        plain->in_array = true;
    } else {
        begin_inner(plain);
    }
    json_of(plain)->ops->array_begin(plain->json, event);
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    struct plain *plain = plain_of(sink);
    bool asked = is_asked(plain) && plain->in_array;
    if (!asked || is_document(plain)) {
        json_of(plain)->ops->array_end(plain->json, event);
    }
    if (asked) {
        plain->in_array = false;
    } else {
        end_inner(plain);
    }
}

/* values */

static bool is_reference(const struct vm_event *event) {
    return event->value->kind == VM_PLACE || event->value->kind == VM_FRAME;
}

static void put_line(struct plain *plain, const struct vm_event *event) {
    const struct vm_value *v = event->value;
    begin_line(plain);
    if (plain->options.json) {
        json_of(plain)->ops->value(plain->json, event);
    } else if (v->kind == VM_TEXT) {
        out_put(plain->out, v->bytes.at, v->bytes.len);
    } else if (is_reference(event)) {
        out_puts(plain->out, event->refers ? event->refers : "");
    } else {
        scalar_put(plain->out, event, SCALAR_CSV);
    }
    end_line(plain);
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct plain *plain = plain_of(sink);
    bool absent = event->value->kind == VM_ABSENT;
    bool inner = plain->depth > 0 || (is_document(plain) && plain->in_array);
    plain->values += plain->depth == 0 && !absent;
    if (!is_document(plain) && plain->depth == 0 && !absent) {
        put_line(plain, event);
    } else if (inner || (is_document(plain) && !absent)) {
        json_of(plain)->ops->value(plain->json, event);
    }
}

static void on_record(struct vm_sink *sink, bool begin) {
    struct plain *plain = plain_of(sink);
    plain->in_record = begin;
    if (is_document(plain)) {
        json_of(plain)->ops->record(plain->json, begin);
    }
}

static void on_blocks(struct vm_sink *sink, const struct vm_blocks *blocks) {
    struct plain *plain = plain_of(sink);
    plain->values += plain->depth == 0 ? blocks->n : 0;
    json_of(plain)->ops->blocks(plain->json, blocks);
}

static void on_flats(struct vm_sink *sink, struct vm_flats *way) {
    struct plain *plain = plain_of(sink);
    uint64_t left = way->left;
    json_of(plain)->ops->flats(plain->json, way);
    plain->values += plain->depth == 0 ? left - way->left : 0;
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct plain *plain = plain_of(sink);
    if (plain->json && plain->depth > 0) {
        plain->json->ops->fault(plain->json, fault);
    }
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct plain *plain = plain_of(sink);
    if (plain->json && plain->depth > 0) {
        plain->json->ops->finding(plain->json, finding);
    }
}

/* making and ending */

#define COMMON                                                                                     \
    .struct_begin = on_struct_begin, .struct_end = on_struct_end, .array_begin = on_array_begin,   \
    .array_end = on_array_end, .value = on_value, .place = on_place, .fault = on_fault,            \
    .finding = on_finding, .record = on_record

static const struct vm_sink_ops ops = {COMMON};
static const struct vm_sink_ops block_ops = {COMMON, .blocks = on_blocks, .runs = true,
                                             .flats = on_flats};

struct plain *plain_new(struct out *out, const struct plain_options *options) {
    struct plain *plain = mem_zalloc(1, sizeof *plain);
    plain->out = out;
    plain->options = *options;
    plain->sink.ops = is_document(plain) && !options->pretty ? &block_ops : &ops;
    return plain;
}

struct vm_sink *plain_sink(struct plain *plain) {
    return &plain->sink;
}

uint64_t plain_finish(struct plain *plain) {
    end_lost(plain);
    if (is_document(plain) && plain->options.records) {
        json_of(plain); /* an empty list */
    }
    end_json(plain);
    return plain->values;
}

void plain_free(struct plain *plain) {
    if (plain) {
        json_free(plain->json);
        mem_free(plain);
    }
}
