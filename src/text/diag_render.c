#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsontext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/diag.h"

/* How much of a long line is shown, and how much of that at most in front of the span; in characters. */
#define DIAG_LINE_MAX    100u
#define DIAG_LINE_BEFORE 40u

/* What is put around parts of the text when colour is wanted (ECMA-48 SGR), and around nothing otherwise. */
struct diag_paint {
    const char *bold;
    const char *error;
    const char *warning;
    const char *note;
    const char *plain;
};

static struct diag_paint diag_paint(bool colour) {
    if (!colour) {
        return (struct diag_paint){"", "", "", "", ""};
    }
    return (struct diag_paint){"\033[1m", "\033[1;31m", "\033[1;35m", "\033[1;36m", "\033[0m"};
}

/* One character of text that may be hostile: what to show for it and how wide that is. */
struct diag_char {
    uint32_t code;
    unsigned len;     /* bytes it takes in the text */
    unsigned columns; /* on the terminal; 1 for a tab */
};

/* Controls but the tab could do anything to a terminal: like bytes that are no UTF-8 they are shown as U+FFFD. */
static struct diag_char diag_char(struct bytes text, size_t off) {
    uint32_t code;
    int len = utf8_decode(text.at + off, text.len - off, &code);
    if ((code < 0x20 && code != '\t') || (code >= 0x7f && code < 0xa0)) {
        code = UTF8_REPLACEMENT;
    }
    return (struct diag_char){
        .code = code,
        .len = (unsigned)(len < 0 ? -len : len),
        .columns = code == '\t' ? 1 : utf8_width(code),
    };
}

static void diag_put_text(struct buf *out, struct bytes text) {
    for (size_t i = 0; i < text.len;) {
        struct diag_char c = diag_char(text, i);
        out->len += utf8_encode(c.code, buf_reserve(out, UTF8_MAX));
        i += c.len;
    }
}

/* The stretch of a line that is shown, and the part of it to underline; byte offsets within the line. */
struct diag_window {
    size_t lo;
    size_t hi;
    size_t mark_lo; /* lo <= mark_lo <= mark_hi <= hi */
    size_t mark_hi;
};

static struct diag_window diag_window(struct source_place place, struct span span) {
    struct diag_window window = {0};
    size_t len = place.text.len;
    size_t mark = span.lo - place.source->base - place.line_off;
    size_t mark_len = span.hi - span.lo;
    window.mark_lo = mark < len ? mark : len;
    window.mark_hi =
        window.mark_lo + (mark_len < len - window.mark_lo ? mark_len : len - window.mark_lo);
    size_t chars = 0;
    for (size_t i = 0; i < len && chars <= DIAG_LINE_MAX; chars++) {
        i += diag_char(place.text, i).len;
    }
    if (chars > DIAG_LINE_MAX) {
        window.lo = window.mark_lo;
        for (unsigned n = 0; n < DIAG_LINE_BEFORE && window.lo > 0; n++) {
            do {
                window.lo--;
            } while (window.lo > 0 && (place.text.at[window.lo] & 0xc0) == 0x80);
        }
    }
    window.hi = window.lo;
    for (unsigned n = 0; n < DIAG_LINE_MAX && window.hi < len; n++) {
        window.hi += diag_char(place.text, window.hi).len;
    }
    if (window.mark_hi > window.hi) {
        window.mark_hi = window.hi;
    }
    return window;
}

/* The marks under the shown part of a line: as wide as what stands above, and at least one. A tab stays a tab, so that
 * both lines keep in step whatever the terminal's tab stops are. */
static void diag_put_marks(struct buf *out, struct bytes line, struct diag_window window,
                           const char *colour, const char *plain) {
    bool first = true;
    for (size_t i = window.lo; i < window.mark_lo;) {
        struct diag_char c = diag_char(line, i);
        buf_fill(out, c.code == '\t' ? '\t' : ' ', c.columns);
        i += c.len;
    }
    buf_puts(out, colour);
    for (size_t i = window.mark_lo; i < window.mark_hi;) {
        struct diag_char c = diag_char(line, i);
        if (c.columns > 0) {
            buf_putc(out, first ? '^' : c.code == '\t' ? '\t' : '~');
            buf_fill(out, '~', c.columns - 1);
            first = false;
        }
        i += c.len;
    }
    if (first) {
        buf_putc(out, '^');
    }
    buf_puts(out, plain);
    buf_putc(out, '\n');
}

/* The source line of a span with its number, and the marks under it. */
static void diag_put_line(struct buf *out, struct source_place place, struct span span,
                          const char *colour, const char *plain) {
    static const char cut[] = "...";
    struct diag_window window = diag_window(place, span);
    size_t start = out->len;
    buf_printf(out, "%5u | ", place.line);
    size_t margin = out->len - start;
    if (window.lo > 0) {
        buf_puts(out, cut);
    }
    diag_put_text(out, bytes_of(place.text.at + window.lo, window.hi - window.lo));
    if (window.hi < place.text.len) {
        buf_puts(out, cut);
    }
    buf_putc(out, '\n');
    buf_fill(out, ' ', margin - 2);
    buf_puts(out, "| ");
    buf_fill(out, ' ', window.lo > 0 ? sizeof cut - 1 : 0);
    diag_put_marks(out, place.text, window, colour, plain);
}

void diag_quote(const struct sources *sources, struct span span, bool colour, struct buf *out) {
    struct source_place place = sources_place(sources, span);
    struct diag_paint paint = diag_paint(colour);
    if (place.source) {
        diag_put_line(out, place, span, paint.error, paint.plain);
    }
}

static void diag_put_place(struct buf *out, struct source_place place) {
    if (place.source) {
        diag_put_text(out, bytes_text(place.source->name));
        buf_printf(out, ":%u:%u: ", place.line, place.column);
    }
}

