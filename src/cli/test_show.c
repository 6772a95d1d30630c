#include "config.h"

#include "cli/test_show.h"

#include <inttypes.h>
#include <string.h>

#include "base/jsontext.h"
#include "base/utf8.h"

/* Titles, texts and paths come from files: what could do anything to a terminal is shown as U+FFFD. */
static void put_safe(struct buf *out, const char *text, size_t len) {
    for (size_t i = 0; i < len;) {
        uint32_t code;
        int n = utf8_decode((const uint8_t *)text + i, len - i, &code);
        if ((code < 0x20 && code != '\t') || (code >= 0x7f && code < 0xa0)) {
            code = UTF8_REPLACEMENT;
        }
        out->len += utf8_encode(code, buf_reserve(out, UTF8_MAX));
        i += (size_t)(n < 0 ? -n : n);
    }
}

static void put_safe_text(struct buf *out, const char *text) {
    put_safe(out, text, strlen(text));
}

/* The lines that a test printed, one by one; *at is where the next one begins, 0 at first. */
static bool next_line(const struct buf *printed, size_t *at, struct bytes *line) {
    if (*at >= printed->len) {
        return false;
    }
    const char *start = printed->at + *at;
    const char *end = memchr(start, '\n', printed->len - *at);
    *line = bytes_of(start, end ? (size_t)(end - start) : printed->len - *at);
    *at += line->len + 1;
    return true;
}

static void put_printed(struct buf *out, const struct buf *printed) {
    struct bytes line;
    for (size_t at = 0; next_line(printed, &at, &line);) {
        buf_puts(out, "    ");
        put_safe(out, (const char *)line.at, line.len);
        buf_putc(out, '\n');
    }
}

static void put_failure(struct buf *out, const struct compiled *compiled,
                        const struct test_failure *failure, bool colour) {
    struct source_place place = sources_place(compiled->sources, failure->span);
    if (place.source) {
        put_safe_text(out, place.source->name);
        buf_printf(out, ":%u:%u: ", place.line, place.column);
    }
    if (*failure->element) {
        put_safe_text(out, failure->element);
        buf_puts(out, ": ");
    }
    put_safe_text(out, failure->message);
    buf_putc(out, '\n');
    diag_quote(compiled->sources, failure->span, colour, out);
}

static void put_met(struct buf *out, const struct test_outcome *outcome) {
    for (uint32_t i = 0; i < outcome->met.n; i++) {
        const struct test_met *met = &outcome->met.at[i];
        buf_puts(out, "    decoding met: ");
        put_safe_text(out, met->path);
        buf_puts(out, *met->path ? ": " : "");
        put_safe_text(out, met->message);
        buf_printf(out, " (%s)\n", met->where);
    }
    if (outcome->met_count > outcome->met.n) {
        buf_printf(out, "    and %" PRIu64 " more\n", outcome->met_count - outcome->met.n);
    }
}

void test_show(struct buf *out, const struct compiled *compiled, const struct sema_test *test,
               const struct test_outcome *outcome, bool verbose, bool colour) {
    bool passed = outcome->failure_count == 0;
    buf_puts(out, colour ? (passed ? "\033[32m" : "\033[1;31m") : "");
    buf_puts(out, passed ? "passed" : "FAILED");
    buf_printf(out, "%s  %s: ", colour ? "\033[0m" : "", compiled->schema->name);
    put_safe_text(out, test->title);
    buf_putc(out, '\n');
    put_printed(out, &outcome->printed);
    for (uint32_t i = 0; i < outcome->failures.n; i++) {
        put_failure(out, compiled, &outcome->failures.at[i], colour);
    }
    if (outcome->failure_count > outcome->failures.n) {
        buf_printf(out, "    and %" PRIu64 " more\n", outcome->failure_count - outcome->failures.n);
    }
    if (!passed || verbose) {
        put_met(out, outcome);
    }
}

/* JSON */

static void put_json(struct buf *out, struct bytes text) {
    char *at = buf_reserve(out, JSONTEXT_ROOM(text.len));
    out->len += (size_t)(jsontext_string(at, text, NULL) - at);
}

static void put_json_member(struct buf *out, const char *before, const char *text) {
    buf_puts(out, before);
    put_json(out, bytes_text(text));
}

static void put_json_failures(struct buf *out, const struct compiled *compiled,
                              const struct test_outcome *outcome) {
    for (uint32_t i = 0; i < outcome->failures.n; i++) {
        const struct test_failure *failure = &outcome->failures.at[i];
        struct source_place place = sources_place(compiled->sources, failure->span);
        put_json_member(out, i ? ",{\"file\":" : "{\"file\":", place.source->name);
        buf_printf(out, ",\"line\":%u,\"column\":%u", place.line, place.column);
        if (*failure->element) {
            put_json_member(out, ",\"element\":", failure->element);
        }
        put_json_member(out, ",\"message\":", failure->message);
        buf_putc(out, '}');
    }
}

static void put_json_met(struct buf *out, const struct test_outcome *outcome) {
    for (uint32_t i = 0; i < outcome->met.n; i++) {
        const struct test_met *met = &outcome->met.at[i];
        put_json_member(out, i ? ",{\"kind\":" : "{\"kind\":", met->kind);
        put_json_member(out, ",\"path\":", met->path);
        put_json_member(out, ",\"message\":", met->message);
        buf_putc(out, '}');
    }
}

static void put_json_lines(struct buf *out, const struct buf *printed) {
    struct bytes line;
    for (size_t at = 0, n = 0; next_line(printed, &at, &line); n++) {
        buf_puts(out, n > 0 ? "," : "");
        put_json(out, line);
    }
}

void test_show_json(struct buf *out, const struct compiled *compiled, const struct sema_test *test,
                    const struct test_outcome *outcome) {
    put_json_member(out, "{\"schema\":", compiled->schema->name);
    put_json_member(out, ",\"test\":", test->title);
    buf_printf(out, ",\"passed\":%s,\"failures\":[",
               outcome->failure_count == 0 ? "true" : "false");
    put_json_failures(out, compiled, outcome);
    buf_puts(out, "],\"met\":[");
    put_json_met(out, outcome);
    buf_puts(out, "],\"printed\":[");
    put_json_lines(out, &outcome->printed);
    buf_puts(out, "]}");
}
