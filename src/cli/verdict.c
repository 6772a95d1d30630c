#include "config.h"

#include "cli/verdict.h"

#include <inttypes.h>

#include "base/jsontext.h"
#include "cli/report.h"
#include "sink/silent.h"

/* What is told of a fault or a finding. */
struct trouble {
    const char *kind; /* of a fault; NULL: a finding */
    const char *path;
    const char *message;
    const struct vm_space *space; /* NULL: it has no place */
    uint64_t offset;
    struct span span;
};

static struct verdict *verdict_of(struct vm_sink *sink) {
    return (struct verdict *)sink;
}

static void put_member(struct buf *out, const char *before, const char *text) {
    struct bytes bytes = bytes_text(text);
    buf_puts(out, before);
    char *at = buf_reserve(out, JSONTEXT_ROOM(bytes.len));
    out->len += (size_t)(jsontext_string(at, bytes, NULL) - at);
}

static void put_json(struct verdict *verdict, const struct trouble *trouble) {
    struct buf *out = &verdict->text;
    put_member(out, "{\"file\":", verdict->file);
    put_member(out, ",\"kind\":", trouble->kind ? "fault" : "finding");
    if (trouble->kind) {
        put_member(out, ",\"fault\":", trouble->kind);
    }
    put_member(out, ",\"path\":", trouble->path ? trouble->path : "");
    put_member(out, ",\"message\":", trouble->message);
    if (trouble->space) {
        buf_printf(out, ",\"offset\":%" PRIu64, trouble->offset);
        if (trouble->space->made_by) {
            put_member(out, ",\"in\":", trouble->space->made_by);
        }
    }
    struct source_place place = {0};
    if (!span_is_none(trouble->span)) {
        place = sources_place(verdict->sources, trouble->span);
    }
    if (place.source) {
        put_member(out, ",\"schema\":", place.source->name);
        buf_printf(out, ",\"line\":%" PRIu32, place.line);
    }
    buf_puts(out, "}\n");
}

static void tell(struct verdict *verdict, const struct trouble *trouble) {
    if (verdict->json) {
        put_json(verdict, trouble);
    } else {
        report_line(&verdict->text, verdict->file, verdict->sources, trouble->path,
                    trouble->message, trouble->space, trouble->offset, trouble->span);
    }
    verdict->line(verdict);
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct trouble trouble = {fault->kind,  fault->path,   fault->message,
                              fault->space, fault->offset, fault->span};
    tell(verdict_of(sink), &trouble);
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct trouble trouble = {NULL,           finding->path,   finding->message,
                              finding->space, finding->offset, finding->span};
    tell(verdict_of(sink), &trouble);
}

struct vm_sink *verdict_sink(struct verdict *verdict) {
    static const struct vm_sink_ops ops = {
        SILENT_OPS,
        .fault = on_fault,
        .finding = on_finding,
    };
    verdict->sink.ops = &ops;
    return &verdict->sink;
}
