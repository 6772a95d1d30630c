/* Arena: memory that is given out piece by piece and taken back all at once, or back to a mark.
 *
 * What compiling makes lives in one arena and dies with it. Memory is never NULL: see mem_exhausted in mem.h. Not for memory that is handed to somebody else. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena_chunk;

#define ARENA_ALIGN _Alignof(max_align_t)

struct arena {
    struct arena_chunk *chunk; /* newest chunk, linked to older ones; NULL while empty */
    char *next;                /* what of it is not given out; NULL while empty */
    size_t room;               /* as many bytes */
    size_t total;              /* bytes given out since the start, for limits */
};

struct arena_mark {
    struct arena_chunk *chunk;
    char *next;
    size_t room;
    size_t total;
};

/* A zeroed struct arena is an empty arena. */

/* For arena_alloc_unset, whose rare cases it is: nothing, too much, or what needs a new chunk. */
void *arena_alloc_more(struct arena *arena, size_t size);

/* Returns size bytes, aligned for any object, that hold anything. For what is written whole anyway: the first touch of a
 * page costs as much as thousands of instructions. */
static inline void *arena_alloc_unset(struct arena *arena, size_t size) {
    size_t rounded = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (rounded - 1 >= arena->room) { /* 0 is none, or more than fits a size_t */
        return arena_alloc_more(arena, size);
    }
    void *at = arena->next;
    arena->next += rounded;
    arena->room -= rounded;
    arena->total += rounded;
    return at;
}

/* Returns size bytes, zeroed, aligned for any object; size 0 gives a valid pointer. */
static inline void *arena_alloc(struct arena *arena, size_t size) {
    return memset(arena_alloc_unset(arena, size), 0, size);
}

/* Returns room for n objects of size bytes each, zeroed; a product that overflows is exhaustion. */
void *arena_array(struct arena *arena, size_t n, size_t size);

/* Returns room for new_size bytes, no less than old_size, that begins with the old_size bytes at old and else holds
 * anything: at the same place where old is what was given out last and its chunk has room. old may be NULL where old_size
 * is 0. */
void *arena_regrow(struct arena *arena, void *old, size_t old_size, size_t new_size);

/* Returns a NUL-ended copy of the len bytes at text. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);

/* Returns a NUL-ended text made as by printf. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Everything given out after the mark was taken is given back by arena_release. */
struct arena_mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, struct arena_mark mark);

/* Gives everything back; the arena is empty and may be used again. */
void arena_free(struct arena *arena);

#endif
