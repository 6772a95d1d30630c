/* Diagnostics: what is wrong with a schema, a path or a script, as records.
 *
 * Each has a code from diag.def (its severity and fixed part are there), the span it points at, one sentence, and notes
 * that point at other places. Collected during a compilation, sorted by place, rendered as text with carets or as JSON.
 * Not for faults in data: those are events of the VM. */
#ifndef TEXT_DIAG_H
#define TEXT_DIAG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "text/source.h"

enum diag_severity { DIAG_ERROR, DIAG_WARNING };

enum diag_code {
#define DIAG(name, code, severity, about) DIAG_##name,
#include "text/diag.def"
#undef DIAG
    DIAG_COUNT
};

struct diag_note {
    struct span span; /* span_none() for a note about no place */
    const char *message;
    struct diag_note *next;
};

struct diag {
    enum diag_code code;
    struct span span;
    const char
        *message; /* a sentence that stands alone: lower case, no final stop, names in quotes */
    struct diag_note *notes;
    struct diag *next;
};

struct diags {
    struct arena *arena;
    const struct sources *sources;
    struct diag *first; /* in order of reporting */
    struct diag *last;
    uint32_t errors;   /* reported, kept or not */
    uint32_t warnings; /* likewise */
    uint32_t limit;    /* errors kept, and as many warnings (0: 100); later ones are only counted */
    uint32_t compared; /* names, for suggestions */
    bool disabled[DIAG_COUNT]; /* warnings switched off */
    struct diag
        spare; /* what diag_report returns for a diagnostic it does not keep; takes no notes */
};

void diags_init(struct diags *diags, struct arena *arena, const struct sources *sources);

/* Records a diagnostic and returns it (never NULL: what is beyond the limit or switched off goes to a spare record).
 * A second one with the same code and span is dropped. */
struct diag *diag_report(struct diags *diags, enum diag_code code, struct span span,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Drops what was reported behind the diagnostic `before` (NULL: everything) and lies within span: what had been tried
 * there is tried in another way. */
void diags_take_back(struct diags *diags, const struct diag *before, struct span span);

/* Whether a suggestion could be added, so that it is worth gathering the candidates. */
bool diag_may_suggest(const struct diags *diags, const struct diag *diag);

/* Adds a note behind those the diagnostic has. */
void diag_note(struct diags *diags, struct diag *diag, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds the note "did you mean 'x'?" when one of the n candidates is near enough to name (a restricted edit distance of
 * at most a third of the longer one's length, at least 1, but not all of it); NULL candidates, the name itself and
 * names of more than 64 bytes are passed over, the first of the nearest ones is taken. After a million names
 * were compared there are no more suggestions. */
void diag_suggest(struct diags *diags, struct diag *diag, const char *name,
                  const char *const *candidates, uint32_t n);

/* The end of a message that is no diagnostic, about an unknown name: "; did you mean 'x'?" with the nearest of the n candidates, which is the
 * only one that name is the start of, or else the one that diag_suggest finds; "" where there is none. Stands in out. */
const char *diag_suggestion(struct buf *out, const char *name, const char *const *candidates,
                            uint32_t n);

/* "E0201" and "error"/"warning" and the warning's switch name ("unused-type", NULL for an error). */
const char *diag_code_text(enum diag_code code);
enum diag_severity diag_code_severity(enum diag_code code);
const char *diag_code_about(enum diag_code code);

/* All of them in order of place, those of no place last; given back with mem_free. */
const struct diag **diags_sort(const struct diags *diags, size_t *n);

/* Appends all of them, sorted by place, to out: "file:line:column: error: message [E0201]" (or
 * "warning: message [W0902 constant-condition]"; nothing in front where there is no place), the source
 * line, carets under the span (tabs kept, controls and bad UTF-8 shown as U+FFFD, wide lines cut
 * around the span, spans over lines cut at the line's end), then the notes likewise; last, where
 * there were more than the limit, how many were left out. colour adds ANSI colours. */
void diags_render(const struct diags *diags, bool colour, struct buf *out);

/* Appends the source line of a span with its number, and carets under the span, as they stand below a diagnostic. */
void diag_quote(const struct sources *sources, struct span span, bool colour, struct buf *out);

/* All of them as one JSON array of {"code","severity","file","line","column","offset","length","message","notes":[…]}, a
 * note being the same without "code", "severity" and "notes". "offset" and "length" are bytes within the file; "file" to
 * "length" are null for no place. How many were left out is not told. */
void diags_render_json(const struct diags *diags, struct buf *out);

#endif
