/* Ways: which structs and arrays are open while a sink listens, and the path of what is met in the innermost one. */
#ifndef ASK_WAY_H
#define ASK_WAY_H

#include "base/buf.h"
#include "vm/event.h"

struct way_level {
    bool array;
    bool is_union; /* the sink's to set, */
    bool view;     /* likewise: it is read from bytes that others describe */
    uint32_t member;
    uint64_t index;
    uint64_t start; /* bits */
};

/* A zeroed struct: nothing is open. */
struct way {
    struct way_level *levels; /* owned */
    uint32_t depth, cap;
};

static inline bool way_in_array(const struct way *way) {
    return way->depth > 0 && way->levels[way->depth - 1].array;
}

/* A struct or array begins; it is good until the next one does. The innermost one ends: what it was. */
struct way_level *way_open(struct way *way, const struct vm_event *event, bool array);
struct way_level way_close(struct way *way);
void way_clear(struct way *way); /* nothing is open any more */

/* Appends the path of what is open, and of the event's value in it (NULL: of what is open alone). */
void way_put(const struct way *way, const struct program *program, const struct vm_event *event,
             struct buf *out);

void way_free(struct way *way);

#endif
