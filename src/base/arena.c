#include "config.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define ARENA_CHUNK_FIRST ((size_t)16 << 10)
#define ARENA_CHUNK_MOST  ((size_t)1 << 20)

struct arena_chunk {
    struct arena_chunk *older;
    size_t size;                       /* bytes of data */
    _Alignas(max_align_t) char data[]; /* not cleared until given out */
};

/* Puts a new chunk on top that has room for size bytes. Chunks double in size, so that many small pieces cost few
 * system calls; a piece larger than that gets a chunk of its own size. */
static void arena_extend(struct arena *arena, size_t size) {
    size_t room = arena->chunk ? arena->chunk->size : ARENA_CHUNK_FIRST / 2;
    room = room < ARENA_CHUNK_MOST / 2 ? room * 2 : ARENA_CHUNK_MOST;
    if (room < size) {
        room = size;
    }
    if (room > SIZE_MAX - sizeof(struct arena_chunk)) {
        mem_exhausted();
    }
    struct arena_chunk *chunk = mem_alloc(sizeof *chunk + room);
    chunk->older = arena->chunk;
    chunk->size = room;
    arena->chunk = chunk;
    arena->next = chunk->data;
    arena->room = room;
}

/* What a piece of size bytes takes of its chunk. */
static size_t arena_rounded(size_t size) {
    if (size > SIZE_MAX - ARENA_ALIGN) {
        mem_exhausted();
    }
    return (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
}

void *arena_alloc_more(struct arena *arena, size_t size) {
    size_t rounded = arena_rounded(size);
    if (!arena->next || rounded > arena->room) {
        arena_extend(arena, rounded);
    }
    return rounded ? arena_alloc_unset(arena, size) : arena->next;
}

void *arena_regrow(struct arena *arena, void *old, size_t old_size, size_t new_size) {
    size_t had = arena_rounded(old_size), wanted = arena_rounded(new_size);
    bool last = old && (char *)old + had == arena->next;
    if (last && wanted >= had && wanted - had <= arena->room) {
        arena->next += wanted - had;
        arena->room -= wanted - had;
        arena->total += wanted - had;
        return old;
    }
    void *at = arena_alloc_unset(arena, new_size);
    if (old_size > 0) {
        memcpy(at, old, old_size);
    }
    return at;
}

void *arena_array(struct arena *arena, size_t n, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(n, size, &total)) {
        mem_exhausted();
    }
    return arena_alloc(arena, total);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len) {
    if (len == SIZE_MAX) {
        mem_exhausted();
    }
    char *copy = arena_alloc_unset(arena, len + 1);
    if (len > 0) {
        memcpy(copy, text, len);
    }
    copy[len] = '\0';
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        return arena_alloc(arena, 1);
    }
    char *text = arena_alloc(arena, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

struct arena_mark arena_mark(const struct arena *arena) {
    return (struct arena_mark){
        .chunk = arena->chunk,
        .next = arena->next,
        .room = arena->room,
        .total = arena->total,
    };
}

void arena_release(struct arena *arena, struct arena_mark mark) {
    while (arena->chunk != mark.chunk) {
        struct arena_chunk *older = arena->chunk->older;
        mem_free(arena->chunk);
        arena->chunk = older;
    }
    arena->next = mark.next;
    arena->room = mark.room;
    arena->total = mark.total;
}

void arena_free(struct arena *arena) {
    arena_release(arena, (struct arena_mark){0});
}
