#include "config.h"

#include "code/disasm.h"

#include <inttypes.h>

#include "base/numtext.h"
#include "code/disasm_table.h"
#include "code/function.h"
#include "sema/builtins.h"

/* Where the remarks stand. */
#define REMARK_COLUMN 52

struct disasm {
    const struct program *program;
    struct buf *out;
    struct functions functions;
    bool *targets;               /* by pc: something jumps here */
    const struct source *source; /* of the schema line shown last */
    uint32_t line;
};

/* headings */

static void put_heading(struct disasm *d, const struct function *f) {
    static const char *const about[FUNCTION_KINDS] = {
        [FUNCTION_ENTRY] = "the question",
        [FUNCTION_DUMP] = "dump of struct ",
        [FUNCTION_SKIP] = "finds the end of struct ",
        [FUNCTION_LOCATE] = "finds ",
        [FUNCTION_LOCATE_END] = "finds the end of ",
        [FUNCTION_LET] = "computes ",
        [FUNCTION_TYPE_SKIP] = "steps over a value of type ",
        [FUNCTION_TYPE_STEP] = "a step over ",
        [FUNCTION_TYPE_COUNT] = "counts ",
        [FUNCTION_TYPE_ARGS] = "arguments of ",
        [FUNCTION_TYPE_EMIT] = "emits a value of type ",
        [FUNCTION_CALLED] = "an expression's function",
    };
    buf_printf(d->out, "\n%s", about[f->kind]);
    switch ((enum function_kind)f->kind) {
    case FUNCTION_ENTRY:
    case FUNCTION_KINDS:
        break;
    case FUNCTION_CALLED:
        buf_printf(d->out, " of %" PRIu32 " arguments", f->args);
        break;
    case FUNCTION_DUMP:
    case FUNCTION_SKIP:
        disasm_struct(d->program, f->subject, d->out);
        break;
    case FUNCTION_LOCATE:
    case FUNCTION_LOCATE_END:
    case FUNCTION_LET:
        disasm_member(d->program, f->subject, d->out);
        break;
    case FUNCTION_TYPE_SKIP:
    case FUNCTION_TYPE_STEP:
    case FUNCTION_TYPE_COUNT:
    case FUNCTION_TYPE_ARGS:
    case FUNCTION_TYPE_EMIT:
        disasm_type(d->program, f->subject, d->out);
        buf_printf(d->out, " (%" PRIu32 ")", f->subject);
        break;
    }
    buf_puts(d->out, ":\n");
}

/* The schema line an instruction was made of, when it is not the one shown last. */
static void put_schema_line(struct disasm *d, uint32_t pc) {
    if (!d->program->sources) {
        return;
    }
    struct source_place place = sources_place(d->program->sources, d->program->spans.at[pc]);
    if (!place.source || (place.source == d->source && place.line == d->line)) {
        return;
    }
    d->source = place.source;
    d->line = place.line;
    struct bytes text = place.text;
    while (text.len > 0 && (*text.at == ' ' || *text.at == '\t')) {
        text.at++;
        text.len--;
    }
    buf_printf(d->out, "; %s:%" PRIu32 ": ", place.source->name, place.line);
    buf_put(d->out, text.at, text.len);
    buf_putc(d->out, '\n');
}

/* instructions */

static void put_check(struct disasm *d, uint32_t id) {
    const struct program_check *c = &d->program->checks.at[id];
    if (c->member != PROGRAM_NONE) {
        disasm_member(d->program, c->member, d->out);
        buf_putc(d->out, ' ');
    }
    struct bytes formula = program_text(d->program, c->formula);
    buf_putc(d->out, '(');
    buf_put(d->out, formula.at, formula.len);
    buf_putc(d->out, ')');
}

