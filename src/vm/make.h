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

/* What becomes of bytes that stand for what a transform makes, when they are made: the bytes that it makes them of. */
struct vm_pack {
    const char *transform;
    uint8_t *key; /* xor: of key_len bytes, owned */
    size_t key_len;
    unsigned left, group; /* rotl, rotr */
    struct vm_space *
        source; /* whose contents those are, in its turn; NULL: they go to the cursor or into a field */
    uint64_t field; /* where that starts (bits), or VM_UNKNOWN */
};

/* What a machine makes bytes in, for one round. */
struct vm_making {
    uint8_t *room; /* size bytes */
    uint64_t size;
    uint8_t *touched; /* a bit for each of them, all zero: set where it is made */
    uint64_t before;  /* so many are as they were made in the round before; the others are zero */
    bool exact;       /* size is how many there were found to be */
};

struct vm_maker_ops {
    /* A round begins: where. Another one is to follow it, when so many bytes were made (burst: and there was no room for
     * more). */
    void (*begin)(struct vm_maker *maker, struct vm_making *making);
    bool (*again)(struct vm_maker *maker, uint64_t made, bool burst);
    /* Appends the bytes of the value, as many as `there` has, if it has any. false: the run stops. */
    bool (*value)(struct vm_maker *maker, const struct vm_wanted *wanted, struct buf *out);
    /* How many elements are given for the array that begins, as that member of the struct at hand or, PROGRAM_NONE or within
     * an array, as its next element. */
    uint64_t (*count)(struct vm_maker *maker, uint32_t member);
    /* A condition that can't be known: whether the member is given; of the array at hand, whether there is another element. */
    bool (*goes_on)(struct vm_maker *maker, uint32_t member);
    /* Whether the number that starts there (bits) is known. */
    bool (*knows)(struct vm_maker *maker, uint64_t start);
    /* Zeros that may be written to, for bytes that are read from a transform; NULL: the run stops. They are the maker's. */
    uint8_t *(*room)(struct vm_maker *maker, uint64_t *size);
    /* Appends the bytes that the transform makes those of; false: the run stops. */
    bool (*pack)(struct vm_maker *maker, const struct vm_pack *pack, struct bytes plain,
                 struct buf *out);
    /* The value of the field that starts there, which is not known otherwise. */
    void (*learn)(struct vm_maker *maker, uint64_t start, struct bytes bytes);
    /* The number that is given for a computed member of the struct at hand; false: none is. */
    bool (*let)(struct vm_maker *maker, uint32_t member, int128 *value);
    /* Where the member is put whose place is not known, in bits. */
    uint64_t (*place)(struct vm_maker *maker, uint32_t member);
};

struct vm_maker {
    const struct vm_maker_ops *ops;
    struct vm_sink *sink; /* is told of what is made, when a part of a script makes it */
};

/* The machine, new, makes its input: the bytes given to vm_new are those of `making`. */
void vm_make(struct vm *vm, struct vm_maker *maker, const struct vm_making *making);

/* How many bytes it made; whether there was no room for more. */
uint64_t vm_made(const struct vm *vm);
bool vm_make_burst(const struct vm *vm);

#endif
