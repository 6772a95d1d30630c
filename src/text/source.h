/* Sources: schema files kept whole, and spans, which name a stretch of one of them.
 *
 * All sources of one compilation share one space of byte offsets: the first source's bytes are 0..len, the next one's
 * begin behind it (one unused offset lies between two). So a span is two numbers, and finds its source by itself. */
#ifndef TEXT_SOURCE_H
#define TEXT_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

/* The longest source accepted, in bytes: a schema is written by hand. */
#define SOURCE_MAX (8u << 20)

struct span {
    uint32_t lo; /* offset of the first byte */
    uint32_t hi; /* offset behind the last byte; lo <= hi */
};

struct source {
    const char *name;  /* as to be shown: the path as given, or "<inline>" */
    struct bytes text; /* followed by two NULs that len does not count (what a flex buffer wants) */
    uint32_t base;     /* offset of its first byte in the common space */
    uint32_t id;       /* 0, 1, … in order of adding */
};

struct sources;

struct sources *sources_new(struct arena *arena);

/* Keeps a copy of text under name. NULL when the text is longer than SOURCE_MAX or the space of offsets is full. */
const struct source *sources_add(struct sources *sources, const char *name, struct bytes text);

/* The source a span lies in; NULL for a span of no source (span_none). */
const struct source *sources_find(const struct sources *sources, struct span span);

uint32_t sources_count(const struct sources *sources);
const struct source *sources_at(const struct sources *sources, uint32_t id);

struct source_place {
    const struct source *source;
    uint32_t line;     /* from 1 */
    uint32_t column;   /* from 1, in characters (UTF-8 sequences), a tab counts as one */
    struct bytes text; /* the whole line, without its end */
    uint32_t line_off; /* offset of the line's first byte within the source */
};

/* Line and column of a span's first byte; source is NULL for a span of no source. */
struct source_place sources_place(const struct sources *sources, struct span span);

/* The span that belongs to no source, and the span from the start of a to the end of b. */
static inline struct span span_none(void) {
    return (struct span){UINT32_MAX, UINT32_MAX};
}
static inline bool span_is_none(struct span span) {
    return span.lo == UINT32_MAX;
}
static inline struct span span_join(struct span a, struct span b) {
    return (struct span){a.lo, b.hi};
}

#endif
