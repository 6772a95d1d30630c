#include "config.h"

#include "sink/tree_magic.h"

/* The struct whose decoding or stepping over an instruction belongs to: functions lie one behind
 * the other. */
static uint32_t owner_of(const struct program *program, uint32_t pc) {
    uint32_t best = PROGRAM_NONE, best_pc = 0;
    for (uint32_t i = 0; i < program->structs.n; i++) {
        uint32_t starts[2] = {program->structs.at[i].dump_pc, program->structs.at[i].skip_pc};
        for (int k = 0; k < 2; k++) {
            bool before = starts[k] != PROGRAM_NONE && starts[k] <= pc;
            if (before && (best == PROGRAM_NONE || starts[k] > best_pc)) {
                best = i;
                best_pc = starts[k];
            }
        }
    }
    return best;
}

void tree_magics_init(struct tree_magics *magics, const struct program *program) {
    magics->n = 0;
    for (uint32_t pc = 0; pc < program->code.n && magics->n < TREE_MAGICS_MAX; pc++) {
        const struct program_inst *inst = &program->code.at[pc];
        if (inst->op == OP_MAGIC) {
            magics->at[magics->n].of = owner_of(program, pc);
            magics->at[magics->n++].bytes = program_text(program, inst->a);
        }
    }
}

struct bytes tree_magic_find(const struct tree_magics *magics, uint32_t of,
                             const struct vm_space *space, uint64_t start) {
    uint64_t at = start / 8;
    for (uint32_t i = 0; i < magics->n && space && start % 8 == 0 && at <= space->size; i++) {
        struct bytes magic = magics->at[i].bytes;
        if (magics->at[i].of == of && magic.len <= space->size - at &&
            bytes_equal(magic, bytes_of(space->data + at, magic.len))) {
            return magic;
        }
    }
    return bytes_of("", 0);
}
