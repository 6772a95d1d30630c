#include "config.h"

#include "cli/report.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "cli/command.h"
#include "cli/talk.h"
#include "cli/watch.h"

static struct report *report_of(const struct vm_sink *sink) {
    /* the table is the first member of a report_ops: report_begin put it there */
    return ((const struct report_ops *)(const void *)sink->ops)->report;
}

void report_where(struct buf *out, const struct vm_space *space, uint64_t offset,
                  const struct sources *sources, struct span span) {
    if (space) {
        buf_printf(out, "at 0x%" PRIx64, offset);
        if (space->made_by) {
            buf_printf(out, " of what %s made", space->made_by);
        }
    }
    struct source_place place = {0};
    if (sources && !span_is_none(span)) {
        place = sources_place(sources, span);
    }
    if (place.source) {
        const char *slash = strrchr(place.source->name, '/');
        buf_printf(out, "%s%s:%" PRIu32, out->len > 0 ? "; " : "",
                   slash ? slash + 1 : place.source->name, place.line);
    }
}

void report_line(struct buf *out, const char *file, const struct sources *sources, const char *path,
                 const char *message, const struct vm_space *space, uint64_t offset,
                 struct span span) {
    struct buf line = {0};
    struct buf where = {0};
    report_where(&where, space, offset, sources, span);
    bool has_path = path && *path;
    buf_printf(&line, "%s: %s%s%s%s%s%s", file, has_path ? path : "", has_path ? ": " : "", message,
               where.len > 0 ? " (" : "", buf_text(&where), where.len > 0 ? ")" : "");
    talk_put_safe(out, buf_bytes(&line));
    buf_putc(out, '\n');
    buf_free(&line);
    buf_free(&where);
}

static void say(const struct report *report, const struct buf *line) {
    if (report->said) {
        buf_put(report->said, line->at, line->len);
    } else {
        talk_text(line);
    }
}

static void tell(const struct report *report, const char *path, const char *message,
                 const struct vm_space *space, uint64_t offset, struct span span) {
    struct buf line = {0};
    buf_puts(&line, "sonde: ");
    report_line(&line, report->file, report->sources, path, message, space, offset, span);
    say(report, &line);
    buf_free(&line);
}

/* How many more there were. */
static void tell_more(const struct report *report, uint64_t all, const char *what) {
    struct buf line = {0};
    if (all > REPORT_MAX) {
        buf_puts(&line, "sonde: ");
        talk_put_safe(&line, bytes_text(report->file));
        buf_printf(&line, ": %" PRIu64 " more %s\n", all - REPORT_MAX, what);
        say(report, &line);
    }
    buf_free(&line);
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct report *report = report_of(sink);
    if (report->faults++ < REPORT_MAX) {
        tell(report, fault->path, fault->message, fault->space, fault->offset, fault->span);
    }
    if (report->inner->fault) {
        report->inner->fault(sink, fault);
    }
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct report *report = report_of(sink);
    if (report->findings++ < REPORT_MAX) {
        tell(report, finding->path, finding->message, finding->space, finding->offset,
             finding->span);
    }
    if (report->inner->finding) {
        report->inner->finding(sink, finding);
    }
}

void report_begin(struct report_ops *ops, struct report *report, struct vm_sink *sink) {
    report->inner = sink->ops;
    report->faults = report->findings = 0;
    ops->ops = *sink->ops;
    ops->ops.fault = on_fault;
    ops->ops.finding = on_finding;
    ops->report = report;
    sink->ops = &ops->ops;
}

void report_end(struct report_ops *ops, struct vm_sink *sink) {
    const struct report *report = ops->report;
    sink->ops = report->inner;
    tell_more(report, report->faults, "faults");
    tell_more(report, report->findings, "findings");
}

int report_outcome(const struct vm_result *result, const struct input *input,
                   const struct out *out) {
    if (watch_lost(input)) {
        return CLI_ENVIRONMENT;
    }
    if (result->stopped && !out_error(out)) {
        talk("%s: given up: decoding it takes more work than its size allows", input_name(input));
        return CLI_DATA;
    }
    return result->faults > 0 ? CLI_DATA : result->findings > 0 ? CLI_FINDINGS : CLI_FINE;
}
