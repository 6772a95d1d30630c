#include "config.h"

#include "ask/extent.h"

#include <string.h>

#include "base/mem.h"

static void space_begin(struct extent_space *space, uint64_t serial, uint64_t size) {
    *space = (struct extent_space){.serial = serial, .size = size};
    space->once.twice = &space->twice;
}

void extent_begin(struct extent *extent, uint64_t size) {
    memset(extent, 0, sizeof *extent);
    space_begin(&extent->file, 0, size);
}

/* bits to bytes */

static uint64_t up(uint64_t bits) {
    return bits / 8 + (bits % 8 != 0);
}

static void add_bytes(struct stretches *bytes, const struct stretches *bits) {
    for (size_t i = 0; i < bits->n; i++) {
        stretches_add(bytes, bits->at[i].lo / 8, up(bits->at[i].hi));
    }
}

/* Up to where a space is known, in bytes. */
static uint64_t known_to(const struct extent_space *space) {
    const struct stretches *sets[] = {&space->once, &space->views, &space->twice, &space->over};
    uint64_t to = space->size;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        to = sets[i]->full && sets[i]->cut / 8 < to ? sets[i]->cut / 8 : to;
    }
    return to;
}

static void find_gaps(struct extent_space *space, const struct stretches *known, uint64_t size,
                      uint32_t keep) {
    uint64_t from = 0;
    space->gaps = mem_zalloc(keep, sizeof *space->gaps);
    for (size_t i = 0; i <= known->n; i++) {
        uint64_t to = i < known->n ? known->at[i].lo : size;
        if (from < to) {
            if (space->kept_gaps < keep) {
                space->gaps[space->kept_gaps++] = (struct extent_gap){.lo = from, .hi = to};
            }
            space->gap_n++;
        }
        from = i < known->n ? known->at[i].hi : to;
    }
}

static void find_overlaps(struct extent_space *space, uint64_t size, uint32_t keep) {
    space->overlaps = mem_zalloc(keep, sizeof *space->overlaps);
    for (size_t i = 0; i < space->twice.n && space->twice.at[i].lo < size * 8; i++) {
        const struct stretch *run = &space->twice.at[i];
        if (space->kept_overlaps < keep) {
            space->overlaps[space->kept_overlaps++] =
                (struct extent_overlap){.lo = run->lo, .hi = run->hi};
        }
        space->overlap_n++;
        space->overlap_bytes += up(run->hi) - run->lo / 8;
    }
}

static void forget_bits(struct extent_space *space) {
    stretches_clear(&space->once);
    stretches_clear(&space->views);
    stretches_clear(&space->twice);
    stretches_clear(&space->over);
}

/* What was described twice comes last: settling `once` adds to it. */
static void settle_bits(struct extent_space *space) {
    stretches_settle(&space->once);
    stretches_settle(&space->views);
    stretches_settle(&space->over);
    stretches_settle(&space->twice);
}

static void space_finish(struct extent_space *space, uint32_t gaps, uint32_t overlaps) {
    settle_bits(space);
    uint64_t size = known_to(space);
    struct stretches bytes = {.full = true, .cut = size, .most = SIZE_MAX};
    add_bytes(&bytes, &space->once);
    add_bytes(&bytes, &space->views);
    stretches_settle(&bytes);
    space->described = stretches_total(&bytes);
    add_bytes(&bytes, &space->over);
    stretches_settle(&bytes);
    uint64_t known = stretches_total(&bytes);
    space->stepped = known - space->described;
    space->missing = size - known;
    space->beyond = space->size - size;
    find_gaps(space, &bytes, size, gaps);
    find_overlaps(space, size, overlaps);
    stretches_clear(&bytes);
    forget_bits(space);
}

static void space_free(struct extent_space *space) {
    for (uint32_t i = 0; i < space->kept_gaps; i++) {
        mem_free(space->gaps[i].in);
        mem_free(space->gaps[i].before);
        mem_free(space->gaps[i].behind);
    }
    for (uint32_t i = 0; i < space->kept_overlaps; i++) {
        for (uint32_t k = 0; k < space->overlaps[i].path_n; k++) {
            mem_free(space->overlaps[i].paths[k]);
        }
    }
    mem_free(space->gaps);
    mem_free(space->overlaps);
    mem_free(space->path);
    forget_bits(space);
}

/* adding */

