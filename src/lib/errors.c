#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "lib/internal.h"

struct sonde_errors *sonde_errors_new(void) {
    return mem_zalloc(1, sizeof(struct sonde_errors));
}

void errors_clear(struct sonde_errors *errors) {
    if (errors) {
        arena_free(&errors->arena);
        buf_free(&errors->text);
        *errors = (struct sonde_errors){0};
    }
}

void sonde_errors_free(struct sonde_errors *errors) {
    errors_clear(errors);
    mem_free(errors);
}

size_t sonde_errors_count(const struct sonde_errors *errors) {
    return errors->at.n;
}

const struct sonde_error *sonde_errors_at(const struct sonde_errors *errors, size_t i) {
    return i < errors->at.n ? &errors->at.at[i] : NULL;
}

const char *sonde_errors_text(const struct sonde_errors *errors) {
    return errors->at.n > 0 ? errors->text.at : "";
}

/* Those of no place are "error: message" in the text. */
static void add_plain(struct sonde_errors *errors, enum sonde_status status, int error,
                      const char *message) {
    *vec_push(&errors->at, &errors->arena) = (struct sonde_error){
        .status = status,
        .severity = SONDE_ERROR,
        .code = "",
        .message = arena_strndup(&errors->arena, message, strlen(message)),
        .file = "",
        .quote = "",
        .system_error = error,
    };
    buf_printf(&errors->text, "error: %s\n", message);
    buf_text(&errors->text);
}

void errors_add(struct sonde_errors *errors, enum sonde_status status, const char *format, ...) {
    if (!errors) {
        return;
    }
    struct buf message = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&message, format, args);
    va_end(args);
    add_plain(errors, status, 0, buf_text(&message));
    buf_free(&message);
}

/* strerror's text may be another thread's. */
static const char *describe(int error, char *room, size_t size) {
#if defined __GLIBC__ && defined _GNU_SOURCE
    return strerror_r(error, room, size);
#else
    return strerror_r(error, room, size) == 0 ? room : "unknown error";
#endif
}

void errors_add_system(struct sonde_errors *errors, int error, const char *operation,
                       const char *name) {
    if (!errors) {
        return;
    }
    char room[256];
    struct buf message = {0};
    buf_printf(&message, "can't %s '%s': %s", operation, name, describe(error, room, sizeof room));
    add_plain(errors, SONDE_SYSTEM, error, buf_text(&message));
    buf_free(&message);
}

/* diagnostics */

static struct sonde_error *add_placed(struct sonde_errors *errors, const struct sources *sources,
                                      struct span span, const char *message) {
    struct arena *arena = &errors->arena;
    struct sonde_error *error = vec_push(&errors->at, arena);
    *error = (struct sonde_error){
        .status = SONDE_SCHEMA,
        .severity = SONDE_NOTE,
        .code = "",
        .message = arena_strndup(arena, message, strlen(message)),
        .file = "",
        .quote = "",
    };
    struct source_place place = sources_place(sources, span);
    if (place.source) {
        struct buf quote = {0};
        diag_quote(sources, span, false, &quote);
        error->file = arena_strndup(arena, place.source->name, strlen(place.source->name));
        error->line = place.line;
        error->column = place.column;
        error->offset = span.lo - place.source->base;
        error->length = span.hi - span.lo;
        error->quote = arena_strndup(arena, quote.at, quote.len);
        buf_free(&quote);
    }
    return error;
}

void errors_add_diags(struct sonde_errors *errors, const struct diags *diags) {
    if (!errors) {
        return;
    }
    size_t n;
    const struct diag **sorted = diags_sort(diags, &n);
    for (size_t i = 0; i < n; i++) {
        const struct diag *diag = sorted[i];
        struct sonde_error *error = add_placed(errors, diags->sources, diag->span, diag->message);
        bool is_error = diag_code_severity(diag->code) == DIAG_ERROR;
        error->severity = is_error ? SONDE_ERROR : SONDE_WARNING;
        error->code = diag_code_text(diag->code);
        for (const struct diag_note *note = diag->notes; note; note = note->next) {
            add_placed(errors, diags->sources, note->span, note->message);
        }
    }
    mem_free(sorted);
    diags_render(diags, false, &errors->text);
    buf_text(&errors->text);
}
