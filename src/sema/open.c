#include "config.h"

#include "sema/internal.h"

/* Declarations that are being worked out, each for the sake of the one before it: what needs itself shows here, and
 * chains end before the C stack does. */

/* A cycle is shown up to here: nobody reads more. */
#define CYCLE_NOTES_MAX 12u

static void report_depth(struct sema *sema, struct span span) {
    if (!sema->too_deep) { /* one is enough: the others are further down the same chain */
        sema->too_deep = true;
        diag_report(sema->diags, DIAG_CHAIN, span,
                    "too long a chain of declarations, each of which needs the next one first");
        diag_note(sema->diags, sema->diags->last, span_none(),
                  "write them the other way round, or break the chain: at most %u declarations and "
                  "operators may wait for each other",
                  SEMA_DEPTH_MAX);
    }
}

bool sema_deeper(struct sema *sema, struct span span) {
    if (sema->depth >= SEMA_DEPTH_MAX) {
        report_depth(sema, span);
        return false;
    }
    sema->depth++;
    return true;
}

bool sema_open(struct sema *sema, const void *what, const char *name, struct span span) {
    if (!sema_deeper(sema, span)) {
        return false;
    }
    *vec_push(&sema->open, sema->arena) = (struct sema_link){what, name, span};
    return true;
}

void sema_close(struct sema *sema) {
    sema->depth--;
    sema->open.n--;
}

void sema_note_cycle(struct sema *sema, struct diag *diag, const char *needs,
                     const struct sema_link *links, uint32_t n) {
    uint32_t shown = n > CYCLE_NOTES_MAX ? CYCLE_NOTES_MAX : n;
    for (uint32_t i = 1; i < shown; i++) {
        diag_note(sema->diags, diag, links[i].span, "through '%s', which %s '%s'", links[i].name,
                  needs, links[(i + 1) % n].name);
    }
    if (n > shown) {
        diag_note(sema->diags, diag, links[n - 1].span,
                  "and so on, through %u more, to '%s', which %s '%s'", n - shown,
                  links[n - 1].name, needs, links[0].name);
    }
}

void sema_note_open_cycle(struct sema *sema, struct diag *diag, const void *what) {
    uint32_t first = sema->open.n;
    while (first > 0 && sema->open.at[first - 1].what != what) {
        first--;
    }
    if (first > 0) {
        sema_note_cycle(sema, diag, "needs", &sema->open.at[first - 1], sema->open.n - first + 1);
    }
}
