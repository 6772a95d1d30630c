#include "config.h"

#include "base/mem.h"
#include "vm/machine.h"

/* Machines as they are made and freed, and what is asked of one that runs. */

struct vm *vm_new(const struct program *program, const uint8_t *data, uint64_t size,
                  const struct vm_limits *limits) {
    struct vm *vm = mem_zalloc(1, sizeof *vm);
    vm->program = program;
    vm->input = (struct vm_space){.data = data, .size = size};
    vm->limits = limits ? *limits : (struct vm_limits){0};
    vm->limits.depth = vm->limits.depth ? vm->limits.depth : 1024;
    uint64_t expansion = (1u << 24) + size * 1032, raised = vm->limits.expansion;
    if (vm->limits.work == 0) { /* who lets more be unpacked wants it to be looked at, too */
        vm->limits.work = (1u << 20) + size * 1024 + (raised > expansion ? raised - expansion : 0);
    }
    vm->limits.expansion = raised ? raised : expansion;
    vm->stack_cap = 256;
    vm->stack = mem_realloc(NULL, vm->stack_cap, sizeof *vm->stack);
    vm->ctl_cap = 64;
    vm->ctl = mem_realloc(NULL, vm->ctl_cap, sizeof *vm->ctl);
    vm->encodings = encodings_new();
    vm->texts_of_block = mem_zalloc(program->blocks.n + 1u, sizeof *vm->texts_of_block);
    vm->flats = mem_zalloc(program->flats.n + 1u, sizeof *vm->flats);
    vm->encoding_of_type = mem_zalloc(program->types.n + 1u, sizeof *vm->encoding_of_type);
    vm->spare = mem_zalloc(program->structs.n, sizeof(struct vm_frame *));
    return vm;
}

void vm_free(struct vm *vm) {
    encodings_free(vm->encodings);
    mem_free(vm->encoding_of_type);
    for (uint32_t i = 0; i < vm->program->blocks.n; i++) {
        mem_free(vm->texts_of_block[i]);
    }
    for (uint32_t i = 0; i < VM_CRC_TABLES; i++) {
        mem_free(vm->crc_tables[i]);
    }
    mem_free(vm->texts_of_block);
    vm_flats_free(vm);
    vm_frames_end(vm);
    vm_forget(vm);
    mem_free(vm->stack);
    mem_free(vm->ctl);
    mem_free(vm->temps);
    buf_free(&vm->path);
    mem_free(vm->scan);
    mem_free(vm->way);
    buf_free(&vm->message);
    buf_free(&vm->scratch);
    mem_free(vm);
}

void vm_stop(struct vm *vm) {
    vm->stop = true;
}

uint64_t vm_progress(const struct vm *vm) {
    uint64_t decoded = vm->space == &vm->input ? vm->pos / 8 : 0;
    return decoded > vm->scanned ? decoded : vm->scanned;
}

void vm_watch(struct vm *vm, void (*watch)(void *context, struct vm *vm), void *context) {
    vm->watch = watch;
    vm->watch_context = context;
}
