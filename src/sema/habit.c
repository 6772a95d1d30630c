#include "config.h"

#include <string.h>

#include "sema/internal.h"

static const struct {
    enum sema_habit kind;
    const char *name, *note;
} habits[] = {
#define HABIT(kind, name, note) {HABIT_##kind, name, note},
#include "sema/habit.def"
#undef HABIT
};

bool sema_note_habit(struct sema *sema, struct diag *diag, enum sema_habit kind, const char *name) {
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++) {
        if (habits[i].kind == kind && strcmp(habits[i].name, name) == 0) {
            diag_note(sema->diags, diag, span_none(), "%s", habits[i].note);
            return true;
        }
    }
    return false;
}