static void put_constant(struct disasm *d, enum program_operand kind, uint32_t x) {
    char text[INT128_TEXT_MAX + NUMTEXT_MAX];
    if (kind == OPERAND_INT) {
        buf_put(d->out, text, int128_text(d->program->ints.at[x], text));
    } else if (kind == OPERAND_FLOAT) {
        char *end = numtext_double(text, d->program->floats.at[x]);
        buf_put(d->out, text, (size_t)(end - text));
    } else {
        disasm_text(d->program, x, d->out);
    }
}

static void put_operand(struct disasm *d, enum program_operand kind, uint32_t x) {
    const struct program *p = d->program;
    switch (kind) {
    case OPERAND_NONE:
        break;
    case OPERAND_PC:
    case OPERAND_FUNCTION:
        if (x == PROGRAM_NONE) {
            buf_puts(d->out, "-> -");
        } else {
            buf_printf(d->out, "-> %04" PRIu32, x);
        }
        break;
    case OPERAND_INT:
    case OPERAND_FLOAT:
    case OPERAND_DATA:
        put_constant(d, kind, x);
        break;
    case OPERAND_STRUCT:
        disasm_struct(p, x, d->out);
        break;
    case OPERAND_MEMBER:
        disasm_member(p, x, d->out);
        break;
    case OPERAND_TYPE:
        disasm_type(p, x, d->out);
        break;
    case OPERAND_BLOCK:
        buf_printf(d->out, "block %" PRIu32, x);
        break;
    case OPERAND_CHECK:
        put_check(d, x);
        break;
    case OPERAND_ENUM:
        disasm_enum(p, x, d->out);
        break;
    case OPERAND_BUILTIN:
        buf_puts(d->out, builtin_info(x)->text);
        break;
    case OPERAND_N:
        buf_printf(d->out, "%" PRIu32, x);
        break;
    case OPERAND_UP:
        buf_printf(d->out, "up %" PRIu32, x);
        break;
    }
}

static void put_inst(struct disasm *d, uint32_t pc) {
    const struct program_inst *inst = &d->program->code.at[pc];
    const struct program_op_info *info = program_op_info(inst->op);
    size_t line = d->out->len;
    buf_printf(d->out, "%s%04" PRIu32 "  %s", d->targets[pc] ? "> " : "  ", pc, info->name);
    if (info->a != OPERAND_NONE) {
        disasm_pad(d->out, line, 22);
        put_operand(d, (enum program_operand)info->a, inst->a);
    }
    if (info->b != OPERAND_NONE) {
        if (info->a == OPERAND_NONE) {
            disasm_pad(d->out, line, 22);
        } else {
            buf_puts(d->out, ", ");
        }
        put_operand(d, (enum program_operand)info->b, inst->b);
    }
    disasm_pad(d->out, line, REMARK_COLUMN);
    buf_printf(d->out, "; %s\n", info->about);
}

static void find_targets(struct disasm *d) {
    for (uint32_t pc = 0; pc < d->program->code.n; pc++) {
        const struct program_inst *inst = &d->program->code.at[pc];
        const struct program_op_info *info = program_op_info(inst->op);
        if (info->a == OPERAND_PC && inst->a != PROGRAM_NONE) {
            d->targets[inst->a] = true;
        }
        if (info->b == OPERAND_PC && inst->b != PROGRAM_NONE) {
            d->targets[inst->b] = true;
        }
    }
}

void program_disasm(const struct program *program, struct buf *out) {
    struct arena scratch = {0};
    struct disasm d = {.program = program, .out = out};
    d.targets = arena_array(&scratch, program->code.n, sizeof *d.targets);
    functions_find(program, &scratch, &d.functions);
    find_targets(&d);
    disasm_tables(program, out);
    buf_puts(out, "\ncode: pc (marked where something jumps to), instruction, operands\n");
    for (uint32_t pc = 0; pc < program->code.n; pc++) {
        if (d.functions.starts[pc]) {
            put_heading(&d, &d.functions.list.at[d.functions.starts[pc] - 1]);
            d.line = 0;
        }
        put_schema_line(&d, pc);
        put_inst(&d, pc);
    }
    arena_free(&scratch);
}
