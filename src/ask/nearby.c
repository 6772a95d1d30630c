#include "config.h"

#include "ask/nearby.h"

#include <string.h>

#include "ask/way.h"
#include "base/mem.h"

/* Of so many bytes of a gap is looked whether they are 0. */
#define LOOK_MAX ((uint64_t)64 << 20)

struct nearby {
    struct vm_sink sink; /* first */
    const struct program *program;
    struct extent *extent;
    struct way way;
    struct buf path;
    /* how the path of the event at hand ends */
    const struct vm_event *event;
    const char *what;
};

static struct nearby *nearby_of(struct vm_sink *sink) {
    return (struct nearby *)(void *)sink;
}

static char *path_of(struct nearby *n) {
    buf_clear(&n->path);
    way_put(&n->way, n->program, n->event, &n->path);
    if (n->what) {
        buf_printf(&n->path, "%s(%s)", n->path.len > 0 ? " " : "", n->what);
    }
    return mem_strdup(buf_text(&n->path));
}

/* The first gap that ends behind `at`. */
static uint32_t gap_behind(const struct extent_space *space, uint64_t at) {
    uint32_t lo = 0, hi = space->kept_gaps;
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        if (space->gaps[middle].hi <= at) {
            lo = middle + 1;
        } else {
            hi = middle;
        }
    }
    return lo;
}

static void look_at_gaps(struct extent_space *space, const uint8_t *data) {
    for (uint32_t i = 0; i < space->kept_gaps; i++) {
        struct extent_gap *gap = &space->gaps[i];
        uint64_t len = gap->hi - gap->lo, at = 0;
        memcpy(gap->first, data + gap->lo, len < EXTENT_FIRST ? len : EXTENT_FIRST);
        while (at < len && at < LOOK_MAX && data[gap->lo + at] == 0) {
            at++;
        }
        gap->known = true;
        gap->zeros = at == len || at == LOOK_MAX;
        gap->looked = at == len || !gap->zeros;
    }
}

/* The space that an event's bytes are in, if anything is to be told of it. */
static struct extent_space *space_of(struct nearby *n, const struct vm_space *space) {
    struct extent_space *found =
        space->serial ? extent_made(n->extent, space->serial) : &n->extent->file;
    if (!found || (found->kept_gaps == 0 && found->kept_overlaps == 0)) {
        return NULL;
    }
    if (found->serial && found->kept_gaps > 0 && !found->gaps[0].known) {
        look_at_gaps(found, space->data);
    }
    return found;
}

static void meet_overlaps(struct nearby *n, struct extent_space *space, uint64_t start,
                          uint64_t end) {
    uint32_t lo = 0, hi = space->kept_overlaps;
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        if (space->overlaps[middle].hi <= start) {
            lo = middle + 1;
        } else {
            hi = middle;
        }
    }
    for (; lo < space->kept_overlaps && space->overlaps[lo].lo < end; lo++) {
        struct extent_overlap *overlap = &space->overlaps[lo];
        if (overlap->path_n < EXTENT_PATHS) {
            overlap->paths[overlap->path_n++] = path_of(n);
        }
        overlap->fields++;
    }
}

/* The bits from start to end are described by the field that the path at hand is of. */
static void meet(struct nearby *n, struct extent_space *space, uint64_t start, uint64_t end,
                 bool steps) {
    uint64_t first = start / 8, behind = end / 8 + (end % 8 != 0);
    uint32_t i = gap_behind(space, behind);
    if (i < space->kept_gaps && space->gaps[i].lo == behind && !space->gaps[i].before) {
        space->gaps[i].before = path_of(n);
        space->gaps[i].before_start = start;
    }
    i = gap_behind(space, first > 0 ? first - 1 : 0);
    if (i < space->kept_gaps && space->gaps[i].hi == first && !space->gaps[i].behind) {
        space->gaps[i].behind = path_of(n);
    }
    if (!steps) {
        meet_overlaps(n, space, start, end);
    }
}

static void on_bytes(struct nearby *n, const struct vm_event *e, const char *what, bool steps) {
    if (!e->space || e->end == VM_UNKNOWN || e->end <= e->start) {
        return;
    }
    struct extent_space *space = space_of(n, e->space);
    n->event = e;
    n->what = what;
    if (!e->space->pieces && space) {
        meet(n, space, e->start, e->end, steps);
    }
    uint64_t place, run;
    for (uint64_t at = e->start / 8; e->space->pieces && at * 8 < e->end; at += run) {
        bool stored = vm_space_place(e->space, at, &place, &run);
        if (run == 0) {
            break;
        }
        uint64_t left = e->end / 8 + (e->end % 8 != 0) - at;
        run = run < left ? run : left;
        if (stored) {
            meet(n, &n->extent->file, place * 8, (place + run) * 8, true);
        }
    }
}

