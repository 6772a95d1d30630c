/* VM: runs a verified decoder program over an input and tells a sink what it meets.
 *
 * Reads through cursors only; work is bounded by the input's size, nesting by a limit; memory by depth and by what
 * expressions remember. Never prints; never fails but by fault events. */
#ifndef VM_VM_H
#define VM_VM_H

#include "base/encoding.h"
#include "vm/event.h"

struct vm;

struct vm_limits {
    uint32_t depth; /* nested calls; 0: 1024 */
    uint64_t work;  /* steps; 0: scaled to the input's size */
    uint64_t
        expansion; /* bytes one transform may make; 0: scaled to the input's size; more adds to work */
};

struct vm_result {
    uint64_t faults;
    uint64_t findings;
    uint64_t
        end; /* bytes of the input up to where the root struct ended; VM_UNKNOWN when it was lost */
    bool stopped; /* the sink asked to stop, or the work limit was reached */
};

/* A machine for one program (verified: program->verified) over size bytes at data. name is the input's, for nobody but
 * the embedder. The program and the bytes must outlive it. */
struct vm *vm_new(const struct program *program, const uint8_t *data, uint64_t size,
                  const struct vm_limits *limits);
void vm_free(struct vm *vm);

/* Runs the program once. */
struct vm_result vm_run(struct vm *vm, struct vm_sink *sink);

/* The encoding of text of that type; NULL where there is none such, or the type is no text. */
const struct encoding *vm_encoding_for(struct vm *vm, uint32_t type, struct vm_ambient ambient);

/* Asks a running program to stop; a sink may call this. */
void vm_stop(struct vm *vm);

/* The path of what a tie is about; it lasts until the sink's function returns, or asks for another one. */
const char *vm_tie_path(const struct vm_tie *tie);
/* The number, text or bytes at a PLACE whose end is known; false where there is none, or it is none that can be read. Text
 * lasts as long as what the statement at hand makes. */
bool vm_read(struct vm *vm, const struct vm_value *place, struct vm_value *out);

/* The path of what is changed, "" where none is known; for the sink that is told of it, good until its next call. */
const char *vm_edit_path(const struct vm_edit *edit);

/* How far into the input the program has got, in bytes: for a progress display. */
uint64_t vm_progress(const struct vm *vm);

/* Has watch called now and then (every few thousand steps) while the program runs. */
void vm_watch(struct vm *vm, void (*watch)(void *context, struct vm *vm), void *context);

#endif