/* What a transform made; of many, those made last stay. */
static struct extent_space *made_space(struct extent *extent, const struct vm_space *space,
                                       bool *first) {
    struct extent_space **at = &extent->made[space->serial % EXTENT_SPACES_MAX];
    *first = !*at || (*at)->serial != space->serial;
    if (*first && *at) {
        space_finish(*at, 1, 1);
        extent->made_size += (*at)->size;
        extent->made_described += (*at)->described;
        extent->dropped++;
        space_free(*at);
    } else if (*first) {
        *at = mem_alloc(sizeof **at);
    }
    if (*first) {
        space_begin(*at, space->serial, space->size);
        (*at)->made_by = space->made_by;
        extent->made_n++;
    }
    return *at;
}

static void add_to(struct extent *extent, struct extent_space *space, uint64_t start, uint64_t end,
                   enum extent_how how) {
    uint64_t bits = space->size * 8;
    end = end < bits ? end : bits;
    bool inner = how == EXTENT_IN_UNION && (extent->inner.fresh_n + extent->inner.n == 0 ||
                                            extent->inner_serial == space->serial);
    if (how == EXTENT_FIELD) {
        stretches_add(&space->once, start, end);
    } else if (how == EXTENT_OVER) {
        stretches_add(&space->over, start, end);
    } else if (inner) {
        extent->inner_serial = space->serial;
        stretches_add(&extent->inner, start, end);
    } else {
        stretches_add(&space->views, start, end);
    }
}

/* Bytes that were gathered are views of where they lie. */
static void add_gathered(struct extent *extent, const struct vm_space *space, uint64_t start,
                         uint64_t end, enum extent_how how) {
    uint64_t place, run;
    for (uint64_t at = start / 8; at < up(end); at += run) {
        bool stored = vm_space_place(space, at, &place, &run);
        if (run == 0) {
            return;
        }
        run = run < up(end) - at ? run : up(end) - at;
        if (stored) {
            add_to(extent, &extent->file, place * 8, (place + run) * 8,
                   how == EXTENT_OVER ? how : EXTENT_VIEW);
        }
    }
}

struct extent_space *extent_add(struct extent *extent, const struct vm_space *space, uint64_t start,
                                uint64_t end, enum extent_how how) {
    bool first = false;
    struct extent_space *to = &extent->file;
    if (space->pieces) {
        add_gathered(extent, space, start, end, how);
        return NULL;
    }
    if (space->made_by) {
        to = made_space(extent, space, &first);
    }
    add_to(extent, to, start, end, how);
    return first ? to : NULL;
}

void extent_union_ends(struct extent *extent) {
    struct extent_space *space =
        extent->inner_serial ? extent_made(extent, extent->inner_serial) : &extent->file;
    stretches_settle(&extent->inner);
    if (space) {
        stretches_add_all(&space->once, &extent->inner);
    }
    stretches_clear(&extent->inner);
}

void extent_fault(struct extent *extent, const struct vm_space *space, uint64_t offset) {
    if (extent->fault_n < EXTENT_FAULTS_MAX && space && !space->pieces) {
        extent->faults[extent->fault_n++] = (struct extent_fault){space->serial, offset};
    }
}

void extent_finish(struct extent *extent) {
    space_finish(&extent->file, EXTENT_GAPS_MAX, EXTENT_OVERLAPS_MAX);
    for (uint32_t i = 0; i < EXTENT_SPACES_MAX; i++) {
        struct extent_space *space = extent->made[i];
        if (space) {
            space_finish(space, EXTENT_INNER_MAX, EXTENT_INNER_MAX);
            extent->made_size += space->size;
            extent->made_described += space->described;
        }
    }
}

struct extent_space *extent_made(const struct extent *extent, uint64_t serial) {
    struct extent_space *space = extent->made[serial % EXTENT_SPACES_MAX];
    return space && space->serial == serial ? space : NULL;
}

struct extent_space *extent_next(const struct extent *extent, uint64_t serial) {
    struct extent_space *next = NULL;
    for (uint32_t i = 0; i < EXTENT_SPACES_MAX; i++) {
        struct extent_space *space = extent->made[i];
        if (space && space->serial > serial && (!next || space->serial < next->serial)) {
            next = space;
        }
    }
    return next;
}

bool extent_has_more(const struct extent *extent) {
    bool more = extent->file.kept_gaps > 0 || extent->file.kept_overlaps > 0;
    for (uint32_t i = 0; i < EXTENT_SPACES_MAX && !more; i++) {
        const struct extent_space *space = extent->made[i];
        more = space && (space->kept_gaps > 0 || space->kept_overlaps > 0);
    }
    return more;
}

void extent_free(struct extent *extent) {
    space_free(&extent->file);
    for (uint32_t i = 0; i < EXTENT_SPACES_MAX; i++) {
        if (extent->made[i]) {
            space_free(extent->made[i]);
            mem_free(extent->made[i]);
        }
    }
    stretches_clear(&extent->inner);
}
