/* The built-in functions by number: builtin.def as an enum and a table. */
#ifndef SEMA_BUILTINS_H
#define SEMA_BUILTINS_H

#include <stdint.h>

#include "sema/model.h"

enum builtin {
#define BUILTIN(name, text, min, max, takes, result, about) BUILTIN_##name,
#define TRANSFORM                                           BUILTIN
#include "sema/builtin.def"
#undef TRANSFORM
#undef BUILTIN
    BUILTIN_COUNT
};

struct builtin_info {
    const char *text;
    uint8_t min, max;
    const char *takes; /* a letter for each argument, see builtin.def */
    enum sema_vkind result;
    bool transform;
    const char *about;
};

/* The row of a built-in; index < BUILTIN_COUNT. */
const struct builtin_info *builtin_info(uint32_t index);

/* Whether it makes a number of the bytes of its arguments laid end to end, without a library that may be missing. */
bool builtin_sums(uint32_t index);

/* How the built-in that e calls takes its argument i: a letter of builtin.def. */
char builtin_taken_as(const struct sema_expr *e, uint32_t i);

/* Whether a number is one of the data, which has bytes, rather than a computed one. */
bool builtin_is_stored(const struct sema_expr *e);

#endif
