/* The built-in functions by number: builtin.def as an enum and a table. */
#ifndef SEMA_BUILTINS_H
#define SEMA_BUILTINS_H

#include <stdint.h>

#include "sema/model.h"

enum builtin {
#define BUILTIN(name, text, min, max, result, about) BUILTIN_##name,
#include "sema/builtin.def"
#undef BUILTIN
    BUILTIN_COUNT
};

struct builtin_info {
    const char *text;
    uint8_t min, max;
    enum sema_vkind result;
    const char *about;
};

/* The row of a built-in; index < BUILTIN_COUNT. */
const struct builtin_info *builtin_info(uint32_t index);

#endif
