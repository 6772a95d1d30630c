#include "config.h"

#include "text/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DIAG_LIMIT 100u

/* Names longer than this are not compared for suggestions: nobody mistypes one that long. */
#define DIAG_NAME_MAX 64u

/* So many names are compared: a hostile schema has a hundred errors among a hundred thousand names. */
#define DIAG_COMPARED_MAX 1000000u

static const struct {
    const char *code;
    enum diag_severity severity;
    const char *about;
} diag_table[DIAG_COUNT] = {
#define DIAG(name, code, severity, about) [DIAG_##name] = {code, severity, about},
#include "text/diag.def"
#undef DIAG
};

const char *diag_code_text(enum diag_code code) {
    return diag_table[code].code;
}

enum diag_severity diag_code_severity(enum diag_code code) {
    return diag_table[code].severity;
}

const char *diag_code_about(enum diag_code code) {
    return diag_table[code].about;
}

void diags_init(struct diags *diags, struct arena *arena, const struct sources *sources) {
    *diags = (struct diags){.arena = arena, .sources = sources, .limit = DIAG_LIMIT};
}

__attribute__((format(printf, 2, 0))) static const char *
diag_format(struct arena *arena, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = arena_alloc(arena, len < 0 ? 1 : (size_t)len + 1);
    if (len > 0) {
        vsnprintf(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    return text;
}

static bool diag_is_repeated(const struct diags *diags, enum diag_code code, struct span span) {
    for (const struct diag *diag = diags->first; diag; diag = diag->next) {
        if (diag->code == code && diag->span.lo == span.lo && diag->span.hi == span.hi) {
            return true;
        }
    }
    return false;
}

/* Counts a diagnostic; whether it is to be kept. As many warnings are kept as errors, so the list stays short however
 * bad the schema is, and going through it for repetitions stays cheap. */
static bool diag_count(struct diags *diags, enum diag_severity severity) {
    uint32_t *count = severity == DIAG_ERROR ? &diags->errors : &diags->warnings;
    uint32_t limit = diags->limit ? diags->limit : DIAG_LIMIT;
    *count += *count < UINT32_MAX;
    return *count <= limit;
}

struct diag *diag_report(struct diags *diags, enum diag_code code, struct span span,
                         const char *format, ...) {
    enum diag_severity severity = diag_code_severity(code);
    bool is_off = severity == DIAG_WARNING && diags->disabled[code];
    if (is_off || diag_is_repeated(diags, code, span) || !diag_count(diags, severity)) {
        diags->spare = (struct diag){.code = code, .span = span, .message = ""};
        return &diags->spare;
    }
    struct diag *diag = arena_alloc(diags->arena, sizeof *diag);
    va_list args;
    va_start(args, format);
    *diag = (struct diag){
        .code = code,
        .span = span,
        .message = diag_format(diags->arena, format, args),
    };
    va_end(args);
    if (diags->last) {
        diags->last->next = diag;
    } else {
        diags->first = diag;
    }
    diags->last = diag;
    return diag;
}

void diags_take_back(struct diags *diags, const struct diag *before, struct span span) {
    struct diag *kept = NULL;
    struct diag **link = &diags->first;
    bool behind = before == NULL;
    while (*link) {
        struct diag *diag = *link;
        if (behind && diag->span.lo >= span.lo && diag->span.hi <= span.hi) {
            uint32_t *count =
                diag_code_severity(diag->code) == DIAG_ERROR ? &diags->errors : &diags->warnings;
            *count -= 1;
            *link = diag->next;
            continue;
        }
        behind = behind || diag == before;
        kept = diag;
        link = &diag->next;
    }
    diags->last = kept;
}

bool diag_may_suggest(const struct diags *diags, const struct diag *diag) {
    return diag != &diags->spare && diags->compared < DIAG_COMPARED_MAX;
}

void diag_note(struct diags *diags, struct diag *diag, struct span span, const char *format, ...) {
    if (diag == &diags->spare) {
        return;
    }
    struct diag_note *note = arena_alloc(diags->arena, sizeof *note);
    note->span = span;
    va_list args;
    va_start(args, format);
    note->message = diag_format(diags->arena, format, args);
    va_end(args);
    struct diag_note **end = &diag->notes;
    while (*end) {
        end = &(*end)->next;
    }
    *end = note;
}

static unsigned diag_min(unsigned a, unsigned b) {
    return a < b ? a : b;
}

/* The restricted edit distance (optimal string alignment): insertions, deletions, replacements, and exchanges of two
 * neighbours, none of them edited twice. Both names have at most DIAG_NAME_MAX bytes. */
static unsigned diag_distance(const char *a, size_t a_len, const char *b, size_t b_len) {
    unsigned rows[3][DIAG_NAME_MAX + 1];
    unsigned *before = rows[0]; /* the row of a's prefix shorter by two */
    unsigned *above = rows[1];  /* by one */
    unsigned *row = rows[2];
    for (size_t j = 0; j <= b_len; j++) {
        above[j] = (unsigned)j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_len; j++) {
            unsigned best = above[j - 1] + (a[i - 1] != b[j - 1]);
            best = diag_min(best, diag_min(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                best = diag_min(best, before[j - 2] + 1);
            }
            row[j] = best;
        }
        unsigned *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_len];
}

void diag_suggest(struct diags *diags, struct diag *diag, const char *name,
                  const char *const *candidates, uint32_t n) {
    size_t name_len = strlen(name);
    const char *best = NULL;
    unsigned best_distance = DIAG_NAME_MAX;
    if (diag == &diags->spare || name_len > DIAG_NAME_MAX) {
        return;
    }
    for (uint32_t i = 0; i < n && diags->compared < DIAG_COMPARED_MAX; i++) {
        diags->compared++;
        size_t len = candidates[i] ? strlen(candidates[i]) : 0;
        if (len == 0 || len > DIAG_NAME_MAX) {
            continue;
        }
        unsigned longer = (unsigned)(len > name_len ? len : name_len);
        unsigned most = longer < 3 ? 1 : longer / 3;
        unsigned distance = diag_distance(name, name_len, candidates[i], len);
        if (strcasecmp(name, candidates[i]) == 0) {
            distance = distance > 0; /* only the case differs */
        }
        /* a name with nothing in common is no suggestion, and neither is the name itself */
        if (distance > 0 && distance <= most && distance < longer && distance < name_len &&
            distance < best_distance) {
            best = candidates[i];
            best_distance = distance;
        }
    }
    if (best) {
        diag_note(diags, diag, span_none(), "did you mean '%s'?", best);
    }
}

/* The only candidate that starts with name; NULL where there are none or several. */
static const char *diag_only_longer(const char *name, const char *const *candidates, uint32_t n) {
    const char *found = NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (candidates[i] && *name && strncmp(candidates[i], name, strlen(name)) == 0) {
            if (found) {
                return NULL;
            }
            found = candidates[i];
        }
    }
    return found;
}

const char *diag_suggestion(struct buf *out, const char *name, const char *const *candidates,
                            uint32_t n) {
    buf_clear(out);
    const char *longer = diag_only_longer(name, candidates, n);
    if (longer) {
        buf_printf(out, "; did you mean '%s'?", longer);
        return buf_text(out);
    }
    /* a record that nobody renders: what is near is decided in one place, for schemas as for the command line */
    struct arena arena = {0};
    struct diags diags;
    diags_init(&diags, &arena, sources_new(&arena));
    struct diag *diag = diag_report(&diags, DIAG_UNKNOWN_NAME, span_none(), "unknown");
    diag_suggest(&diags, diag, name, candidates, n);
    if (diag->notes) {
        buf_printf(out, "; %s", diag->notes->message);
    }
    arena_free(&arena);
    return buf_text(out);
}
