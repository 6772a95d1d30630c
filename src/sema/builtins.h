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

#endif
