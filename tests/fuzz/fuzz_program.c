/* Fuzzes the verifier and the VM: any bytes are restored as a program; what the verifier accepts must run without harm. */
#include "config.h"

#include "base/buf.h"
#include "code/container.h"
#include "code/disasm.h"
#include "code/verify.h"
#include "vm/vm.h"

#include "nesting.h"

#define PROGRAM_MAX 16384u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t input[] =
        "\x89PNG\r\n\x1a\n\1\0\2\0\0\0\3abc\0\x80\xff\x7f\n4 5\0\0\0\0\0\0\0\0\x10";
    const struct vm_limits limits = {.depth = 16, .work = 4000, .expansion = 65536};
    struct arena arena = {0};
    struct program *program =
        size <= PROGRAM_MAX ? program_restore(&arena, bytes_of(data, size)) : NULL;
    if (program && program_verify(program, NULL, 0)) {
        struct buf shown = {0};
        program_disasm(program, &shown);
        buf_free(&shown);
        struct nesting *sink = nesting_new();
        struct vm *vm = vm_new(program, input, sizeof input, &limits);
        vm_run(vm, &sink->sink);
        vm_free(vm);
        nesting_free(sink);
    }
    arena_free(&arena);
    return 0;
}
