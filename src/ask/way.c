#include "config.h"

#include "ask/way.h"

#include <inttypes.h>

#include "base/mem.h"

struct way_level *way_open(struct way *way, const struct vm_event *event, bool array) {
    if (way->depth == way->cap) {
        way->cap = way->cap ? way->cap * 2 : 32;
        way->levels = mem_realloc(way->levels, way->cap, sizeof *way->levels);
    }
    bool element = way_in_array(way) || event->member == PROGRAM_NONE;
    struct way_level *level = &way->levels[way->depth++];
    *level = (struct way_level){.array = array,
                                .member = element ? PROGRAM_NONE : event->member,
                                .index = element ? event->index : VM_UNKNOWN,
                                .start = event->start};
    return level;
}

struct way_level way_close(struct way *way) {
    return way->depth > 0 ? way->levels[--way->depth] : (struct way_level){0};
}

void way_clear(struct way *way) {
    way->depth = 0;
}

static void put(struct buf *out, size_t from, const struct program *program, uint32_t member,
                uint64_t index) {
    struct bytes name = member == PROGRAM_NONE
                            ? bytes_of("", 0)
                            : program_text(program, program->members.at[member].name);
    if (name.len > 0) {
        buf_puts(out, out->len > from ? "." : "");
        buf_put(out, name.at, name.len);
    }
    if (index != VM_UNKNOWN) {
        buf_printf(out, "[%" PRIu64 "]", index);
    }
}

void way_put(const struct way *way, const struct program *program, const struct vm_event *event,
             struct buf *out) {
    size_t from = out->len;
    for (uint32_t i = 0; i < way->depth; i++) {
        put(out, from, program, way->levels[i].member, way->levels[i].index);
    }
    if (event) {
        bool element = way_in_array(way) || event->member == PROGRAM_NONE;
        put(out, from, program, element ? PROGRAM_NONE : event->member,
            element ? event->index : VM_UNKNOWN);
    }
}

void way_free(struct way *way) {
    mem_free(way->levels);
    *way = (struct way){0};
}
