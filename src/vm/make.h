/* Making: a program that decodes is run over bytes that are not there yet, and puts them in as it goes.
 *
 * Wherever it would read a value to tell it, it asks a maker for the bytes first. What the bytes before say (which branch,
 * which type, which byte order) holds as when reading. How long, how many and where may depend on numbers that nobody has
 * given and that only what is made will tell: then a region ends where what is in it ends, an array has as many elements as
 * are given, and the maker says where a thing is put. The ties of the program tell it afterwards what the numbers must be,
 * and it makes everything anew with them. */
#ifndef VM_MAKE_H
#define VM_MAKE_H

#include "base/buf.h"
#include "base/encoding.h"
#include "vm/vm.h"

struct vm_maker;

/* A value that is wanted. */
struct vm_wanted {
    const struct vm_event *event; /* as it will be told, without value and end */
    struct vm_ambient ambient;
    const struct encoding *encoding; /* of text; else NULL */
    uint64_t bits;                   /* how many it must have; VM_UNKNOWN: as many as it takes */
    struct bytes
        there; /* the bytes that hold it, if that is known: those of a packed number have others beside it */
};

struct vm_maker_ops {
    /* Appends the bytes of the value, as many as `there` has, if it has any. false: the run stops. */
    bool (*value)(struct vm_maker *maker, const struct vm_wanted *wanted, struct buf *out);
    /* How many elements are given for the array that begins, as that member of the struct at hand or, PROGRAM_NONE or within
     * an array, as its next element. */
    uint64_t (*count)(struct vm_maker *maker, uint32_t member);
    /* A condition that can't be known: whether the member is given; of the array at hand, whether there is another element. */
    bool (*goes_on)(struct vm_maker *maker, uint32_t member);
    /* Whether the number that starts there (bits) is known. */
    bool (*knows)(struct vm_maker *maker, uint64_t start);
    /* Where the member is put whose place is not known, in bits. */
    uint64_t (*place)(struct vm_maker *maker, uint32_t member);
};

struct vm_maker {
    const struct vm_maker_ops *ops;
};

/* The machine makes its input: `size` bytes, all of them zero, which data (as given to vm_new) must allow to be written. */
void vm_make(struct vm *vm, struct vm_maker *maker);

/* How many of them are made. */
uint64_t vm_made(const struct vm *vm);

#endif
