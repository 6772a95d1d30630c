#include "config.h"

#include "sink/tree_cover.h"

#include <string.h>

#include "base/mem.h"

/* The first stretch that ends at or behind place (it may merge with something that begins there).
 * */
static size_t find(const struct tree_cover *cover, uint64_t place) {
    size_t lo = 0, hi = cover->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (cover->at[mid].hi < place) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static bool make_room(struct tree_cover *cover) {
    if (cover->n == TREE_COVER_MAX) {
        cover->full = true;
        return false;
    }
    if (cover->n == cover->cap) {
        cover->cap = cover->cap ? cover->cap * 2 : 64;
        cover->at = mem_realloc(cover->at, cover->cap, sizeof *cover->at);
    }
    return true;
}

void tree_cover_add(struct tree_cover *cover, uint64_t lo, uint64_t hi) {
    if (lo >= hi || cover->full) {
        return;
    }
    /* files are mostly read from the front to the back */
    size_t i = cover->n && cover->at[cover->n - 1].lo <= lo ? cover->n - 1 : find(cover, lo);
    if (i < cover->n && cover->at[i].hi < lo) {
        i++;
    }
    if (i == cover->n || cover->at[i].lo > hi) {
        if (make_room(cover)) {
            memmove(cover->at + i + 1, cover->at + i, (cover->n - i) * sizeof *cover->at);
            cover->at[i] = (struct tree_stretch){lo, hi};
            cover->n++;
        }
        return;
    }
    size_t end = i; /* behind the last stretch that merges */
    while (end < cover->n && cover->at[end].lo <= hi) {
        hi = cover->at[end].hi > hi ? cover->at[end].hi : hi;
        end++;
    }
    lo = cover->at[i].lo < lo ? cover->at[i].lo : lo;
    cover->at[i] = (struct tree_stretch){lo, hi};
    memmove(cover->at + i + 1, cover->at + end, (cover->n - end) * sizeof *cover->at);
    cover->n -= end - i - 1;
}

void tree_cover_space(struct tree_cover *cover, const struct vm_space *space, uint64_t lo,
                      uint64_t hi) {
    uint64_t place, run;
    for (uint64_t at = lo; at < hi; at += run) {
        bool in_file = vm_space_place(space, at, &place, &run);
        if (run == 0) {
            return;
        }
        run = run < hi - at ? run : hi - at;
        if (in_file) {
            tree_cover_add(cover, place, place + run);
        }
    }
}

void tree_cover_free(struct tree_cover *cover) {
    mem_free(cover->at);
    *cover = (struct tree_cover){0};
}

bool tree_cover_gap(const struct tree_cover *cover, uint64_t from, uint64_t size,
                    struct tree_stretch *gap) {
    size_t i = find(cover, from);
    while (i < cover->n && cover->at[i].lo <= from) {
        from = cover->at[i].hi > from ? cover->at[i].hi : from;
        i++;
    }
    gap->lo = from;
    gap->hi = i < cover->n && cover->at[i].lo < size ? cover->at[i].lo : size;
    return from < size;
}
