/* Missing: values that were not given, by the path where they are wanted, and what was found out about them. */
#ifndef PATCH_MISSING_H
#define PATCH_MISSING_H

#include "base/arena.h"
#include "base/vec.h"
#include "vm/value.h"

struct missing_value {
    uint64_t path;  /* hash of the members and indexes that lead to it */
    uint64_t start; /* bits: where it was put in this round, or VM_UNKNOWN */
    bool known;
    struct vm_value value; /* INT, WIDE, BOOL, FLOAT; TEXT and BYTES in the arena */
    uint32_t base;         /* of a number that is stored as text, else 0 */
    const char *name;      /* for messages, in the arena */
};

struct missing {
    struct arena arena;
    VEC(struct missing_value) at;
    uint32_t *by_path, *by_start; /* open addressing, of places in `at` + 1 */
    uint32_t slot_n;
    bool changed; /* in this round */
};

void missing_free(struct missing *missing);

/* A round begins: nothing is put anywhere yet. */
void missing_begin(struct missing *missing);

/* The value wanted at that path, made if need be; is put at start. Good until the next one. */
struct missing_value *missing_put(struct missing *missing, uint64_t path, uint64_t start,
                                  const char *name);

/* The one that was put there in this round, or NULL. */
struct missing_value *missing_at(const struct missing *missing, uint64_t start);

/* What it must be. */
void missing_learn(struct missing *missing, struct missing_value *of, const struct vm_value *value,
                   uint32_t base);

#endif
