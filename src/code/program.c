#include "config.h"

#include "code/program.h"

#include <string.h>

#define VARIES PROGRAM_VARIES

const struct program_op_info program_op_infos[OP_COUNT_] = {
#define OP(name, pops, pushes, a, b, ctl, about)                                                   \
    {#name, pops, pushes, ctl, OPERAND_##a, OPERAND_##b, about},
#include "code/op.def"
#undef OP
};

static const char *const forms[FORM_COUNT] = {
#define FORM(name, text, bytes, number) text,
#include "sema/form.def"
#undef FORM
};

struct bytes program_text(const struct program *program, uint32_t data) {
    return data == PROGRAM_NONE ? bytes_of("", 0) : program->data.at[data];
}

static const struct program_enumerator *search(const struct program_enumerator *items, uint32_t n,
                                               int128 value) {
    uint32_t low = 0;
    while (n > 0) {
        uint32_t half = n / 2;
        if (items[low + half].value < value) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return &items[low];
}

const struct program_enumerator *program_enumerator(const struct program *program, uint32_t names,
                                                    int128 value) {
    const struct program_enum *e = &program->enums.at[names];
    const struct program_enumerator *items = program->items.at + e->first;
    if (e->dense_count) {
        if (value < e->dense_low || value >= e->dense_low + e->dense_count) {
            return NULL;
        }
        uint32_t item = program->dense.at[e->dense + (uint32_t)(value - e->dense_low)];
        return item ? &items[item - 1] : NULL;
    }
    if (e->count == 0 || value > items[e->count - 1].value) {
        return NULL;
    }
    const struct program_enumerator *found = search(items, e->count, value);
    return found->value == value ? found : NULL;
}

const char *program_form_text(enum type_form form) {
    return forms[form];
}

enum type_form program_form(const char *name) {
    for (int i = 1; i < FORM_COUNT; i++) {
        if (strcmp(forms[i], name) == 0) {
            return (enum type_form)i;
        }
    }
    return FORM_PLAIN;
}

bool program_tells_blocks(const struct program *program) {
    for (uint32_t i = 0; i < program->code.n; i++) {
        uint32_t op = program->code.at[i].op;
        if (op == OP_RECORDS || op == OP_FLATS || op == OP_SHOW) {
            return true;
        }
    }
    return false;
}
