#include "config.h"

#include "code/function.h"

struct finder {
    struct arena *arena;
    struct functions *out;
};

static void add(struct finder *f, uint32_t pc, enum function_kind kind, uint32_t subject,
                uint32_t args) {
    if (pc == PROGRAM_NONE) {
        return;
    }
    struct functions *out = f->out;
    if (out->starts[pc]) { /* one called from several places is one function */
        const struct function *known = &out->list.at[out->starts[pc] - 1];
        if (kind == FUNCTION_CALLED && known->kind == FUNCTION_CALLED && known->args == args) {
            return;
        }
    }
    *vec_push(&out->list, f->arena) =
        (struct function){.pc = pc, .kind = kind, .subject = subject, .args = args};
    if (!out->starts[pc]) {
        out->starts[pc] = out->list.n;
    }
}

void functions_find(const struct program *program, struct arena *arena, struct functions *out) {
    struct finder f = {.arena = arena, .out = out};
    *out = (struct functions){0};
    out->starts = arena_array(arena, program->code.n, sizeof *out->starts);
    add(&f, program->entry, FUNCTION_ENTRY, PROGRAM_NONE, 0);
    for (uint32_t i = 0; i < program->structs.n; i++) {
        const struct program_struct *s = &program->structs.at[i];
        add(&f, s->dump_pc, FUNCTION_DUMP, i, 0);
        add(&f, s->skip_pc, FUNCTION_SKIP, i, 0);
    }
    for (uint32_t i = 0; i < program->members.n; i++) {
        const struct program_member *m = &program->members.at[i];
        add(&f, m->locate_pc, FUNCTION_LOCATE, i, 0);
        add(&f, m->locate_end_pc, FUNCTION_LOCATE_END, i, 0);
        add(&f, m->let_pc, FUNCTION_LET, i, 0);
    }
    for (uint32_t i = 0; i < program->types.n; i++) {
        const struct program_type *t = &program->types.at[i];
        add(&f, t->skip_pc, FUNCTION_TYPE_SKIP, i, 0);
        add(&f, t->step_pc, FUNCTION_TYPE_STEP, i, 0);
        add(&f, t->count_pc, FUNCTION_TYPE_COUNT, i, 0);
        add(&f, t->args_pc, FUNCTION_TYPE_ARGS, i, 0);
        add(&f, t->emit_pc, FUNCTION_TYPE_EMIT, i, 0);
    }
    const struct program_inst *end = program->code.at + program->code.n;
    for (const struct program_inst *inst = program->code.at; inst < end; inst++) {
        if (inst->op == OP_CALL) {
            add(&f, inst->a, FUNCTION_CALLED, PROGRAM_NONE, inst->b);
        }
    }
}
