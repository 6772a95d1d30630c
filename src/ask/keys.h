/* Keys: a sink that takes a hash of the first column of each row of a selection. */
#ifndef ASK_KEYS_H
#define ASK_KEYS_H

#include <stdint.h>

#include "vm/event.h"

struct keys {
    struct vm_sink sink; /* first */
    uint64_t *at;        /* a hash for each row; owned */
    uint64_t n, cap;
};

/* A zeroed struct keys; the sink for one run. */
struct vm_sink *keys_begin(struct keys *keys);
void keys_free(struct keys *keys);

#endif