/* the sink */

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    if (event->value && event->value->kind != VM_ABSENT && !event->let) {
        on_bytes(nearby_of(sink), event, NULL, false);
    }
}

static void on_magic(struct vm_sink *sink, const struct vm_event *event) {
    on_bytes(nearby_of(sink), event, "magic", false);
}

static void on_source(struct vm_sink *sink, const struct vm_event *event) {
    on_bytes(nearby_of(sink), event, "taken by a transform", false);
}

static void on_over(struct vm_sink *sink, const struct vm_event *event) {
    on_bytes(nearby_of(sink), event, "stepped over", true);
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    way_open(&nearby_of(sink)->way, event, false);
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    way_open(&nearby_of(sink)->way, event, true);
}

/* Gaps in a struct or array that has ended, and in nothing smaller. */
static void on_end(struct vm_sink *sink, const struct vm_event *event) {
    struct nearby *n = nearby_of(sink);
    const struct way_level *level = n->way.depth > 0 ? &n->way.levels[n->way.depth - 1] : NULL;
    struct extent_space *space = event->space && !event->space->pieces && !event->let && level
                                     ? space_of(n, event->space)
                                     : NULL;
    n->event = NULL;
    n->what = NULL;
    for (uint32_t i = space ? gap_behind(space, level->start / 8) : 0;
         space && i < space->kept_gaps && space->gaps[i].hi * 8 <= event->end; i++) {
        struct extent_gap *gap = &space->gaps[i];
        uint64_t size = event->end - level->start;
        if (gap->lo * 8 >= level->start && (!gap->in || size < gap->in_size)) {
            mem_free(gap->in);
            gap->in = path_of(n);
            gap->in_size = size;
        }
    }
    way_close(&n->way);
}

/* Of elements in a row the first and the last one lie next to something, and those in between may overlap with something: they
 * are told as a whole. */
static bool on_pass(struct vm_sink *sink, const struct vm_event *rest, const struct vm_row *row) {
    struct nearby *n = nearby_of(sink);
    struct extent_space *space = rest->space->pieces ? NULL : space_of(n, rest->space);
    if (!space) {
        return !rest->space->pieces;
    }
    struct vm_event e = *rest;
    n->event = &e;
    n->what = NULL;
    uint64_t stride = row->block->bit_size, last = rest->count - 1;
    meet(n, space, rest->start, rest->start + stride, true);
    e.index = rest->index + last;
    meet(n, space, rest->start + last * stride, rest->end, true);
    for (uint32_t i = 0; i < space->kept_overlaps; i++) {
        const struct extent_overlap *overlap = &space->overlaps[i];
        if (overlap->lo < rest->end && overlap->hi > rest->start) {
            uint64_t from = overlap->lo > rest->start ? overlap->lo : rest->start;
            e.index = rest->index + (from - rest->start) / stride;
            meet_overlaps(n, space, from, from + 1);
        }
    }
    return true;
}

static const struct vm_sink_ops ops = {
    .struct_begin = on_struct_begin,
    .struct_end = on_end,
    .array_begin = on_array_begin,
    .array_end = on_end,
    .value = on_value,
    .source = on_source,
    .magic = on_magic,
    .over = on_over,
    .pass = on_pass,
};

struct nearby *nearby_new(const struct program *program, struct extent *extent) {
    struct nearby *n = mem_zalloc(1, sizeof *n);
    n->sink.ops = &ops;
    n->program = program;
    n->extent = extent;
    return n;
}

struct vm_sink *nearby_sink(struct nearby *nearby) {
    return &nearby->sink;
}

/* A fault between where the field before a gap begins and where the gap ends: its struct ended there. */
static void find_faults(const struct extent *extent, struct extent_space *space) {
    for (uint32_t i = 0; i < space->kept_gaps; i++) {
        struct extent_gap *gap = &space->gaps[i];
        uint64_t from = gap->before ? gap->before_start / 8 : gap->lo;
        for (uint32_t k = 0; k < extent->fault_n && !gap->faulty; k++) {
            const struct extent_fault *fault = &extent->faults[k];
            gap->faulty =
                fault->serial == space->serial && fault->offset >= from && fault->offset <= gap->hi;
        }
    }
}

void nearby_end(struct nearby *nearby, const uint8_t *data) {
    struct extent *extent = nearby->extent;
    look_at_gaps(&extent->file, data);
    find_faults(extent, &extent->file);
    for (struct extent_space *space = extent_next(extent, 0); space;
         space = extent_next(extent, space->serial)) {
        find_faults(extent, space);
    }
}

void nearby_free(struct nearby *nearby) {
    way_free(&nearby->way);
    buf_free(&nearby->path);
    mem_free(nearby);
}