static void diag_render_one(const struct diags *diags, const struct diag *diag,
                            const struct diag_paint *paint, struct buf *out) {
    struct source_place place = sources_place(diags->sources, diag->span);
    bool is_error = diag_code_severity(diag->code) == DIAG_ERROR;
    const char *colour = is_error ? paint->error : paint->warning;
    buf_puts(out, paint->bold);
    diag_put_place(out, place);
    buf_puts(out, paint->plain);
    buf_puts(out, colour);
    buf_puts(out, is_error ? "error: " : "warning: ");
    buf_puts(out, paint->plain);
    diag_put_text(out, bytes_text(diag->message));
    buf_printf(out, " [%s", diag_code_text(diag->code));
    if (!is_error) {
        buf_printf(out, " %s", diag_code_about(diag->code));
    }
    buf_puts(out, "]\n");
    if (place.source) {
        diag_put_line(out, place, diag->span, colour, paint->plain);
    }
    for (const struct diag_note *note = diag->notes; note; note = note->next) {
        struct source_place there = sources_place(diags->sources, note->span);
        buf_puts(out, paint->bold);
        diag_put_place(out, there);
        buf_puts(out, paint->plain);
        buf_puts(out, paint->note);
        buf_puts(out, "note: ");
        buf_puts(out, paint->plain);
        diag_put_text(out, bytes_text(note->message));
        buf_putc(out, '\n');
        if (there.source) {
            diag_put_line(out, there, note->span, paint->note, paint->plain);
        }
    }
}

struct diag_ranked {
    const struct diag *diag;
    size_t rank; /* in order of reporting, which decides between diagnostics of one place */
};

static int diag_compare(const void *a, const void *b) {
    const struct diag_ranked *x = a;
    const struct diag_ranked *y = b;
    if (x->diag->span.lo != y->diag->span.lo) {
        return x->diag->span.lo < y->diag->span.lo ? -1 : 1;
    }
    return x->rank < y->rank ? -1 : x->rank > y->rank;
}

const struct diag **diags_sort(const struct diags *diags, size_t *n) {
    *n = 0;
    for (const struct diag *diag = diags->first; diag; diag = diag->next) {
        ++*n;
    }
    struct diag_ranked *ranked = mem_zalloc(*n, sizeof *ranked);
    const struct diag **sorted = mem_zalloc(*n, sizeof *sorted);
    size_t rank = 0;
    for (const struct diag *diag = diags->first; diag; diag = diag->next, rank++) {
        ranked[rank] = (struct diag_ranked){diag, rank};
    }
    qsort(ranked, *n, sizeof *ranked, diag_compare);
    for (size_t i = 0; i < *n; i++) {
        sorted[i] = ranked[i].diag;
    }
    mem_free(ranked);
    return sorted;
}

static void diag_put_left_out(struct buf *out, uint32_t n, const char *what) {
    if (n > 0) {
        buf_printf(out, "%u more %s%s not shown\n", n, what, n == 1 ? "" : "s");
    }
}

void diags_render(const struct diags *diags, bool colour, struct buf *out) {
    size_t n;
    const struct diag **sorted = diags_sort(diags, &n);
    struct diag_paint paint = diag_paint(colour);
    uint32_t errors = 0;
    uint32_t warnings = 0;
    for (size_t i = 0; i < n; i++) {
        diag_render_one(diags, sorted[i], &paint, out);
        if (diag_code_severity(sorted[i]->code) == DIAG_ERROR) {
            errors++;
        } else {
            warnings++;
        }
    }
    diag_put_left_out(out, diags->errors - errors, "error");
    diag_put_left_out(out, diags->warnings - warnings, "warning");
    mem_free(sorted);
}

static void diag_put_json_text(struct buf *out, const char *text) {
    struct bytes bytes = bytes_text(text);
    char *at = buf_reserve(out, JSONTEXT_ROOM(bytes.len));
    out->len += (size_t)(jsontext_string(at, bytes, NULL) - at);
}

/* The members of a place, each null for none. */
static void diag_put_json_place(struct buf *out, const struct diags *diags, struct span span) {
    struct source_place place = sources_place(diags->sources, span);
    if (!place.source) {
        buf_puts(out,
                 "\"file\":null,\"line\":null,\"column\":null,\"offset\":null,\"length\":null,");
        return;
    }
    buf_puts(out, "\"file\":");
    diag_put_json_text(out, place.source->name);
    buf_printf(out, ",\"line\":%u,\"column\":%u,\"offset\":%u,\"length\":%u,", place.line,
               place.column, span.lo - place.source->base, span.hi - span.lo);
}

void diags_render_json(const struct diags *diags, struct buf *out) {
    size_t n;
    const struct diag **sorted = diags_sort(diags, &n);
    buf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        const struct diag *diag = sorted[i];
        buf_printf(out, "%s\n{\"code\":\"%s\",\"severity\":\"%s\",", i > 0 ? "," : "",
                   diag_code_text(diag->code),
                   diag_code_severity(diag->code) == DIAG_ERROR ? "error" : "warning");
        diag_put_json_place(out, diags, diag->span);
        buf_puts(out, "\"message\":");
        diag_put_json_text(out, diag->message);
        buf_puts(out, ",\"notes\":[");
        for (const struct diag_note *note = diag->notes; note; note = note->next) {
            buf_putc(out, '{');
            diag_put_json_place(out, diags, note->span);
            buf_puts(out, "\"message\":");
            diag_put_json_text(out, note->message);
            buf_puts(out, note->next ? "}," : "}");
        }
        buf_puts(out, "]}");
    }
    buf_puts(out, n > 0 ? "\n]\n" : "]\n");
    mem_free(sorted);
}
