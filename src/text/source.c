#include "config.h"

#include "text/source.h"

#include <string.h>

#include "base/vec.h"

struct source_entry {
    struct source source;
    uint32_t *line_off; /* where each line begins, from the source's start; the first is 0 */
    uint32_t lines;     /* at least 1 */
};

struct sources {
    struct arena *arena;
    VEC(struct source_entry *) entries; /* in order of base */
    uint32_t next;                      /* the offset where the next source begins */
};

struct sources *sources_new(struct arena *arena) {
    struct sources *sources = arena_alloc(arena, sizeof *sources);
    sources->arena = arena;
    return sources;
}

static void source_index(struct source_entry *entry, struct arena *arena) {
    struct bytes text = entry->source.text;
    VEC(uint32_t) lines = {0};
    const unsigned char *at = text.at, *end = text.at + text.len;
    *vec_push(&lines, arena) = 0;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
        *vec_push(&lines, arena) = (uint32_t)(++at - text.at);
    }
    entry->line_off = lines.at;
    entry->lines = lines.n;
}

const struct source *sources_add(struct sources *sources, const char *name, struct bytes text) {
    /* UINT32_MAX stays free: it is span_none */
    if (text.len > SOURCE_MAX || text.len + 1 >= UINT32_MAX - sources->next) {
        return NULL;
    }
    unsigned char *copy = arena_alloc_unset(sources->arena, text.len + 2);
    if (text.len > 0) {
        memcpy(copy, text.at, text.len);
    }
    memset(copy + text.len, 0, 2);
    struct source_entry *entry = arena_alloc(sources->arena, sizeof *entry);
    entry->source = (struct source){
        .name = arena_strndup(sources->arena, name, strlen(name)),
        .text = bytes_of(copy, text.len),
        .base = sources->next,
        .id = sources->entries.n,
    };
    source_index(entry, sources->arena);
    *vec_push(&sources->entries, sources->arena) = entry;
    sources->next += (uint32_t)text.len + 1;
    return &entry->source;
}

static const struct source_entry *sources_entry(const struct sources *sources, struct span span) {
    if (span.lo >= sources->next) {
        return NULL;
    }
    uint32_t lo = 0;
    uint32_t hi = sources->entries.n;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (sources->entries.at[mid]->source.base <= span.lo) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return sources->entries.at[lo];
}

const struct source *sources_find(const struct sources *sources, struct span span) {
    const struct source_entry *entry = sources_entry(sources, span);
    return entry ? &entry->source : NULL;
}

uint32_t sources_count(const struct sources *sources) {
    return sources->entries.n;
}

const struct source *sources_at(const struct sources *sources, uint32_t id) {
    return &sources->entries.at[id]->source;
}

struct source_place sources_place(const struct sources *sources, struct span span) {
    const struct source_entry *entry = sources_entry(sources, span);
    if (!entry) {
        return (struct source_place){0};
    }
    uint32_t off = span.lo - entry->source.base;
    uint32_t lo = 0;
    uint32_t hi = entry->lines;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (entry->line_off[mid] <= off) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    uint32_t start = entry->line_off[lo];
    const unsigned char *text = entry->source.text.at;
    size_t end = lo + 1 < entry->lines ? entry->line_off[lo + 1] - 1 : entry->source.text.len;
    if (lo + 1 < entry->lines && end > start && text[end - 1] == '\r') {
        end--;
    }
    uint32_t column = 1;
    for (uint32_t i = start; i < off; i++) {
        column += (text[i] & 0xc0) != 0x80; /* every byte but a continuation begins a character */
    }
    return (struct source_place){
        .source = &entry->source,
        .line = lo + 1,
        .column = column,
        .text = bytes_of(text + start, end - start),
        .line_off = start,
    };
}
